"""The guide "Efter mødet" as shipped: every question of the practice it serves, worded in both languages."""

from __future__ import annotations

import pytest

from bot.dialogue.conditions import Value
from bot.dialogue.guide import Ask, Choice, Companion, Guide, Kind, Visibility
from prompts import load_guide
from prompts.check import check

# id, kind, when it is asked, visibility: one row for each question a debrief after a visit can ask, in order.
ROWS = """
citizen           citizen short   L
outcome           one     short   L
contact_when      when    receipt L
minutes_used      minutes short   L
minutes_travel    minutes offer   L
toughness         scale   short   P
safe_now          one     short   P
safety            many    short   S
safety_reached    many    short   S
next_moved        one     short   P
what_happened     text    full    P
contact_quality   one     full    A
goal_agreement    scale   full    A
task_agreement    scale   full    A
whose_meaning     one     full    A
citizen_wanted    text    full    P
relation_note     text    full    P
adjusted          many    short   A
who_decided       one     full    A
opening           one     full    A
opening_note      text    full    P
time_enough       one     full    A
reach_tried       many    short   L
other_form        one     full    L
absence_decision  one     short   L
absence_reason    many    short   L
absence_guess     text    full    P
decision_basis    text    full    S
absence_pressure  text    full    P
hearing           one     full    S
participation     one     full    A
mentor_note       text    full    P
distance          text    full    P
supervision       one     receipt S
supervision_focus text    full    S
agreements        text    full    L
next_contact      when    short   L
"""
GROUPS = {
    "held": "as_agreed moved_time moved_place by_phone short_meeting acute by_chance text_only",
    "missed": "did_not_come did_not_open",
    "notified": "cancelled_by_citizen",
    "mine": "cancelled_by_me",
    "unsafe": "left_for_safety",
}
CODES = {
    "outcome": "flexibility.form",
    "toughness": "mentor.strain",
    "safe_now": "mentor.safety",
    "safety": "mentor.safety",
    "safety_reached": "mentor.safety",
    "contact_quality": "relation.affective",
    "goal_agreement": "relation.cognitive",
    "task_agreement": "relation.cognitive",
    "whose_meaning": "relation.meaning",
    "citizen_wanted": "relation.meaning participation",
    "relation_note": "relation",
    "adjusted": "flexibility",
    "who_decided": "flexibility.time participation",
    "opening": "flexibility.seizing",
    "opening_note": "flexibility.seizing",
    "time_enough": "flexibility.time",
    "reach_tried": "absence.reach",
    "other_form": "flexibility.form",
    "absence_decision": "absence.decision",
    "absence_reason": "absence.ground",
    "absence_guess": "absence.ground",
    "decision_basis": "absence.promotes",
    "absence_pressure": "absence.crosspressure",
    "hearing": "absence.voice",
    "participation": "participation",
    "mentor_note": "mentor.reaction",
    "distance": "mentor.distance",
    "supervision": "mentor.supervision",
    "supervision_focus": "mentor.supervision",
    "agreements": "relation.cognitive",
}
FOLLOW_UPS = {
    ("absence_decision", "register"): "record_entry",
    ("absence_decision", "wait"): "decide",
    ("absence_decision", "known_ground"): "tell_caseworker",
    ("absence_decision", "lead_first"): "talk_with_lead",
    ("next_moved", "yes"): "move_appointment",
}


@pytest.fixture(scope="module")
def guide() -> Guide:
    """The shipped guide."""
    return load_guide().guide


def test_nothing_is_wrong_with_what_is_shipped() -> None:
    """The shipped guides, wording, templates and law references have no mistakes."""
    assert [str(mistake) for mistake in check()] == []


def test_every_question_is_there_in_order(guide: Guide) -> None:
    """Each row of the practice's table is a question with that kind, length and visibility, in that order."""
    rows = [tuple(line.split()) for line in ROWS.strip().splitlines()]
    asked = [(q.id, q.kind.value, q.ask.value, q.visibility.value) for q in guide]
    assert asked == rows


def test_outcomes_have_their_classes(guide: Guide) -> None:
    """Every outcome belongs to the class that decides what is asked next."""
    assert guide.groups == {name: frozenset(ids.split()) for name, ids in GROUPS.items()}


def test_questions_carry_their_codes(guide: Guide) -> None:
    """The codes that a later analysis starts from are on the questions; the open ones have none."""
    assert {q.id: " ".join(q.codes) for q in guide if q.codes} == CODES


def test_adjustments_are_coded_one_by_one(guide: Guide) -> None:
    """Every kind of flexibility shown has its own code, "nothing" has none."""
    without = [choice.id for choice in guide["adjusted"].choices if not choice.codes]
    assert without == ["nothing"]


def test_what_is_left_to_do_follows_from_the_decision(guide: Guide) -> None:
    """Decisions that leave something to do leave the right follow-up, and no other choice leaves one."""
    left = {(q.id, c.id): c.follow_up for q in guide for c in q.choices if c.follow_up}
    assert left == FOLLOW_UPS
    assert {q.id: q.follow_up for q in guide if q.follow_up} == {
        "hearing": "hearing",
        "agreements": "task",
        "next_contact": "next_contact",
    }


