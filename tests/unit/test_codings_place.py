"""A coded passage finds the same words again, in every text that an export can make of a debrief."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.exports.codings_match import Found, Naming, match_source
from bot.exports.codings_place import manual_of, tellings
from bot.exports.codings_qdpx import Marked, Source
from bot.exports.transcript import Transcript, clean
from bot.service.reading import ReadReflection
from bot.service.reading_answers import ReadAnswer
from prompts import load_guide

GUIDE = load_guide()
NOW = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)
NAMING = Naming({"CODE": "relation"}.get, frozenset(), None, NOW)
ANY = st.text(st.characters(), min_size=1, max_size=60)


def answer(question_id: str, kind: str, value: object, text: str | None, revision: int = 1) -> ReadAnswer:
    """An answer as it is read."""
    return ReadAnswer(
        question_id=question_id, kind=kind, value=value, text=text, label=None,  # type: ignore[arg-type] # by kind
        asked_at=None, answered_at=NOW, revision=revision, superseded_at=None, skipped=False, assumed=False,
        visibility="P", shared=False, codes=(), wording_hash="", detail=None,
    )  # fmt: skip


def reflection(*answers: ReadAnswer) -> ReadReflection:
    """A debrief as it is read."""
    return ReadReflection(
        reflection_id="01a2129c-0000-7000-8000-000000000001", mentor="M01", citizen="B07", team="Nord",
        guide="efter_moedet", guide_version=1, guide_hash="", length="full", status="saved", started_at=NOW,
        finished_at=NOW, minutes_used=None, answers=answers,
    )  # fmt: skip


def all_tellings(of: ReadReflection) -> list[Transcript]:
    """Every text of it."""
    return list(tellings(of, GUIDE, "Europe/Copenhagen"))


def source(transcript: Transcript, start: int, end: int, text: str | None = None) -> Source:
    """The text in a project, with one passage coded."""
    quote = transcript.text[start:end]
    marked = Marked("", start, end, "CODE", "Kim", NOW, quote, "")
    return Source(transcript.guid, transcript.name, transcript.text if text is None else text, (marked,))


def matched(one: Source, of: ReadReflection) -> Found:
    """What came of it."""
    found = Found()
    match_source(one, all_tellings(of), NAMING, found)
    return found


@settings(deadline=None, max_examples=60)
@given(ANY, ANY, st.data())
def test_any_words_are_found_again(first: str, second: str, data: st.DataObject) -> None:
    """Any characters, any passage of what was typed, coded in one language and fineness of dates: in all six texts the
    coding lies on the same words, also behind choices whose labels differ."""
    assume(clean(first).strip() and clean(second).strip())
    of = reflection(
        answer("what_happened", "text", None, first),
        answer("absence_reason", "many", ["ill", "bad_way"], second),
        answer("next_contact", "when", "2026-12-01T09:00:00.000000Z", None),
    )
    texts = all_tellings(of)
    assert len({text.text for text in texts}) == 6
    coded = data.draw(st.sampled_from(texts))
    passage = data.draw(st.sampled_from(coded.passages[:2]))
    typed = clean(passage.said.typed)
    begin = passage.end - len(typed)
    start = data.draw(st.integers(begin, passage.end - 1))
    end = data.draw(st.integers(start + 1, passage.end))
    words = coded.text[start:end]
    assume(words.strip())
    found = matched(source(coded, start, end), of)
    assert found.refusals == [] and len(found.marks) == 1
    for text in texts:
        (manual,) = manual_of(found.marks, text)
        inside = next(one for one in text.passages if one.answer_guid == manual.answer)
        assert inside.text[manual.start : manual.end] == words


def test_a_label_is_coded_as_the_whole_answer() -> None:
    """A passage that is not only what was typed is the whole answer, in each language."""
    of = reflection(answer("absence_reason", "many", ["ill"], "Feber."))
    danish = all_tellings(of)[0]
    passage = danish.passages[0]
    found = matched(source(danish, passage.start, passage.start + 3), of)
    assert [(mark.starts, mark.ends) for mark in found.marks] == [(None, None)]
    for text in all_tellings(of):
        (manual,) = manual_of(found.marks, text)
        assert (manual.start, manual.end) == (0, len(text.passages[0].text))


def test_earlier_words_are_found_by_what_stood_then() -> None:
    """A text that was exported before an answer was changed is known; its coding is of that revision, and stands in no
    text of today."""
    old = answer("what_happened", "text", None, "Det første.")
    before = reflection(old, answer("relation_note", "text", None, "Ro."))
    later = NOW + timedelta(days=1)
    new = replace(answer("what_happened", "text", None, "Noget andet.", revision=2), answered_at=later)
    now = reflection(replace(old, superseded_at=later), new, before.answers[1])
    coded = all_tellings(before)[0]
    start = coded.text.index("Det første")
    found = matched(source(coded, start, start + 11), now)
    assert [(mark.question_id, mark.revision) for mark in found.marks] == [("what_happened", 1)]
    assert manual_of(found.marks, all_tellings(now)[0]) == ()


@given(st.integers(-40, 40), st.text("abcæ🙂\n ", min_size=12, max_size=40))
@settings(deadline=None, max_examples=60)
def test_a_shift_is_never_taken(by: int, words: str) -> None:
    """Whatever the words: a passage that lies elsewhere than its quote says is refused, or the words are the same."""
    assume(len(words.split()) > 1)
    of = reflection(answer("what_happened", "text", None, words))
    text = all_tellings(of)[0]
    passage = text.passages[0]
    start, end = passage.start + 2, passage.start + 9
    quote = text.text[start:end]
    assume(len(quote.strip()) > 3)
    one = source(text, start, end)
    moved = replace(one, marked=(replace(one.marked[0], start=start + by, end=end + by),))
    found = matched(moved, of)
    same = " ".join(text.text[max(0, start + by) : end + by].split()).startswith(" ".join(quote.split()))
    assert bool(found.refusals) or same
