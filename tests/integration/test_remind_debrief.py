"""What a debrief leaves to be done is reminded of when it should be, and follows when its answers change."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialogue.reminders import Reminder
from bot.dialogue.worktime import WorkTime
from bot.service.remind_plan import wishes
from bot.service.remind_read import task_line, timed_line
from storage import followups, reminders
from storage.followups import Followup, FollowupStatus
from tests.integration.remind_kit import WEDNESDAY, Chats, Everybody, chats
from tests.unit.test_worktime import COPENHAGEN

# A line of an agreement, written on Wednesday 25 November 2026 at 13.10 · what remains · the time in Copenhagen.
LINES = [
    ("ring til lægen torsdag kl. 14", "ring til lægen", "26/11 14:00"),
    ("torsdag kl. 14: ring til lægen", "ring til lægen", "26/11 14:00"),
    ("Jeg sender papirerne i morgen", "Jeg sender papirerne", "26/11 09:00 day"),
    ("Borgeren ringer selv til kommunen på mandag", "Borgeren ringer selv til kommunen", "30/11 09:00 day"),
    ("Mødes igen om en uge", "Mødes igen", "2/12 09:00 day"),
    ("24/12 kl. 18 ringer jeg", "ringer jeg", "24/12 18:00"),
    ("køb to billetter", None, None),
    ("læs side 5.", None, None),
    ("torsdag", None, None),
    ("fulgte op i går", None, None),
    ("ring til nummer 14", None, None),
    ("tag fat i det nu", None, None),
]


async def of(here: Chats, cast: Everybody) -> list[tuple[str, Reminder]]:
    """What Anna is to be reminded of, with the follow-up's text."""
    async with here.db.transaction() as tx:
        found = await reminders.standing_of(tx, cast.anna.id)
        ones = await followups.by_ids(tx, [one.followup_id for one in found if one.followup_id])
    return [(ones[one.followup_id].text or "", one) for one in found if one.followup_id]


@pytest.mark.parametrize(("line", "rest", "said"), LINES)
def test_the_time_in_a_line(line: str, rest: str | None, said: str | None) -> None:
    """A date phrase at a line's start or end is its time; numbers that are none are left alone."""
    found = timed_line(line, WEDNESDAY, COPENHAGEN, "da")
    if said is None:
        assert found is None
        return
    assert found is not None
    wall = found.at.astimezone(COPENHAGEN)
    told = f"{wall.day}/{wall.month} {wall:%H:%M}" + ("" if found.has_time else " day")
    assert (found.text, told) == (rest, said)


async def no_show(here: Chats, cast: Everybody, *more: str) -> None:
    """B07 did not come; Anna called, and decides."""
    await here.send(cast.anna, "/debrief")
    for label in ("B07", "Kom ikke", "Ringet", *more):
        await here.press(cast.anna, label)


async def test_a_registered_absence(tmp_path: Path) -> None:
    """Entering it in the record system and asking about the hearing come next working morning, together."""
    async with chats(tmp_path) as (here, cast):
        await no_show(here, cast, "Registrerer det")
        await here.send(cast.anna, "/stop")
        await here.walk(datetime(2026, 11, 26, 6, 59, tzinfo=UTC))
        assert "journalen" not in "".join(
            one.text for one in here.screen(cast.anna) if one.text.startswith("⏰ Det her")
        )
        await here.tick(at=datetime(2026, 11, 26, 7, tzinfo=UTC))
        shown = here.last(cast.anna).text
        assert "B07 · Skriv fraværet i journalen" in shown and "B07 · Partshøring" in shown


async def test_ticked_off_on_the_receipt_it_does_not_come(tmp_path: Path) -> None:
    """What the receipt's own button ticked off is not reminded of."""
    async with chats(tmp_path) as (here, cast):
        await no_show(here, cast, "Registrerer det")
        await here.send(cast.anna, "/stop")
        await here.press(cast.anna, "Skrevet i journalen?")
        await here.walk(datetime(2026, 11, 27, 12, tzinfo=UTC), minutes=60)
        assert not any("⏰" in one.text and "Skriv fraværet" in one.text for one in here.screen(cast.anna))


