"""The story in the invented weeks: what a team lead recognises, and needs to see in the newest week.

Times are places in the calendar: the week (0 is the newest full one, -1 the one before), the working day in it, and the
hour on the wall clock. What lies before the first week is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.dialogue.events import Press
from bot.practice_sample_answers import Answering, travelled, unsafe, wishes
from bot.practice_sample_days import Days
from bot.practice_sample_deeds import (
    Again,
    Answers,
    Change,
    Deed,
    Moves,
    Share,
    Step,
    TakesUp,
    Visit,
    Who,
    Withdraw,
    Words,
)
from bot.practice_sample_texts import Texts

A_CALL: Moves = (Press.MORE, "call", "no_answer", "text", "sent", Press.DONE)
AT_THE_DOOR: Moves = (Press.MORE, "visit", "no_answer", "call", "no_answer", Press.DONE)


class Stage:
    """Collects the story's deeds of one team. ``cast``: its mentors; there may be fewer of them than the story has."""

    def __init__(self, days: Days, answering: Answering, texts: Texts, cast: tuple[Who, ...]) -> None:
        self.days, self.answering, self.texts, self._cast = days, answering, texts, cast
        self.deeds: list[Deed] = []
        self.claimed: set[tuple[Who, str, int]] = set()

    def mentor(self, number: int) -> Who:
        """The story's first, second, third or fourth mentor."""
        return self._cast[number % len(self._cast)]

    def at(self, week: int, day: int, clock: str) -> datetime:
        """That place in the calendar, in UTC."""
        hour, minute = map(int, clock.split("."))
        return self.days.at(self.days.day(week, day), hour, minute)

    def claim(self, number: int, citizen: str, weeks: Iterable[int]) -> None:
        """In these weeks nothing happens with the citizen but what the story tells."""
        self.claimed |= {(self.mentor(number), citizen, week) for week in weeks}

    def text(self, chapter: str, **parts: str) -> dict[str, Moves]:
        """Texts of a chapter, each as the answer to a question: ``question="part"``."""
        return {question: (self.texts.story(chapter, part), Press.KEEP) for question, part in parts.items()}

    def visit(
        self,
        where: tuple[int, int, str],
        number: int,
        citizen: str,
        outcome: str,
        answers: Answers | None = None,
        *steps: Step,
        full: bool = True,
        leaves: Iterable[str] = (),
        check_in: bool = False,
        key: str = "",
    ) -> None:
        """A debrief at this place; what ``answers`` do not say is made up, and nothing unsafe with it."""
        at, who = self.at(*where), self.mentor(number)
        self.days.take(who, at)
        self.claim(number, citizen, [where[0]])
        made = self.answering.debrief(outcome, self.days.mood(where[0]), at.weekday()) | {
            "toughness": (self.answering.pick({"1": 25, "2": 45, "3": 30}),)
        }
        found = made | dict(answers or {})
        self.deeds.append(
            Visit(at, who, citizen, full, found, steps, check_in=check_in, leaves=frozenset(leaves), key=key)
        )

    def taken_up(self, where: tuple[int, int, str], number: int, key: str, remark: str) -> None:
        """The lead takes a wish for supervision up."""
        text = self.texts.story("taken_up", remark).text
        self.deeds.append(TakesUp(self.at(*where), self.mentor(number), key, text))

    def again(self, where: tuple[int, int, str], number: int, key: str, *steps: Step) -> None:
        """Back to an earlier debrief."""
        self.deeds.append(Again(self.at(*where), self.mentor(number), key, steps))


def newest_week(stage: Stage) -> None:
    """Something of everything that the summary of a week is made of."""
    _meetings(stage)
    _hard_ones(stage)
    _absences(stage)


def _meetings(stage: Stage) -> None:
    text = stage.text
    housing = text("housing", what_happened="happened", opening_note="opening", agreements="agreements")
    focus = stage.texts.story("housing", "focus")
    stage.visit(
        (0, 0, "10.00"), 0, "B03", "as_agreed",
        housing | {"opening": ("took_it",), "contact_quality": ("good",), "participation": ("co_decided",)},
        travelled("m30"), wishes("next", focus), Share(),
        leaves=["task"],
    )  # fmt: skip
    stage.visit((0, 1, "13.20"), 0, "Stjerne", "by_phone", {"minutes_used": (Words("50 min"),)}, full=False)
    stage.visit((0, 2, "19.40"), 0, "Stjerne", "acute", {"adjusted": ("outside_hours",)}, full=False)
    stage.visit((0, 2, "09.00"), 0, "Havblik", "as_agreed", key="mended")
    stage.again((0, 2, "12.30"), 0, "mended", Change("outcome", {"outcome": ("by_phone",)}))
    treatment = text("treatment", what_happened="happened", opening_note="opening")
    stage.visit(
        (0, 1, "11.00"), 3, "Mælkebøtte", "moved_place",
        treatment | {"opening": ("took_it",), "adjusted": (Press.MORE, "place", "going_along", Press.DONE)},
        travelled("m60"),
    )  # fmt: skip
    stage.visit((0, 3, "12.20"), 2, "Bølge", "by_chance", full=False)
    stage.visit((0, 3, "15.10"), 1, "B29", "text_only", full=False)
    stage.visit((0, 1, "14.30"), 1, "B26", "short_meeting", {"next_contact": ("tomorrow",)}, leaves=["next_contact"])
    stage.visit((0, 0, "10.00"), 3, "B55", "cancelled_by_me", full=False)
    stage.visit((0, 3, "10.20"), 3, "B55", "as_agreed")
    stage.visit((0, 1, "09.00"), 3, "Vindmølle", "cancelled_by_citizen", {"absence_reason": ("ill",)}, full=False)
    stage.visit((0, 4, "10.00"), 3, "Vindmølle", "by_phone", full=False)


