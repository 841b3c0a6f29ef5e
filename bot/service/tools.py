"""What every use case needs and none of them makes: guides, the ladder, the organisation, holidays, defaults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.holding import Holding
from bot.organisation import Organisation
from prompts import LoadedGuide
from prompts.ladder import LoadedLadder, load_ladder
from storage import guides
from storage.database import Transaction
from storage.people import Person

KEEP_TYPED = timedelta(hours=40)  # Telegram lets a bot delete for 48 hours; the rest is for downtime


@dataclass(frozen=True)
class Tools:
    """``guide`` is the one new debriefs follow; ``shelf`` keeps older ones by hash once they were needed; ``holding``
    remembers what the guard held back, in memory only."""

    guide: LoadedGuide
    organisation: Organisation
    holidays: Callable[[datetime], frozenset[date]]
    language: str = "da"
    zone: str = "Europe/Copenhagen"
    ladder: LoadedLadder = field(default_factory=load_ladder)
    holding: Holding = field(default_factory=Holding)
    shelf: dict[str, LoadedGuide] = field(default_factory=dict)
    _wordings: dict[tuple[str, str, str], str] = field(default_factory=dict)

    async def guide_of(self, tx: Transaction, guide_hash: str) -> LoadedGuide:
        """The guide a debrief was begun under, whatever version is current now."""
        if guide_hash == self.guide.guide.hash:
            return self.guide
        if guide_hash not in self.shelf:
            content = await guides.content(tx, guide_hash)
            if content is None:
                raise LookupError("a debrief names a guide that is not stored")
            self.shelf[guide_hash] = LoadedGuide.from_json(content)
        return self.shelf[guide_hash]

    def wording_hash(self, loaded: LoadedGuide, language: str, question_id: str) -> str:
        """Hash of what the mentor was shown; remembered, because it is asked for at every answer."""
        key = (loaded.guide.hash, language, question_id)
        if key not in self._wordings:
            self._wordings[key] = loaded.wording[language].wording_hash(question_id)
        return self._wordings[key]

    def tidy_of(self, person: Person) -> str:
        """``at_once``, ``at_end`` or ``never``: the person's own choice, else the organisation's."""
        return person.tidy or self.organisation.tidy


def keep_guide(tx: Transaction, tools: Tools, now: datetime) -> None:
    """Remember the current guide, logic and wording, before anyone answers under it."""
    guide = tools.guide.guide
    guides.keep(tx, guide.hash, guide.id, guide.version, tools.guide.to_json(), now)
