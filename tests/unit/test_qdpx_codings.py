"""What people coded goes out with every later export, under their names, on their words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exports.manual import ManualCoding, memo, read_memo
from bot.exports.qde_codebook import code_guid
from bot.exports.transcript import Transcript, one_line, transcript_of
from tests.unit.qdpx_kit import BOOK, NAMESPACE, Opened, hold_together, write
from tests.unit.transcript_kit import DA, EN, ORDER, a_visit, answer, reflection, written

TOLD = transcript_of(a_visit(), DA, order=ORDER)
HAPPENED = next(one for one in TOLD.passages if one.question_id == "what_happened")
WALK = ManualCoding(
    answer=HAPPENED.answer_guid,
    start=7,
    end=14,
    code="relation.affective",
    coder="Anna",
    at=datetime(2026, 11, 24, 8, 0, 1, 500_000, tzinfo=UTC),
    condensation="De går sammen.",
    theme="At være to",
)


def coded(*codings: ManualCoding, told: Transcript = TOLD) -> Opened:
    """A project with these codings."""
    return write([told], {told.guid: codings})


def by_people(project: Opened) -> list[tuple[str, str, str, str]]:
    """(coder, code, quote, memo) of every coding that is not automatic."""
    users = {one.get("guid"): str(one.get("name")) for one in project.all("User")}
    codes = {code_guid(code): code.id for code in BOOK.codes}
    found = []
    for selection, quote in project.selections():
        for coding in selection.findall(f"{NAMESPACE}Coding"):
            target = coding[0].get("targetGUID")
            if target in codes:
                said = selection.findtext(f"{NAMESPACE}Description") or ""
                assert coding.get("creatingUser") == selection.get("creatingUser")
                found.append((users[coding.get("creatingUser")], codes[target], quote, said))
    return found


def test_a_coded_passage_goes_out() -> None:
    """On its words, under its coder's name and time, with condensation and theme as its memo."""
    project = coded(WALK)
    hold_together(project)
    assert by_people(project) == [
        ("Anna", "relation.affective", "en tur.", "Kondensering: De går sammen.\nTema: At være to")
    ]
    assert [one.get("name") for one in project.all("User")] == ["Eftertanke", "Anna"]
    assert "2026-11-24T08:00:01Z" in {one.get("creationDateTime") for one in project.all("Coding")}
    assert (project.written.codings, project.written.left_out) == (1, 0)


def test_a_coding_stays_with_its_words() -> None:
    """In another language, and after an earlier answer grew, the same words are coded."""
    other = a_visit()
    longer = replace(other, answers=(answer("citizen", "B07 og dennes lange navn"), *other.answers[1:]))
    assert by_people(coded(WALK, told=transcript_of(longer, EN, order=ORDER)))[0][2] == "en tur."


def test_a_theme_can_be_coded_with() -> None:
    """A folder cannot: a leaf in it stands for the theme."""
    project = coded(replace(WALK, code="relation"))
    target = code_guid(BOOK["relation"])
    code = next(one for one in project.all("Code") if one.get("guid") == target)
    assert (code.get("name"), code.get("isCodable")) == ("Relation – i det hele taget", "true")
    assert by_people(project)[0][1] == "relation"


@pytest.mark.parametrize(
    "stale",
    [
        replace(WALK, end=len(HAPPENED.text) + 1),
        replace(WALK, start=-1),
        replace(WALK, start=14),
        replace(WALK, answer="00000000-0000-5000-8000-000000000000"),
        replace(WALK, code="relation.no_such"),
    ],
    ids=["beyond the end", "before the beginning", "of nothing", "no such answer", "no such code"],
)
def test_what_fits_no_more_is_left_out_and_counted(stale: ManualCoding) -> None:
    """A shifted coding is worse than none: the words would be somebody else's."""
    project = coded(stale, WALK)
    hold_together(project)
    assert len(by_people(project)) == 1
    assert (project.written.codings, project.written.left_out) == (1, 1)


def test_each_coders_coding_stands_by_itself() -> None:
    """Two coders with one code on one place are two codings; the same coder twice is one."""
    project = coded(
        WALK, replace(WALK, coder="Bo", condensation="", theme=""), replace(WALK, at=WALK.at.replace(day=25))
    )
    hold_together(project)
    assert [(who, said.splitlines()[:1]) for who, _, _, said in by_people(project)] == [
        ("Anna", ["Kondensering: De går sammen."]),
        ("Bo", []),
    ]


def test_the_order_they_are_stored_in_does_not_matter() -> None:
    """An export is the same bytes, whichever coding came back first."""
    other = replace(WALK, coder="Bo", start=0, end=6)
    assert coded(WALK, other).content == coded(other, WALK).content


def test_a_coder_is_not_taken_for_the_export() -> None:
    """Names of users are told apart: programs know coders by name."""
    project = coded(replace(WALK, coder="eftertanke"))
    assert [one.get("name") for one in project.all("User")] == ["Eftertanke", "eftertanke (2)"]


@given(written(), written(), st.sampled_from(["da", "en"]))
def test_a_memo_is_read_back(condensation: str, theme: str, language: str) -> None:
    """Condensation and theme come back as one line each, whatever was written in them."""
    said = memo(replace(WALK, condensation=condensation, theme=theme), language)
    assert read_memo(said) == (one_line(condensation), one_line(theme))


def test_a_coders_own_memo_is_a_condensation() -> None:
    """Somebody who writes a memo in their program need not know our words."""
    assert read_memo("Hun er tryg\nved ham.") == ("Hun er tryg ved ham.", "")
    assert read_memo("Hun: tryg\nTheme: Tillid") == ("Hun: tryg", "Tillid")
    assert read_memo("") == ("", "")


def test_an_answer_is_coded_though_another_is_empty() -> None:
    """Passages that are not there have no codings."""
    read = reflection(answer("what_happened", skipped=True))
    project = coded(WALK, told=transcript_of(read, DA))
    assert (project.written.codings, project.written.left_out) == (0, 1)
