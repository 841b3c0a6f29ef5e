"""Others read our files: pyrefiqda loads project and codebook, and the standard's schemas find nothing wrong.

The schemas (REFI, 2019, MIT) are not part of this repository: give the folder with Project.xsd and Codebook.xsd as
EFTERTANKE_REFI_SCHEMAS to have them looked at. They catch none of what test_qdpx.py looks for.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from pyrefiqda.reficodebook import RefiCodebook
from pyrefiqda.refiproject import RefiProject

from bot.exports import qdc, qdpx
from bot.exports.transcript import Dates, Transcript, transcript_of
from tests.unit.qdpx_kit import BOOK, Opened, write
from tests.unit.test_qdpx_codings import WALK
from tests.unit.transcript_kit import AWKWARD, DA, EN, ORDER, a_visit, answer, reflection

SCHEMAS = "EFTERTANKE_REFI_SCHEMAS"


def told() -> list[Transcript]:
    """Two visits, one of them with everything that has broken a program."""
    awkward = reflection(answer("what_happened", text="\n".join(AWKWARD)), reflection_id="another", citizen="=<B>")
    return [transcript_of(one, DA, order=ORDER, remarks="Set & talt om") for one in (a_visit(), awkward)]


def coded(folder: Path | None = None, **options: Any) -> Opened:
    """A project with two coders."""
    transcripts = told()
    codings = [WALK, replace(WALK, coder="Bo", start=0, end=6, theme="")]
    return write(transcripts, {transcripts[0].guid: codings}, folder=folder, **options)


def schema(name: str) -> xmlschema.XMLSchema:
    """A schema of the standard; skips the test where there is none."""
    folder = os.environ.get(SCHEMAS)
    if not folder:
        pytest.skip(f"Set {SCHEMAS} to the folder with the REFI-QDA schemas to check against them.")
    return xmlschema.XMLSchema(str(Path(folder) / name))


def test_pyrefiqda_loads_the_project(tmp_path: Path) -> None:
    """Sources, selections and codings are what we wrote, and each quote stands at its place in the text it reads."""
    ours = coded(tmp_path)
    project = RefiProject.load(tmp_path / qdpx.FILE, tmp_path / "unpacked")
    sources = project.sources.text_source
    assert [one.name for one in sources] == [one.name for one in told()]
    selections = [selection for source in sources for selection in source.plain_text_selection]
    assert len(selections) == len(list(ours.selections()))
    for source in sources:
        text = RefiProject.resolve_source_path(source.plain_text_path, tmp_path / "unpacked").read_text(
            encoding="utf-8"
        )
        for one in source.plain_text_selection:
            assert text[one.start_position : one.end_position] == one.name
            assert all(coding.code_ref.target_guid for coding in one.coding)


def test_pyrefiqda_loads_the_codebook(tmp_path: Path) -> None:
    """Every code, in its folder."""
    qdc.write_qdc(tmp_path, BOOK, "da")
    book = RefiCodebook.load(tmp_path / qdc.FILE)
    tops = book.codes.code
    assert sum(len(one.code) + (not one.code) for one in tops) == len(BOOK.codes)


@pytest.mark.parametrize("cases", [True, False])
@pytest.mark.parametrize("dates", list(Dates))
def test_the_project_is_valid(dates: Dates, cases: bool) -> None:
    """REFI-QDA's Project.xsd, with and without cases, dates and coders."""
    valid = schema("Project.xsd")
    valid.validate(coded(cases=cases).qde.decode())
    valid.validate(write([transcript_of(a_visit(), EN, dates=dates)], language="en", cases=cases).qde.decode())
    valid.validate(write([]).qde.decode())


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_codebook_is_valid(language: str) -> None:
    """REFI-QDA's Codebook.xsd."""
    schema("Codebook.xsd").validate(qdc.codebook_xml(BOOK, language))
