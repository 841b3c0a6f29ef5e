"""Check-ins after a tough visit: only if wanted, three of them, and nothing of them where a lead could see it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.service import todo
from storage import reminders
from tests.integration.remind_kit import Chats, Everybody, chats

CHECK = "Hvordan har du det i dag?"


async def tough_visit(here: Chats, cast: Everybody, *, told: str = "Min leder") -> None:
    """Anna went because it was unsafe, and stops after the first steps."""
    await here.send(cast.anna, "/debrief")
    for label in ("B07", "Gik, det var utrygt", "Ja", "Trusler", "Færdig", told):
        await here.press(cast.anna, label)
    if any("Færdig" in label for label in here.last(cast.anna).labels):
        await here.press(cast.anna, "Færdig")
    await here.press(cast.anna, "Nej, jeg tager den")
    await here.press(cast.anna, "Det er nok for nu")


async def test_three_times_if_wanted(tmp_path: Path) -> None:
    """Next morning, after three days and after two weeks, each at nine on a working day, each by itself."""
    async with chats(tmp_path) as (here, cast):
        await tough_visit(here, cast)
        await here.press(cast.anna, "Ja, gerne")
        seen: list[datetime] = []
        while here.now < datetime(2026, 12, 14, tzinfo=UTC):
            before = here.count(cast.anna)
            await here.tick(hours=1, minutes=50 if here.now.minute == 10 else 0)
            if here.count(cast.anna) > before and CHECK in here.last(cast.anna).text:
                seen.append(here.now)
                await here.press(cast.anna, "Det går")
                assert "Godt at høre fra dig" in here.last(cast.anna).text
        days = [datetime(2026, 11, 26, 8), datetime(2026, 11, 30, 8), datetime(2026, 12, 9, 8)]  # noqa: DTZ001 - made aware
        assert [one.replace(tzinfo=None, minute=0) for one in seen] == days


async def test_not_if_not_wanted(tmp_path: Path) -> None:
    """A no, and no answer at all, mean that nobody asks."""
    for answer in ("Nej tak", None):
        async with chats(tmp_path / str(answer)) as (here, cast):
            await tough_visit(here, cast)
            if answer:
                await here.press(cast.anna, answer)
            await here.walk(here.now + timedelta(days=20), minutes=360)
            assert CHECK not in here.text(cast.anna)


async def test_it_is_asked_once_and_only_after_a_tough_visit(tmp_path: Path) -> None:
    """An ordinary visit offers nothing, and changing the receipt later offers nothing anew."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/debrief")
        await here.press(cast.anna, "B07")
        await here.send(cast.anna, "/stop")
        assert "Skal jeg spørge til dig" not in here.text(cast.anna)
        await tough_visit(here, cast)
        await here.press(cast.anna, "Nej tak")
        before = here.count(cast.anna)
        await here.press(cast.anna, "Transport")
        await here.press(cast.anna, "15")
        assert here.count(cast.anna) == before and "Skal jeg spørge til dig" not in here.text(cast.anna)


async def test_no_more_at_any_time(tmp_path: Path) -> None:
    """After the first one the mentor may say that it is enough."""
    async with chats(tmp_path) as (here, cast):
        await tough_visit(here, cast)
        await here.press(cast.anna, "Ja, gerne")
        await here.walk(datetime(2026, 11, 26, 8, 15, tzinfo=UTC))
        await here.press(cast.anna, "Spørg ikke mere")
        await here.walk(datetime(2026, 12, 12, tzinfo=UTC), minutes=240)
        assert CHECK not in here.text(cast.anna)


async def test_somebody_to_talk_to(tmp_path: Path) -> None:
    """The workplace's own support, and the lead in one more tap; the lead is told nothing but to call."""
    async with chats(tmp_path) as (here, cast):
        await tough_visit(here, cast)
        await here.press(cast.anna, "Ja, gerne")
        await here.walk(datetime(2026, 11, 26, 8, 15, tzinfo=UTC))
        await here.press(cast.anna, "tale med nogen")
        shown = here.last(cast.anna).text
        assert "psykologordningen" in shown and "+45 00 11 22 33" in shown
        assert here.screen(cast.lea) == []
        await here.press(cast.anna, "Bed min leder ringe")
        assert here.text(cast.lea) == "📣 Anna vil gerne tale med dig i dag. Der er ikke skrevet mere her."


async def test_nobody_else_can_see_that_there_are_any(tmp_path: Path) -> None:
    """Left unanswered for weeks: no escalation, nothing in a lead's chat, in the list, or in what is written on it."""
    async with chats(tmp_path) as (here, cast):
        await tough_visit(here, cast)
        await here.press(cast.anna, "Ja, gerne")
        await here.walk(datetime(2026, 12, 14, tzinfo=UTC), minutes=240)
        assert CHECK in here.text(cast.anna)
        assert here.screen(cast.lea) == [] and here.screen(cast.bo) == []
        async with here.db.transaction() as tx:
            assert await reminders.unanswered(tx, here.now) == []
            listed = await todo.show(tx, here.tools, cast.anna, here.now)
            audited = await tx.all("SELECT action, subject FROM audit")
        assert "check_in" not in repr(listed)
        assert "check" not in json.dumps([dict(row) for row in audited])


async def test_a_forwarded_offer_is_nobody_s(tmp_path: Path) -> None:
    """Bo cannot order or stop Anna's check-ins."""
    async with chats(tmp_path) as (here, cast):
        await tough_visit(here, cast)
        offered = dict(here.last(cast.anna).buttons)
        for label in ("Ja, gerne", "Nej tak"):
            await here.tap(cast.bo, 1, offered[label])
            assert here.toasts[-1] == "Den knap hører ikke til dig."
