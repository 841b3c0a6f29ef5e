"""The practice phone with weeks behind it: invented data in its fresh folder, and the morning after them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console

from bot.dialogue.calendar import at_local
from bot.organisation import default_organisation_text, load_organisation
from bot.practice.clock import ZONE, PracticeClock
from bot.practice.messages import Person
from bot.practice_sample import Filled, fill
from bot.practice_sample_people import on_the_phone
from bot.service.tools import Tools
from bot.settings import Settings
from bot.workdays import danish_holidays
from prompts import load_guide
from prompts.ladder import load_ladder
from storage.keys import read_key
from storage.sqlite import open_sqlite

_HOUR = 7  # before the lead's weekly summary comes, so that a newcomer sees it come
WEEKS, MENTORS = 8, 4
_ENROLLED = frozenset({"mentor", "lead"})


def begins(clock: PracticeClock) -> datetime:
    """Seven o'clock on the first working day of the next week there is (UTC): today if it is that, and earlier."""
    moment = clock.next_weekday(0, _HOUR)
    while (wall := moment.astimezone(ZONE)).date() in danish_holidays(moment):
        moment = at_local(wall.date() + timedelta(days=1), _HOUR, 0, ZONE)
    return moment


def people() -> list[Person]:
    """Who has a phone: the whole team, and the stranger."""
    return on_the_phone(MENTORS)


def preparing(
    settings: Settings, until: datetime, silent: bool
) -> Callable[[Path, Path], Awaitable[Mapping[str, Sequence[str]]]]:
    """Give what fills an empty practice folder with the weeks before ``until``, and says so unless ``silent``.

    It raises SampleError when there are debriefs already, StorageError when the database cannot be made, and what is
    wrong with the guide. Everybody is enrolled, so nobody gets an invitation code.
    """

    async def prepare(folder: Path, key_file: Path) -> Mapping[str, Sequence[str]]:
        organisation = folder / "organisation.yaml"
        organisation.write_text(default_organisation_text("Øvelse"), encoding="utf-8")
        tools = Tools(
            guide=load_guide(settings.prompts),
            organisation=load_organisation(organisation),
            holidays=danish_holidays,
            language=settings.language,
            zone=settings.zone,
            ladder=load_ladder(settings.prompts),
        )
        db = await open_sqlite(folder / "eftertanke.db", read_key(None, key_file), create=True)
        try:
            filled = await fill(db, tools, weeks=WEEKS, mentors=MENTORS, until=until)
        finally:
            await db.close()
        if not silent:
            Console(soft_wrap=True, highlight=False).print(said(filled), markup=False)
        return {one.name: [] for one in people() if one.role in _ENROLLED}

    return prepare


def said(filled: Filled) -> str:
    """What was done, in a sentence, Danish first."""
    return (
        f"{filled.weeks} opfundne uger fra {filled.mentors} mentorer ligger klar ({filled.debriefs} debriefs); uret "
        "står på kl. 7 på ugens første arbejdsdag, og kl. 8 får Lea ugens overblik.  ·  "
        f"{filled.weeks} invented weeks of {filled.mentors} mentors are there ({filled.debriefs} debriefs); the clock "
        "stands at 7:00 on the first working day of a week, and at 8:00 Lea gets the week's summary."
    )
