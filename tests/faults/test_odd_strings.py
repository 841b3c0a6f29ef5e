"""SQL, markup, templates, formulas, log lines and the like in every field: stored and shown literally, everywhere."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import random
import time
from collections.abc import Mapping

import pytest

from bot.exports import tables
from prompts.messages import environment
from tests.faults.conftest import Note, Size
from tests.faults.odd_acts import Recorder
from tests.faults.odd_audit import ALTERED, FORGED, FORMULA, INTERPRETED, Auditor, json_lines, strings
from tests.faults.odd_scene import HELD_TEXTS, MISSED_TEXTS, Scene, logged, organisation_file, planted
from tests.faults.odd_texts import ODD, Odd
from tests.faults.texts import MARKER
from tests.integration.cli_kit import Desk, desk

__all__ = ["desk"]
MENTORS = int(os.environ.get("EFTERTANKE_TEST_ODD", "12"))
"""How many people write odd texts; about 85 texts each."""
WHEN = ("--from", "2026-11-01", "--to", "2026-12-31")
_STORED = ("answers", "followups", "next_time_notes", "guard_names", "citizens", "people", "teams", "codings",
           "supervision_taken")  # fmt: skip
_EXPORTED = ("export jsonl", "export csv", "export xlsx", "export qdpx", "export transcripts")
_COPY = ("minedata json", "minedata html")
_ANSWERS = dict.fromkeys((*HELD_TEXTS, *MISSED_TEXTS), ("stored", *_EXPORTED, *_COPY))
MUST: Mapping[str, tuple[str, ...]] = {
    **_ANSWERS,
    "absence_reason": ("stored", *_EXPORTED, *_COPY, "contact log csv", "contact log html"),
    "pseudonym": ("stored", "chat", "button", *_EXPORTED, *_COPY, "contact log html", "week json", "week html"),
    "reminder": ("stored", "chat", *_COPY),
    "note": ("stored", "chat", *_COPY),
    "guard_name": ("stored", "button", *_COPY),
    "remark": ("stored", "chat"),
    "person.name": ("stored", "chat", "people json", "week html", *_COPY),
    "team.name": ("stored", "chat", "people json", "week html", "picture"),
    "coding.coder": ("stored", "export csv", "export qdpx"),
    "coding.condensation": ("stored", "export csv", "export qdpx"),
    "coding.theme": ("stored", "export csv"),
    "organisation.name": ("chat",),
    "organisation.label": ("chat",),
    "organisation.support": ("chat",),
}
"""Field → where some of its texts must have been seen; where they may not be seen is for other tests."""


class Unescaped(Recorder):
    """A program whose texts take what people wrote for HTML."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for messages in self.renderer.messages.values():
            messages._html = environment(escaped=False)


def filled(desk: Desk, odd: Odd, mentors: int, program: type[Recorder] = Recorder) -> Scene:
    """An installation full of odd texts."""
    desk.set_up()
    organisation = organisation_file(desk.data, odd)

    async def go() -> Scene:
        async with desk.database() as db:
            return await planted(db, organisation, odd, mentors, program)

    return asyncio.run(go())


def look_at_storage(desk: Desk, auditor: Auditor) -> None:
    """What stands in the columns."""

    async def go() -> None:
        async with desk.database() as db, db.transaction() as tx:
            for table in _STORED:
                for row in await tx.all(f"SELECT * FROM {table}"):  # noqa: S608 - constants
                    told = {
                        name: cell for name, cell in row.items() if not name.endswith("_key")
                    }  # made alike on purpose
                    parts = told.pop("value", None)  # JSON, with the messages of which the text is made
                    auditor.exact("stored", [*strings(list(told.values())), *json_lines(parts or "")])

    asyncio.run(go())


def look_at_chats(scene: Scene, auditor: Auditor) -> None:
    """Messages, buttons, notices, files and pictures, and the log written meanwhile."""
    for said in scene.here.said:
        auditor.telegram("chat", said.html)
        auditor.shown("button", said.labels)
    auditor.shown("notice", scene.here.toasts)
    for file in scene.here.files:
        if file.name.endswith(".html"):
            auditor.page("minedata html" if "data" in file.name else "week html", file.data.decode())
        elif file.name.endswith(".json"):
            auditor.exact("minedata json", strings(json.loads(file.data)))
        auditor.telegram("caption", file.caption)
    auditor.shown("picture", scene.drawn)
    auditor.terminal("log", scene.log.getvalue())
    assert not MARKER.search(scene.log.getvalue())


def look_at_exports(desk: Desk, auditor: Auditor, name: str, separator: str, purpose: str = "record") -> None:
    """The files of an export."""
    folder = desk.folder / name
    said = desk.run("export", str(folder), "--purpose", purpose, "--separator", name)
    assert (said.code, said.err) == (0, ""), said
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        match file.suffix:
            case ".jsonl":
                auditor.exact("export jsonl", json_lines(file.read_text(encoding="utf-8")))
            case ".csv":
                auditor.table("export csv", file.read_bytes().decode(), separator)
            case ".xlsx":
                auditor.workbook("export xlsx", file)
            case ".qdpx":
                auditor.project("export qdpx", file)
            case ".html":
                auditor.page("export transcripts", file.read_text(encoding="utf-8"))


