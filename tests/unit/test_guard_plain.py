"""The plain spelling keeps every character's place."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard_plain import Finding, plain


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("２０－３０", "20-30"),
        ("a\u200bb\u00adc", "abc"),
        ("1\u00a02\u202f3\t4", "1 2 3 4"),
        ("2–3—4−5\u20116", "2-3-4-5-6"),
        ("a\r\nb\u2028c", "a\nb\nc"),
        ("A\u030asen, A\u0301", "Åsen, Á"),
        ("1\ufe0f\u20e32\ufe0f\u20e3", "12"),
        ("ａ＠ｂ．ｄｋ", "a@b.dk"),
        ("æøå ÆØÅ é ü", "æøå ÆØÅ é ü"),
        ("Bo’s §85 5€", "Bo's §85 5€"),
        ("🙂 ½ ﬁ \ud800", "~ ~ ~ ~"),
        ("_~", "_~"),
        ("", ""),
    ],
)
def test_plain_spelling(typed: str, text: str) -> None:
    """Digits, spaces, dashes and letters of any kind become the plain ones; what does not show goes."""
    assert plain(typed).text == text


@given(st.text(max_size=60))
def test_every_character_has_its_place(typed: str) -> None:
    """Places rise, lie within the text, and spell the same again from the typed character (without its accents)."""
    shown = plain(typed)
    places = list(shown.places)[: len(shown.text)]
    assert len(places) == len(shown.text)
    assert places == sorted(set(places))
    for char, place in zip(shown.text, places, strict=True):
        bare = unicodedata.normalize("NFD", char)[0]
        assert plain(typed[place]).text in {char, bare, unicodedata.normalize("NFC", bare)}


def test_a_finding_takes_the_marks_of_its_last_character_along() -> None:
    """No accent or keycap is left behind."""
    typed = "x 1\ufe0f\u20e3 y"
    assert plain(typed).finding(2, 3, "kind") == Finding(2, 5, "kind")


def test_new_alphabets_do_not_fill_the_memory() -> None:
    """The table of known characters stays small, and is right after it was emptied."""
    every = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 9000))
    assert plain(every).text == every
    assert plain("２０").text == "20"
