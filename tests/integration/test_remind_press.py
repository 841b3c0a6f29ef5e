"""Buttons of reminders: done, snooze, stop, reached and no answer; a tap too many changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.dialogue.reminders import Reminder, Status
from bot.service import remind_plan
from storage import attempts, followups, reminders, threads
from storage.followups import FollowupStatus
from tests.integration.remind_kit import WEDNESDAY, Chats, Everybody, chats

HOUR = timedelta(hours=1)


async def sent(here: Chats, cast: Everybody, *texts: str) -> list[str]:
    """Reminders of these texts lie in Anna's chat; the ids of their follow-ups."""
    ids = [(await here.own(cast.anna, text, WEDNESDAY + HOUR)).id for text in texts]
    await here.tick(at=WEDNESDAY + HOUR)
    return ids


async def of(here: Chats, followup_id: str) -> tuple[FollowupStatus, list[Reminder]]:
    """How a follow-up stands, and its reminders."""
    async with here.db.transaction() as tx:
        found = await followups.get(tx, followup_id)
        assert found is not None
        return found.status, await reminders.of_series(tx, remind_plan.series_of(followup_id))


async def test_done_stops_it(tmp_path: Path) -> None:
    """Done closes the follow-up with its reminders; the message says so and has no button left; nothing comes again."""
    async with chats(tmp_path) as (here, cast):
        (one,) = await sent(here, cast, "sag")
        await here.press(cast.anna, "✓ Gjort")
        status, (row,) = await of(here, one)
        assert (status, row.status) == (FollowupStatus.DONE, Status.DONE)
        assert here.last(cast.anna).text == "⏰ ✓ sag" and here.last(cast.anna).buttons == ()
        await here.walk(WEDNESDAY + timedelta(days=3), minutes=120)
        assert here.count(cast.anna) == 1


async def test_one_line_of_several(tmp_path: Path) -> None:
    """In a bundle each line is answered by itself, and the others keep their buttons and numbers."""
    async with chats(tmp_path) as (here, cast):
        first, second, _ = await sent(here, cast, "sag a", "sag b", "sag c")
        await here.press(cast.anna, "2 ✓")
        assert (await of(here, second))[0] is FollowupStatus.DONE
        assert (await of(here, first))[0] is FollowupStatus.OPEN
        shown = here.last(cast.anna)
        assert "2. ✓ sag b" in shown.text
        assert "1 ✓" in shown.labels and "2 ✓" not in shown.labels and "3 ✓" in shown.labels
        await here.press(cast.anna, "3 …")
        assert "sag c" in here.last(cast.anna).text and "sag a" not in here.last(cast.anna).text
        await here.press(cast.anna, "Tilbage")
        assert "1. sag a" in here.last(cast.anna).text


async def test_snooze_leaves_the_agreement_alone(tmp_path: Path) -> None:
    """An hour later it comes again, once; what was agreed is as it was."""
    async with chats(tmp_path) as (here, cast):
        (one,) = await sent(here, cast, "sag")
        await here.press(cast.anna, "Senere")
        assert here.last(cast.anna).labels == (
            "Om en time", "I eftermiddag", "I morgen", "Vælg selv …", "◀ Tilbage",
        )  # fmt: skip
        await here.press(cast.anna, "Om en time")
        assert "jeg minder dig igen i dag kl. 15.10" in here.last(cast.anna).text
        await here.tick(minutes=59)
        assert here.count(cast.anna) == 1
        await here.tick(minutes=1)
        assert here.count(cast.anna) == 2
        status, (row,) = await of(here, one)
        assert (status, row.due_at) == (FollowupStatus.OPEN, WEDNESDAY + HOUR)
        assert "forsinket" not in here.last(cast.anna).text


async def test_snooze_until_the_afternoon(tmp_path: Path) -> None:
    """In the morning "this afternoon" is offered, and means it."""
    async with chats(tmp_path, now=datetime(2026, 11, 25, 8, tzinfo=UTC)) as (here, cast):
        await here.own(cast.anna, "sag", here.now)
        await here.tick()
        await here.press(cast.anna, "Senere")
        await here.press(cast.anna, "I eftermiddag")
        assert "i dag kl. 14.00" in here.last(cast.anna).text
        await here.tick(at=datetime(2026, 11, 25, 13, tzinfo=UTC))
        assert here.count(cast.anna) == 2


async def test_snooze_by_typing(tmp_path: Path) -> None:
    """Any time may be typed, also one outside the hours; what is not understood is asked for again."""
    async with chats(tmp_path) as (here, cast):
        await sent(here, cast, "sag")
        await here.press(cast.anna, "Senere")
        await here.press(cast.anna, "Vælg selv")
        await here.send(cast.anna, "engang")
        assert "forstod jeg ikke" in here.last(cast.anna).text
        await here.send(cast.anna, "i aften kl. 19")
        assert "i dag kl. 19.00" in here.last(cast.anna).text
        before = here.count(cast.anna)
        await here.tick(at=datetime(2026, 11, 25, 18, tzinfo=UTC))
        assert here.count(cast.anna) == before + 1