def _hard_ones(stage: Stage) -> None:
    text = stage.text
    crisis = text("crisis", what_happened="happened", opening_note="opening", mentor_note="note")
    stage.visit(
        (0, 1, "14.20"), 3, "B52", "acute",
        unsafe("suicide_risk", "tell_lead", "social_ambulance") | crisis | {"opening": ("took_it",)},
        Change("mentor_note", crisis),
        check_in=True,
    )  # fmt: skip
    stage.visit(
        (0, 2, "11.00"), 1, "B22", "left_for_safety", unsafe("threat", "lead"),
        Change("mentor_note", text("threat", mentor_note="note")), travelled("m45"),
        wishes("soon", stage.texts.story("threat", "focus")), Share(("mentor_note",)),
        full=False, check_in=True,
    )  # fmt: skip
    stage.visit((0, 4, "14.10"), 1, "B22", "by_phone", full=False)
    frail = unsafe("fear_life_health", "colleague", tough="4", moved="no") | text("frail", what_happened="happened")
    stage.visit(
        (0, 3, "09.10"), 2, "B41", "as_agreed", frail, wishes("next", stage.texts.story("frail", "focus")),
        leaves=["safety_lead"],
    )  # fmt: skip


def _absences(stage: Stage) -> None:
    text = stage.text
    stage.visit(
        (-1, 2, "10.40"), 0, "B12", "did_not_come",
        text("hearing", decision_basis="basis", absence_pressure="pressure") | {
            "reach_tried": A_CALL, "absence_decision": ("register",), "absence_reason": ("bad_way",),
            "hearing": ("knows_no_help", "d7"), "next_contact": ("in_a_week",),
        },
        Share(), leaves=["hearing"],
    )  # fmt: skip
    stage.visit((0, 0, "13.10"), 0, "B12", "as_agreed", full=False)
    stage.visit(
        (0, 0, "13.20"), 1, "Birk", "did_not_come",
        {"reach_tried": A_CALL, "absence_decision": ("wait",), "absence_reason": ("nothing_yet",)},
        full=False, leaves=["decide"],
    )  # fmt: skip
    stage.visit((0, 3, "10.30"), 1, "Birk", "by_phone")
    no_show = text("no_show", absence_guess="guess", decision_basis="basis", absence_pressure="pressure")
    stage.visit(
        (0, 1, "09.40"), 2, "Anker", "did_not_open",
        no_show | {
            "reach_tried": AT_THE_DOOR, "absence_decision": ("register",), "absence_reason": ("nothing_yet",),
            "hearing": ("not_yet",),
        },
        leaves=["hearing"],
    )  # fmt: skip
    stage.visit(
        (0, 3, "10.00"), 0, "B07", "did_not_come",
        {
            "reach_tried": A_CALL, "absence_decision": ("already_registered",),
            "absence_reason": ("forgot_overslept",), "hearing": ("knows_has_help", "d7"),
        },
    )  # fmt: skip
    stage.visit(
        (0, 4, "11.00"), 1, "Kompas", "did_not_come",
        {"reach_tried": ("call",), "absence_decision": ("lead_first",), "absence_reason": ("nothing_yet",)},
        full=False, leaves=["talk_with_lead"],
    )  # fmt: skip
    stage.visit(
        (0, 4, "13.00"), 2, "Kajak", "did_not_come",
        {
            "reach_tried": ("call",), "absence_decision": ("known_ground",),
            "absence_reason": ("no_phone_power_transport",),
        },
        full=False, leaves=["tell_caseworker"],
    )  # fmt: skip


def earlier_weeks(stage: Stage) -> None:
    """A threat about the benefit; and before it the hard week, with a threat and a worry about a suicide."""
    text = stage.text
    stage.visit(
        (-1, 3, "11.10"), 3, "B58", "as_agreed",
        unsafe("threat_benefit", "colleague", "lead", tough="4", moved="no")
        | text("benefit_threat", what_happened="happened"),
        Share(("what_happened",)), key="taken_back",
    )  # fmt: skip
    stage.again((0, 0, "15.20"), 3, "taken_back", Withdraw())
    stage.visit(
        (-2, 1, "10.20"), 2, "B44", "left_for_safety",
        unsafe("threat", "lead", "police") | text("hard_threat", what_happened="happened"),
        wishes("soon", stage.texts.story("threat", "focus")), Share(),
        check_in=True, key="talked_over",
    )  # fmt: skip
    stage.visit(
        (-2, 3, "08.50"), 3, "B55", "acute",
        unsafe("suicide_risk", "emergency_112", "lead")
        | text("hard_suicide", what_happened="happened", mentor_note="note"),
        check_in=True,
    )  # fmt: skip
    stage.taken_up((-1, 1, "13.30"), 2, "talked_over", "threat")
    stage.visit(
        (-6, 2, "11.10"), 1, "Solsort", "as_agreed", None, wishes("next", stage.texts.of("supervision_focus")), Share(),
        key="old_wish",
    )  # fmt: skip
    stage.taken_up((-5, 2, "13.10"), 1, "old_wish", "next")
