"""The lead hears that something lies untouched: whose and how long, never what; and not when it was touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import threads
from tests.integration.remind_kit import Chats, Everybody, chats
from tests.integration.test_remind_private import tough_visit

TOLD = "Der ligger noget hos Anna, som du skal vide besked om."


async def unsafe_and_nobody_told(here: Chats, cast: Everybody) -> None:
    """After threats Anna has told nobody; an hour later she is reminded to tell her lead."""
    await tough_visit(here, cast, told="Ingen endnu")
    await here.walk(datetime(2026, 11, 25, 13, 20, tzinfo=UTC), minutes=10)
    assert "Fortæl din leder om det, der skete" in here.last(cast.anna).text
    assert "Bliver det liggende, får din leder at vide, at der venter noget – ikke hvad." in here.last(cast.anna).text


async def test_that_and_never_what(tmp_path: Path) -> None:
    """Two working hours untouched: the lead hears whose it is and since when. Nothing of the visit stands there."""
    async with chats(tmp_path) as (here, cast):
        await unsafe_and_nobody_told(here, cast)
        await here.walk(datetime(2026, 11, 25, 15, 0, tzinfo=UTC))
        assert here.screen(cast.lea) == []
        await here.walk(datetime(2026, 11, 25, 15, 30, tzinfo=UTC))
        said = here.text(cast.lea)
        assert TOLD in said and "siden i dag" in said
        for secret in ("B07", "rusler", "utryg", "Fortæl", "safety"):
            assert secret not in said
        assert here.screen(cast.bo) == []


async def test_again_after_a_day_until_the_lead_has_seen_it(tmp_path: Path) -> None:
    """Untouched for a day it is said once more; not when the lead has seen it."""
    for seen in (False, True):
        async with chats(tmp_path / str(seen)) as (here, cast):
            await unsafe_and_nobody_told(here, cast)
            await here.walk(datetime(2026, 11, 25, 15, 30, tzinfo=UTC))
            if seen:
                await here.press(cast.lea, "Jeg tager fat i det")
            await here.walk(datetime(2026, 11, 27, 12, tzinfo=UTC), minutes=30)
            assert here.count(cast.lea) == (1 if seen else 2)
            await here.walk(datetime(2026, 12, 4, 12, tzinfo=UTC), minutes=120)
            assert here.count(cast.lea) == (1 if seen else 2)


async def test_touched_in_time_nobody_hears(tmp_path: Path) -> None:
    """Done, or put off: it is in the mentor's hands."""
    for label in (["✓ Gjort"], ["Senere", "I morgen"]):
        async with chats(tmp_path / label[0][:3]) as (here, cast):
            await unsafe_and_nobody_told(here, cast)
            for one in label:
                await here.press(cast.anna, one)
            await here.walk(datetime(2026, 11, 26, 6, 45, tzinfo=UTC), minutes=60)
            assert here.screen(cast.lea) == []


async def test_who_told_somebody_has_nothing_to_tell(tmp_path: Path) -> None:
    """The lead was got hold of at once: no follow-up, and nothing for the lead to hear."""
    async with chats(tmp_path) as (here, cast):
        await tough_visit(here, cast, told="Min leder")
        await here.walk(datetime(2026, 11, 30, 12, tzinfo=UTC), minutes=60)
        assert "Fortæl din leder" not in here.text(cast.anna) and here.screen(cast.lea) == []


async def test_not_while_it_could_not_be_known(tmp_path: Path) -> None:
    """On a Friday evening nothing runs out over the weekend: the mentor has Monday morning first."""
    async with chats(tmp_path, now=datetime(2026, 11, 27, 15, 30, tzinfo=UTC)) as (here, cast):
        await tough_visit(here, cast, told="Ingen endnu")
        await here.walk(datetime(2026, 11, 30, 8, 45, tzinfo=UTC), minutes=30)
        assert here.screen(cast.lea) == []
        await here.walk(datetime(2026, 11, 30, 9, 15, tzinfo=UTC))
        assert TOLD in here.text(cast.lea)


async def test_away_does_not_hide_it(tmp_path: Path) -> None:
    """A mentor who is away from then on cannot touch it: the lead hears of it as if they had been reminded."""
    async with chats(tmp_path) as (here, cast):
        await tough_visit(here, cast, told="Ingen endnu")
        await here.send(cast.anna, "/indstillinger")
        await here.press(cast.anna, "Arbejdstid")
        await here.press(cast.anna, "Jeg er væk til")
        await here.send(cast.anna, "til den 20.")
        await here.walk(datetime(2026, 11, 26, 9, 15, tzinfo=UTC), minutes=30)
        assert TOLD in here.text(cast.lea)


async def test_two_weeks_without_contact(tmp_path: Path) -> None:
    """Nobody reached a citizen for two weeks, and the thread's reminders lie untouched: the lead hears that, and no
    pseudonym; not once the lead was told in the thread."""
    for told in (False, True):
        async with chats(tmp_path / str(told)) as (here, cast):
            await here.send(cast.anna, "/debrief")
            for label in ("B07", "Kom ikke", "Ringet"):
                await here.press(cast.anna, label)
            await here.send(cast.anna, "/stop")
            async with here.db.transaction() as tx:
                thread = await threads.thread_of(tx, cast.b07)
                assert thread is not None
                if told:
                    threads.lead_told(tx, thread.id, here.now)
            await here.walk(here.now + timedelta(days=13), minutes=180)
            assert here.screen(cast.lea) == []
            await here.walk(here.now + timedelta(days=4), minutes=180)
            assert (TOLD in here.text(cast.lea)) is not told
            assert "B07" not in here.text(cast.lea)
