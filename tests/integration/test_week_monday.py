"""Monday's summary by itself: for every lead, on the right day, exactly once, whatever happens to the program."""

from __future__ import annotations

import asyncio
from asyncio import iscoroutinefunction
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from pkgutil import resolve_name
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bot.dialogue.calendar import local, utc
from bot.dialogue.summary import Week, WeeklySummary, week_of
from bot.service.tools import Tools
from bot.service.week_figures import summary_of
from storage import hours, people, weekly
from storage.database import Reader
from storage.people import Role
from tests.integration.week_kit import DAY, WeekChats, fake_makers, team, told

ZONE = ZoneInfo("Europe/Copenhagen")
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # eight o'clock
TEXT = "Her er ugen, der gik."


def at(day: date, hour: int = 8, minute: int = 0) -> datetime:
    """A time on Danish clocks."""
    return utc(day, time(hour, minute), ZONE)


async def test_message_and_picture_come_by_themselves(tmp_path: Path) -> None:
    """At eight, not before, the lead gets the week before as a message and as a picture; the mentors get nothing."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await here.look(MONDAY - timedelta(seconds=1))
        assert here.screen(who.lea) == []
        await here.look(MONDAY)
        await here.draw()
        assert here.screen(who.lea)[0].text.startswith(f"👋 {TEXT}\n\nUge 47 · Nord\n16.–22. november 2026")
        assert [(one.chat_id, one.as_what, one.name) for one in here.files] == [
            (who.lea.chat_id, "photo", "uge-2026-W47.png")
        ]
        assert here.files[0].caption == "<b>Uge 47 · Nord</b>"
        assert [here.screen(one) for one in (who.anna, who.bo, who.cleo, who.adam, who.kaja)] == [[]] * 5
        assert here.screen(who.sif) == []  # nobody is in that team


@pytest.mark.sqlite_only  # elsewhere one process has the clock, and a second one is told to try again
async def test_it_comes_once_over_restarts_and_two_ticks_at_once(tmp_path: Path) -> None:
    """Ticks all day, new starts, and two programs that look at the same moment: one message, one picture."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        twins = [here.program() for _ in range(4)]
        here.now = MONDAY
        await asyncio.gather(*(one.run() for one in twins))
        await asyncio.gather(here.draughtsman.one(), here.draughtsman.one())
        for minutes in range(0, 600, 30):
            here.mondays = here.program()
            await here.look(MONDAY + timedelta(minutes=minutes))
            await here.draw()
        assert here.count(who.lea) == 2
        assert len(here.files) == 1
        assert await told(here.db, who.lea) == ["2026-W47"]


