"""What people type as a date or time is read as they mean it, or not at all."""

import re
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.phrases import Direction, NotUnderstood, When, WrongSide, read_when, say_when
from bot.dialogue.phrases_rules import DANISH_RULES, ENGLISH_RULES, Rules
from bot.dialogue.phrases_tokens import fold
from bot.dialogue.phrases_words import DANISH, ENGLISH, Vocabulary
from tests.unit import phrase_cases as da
from tests.unit import phrase_cases_more as more

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
PAST, FUTURE = Direction.PAST, Direction.FUTURE

TABLES = (
    (da.FUTURE_DA, da.WEDNESDAY, FUTURE, "da"),
    (da.PAST_DA, da.WEDNESDAY, PAST, "da"),
    (da.WRONG_FUTURE_DA, da.WEDNESDAY, FUTURE, "da"),
    (da.WRONG_PAST_DA, da.WEDNESDAY, PAST, "da"),
    (tuple((text, "?") for text in da.REFUSED_DA), da.WEDNESDAY, FUTURE, "da"),
    (tuple((text, "?") for text in da.REFUSED_DA), da.WEDNESDAY, PAST, "da"),
    (more.FUTURE_SPRING, more.SPRING_FORWARD, FUTURE, "da"),
    (more.PAST_SPRING, more.SPRING_FORWARD, PAST, "da"),
    (more.FUTURE_FALL, more.FALL_BACK, FUTURE, "da"),
    (more.PAST_FALL, more.FALL_AFTERNOON, PAST, "da"),
    (more.FUTURE_MIDNIGHT, more.BEFORE_MIDNIGHT, FUTURE, "da"),
    (more.PAST_MIDNIGHT, more.BEFORE_MIDNIGHT, PAST, "da"),
    (more.FUTURE_EN, da.WEDNESDAY, FUTURE, "en"),
    (more.PAST_EN, da.WEDNESDAY, PAST, "en"),
)
ROWS = [(text, now, side, language, want) for table, now, side, language in TABLES for text, want in table]


EARLY, SECONDS = "2026-11-25 07:00", "2026-11-25 13:10:42"  # before the usual 9 o'clock; not on a full minute
SPECIAL = (
    ("uge 48", EARLY, FUTURE, "2026-11-26"),
    ("onsdag", EARLY, FUTURE, "2026-12-02"),
    ("i dag", EARLY, FUTURE, "2026-11-25"),
    ("den 25.", EARLY, FUTURE, "2026-11-25"),
    ("i dag", EARLY, PAST, "2026-11-25 day 07:00"),
    ("den 25.", da.WEDNESDAY, PAST, "2026-11-25"),
    ("nu", SECONDS, FUTURE, SECONDS),
    ("nu", SECONDS, PAST, da.WEDNESDAY),
    ("om en time", SECONDS, FUTURE, "2026-11-25 14:10"),
    ("i aften", "2026-11-25 18:20", PAST, "2026-11-25 18:20"),
    ("i aften", "2026-11-25 20:20", FUTURE, "2026-11-25 21:00"),
    ("28/12", "2027-01-03 12:00", FUTURE, "wrong 2026-12-28 09:00"),
    ("28/12", "2027-01-03 12:00", PAST, "2026-12-28"),
    ("2/1", "2026-12-28 12:00", FUTURE, "2027-01-02"),
    ("tidligere i dag kl. 15", da.WEDNESDAY, FUTURE, "?"),
    ("ca " * 40 + "i morgen", da.WEDNESDAY, FUTURE, "?"),
)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=COPENHAGEN)


def _expected(want: str, side: Direction) -> When | WrongSide | NotUnderstood:
    if want == "?":
        return NotUnderstood()
    if want.startswith("wrong "):
        return WrongSide(_instant(want.removeprefix("wrong ")).astimezone(UTC))
    if " day " in want or len(want) == len("2026-11-25"):
        usual = " 09:00" if side is FUTURE else " 12:00"
        at = want.replace(" day ", " ") if " day " in want else want + usual
        return When(_instant(at).astimezone(UTC), has_time=False)
    return When(_instant(want).astimezone(UTC), has_time=True)


@pytest.mark.parametrize(("text", "now", "side", "language", "want"), ROWS)
def test_reads_what_people_type(text: str, now: str, side: Direction, language: str, want: str) -> None:
    """Every phrase of the tables means exactly the moment beside it."""
    assert read_when(text, _instant(now), COPENHAGEN, side, language) == _expected(want, side)


@pytest.mark.parametrize(("text", "now", "side", "want"), SPECIAL)
def test_reads_by_the_hour_it_is(text: str, now: str, side: Direction, want: str) -> None:
    """Early, between full minutes and around New Year, a phrase means what it would mean to a person then."""
    assert read_when(text, _instant(now), COPENHAGEN, side) == _expected(want, side)


def test_the_tables_are_as_large_as_promised() -> None:
    """At least 150 Danish and 40 English phrases, so that a lost table is noticed."""
    danish = {text for text, _, _, language, _ in ROWS if language == "da"}
    english = {text for text, _, _, language, _ in ROWS if language == "en"}
    assert len(danish) >= 150
    assert len(english) >= 40


