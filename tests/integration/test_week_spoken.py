"""A lead notes on the page of safety that they have spoken with the mentor; until then the event goes along."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.dialogue.events import Press
from storage import audit
from tests.integration.test_week_figures_edges import THREAT
from tests.integration.test_week_lead import MONDAY, W47
from tests.integration.week_figures_kit import at
from tests.integration.week_kit import Team, WeekChats, fake_makers, team

BUTTON = "✓ Vi har talt sammen: Anna"
LEFT = "Fra ugerne før"


async def unsafe(here: WeekChats, who: Team, week: int = 0) -> None:
    """Anna asks the program to tell the lead; Bo tells nobody."""
    told = {**THREAT, "safety_reached": ("tell_lead", Press.DONE)}
    when = W47.moved(week)
    await who.desk.debrief(who.anna, await who.desk.citizen(who.anna, "B07", at(when, 0)), at(when, 1), told)
    alone = {**THREAT, "safety_reached": ("nobody_yet",)}
    await who.desk.debrief(who.bo, await who.desk.citizen(who.bo, "K12", at(when, 0)), at(when, 1), alone)


async def noted(here: WeekChats, who: Team) -> list[str]:
    """What the audit says the lead noted."""
    async with here.db.transaction() as tx:
        found = [one.action for one in await audit.entries(tx) if one.actor == who.lea.id]
    return [one for one in found if one in ("spoken", "not_spoken")]


async def test_one_tap_notes_it_and_another_takes_it_back(tmp_path: Path) -> None:
    """Only Anna, who let the lead know, has a button. Noted, the page and the headline say so; both are audited."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await unsafe(here, who)
        await here.send(who.lea, "/uge")
        headline = here.last(who.lea).text
        await here.press(who.lea, "Tryghed")
        before = here.last(who.lea).text
        assert [one for one in here.last(who.lea).labels if "talt sammen" in one] == [f"{BUTTON}, tirsdag 17. november"]
        await here.press(who.lea, BUTTON)
        after = here.last(who.lea)
        assert after.text != before and "❗" not in after.text and len(here.screen(who.lea)) == 1
        assert "↩ Det var en fejl: Anna, tirsdag 17. november" in after.labels
        await here.press(who.lea, "◀ Ugen")
        assert here.last(who.lea).text != headline
        await here.press(who.lea, "Tryghed")
        await here.press(who.lea, "Det var en fejl: Anna")
        assert here.last(who.lea).text == before
        assert await noted(here, who) == ["spoken", "not_spoken"]


async def test_it_goes_along_for_four_weeks_until_it_is_noted(tmp_path: Path) -> None:
    """Two weeks later it stands on the new week's page, under a line of its own; noted there, it is gone from it."""
    async with team(tmp_path, MONDAY + timedelta(days=14), drawn_by=fake_makers()) as (here, who):
        await unsafe(here, who)
        for number, there in ((51, True), (52, False)):
            here.now = MONDAY + timedelta(days=7 * (number - 47))
            await here.send(who.lea, f"/uge {number}")
            await here.press(who.lea, "Tryghed")
            text = here.last(who.lea).text
            assert (LEFT in text and "Anna" in text) is there
            assert "Bo" not in text
        await here.send(who.lea, "/uge 49")
        await here.press(who.lea, "Tryghed")
        await here.press(who.lea, BUTTON)
        assert LEFT not in here.last(who.lea).text and "Anna" not in here.last(who.lea).text
        assert await noted(here, who) == ["spoken"]


async def test_nobody_else_can_note_it(tmp_path: Path) -> None:
    """Another team's lead, a mentor, or a button that names an event the lead was not let know of: nothing is noted."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await unsafe(here, who)
        await here.send(who.lea, "/uge")
        await here.press(who.lea, "Tryghed")
        (sent,) = [data for label, data in here.last(who.lea).buttons if label.startswith(BUTTON)]
        async with here.db.transaction() as tx:
            (row,) = await tx.all("SELECT token FROM reflections WHERE mentor_id = ?", who.bo.id)
        for person in (who.sif, who.anna, who.adam, who.kaja):
            await here.tap(person, 1, sent)
        await here.tap(who.lea, here.last(who.lea).id, f"!week:k:{W47}.{row['token']}.0")
        await here.tap(who.lea, here.last(who.lea).id, f"!week:k:{W47}.nix")
        async with here.db.transaction() as tx:
            assert await tx.all("SELECT * FROM safety_spoken") == []
