"""The contact log's pure part: what a meeting counts as, periods, sums, the line for the record, weeks, pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.service import contact_log_chat
from bot.service.contact_log import (
    Attempt,
    Became,
    Event,
    Happened,
    Log,
    Meeting,
    Period,
    Try,
    became,
    edges,
    last_days,
    within,
)  # fmt: skip
from bot.service.contact_log_document import Speaker
from bot.service.contact_log_lines import Detail, Line, Struck, lines, summary
from bot.service.contact_log_say import bare, say_of
from bot.service.contact_log_sum import add_up
from bot.service.replies import Page, Worded
from bot.telegram.cards.render import Renderer
from bot.telegram.parts import plain, units
from prompts import load_guide, load_law, load_messages
from tests.integration.reach_kit import RENDERER

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30), COPENHAGEN)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
GUIDE = load_guide()


def speaker(language: str) -> Speaker:
    """The texts of a language."""
    return Speaker(load_messages(language=language), say_of(GUIDE, language, COPENHAGEN))


def meeting(became: Became | None, day: int = 10, **said: object) -> Meeting:
    """A meeting in November 2026."""
    told = {
        "reflection_id": "r", "mentor_id": "m", "times": (datetime(2026, 11, day, 9, tzinfo=UTC),), "has_time": True,
        "became": became, "outcome": None, "minutes": None, "minutes_assumed": False, "travel": None,
        "decision": None, "fields": (),
    }  # fmt: skip
    return Meeting(**{**told, **said})  # type: ignore[arg-type] # what each test wants otherwise


def attempt(channel: str, result: str = "no_answer", day: int = 10) -> Attempt:
    """An attempt in November 2026."""
    return Attempt("m", (Try(channel, result, datetime(2026, 11, day, 9, tzinfo=UTC)),))


def log(*entries: Meeting | Attempt | Event, period: Period = NOVEMBER) -> Log:
    """A log of these."""
    return within(
        period,
        [one for one in entries if isinstance(one, Meeting)],
        [one for one in entries if isinstance(one, Attempt)],
        [one for one in entries if isinstance(one, Event)],
        None,
    )


def said(found: Log, language: str) -> str:
    """The line for the record."""
    return speaker(language).said(summary(found, language, NOW))


@pytest.mark.parametrize(
    ("group", "outcome", "decision", "expected"),
    [
        ("held", "moved_place", None, Became.HELD),
        ("held", "acute", None, Became.UNPLANNED),
        ("held", "by_chance", None, Became.UNPLANNED),
        ("held", "text_only", None, Became.UNPLANNED),
        ("missed", "did_not_come", None, Became.MISSED),
        ("missed", "did_not_open", "register", Became.MISSED),
        ("missed", "did_not_come", "held_otherwise", Became.HELD_OTHERWISE),
        ("missed", "did_not_come", "ill_or_cancelled", Became.EXCUSED),
        ("notified", "cancelled_by_citizen", None, Became.NOTIFIED),
        ("mine", "cancelled_by_me", None, Became.MINE),
        ("unsafe", "left_for_safety", None, Became.UNSAFE),
        (None, "something_of_their_own", None, None),
    ],
)
def test_what_a_meeting_counts_as(
    group: str | None, outcome: str, decision: str | None, expected: Became | None
) -> None:
    """A meeting held after all is no absence, an ill citizen is no no-show, unplanned contact is no agreed meeting."""
    assert became(group, outcome, decision) is expected


def test_every_outcome_of_the_guide_counts_as_something() -> None:
    """No outcome of the shipped guide falls out of the sums."""
    groups = {choice.id: choice.group for choice in GUIDE.guide["outcome"].choices}
    assert len(groups) > 10
    assert [one for one, group in groups.items() if became(group, one, None) is None] == []


def test_the_line_for_the_record() -> None:
    """The whole line in both languages, singular and plural, and nobody's name."""
    found = log(
        *(meeting(Became.HELD, minutes=60, travel=20) for _ in range(3)),
        meeting(Became.MISSED, minutes=15, minutes_assumed=True, decision="register"),
        meeting(Became.MISSED, minutes=15, minutes_assumed=True, decision="wait"),
        meeting(Became.NOTIFIED),
        meeting(Became.UNPLANNED, minutes=50),
        *(attempt("call") for _ in range(4)),
        *(attempt("visit") for _ in range(2)),
        attempt("text", "reached"),
    )
    assert said(found, "da") == (
        "I perioden 1.–30. november 2026: 6 aftalte møder, 3 holdt, 2 udeblivelser, 1 afbud fra borgeren "
        "(1 registreret som fravær); 1 anden kontakt uden aftale; 7 forsøg på kontakt: 4 opkald, 2 besøg, 1 besked "
        "(1 gav kontakt); tid: 4 timer 20 minutter (heraf 30 minutter skønnet), transport: 1 time."
    )
    assert said(found, "en") == (
        "In the period 1–30 November 2026: 6 agreed meetings, 3 held, 2 no-shows, 1 cancelled by the citizen "
        "(1 registered as absence); 1 other contact without an appointment; 7 attempts at contact: 4 calls, 2 visits, "
        "1 message (1 led to contact); time: 4 hours 20 minutes (of which 30 minutes estimated), travel: 1 hour."
    )


