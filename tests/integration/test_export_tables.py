"""Every format from one command: what was written comes back from each, only what was asked for, in the same bytes."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.exports.tables import unguarded
from bot.exports.transcript import clean
from bot.exports.xlsx import CUT
from storage import audit
from storage.database import Transaction
from tests.integration.cli_kit import NOW, Desk, Talk, desk, enrol
from tests.integration.export_kit import AWKWARD, export, held_visit, no_show, texts_in
from tests.integration.test_export_folder import _copies, debriefed

__all__ = ["desk"]
ROOT = Path(__file__).parents[2]
FAMILY = "👩\u200d👩\u200d👧\u200d👦"
TEXTS = {
    "what_happened": '=HYPERLINK("http://x.invalid")',
    "citizen_wanted": '"a";,b\nny linje',
    "relation_note": "- ringede\n- skrev",
    "opening_note": f"{FAMILY} e\u0301 \u202eשלום\u202c \u2028 \x85",
    "mentor_note": "'=1 <r>&</r> _x0041_",
    "agreements": "æ👍" * 20_000,
}


def table(file: Path, separator: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV file, as csv reads them."""
    text = file.read_text(encoding="utf-8-sig" if separator == ";" else "utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


def sheet(folder: Path, place: int) -> list[dict[str, Any]]:
    """The rows of a sheet, as openpyxl reads them."""
    header, *rows = (
        load_workbook(folder / "reflections.xlsx", read_only=True).worksheets[place].iter_rows(values_only=True)
    )
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def written(desk: Desk, *options: str, name: str = "ud") -> Path:
    """The folder of an export."""
    export(desk, *options, name=name)
    return desk.folder / name


def hashes(folder: Path) -> dict[str, str]:
    """Every file of a folder, by its bytes."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.fixture
def awkward(desk: Desk) -> Desk:
    """A debrief whose texts are what formats break on; 40,000 characters are more than the chat takes."""
    desk.set_up()
    held_visit(desk)

    async def change(tx: Transaction) -> None:
        for question, text in TEXTS.items():
            tx.write("UPDATE answers SET text = ? WHERE question_id = ?", text, question)

    desk.stored(change)
    return desk


def test_texts_survive_in_every_format(awkward: Desk) -> None:
    """CSV, workbook and JSON give back what was written, as far as the format allows."""
    folder = written(awkward)
    long = {row["question_id"]: row for row in table(folder / "answers_long.csv")}
    [wide] = table(folder / "reflections_wide.csv")
    cells = {row["question_id"]: row for row in sheet(folder, 0)}
    [told] = [json.loads(line) for line in (folder / "reflections.jsonl").read_text(encoding="utf-8").splitlines()]
    lossless = {answer["question_id"]: answer["text"] for answer in told["answers"]}
    for question, text in TEXTS.items():
        assert unguarded(long[question]["text"]) == clean(text), question
        assert unguarded(wide[f"{question}_text"]) == clean(text), question
        assert lossless[question] == text, question
        if question != "agreements":
            assert str(cells[question]["text"]).replace("_x005F_", "_") == clean(text), question
    cut = str(cells["agreements"]["text"])
    assert cut.endswith(CUT) and TEXTS["agreements"].startswith(cut.removesuffix(CUT)) and len(cut) > 20_000


def test_no_cell_is_a_formula(awkward: Desk) -> None:
    """Nothing that a mentor wrote is calculated, in any table and with either separator."""
    for separator, name in ((",", "ud"), (";", "dansk")):
        folder = written(awkward, "--separator", {",": "comma", ";": "semicolon"}[separator], name=name)
        for file in folder.glob("*.csv"):
            text = file.read_text(encoding="utf-8-sig")
            for row in csv.reader(
                io.StringIO(text, newline=""), delimiter="," if "taguette" in file.name else separator
            ):
                assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))], file.name
    book = load_workbook(folder / "reflections.xlsx")
    assert {cell.data_type for ws in book for row in ws.iter_rows() for cell in row} <= {"s", "n", "b"}


def test_the_readme_says_where_something_is_lost(awkward: Desk) -> None:
    """Both languages name the apostrophe, the longest cell and the line ends, and only files that are there."""
    readme = (written(awkward) / "README.md").read_text(encoding="utf-8")
    for words in ("apostrof", "apostrophe", "32.767", "32,767", "LF", "[…]"):
        assert words in readme
    less = (written(awkward, "--format", "jsonl", name="lidt") / "README.md").read_text(encoding="utf-8")
    assert "32.767" not in less and "project.qdpx" not in less
    assert {file.name for file in (awkward.folder / "lidt").iterdir()} == {"README.md", "reflections.jsonl"}


def test_places_are_those_of_the_project(desk: Desk) -> None:
    """start and end of each row cut its passage out of the source with that GUID."""
    desk.set_up()
    held_visit(desk)
    no_show(desk)
    folder = written(desk)
    rows = table(folder / "answers_long.csv")
    with zipfile.ZipFile(folder / "project.qdpx") as project:
        sources = {row["source_guid"]: project.read(f"sources/{row['source_guid']}.txt").decode() for row in rows}
        qde = project.read("project.qde").decode()
    placed = [row for row in rows if row["start"]]
    assert len(placed) > 20
    for row in placed:
        passage = sources[row["source_guid"]][int(row["start"]) : int(row["end"])]
        assert passage.endswith(unguarded(row["text"]) or passage)
        assert row["selection_guid"] in qde
    assert {row["skipped"] for row in rows if not row["start"]} == {"true"}


def test_tables_agree_with_each_other_and_with_their_description(desk: Desk) -> None:
    """Every column is described, every key is unique, and values are those of the JSON."""
    desk.set_up()
    held_visit(desk)
    no_show(desk)
    folder = written(desk, "--purpose", "record", "--revisions")
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        rows = table(folder / resource["path"])
        assert list(rows[0]) == [field["name"] for field in resource["schema"]["fields"]]
        keys = [tuple(row[name] for name in resource["schema"]["primaryKey"]) for row in rows]
        assert len(keys) == len(set(keys)) > 0
    wide = table(folder / "reflections_wide.csv")
    assert [row["variable"] for row in table(folder / "variables.csv")] == list(wide[0])
    anna = wide[0]
    assert (anna["outcome_value"], anna["adjusted_value"], anna["minutes_used_value"]) == (
        "as_agreed",
        "time|practical",
        "90",
    )
    assert anna["what_happened_text"] == f"'{clean(AWKWARD)}"
    assert (anna["mentor"], wide[1]["mentor"]) == ("Anna <i>Å</i>", "Bo")
    assert len(sheet(folder, 0)) == len(table(folder / "answers_long.csv"))
    assert len(sheet(folder, 2)) > 40 and sheet(folder, 2)[0]["code"] == "relation"


@pytest.mark.parametrize("dates", ["day", "week", "none"])
def test_no_time_is_finer_than_asked(desk: Desk, dates: str) -> None:
    """No clock time, no id that holds one, and below a day no date at all, in any file; nor what was typed for one."""
    desk.set_up()
    held_visit(desk)
    no_show(desk)
    folder = written(desk, "--dates", dates)
    found = {name: text for name, text in texts_in(folder).items() if "README" not in name and not name.endswith("xsd")}
    rows = desk.stored(lambda tx: tx.all("SELECT id FROM reflections"))
    said = "\n".join(found.values())
    assert not [row["id"] for row in rows if row["id"] in said or row["id"].replace("-", "")[:12] in said]
    assert "på fredag kl. 10" not in said and "kl. 1" not in said
    times = set(re.findall(r"\d{4}-\d\d-\d\dT[\d:.]+Z", said))
    assert times <= {"2000-01-01T00:00:00Z"}
    days = set(re.findall(r"2026-\d\d-\d\d", said))
    assert bool(days) is (dates == "day")
    assert bool(re.search(r"2026-W48", said)) is (dates == "week")


def test_only_what_was_consented_to(desk: Desk) -> None:
    """Not a word, name or pseudonym of mentors who said no or nothing, in any file, whatever is asked for."""
    desk.set_up()
    debriefed(desk, ("Annakanari", True), ("Bokanari", False), ("Carlkanari", None))

    async def wrote(tx: Transaction) -> None:
        tx.write(
            "UPDATE answers SET text = 'hemmelig-' || (SELECT p.name FROM people AS p JOIN reflections AS r"
            " ON r.mentor_id = p.id WHERE r.id = answers.reflection_id) WHERE question_id = 'minutes_used'"
        )
        tx.write("UPDATE answers SET kind = 'text', text = 'hemmelig-' || (SELECT p.name FROM people AS p"
                 " JOIN reflections AS r ON r.mentor_id = p.id WHERE r.id = answers.reflection_id),"
                 " question_id = 'mentor_note' WHERE question_id = 'toughness'")  # fmt: skip

    desk.stored(wrote)
    for number, options in enumerate(([], ["--revisions"], ["--no-cases"], ["--team", "Nord", "--language", "en"])):
        texts = texts_in(written(desk, *options, name=f"ud{number}"))
        for name, text in texts.items():
            assert not [canary for canary in ("Bokanari", "Carlkanari", "Borger2", "Borger3") if canary in text], name
        assert any("hemmelig-Annakanari" in text for text in texts.values())


def test_period_team_and_guide(desk: Desk) -> None:
    """Both days are included, counted where the mentors are; a team or guide that is not there is said."""
    desk.set_up()

    async def go() -> None:
        async with desk.database() as db:
            for number, team in enumerate(("Nord", "Nord", "Syd")):
                async with db.transaction() as tx:
                    person = await enrol(tx, f"M{number}", 100 * number + 1, coding=True, team=team)
                # 23.30 in UTC on the 25th is the 26th in Copenhagen
                when = NOW.replace(hour=23, minute=30) + timedelta(days=number - 1)
                await (await Talk(db, person, when).begin()).type("B07")

    asyncio.run(go())

    def days(*options: str, name: str) -> list[str]:
        return [row["date"] for row in table(written(desk, *options, name=name) / "reflections_wide.csv")]

    assert days(name="alt") == ["2026-11-25", "2026-11-26", "2026-11-27"]
    assert days("--from", "2026-11-26", "--to", "2026-11-26", name="dag") == ["2026-11-26"]
    assert days("--team", "Syd", name="syd") == ["2026-11-27"]
    assert days("--guide", "efter_moedet", "--to", "2026-11-25", name="guide") == ["2026-11-25"]
    readme = (desk.folder / "dag" / "README.md").read_text(encoding="utf-8")
    assert "2026-11-26" in readme and "fra og med" in readme
    desk.run("export", str(desk.folder / "x"), "--team", "Vest").refused("Vest", "Nord, Syd")
    desk.run("export", str(desk.folder / "x"), "--guide", "andet").refused("andet", "--guide")
    desk.run("export", str(desk.folder / "x"), "--from", "i går").refused("i går", "2026-11-25", code=2)
    desk.run("export", str(desk.folder / "x"), "--from", "2026-11-02", "--to", "2026-11-01").refused("swap", code=2)
    desk.run("export", str(desk.folder / "x"), "--format", "pdf").refused("pdf", "xlsx", code=2)
    assert not (desk.folder / "x").exists()


@pytest.mark.parametrize("copies", [3, 500])
def test_the_same_data_give_the_same_bytes(desk: Desk, copies: int) -> None:
    """On another day and in another process too; many reflections are partly written beside, by one of its own."""
    desk.set_up()
    held_visit(desk)
    desk.stored(lambda tx: _copies(tx, copies))
    first = hashes(written(desk, name="en"))
    time.sleep(1.1)  # so that a time of export would show, down to the two seconds that a ZIP knows
    assert hashes(written(desk, name="to")) == first
    assert len(first) == 10 + 2 * (copies + 1)
    assert len(table(desk.folder / "to" / "answers_long.csv")) > 2 * copies


def test_an_export_that_is_killed_leaves_no_folder(desk: Desk) -> None:
    """kill -9 in the middle: nothing stands where the export was to be, and the next one works."""
    desk.set_up()
    held_visit(desk)
    desk.stored(lambda tx: _copies(tx, 3000))
    target = desk.folder / "ud"
    before = len(desk.stored(audit.entries))
    running = subprocess.Popen(
        [sys.executable, "-m", "bot", "export", str(target)], cwd=ROOT, stdout=subprocess.DEVNULL, env=dict(os.environ)
    )
    try:
        until = time.monotonic() + 60
        while not list(desk.folder.glob(".ud.*/transcripts/*.md")) and time.monotonic() < until:
            assert running.poll() is None, "it ended before it could be killed"
            time.sleep(0.005)
        running.send_signal(signal.SIGKILL)
    finally:
        running.kill()
        running.wait()
    assert not target.exists()
    assert len(desk.stored(audit.entries)) == before
    assert len(export(desk)) == 3001
