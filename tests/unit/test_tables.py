"""Tables: what a spreadsheet would calculate, what a cell can hold, and that nothing else is changed."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from bot.exports.tables import Cell, Column, Csv, Type, guarded, unguarded
from bot.exports.transcript import clean
from bot.exports.xlsx import CUT, LONGEST_CELL, Workbook, fitting

FORMULAS = ("=1+1", "+45 12", "-ringede", "@SUM(A1)", "\tx", "\r=1", "\n=1", "＝1", "'=1", "''=1", " =1+1", "\u00a0 -1",
            "' =1", '=HYPERLINK("x")')  # fmt: skip
FAMILY = "👩\u200d👩\u200d👧\u200d👦"
COLUMNS = (
    Column("id", "", ""),
    Column("text", "", "", free=True),
    Column("number", "", "", Type.NUMBER),
    Column("yes", "", "", Type.YES_NO),
)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gets_a_guard_that_can_be_taken_away(text: str) -> None:
    """What a spreadsheet would calculate begins with an apostrophe, and comes back as it was."""
    assert guarded(text) == f"'{text}" and unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "Ro på.", "'citat'", "'t går", " 'ro' ", "  på", "1-2", "æ", "👍"])
def test_other_texts_are_left_alone(text: str) -> None:
    """An apostrophe of one's own is not taken for a guard."""
    assert guarded(text) == unguarded(text) == text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("'=+-@\t\r\n")))
def test_guarding_is_undone_by_unguarding(text: str) -> None:
    """For any text; and no guarded one begins with what is calculated."""
    assert unguarded(guarded(text)) == text
    assert not guarded(text).lstrip().startswith(("=", "+", "-", "@")) and guarded(text)[:1] not in ("\t", "\r", "\n")


def written(file: Path, rows: list[list[Cell]], separator: str = ",") -> list[list[str]]:
    """What a reader of CSV finds, header and all."""
    with Csv(file, COLUMNS, separator=separator) as table:
        table.add(rows)
    encoding = "utf-8-sig" if separator == ";" else "utf-8"
    return list(csv.reader(io.StringIO(file.read_text(encoding=encoding), newline=""), delimiter=separator))


@pytest.mark.parametrize("separator", [",", ";"])
def test_csv_comes_back_as_it_was(tmp_path: Path, separator: str) -> None:
    """Quotes, line ends, both separators, joined emoji and right-to-left text survive."""
    texts = ['"a";,b', "to\nlinjer\n", FAMILY, "\u202eשלום\u202c", "x" * 40_000, "\u2028\x85", *FORMULAS]
    found = written(
        tmp_path / "a.csv", [[str(n), clean(text), n, n % 2 == 0] for n, text in enumerate(texts)], separator
    )
    assert found[0] == ["id", "text", "number", "yes"]
    assert [unguarded(row[1]) for row in found[1:]] == [clean(text) for text in texts]
    assert [row[3] for row in found[1:3]] == ["true", "false"]


def test_only_a_spreadsheet_gets_the_byte_order_mark(tmp_path: Path) -> None:
    """R and Python want none; Excel needs one."""
    written(tmp_path / "r.csv", [])
    written(tmp_path / "excel.csv", [], ";")
    assert (tmp_path / "r.csv").read_bytes().startswith(b"id,")
    assert (tmp_path / "excel.csv").read_bytes().startswith(b"\xef\xbb\xbfid;")


def test_nothing_is_a_number_of_none(tmp_path: Path) -> None:
    """What is not there is an empty cell."""
    assert written(tmp_path / "a.csv", [[None, None, None, None]])[1] == ["", "", "", ""]


@given(
    st.integers(min_value=LONGEST_CELL - 12, max_value=LONGEST_CELL + 40),
    st.sampled_from(["x", "👍", FAMILY, "e\u0301"]),
)
def test_a_text_is_cut_where_a_cell_ends(length: int, letter: str) -> None:
    """Never longer than 32,767 UTF-16 units, never inside a letter, and it says that it was cut."""
    text = (letter * (length // len(letter.encode("utf-16-le")) * 2 + 20))[: length * 2]
    cell = fitting(text)
    assert len(cell.encode("utf-16-le")) // 2 <= LONGEST_CELL
    if cell != text:
        assert cell.endswith(CUT)
        kept = cell.removesuffix(CUT)
        assert text.startswith(kept) and not kept.endswith("\u200d")
        assert text[len(kept)] not in "\u200d\u0301"


def book_of(file: Path, texts: list[str]) -> list[object]:
    """The cells of a workbook's first column, as another program reads them."""
    with Workbook(file, [("Svar", ["text"]), ("Tom", ["a", "b"])]) as book:
        book.add(0, [[text] for text in texts])
    found = load_workbook(file)
    assert found.sheetnames == ["Svar", "Tom"]
    assert found["Tom"]["B1"].value == "b"
    sheet = found["Svar"]
    assert all(cell.data_type == "s" and cell.hyperlink is None for row in sheet.iter_rows(min_row=2) for cell in row)
    # openpyxl leaves escapes (_x005F_) in inline strings as they stand; Excel and LibreOffice do not.
    return [unescape(cell.value) for row in sheet.iter_rows(min_row=2) for cell in row]


def test_cells_of_a_workbook_are_text(tmp_path: Path) -> None:
    """No formula, no link, no mark-up, no escape is made of what somebody wrote."""
    texts = [clean(one) for one in FORMULAS] + [
        "https://example.org/x", "<r><t>x</t></r>", "<b>&amp;</b>", "_x0041_ og _x000D_", " mellemrum ", "a\nb\tc",
        FAMILY, "\u202eשלום\u202c", "12", "true",
    ]  # fmt: skip
    assert book_of(tmp_path / "a.xlsx", texts) == texts


def test_a_workbook_is_the_same_each_time(tmp_path: Path) -> None:
    """Same rows, same bytes; for its owner only."""
    for name in "ab":
        book_of(tmp_path / f"{name}.xlsx", ["x", "y"])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert (tmp_path / "a.xlsx").stat().st_mode & 0o777 == 0o600


def test_a_workbook_that_fails_is_not_there(tmp_path: Path) -> None:
    """Half a workbook opens nowhere, and what it was made of is gone."""
    with pytest.raises(RuntimeError), Workbook(tmp_path / "a.xlsx", [("Svar", ["text"])]) as book:
        book.add(0, [["x"]])
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_types_and_gaps_in_a_workbook(tmp_path: Path) -> None:
    """Numbers are numbers, yes and no are booleans, and a gap stays one, also beyond column Z."""
    header = [f"c{n}" for n in range(60)]
    row: list[Cell] = [None] * 60
    row[0], row[27], row[59] = 7, True, False
    with Workbook(tmp_path / "a.xlsx", [("A", header)]) as book:
        book.add(0, [row])
    sheet = load_workbook(tmp_path / "a.xlsx", read_only=True)["A"]
    assert [cell.value for cell in next(sheet.iter_rows(min_row=2))] == row
    assert (sheet.max_row, sheet.max_column) == (2, 60)