@pytest.mark.parametrize(
    "place",
    [
        "storage.weekly.claim",
        "bot.service.week.summary_of",
        "storage.weekly.ask",
        "bot.telling.queue",
        "bot.drawing.Draughtsman._made",
        "bot.drawing.week_files.file",
        "bot.drawing.queue",
    ],
)
async def test_a_kill_at_any_point_loses_and_doubles_nothing(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after claiming, counting, queueing, drawing, noting: after the restart there is one message and one
    picture, never none and never two."""
    real = resolve_name(place.rsplit(".", 1)[0].replace(".Draughtsman", ":Draughtsman"))
    real = getattr(real, place.rsplit(".", 1)[1])

    async def awaited(*given: object, **named: object) -> object:
        await real(*given, **named)
        raise asyncio.CancelledError  # nothing of the program catches this, as nothing catches a kill

    def plain(*given: object, **named: object) -> object:
        real(*given, **named)
        raise asyncio.CancelledError

    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        with monkeypatch.context() as patched:
            patched.setattr(place, awaited if iscoroutinefunction(real) else plain)
            with pytest.raises(asyncio.CancelledError):
                await here.look(MONDAY + timedelta(minutes=1))
                await here.draughtsman.one()
        after = WeekChats(here.db, MONDAY + timedelta(minutes=2), drawn_by=fake_makers())
        await after.look()
        await after.draw()
        assert (here.count(who.lea) + after.count(who.lea), len(after.files)) == (2, 1)
        assert await told(here.db, who.lea) == ["2026-W47"]


async def test_a_year_of_mondays(tmp_path: Path) -> None:
    """Over a year with Easter, Whitsun, both clock changes, ISO week 53 and New Year: each week once, at eight on
    Monday or on the next working day; with restarts, downtime and odd ticks on the way."""
    chance = Random(4)
    async with team(tmp_path, at(date(2026, 1, 5)), drawn_by=fake_makers()) as (here, who):
        seen: dict[str, datetime] = {}
        day = date(2026, 1, 5)
        while day < date(2027, 1, 20):
            for hour, minute in ((7, 59), (8, 0), (8, 15), (15, chance.randrange(60))):
                if chance.random() < 0.2:
                    here.mondays = here.program()
                before = here.count(who.lea)
                await here.look(at(day, hour, minute))
                if here.count(who.lea) > before:
                    seen[(await told(here.db, who.lea))[-1]] = here.now
            day += DAY
        weeks = [week_of(date(2025, 12, 29) + n * 7 * DAY) for n in range(len(seen))]
        assert list(seen) == [str(week) for week in weeks]
        assert "2026-W53" in seen and len(seen) == 55
        moved = {
            name: f"{local(when, ZONE):%a %d.%m. %H:%M}"
            for name, when in seen.items()
            if f"{local(when, ZONE):%a %H:%M}" != "Mon 08:00"
        }
        assert moved == {"2026-W14": "Tue 07.04. 08:00", "2026-W21": "Tue 26.05. 08:00"}
        assert here.count(who.lea) == len(seen)
        assert TEXT in here.last(who.lea).text and "senere" not in here.text(who.lea)


async def test_after_downtime_the_newest_week_only_marked_late(tmp_path: Path) -> None:
    """Down for three Mondays, up again on a Thursday at noon: one message about the last week, and it says so."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await here.look(MONDAY)
        await here.look(MONDAY + 24 * DAY + timedelta(hours=4))
        await here.look(MONDAY + 24 * DAY + timedelta(hours=5))
        assert await told(here.db, who.lea) == ["2026-W47", "2026-W50"]
        assert here.count(who.lea) == 2
        assert "Uge 50 · Nord" in here.last(who.lea).text
        assert "Den kommer senere, end den skulle." in here.last(who.lea).text


async def test_last_mondays_message_stays(tmp_path: Path) -> None:
    """What came a week ago is still there to be read, and its buttons still work, drawn below; what was asked for today
    makes room for what is asked for now."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await here.look(MONDAY)
        (first,) = here.screen(who.lea)
        await here.look(MONDAY + 7 * DAY)
        assert here.screen(who.lea)[0].id == first.id and len(here.screen(who.lea)) == 2
        here.now += 3 * DAY
        await here.send(who.lea, "/uge 40")
        await here.send(who.lea, "/uge 41")
        assert len(here.screen(who.lea)) == 3
        await here.tap(who.lea, first.id, dict(first.buttons)["◀ Uge 46"])
        assert here.screen(who.lea)[0] == first
        assert len(here.screen(who.lea)) == 3 and "Uge 46" in here.last(who.lea).text


async def test_up_again_at_night_it_waits_for_the_morning(tmp_path: Path) -> None:
    """Nobody is disturbed outside their hours, and at the weekend not at all: then the next Monday's comes."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await here.look(at(date(2026, 11, 24), 22))
        assert here.count(who.lea) == 0
        await here.look(at(date(2026, 11, 28), 11))
        await here.look(at(date(2026, 11, 29), 11))
        assert here.count(who.lea) == 0
        await here.look(at(date(2026, 11, 30), 8))
        assert await told(here.db, who.lea) == ["2026-W48"]


async def test_days_away_are_respected(tmp_path: Path) -> None:
    """Back on Wednesday, the lead gets it on Wednesday, not marked late; away all week, they are left in peace."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        async with here.db.transaction() as tx:
            hours.go_away(tx, who.lea.id, date(2026, 11, 21), date(2026, 11, 24), here.now)
            hours.go_away(tx, who.lea.id, date(2026, 11, 30), date(2026, 12, 6), here.now)
        seen = {}
        for days in range(21):
            before = here.count(who.lea)
            await here.look(MONDAY + days * DAY)
            if here.count(who.lea) > before:
                seen[f"{here.now:%a %d}"] = (await told(here.db, who.lea))[-1]
                assert "senere" not in here.last(who.lea).text
        assert seen == {"Wed 25": "2026-W47", "Mon 07": "2026-W49"}


async def test_off_and_on_again_in_the_settings(tmp_path: Path) -> None:
    """A lead switches it off: nothing comes, /uge still answers; switched on, it begins with the next Monday. A mentor
    has no such switch."""
    async with team(tmp_path, MONDAY - DAY, drawn_by=fake_makers()) as (here, who):
        await here.send(who.lea, "/indstillinger")
        await here.press(who.lea, "✓ Ugens overblik af sig selv")
        assert "Ugens overblik af sig selv" in here.last(who.lea).labels
        await here.look(MONDAY)
        assert await told(here.db, who.lea) == []
        await here.send(who.lea, "/uge")
        assert "Uge 47 · Nord" in here.last(who.lea).text
        here.now = MONDAY + 2 * DAY
        await here.send(who.lea, "/indstillinger")
        await here.press(who.lea, "Ugens overblik af sig selv")
        assert "✓ Ugens overblik af sig selv" in here.last(who.lea).labels
        await here.look(MONDAY + 2 * DAY)
        assert await told(here.db, who.lea) == []
        await here.look(MONDAY + 7 * DAY)
        assert await told(here.db, who.lea) == ["2026-W48"]
        await here.send(who.anna, "/indstillinger")
        assert not any("Ugens overblik" in label for label in here.last(who.anna).labels)
        await here.tap(who.anna, here.last(who.anna).id, "!settings:w:0")
        async with here.db.transaction() as tx:
            assert await weekly.wants(tx, who.anna.id)


async def test_who_joins_on_a_wednesday_hears_of_the_next_week(tmp_path: Path) -> None:
    """A new lead is not told late of a week that they were not there for."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        wednesday = MONDAY + 2 * DAY
        async with here.db.transaction() as tx:
            new = people.add_person(
                tx, telegram_id=77, chat_id=77, name="Ida", role=Role.LEAD, team_id=who.lea.team_id, language="en",
                zone="Europe/Copenhagen", now=wednesday,
            )  # fmt: skip
        await here.look(wednesday)
        assert here.screen(new) == []
        await here.look(MONDAY + 7 * DAY)
        assert "Here is last week.\n\nWeek 48 · Nord\n23–29 November 2026" in here.last(new).text
        assert "Uge 48 · Nord" in here.last(who.lea).text


async def test_who_unblocks_the_bot_gets_it_late(tmp_path: Path) -> None:
    """While a lead blocks the bot nothing is queued for them; back the same week, they get it, marked late."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        async with here.db.transaction() as tx:
            people.set_blocked(tx, who.lea.id, MONDAY)
        await here.look(MONDAY)
        assert await told(here.db, who.lea) == []
        async with here.db.transaction() as tx:
            people.set_blocked(tx, who.lea.id, None)
        await here.look(MONDAY + DAY)
        assert "senere" in here.last(who.lea).text


async def test_one_leads_mistake_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When one message cannot be made, the others' go; that one is tried again later, and is then sent once."""
    real = summary_of
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        dora = await who.desk.enrol("Dora", "Syd")
        assert dora.team_id == who.sif.team_id

        async def broken(tx: Reader, tools: Tools, team: people.Team, asked: Week, now: datetime) -> WeeklySummary:
            if team.name == "Nord":
                raise ValueError("invented")
            return await real(tx, tools, team, asked, now)

        with monkeypatch.context() as patched:
            patched.setattr("bot.service.week.summary_of", broken)
            await here.look(MONDAY)
            await here.look(MONDAY + timedelta(minutes=1))
        assert await told(here.db, who.sif) == ["2026-W47"]
        assert await told(here.db, who.lea) == []
        await here.look(MONDAY + timedelta(minutes=16))
        assert await told(here.db, who.lea) == ["2026-W47"]
        assert (here.count(who.lea), here.count(who.sif)) == (1, 1)
