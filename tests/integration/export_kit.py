"""Debriefs to export: a whole visit at full length, and a no-show on the short path. All of it is invented."""

from __future__ import annotations

import asyncio
import zipfile
from pathlib import Path
from typing import Any

from bot.dialogue.events import Press
from tests.integration.cli_kit import Desk, Talk, enrol, exported

AWKWARD = "=1+1\n<b>{{7*7}}</b> & \"citat\" 'æøå' 🙂 \u202eשלום\u202c\u2028ny linje\x85@SUM(A1)\t-"
WORDS = {
    "what_happened": AWKWARD,
    "citizen_wanted": "Ro på.",
    "relation_note": "Kaffe.",
    "opening_note": "Et ord om søsteren.",
    "mentor_note": "Jeg blev rørt.",
    "supervision_focus": "Hvor langt går jeg?",
    "agreements": "Jeg ringer.\nB07 tager bussen.",
}
HELD = {
    "citizen": ["B07", Press.NEW],
    "outcome": ["as_agreed"],
    "contact_when": ["yesterday"],
    "toughness": ["2"],
    "contact_quality": ["good"],
    "goal_agreement": ["4"],
    "task_agreement": ["1"],
    "whose_meaning": ["both"],
    "adjusted": [Press.MORE, "time", "practical", Press.DONE],
    "who_decided": ["together"],
    "opening": ["took_it"],
    "time_enough": ["a_little_short"],
    "participation": ["co_decided"],
    "supervision": ["next"],
    "next_contact": ["no"],
}


async def answer_all(talk: Talk, moves: dict[str, list[Any]], typed: dict[str, str]) -> Talk:
    """Answer what is asked, by question id; anything not told is skipped. Ends at the review or the receipt."""
    for _ in range(60):
        asked = await talk.asks()
        if asked in ("review", "receipt"):
            return talk
        if asked == "citizen" and isinstance(moves["citizen"][0], str):
            name, *rest = moves["citizen"]
            await (await talk.type(name)).tap(*rest)
        elif asked in typed:
            await talk.type(typed[asked])
            if await talk.asks() == asked:
                await talk.tap(Press.KEEP)
        else:
            await talk.tap(*moves.get(asked, [Press.SKIP]))
    raise AssertionError(f"never came to an end: {asked}")


def held_visit(desk: Desk, **enrolled: Any) -> Talk:
    """Anna debriefs a visit at full length, saves it, and shares one private answer."""

    async def go() -> Talk:
        async with desk.database() as db:
            async with db.transaction() as tx:
                anna = await enrol(tx, "Anna <i>Å</i>", 987_654_321, coding=True, **enrolled)
            talk = await Talk(db, anna).begin()
            await talk.tap(Press.FULL)
            await answer_all(talk, HELD, {**WORDS, "minutes_used": "halvanden time"})
            await talk.tap(Press.SAVE)
            await talk.tap(Press.SHARE, "what_happened", Press.PREVIEW, Press.CONFIRM)
            return talk

    return asyncio.run(go())


def no_show(desk: Desk) -> None:
    """Bo debriefs a no-show on the short path: two attempts, a wait with a date, a reason with words."""

    async def go() -> None:
        async with desk.database() as db:
            async with db.transaction() as tx:
                bo = await enrol(tx, "Bo", 500, coding=True, language="en")
            talk = await Talk(db, bo).begin()
            await answer_all(
                talk,
                {
                    "citizen": ["Stjerne", Press.NEW],
                    "outcome": ["did_not_open"],
                    "reach_tried": [Press.MORE, "call", "no_answer", "visit", "message_left", Press.DONE],
                    "absence_decision": ["wait"],
                    "absence_reason": [Press.MORE, "ill", Press.DONE],
                },
                {"next_contact": "på fredag kl. 10"},
            )
            await talk.tap(Press.SAVE)

    asyncio.run(go())


def export(desk: Desk, *options: str, name: str = "ud") -> list[dict[str, Any]]:
    """The reflections that an export writes."""
    said = desk.run("export", str(desk.folder / name), *options)
    assert (said.code, said.err) == (0, "")
    return exported(desk.folder / name)


def texts_in(folder: Path) -> dict[str, str]:
    """Everything an export says, by file; archives are looked into."""
    found: dict[str, str] = {}
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = file.relative_to(folder).as_posix()
        found[f"name of {name}"] = name
        if file.suffix in (".qdpx", ".xlsx"):
            with zipfile.ZipFile(file) as archive:
                found |= {f"{name}/{inner}": archive.read(inner).decode() for inner in archive.namelist()}
        else:
            found[name] = file.read_text(encoding="utf-8")
    assert len(found) > 2, "nothing was looked at"
    return found
