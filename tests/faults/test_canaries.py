"""One marker for each secret through everything, at DEBUG: in no log, no temporary file, no file in the clear."""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from bot.practice.plug import Launch
from storage.keys import read_key
from storage.sqlite_connect import connect
from tests.acceptance import stage as stages
from tests.acceptance.stage import Stage, running
from tests.faults import canary_scene as scene
from tests.faults.canary_audit import LEAKED, Auditor, Report
from tests.faults.canary_scene import TYPED, Canaries
from tests.faults.conftest import Note, Size

LOG, DATA, TEMPORARY, BACKUP = "the log", "the data folder", "the temporary folder", "a backup"
_SHARED = frozenset({"name", "pseudonym", "focus", "remark"})
_OWN = frozenset(TYPED) | {"watched name"}  # on the mentor's own list; masked wherever else it is typed
_RECORD = frozenset({"absence", "private", "edited", "late", "focus", "agreement", "remark", "pseudonym", "name"})
MAY: Mapping[str, frozenset[str]] = {
    "the mentor's chat": _OWN,
    "the lead's chat": _SHARED | {"agreement", "absence"},
    "people": frozenset({"name"}),
    "audit": frozenset({"name", "pseudonym"}),
    "week": _SHARED | {"agreement", "absence"},
    "the week's report": _SHARED | {"agreement", "absence"},
    "export for the record": _RECORD,
    "export for coding": _RECORD - {"name"},
    "the database, decrypted": _OWN,
}
"""Artefact → what may stand in it. Nothing may stand in any other."""
MUST: Mapping[str, frozenset[str]] = {
    "the mentor's chat": _OWN,
    "the lead's chat": _SHARED,
    "people": frozenset({"name"}),
    "export for the record": frozenset({"private", "late", "focus", "agreement"}),
    "the database, decrypted": _OWN,
}


async def look_everywhere(stage: Stage, known: Canaries, auditor: Auditor, folder: Path) -> None:
    """Every file as bytes, everything that was said, and the chats."""
    auditor.look(LOG, stage.log)
    auditor.look_in(DATA, stage.folders.data, besides=("bot.log",))
    auditor.look_in(TEMPORARY, folder / "tmp")
    auditor.look_in(BACKUP, folder / "backup")
    auditor.look_in("the week's report", folder / "week")
    auditor.look_in("export for the record", folder / "record")
    auditor.look_in("export for coding", folder / "coding")
    for command, said in known.said.items():
        auditor.look(command, said)
    chats = {stage.person("Fremmed").hand.id: "the mentor's chat", stage.person("Lea").hand.id: "the lead's chat"}
    for call in await stage.phone.journal():
        said = "\n".join((call.text, *(label for row in call.buttons for label in row)))
        auditor.look(chats.get(call.chat_id or 0, "another chat"), said, call.method)


async def lived(stage: Stage, known: Canaries, folder: Path) -> None:
    """Everything from the invitation to what the operator does."""
    await stage.at_work()
    mentor = await scene.joins(stage, known)
    scene.of_installation(stage, known)
    await scene.misses(stage, mentor, known)
    await scene.tells_all(stage, mentor, known)
    await scene.is_reminded_and_read(stage, mentor, known)
    await scene.is_looked_after(stage, known, folder)


@pytest.mark.timeout(180)
async def test_no_canary_is_where_it_must_not_be(tmp_path: Path, size: Size, note: Note) -> None:
    """With the bot running, after its end, and after erasing, when none of it is anywhere any more."""
    known = scene.canaries(random.Random(size.seed))
    (tmp_path / "tmp").mkdir()
    more = {"TMPDIR": str(tmp_path / "tmp"), "EFTERTANKE_WEBHOOK_SECRET": f"{known['webhook secret']}-invented-word",
            "EFTERTANKE_BACKUPS": str(tmp_path / "backup")}  # fmt: skip
    async with running(tmp_path, **more) as stage:
        await lived(stage, known, tmp_path)
        auditor = Auditor(known.of, MAY)
        await look_everywhere(stage, known, auditor, tmp_path)
        auditor.look("the database, decrypted", stage.everything_stored())
        assert stage.tables_with(known["watched name"]) == {"guard_names"}
        auditor.must(MUST)
        assert "DEBUG" in stage.log
        await stage.phone.stop_bot()
        await look_everywhere(stage, known, auditor, tmp_path)
        erased = await _erased(stage, known)
        await look_everywhere(stage, known, auditor, tmp_path)
    twin = _with_a_plain_copy(stage, known)
    note(22, len(known.of), "secrets", auditor.report)
    note(22, len(known.of), "secrets", f"with a plain copy beside: {twin}", twin=True)
    assert not auditor.report.violations, f"seed {size.seed}: {auditor.report}"
    assert not erased.violations, f"seed {size.seed}: after erasing: {erased}"
    assert {kind for kind, _ in twin.violations} == {LEAKED}


async def _erased(stage: Stage, known: Canaries) -> Report:
    """The citizen and the mentor are erased; what is then left of them in the database."""
    for words in (("--citizen", known["pseudonym"]), ("--mentor", known["name"])):
        await scene.operator(stage.env, "erase", *words, "--yes")
    auditor = Auditor(known.of, {})
    auditor.look("the database, decrypted", stage.everything_stored())
    return auditor.report


def _with_a_plain_copy(stage: Stage, known: Canaries) -> Report:
    """The twin: somebody keeps an unencrypted copy of the database beside it."""
    database = stage.folders.data / "eftertanke.db"
    with closing(connect(database, read_key(None, stage.folders.key_file))) as connection:
        connection.execute("CREATE TABLE invented AS SELECT ? AS text", (known["private"],))
        connection.execute("ATTACH DATABASE ? AS plain KEY ''", (str(database.with_suffix(".copy")),))
        connection.execute("SELECT sqlcipher_export('plain')")
        connection.execute("DETACH DATABASE plain")
    auditor = Auditor(known.of, MAY)
    auditor.look_in(DATA, stage.folders.data, besides=("bot.log",))
    return auditor.report


@pytest.mark.timeout(120)
async def test_the_twin_with_a_plain_log_is_found_out(
    tmp_path: Path, size: Size, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same program, logging as Python does unless told otherwise, writes down the token and what people say."""
    command = [sys.executable, "-m", "tests.faults.canary_twin"]
    monkeypatch.setattr(stages, "Launch", lambda _, env, **more: Launch(command, env, **more))
    known = scene.canaries(random.Random(size.seed))
    async with running(tmp_path) as stage:
        anna = stage.person("Anna")
        scene.of_installation(stage, known)
        await anna.debriefs("B07", "as_agreed")
        await anna.presses("full")
        await anna.skips_to("what_happened")
        await anna.writes(known["private"])
        await anna.hand.wait_for(known["private"])
        auditor = Auditor(known.of, MAY)
        auditor.look(LOG, stage.log)
    note(22, 2, "secrets", f"with a plain log: {auditor.report}", twin=True)
    assert {(LEAKED, f"{name} stands in {LOG}") for name in ("token", "private")} <= {*auditor.report.violations}
    assert {kind for kind, _ in auditor.report.violations} == {LEAKED}
