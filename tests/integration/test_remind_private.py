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
        await here.press(cast.anna, "Spørg til mig i morgen")
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
    """A mind changed at once, and no answer at all, mean that nobody asks."""
    for regrets in (True, False):
        async with chats(tmp_path / str(regrets)) as (here, cast):
            await tough_visit(here, cast)
            if regrets:
                await here.press(cast.anna, "Spørg til mig i morgen")
                await here.press(cast.anna, "Nej, spørg ikke")
            await here.walk(here.now + timedelta(days=20), minutes=360)
            assert CHECK not in here.text(cast.anna)


async def test_it_is_offered_on_the_receipt_of_a_tough_visit_only(tmp_path: Path) -> None:
    """An ordinary visit offers nothing; after a tough one the receipt does, a yes can be taken back and given again,
    and the chat has no message more for it."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/debrief")
        await here.press(cast.anna, "B07")
        await here.send(cast.anna, "/stop")
        assert "Skal jeg spørge til dig" not in here.text(cast.anna)
        await tough_visit(here, cast)
        before = here.count(cast.anna)
        assert "Skal jeg spørge til dig" in here.last(cast.anna).text
        for label, said in (("Spørg til mig", "Jeg spørger til dig"), ("Nej, spørg ikke", "Skal jeg spørge")) * 2:
            await here.press(cast.anna, label)
            assert said in here.last(cast.anna).text
        await here.press(cast.anna, "Spørg til mig")
        await here.press(cast.anna, "Transport")
        await here.press(cast.anna, "15")
        assert here.count(cast.anna) == before and "Jeg spørger til dig" in here.last(cast.anna).text
        async with here.db.transaction() as tx:
            assert len([one for one in await reminders.standing_of(tx, cast.anna.id) if one.private]) == 3


async def test_no_more_at_any_time(tmp_path: Path) -> None:
    """After the first one the mentor may say that it is enough."""
    async with chats(tmp_path) as (here, cast):
        await tough_visit(here, cast)
        await here.press(cast.anna, "Spørg til mig i morgen")
        await here.walk(datetime(2026, 11, 26, 8, 15, tzinfo=UTC))
        await here.press(cast.anna, "Spørg ikke mere")
        await here.walk(datetime(2026, 12, 12, tzinfo=UTC), minutes=240)
        assert CHECK not in here.text(cast.anna)


async def test_somebody_to_talk_to(tmp_path: Path) -> None:
    """The workplace's own support, and the lead in one more tap; the lead is told nothing but to call."""
    async with chats(tmp_path) as (here, cast):
        await tough_visit(here, cast)
        await here.press(cast.anna, "Spørg til mig i morgen")
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
        await here.press(cast.anna, "Spørg til mig i morgen")
        await here.walk(datetime(2026, 12, 14, tzinfo=UTC), minutes=240)
        assert CHECK in here.text(cast.anna)
        assert here.screen(cast.lea) == [] and here.screen(cast.bo) == []
        async with here.db.transaction() as tx:
            listed = await todo.show(tx, here.tools, cast.anna, here.now)
            audited = await tx.all("SELECT action, subject FROM audit")
        assert "check_in" not in repr(listed)
        assert "check" not in json.dumps([dict(row) for row in audited])


async def test_a_forwarded_offer_is_nobody_s(tmp_path: Path) -> None:
    """Bo cannot order or stop Anna's check-ins."""
    async with chats(tmp_path) as (here, cast):
        await tough_visit(here, cast)
        (offered,) = (data for label, data in here.last(cast.anna).buttons if "Spørg til mig" in label)
        for data in (offered, offered.replace(":w:", ":q:")):
            await here.tap(cast.bo, 1, data)
            assert here.toasts[-1] == "Den knap hører ikke til dig."
