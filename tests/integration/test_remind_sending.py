"""When reminders come: together, late once, within the hours, after the days away, and never about what is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.organisation import Organisation
from bot.service.tools import Tools
from bot.workdays import danish_holidays
from prompts import load_guide
from storage import due, hours, reminders
from tests.integration.remind_kit import WEDNESDAY, Chats, chats

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def cph(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    """A winter moment of 2026 on the wall clock of Copenhagen."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - HOUR


async def test_several_at_once_are_one_message(tmp_path: Path) -> None:
    """Three due together come as one message with a line and a row of buttons each, in the order of their times."""
    async with chats(tmp_path) as (here, cast):
        for n in range(3):
            await here.own(cast.anna, f"sag {n}", WEDNESDAY + HOUR + n * MINUTE)
        await here.tick(at=WEDNESDAY + HOUR + 5 * MINUTE)
        (shown,) = here.screen(cast.anna)
        assert "1. sag 0" in shown.text and "3. sag 2" in shown.text
        assert shown.labels == ("1 ✓", "1 ⏰", "1 …", "2 ✓", "2 ⏰", "2 …", "3 ✓", "3 ⏰", "3 …")


async def test_many_at_once_lead_to_the_list(tmp_path: Path) -> None:
    """More than four have one button, and of very many only the first are told."""
    async with chats(tmp_path) as (here, cast):
        for n in range(20):
            await here.own(cast.anna, f"sag {n:02}", WEDNESDAY + HOUR + n * MINUTE)
        await here.tick(at=WEDNESDAY + 2 * HOUR)
        (shown,) = here.screen(cast.anna)
        assert shown.labels == ("📋 Se huskelisten",)
        assert "12. sag 11" in shown.text and "sag 12" not in shown.text and "og 8 til" in shown.text
        await here.press(cast.anna, "Se huskelisten")
        assert len([one for one in here.last(cast.anna).labels if "sag" in one]) == 20


async def test_late_ones_come_once_and_say_so(tmp_path: Path) -> None:
    """After three days asleep each comes once, marked late where it is; what is due now is not called late."""
    async with chats(tmp_path) as (here, cast):
        await here.own(cast.anna, "gammel", cph(26, 10))
        await here.own(cast.anna, "ældre", cph(26, 9))
        await here.own(cast.anna, "frisk", cph(30, 9, 55))
        await here.tick(at=cph(30, 10))
        (shown,) = here.screen(cast.anna)
        assert [line.rstrip() for line in shown.text.splitlines() if line[:1].isdigit()] == [
            "1. ældre – torsdag 26. november kl. 09.00 (forsinket)",
            "2. gammel – torsdag 26. november kl. 10.00 (forsinket)",
            "3. frisk – i dag kl. 09.55",
        ]
        await here.walk(cph(30, 16))
        assert here.count(cast.anna) == 1


