"""The guard: findings become placeholders, nothing else changes; CPR numbers in any spelling are found."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard import ADDRESS, CPR, EMAIL, GUARD, NAME, PHONE, PLACEHOLDERS, Finding, Guard, find, mask
from bot.guard_cpr import find_cpr
from bot.guard_names import detector

ONLY_CPR = Guard((find_cpr,))

FOUND = {
    "joined": "0101801234",
    "dash": "010180-1234",
    "dot": "010180.1234",
    "two dashes": "010180--1234",
    "in two parts": "010180 og de sidste fire er 1234",
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
    "all in pairs": "01 01 80 12 34",
    "all in pairs with dashes": "01-01-80-12-34",
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
    "in brackets": "(010180)1234",
    "in brackets with dash": "(010180)-1234",
    "last four in brackets": "010180 (1234)",
    "asterisk": "010180*1234",
    "equals sign": "010180=1234",
    "short date": "1.1.80-1234",
    "short date, odd": "1/1-80-1234",
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
    "twenty digits, one half a date": "01018012349902801234",
    "twenty-one digits": "010180123402028012341",
    "account": "12345678901234567890",
    "weeks": "10 11 12 13 14",
    "many pairs": "01 01 80 12 34 56",
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
    assert ONLY_CPR.find(text) == []
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


@pytest.mark.parametrize(
    "text",
    [
        "010180-1234020280-1234",
        "01018012340202801234",
        "0101801234020280-1234",
        "010180 12340202801234",
        "010180-1234 020280-1234030380.1234",
        "990180-1234020280-1234",
    ],
)
def test_numbers_glued_together_are_found(text: str) -> None:
    """One right after the other, with nothing between: each is found, and no digit of them is left."""
    findings = find(text)
    assert len(findings) >= 2 and {one.kind for one in findings} == {CPR}
    assert not any(char.isdigit() for char in mask(text, findings, "da"))


def test_a_long_row_of_spaced_digits_takes_no_time() -> None:
    """Nobody can keep the bot busy with digits and spaces that are almost numbers."""
    begun = time.perf_counter()
    find(("010180" + " " * 8 + "1234") * 100 + "5")
    assert time.perf_counter() - begun < 1


def test_overlapping_findings_become_one() -> None:
    """Two detectors that find overlapping things leave one placeholder and no rest."""

    def wide(text: str) -> list[Finding]:
        return [Finding(0, 6, CPR)]

    def late(text: str) -> list[Finding]:
        return [Finding(4, 9, CPR)]

    guard = Guard((late, wide))
    assert guard.find("abcdefghij") == [Finding(0, 9, CPR)]
    assert mask("abcdefghij", guard.find("abcdefghij"), "da") == "[cpr-nummer]j"


def test_a_cpr_number_wins_over_a_phone_number() -> None:
    """Where both are seen, it is a CPR number: that can never be kept, a phone number can."""

    def phone(text: str) -> list[Finding]:
        return [Finding(0, 11, PHONE)]

    def number(text: str) -> list[Finding]:
        return [Finding(3, 6, CPR)]

    assert Guard((phone, number)).find("0123456789abc") == [Finding(0, 11, CPR)]


def test_otherwise_the_longest_wins() -> None:
    """Of two that overlap, the one that says most gives the word; what only touches stays apart."""

    def two(text: str) -> list[Finding]:
        return [Finding(0, 4, NAME), Finding(2, 9, ADDRESS), Finding(9, 12, EMAIL)]

    text = "abcdefghijklmnop"
    found = Guard((lambda text: two(text) if text[0] == "a" else [],)).find(text)
    assert found == [Finding(0, 9, ADDRESS), Finding(9, 12, EMAIL)]


@pytest.mark.parametrize(
    ("text", "danish", "english"),
    [
        ("cpr 010180-1234", "cpr [cpr-nummer]", "cpr [CPR number]"),
        ("ring 20 30 40 50", "ring [telefon]", "ring [phone]"),
        ("skriv til a.b@example.dk nu", "skriv til [e-mail] nu", "skriv til [e-mail] nu"),
        ("bor Prøvegade 12, 2. tv", "bor [adresse]", "bor [address]"),
        ("skriv til @prøve_navn", "skriv til @prøve_navn", "skriv til @prøve_navn"),
        ("skriv til @proeve_navn", "skriv til [navn]", "skriv til [name]"),
    ],
)
def test_each_kind_has_its_word(text: str, danish: str, english: str) -> None:
    """The shipped guard finds all kinds, and says which in the language asked for."""
    assert mask(text, find(text), "da") == danish
    assert mask(text, find(text), "en") == english
    assert set(PLACEHOLDERS) == {CPR, PHONE, EMAIL, ADDRESS, NAME}


def test_what_a_masked_piece_hid_is_found_too() -> None:
    """Another group of digits makes a list of counts; once it went with a CPR number, the phone number shows."""
    text = "010180 1234 20 30 40 50"
    assert mask(text, find(text), "da") == "[cpr-nummer] [telefon]"


def test_a_name_of_one_letter_keeps_the_places() -> None:
    """Even the shortest finding leaves the text around it where it was."""
    guard = Guard((*GUARD.detectors, detector(["K"])))
    text = "K, 20304050, K og k"
    assert mask(text, guard.find(text), "da") == "[navn], [telefon], [navn] og k"


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
    assert not any(char.isdigit() for char in mask(text, find(text), "da"))
    assert mask(text, ONLY_CPR.find(text), "da").startswith(before)


_pieces = st.sampled_from(
    [
        "20 30 40 50",
        "+45",
        "tlf. ",
        "Prøvegade ",
        "12",
        ", 2. tv",
        "a@b.dk",
        " at ",
        "gmail",
        "(at)",
        "punktum",
        "010180",
        "-",
        "1234",
        " ",
        "\n",
        "24122026",
        "kr",
        "sag ",
        "@navnet",
        "bor ",
        "ø",
        ".",
        "/",
        "\u200b",
        "[telefon]",
        "8000 Prøveby",
    ]
)


@given(
    st.text(alphabet=st.sampled_from("0123456789 -–.\u200b\nkr"), max_size=80)
    | st.text(max_size=200)
    | st.lists(_pieces, max_size=14).map("".join)
)
def test_masking_is_done_after_one_round(text: str) -> None:
    """What was masked once holds nothing more to find; without findings the text is unchanged."""
    findings = find(text)
    masked = mask(text, findings, "da")
    assert find(masked) == []
    assert findings or masked == text


@given(st.lists(_pieces, max_size=14).map("".join))
def test_what_stands_around_is_unchanged(text: str) -> None:
    """Findings are in order, do not overlap and are not empty; what is between them is in the masked text as it was."""
    findings = find(text)
    ends = [0, *(finding.end for finding in findings)]
    starts = [*(finding.start for finding in findings), len(text)]
    assert all(finding.start < finding.end <= len(text) for finding in findings)
    assert all(end <= start for end, start in zip(ends, starts, strict=True))
    kept = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    words = [PLACEHOLDERS[finding.kind]["da"] for finding in findings]
    assert mask(text, findings, "da") == "".join(a + b for a, b in zip(kept, [*words, ""], strict=True))


_WORST = [
    "0",
    "01 ",
    "010180 ",
    "010180-",
    " ",
    "\u200b",
    "0-",
    "æ",
    "20 30 40 50 ",
    "2 ",
    "+45 ",
    "00 ",
    "+1",
    "a@",
    "a at ",
]
_WORST += [
    "a.",
    "a dot ",
    "gade 1 ",
    "Aa Vej 1 ",
    "Aavej 1-",
    "tlf nr ",
    "ring 2",
    "@a",
    "a\u0301",
    "(",
    "_ ",
    "010180 sidste ",
]


@pytest.mark.parametrize("piece", _WORST)
def test_long_texts_take_little_time(piece: str) -> None:
    """The time grows with the length and no faster: 100,000 characters of the worst kind take seconds, where a search
    that tries every pair of places would take hours."""
    text = piece * (100_000 // len(piece))
    started = time.perf_counter()
    GUARD.find(text)
    assert time.perf_counter() - started < 10
