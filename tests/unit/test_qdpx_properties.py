"""Whatever is written, by whomever it is coded, a project holds together and can be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.exports.manual import ManualCoding
from bot.exports.transcript import Dates, Transcript, transcript_of
from tests.unit.qdpx_kit import BOOK, hold_together, write
from tests.unit.transcript_kit import DA, EN, ORDER, a_visit, answer, reflection, reflections, written

CODES = [code.id for code in BOOK.codes]
SLOW = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def transcripts(draw: st.DrawFn) -> list[Transcript]:
    """A few reflections as texts."""
    dates, wording = draw(st.sampled_from(Dates)), draw(st.sampled_from([DA, EN]))
    read = [draw(reflections(number)) for number in range(draw(st.integers(0, 3)))]
    return [transcript_of(one, wording, dates=dates, order=ORDER, remarks=draw(written())) for one in read]


@st.composite
def codings(draw: st.DrawFn, told: Transcript) -> list[ManualCoding]:
    """What a few coders did with a text; some of it is of earlier words."""
    found = []
    for _ in range(draw(st.integers(0, 4)) if told.passages else 0):
        passage = draw(st.sampled_from(told.passages))
        start = draw(st.integers(0, len(passage.text) - 1))
        found.append(
            ManualCoding(
                answer=passage.answer_guid,
                start=start,
                end=draw(st.integers(start + 1, len(passage.text) + 1)),
                code=draw(st.sampled_from([*CODES, "no.such"])),
                coder=draw(st.sampled_from(["Anna", "ANNA", "Eftertanke", "Bo <b>", "\x00"])),
                at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 9))),
                condensation=draw(written()),
                theme=draw(written()),
            )
        )
    return found


@SLOW
@given(st.data(), transcripts(), st.sampled_from(["da", "en"]), st.booleans())
def test_every_project_holds_together(data: Any, told: list[Transcript], language: str, cases: bool) -> None:
    """References, GUIDs, names, places: also with coders, and with codings that fit no more."""
    coded = {one.guid: data.draw(codings(one)) for one in told}
    project = write(told, coded, language=language, cases=cases)
    quotes = [one.get("name") for one, _ in project.selections()]
    # A place of nothing but white space can be coded by a person, if hardly on purpose.
    blank = [one for one in quotes if not (one or "").strip()]
    if not blank:
        hold_together(project)
    assert project.written.passages == sum(len(one.passages) for one in told)
    assert len(quotes) == project.written.passages + project.written.codings
    assert project.texts == {one.guid: one.text for one in told}


@SLOW
@given(written())
def test_what_was_written_is_read_again(text: str) -> None:
    """The quote and the text in the file are the same, letter by letter."""
    told = transcript_of(reflection(answer("what_happened", text=text)), DA)
    project = write([told])
    assert [(one.get("name"), quote) for one, quote in project.selections()] == [
        (one.text, one.text) for one in told.passages
    ]


@SLOW
@given(st.data())
def test_the_order_of_codings_does_not_matter(data: Any) -> None:
    """The same codings, stored in another order, give the same bytes."""
    told = transcript_of(a_visit(), DA)
    one = data.draw(codings(told))
    other = data.draw(st.permutations(one))
    alike = {(c.answer, c.start, c.end, c.code, c.coder, c.at) for c in one}
    if len(alike) == len(one):
        assert write([told], {told.guid: one}).content == write([told], {told.guid: other}).content


def test_forty_thousand_characters() -> None:
    """A long answer, half of it emoji, is one selection with its whole quote."""
    told = transcript_of(reflection(answer("what_happened", text='🙂"' * 20_000)), DA)
    project = write([told])
    assert [(one.get("name"), quote) for one, quote in project.selections()] == [('🙂"' * 20_000,) * 2]
