"""What stands open at the week's end: who is listed, how strongly, and in which order. Days are local days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.summary import BANDS, SupervisionWish, Week
from bot.dialogue.summary_open import Day, in_order, kinds_of, overdue, waiting, without_contact
from bot.dialogue.summary_rows import InContact, OpenFollowup, OpenThread, Undecided
from bot.dialogue.threads import Channel
from prompts import load_guide

ZONE = ZoneInfo("Europe/Copenhagen")
GUIDE = load_guide().guide
KINDS = kinds_of(GUIDE)
END = Week(2026, 44).bounds(ZONE)[1]  # the week after the clocks went back
DAY = Day(END, ZONE)
HOUR = timedelta(hours=1)
moments = st.integers(0, 120 * 24 * 60).map(lambda minutes: END - timedelta(minutes=minutes))
channels = st.sampled_from([channel.value for channel in Channel])


def citizen(last: datetime | None, *tried: str, agreed: tuple[str, ...] = (), name: str = "B07") -> InContact:
    """A citizen registered in July."""
    since = datetime(2026, 7, 1, 9, tzinfo=UTC)
    return InContact(name, name, "Anna", since, last, last, agreed, tried, None)


def todo(kind: str, due: datetime | None, *, made: datetime, name: str = "B07", shared: bool = False) -> OpenFollowup:
    """A follow-up about a citizen."""
    return OpenFollowup(name, name, "Anna", kind, due, made, shared)


def test_which_kinds_a_lead_may_hear_of() -> None:
    """Those of absence and those left by answers of the team's log; a hearing's day only once shared."""
    assert KINDS.waiting == {"record_entry", "tell_caseworker", "decide", "talk_with_lead", "hearing"}
    assert KINDS.others == {"task", "next_contact"}
    assert KINDS.dated == (KINDS.waiting | KINDS.others) - {"hearing"}


@given(st.lists(moments, max_size=12))
def test_bands_hold_by_local_days(times: list[datetime]) -> None:
    """Exactly those out of contact for more than seven local days, the longest first, each in its widest band."""
    told = without_contact([citizen(at, name=f"B{n}") for n, at in enumerate(times)], DAY)
    local = [(END.astimezone(ZONE).date() - at.astimezone(ZONE).date()).days for at in times]
    assert [one.days for one in told] == sorted((days for days in local if days > BANDS[0]), reverse=True)
    for one in told:
        assert one.band < one.days and all(band >= one.days for band in BANDS if band > one.band)


@pytest.mark.parametrize(("days", "band"), [(7, None), (8, 7), (14, 7), (15, 14), (30, 14), (31, 30), (400, 30)])
def test_a_band_begins_a_day_after_its_name(days: int, band: int | None) -> None:
    """Seven days are a week's rhythm kept; eight are more than seven."""
    end = END.astimezone(ZONE).date()
    last = datetime.combine(end - timedelta(days=days), datetime.min.time(), ZONE).astimezone(UTC) + 12 * HOUR
    assert [one.band for one in without_contact([citizen(last)], DAY)] == ([] if band is None else [band])


@given(st.lists(channels, max_size=8), st.frozensets(channels))
def test_tried_and_untried_are_all_of_what_was_agreed(tried: list[str], agreed: frozenset[str]) -> None:
    """Most first; what was agreed and not tried, or visit, call and text where nothing was agreed."""
    (one,) = without_contact([citizen(None, *tried, agreed=tuple(sorted(agreed)))], DAY)
    assert dict(one.tried) == {channel: tried.count(channel) for channel in tried} and one.never
    assert [n for _, n in one.tried] == sorted((n for _, n in one.tried), reverse=True)
    meant = agreed or {"visit", "call", "text"}
    assert one.agreed is bool(agreed)
    assert set(one.untried) == meant - set(tried) and len(one.untried) == len(set(one.untried))


