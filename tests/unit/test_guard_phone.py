"""Phone numbers are found in any spelling; what counts, dates and times is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard import Guard, mask
from bot.guard_phone import PHONE, find_phone

GUARD = Guard((find_phone,))

FOUND = [
    "20304050", "20 30 40 50", "20  30  40  50", "2030 4050", "2030-4050", "203 04 050", "20 304 050", "20 304050",
    "20-30-40-50", "20 - 30 - 40 - 50", "20/30/40/50", "20.30.40.50", "20_30_40_50", "20·30·40·50", "2 0 3 0 4 0 5 0",
    "20\u00a030\u00a040\u00a050", "20\u202f30\u202f40\u202f50", "20–30–40–50", "20\u200b304050", "２０３０４０５０",
    "+4520304050", "+45 20304050", "+45 20 30 40 50", "+45-20-30-40-50", "(+45) 20.30.40.50", "+ 45 20 30 40 50",
    "+45(20)304050", "+45 2030 4050", "004520304050", "0045 20 30 40 50", "45 20 30 40 50", "4520304050",
    "20 30\n40 50", "+46 70 123 45 67", "+46 (0)70-123 45 67", "0046701234567", "070-123 45 67", "0701234567",
    "+49 176 12345678", "0176 12345678", "+298 123456", "+44 7700 900123", "+1 202 555 0142", "+48 512 345 678",
]  # fmt: skip

# Only because a word says so: dates in one, numbers that nobody has, groups that nobody would guess.
TOLD = [
    "tlf. 24122026", "tlf24122026", "mobil: 12345678", "mobilnummer 12 34 56 78", "hans nummer er 24122026",
    "nummeret er 20,30,40,50", "tlf 20 30 405 0", "ring til ham på 12 34 56 78", "tlf nr 20 30\n40 50",
    "sms 2 030 4050", "her phone number is 01234567", "call him at 12 34 56 78", "Telefon (20) 30-40 50",
    "mit tlf. nr.: 20 304050",
]  # fmt: skip

LEFT = [
    "4000-6000", "0198-7000-8123-abcd", "2026-13-41-030000",
    "24122026", "20261122", "24-12-2026", "24.12.2026 kl. 16.30", "2026-11-22", "2026-11-22T13:10:00", "24 12 2026",
    "01.12.2026-31.12.2026", "22/11-2026", "2025-2026", "2024 2025", "12.30-14.15", "kl. 20.30-21.45",
    "20.30 - 21.45", "fra 2030-2145", "kl. 2030-2145", "8-16", "8.00-15.30", "12.500 kr.", "1.234.567",
    "25 000 000 kr", "20000000 kr", "+12.500.000 kr", "20,5 %", "sag 2026-123456", "sagsnr. 20304050",
    "sag nummer 20304050", "case number 20304050", "j.nr. 22-34-56-78", "journalnr. 20304050", "CVR 20304050",
    "faktura 20304050", "§ 20304050", "bus 20 21 22 23", "linje 20, 21, 22, 23", "uge 46 47 48 49", "20 30 40 50 60",
    "den 20 21 22 23 november", "112", "114", "1813", "ring 112", "ring 24/12 kl. 10", "ring 12.30-14.30",
    "ringede 24-12-2026 kl. 10.30", "tlf. 24-12-2026", "nummer 12, 14, 16, 18", "10.20.30.40", "1234 5678 9012 3456",
    "12 34 56 78", "01234567", "[telefon] 24122026", "mødt 20 af 30 gange, 40 af 50", "2030", "203040", "2030405",
    "203040506", "", "ingen tal",
]  # fmt: skip


@pytest.mark.parametrize("number", FOUND)
@pytest.mark.parametrize("around", ["{}", "Kan nås på {} i dag", "({})", "nr:{}.", "12.30 {}"])
def test_every_spelling_is_found(number: str, around: str) -> None:
    """A phone number goes whole, whatever its spelling and its place; the words around it stay."""
    text = around.format(number)
    masked = mask(text, GUARD.find(text), "da")
    assert masked.strip("()") == around.format("[telefon]").strip("()")


@pytest.mark.parametrize("text", TOLD)
def test_a_word_makes_it_a_number(text: str) -> None:
    """What is said to be a phone number is one, though it looks like a date or like nothing."""
    findings = GUARD.find(text)
    assert [finding.kind for finding in findings] == [PHONE]
    assert not any(char.isdigit() for char in mask(text, findings, "da"))


@pytest.mark.parametrize("text", LEFT)
def test_other_numbers_are_left(text: str) -> None:
    """Dates, times, amounts, cases, lists of counts and emergency numbers are no phone numbers."""
    assert GUARD.find(text) == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("20304050, 21314151", "[telefon], [telefon]"),
        ("ring 20 30 40 50 12.30", "ring [telefon] 12.30"),
        ("20 30 40 50 den 24-12-2026", "[telefon] den 24-12-2026"),
        ("i sagen, tlf. 20304050, kl. 10", "i sagen, tlf. [telefon], kl. 10"),
        ("+46 70 123 45 67 12.30", "[telefon] 12.30"),
        ("bus 12 til 20 30 40 50", "bus 12 til [telefon]"),
    ],
)
def test_only_the_number_goes(text: str, masked: str) -> None:
    """Times and dates beside a number stay."""
    assert mask(text, GUARD.find(text), "da") == masked


_groups = st.sampled_from([(8,), (2, 2, 2, 2), (4, 4), (3, 2, 3), (2, 3, 3)])
_gaps = st.sampled_from([" ", "-", "\u00a0", "–", "\u2011"])
_codes = st.sampled_from(["", "+45 ", "+45", "0045 ", "(+45) "])


@given(rest=st.integers(0, 9_999_999), first=st.integers(2, 9), groups=_groups, gap=_gaps, code=_codes)
def test_no_number_with_its_word_survives(rest: int, first: int, groups: tuple[int, ...], gap: str, code: str) -> None:
    """Whatever the number and its groups, after "tlf." no digit of it is left, unless it reads as a date in groups."""
    digits, parts = f"{first}{rest:07}", list[str]()
    for size in groups:
        parts.append(digits[:size])
        digits = digits[size:]
    text = f"Ny tlf. {code}{gap.join(parts)} fra i dag"
    assert not any(char.isdigit() for char in mask(text, GUARD.find(text), "da"))


@given(st.text(alphabet=st.sampled_from("0123456789 -.:/+()kr"), max_size=120))
def test_findings_are_within_the_text(text: str) -> None:
    """Whatever the soup of digits, findings lie within it, begin before they end, and hold at least seven digits."""
    for finding in find_phone(text):
        assert 0 <= finding.start < finding.end <= len(text)
        assert sum(char.isdigit() for char in text[finding.start : finding.end]) >= 7
