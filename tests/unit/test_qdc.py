"""``codebook.qdc`` and the tree of codes: the researchers' own, with the GUIDs they have in a project."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from bot.exports import qdc
from bot.exports.qde_codebook import code_guid, codebook_tree, folder_guid
from bot.exports.qde_codes import Folder, Names, leaves
from bot.exports.transcript import transcript_of
from prompts import Code, Codebook
from tests.unit.qdpx_kit import BOOK, Opened, local, write
from tests.unit.transcript_kit import DA, FAMILY, a_visit, written

OWN_GUID = "AAAAAAAA-0000-4000-8000-000000000001"


def own(code_id: str, name: str, parent: str | None = None, **changes: Any) -> Code:
    """A code that an organisation added."""
    words = {"da": name, "en": name}
    none = {"da": "", "en": ""}
    fields: dict[str, Any] = {
        "id": code_id, "parent": parent, "own": True, "colour": "#7F7F7F", "tension_id": None, "guid": None,
        "name": words, "definition": none, "use_when": none, "dont_use_when": none, "example": none, "tension": none,
    }  # fmt: skip
    return Code(**{**fields, **changes})


def book(*more: Code) -> Codebook:
    """The shipped codebook with own codes."""
    return BOOK.model_copy(update={"codes": (*BOOK.codes, *more)})


def codes(root: Element) -> list[tuple[str, str, str]]:
    """(guid, name, isCodable) of every code, in the order of the file."""
    return [
        (str(one.get("guid")), str(one.get("name")), str(one.get("isCodable")))
        for one in root.iter()
        if local(one) == "Code"
    ]


@pytest.mark.parametrize("language", ["da", "en"])
def test_it_has_the_codes_of_the_project(language: str) -> None:
    """Same GUIDs, same names, same order: what is coded after one is known in the other."""
    project = write([transcript_of(a_visit(), DA)], language=language)
    known = codes(project.root)
    assert known[: len(codes(fromstring(qdc.codebook_xml(BOOK, language))))] == codes(
        fromstring(qdc.codebook_xml(BOOK, language))
    )


def test_names_are_the_projects_also_when_they_are_taken() -> None:
    """An own code that is called like an automatic folder keeps its name; the folder gives way."""
    mine = book(own("mine", "Spørgsmål (automatisk)"), own("relation.mine", "Relation", "relation"))
    project = write([transcript_of(a_visit(), DA)], book=mine)
    ours = codes(fromstring(qdc.codebook_xml(mine, "da")))
    assert codes(project.root)[: len(ours)] == ours
    assert ("Relation (2)", "true") in {(name, codable) for _, name, codable in ours}
    assert "Spørgsmål (automatisk) (2)" in {name for _, name, _ in codes(project.root)}


def test_every_code_can_be_coded_with() -> None:
    """Themes too, by a leaf in their folder; folders have a GUID of their own."""
    tree = codebook_tree(BOOK, "da")
    assert {leaf.code for leaf in leaves(tree)} == {code.id for code in BOOK.codes}
    folders = {node.guid for node in tree if isinstance(node, Folder)}
    assert folders == {folder_guid(code) for code in BOOK.codes if BOOK.children(code.id)}
    assert not folders & {leaf.guid for leaf in leaves(tree)}


def test_a_description_says_when_to_use_a_code() -> None:
    """Definition, when, when not, tension and id, a line each, in the language asked for."""
    leaf = next(one for one in leaves(codebook_tree(BOOK, "en")) if one.code == "relation.affective")
    code = BOOK["relation.affective"]
    assert leaf.description.split("\n") == [
        code.definition["en"],
        f"Use when: {code.use_when['en']}",
        f"Don't use when: {code.dont_use_when['en']}",
        f"Tension: {code.tension['en']}",
        "[relation.affective]",
    ]


def test_own_codes_keep_the_guid_they_came_with() -> None:
    """What was coded with them elsewhere is known again."""
    mine = own("relation.humour", "Humor", "relation", guid=OWN_GUID)
    assert code_guid(mine) == OWN_GUID
    assert (OWN_GUID, "Humor", "true") in codes(fromstring(qdc.codebook_xml(book(mine), "da")))


def test_sets_are_the_tensions() -> None:
    """Each tension with its codes, under a name that is no variable's."""
    root = fromstring(qdc.codebook_xml(BOOK, "da"))
    known = {guid for guid, *_ in codes(root)}
    found = [one for one in root.iter() if local(one) == "Set"]
    assert len(found) == len({code.tension_id for code in BOOK.codes} - {None})
    for one in found:
        assert str(one.get("name")).startswith("Spænding: ")
        assert {str(member.get("guid")) for member in one} <= known


def test_an_empty_codebook_is_refused() -> None:
    """The format knows none without a code."""
    with pytest.raises(ValueError, match="add a code"):
        qdc.codebook_xml(BOOK.model_copy(update={"codes": ()}), "da")


def test_the_file(tmp_path: Path) -> None:
    """For its owner only, UTF-8 without BOM, the same bytes each time."""
    qdc.write_qdc(tmp_path, BOOK, "da")
    content = (tmp_path / "codebook.qdc").read_bytes()
    assert content == qdc.codebook_xml(BOOK, "da").encode()
    assert content.startswith(b"<?xml")
    assert stat.S_IMODE((tmp_path / "codebook.qdc").stat().st_mode) == 0o600


@given(st.lists(written(), min_size=1, max_size=12))
def test_any_names_are_told_apart(names: list[str]) -> None:
    """Own codes may be called anything: well-formed, unique, not longer than 60, never empty."""
    mine = book(*(own(f"own{number}", name) for number, name in enumerate(names)))
    found = [name for _, name, _ in codes(fromstring(qdc.codebook_xml(mine, "da")))]
    assert len({name.casefold() for name in found}) == len(found)
    assert all(0 < len(name) <= 60 for name in found)


def test_long_names_are_cut_between_signs() -> None:
    """Not inside an emoji of several characters, nor between a letter and its accent."""
    names = Names()
    assert names.unique("x" * 56 + FAMILY) == "x" * 56 + "…"
    assert names.unique("y" * 58 + "e\u0301zz") == "y" * 58 + "…"
    assert names.unique("y" * 58 + "e\u0301zzz") == "y" * 55 + "… (2)"


def test_names_that_look_alike_are_told_apart() -> None:
    """Some programs look at neither case nor how a letter is composed."""
    names = Names()
    assert [names.unique(one) for one in ("Å", "a\u030a", "Å")] == ["Å", "a\u030a (2)", "Å (3)"]


def test_a_project_numbers_many_questions() -> None:
    """Q100 comes after Q99, not after Q10."""
    order = [f"x{number}" for number in range(99)]
    project: Opened = write([transcript_of(a_visit(), DA)], order=order)
    names = [str(one.get("name")) for one in project.all("Variable") if str(one.get("name")).startswith("Q")]
    assert [name for name in names if name.endswith("_value")][:2] == ["Q101_value", "Q102_value"]