def test_registering_is_neither_easier_nor_harder_than_waiting(guide: Guide) -> None:
    """No decision about an absence needs typing or another tap on the short path: a date is assumed."""
    for choice in guide["absence_decision"].choices:
        assert choice.companion is None or choice.assume_days is not None


def test_cancelled_by_me_never_asks_about_absence(guide: Guide) -> None:
    """When the mentor cancelled, no question about absence opens."""
    values: dict[str, Value] = {
        **guide.groups,
        "outcome": "cancelled_by_me",
        "full": True,
        "tough": False,
        "happened": False,
    }
    asked = [q.id for q in guide if q.when(values)]
    assert not {"reach_tried", "absence_decision", "absence_reason", "absence_guess", "hearing"} & set(asked)
    assert "minutes_used" in asked


@pytest.mark.parametrize(
    "values",
    [{"toughness": 4}, {"toughness": 5}, {"outcome": "left_for_safety"}, {"happened": True}],
    ids=str,
)
def test_a_tough_visit_opens_the_tough_steps(guide: Guide, values: dict[str, str | int | bool]) -> None:
    """4 or 5, having left for safety, or the button: each opens the steps."""
    assert guide.tough.when({**guide.groups, **values})
    assert guide.tough.questions == ("safe_now", "safety", "safety_reached", "next_moved")


def test_an_ordinary_visit_does_not(guide: Guide) -> None:
    """3 on the scale and a meeting as agreed open nothing."""
    assert not guide.tough.when({**guide.groups, "toughness": 3, "outcome": "as_agreed", "happened": False})


def test_the_lead_is_told_by_one_choice_only(guide: Guide) -> None:
    """Exactly one choice tells the team lead, and it says so by its id."""
    assert [(q.id, c.id) for q in guide for c in q.choices if c.tells_lead] == [("safety_reached", "tell_lead")]


def test_one_tap_is_enough_where_the_short_path_counts_on_it(guide: Guide) -> None:
    """The questions with several answers on the short path go on at the first tap."""
    assert [q.id for q in guide if q.first_tap_goes_on] == ["adjusted", "reach_tried", "absence_reason"]
    assert guide["reach_tried"].results[0].id == "no_answer"


def test_what_the_receipt_assumes(guide: Guide) -> None:
    """Now, no supervision, and a quarter of an hour for a visit nobody opened."""
    assumed = {q.id: q.assume.value for q in guide if q.assume}
    assert assumed == {"contact_when": "now", "minutes_used": 15, "supervision": "no"}
    missed: dict[str, Value] = {**guide.groups, "outcome": "did_not_open"}
    assume = guide["minutes_used"].assume
    assert assume is not None
    assert assume.when(missed)
    assert not guide["minutes_used"].when(missed)


def test_days_of_the_chips(guide: Guide) -> None:
    """The chips for days mean what they say."""

    def days(question_id: str) -> dict[str, int | None]:
        return {choice.id: choice.value for choice in guide[question_id].choices}

    assert days("next_contact") == {"tomorrow": 1, "in_3_days": 3, "in_a_week": 7, "date": None, "no": None}
    assert days("contact_when") == {"now": 0, "earlier_today": 0, "yesterday": -1, "date": None}
    dates: list[Choice | None] = [guide[name].choice("date") for name in ("next_contact", "contact_when")]
    assert all(choice is not None and choice.companion is Companion.DATE for choice in dates)


def test_minutes_have_chips_for_the_thumb(guide: Guide) -> None:
    """Time and travel can be answered without typing."""
    for name in ("minutes_used", "minutes_travel"):
        assert [choice.value for choice in guide[name].choices] == [15, 30, 45, 60, 90, 120]


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_button_and_question_is_worded(language: str) -> None:
    """Every question, choice, result and date has words in both languages."""
    loaded = load_guide()
    words = loaded.wording[language]
    for question in loaded.guide:
        said = words.question(question.id)
        assert said.ask and said.short
        assert all(words.choice(question.id, choice.id) for choice in question.choices)
        assert all(words.result(question.id, result.id) for result in question.results)
        assert all(words.date(question.id, choice.id) for choice in question.choices if choice.companion)
        if question.kind is Kind.SCALE:
            assert all(words.step(question.id, step) for step in range(1, 6))


@pytest.mark.parametrize(("language", "reminder"), [("da", "CPR"), ("en", "CPR")])
def test_where_words_are_typed_the_mentor_is_reminded(language: str, reminder: str) -> None:
    """Every question that takes free text says that names, CPR numbers and addresses stay out."""
    loaded = load_guide()
    for question in loaded.guide:
        if question.kind is Kind.TEXT or question.typed:
            assert reminder in (loaded.wording[language].question(question.id).help or ""), question.id


def test_the_field_s_own_words(guide: Guide) -> None:
    """The wording says "borgeren", never "klienten"."""
    assert "klient" not in load_guide().to_json().lower()
    assert guide[guide.questions[0].id].visibility is Visibility.LOG
    assert {q.ask for q in guide} == set(Ask)
