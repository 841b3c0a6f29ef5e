"""A canary in every private answer is in nothing a lead gets of the week: message, picture, caption, report."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.summary import Week
from bot.reports.sheet import Sheet
from tests.integration.test_week_figures import Chance
from tests.integration.week_figures_kit import CANARY, at
from tests.integration.week_kit import Team, WeekChats, team

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
W47 = Week(2026, 47)
PARTS = ("Supervision", "Tryghed", "Fravær", "Ikke nået", "Over tiden", "Arbejdet")


async def busy_weeks(here: WeekChats, who: Team) -> None:
    """Two weeks of debriefs of every kind, and a canary in whatever was typed; nothing of it shared."""
    chance = Chance(47)
    for mentor in (who.anna, who.bo, who.cleo):
        own = [await who.desk.citizen(mentor, f"{mentor.name[0]}{n}", at(W47.moved(-1), 0)) for n in range(2)]
        for number in range(16):
            week = W47 if number % 3 else W47.moved(-1)
            moves = {**chance.moves(), "contact_when": ("now",)}
            began = at(week, number % 5, 8 + number % 9)
            await who.desk.debrief(mentor, chance.random.choice(own), began, moves, full=number % 2 == 0)
    followup = f"{CANARY} står i huskeaftalen"
    await here.own(who.anna, followup, at(W47, 2))


async def test_the_canary_is_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page of both weeks, every text a lead was ever sent, captions, pictures and reports: no canary."""
    drawn: list[str] = []
    real = Sheet.text

    def text(sheet: Sheet, x: float, y: float, words: str, size: float, **looks: Any) -> None:
        drawn.append(words)
        real(sheet, x, y, words, size, **looks)

    monkeypatch.setattr(Sheet, "text", text)
    async with team(tmp_path, MONDAY) as (here, who):
        await busy_weeks(here, who)
        async with here.db.transaction() as tx:
            row = await tx.one("SELECT count(*) AS n FROM answers WHERE text LIKE ?", f"%{CANARY}%")
            assert row is not None and row["n"] > 100
        read: list[str] = []
        await here.look()
        for number in (47, 46):
            await here.send(who.lea, f"/uge {number}")
            for label in PARTS:
                await here.press(who.lea, label)
                read.append(here.text(who.lea))
                while any("Flere" in one for one in here.last(who.lea).labels):
                    await here.press(who.lea, "Flere ▶")
                    read.append(here.text(who.lea))
                await here.press(who.lea, "◀ Ugen")
            for label in ("Billedet", "Rapporten"):
                await here.press(who.lea, label)
            read.append(here.text(who.lea))
        await here.draw()
        read += [label for one in here.screen(who.lea) for label in one.labels]
        read += [f"{one.name} {one.caption}" for one in here.files]
        reports = [one.data.decode() for one in here.files if one.as_what == "document"]
        assert len(reports) == 2 and len(here.files) == 4
        assert all(CANARY not in one.lower() for one in (*read, *reports, *drawn))
        assert "46" in "".join(drawn) and "47" in "".join(drawn)
        assert "A0" in "".join(read) and "Anna" in "".join(reports)  # what may be seen was looked at


async def test_the_mentor_reads_it_again(tmp_path: Path) -> None:
    """The same canary stands in the mentor's own look back, and is hers alone: the test would notice it."""
    async with team(tmp_path, MONDAY) as (here, who):
        await busy_weeks(here, who)
        await here.send(who.anna, "/uge 47")
        await here.press(who.anna, "Det, du skrev")
        await here.tap(who.anna, here.last(who.anna).id, here.last(who.anna).buttons[0][1])
        assert CANARY in here.text(who.anna)
        assert all(CANARY not in here.text(person) for person in (who.bo, who.lea, who.adam, who.kaja))
