"""From counted answers to figures: nothing is lost or invented, and too few never show."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.state import Answer, Pick
from bot.dialogue.summary import LEAST_ANSWERS, LEAST_MENTORS, Week, WeeklySummary
from bot.dialogue.summary_counts import SPREAD, Tallies, choices_of, safety
from bot.dialogue.summary_make import frame_of, summarise
from bot.dialogue.summary_rows import Contributed, Counted, Standing, Tally, Tough, ToughVisit, Written, picked
from prompts import load_guide

GUIDE = load_guide().guide
WEEK = Week(2026, 47)
FRAME = frame_of("Nord", WEEK, ZoneInfo("Europe/Copenhagen"), datetime(2026, 11, 23, 7, tzinfo=UTC))
LAST = 7
NOON = datetime(2026, 11, 18, 11, tzinfo=UTC)

weeks = st.integers(0, LAST)
counts = st.integers(1, 40)
outcomes = st.sampled_from(choices_of(GUIDE, "outcome"))
adjusted = st.lists(st.sampled_from(choices_of(GUIDE, "adjusted")), min_size=1, unique=True)
tallies = st.one_of(
    st.builds(lambda week, one, n: Tally(week, "outcome", Answer(value=one), n), weeks, outcomes, counts),
    st.builds(lambda week, some, n: Tally(week, "adjusted", several(*some), n), weeks, adjusted, counts),
    st.builds(lambda week, m, n: Tally(week, "minutes_used", Answer(value=m), n), weeks, st.integers(0, 600), counts),
    st.builds(
        lambda week, question, step, n: Tally(week, question, Answer(value=step), n),
        weeks,
        st.sampled_from(("toughness", "goal_agreement")),
        st.integers(1, 5),
        counts,
    ),
)


def several(*choices: str) -> Answer:
    """An answer with several picks."""
    return Answer(picks=tuple(Pick(choice) for choice in choices))


def made_of(*rows: Tally, contributed: tuple[Contributed, ...] = ()) -> WeeklySummary:
    """The summary of these answers."""
    return summarise(FRAME, GUIDE, Counted(tallies=rows, contributed=contributed), Standing())


@given(st.lists(tallies, max_size=40))
def test_every_answer_is_counted_once(rows: list[Tally]) -> None:
    """Choices, contacts and minutes add up to what was answered, week by week, in whatever order the rows come."""
    summary = made_of(*rows)
    for week in range(LAST + 1):
        mine = [row for row in rows if row.week == week]
        assert summary.minutes[week] == sum(r.count * int(r.answer.value or 0) for r in mine if "minutes" in r.question)
        told = {count.choice: count.weeks[week] for count in summary.outcomes}
        assert sum(told.values()) == sum(row.count for row in mine if row.question == "outcome")
        held = sum(told.get(choice, 0) for choice in GUIDE.groups["held"])
        assert (summary.contacts[week], summary.acute[week]) == (held, told.get("acute", 0))
        picks = sum(row.count * len(row.answer.picks) for row in mine if row.question == "adjusted")
        assert sum(count.weeks[week] for count in summary.flexibility) == picks
    shuffled = random.Random(4).sample(rows, len(rows))
    assert made_of(*shuffled) == summary


@given(st.lists(tallies, max_size=40))
def test_choices_come_in_the_guide_s_order(rows: list[Tally]) -> None:
    """Only what was chosen at all, as the guide has it."""
    order = list(choices_of(GUIDE, "outcome"))
    told = [count.choice for count in made_of(*rows).outcomes]
    assert told == sorted(set(told), key=order.index)
    assert all(any(count.weeks) for count in made_of(*rows).outcomes)


def test_a_choice_the_guide_no_longer_knows_comes_last() -> None:
    """What was answered under an earlier guide is not dropped."""
    rows = (Tally(LAST, "outcome", Answer(value="of_old"), 2), Tally(LAST, "outcome", Answer(value="text_only"), 1))
    assert [(count.choice, count.now) for count in made_of(*rows).outcomes] == [("text_only", 1), ("of_old", 2)]


@given(st.dictionaries(weeks, st.tuples(st.integers(1, 6), st.integers(1, 30)), max_size=8), st.sampled_from(SPREAD))
def test_too_few_never_show(contributed: Mapping[int, tuple[int, int]], question: str) -> None:
    """A week's distribution is there with three mentors and ten answers, and is all zeros with fewer of either."""
    choice = choices_of(GUIDE, question)[0]
    value: str | int = int(choice) if choice.isdecimal() else choice
    rows = [Tally(week, question, Answer(value=value), n) for week, (_, n) in contributed.items()]
    from_whom = tuple(Contributed(week, question, mentors, n) for week, (mentors, n) in contributed.items())
    (told,) = [one for one in made_of(*rows, contributed=from_whom).distributions if one.question == question]
    assert [count.choice for count in told.counts] == list(choices_of(GUIDE, question))
    for week in range(LAST + 1):
        mentors, answers = contributed.get(week, (0, 0))
        enough = mentors >= LEAST_MENTORS and answers >= LEAST_ANSWERS
        assert told.shown[week] is enough
        assert sum(count.weeks[week] for count in told.counts) == (answers if enough else 0)


