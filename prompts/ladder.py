"""The ladder as data: read, checked, and with its words. See prompts/ladder.yaml for what can be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from jinja2 import Environment

from bot.dialogue.ladder import Blocked, Facts, Ladder, Proposal, Reason, Step
from bot.dialogue.threads import Channel
from prompts.checks.ladder import check_files, check_ladder
from prompts.files import Folders
from prompts.ladder_source import LadderSource, LadderWordsSource, StepSource, StepWords, filling, read_ladder_files
from prompts.mistakes import Mistake

__all__ = ["LadderError", "LadderWords", "LoadedLadder", "check_ladder", "load_ladder"]


class LadderError(ValueError):
    """The ladder cannot be used. ``mistakes`` lists all of them."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        more = f" (and {len(self.mistakes) - 1} more)" if len(self.mistakes) > 1 else ""
        super().__init__(
            f"The ladder has mistakes{more}: {self.mistakes[0]}. "
            "Run 'eftertanke guide check' to see them all, and correct the files."
        )


@dataclass(frozen=True)
class LadderWords:
    """The ladder's words in ``language``. Plain text, never markup: escape it where it is shown."""

    language: str
    source: LadderWordsSource

    @cached_property
    def _filling(self) -> Environment:
        return filling(self.source.span)

    def name(self, step_id: str) -> str:
        """The short name of a step. Raises KeyError for an unknown one."""
        return self._step(step_id).name

    def do(self, step_id: str, channel: Channel | None = None) -> str:
        """What to do; for an attempt, by ``channel`` (the first one worded when None).

        Raises KeyError for an unknown step, or a channel that the step does not propose.
        """
        words = self._step(step_id).do
        if isinstance(words, str):
            return words
        return words[channel] if channel is not None else next(iter(words.values()))

    def why(self, proposal: Proposal) -> str:
        """One or two sentences on why it comes now; true from ``proposal.due_at`` on. Raises KeyError for a step that
        this ladder does not have."""
        step = self._step(proposal.step)
        worried = proposal.reason is Reason.WORRIED and step.why_worried
        return self._fill(worried or step.why, proposal.facts)

    def blocked(self, blocked: Blocked) -> str:
        """Why nothing comes just now."""
        return self.source.blocked.cap if blocked is Blocked.CAP else self.source.blocked.pause

    def span(self, days: int) -> str:
        """A number of days in words: en uge, 9 dage."""
        return str(self._filling.filters["span"](days))

    def _step(self, step_id: str) -> StepWords:
        return self.source.steps[step_id]

    def _fill(self, text: str, facts: Facts) -> str:
        return self._filling.from_string(text).render(asdict(facts))


@dataclass(frozen=True)
class LoadedLadder:
    """The ladder, and its words by language (da, en)."""

    ladder: Ladder
    words: Mapping[str, LadderWords]


def load_ladder(folder: Path | None = None) -> LoadedLadder:
    """The ladder with its words in every language; ``folder`` (``EFTERTANKE_PROMPTS``) overrides the shipped files one
    by one. Raises LadderError, with every mistake, when it cannot be used."""
    files = read_ladder_files(Folders(folder))
    mistakes = check_files(files)
    if mistakes:
        raise LadderError(mistakes)
    words = {
        language: LadderWords(language, LadderWordsSource.model_validate(document.data))
        for language, document in files.words.items()
    }
    return LoadedLadder(_build(LadderSource.model_validate(files.ladder.data)), words)


def _build(source: LadderSource) -> Ladder:
    return Ladder(tuple(_step(step) for step in source.steps), source.rhythm_days, source.cap_a_week)


def _step(source: StepSource) -> Step:
    return Step(
        id=source.id,
        kind=source.kind,
        from_day=source.from_day,
        to_day=source.last_day,
        channels=tuple(source.channels),
        each=source.each,
        other_hour=source.other_hour,
    )
