"""Coding in a spreadsheet: codes, coder, condensation and theme as columns beside the answers, and back again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cli_kit import Desk, desk
from tests.integration.codings_kit import marks, save_table, stored, table, written
from tests.integration.export_kit import held_visit, no_show

__all__ = ["desk"]
Rows = list[dict[str, str]]


@pytest.fixture
def reflection(desk: Desk) -> str:
    """Two debriefs; the id of the long one."""
    desk.set_up()
    talk = held_visit(desk)
    no_show(desk)
    return talk.reflection_id


def long_table(desk: Desk, name: str = "ud") -> Rows:
    """The rows of the long table."""
    return table(written(desk, name) / "answers_long.csv")


def row_of(rows: Rows, question_id: str) -> dict[str, str]:
    """The row of an answer of the long debrief."""
    return next(row for row in rows if row["question_id"] == question_id)


def code(row: dict[str, str], codes: str, coder: str = "Kim", **more: str) -> None:
    """Fill in what a coder fills in."""
    row.update({"coded": codes, "coder": coder, **more})


def bring(desk: Desk, rows: Rows, separator: str = ",", *options: str) -> dict[str, object]:
    """Import the table."""
    file = save_table(desk.folder / "kodet.csv", rows, separator)
    said = desk.run("codings", "import", str(file), "--json", *options)
    assert said.err == "", said
    told: dict[str, object] = said.json
    return told


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_column_of_codes_comes_in(desk: Desk, reflection: str, separator: str) -> None:
    """Ids or names, several in a cell, with condensation and theme; on a formula-like text and on a closed answer."""
    rows = long_table(desk)
    code(
        row_of(rows, "what_happened"),
        "relation.affective | Hvis mening gælder",
        condensation="Én sætning.",
        theme="Tillid",
    )
    code(row_of(rows, "adjusted"), "flexibility.time")
    told = bring(desk, rows, separator)
    assert (told["new"], told["refused"], told["written"]) == (3, [], True)
    found = {(mark.question_id, mark.code): mark for mark in marks(desk, reflection)}
    assert set(found) == {
        ("what_happened", "relation.affective"),
        ("what_happened", "relation.meaning"),
        ("adjusted", "flexibility.time"),
    }
    one = found["what_happened", "relation.meaning"]
    assert (one.coder, one.condensation, one.theme, one.starts) == ("Kim", "Én sætning.", "Tillid", 0)
    assert found["adjusted", "flexibility.time"].starts is None  # a closed answer is coded as a whole
    assert bring(desk, rows, separator)["written"] is False


def test_start_and_end_narrow_the_passage(desk: Desk, reflection: str) -> None:
    """A coder who moves them inwards codes just those words; and a row may be there twice, for two coders."""
    rows = long_table(desk)
    row = row_of(rows, "mentor_note")
    second = dict(row)
    row["start"] = str(int(row["start"]) + 4)
    row["end"] = str(int(row["end"]) - 1)
    code(row, "mentor.reaction")
    code(second, "mentor.reaction", "Lars", coded_at="2026-11-26T08:00:00+01:00")
    assert bring(desk, [*rows, second])["new"] == 2
    assert {(mark.coder, mark.starts, mark.ends) for mark in marks(desk, reflection)} == {
        ("Kim", 4, 13),
        ("Lars", 0, 14),
    }
    assert {mark.coded_at.hour for mark in marks(desk, reflection) if mark.coder == "Lars"} == {7}


def test_the_codings_of_an_export_come_back(desk: Desk, reflection: str) -> None:
    """codings.csv has what was brought in, words and all; unchanged it makes no difference, and a condensation written
    into it supersedes the row."""
    rows = long_table(desk)
    code(row_of(rows, "agreements"), "relation.cognitive", condensation="=Hver sin opgave", theme="Aftaler")
    bring(desk, rows)
    given = table(written(desk, "igen") / "codings.csv")
    assert [(row["coded"], row["coder"], row["theme"]) for row in given] == [("relation.cognitive", "Kim", "Aftaler")]
    assert given[0]["condensation"] == "'=Hver sin opgave"  # so that no spreadsheet calculates it
    assert given[0]["passage"] == "Jeg ringer.\nB07 tager bussen."
    told = bring(desk, given)
    assert (told["new"], told["changed"], told["same"]) == (0, 0, 1)
    given[0]["condensation"] = "Begge gør noget."
    assert bring(desk, given)["changed"] == 1
    assert [one.mark.condensation for one in stored(desk, reflection)] == ["=Hver sin opgave", "Begge gør noget."]


def test_a_new_word_becomes_an_own_code(desk: Desk, reflection: str) -> None:
    """A code that nobody knew is the organisation's own from now on; with a theme before it, it goes under that."""
    rows = long_table(desk)
    code(row_of(rows, "relation_note"), "Kaffe;relation.Hverdagens ritualer;KAFFE")
    told = bring(desk, rows)
    assert told["new_codes"] == ["kaffe", "relation.hverdagens_ritualer"]
    assert {mark.code for mark in marks(desk, reflection)} == {"kaffe", "relation.hverdagens_ritualer"}
    assert bring(desk, rows)["written"] is False


