"""Codes brought in from other programs: what is new, changed, the same or refused, before anything is written."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.exports.codebook_plan import Fate, Plan, plan_import
from bot.exports.codebook_reading import (
    Incoming,
    UnreadableError,
    read_csv,
    read_description,
    read_qdc,
    read_xml,
)
from bot.exports.qdc import codebook_xml
from bot.exports.qde_codebook import said_of
from bot.exports.taguette import codebook_csv
from bot.exports.transcript import one_line
from prompts import Codebook, load_codebook
from prompts.checks.codebook import check_codebook
from prompts.codebook_own import write_own_codes
from prompts.codebook_source import OwnCodeSource, name_key
from prompts.files import LANGUAGES, Folders

BOOK = load_codebook()
GUID = "0A1B2C3D-0000-4000-8000-00000000000A"
HEAD = '<?xml version="1.0" encoding="utf-8"?>'


def qdc(codes: str) -> bytes:
    """A codebook as another program writes it."""
    return f'{HEAD}<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Other"><Codes>{codes}</Codes></CodeBook>'.encode()


def code(name: str, inner: str = "", *, guid: str = GUID, codable: str = "true") -> str:
    """A code in a file."""
    return f'<Code guid="{guid}" name="{name}" isCodable="{codable}" color="#00aa00">{inner}</Code>'


def planned(content: bytes, book: Codebook = BOOK, own: tuple[OwnCodeSource, ...] = ()) -> Plan:
    """What a .qdc would do."""
    return plan_import(book, own, read_qdc(content))


def with_own(at: Path, *own: OwnCodeSource) -> Codebook:
    """The codebook with own codes."""
    file = at / "codebook.yaml"
    write_own_codes(file, own)
    return load_codebook(own=file)


def only(plan: Plan, fate: Fate) -> tuple[str | None, str]:
    """Id and reason of the only row, which has this fate."""
    assert [row.fate for row in plan.rows] == [fate], plan.rows
    return plan.rows[0].id, plan.rows[0].why


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_codebook_makes_no_difference(language: str, tmp_path: Path) -> None:
    """What an export wrote comes back without a difference, in either language, own codes too."""
    own = (
        OwnCodeSource(id="relation.silence", name="Tavshed", definition="Ro.\nOg mere.", colour="#102030", guid=GUID),
        OwnCodeSource(id="dogs", name="Hunden", use_when="Der er en hund.", not_when="En kat.", tension="time"),
        OwnCodeSource(id="dogs.walk", name="Gåtur & »luft«"),
    )
    book = with_own(tmp_path, *own)
    plan = planned(codebook_xml(book, language).encode(), book, own)
    assert {row.fate for row in plan.rows} == {Fate.SAME}
    assert len(plan.rows) == 48
    assert not plan.writes and plan.own == own


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_tags_make_no_difference(language: str) -> None:
    """The table for Taguette comes back without a difference."""
    plan = plan_import(BOOK, (), read_csv(codebook_csv(BOOK, language).encode()))
    assert {row.fate for row in plan.rows} == {Fate.SAME}
    assert len(plan.rows) == 45


def test_a_description_is_read_back() -> None:
    """Definition, when, when not, tension and id are found again in the one text that programs have for them."""
    for language in LANGUAGES:
        for one in BOOK.codes:
            said = read_description(said_of(one, language))
            assert (said.definition, said.id) == (one.definition[language], one.id)
            assert (said.use_when, said.not_when) == (one.use_when[language], one.dont_use_when[language])
            assert said.tension == one.tension[language]


def test_a_new_code_becomes_an_own_one() -> None:
    """It gets an id of its name, goes under the theme that its folder is, and keeps its GUID, colour and words."""
    fruit = code("Æbler &amp; »pærer«", "<Description>Frugt.\nMere.</Description>")
    folder = code("Relation", fruit, codable="false", guid="")
    plan = planned(qdc(folder))
    assert [(row.fate, row.id) for row in plan.rows] == [
        (Fate.SAME, "relation"),
        (Fate.NEW, "relation.aebler_paerer"),
    ]
    assert plan.own == (
        OwnCodeSource(
            id="relation.aebler_paerer", name="Æbler & »pærer«", definition="Frugt.\nMere.", colour="#00AA00", guid=GUID
        ),
    )


def test_deep_trees_are_laid_flat() -> None:
    """Under a folder in a folder a code goes up to the theme, and the table says so."""
    inner = code("Ny mappe", code("Blad", guid=GUID.replace("A", "C")), codable="false", guid=GUID.replace("A", "B"))
    plan = planned(qdc(code("Dyr", inner, codable="false")))
    assert [row.id for row in plan.rows] == ["dyr", "dyr.ny_mappe", "dyr.blad"]
    assert "moved up to the theme 'dyr'" in plan.rows[2].why


def test_a_hundred_thousand_levels_are_no_trouble() -> None:
    """A file that nests without end is read or refused, but brings nothing down."""
    deep = '<Code guid="" name="x" isCodable="true">' * 20_000 + "</Code>" * 20_000
    try:
        found = read_qdc(qdc(deep))
    except UnreadableError:
        return
    assert len(found) == 20_000


def test_a_changed_own_code_is_changed_and_says_what(tmp_path: Path) -> None:
    """Another name under the same GUID is the same code; what the file does not say stays."""
    own = OwnCodeSource(id="dogs", name="Hunden", use_when="Der er en hund.", guid=GUID, colour="#00AA00")
    plan = planned(qdc(code("Hunde", "<Description>Om dyr.</Description>")), with_own(tmp_path, own), (own,))
    assert only(plan, Fate.CHANGED) == ("dogs", "name, definition")
    assert plan.own == (own.model_copy(update={"name": "Hunde", "definition": "Om dyr."}),)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (code("Krydspres", "<Description>Noget andet.</Description>"), "stays as it is"),
        (code(""), "no name"),
        (code("n" * 61), "61 characters"),
        (code("skjult\u200btegn"), "cannot be seen"),
        (code("Ny", "<Description>Spænding: Penge</Description>"), "there is no tension 'Penge'"),
        (code("Ny", f"<Description>{'x' * 10_001}</Description>"), "more than 10000 characters"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason(said: str, why: str) -> None:
    """Nothing of it is written, and the reason says what to do."""
    plan = planned(qdc(said))
    found, reason = only(plan, Fate.REFUSED)
    assert found is None and why in reason
    assert not plan.writes and plan.own == ()


def test_the_same_code_twice_is_refused_the_second_time() -> None:
    """Names that look alike to a program are one code."""
    plan = planned(qdc(code("Hunden") + code("  HUNDEN ", guid=GUID.replace("A", "B"))))
    assert [row.fate for row in plan.rows] == [Fate.NEW, Fate.REFUSED]
    assert len(plan.own) == 1


def test_automatic_codes_are_passed_over() -> None:
    """The folders that an export makes for its own codes never become anybody's codes."""
    inner = code("Q05 Hvor hårdt") + code("auto relation.meaning", guid=GUID.replace("A", "B"))
    assert planned(qdc(code("Spørgsmål (automatisk)", inner, codable="false"))).rows == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<CodeBook><Codes>",
        b"\x00\x01\x02",
        b"<html></html>",
        HEAD.encode() + b'<!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><CodeBook><Codes>&b;</Codes></CodeBook>',
        HEAD.encode() + b'<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/hostname">]><CodeBook>&x;</CodeBook>',
        HEAD.encode() + b'<!DOCTYPE c SYSTEM "http://127.0.0.1:9/x.dtd"><CodeBook></CodeBook>',
    ],
)
def test_what_is_no_codebook_is_refused(content: bytes) -> None:
    """Broken XML, other XML and entities of any kind end in one sentence; nothing is fetched or expanded."""
    with pytest.raises(UnreadableError, match=r"[^\n]+\.$"):
        read_qdc(content)


