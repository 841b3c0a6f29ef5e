"""``codebook_taguette.csv``: what Taguette reads as tags."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

from hypothesis import given

from bot.exports.taguette import codebook_csv, write_taguette
from tests.unit.qdpx_kit import BOOK
from tests.unit.test_qdc import book, own
from tests.unit.transcript_kit import written


def rows(text: str) -> list[list[str]]:
    """The rows of the file, header first."""
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_it_has_every_code() -> None:
    """Comma, header, a dot down to the second level, the id of each code in its description."""
    header, *tags = rows(codebook_csv(BOOK, "da"))
    assert header == ["path", "description"]
    assert [description.split("\n")[-1].strip("[]") for _, description in tags] != []
    assert {description.split("\n")[-1].strip("[]") for _, description in tags} == {code.id for code in BOOK.codes}
    assert "Relation.Tillid, respekt og omsorg" in {path for path, _ in tags}
    assert all(path.count(".") <= 1 for path, _ in tags)


def test_dots_in_names_make_no_levels() -> None:
    """Only the one between theme and code does."""
    mine = book(own("relation.eg", "F.eks. det..", "relation"))
    assert "Relation.F eks det" in {path for path, _ in rows(codebook_csv(mine, "da"))}


@given(written())
def test_any_name_stands_in_one_row(name: str) -> None:
    """Quotes, commas and formulas change neither the number of rows nor that paths are unique."""
    mine = book(own("own1", name), own("own2", name, definition={"da": name, "en": name}))
    found = rows(codebook_csv(mine, "da"))
    assert len(found) == len(BOOK.codes) + 3
    assert len({path.casefold() for path, _ in found}) == len(found)
    assert all(path and path.strip(".") for path, _ in found)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in found for cell in row)


def test_the_file(tmp_path: Path) -> None:
    """For its owner only, UTF-8 with BOM."""
    write_taguette(tmp_path, BOOK, "en")
    content = (tmp_path / "codebook_taguette.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfpath,description\r\n")
    assert stat.S_IMODE((tmp_path / "codebook_taguette.csv").stat().st_mode) == 0o600