def shifted(row: dict[str, str]) -> None:
    row["start"], row["end"] = str(int(row["start"]) + 30), str(int(row["end"]) + 30)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (shifted, "places are shifted"),
        (lambda row: row.update(text="Et ord om broderen."), "not those that were exported"),
        (lambda row: row.update(revision="2"), "another revision"),
        (lambda row: row.update(question_id="nothing"), "no such answer"),
        (lambda row: row.update(coder=""), "no coder is named"),
        (lambda row: row.update(coded="n" * 61), "could not take the code"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(desk: Desk, reflection: str, change: object, why: str) -> None:
    """The line of the table, the question, and why; nothing is written."""
    rows = long_table(desk)
    row = row_of(rows, "opening_note")
    code(row, "relation")
    change(row)  # type: ignore[operator] # one of the above
    told = bring(desk, rows)
    refused = told["refused"]
    assert isinstance(refused, list) and len(refused) == 1, told
    assert why in refused[0]["why"]
    assert refused[0]["source"] == row["question_id"]
    lines = (desk.folder / "kodet.csv").read_text(encoding="utf-8-sig").split("\n")
    assert row["answer_guid"] in lines[refused[0]["line"] - 1]
    assert told["written"] is False and marks(desk, reflection) == []


def test_a_sheet_without_places_is_enough(desk: Desk, reflection: str) -> None:
    """The workbook's sheet has no start and end: then the whole answer is meant, held against its words."""
    rows = [{name: row[name] for name in ("reflection_id", "question_id", "text")} for row in long_table(desk)]
    code(row_of(rows, "relation_note"), "relation")
    assert bring(desk, rows)["new"] == 1
    assert [(mark.starts, mark.ends) for mark in marks(desk, reflection)] == [(0, 6)]


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "question_id,coded\nx,y\n", 'source_guid,question_id,coded\n"x'])
def test_other_tables_are_refused(desk: Desk, reflection: str, content: str) -> None:
    """One sentence that says which table it must be."""
    file = desk.folder / "andet.csv"
    file.write_text(content, encoding="utf-8")
    said = desk.run("codings", "import", str(file))
    said.refused()
    assert "answers_long.csv" in said.err or "breaks off" in said.err


def test_a_table_in_the_old_code_page_is_refused(desk: Desk, reflection: str, tmp_path: Path) -> None:
    """What is not UTF-8 would change æ, ø and å: the operator is told how to save it."""
    file = tmp_path / "gammel.csv"
    file.write_bytes("question_id;coded;source_guid\nrelation_note;Nærvær;x\n".encode("cp1252"))
    desk.run("codings", "import", str(file)).refused("CSV UTF-8")