def test_entities_are_told_as_such() -> None:
    """Whoever gets such a file learns why it is not read."""
    with pytest.raises(UnreadableError, match="defines entities"):
        read_xml(b'<!DOCTYPE c [<!ENTITY a "aaaa">]><c>&a;</c>')


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_brings_codes(separator: str) -> None:
    """With a header in Danish or English, any usual separator, a byte order mark: new codes, under a theme by its id or
    name, and a theme that the table only names is made."""
    rows = [
        ["navn", "tema", "beskrivelse", "spænding"],
        ["Stilhed", "relation", "Når ingen siger noget; også længe.", "meaning"],
        ["Gåtur", "Hunden", "=1+1", ""],
    ]
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator).writerows(rows)
    plan = plan_import(BOOK, (), read_csv(("\ufeff" + stream.getvalue()).encode()))
    assert [(row.fate, row.id) for row in plan.rows] == [
        (Fate.NEW, "relation.stilhed"),
        (Fate.NEW, "hunden"),
        (Fate.NEW, "hunden.gaatur"),
    ]
    assert plan.own[0].definition == "Når ingen siger noget; også længe."
    assert plan.own[0].tension == "meaning"
    assert plan.own[2].definition == "=1+1"


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"a,b\n1,2\n", "no column"), (b'name\n"open', "breaks off"), (b"name\n\xff\n", "not UTF-8"), (b"", "no column")],
)
def test_what_is_no_table_of_codes_is_refused(content: bytes, why: str) -> None:
    """One sentence that says what to do."""
    with pytest.raises(UnreadableError, match=why):
        read_csv(content)


TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=8))
def test_whatever_comes_in_the_result_is_a_codebook(said: list[tuple[str, str, str]]) -> None:
    """Names, folders and descriptions of any characters: what is taken passes every check, and taking it twice brings
    nothing new."""
    incoming = []
    for number, (theme, name, words) in enumerate(said):
        path = tuple(one_line(part) for part in ((theme, name) if one_line(theme) else (name,)))
        incoming.append(Incoming(f"code {number}", path, read_description(words)))
    plan = plan_import(BOOK, (), incoming)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "codebook.yaml"
        write_own_codes(file, plan.own)
        assert check_codebook(Folders(), file) == []
        book = load_codebook(own=file)
    names = [name_key(one.name["da"]) for one in book.codes]
    assert len(set(names)) == len(names)
    assert not plan_import(book, plan.own, incoming).count(Fate.NEW)
