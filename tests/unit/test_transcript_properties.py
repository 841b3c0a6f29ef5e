"""Whatever is written in a reflection, its text holds together."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.exports.transcript import Dates, clean, transcript_of
from bot.service.reading import ReadReflection
from prompts import Wording
from tests.unit.transcript_kit import DA, EN, ORDER, answer, reflection, reflections, written

UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\ufeff\ufffe\uffff\ud800-\udfff]")


@given(st.text(st.characters()) | written())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """What is clean stays as it is, and nothing unwanted is left."""
    once = clean(text)
    assert clean(once) == once
    assert not UNWANTED.search(once)
    once.encode()


@given(written())
def test_cleaning_keeps_every_letter(text: str) -> None:
    """Letters, marks, numbers, signs and joiners are all there, in their order."""
    kept = [letter for letter in text if unicodedata.category(letter)[0] in "LMNPS" or letter == "\u200d"]
    assert [
        letter for letter in clean(text) if unicodedata.category(letter)[0] in "LMNPS" or letter == "\u200d"
    ] == kept


@settings(deadline=None)
@given(reflections(), st.sampled_from(Dates), st.sampled_from([DA, EN]))
def test_every_selection_is_its_answer(read: ReadReflection, dates: Dates, wording: Wording) -> None:
    """``text[start:end]`` is the answer; answers end with a newline, follow one another, and do not overlap."""
    told = transcript_of(read, wording, dates=dates, order=ORDER)
    last = 0
    for one in told.passages:
        assert told.text[one.start : one.end] == one.text
        assert one.text.strip()
        assert told.text[one.end] == "\n"
        assert one.start > last
        assert told.text[one.start - 1] == "\n"
        last = one.end
    assert [one.passage for one in told.sections if one.passage] == list(told.passages)
    assert not UNWANTED.search(told.text)
    assert told.text.encode().decode() == told.text
    assert re.fullmatch(r"[A-Za-z0-9 ._-]+", told.name)
    assert ".." not in told.name


@given(written())
def test_a_text_answer_is_told_whole(text: str) -> None:
    """What was written stands in the text, cleaned and nothing else, or there is nothing to it."""
    told = transcript_of(reflection(answer("what_happened", text=text)), DA)
    assert [one.text for one in told.passages] == ([clean(text)] if clean(text).strip() else [])


def test_forty_thousand_characters() -> None:
    """A text longer than any cell or message is told whole, places right after it."""
    long = "Æ🙂\r\n" * 10_000
    told = transcript_of(reflection(answer("what_happened", text=long), answer("agreements", text="Slut")), DA)
    assert [one.text for one in told.passages] == ["Æ🙂\n" * 10_000, "Slut"]
    assert told.text[told.passages[1].start : told.passages[1].end] == "Slut"
