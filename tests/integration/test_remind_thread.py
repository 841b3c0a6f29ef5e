"""Reminders of a contact thread: one line, worry beside the step, until contact or a stop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import reminders, threads
from storage.people import Person
from tests.integration.remind_kit import WEDNESDAY, Chats, Everybody, chats

DAY = timedelta(days=1)


async def missed(here: Chats, cast: Everybody) -> None:
    """B07 did not come, and nothing was tried yet."""
    await here.send(cast.anna, "/kontakt B07")


def of_thread(here: Chats, who: Person) -> list[str]:
    """The messages with a reminder of B07's thread in the chat."""
    return [one.text for one in here.screen(who) if one.text.startswith("⏰") and "B07" in one.text]


async def test_after_a_week_asleep_the_thread_is_one_line(tmp_path: Path) -> None:
    """Several of its days have passed: one line says what is to be done now, and none says what was to be done then."""
    async with chats(tmp_path) as (here, cast):
        await missed(here, cast)
        await here.tick(at=WEDNESDAY + 8 * DAY)
        (shown,) = of_thread(here, cast.anna)
        assert "Tal med din leder" in shown and shown.count("B07") == 1


async def test_a_newer_one_takes_the_place_of_the_older(tmp_path: Path) -> None:
    """What lay unanswered is no second thing on the list, and its buttons say that it is over."""
    async with chats(tmp_path) as (here, cast):
        await missed(here, cast)
        await here.walk(WEDNESDAY + 3 * DAY, minutes=30)
        old, *_, new = [one for one in here.screen(cast.anna) if one.text.startswith("⏰")]
        assert old.id != new.id
        await here.send(cast.anna, "/huskeliste")
        assert here.last(cast.anna).text.count("B07") == 1
        await here.tap(cast.anna, old.id, dict(old.buttons)["⏰ Senere …"])
        assert here.toasts[-1] == "Den er allerede klaret eller taget af listen."


async def test_worry_is_asked_beside_the_step(tmp_path: Path) -> None:
    """Until it is answered each reminder has the question and the step; a no leaves the step to be done."""
    async with chats(tmp_path) as (here, cast):
        await missed(here, cast)
        await here.walk(WEDNESDAY + timedelta(hours=1))
        shown = here.last(cast.anna)
        assert "Hør, om alt er vel" in shown.text and "Er du bekymret for borgeren lige nu?" in shown.text
        await here.press(cast.anna, "Nej")
        shown = here.last(cast.anna)
        assert "bekymret" not in shown.text and "📞 Ringet – intet svar" in shown.labels


async def test_a_yes_shows_whom_to_turn_to(tmp_path: Path) -> None:
    """Acute help stands in the chat at once, and the lead is the next step."""
    async with chats(tmp_path) as (here, cast):
        await missed(here, cast)
        await here.walk(WEDNESDAY + timedelta(hours=1))
        await here.tap(cast.anna, here.last(cast.anna).id, dict(here.last(cast.anna).buttons)["🫶 Ja, jeg er bekymret"])
        assert "+45 00 11 22 33" in here.last(cast.anna).text
        await here.press(cast.anna, "Til kontaktforløbet")
        assert "Tal med din leder" in here.last(cast.anna).text


async def test_until_there_is_contact(tmp_path: Path) -> None:
    """Beyond the ladder's last day somebody who does nothing is reminded every week, for as long as it takes; contact
    ends it."""
    async with chats(tmp_path) as (here, cast):
        await missed(here, cast)
        await here.walk(WEDNESDAY + 45 * DAY, minutes=240)
        seen = here.count(cast.anna)
        await here.walk(WEDNESDAY + 101 * DAY, minutes=240)
        assert here.count(cast.anna) - seen == 8
        await here.press(cast.anna, "Fik fat i borgeren")
        seen = here.count(cast.anna)
        await here.walk(WEDNESDAY + 160 * DAY, minutes=240)
        assert here.count(cast.anna) == seen


async def test_stop_holds_until_something_is_done(tmp_path: Path) -> None:
    """After "no more" nothing comes; with the next attempt that is noted the ladder goes on."""
    async with chats(tmp_path) as (here, cast):
        await missed(here, cast)
        await here.walk(WEDNESDAY + timedelta(hours=1))
        await here.press(cast.anna, "Ikke mere")
        assert "før du noterer noget" in here.toasts[-1]
        seen = here.count(cast.anna)
        await here.walk(WEDNESDAY + 5 * DAY, minutes=120)
        assert here.count(cast.anna) == seen
        await here.send(cast.anna, "/kontakt B07")
        await here.press(cast.anna, "Kørt forbi – intet svar")
        seen = here.count(cast.anna)
        await here.walk(WEDNESDAY + 8 * DAY, minutes=120)
        assert here.count(cast.anna) == seen + 1 and "Tal med din leder" in of_thread(here, cast.anna)[-1]


async def test_a_pause_is_not_swept_away(tmp_path: Path) -> None:
    """In a pause nothing comes, and the first thing after it comes on its day."""
    async with chats(tmp_path) as (here, cast):
        await missed(here, cast)
        await here.press(cast.anna, "Pause")
        await here.press(cast.anna, "To uger")
        seen = here.count(cast.anna)
        await here.walk(datetime(2026, 12, 8, 22, tzinfo=UTC), minutes=240)
        assert here.count(cast.anna) == seen
        await here.walk(datetime(2026, 12, 9, 12, tzinfo=UTC), minutes=60)
        assert here.count(cast.anna) == seen + 1
        async with here.db.transaction() as tx:
            thread = await threads.thread_of(tx, cast.b07)
            assert thread is not None
            assert len([one for one in await reminders.standing_of(tx, cast.anna.id) if one.thread_id == thread.id]) > 1