async def test_stop(tmp_path: Path) -> None:
    """No more of it: the follow-up is dropped, and nothing comes again."""
    async with chats(tmp_path) as (here, cast):
        (one,) = await sent(here, cast, "sag")
        await here.press(cast.anna, "Ikke mere")
        status, (row,) = await of(here, one)
        assert (status, row.status) == (FollowupStatus.DROPPED, Status.DROPPED)
        assert here.last(cast.anna).buttons == ()


async def test_a_tap_too_many(tmp_path: Path) -> None:
    """A second tap, and a tap on what was dealt with elsewhere, say so and change nothing."""
    async with chats(tmp_path) as (here, cast):
        (one,) = await sent(here, cast, "sag")
        shown = here.last(cast.anna)
        data = dict(shown.buttons)
        await here.press(cast.anna, "✓ Gjort")
        for label in ("✓ Gjort", "⏰ Senere …", "⏹ Ikke mere"):
            await here.tap(cast.anna, shown.id, data[label])
            assert here.toasts[-1] == "Den er allerede klaret eller taget af listen."
        assert (await of(here, one))[0] is FollowupStatus.DONE


async def test_somebody_else_s_button(tmp_path: Path) -> None:
    """A forwarded button of Anna's does nothing for Bo."""
    async with chats(tmp_path) as (here, cast):
        (one,) = await sent(here, cast, "sag")
        for _, data in here.last(cast.anna).buttons:
            await here.tap(cast.bo, 1, data)
            assert here.toasts[-1] == "Den knap hører ikke til dig."
        assert (await of(here, one))[0] is FollowupStatus.OPEN


async def test_the_copy_a_crash_left_goes(tmp_path: Path) -> None:
    """The message that was sent twice, for the mark was lost, goes when it is touched; the live one tells the rest."""
    async with chats(tmp_path) as (here, cast):
        await sent(here, cast, "sag")
        shown = here.last(cast.anna)
        here.screens[cast.anna.chat_id][1] = shown
        await here.tap(cast.anna, 1, dict(shown.buttons)["✓ Gjort"])
        assert [one.text for one in here.screen(cast.anna)] == ["⏰ ✓ sag"]


async def contact_reminder(here: Chats, cast: Everybody) -> str:
    """A "next contact" with B07 lies in Anna's chat."""
    async with here.db.transaction() as tx:
        made = followups.add_own(
            tx, mentor_id=cast.anna.id, citizen_id=cast.b07, kind="next_contact", text=None,
            due_at=WEDNESDAY + HOUR, due_has_time=True, now=here.now,
        )  # fmt: skip
        await remind_plan.sync(tx, here.tools, cast.anna, [made], here.now)
    await here.tick(at=WEDNESDAY + HOUR)
    return made.id


async def test_no_answer_is_logged_and_the_ladder_moves(tmp_path: Path) -> None:
    """One tap: the attempt stands in a contact thread with its time, the follow-up is done, and the next step waits."""
    async with chats(tmp_path) as (here, cast):
        one = await contact_reminder(here, cast)
        assert "B07 · Næste kontakt" in here.last(cast.anna).text
        await here.press(cast.anna, "📵 Intet svar …")
        await here.press(cast.anna, "📞 Ringet")
        assert (await of(here, one))[0] is FollowupStatus.DONE
        async with here.db.transaction() as tx:
            thread = await threads.thread_of(tx, cast.b07)
            assert thread is not None
            (attempt,) = await attempts.attempts_of(tx, thread.id)
            assert (attempt.channel, attempt.result, attempt.at) == ("call", "no_answer", here.now)
            waiting = await reminders.waiting_of(tx, cast.anna.id)
        assert waiting and all(row.thread_id == thread.id for row in waiting)


async def test_reached_ends_it(tmp_path: Path) -> None:
    """Reached: the follow-up is done, an open thread is closed, and its reminders stop."""
    async with chats(tmp_path) as (here, cast):
        await contact_reminder(here, cast)
        await here.press(cast.anna, "📵 Intet svar …")
        await here.press(cast.anna, "📞 Ringet")
        async with here.db.transaction() as tx:
            thread = await threads.thread_of(tx, cast.b07)
            assert thread is not None
            first = (await reminders.waiting_of(tx, cast.anna.id))[0]
        await here.walk(first.send_at, minutes=60)
        await here.press(cast.anna, "Fik fat i borgeren")
        async with here.db.transaction() as tx:
            found = await threads.get(tx, thread.id)
            assert found is not None and found.closed_at is not None
            assert await reminders.waiting_of(tx, cast.anna.id) == []


async def test_a_ladder_reminder_says_why(tmp_path: Path) -> None:
    """A step of the ladder says its name and why it comes now, and leads to the thread."""
    async with chats(tmp_path) as (here, cast):
        await contact_reminder(here, cast)
        await here.press(cast.anna, "📵 Intet svar …")
        await here.press(cast.anna, "📞 Ringet")
        async with here.db.transaction() as tx:
            first = (await reminders.waiting_of(tx, cast.anna.id))[0]
        await here.walk(first.send_at, minutes=60)
        shown = here.last(cast.anna)
        assert "B07" in shown.text and len(shown.text.splitlines()) > 1
        await here.press(cast.anna, "Åbn forløbet")
        assert "B07" in here.last(cast.anna).text and here.last(cast.anna).id != shown.id