async def test_nothing_in_quiet_hours(tmp_path: Path) -> None:
    """What falls due after hours, at the weekend or on a holiday comes when work begins, and is not called late."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/paamind fredag skriv rapport")
        async with here.db.transaction() as tx:  # as if a debrief at 16.50 had left something due at 17.20
            reminders.add(
                tx, person_id=cast.anna.id, kind="move_appointment", series="x", due_at=cph(27, 17, 20),
                send_at=cph(27, 17, 20), now=here.now,
            )  # fmt: skip
        before = here.count(cast.anna)
        await here.tick(at=cph(27, 8))
        assert here.count(cast.anna) == before + 1
        await here.walk(cph(30, 7, 59), minutes=30)
        assert here.count(cast.anna) == before + 1
        await here.tick(at=cph(30, 8))
        assert here.count(cast.anna) == before + 2
        assert "Flyt din næste aftale" in here.last(cast.anna).text and "forsinket" not in here.last(cast.anna).text


async def test_a_danish_holiday_is_a_day_off(tmp_path: Path) -> None:
    """Christmas Day and the weekend after it are passed over."""
    async with chats(tmp_path, now=cph(22, 10, month=12)) as (here, cast):
        await here.send(cast.anna, "/paamind 25/12 ring")
        assert "mandag 28. december kl. 08.00" in here.last(cast.anna).text
        before = here.count(cast.anna)
        await here.walk(cph(28, 7, 59, month=12), minutes=60)
        assert here.count(cast.anna) == before
        await here.tick(at=cph(28, 8, month=12))
        assert here.count(cast.anna) == before + 1


async def test_days_away(tmp_path: Path) -> None:
    """Away until the fifth: nothing comes meanwhile, not even what was planned before; afterwards all of it, together,
    and not called late, for it waited as asked."""
    async with chats(tmp_path) as (here, cast):
        await here.own(cast.anna, "på torsdag", cph(26, 10))
        await here.own(cast.anna, "på tirsdag", cph(1, 10, month=12))
        await here.send(cast.anna, "/indstillinger")
        await here.press(cast.anna, "Arbejdstid")
        await here.press(cast.anna, "Jeg er væk til")
        await here.send(cast.anna, "jeg er væk til den 5.")
        assert "i dag – lørdag 5. december" in here.last(cast.anna).text
        before = here.count(cast.anna)
        await here.walk(cph(7, 7, 59, month=12), minutes=120)
        assert here.count(cast.anna) == before
        await here.tick(at=cph(7, 8, month=12))
        shown = here.last(cast.anna).text
        assert here.count(cast.anna) == before + 1
        assert "på torsdag" in shown and "på tirsdag" in shown and "forsinket" not in shown


async def test_hours_of_ones_own(tmp_path: Path) -> None:
    """Who begins at ten on four days is reminded then; what was planned for eight moves along."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/paamind i morgen ring")
        await here.send(cast.anna, "/indstillinger")
        await here.press(cast.anna, "Arbejdstid")
        await here.press(cast.anna, "✓ tor")
        await here.press(cast.anna, "fra 10")
        assert "man, tir, ons, fre fra 10.00 til 17.00" in here.last(cast.anna).text
        before = here.count(cast.anna)
        await here.walk(cph(27, 9, 59), minutes=30)
        assert here.count(cast.anna) == before
        await here.tick(at=cph(27, 10))
        assert here.count(cast.anna) == before + 1