@pytest.mark.parametrize("text", ["i går", "d. 5. december kl 9", "på lørdag", "næste søndag", "om 3 måneder"])
def test_spelling_does_not_matter(text: str) -> None:
    """æøå, their two-letter spellings, decomposed letters, capitals and missing dots all read the same."""
    now = _instant(da.WEDNESDAY)
    meant = read_when(text, now, COPENHAGEN, FUTURE)
    spellings = (
        text.upper(),
        text.replace("æ", "ae").replace("ø", "oe").replace("å", "aa"),
        text.replace("å", "a\u030a"),
        text.replace(".", ""),
        f"  {text.replace(' ', '   ')} !",
    )
    assert not isinstance(meant, NotUnderstood)
    assert [read_when(one, now, COPENHAGEN, FUTURE) for one in spellings] == [meant] * len(spellings)


_YEARS = st.builds(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), st.integers(0, 9 * 365 * 86_400)
)
_CHANGES = st.sampled_from(
    [date(year, month, day) for year in range(2024, 2033) for month in (3, 10) for day in range(25, 32)]
)
_NEAR_CHANGES = st.builds(
    lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes),
    _CHANGES,
    st.integers(-120, 240),
)
_MOMENTS = _YEARS | _NEAR_CHANGES
_NOW_AND_AT = st.tuples(_MOMENTS, _MOMENTS) | st.builds(
    lambda now, minutes: (now, now + timedelta(minutes=minutes)), _MOMENTS, st.integers(-4000, 4000)
)


@settings(max_examples=400, deadline=None)
@given(_NOW_AND_AT, st.sampled_from(["da", "en"]), st.sampled_from(["da", "en"]), st.sampled_from(Direction))
def test_a_printed_time_is_read_back_as_itself(
    moments: tuple[datetime, datetime], said_in: str, asked_in: str, side: Direction
) -> None:
    """What we print is read as the same minute, on the right side or refused, whatever the language."""
    now, at = moments
    at = at.replace(second=0, microsecond=0)
    right = at >= now if side is FUTURE else at <= now
    printed = say_when(at, now, COPENHAGEN, said_in, has_time=True)
    expected = When(at, has_time=True) if right else WrongSide(at)
    assert read_when(printed, now, COPENHAGEN, side, asked_in) == expected


@settings(max_examples=200, deadline=None)
@given(_NOW_AND_AT, st.sampled_from(["da", "en"]), st.sampled_from(Direction))
def test_a_printed_day_is_read_back_as_itself(
    moments: tuple[datetime, datetime], language: str, side: Direction
) -> None:
    """A day without a time is read as that very day, and today counts as both past and to come."""
    now, at = moments
    day, today = (moment.astimezone(COPENHAGEN).date() for moment in (at, now))
    read = read_when(say_when(at, now, COPENHAGEN, language, has_time=False), now, COPENHAGEN, side, language)
    assert isinstance(read, When if (day >= today if side is FUTURE else day <= today) else WrongSide)
    assert not isinstance(read, NotUnderstood)
    assert read.at.astimezone(COPENHAGEN).date() == day


_WORDS = """i på om for kl. den d. halv kvart over siden uge næste sidste dag morgen går nat aften torsdag mandags tors
to 3 5. 10 24/12 14.30 5.12 48 2026 december time dage uger år en half past at in ago tomorrow pm week vintertid"""
_PIECES = st.sampled_from(_WORDS.split())
_TEXTS = st.text(max_size=150) | st.lists(_PIECES, max_size=9).map(" ".join)


@settings(max_examples=500, deadline=None)
@given(_TEXTS, _MOMENTS, st.sampled_from(["da", "en", "xx"]), st.sampled_from(Direction))
def test_any_text_is_answered_on_the_right_side(text: str, now: datetime, language: str, side: Direction) -> None:
    """No text raises; an answer is never on the wrong side of now, and a refusal never on the right one."""
    read = read_when(text, now, COPENHAGEN, side, language)
    if isinstance(read, When):
        assert read.at >= now if side is FUTURE else read.at <= now
        assert read.at.tzinfo is UTC
    if isinstance(read, WrongSide):
        assert read.at < now if side is FUTURE else read.at > now


@pytest.mark.parametrize(
    "piece", ["i ", "10 ", "torsdag ", "om 3 dage ", "kl ", "24/12 ", "halv fem i ", "\u030a", "9"]
)
def test_long_texts_are_refused_at_once(piece: str) -> None:
    """20,000 characters, and the longest text that is read at all, take no noticeable time."""
    now = _instant(da.WEDNESDAY)
    began = time.perf_counter()
    for length in (20_000, 120):
        text = (piece * length)[:length]
        assert isinstance(read_when(text, now, COPENHAGEN, FUTURE), NotUnderstood)
    assert time.perf_counter() - began < 0.25


@pytest.mark.parametrize(
    ("rules", "vocabulary"), [(DANISH_RULES, DANISH), (ENGLISH_RULES, ENGLISH)], ids=["danish", "english"]
)
def test_no_pattern_is_dead(rules: Rules, vocabulary: Vocabulary) -> None:
    """A word of a pattern in unfolded spelling, or one that is dropped as a filler, could never be matched."""
    words = {word for pattern, _ in rules for word in re.split(r"[ |?]+", pattern) if word and not word.isupper()}
    assert {fold(word) for word in words} == words
    assert words.isdisjoint(fold(vocabulary.fillers).split())


def test_time_without_zone_is_a_programming_error() -> None:
    """A naive now would silently mean the machine's own zone; it is refused."""
    with pytest.raises(ValueError, match="aware"):
        read_when("i morgen", datetime(2026, 11, 25, 13, 10), COPENHAGEN, FUTURE)  # noqa: DTZ001 - what is tested