async def test_a_changed_answer_moves_the_reminder(tmp_path: Path) -> None:
    """Next contact tomorrow becomes in a week: only that day is left, and back again it is the first one."""
    async with chats(tmp_path) as (here, cast):
        await no_show(here, cast, "Registrerer det", "Ikke noget endnu", "I morgen", "Gem")
        for label, day in (("Om en uge", 2), ("I morgen", 26)):
            await here.press(cast.anna, "Se og ret svar")
            await here.press(cast.anna, "Næste")
            await here.press(cast.anna, label)
            (one,) = [row for _, row in await of(here, cast) if row.kind == "next_contact"]
            assert one.due_at.astimezone(COPENHAGEN).day == day


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("- købe kort", "købe kort"),
        ("Mig: skrive ansøgning", "skrive ansøgning"),
        ("mig – ring til lægen", "ring til lægen"),
        ("Borger: finder papirerne", "Borgeren: finder papirerne"),
        ("• B: sender billede", "Borgeren: sender billede"),
        ("The citizen: brings the card", "Borgeren: brings the card"),
        ("Møde på biblioteket", "Møde på biblioteket"),
        ("Mig:", "Mig:"),
    ],
)
def test_whose_task_it_is(typed: str, kept: str) -> None:
    """What lists begin with goes; the citizen's own tasks say so alike, however it was typed."""
    assert task_line(typed, "da") == kept


async def test_agreed_tasks_with_their_dates(tmp_path: Path) -> None:
    """Each line is a follow-up; one with a time is reminded of at it, one without stands on the list."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/debrief")
        for label in ("B07", "Som aftalt", "Hele refleksionen"):
            await here.press(cast.anna, label)
        while "Hvad har I aftalt?" not in here.last(cast.anna).text:
            await here.press(cast.anna, "Hop over")
        await here.send(cast.anna, "ring til lægen torsdag kl. 14\nfind papirerne frem")
        await here.send(cast.anna, "/stop")
        tasks = [(text, one.due_at) for text, one in await of(here, cast) if one.kind == "task"]
        assert tasks == [("ring til lægen", datetime(2026, 11, 26, 13, tzinfo=UTC))]
        await here.send(cast.anna, "/huskeliste")
        assert "Uden dato\n2. B07 · find papirerne frem" in here.last(cast.anna).text


def followup(kind: str, due: datetime | None, *, has_time: bool = False) -> Followup:
    """A follow-up made on Wednesday."""
    return Followup("f", "m", None, "r", "q", 0, kind, None, due, has_time, FollowupStatus.OPEN, WEDNESDAY, None)


def test_a_hearing_comes_two_working_days_before_and_on_the_day() -> None:
    """Counted over a weekend and a holiday; not at all where those days are over when it is said."""
    work = WorkTime(COPENHAGEN)
    christmas = frozenset({datetime(2026, 12, 25).date()})  # noqa: DTZ001 - a local date
    deadline = datetime(2026, 12, 28, 8, tzinfo=UTC)
    days = [
        one.due_at.astimezone(COPENHAGEN).date().day for one in wishes(followup("hearing", deadline), work, christmas)
    ]
    assert days == [23, 28]
    soon = datetime(2026, 11, 26, 8, tzinfo=UTC)
    assert len(wishes(followup("hearing", soon), work, frozenset())) == 1


def test_wishes_do_not_depend_on_the_hours() -> None:
    """A day alone is the same row whatever the hours are; only a time outside them is kept deliberately."""
    early, late = WorkTime(COPENHAGEN), WorkTime(COPENHAGEN, frozenset({5, 6}))
    day = followup("next_contact", datetime(2026, 12, 1, 8, tzinfo=UTC))
    assert wishes(day, early, frozenset()) == wishes(day, late, frozenset())
    evening = followup("next_contact", datetime(2026, 12, 1, 19, tzinfo=UTC), has_time=True)
    assert [one.deliberate for one in wishes(evening, early, frozenset())] == [True]