def look_at_commands(desk: Desk, scene: Scene, auditor: Auditor) -> None:
    """What the operator reads."""
    for command in (("people",), ("audit",), ("doctor",), ("codings", "agreement")):
        said = desk.run(*command)
        auditor.terminal(command[0], said.out + said.err)
    auditor.shown("people json", strings(desk.run("people", "--json").json))
    for lead in scene.leads:
        team = next(one for one in desk.run("people", "--json").json if one["name"] == lead.name)["team"]
        page = desk.folder / f"{lead.telegram_id}.html"
        said = desk.run("week", "2026-W47", "--team", team, "--html", str(page), "--json")
        auditor.shown("week json", strings(said.json))
        auditor.page("week html", page.read_text(encoding="utf-8"))
        auditor.terminal("week", desk.run("week", "2026-W47", "--team", team).out)
    for citizen in scene.citizens:
        if citizen.pseudonym.isprintable() and not citizen.pseudonym.startswith("-"):
            auditor.table("contact log csv", desk.run("log", citizen.pseudonym, "--csv", *WHEN).out)
            auditor.page("contact log html", desk.run("log", citizen.pseudonym, "--html", *WHEN).out)
            auditor.terminal("log", desk.run("log", citizen.pseudonym, *WHEN).out)


def test_odd_texts_stand_everywhere_as_they_were_written(size: Size, desk: Desk, note: Note) -> None:
    """About a thousand pairs of a field and an odd text, in all sinks: word for word, and nothing is made of them."""
    began, odd = time.monotonic(), Odd(random.Random(size.seed))
    scene = filled(desk, odd, MENTORS)
    auditor = Auditor(odd.planted)
    look_at_storage(desk, auditor)
    look_at_chats(scene, auditor)
    look_at_exports(desk, auditor, "comma", ",")
    look_at_exports(desk, auditor, "semicolon", ";", "coding")
    look_at_commands(desk, scene, auditor)
    auditor.must(MUST)
    pairs = len({(one.field, one.literal.replace(one.marker, "")) for one in odd.planted})
    fields = len({one.field for one in odd.planted})
    took = f"{len(ODD)} odd texts in {fields} fields, {time.monotonic() - began:.0f} s"
    note(18, pairs, "pairs of text and field", f"{auditor.report}; {took}")
    assert not auditor.report.violations, f"seed {size.seed}: {auditor.report}"
    assert MENTORS < 12 or pairs > 900


def test_the_twin_without_escaping_is_found_out(size: Size, desk: Desk, note: Note) -> None:
    """Messages that put in what people wrote as it is are no HTML of Telegram's, or show something else."""
    odd = Odd(random.Random(size.seed))
    scene = filled(desk, odd, 2, Unescaped)
    auditor = Auditor(odd.planted)
    look_at_chats(scene, auditor)
    note(18, len(odd.planted), "texts", f"without escaping: {auditor.report}", twin=True)
    assert auditor.report.kinds[INTERPRETED] > 0
    assert auditor.report.kinds[ALTERED] > 0
    assert {*auditor.report.kinds} == {INTERPRETED, ALTERED}


def test_the_twin_without_a_guard_against_formulas_is_found_out(
    size: Size, desk: Desk, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables that leave a text as it is hand the spreadsheet formulas."""
    odd = Odd(random.Random(size.seed))
    filled(desk, odd, 2)
    monkeypatch.setattr(tables.Csv, "_told", lambda self, row: list(row))
    auditor = Auditor(odd.planted)
    look_at_exports(desk, auditor, "comma", ",")
    note(18, len(odd.planted), "texts", f"without a guard against formulas: {auditor.report}", twin=True)
    assert auditor.report.kinds[FORMULA] > 0
    assert {*auditor.report.kinds} == {FORMULA}


def test_the_twin_with_a_plain_log_is_found_out(size: Size, note: Note) -> None:
    """A value that is logged stays on its line and moves no cursor; with Python's own formatter it does."""
    found = {}
    for name in ("ours", "plain"):
        odd, stream, auditor = Odd(random.Random(size.seed)), io.StringIO(), Auditor(())
        with logged(stream, logging.StreamHandler(stream) if name == "plain" else None):
            for _ in ODD:
                logging.getLogger("bot.invented").info("Row %s is odd.", odd.text("log", longest=200))
        auditor.terminal("log", stream.getvalue())
        found[name] = auditor.report.kinds
    note(18, len(ODD), "lines logged", f"violations {found['ours'].total()}")
    note(18, len(ODD), "lines logged", f"with Python's own formatter: {dict(found['plain'])}", twin=True)
    assert not found["ours"]
    assert found["plain"][FORGED] > 0
