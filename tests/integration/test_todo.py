"""/huskeliste: sections, one thing with what can be done about it, and nothing of anybody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.dialogue.reminders import Status
from bot.service import remind_plan
from storage import followups, reminders
from tests.integration.remind_kit import WEDNESDAY, Chats, Everybody, chats

DAY = timedelta(days=1)


async def filled(here: Chats, cast: Everybody) -> None:
    """One thing in each section, one further ahead, and one of Bo's."""
    await here.own(cast.anna, "forsømt", WEDNESDAY - DAY)
    await here.own(cast.anna, "nu", WEDNESDAY + timedelta(hours=2))
    await here.own(cast.anna, "snart", WEDNESDAY + 3 * DAY)
    await here.own(cast.anna, "langt ude", WEDNESDAY + 30 * DAY)
    await here.own(cast.bo, "bos", WEDNESDAY)
    async with here.db.transaction() as tx:
        followups.add_own(
            tx, mentor_id=cast.anna.id, citizen_id=cast.b07, kind="task", text="engang", due_at=None,
            due_has_time=False, now=WEDNESDAY,
        )  # fmt: skip


async def test_sections(tmp_path: Path) -> None:
    """Overdue, today, the coming seven days, without a date; what is further ahead is counted; nothing of Bo's."""
    async with chats(tmp_path) as (here, cast):
        await filled(here, cast)
        await here.send(cast.anna, "/huskeliste")
        shown = here.last(cast.anna)
        lines = [line for line in shown.text.splitlines() if line and not line.startswith("Tryk")]
        assert lines == [
            "📋 Huskeliste",
            "Skulle være gjort",
            "1. forsømt – i går kl. 13.10",
            "I dag",
            "2. nu – i dag kl. 15.10",
            "De næste syv dage",
            "3. snart – lørdag 28. november kl. 13.10",
            "Uden dato",
            "4. B07 · engang",
            "1 senere end det.",
        ]
        assert shown.labels == ("1 · forsømt", "2 · nu", "3 · snart", "4 · B07 · engang", "Luk")


async def test_empty(tmp_path: Path) -> None:
    """With nothing to do it says so."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/huskeliste")
        assert "Der er ikke noget, du skal huske lige nu." in here.last(cast.anna).text


async def test_english(tmp_path: Path) -> None:
    """/todo is the same in English."""
    async with chats(tmp_path, language="en") as (here, cast):
        await filled(here, cast)
        await here.send(cast.anna, "/todo")
        assert "Overdue\n1. forsømt – yesterday at 13:10" in here.last(cast.anna).text


async def test_only_mentors(tmp_path: Path) -> None:
    """A lead has no list, and sees nobody's."""
    async with chats(tmp_path) as (here, cast):
        await filled(here, cast)
        await here.send(cast.lea, "/huskeliste")
        assert "Det kan din rolle ikke" in here.text(cast.lea) and "forsømt" not in here.text(cast.lea)


async def test_done_and_off(tmp_path: Path) -> None:
    """One tap opens it, one finishes it or takes it off; the list is there again without it, nothing is sent."""
    async with chats(tmp_path) as (here, cast):
        await filled(here, cast)
        await here.send(cast.anna, "/huskeliste")
        await here.press(cast.anna, "2 · nu")
        await here.press(cast.anna, "✓ Gjort")
        assert "nu –" not in here.last(cast.anna).text and here.toasts[-1] == "Godt. Den er klaret."
        await here.press(cast.anna, "engang")
        await here.press(cast.anna, "Tag den af")
        assert "engang" not in here.last(cast.anna).text
        before = here.count(cast.anna)
        await here.walk(WEDNESDAY + timedelta(hours=3))
        assert here.count(cast.anna) == before + 1, "only the overdue one"


async def test_put_off(tmp_path: Path) -> None:
    """Tomorrow, in three days, in a week: it comes on that morning; what was agreed still stands beside it."""
    for label, day in (("I morgen", 26), ("Om 3 dage", 30), ("Om en uge", 2)):  # the third day is a Saturday
        async with chats(tmp_path / str(day)) as (here, cast):
            one = await here.own(cast.anna, "sag", WEDNESDAY + timedelta(hours=1))
            await here.send(cast.anna, "/huskeliste")
            await here.press(cast.anna, "sag")
            await here.press(cast.anna, label)
            await here.press(cast.anna, "sag")
            assert "🗓 i dag kl. 14.10" in here.last(cast.anna).text
            async with here.db.transaction() as tx:
                (row,) = await reminders.of_series(tx, remind_plan.series_of(one.id))
            assert row.due_at == WEDNESDAY + timedelta(hours=1)
            assert (row.send_at.day, row.send_at.hour, row.status) == (day, 7, Status.PENDING)