def test_held_in_another_form_after_all_is_a_contact() -> None:
    """A missed meeting that took place in another way counts among the contacts, not among the agreed outcomes."""
    rows = (
        Tally(LAST, "outcome", Answer(value="did_not_come"), 3),
        Tally(LAST, "absence_decision", Answer(value="held_otherwise"), 1),
    )
    summary = made_of(*rows)
    assert (summary.contacts[LAST], summary.outcomes[0].now) == (1, 3)
    assert [(count.choice, count.now) for count in summary.absence.decisions] == [("held_otherwise", 1)]


def test_written_debriefs_and_mentors() -> None:
    """Mentors are those of the week itself."""
    counted = Counted(written=(Written(0, 5, 4), Written(LAST, 3, 2)))
    summary = summarise(FRAME, GUIDE, counted, Standing())
    assert (summary.debriefs, summary.mentors) == ((5, 0, 0, 0, 0, 0, 0, 3), 2)


def test_just_a_hard_visit_is_no_event() -> None:
    """Kinds and events leave it out; leaving because it was not safe is one, also without a kind."""
    counted = Counted(
        tough=(
            Tough(LAST, Answer(value="as_agreed"), several("just_hard"), several("nobody_yet"), 2, "a", True),
            Tough(LAST, Answer(value="left_for_safety"), None, several("lead", "police"), 1, "b"),
            Tough(LAST, Answer(value="acute"), several("threat", "violence"), several("nobody_yet"), 3, "a"),
            Tough(2, None, several("threat"), None, 3, "a"),
            Tough(2, None, several("threat"), None, 1, "c"),
        )
    )
    told = safety(GUIDE, counted, LAST + 1)
    assert told.events == (0, 0, 4, 0, 0, 0, 0, 4)
    assert {count.choice: count.weeks for count in told.kinds} == {
        "threat": (0, 0, 4, 0, 0, 0, 0, 3),
        "violence": (0, 0, 0, 0, 0, 0, 0, 3),
    }
    assert (told.spoken, told.alone) == (1, 3)


@pytest.mark.parametrize(
    ("rows", "shown"),
    [(((3, "a"),), False), (((1, "a"), (1, "b")), False), (((2, "a"), (1, "b")), True), (((9, "a"),), False)],
)
def test_kinds_are_told_only_of_enough_events_by_enough_mentors(rows: tuple[tuple[int, str], ...], shown: bool) -> None:
    """Of a single event, or of a single mentor's, the kind could be laid beside the name: only the number is told."""
    tough = [Tough(LAST, None, several("threat"), None, n, mentor) for n, mentor in rows]
    tough.append(Tough(LAST, None, several("just_hard"), None, 5, "c"))
    told = safety(GUIDE, Counted(tough=tuple(tough)), LAST + 1)
    assert told.events[LAST] == sum(n for n, _ in rows) and told.shown == (False,) * LAST + (shown,)
    assert [(count.choice, count.now) for count in told.kinds] == ([("threat", 3)] if shown else [])


def test_a_lead_who_was_called_before_anything_was_said_is_an_event() -> None:
    """The call stands for what was not answered yet; beside "just hard" it is none, and unsent it says nothing."""
    rows = (
        Tough(LAST, Answer(value="acute"), None, None, 1, "a", True),
        Tough(LAST, Answer(value="acute"), several("just_hard"), None, 1, "b", True),
    )
    assert safety(GUIDE, Counted(tough=rows), LAST + 1).events[LAST] == 1


def test_only_what_the_mentor_told_or_shared_is_named() -> None:
    """Names for those who told the lead or shared; kinds for those who shared just that."""

    def visit(
        mentor: str, reached: str, *shared: str, kind: str = "threat", marked: bool = False, called: bool = False
    ) -> ToughVisit:
        given = several(reached) if reached else None
        return ToughVisit(mentor, NOON, None, several(kind), given, frozenset(shared), marked, called=called)

    visits = (
        visit("Anna", "colleague"),
        visit("Bo", "lead"),
        visit("Clara", "tell_lead", marked=True, called=True),
        visit("David", "nobody_yet", "safety"),
        visit("Eva", "tell_lead", "safety_reached"),
        visit("Finn", "lead", "safety", kind="just_hard"),
        visit("Gry", "tell_lead"),
        visit("Hans", "", called=True),
        visit("Ida", "colleague", called=True),
    )
    told = safety(GUIDE, Counted(visits=visits), LAST + 1).known
    assert [(one.mentor, one.kinds, one.spoken) for one in told] == [
        ("Bo", (), True),
        ("Clara", (), True),
        ("David", ("threat",), False),
        ("Eva", (), False),
        ("Hans", (), False),
    ]


def test_what_an_answer_picked() -> None:
    """Choices, a step, minutes; nothing where nothing was said."""
    assert picked(several("a", "b", "a")) == ("a", "b")
    assert (picked(Answer(value=4)), picked(Answer(value="soon"))) == (("4",), ("soon",))
    assert picked(None) == picked(Answer()) == picked(Answer(value="soon", skipped=True)) == ()


def test_minutes_are_whole_numbers_only() -> None:
    """What is no number of minutes adds nothing."""
    rows = (Tally(0, "minutes_used", Answer(value=30), 2), Tally(0, "minutes_used", Answer(value="m30"), 5))
    assert Tallies(rows, 1).amount("minutes_used") == (60,)