def test_a_pause_is_one_while_it_lasts() -> None:
    """Paused beyond the week's end, not before it."""
    for until, paused in ((END + HOUR, True), (END, False), (END - HOUR, False), (None, False)):
        one = citizen(None)
        thread = OpenThread(END - HOUR, None, until)
        held = InContact(one.id, one.pseudonym, one.mentor, one.since, None, None, (), (), thread)
        (told,) = without_contact([held], DAY)
        assert (told.paused, told.told_lead) == (paused, END - HOUR)


def test_overdue_decisions_lead() -> None:
    """By deadline, those without one last; a day that is still going on is not overdue."""
    made = END - 20 * 24 * HOUR
    told = waiting(
        [
            todo("record_entry", None, made=made, name="B1"),
            todo("decide", END + 5 * HOUR, made=made, name="B2"),
            todo("decide", END - 5 * HOUR, made=made, name="B3"),
            todo("hearing", END - 99 * HOUR, made=made, name="B4"),
            todo("hearing", END - 99 * HOUR, made=made, name="B5", shared=True),
            todo("task", END - 99 * HOUR, made=made, name="B6"),
        ],
        [Undecided("B0", "Bo", END - HOUR), Undecided(None, "Bo", END - HOUR)],
        KINDS,
        DAY,
    )
    assert [(one.pseudonym, one.overdue) for one in told] == [
        ("B5", True), ("B3", True), ("B2", False), ("?", False), ("B0", False), ("B1", False), ("B4", False),
    ]  # fmt: skip
    assert [one.by for one in told if one.pseudonym == "B4"] == [None]


def test_a_follow_up_is_overdue_when_its_day_has_passed() -> None:
    """Days are counted from midnight to midnight; the longest comes first; absences have their own list."""
    made = END - 20 * 24 * HOUR
    ones = [
        todo("task", END - HOUR, made=made, name="B1"),
        todo("task", END, made=made, name="B2"),
        todo("task", END - 30 * HOUR, made=made, name="B3"),
        todo("task", None, made=made, name="B4"),
        todo("decide", END - HOUR, made=made, name="B5"),
        todo("own", END - HOUR, made=made, name="B6"),
        todo("move_appointment", END - HOUR, made=made, name="B7"),
    ]
    assert [(one.pseudonym, one.days) for one in overdue(ones, {}, KINDS, DAY)] == [("B3", 2), ("B1", 1)]


@pytest.mark.parametrize(
    ("dealt", "listed"),
    [
        ({"B07": END - 100 * HOUR}, True),  # the debrief that left it
        ({"B07": END - 97 * HOUR}, True),  # again on the same day
        ({"B07": END - 70 * HOUR}, False),  # on a later day
        ({"B07": END - 20 * HOUR}, False),  # late, but it was
        ({"B07": None}, True),
        ({}, False),  # the citizen's page was put away
    ],
)
def test_a_next_contact_that_came_about_is_not_overdue(dealt: dict[str, datetime | None], listed: bool) -> None:
    """Nobody has to tick it off: the next debrief, attempt or contact does."""
    one = todo("next_contact", END - 48 * HOUR, made=END - 99 * HOUR)
    assert bool(overdue([one], dealt, KINDS, DAY)) is listed


def test_of_several_plans_the_last_one_counts() -> None:
    """Two debriefs on one day plan the next contact once; another citizen's plan is another one."""
    made = END - 90 * HOUR
    ones = [
        todo("next_contact", END - 30 * HOUR, made=made + HOUR),
        todo("next_contact", END - 50 * HOUR, made=made),
        todo("next_contact", END - 40 * HOUR, made=made, name="B08"),
    ]
    told = overdue(ones, {"B07": made, "B08": made}, KINDS, DAY)
    assert [(one.pseudonym, one.due_at) for one in told] == [("B08", END - 40 * HOUR), ("B07", END - 30 * HOUR)]


def test_wishes_for_soon_come_first() -> None:
    """Then the oldest."""

    def wish(name: str, hours: int, soon: bool) -> SupervisionWish:
        return SupervisionWish(name, name, END - hours * HOUR, soon, None, None)

    told = in_order([wish("a", 1, False), wish("b", 2, True), wish("c", 9, False), wish("d", 3, True)])
    assert [one.mentor for one in told] == ["d", "b", "c", "a"]
