"""The guard: CPR numbers in any spelling are found, and nothing else changes."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard import CPR, GUARD, Finding, Guard, find, mask

FOUND = {
    "joined": "0101801234",
    "dash": "010180-1234",
    "dot": "010180.1234",
    "space": "010180 1234",
    "two spaces": "010180  1234",
    "dash with spaces": "010180 - 1234",
    "en dash": "010180–1234",
    "em dash": "010180—1234",
    "minus sign": "010180−1234",
    "non-breaking hyphen": "010180\u20111234",
    "non-breaking space": "010180\u00a01234",
    "narrow space": "010180\u202f1234",
    "tab": "010180\t1234",
    "slash": "010180/1234",
    "underscore": "010180_1234",
    "two lines": "010180\n1234",
    "Windows lines": "010180-\r\n1234",
    "pairs": "01 01 80 1234",
    "dotted date": "01.01.80-1234",
    "dashed date": "01-01-80-1234",
    "slashed date": "01/01/80 1234",
    "last four in pairs": "010180-12 34",
    "one by one": "0 1 0 1 8 0 - 1 2 3 4",
    "with century": "01-01-1980-1234",
    "with century joined": "01011980-1234",
    "full-width": "０１０１８０－１２３４",
    "Arabic-Indic": "٠١٠١٨٠-١٢٣٤",
    "circled": "⓪①⓪①⑧⓪①②③④",
    "keycaps": "".join(f"{digit}\ufe0f\u20e3" for digit in "0101801234"),
    "zero-width space": "0\u200b1\u200b0\u200b180-1\u200b234",
    "word joiner": "010180\u20601234",
    "soft hyphen": "010180\u00ad1234",
    "control character": "010180\x001234",
    "direction mark": "\u202d010180-1234\u202c",
    "impossible date": "990180-1234",
    "day and 60": "6101801234",
    "year 2007 and later, no modulus 11": "0101094001",
    "in words": "Hun hedder 010180-1234, sagde hun",
    "in a word": "cpr:010180-1234x",
}  # fmt: skip

LEFT = {
    "phone": "Ring på 20 30 40 50 i morgen",
    "phone with country": "+4520304050",
    "phone with country, spaced": "+45 20 30 40 50",
    "joined but no date": "9901801234",
    "longer run before": "10101801234",
    "longer run after": "01018012345",
    "longer run after dash": "010180-12345",
    "only the date": "010180",
    "date and time": "24-12-2026 kl. 10.30",
    "iso time": "2026-11-22T13:10:00",
    "amounts": "1.234,50 kr. og 12.500 kr.",
    "no digits": "Vi talte om weekenden 🙂",
    "empty": "",
}


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND.keys())
def test_every_spelling_is_found(text: str) -> None:
    """A CPR number is found however it is spelled, and no digit of it is left."""
    findings = find(text)
    assert [finding.kind for finding in findings] == [CPR]
    masked = mask(text, findings, "da")
    assert "[cpr-nummer]" in masked
    assert not any(char.isdigit() for char in masked)


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT.keys())
def test_other_numbers_are_left(text: str) -> None:
    """Phone numbers, dates, amounts and longer runs of digits are no CPR numbers."""
    assert find(text) == []
    assert mask(text, [], "da") == text


def test_the_words_around_stay() -> None:
    """Only the number is replaced, in the language asked for, as often as it occurs."""
    text = "Før 010180-1234 mellem 0202704321 efter 🙂"
    assert mask(text, find(text), "da") == "Før [cpr-nummer] mellem [cpr-nummer] efter 🙂"
    assert mask(text, find(text), "en") == "Før [CPR number] mellem [CPR number] efter 🙂"
    assert mask(text, find(text), "sv") == "Før [cpr-nummer] mellem [cpr-nummer] efter 🙂"


def test_a_number_next_to_another_number_is_found() -> None:
    """Digits in front, apart by a space, do not hide the number."""
    assert mask("12 010180-1234 7", find("12 010180-1234 7"), "da") == "12 [cpr-nummer] 7"
    assert mask("010180 010180-1234", find("010180 010180-1234"), "da") == "010180 [cpr-nummer]"


def test_overlapping_findings_become_one() -> None:
    """Two detectors that find overlapping things leave one placeholder and no rest."""

    def wide(text: str) -> list[Finding]:
        return [Finding(0, 6, CPR)]

    def late(text: str) -> list[Finding]:
        return [Finding(4, 9, CPR)]

    guard = Guard((late, wide))
    assert guard.find("abcdefghij") == [Finding(0, 9, CPR)]
    assert mask("abcdefghij", guard.find("abcdefghij"), "da") == "[cpr-nummer]j"


_dates = st.dates(min_value=date(1900, 1, 1), max_value=date(2036, 12, 31)).filter(
    lambda day: day.strftime("%d%m") != "2902"
)
_around = st.text(max_size=30).filter(lambda text: not any(char.isnumeric() for char in text))
_separators = st.sampled_from(["", "-", " ", ".", "–", " - ", "\u00a0", "\u2011", "\u200b", "\u00ad", "-\u200b"])


@given(day=_dates, tail=st.integers(0, 9999), gap=_separators, before=_around, after=_around)
def test_no_well_formed_number_survives(day: date, tail: int, gap: str, before: str, after: str) -> None:
    """Whatever stands around it, no part of a well-formed number is left after masking."""
    number = f"{day:%d%m%y}{gap}{tail:04}"
    text = before + number + after
    masked = mask(text, find(text), "da")
    assert not any(char.isdigit() for char in masked)
    assert masked.startswith(before)


@given(st.text(alphabet=st.sampled_from("0123456789 -–.\u200b\nkr"), max_size=80) | st.text(max_size=200))
def test_masking_is_done_after_one_round(text: str) -> None:
    """What was masked once holds nothing more to find; without findings the text is unchanged."""
    findings = find(text)
    masked = mask(text, findings, "da")
    assert find(masked) == []
    assert findings or masked == text


@pytest.mark.parametrize("piece", ["0", "01 ", "010180 ", "010180-", " ", "\u200b", "0-", "æ"])
def test_long_texts_take_little_time(piece: str) -> None:
    """No text makes the search slow: 100,000 characters of the worst kind take under a second."""
    text = piece * (100_000 // len(piece))
    started = time.perf_counter()
    GUARD.find(text)
    assert time.perf_counter() - started < 1