@pytest.mark.parametrize(
    ("entries", "danish", "english"),
    [
        ([], "ingen møder og ingen forsøg på kontakt.", "no meetings and no attempts at contact."),
        (
            [meeting(Became.MISSED)],
            "1 aftalt møde, 1 udeblivelse; ingen forsøg på kontakt.",
            "1 agreed meeting, 1 no-show; no attempts at contact.",
        ),
        (
            [attempt("letter"), attempt("letter")],
            "ingen aftalte møder; 2 forsøg på kontakt: 2 breve via sagsbehandler.",
            "no agreed meetings; 2 attempts at contact: 2 letters via the caseworker.",
        ),
        (
            [attempt("through_other"), attempt("call")],
            "ingen aftalte møder; 2 forsøg på kontakt: 1 opkald, 1 gennem en anden.",
            "no agreed meetings; 2 attempts at contact: 1 call, 1 through someone else.",
        ),
        (
            [meeting(Became.UNPLANNED), Event(Happened.CONTACT, datetime(2026, 11, 3, tzinfo=UTC), "m")],
            "ingen aftalte møder; 2 andre kontakter uden aftale; ingen forsøg på kontakt.",
            "no agreed meetings; 2 other contacts without an appointment; no attempts at contact.",
        ),
        (
            [meeting(Became.MINE, travel=61), meeting(Became.EXCUSED), meeting(Became.UNSAFE)],
            "3 aftalte møder, 1 med sygdom eller afbud meldt bagefter, 1 afbud fra mentoren, "
            "1 afbrudt, fordi det var utrygt; ingen forsøg på kontakt; transport: 1 time 1 minut.",
            "3 agreed meetings, 1 with illness or cancellation told afterwards, 1 cancelled by the mentor, "
            "1 broken off because it was unsafe; no attempts at contact; travel: 1 hour 1 minute.",
        ),
    ],
)
def test_one_none_and_many(entries: list[Meeting | Attempt | Event], danish: str, english: str) -> None:
    """Zero, one and several read right in both languages."""
    assert said(log(*entries), "da").partition(": ")[2] == danish
    assert said(log(*entries), "en").partition(": ")[2] == english


def test_what_was_taken_back_does_not_count() -> None:
    """A withdrawn attempt, a debrief about somebody else, and what left the period are shown, not counted."""
    later = datetime(2026, 11, 20, tzinfo=UTC)
    inside, outside = datetime(2026, 11, 3, 9, tzinfo=UTC), datetime(2026, 10, 30, 9, tzinfo=UTC)
    found = log(
        Attempt("m", (Try("call", "no_answer", inside, later),)),
        Attempt("m", (Try("call", "no_answer", inside, later), Try("call", "no_answer", outside))),
        meeting(None, elsewhere=later, minutes=None),
        meeting(Became.MISSED, times=(inside, outside), minutes=30),
    )
    sums = add_up(found)
    assert (len(found.entries), sums.agreed, sums.attempts, sums.minutes) == (4, 0, 0, 0)
    shown = {line.when: line.gone for line in lines(found, speaker("da").say, {})}
    assert shown["3/11 2026 kl. 10.00"] == Worded("log.withdrawn", {"on": "20/11 2026"})


