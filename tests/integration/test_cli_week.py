"""`eftertanke week`: the same figures at the terminal, as JSON and as a file."""

from __future__ import annotations

import asyncio
import stat
from datetime import timedelta

import pytest

from bot.dialogue.calendar import local
from bot.dialogue.summary import week_of
from bot.now import real_now
from storage import audit, shares
from storage.people import Role
from tests.integration.cli_kit import Desk, desk, enrol
from tests.integration.week_figures_kit import ZONE, Moves, Office, at

__all__ = ["desk"]
LAST = week_of(local(real_now(), ZONE).date()).moved(-1)
MET: Moves = {
    "outcome": ("acute",), "minutes_used": ("m90",), "toughness": ("2",), "supervision": ("soon",),
    "supervision_focus": ("Hvor langt går jeg?",), "next_contact": ("no",),
}  # fmt: skip


@pytest.fixture
def nord(desk: Desk) -> Desk:
    """Anna of Nord wrote one debrief last week."""
    desk.set_up()

    async def go() -> None:
        async with desk.database() as db:
            one = Office(db)
            anna = await one.enrol("Anna <i>Å</i>")
            b07 = await one.citizen(anna, "B07", at(LAST, 0))
            wish = await one.debrief(anna, b07, at(LAST, 1), MET, full=True)
            async with db.transaction() as tx:
                shares.share(tx, wish, ["supervision_focus"], at(LAST, 2))

    asyncio.run(go())
    return desk


def test_the_last_week_is_what_is_meant(nord: Desk) -> None:
    """Without a week it is the one that has ended; the text has sentences, names and what was shared."""
    said = nord.run("week")
    assert (said.code, said.err) == (0, "")
    assert f"uge {LAST.number}" in said.out and "Nord" in said.out and "Traceback" not in said.out
    assert "Anna <i>Å</i>" in said.out and "Hvor langt går jeg?" in said.out and "1½ time" in said.out


def test_json_is_the_summary(nord: Desk) -> None:
    """Every field by its own name, weeks and times as text, numbers as numbers."""
    told = nord.run("week", str(LAST), "--json").json
    assert (told["team"], told["week"], told["weeks"][-1], told["zone"]) == ("Nord", str(LAST), str(LAST), ZONE.key)
    assert (told["debriefs"][-1], told["minutes"][-1], told["acute"][-1]) == (1, 90, 1)
    assert told["outcomes"] == [{"choice": "acute", "weeks": [0, 0, 0, 0, 0, 0, 0, 1]}]
    assert told["supervision"][0]["soon"] is True and told["supervision"][0]["at"].endswith("Z")
    assert told["distributions"][-1]["shown"] == [False] * 8


@pytest.mark.parametrize("said", [f"{LAST.number}", f"uge {LAST.number}", f"{LAST}".lower()])
def test_a_week_may_be_said_in_several_ways(nord: Desk, said: str) -> None:
    """The number alone is the latest week of that number."""
    assert nord.run("week", said, "--json").json["week"] == str(LAST)


def test_an_empty_week_is_no_error(nord: Desk) -> None:
    """Long before anybody wrote anything there is a summary, which says so."""
    said = nord.run("week", "2020-W53")
    assert (said.code, said.err) == (0, "") and "uge 53" in said.out
    assert nord.run("week", "2020-W53", "--json").json["debriefs"] == [0] * 8


def test_the_report_is_a_private_file(nord: Desk) -> None:
    """Written whole for its owner only, again over an older one; with --json both."""
    path = nord.folder / "uge.html"
    for _ in range(2):
        said = nord.run("week", "--html", str(path))
        assert (said.code, said.err) == (0, "") and str(path) in said.out
    text = path.read_text(encoding="utf-8")
    assert text.lower().startswith("<!doctype html>") and "Anna &lt;i&gt;Å&lt;/i&gt;" in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in nord.folder.iterdir() if "uge" in one.name] == ["uge.html"]
    assert nord.run("week", "--html", str(path), "--json").json["week"] == str(LAST)


def test_what_was_asked_wrongly(nord: Desk) -> None:
    """A week that is none, one that has not begun, a team there is not: one sentence, and 2."""
    nord.run("week", "ni").refused("2026-W47", code=2)
    nord.run("week", "2027-W53").refused("2027-W53", code=2)
    nord.run("week", str(LAST.moved(3))).refused("not begun", code=2)
    nord.run("week", "--team", "Vest").refused("Vest", "Nord", code=2)
    nord.run("week", "--html", str(nord.folder / "nowhere" / "uge.html")).refused("nowhere")


def test_with_several_teams_one_is_chosen(nord: Desk) -> None:
    """The name is enough, however it is typed; without it, which there are."""
    nord.stored(lambda tx: enrol(tx, "Sif", 900, team="Syd", role=Role.LEAD))
    nord.run("week").refused("Nord, Syd", "--team", code=2)
    assert nord.run("week", "--team", "syd", "--json").json["debriefs"][-1] == 0


def test_before_there_is_a_team(desk: Desk) -> None:
    """Without setup, or before anybody was invited, it says what to do first."""
    desk.run("week").refused("setup")
    desk.set_up()
    desk.run("week").refused("invite")


def test_it_is_noted(nord: Desk) -> None:
    """Who looks at what mentors shared leaves a row, also from the terminal."""
    nord.run("week", "--json")
    last = nord.stored(audit.entries)[-1]
    assert (last.actor, last.action) == ("operator", "week") and (last.subject or "").endswith(f"/{LAST}")
    assert real_now() - last.at < timedelta(minutes=1)


def test_help_has_an_example(desk: Desk) -> None:
    """As every command."""
    said = desk.run("week", "--help")
    assert said.code == 0 and "Example: eftertanke week 2026-W47" in said.out