async def test_hours_must_leave_something(tmp_path: Path) -> None:
    """The last working day cannot be taken away, nor a day end before it begins."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/indstillinger")
        await here.press(cast.anna, "Arbejdstid")
        for day in ("✓ man", "✓ tir", "✓ ons", "✓ tor"):
            await here.press(cast.anna, day)
        await here.press(cast.anna, "✓ fre")
        assert "ingen arbejdstid" in here.toasts[-1]
        async with here.db.transaction() as tx:
            own = (await hours.hours_of(tx, [cast.anna.id]))[cast.anna.id]
        assert own.weekdays == frozenset({4})


async def test_an_open_debrief_is_not_broken_into(tmp_path: Path) -> None:
    """While the mentor debriefs a reminder waits, an hour at most, and is then not called late."""
    async with chats(tmp_path) as (here, cast):
        await here.own(cast.anna, "sag", WEDNESDAY + 10 * MINUTE)
        await here.send(cast.anna, "/debrief")
        for minute in range(10, 60, 5):
            await here.tick(at=WEDNESDAY + minute * MINUTE)
            assert "sag" not in here.text(cast.anna)
        await here.tick(at=WEDNESDAY + HOUR)
        assert "sag" in here.text(cast.anna) and "forsinket" not in here.text(cast.anna)


async def test_when_the_debrief_ends_it_comes_at_once(tmp_path: Path) -> None:
    """It waits for the debrief, and not for the hour."""
    async with chats(tmp_path) as (here, cast):
        await here.own(cast.anna, "sag", WEDNESDAY + 10 * MINUTE)
        await here.send(cast.anna, "/debrief")
        await here.tick(at=WEDNESDAY + 11 * MINUTE)
        await here.send(cast.anna, "/stop")
        await here.tick(minutes=2)
        assert "sag" in here.text(cast.anna)


async def test_never_about_what_is_done(tmp_path: Path) -> None:
    """A follow-up ticked off elsewhere, even after its reminder was claimed, is not sent any more."""
    async with chats(tmp_path) as (here, cast):
        one = await here.own(cast.anna, "sag", WEDNESDAY + HOUR)
        async with here.db.transaction() as tx:
            await tx.run("UPDATE followups SET status = 'done' WHERE id = ?", one.id)
        await here.tick(at=WEDNESDAY + 2 * HOUR)
        assert here.screen(cast.anna) == []


async def test_a_claim_left_by_a_crash_goes_out(tmp_path: Path) -> None:
    """What a killed process had claimed is free again at the next start."""
    async with chats(tmp_path) as (here, cast):
        await here.own(cast.anna, "sag", WEDNESDAY + HOUR)
        here.now = WEDNESDAY + HOUR
        async with here.db.transaction() as tx:
            assert len(await due.claim_due(tx, here.now, 10)) == 1
        await here.tick()
        assert "sag" in here.text(cast.anna)


async def test_one_person_s_trouble_is_not_everybody_s(tmp_path: Path) -> None:
    """A reminder that cannot be put into words waits; those of others go out."""
    async with chats(tmp_path) as (here, cast):
        await here.own(cast.bo, "sag", WEDNESDAY + HOUR)
        async with here.db.transaction() as tx:
            reminders.add(
                tx, person_id=cast.anna.id, kind="no_such_kind", series="x", due_at=WEDNESDAY + HOUR,
                send_at=WEDNESDAY + HOUR, now=here.now,
            )  # fmt: skip
        await here.tick(at=WEDNESDAY + HOUR)
        assert "sag" in here.text(cast.bo)
        assert here.screen(cast.anna) == []
        async with here.db.transaction() as tx:
            assert [one.status for one in await reminders.standing_of(tx, cast.anna.id)] == ["pending"]


async def test_the_nudge_keeps_to_the_hours(tmp_path: Path) -> None:
    """A debrief left at a quarter to five is not asked about at a quarter to six, but next morning."""
    async with chats(tmp_path, now=cph(25, 16, 45)) as (here, cast):
        await here.send(cast.anna, "/debrief")
        for at in (cph(25, 17, 50), cph(26, 7, 50)):
            here.now = at
            await here.chores.run()
            await here.deliver()
            assert "Du var i gang" not in here.text(cast.anna)
        here.now = cph(26, 8, 1)
        await here.chores.run()
        await here.deliver()
        assert "Du var i gang" in here.text(cast.anna)


async def test_two_years_of_weeks_without_a_working_day(tmp_path: Path) -> None:
    """An organisation without any working day still has the usual hours, and nobody's reminder is lost."""
    everyday = Organisation.model_validate(
        {"working_hours": dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "")}
    )
    async with chats(tmp_path) as (here, cast):
        here = Chats(here.db, WEDNESDAY, Tools(load_guide(), everyday, danish_holidays))
        await here.own(cast.anna, "sag", WEDNESDAY + HOUR)
        await here.tick(at=WEDNESDAY + HOUR)
        assert "sag" in here.text(cast.anna)


async def test_what_lies_unanswered_comes_once_more_after_a_week(tmp_path: Path) -> None:
    """A reminder nobody answered comes again, week for week, until it is done; it is no late one."""
    async with chats(tmp_path) as (here, cast):
        await here.own(cast.anna, "ring til lægen", WEDNESDAY + HOUR)
        await here.walk(WEDNESDAY + timedelta(days=15), minutes=120)
        assert here.count(cast.anna) == 3
        assert "forsinket" not in here.last(cast.anna).text
        await here.press(cast.anna, "✓ Gjort")
        await here.walk(WEDNESDAY + timedelta(days=30), minutes=240)
        assert here.count(cast.anna) == 3


async def test_away_said_without_being_asked(tmp_path: Path) -> None:
    """ "jeg er væk til den 5." is understood also when no page has asked for it."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "jeg er væk til den 5.")
        assert "5. december" in here.last(cast.anna).text
        async with here.db.transaction() as tx:
            assert (await hours.away_of(tx, [cast.anna.id], WEDNESDAY.date()))[cast.anna.id]