def test_a_corrected_attempt_counts_once_as_it_stands() -> None:
    """Each form but the last is struck with the day it was corrected."""
    at = datetime(2026, 11, 3, 9, tzinfo=UTC)
    one = Attempt("m", (Try("call", "no_answer", at, at + timedelta(days=1)), Try("visit", "reached", at)))
    found = log(one)
    assert (add_up(found).tried, add_up(found).reached) == ({"visit": 1}, 1)
    (line,) = lines(found, speaker("da").say, {"m": "Anna"})
    assert (line.what, line.result, line.by, line.gone) == ("Kørt forbi", "Fik kontakt", "Anna", None)
    assert line.was == (Struck("3/11 2026 kl. 10.00 · Ringet · Intet svar", "4/11 2026"),)


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (datetime(2026, 10, 24, 21, 59, tzinfo=UTC), False),  # 23.59 the day before
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), True),  # midnight, summer time
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), True),  # 23.59, winter time: the day has 25 hours
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), False),
    ],
)
def test_a_day_is_a_local_day_when_the_clocks_go_back(at: datetime, inside: bool) -> None:
    """25 October 2026 lasts 25 hours, and all of them belong to it."""
    day = date(2026, 10, 25)
    assert Period(day, day, COPENHAGEN).holds(at) is inside


def test_a_period_over_the_spring_change_and_the_turn_of_the_year() -> None:
    """Thirty days are thirty local days, whatever the clocks do; the line names both years."""
    spring = datetime(2027, 3, 28, 21, 30, tzinfo=UTC)  # 23.30 on the day that has 23 hours
    assert (last_days(30, spring, COPENHAGEN).since, last_days(30, spring, COPENHAGEN).until) == (
        date(2027, 2, 27), date(2027, 3, 28),
    )  # fmt: skip
    turn = last_days(30, datetime(2026, 12, 31, 23, 30, tzinfo=UTC), COPENHAGEN)
    assert turn.until == date(2027, 1, 1)
    assert said(log(period=turn), "da").startswith("I perioden 3. december 2026–1. januar 2027: ingen")


def test_an_open_period_is_named_by_what_stands_in_it() -> None:
    """From the first entry until today; with nothing in it, today."""
    everything = Period(None, None, COPENHAGEN)
    assert edges(log(meeting(Became.HELD, 3), period=everything), NOW) == (date(2026, 11, 3), date(2026, 11, 30))
    assert edges(log(period=everything), NOW) == (date(2026, 11, 30), date(2026, 11, 30))
    assert said(log(period=everything), "da").startswith("Den 30. november 2026: ingen møder")


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("📞 Ringet", "Ringet"),
        ("🛑 Gik, det var utrygt", "Gik, det var utrygt"),
        ("112", "112"),
        ("🙂", "🙂"),
        ("", ""),
    ],
)
def test_pictures_stay_out_of_the_record(label: str, expected: str) -> None:
    """The picture before a button's words is left out; a label that is nothing else stays."""
    assert bare(label) == expected


NASTY = st.text(st.sampled_from("aæ<>&\"'»🙂👨\u200d👩\ufe0f\u0301\n\u202e{%}"), max_size=4000)


@given(st.lists(st.tuples(NASTY, NASTY, NASTY, st.integers(0, 12)), max_size=12))
@settings(max_examples=40, deadline=None)
def test_every_page_fits_into_a_message(told: list[tuple[str, str, str, int]]) -> None:
    """However long and odd the words: each page stays under 3,500, shows each entry once, and opens no tag."""
    found = [
        Line(
            "meeting", NOW, f"entry {n}.", what[:30], "Anna",
            details=(Detail("agreements", "Aftaler", None, typed, (Struck(was, "1/1 2026"),) * many),) * 3,
        )
        for n, (what, typed, was, many) in enumerate(told)
    ]  # fmt: skip
    cut = contact_log_chat.pages(found, "Anna")
    drawn = [_drawn(RENDERER, one, number + 1, len(cut)) for number, one in enumerate(cut)]
    assert all(units(text) <= 3500 for text in drawn)
    whole = "\n".join(drawn)
    assert all(whole.count(f"entry {n}.") == 1 for n in range(len(told)))
    assert all("<b><" not in plain(text) or "&lt;" in text for text in drawn)


def _drawn(renderer: Renderer, shown: list[dict[str, object]], number: int, count: int) -> str:
    values = {
        "pseudonym": "B" * 30, "said": Worded("log.transferred_now"), "period": Worded("log.empty"), "page": number,
        "pages": count, "hidden": True, "transferred": "30/11 2026", "lines": shown,
    }  # fmt: skip
    return str(renderer.page(Page(1, "log", "da", "contact_log", values), NOW)["text"])


def test_the_law_the_page_names_is_there() -> None:
    """The duty to write down what matters, in both languages, with the day it was looked up."""
    for language in ("da", "en"):
        assert load_law(language)["record_duty"].checked