async def test_an_undated_one_gets_a_day(tmp_path: Path) -> None:
    """Put off until tomorrow, it has a reminder from then on, and one only."""
    async with chats(tmp_path) as (here, cast):
        await filled(here, cast)
        await here.send(cast.anna, "/huskeliste")
        await here.press(cast.anna, "engang")
        await here.press(cast.anna, "I morgen")
        text = here.last(cast.anna).text
        assert "B07 · engang – torsdag 26. november" in text and "Uden dato" not in text


async def test_another_time_and_text(tmp_path: Path) -> None:
    """Both are typed; the old time is forgotten, and it comes at the new one only."""
    async with chats(tmp_path) as (here, cast):
        await here.own(cast.anna, "gammel tekst", WEDNESDAY + timedelta(hours=1))
        await here.send(cast.anna, "/huskeliste")
        await here.press(cast.anna, "gammel")
        await here.press(cast.anna, "Ret teksten")
        await here.send(cast.anna, "ny tekst")
        assert "ny tekst" in here.last(cast.anna).text
        await here.press(cast.anna, "Anden tid")
        await here.send(cast.anna, "pjat")
        assert "forstod jeg ikke" in here.last(cast.anna).text
        await here.send(cast.anna, "fredag kl. 11")
        assert "fredag 27. november kl. 11.00" in here.last(cast.anna).text
        before = here.count(cast.anna)
        await here.walk(datetime(2026, 11, 27, 9, 59, tzinfo=UTC), minutes=60)
        assert here.count(cast.anna) == before
        await here.tick(at=datetime(2026, 11, 27, 10, tzinfo=UTC))
        assert "ny tekst" in here.last(cast.anna).text


async def test_what_a_debrief_left_can_be_changed_and_stays_so(tmp_path: Path) -> None:
    """Changed on the list, it is not set back when the debrief's receipt is changed afterwards."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/debrief")
        for label in ("B07", "Kom ikke", "Ringet", "Registrerer det", "Ikke noget endnu", "I morgen", "Gem"):
            await here.press(cast.anna, label)
        await here.send(cast.anna, "/huskeliste")
        await here.press(cast.anna, "Næste kontakt")
        await here.press(cast.anna, "Anden tid")
        await here.send(cast.anna, "fredag kl. 11")
        await here.press(cast.anna, "Transport")
        await here.press(cast.anna, "15")
        async with here.db.transaction() as tx:
            standing = [one for one in await reminders.standing_of(tx, cast.anna.id) if one.kind == "next_contact"]
        assert [one.due_at for one in standing] == [datetime(2026, 11, 27, 10, tzinfo=UTC)]


async def test_a_thing_dealt_with_meanwhile(tmp_path: Path) -> None:
    """An old button says so and shows the list as it is."""
    async with chats(tmp_path) as (here, cast):
        one = await here.own(cast.anna, "sag", WEDNESDAY + timedelta(hours=1))
        await here.send(cast.anna, "/huskeliste")
        data = dict(here.last(cast.anna).buttons)["1 · sag"]
        async with here.db.transaction() as tx:
            found = await followups.get(tx, one.id)
            assert found is not None
            await remind_plan.close(tx, found, followups.FollowupStatus.DONE, here.now)
        await here.tap(cast.anna, here.last(cast.anna).id, data)
        assert "ikke noget, du skal huske" in here.last(cast.anna).text
        await here.tap(cast.bo, 1, data)
        assert "sag" not in here.text(cast.bo)


async def test_contact_threads_stand_on_it(tmp_path: Path) -> None:
    """A citizen who did not come is on the list with the ladder's next step, once, and leads to the thread."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/debrief")
        for label in ("B07", "Kom ikke", "Ringet"):
            await here.press(cast.anna, label)
        await here.send(cast.anna, "/stop")
        await here.send(cast.anna, "/huskeliste")
        mine = [label for label in here.last(cast.anna).labels if "B07" in label]
        assert len(mine) == 1
        await here.press(cast.anna, mine[0])
        assert "B07" in here.last(cast.anna).text and "Huskeliste" not in here.last(cast.anna).text
