"""Invented answers to the guide's questions: what a debrief of a usual, a quiet or a hard week may say."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from bot.dialogue.events import Press
from bot.practice_sample_days import Mood
from bot.practice_sample_deeds import Answers, Change, Moves, Step, Words
from bot.practice_sample_texts import Texts

Weights = Mapping[str, int]

OUTCOMES: Mapping[Mood, Weights] = {
    Mood.USUAL: {
        "as_agreed": 46, "moved_time": 8, "moved_place": 7, "by_phone": 8, "short_meeting": 5, "acute": 4,
        "by_chance": 2, "text_only": 3, "did_not_come": 6, "did_not_open": 3, "cancelled_by_citizen": 6,
        "cancelled_by_me": 2,
    },
    Mood.QUIET: {"as_agreed": 30, "by_phone": 40, "text_only": 20, "cancelled_by_citizen": 10},
    Mood.HARD: {
        "as_agreed": 32, "moved_time": 8, "moved_place": 5, "by_phone": 10, "short_meeting": 12, "acute": 12,
        "did_not_come": 10, "did_not_open": 6, "cancelled_by_citizen": 5,
    },
}  # fmt: skip
MISSED = frozenset({"did_not_come", "did_not_open"})
NOT_HELD = MISSED | {"cancelled_by_citizen", "cancelled_by_me", "left_for_safety"}

_ONE: Mapping[str, tuple[Weights, Weights]] = {  # in other weeks, in a hard one
    "toughness": ({"1": 30, "2": 38, "3": 24, "4": 7, "5": 1}, {"1": 12, "2": 25, "3": 35, "4": 20, "5": 8}),
    "contact_quality": (
        {"trusting": 22, "good": 42, "mixed": 22, "distant": 9, "tense": 5},
        {"trusting": 10, "good": 25, "mixed": 32, "distant": 15, "tense": 18},
    ),
    "goal_agreement": ({"2": 8, "3": 27, "4": 40, "5": 25}, {"1": 8, "2": 22, "3": 35, "4": 25, "5": 10}),
    "task_agreement": ({"2": 12, "3": 25, "4": 38, "5": 25}, {"1": 12, "2": 23, "3": 35, "4": 22, "5": 8}),
    "whose_meaning": (
        {"citizen": 36, "both": 40, "order": 17, "neither": 7},
        {"citizen": 40, "both": 22, "order": 20, "neither": 18},
    ),
    "who_decided": (
        {"citizen": 24, "together": 46, "me": 18, "system": 12},
        {"citizen": 20, "together": 30, "me": 26, "system": 24},
    ),
    "opening": ({"took_it": 20, "saw_it": 14, "none": 66}, {"took_it": 10, "saw_it": 24, "none": 66}),
    "time_enough": (
        {"yes": 58, "a_little_short": 29, "far_short": 13},
        {"yes": 30, "a_little_short": 40, "far_short": 30},
    ),
    "participation": (
        {"decided": 18, "co_decided": 38, "heard": 27, "informed": 12, "not_involved": 5},
        {"decided": 8, "co_decided": 26, "heard": 32, "informed": 22, "not_involved": 12},
    ),
}
_MINUTES: Mapping[str, Weights] = {
    "by_phone": {"m15": 50, "m30": 50},
    "text_only": {"m15": 100},
    "short_meeting": {"m15": 40, "m30": 60},
    "by_chance": {"m15": 70, "m30": 30},
    "cancelled_by_me": {"m15": 100},
}
_MEETING: Weights = {"m30": 18, "m45": 24, "m60": 36, "m90": 16, "m120": 6}
_ALSO = {  # what the outcome itself says was adjusted
    "moved_time": "time", "moved_place": "place", "by_phone": "form", "text_only": "form", "short_meeting": "length",
    "acute": "outside_hours",
}  # fmt: skip
_MORE: Weights = {
    "time": 18, "place": 16, "form": 8, "length": 10, "order": 10, "language": 8, "practical": 18, "going_along": 14,
}  # fmt: skip
_NEXT: Weights = {"in_a_week": 55, "in_3_days": 25, "tomorrow": 6, "no": 14}
_DAYS_AHEAD = {"in_3_days": 3, "tomorrow": 1, "d3": 3}
_WEEKEND = (5, 6)
_DECIDED: Weights = {
    "register": 22, "held_otherwise": 10, "ill_or_cancelled": 14, "known_ground": 12, "wait": 26, "lead_first": 6,
    "already_registered": 10,
}  # fmt: skip
_REASON: Weights = {
    "nothing_yet": 40, "forgot_overslept": 20, "bad_way": 20, "no_phone_power_transport": 15, "does_not_want_to": 5,
}  # fmt: skip
_TEXTS = {  # how often somebody who takes their time writes it, in percent
    "what_happened": 60, "citizen_wanted": 55, "relation_note": 35, "opening_note": 80, "mentor_note": 40,
    "distance": 20, "agreements": 45, "absence_guess": 50, "decision_basis": 50, "absence_pressure": 45,
}  # fmt: skip
_ON_THE_ROAD = frozenset({"as_agreed", "moved_time", "moved_place", "short_meeting", "acute", "did_not_open"})


class Answering:
    """Makes up whole debriefs; the same ``random`` makes the same ones."""

    def __init__(self, random: Random, texts: Texts) -> None:
        self._random, self._texts = random, texts

    def pick(self, weights: Weights) -> str:
        """One of these, as likely as its weight."""
        return self._random.choices(list(weights), list(weights.values()))[0]

    def debrief(self, outcome: str, mood: Mood, weekday: int) -> dict[str, Moves]:
        """Answers to everything that may be asked in either length; ``weekday``: today's, Monday is 0."""
        hard = mood is Mood.HARD
        found: dict[str, Moves] = {q: (self.pick(both[hard]),) for q, both in _ONE.items()}
        found |= self._tough(hard)
        found["outcome"] = (outcome,)
        found["contact_when"] = ("now",)
        found["minutes_used"] = (self.pick(_MINUTES.get(outcome, _MEETING)),)
        found["adjusted"] = self._adjusted(outcome)
        found["next_contact"] = (self._next(weekday),)
        found["supervision"] = ("no",)
        found |= self._absence(outcome, "d7" if self._is_free(weekday, "d3") else "d3")
        found |= {q: self.text(q) for q, often in _TEXTS.items() if self._random.randrange(100) < often}
        return found

    def text(self, question: str) -> Moves:
        """Something typed, and on."""
        return (self._texts.of(question), Press.KEEP)

    def _next(self, weekday: int) -> str:
        """When to meet next, not at a weekend."""
        return self.pick({chip: weight for chip, weight in _NEXT.items() if not self._is_free(weekday, chip)})

    @staticmethod
    def _is_free(weekday: int, chip: str) -> bool:
        """Whether so many days ahead is a weekend."""
        return chip in _DAYS_AHEAD and (weekday + _DAYS_AHEAD[chip]) % 7 in _WEEKEND

    def _tough(self, hard: bool) -> Answers:
        """Hard to be in, and nothing unsafe: what is unsafe is told by the story, not by chance."""
        reached = self.pick({"nobody_yet": 40, "colleague": 40, "lead": 20 if hard else 10})
        return {
            "safe_now": ("yes",),
            "safety": ("just_hard",),
            "safety_reached": (reached, Press.DONE),
            "next_moved": (self.pick({"no": 60, "none_today": 40}),),
        }

    def _adjusted(self, outcome: str) -> Moves:
        own = _ALSO.get(outcome)
        if own is None and self._random.randrange(100) < 30:
            return ("nothing",)
        picks = dict.fromkeys([*([own] if own else []), self.pick(_MORE)])
        if len(picks) == 1 or self._random.randrange(100) < 50:
            return (next(iter(picks)),)
        return (Press.MORE, *picks, Press.DONE)

    def _absence(self, outcome: str, decides: str) -> Answers:
        if outcome == "cancelled_by_citizen":
            return {"absence_reason": (self.pick({"ill": 45, "other_appointment": 35, "bad_way": 20}),)}
        tried: Moves = (Press.MORE, "call", "no_answer", "text", "sent", Press.DONE)
        if outcome == "did_not_open":
            tried = (Press.MORE, "visit", "no_answer", "call", "no_answer", Press.DONE)
        reason: Moves = (self.pick(_REASON),)
        if self._random.randrange(100) < 15:
            reason = self.text("reason_words")
        return {
            "reach_tried": tried if self._random.randrange(100) < 65 else ("call",),
            "other_form": (self.pick({"later_today": 20, "tomorrow": 30, "by_phone": 30, "not_now": 20}),),
            "absence_decision": (self.pick(_DECIDED), decides),
            "absence_reason": reason,
            "hearing": (self.pick({"not_yet": 50, "unsure": 30, "knows_has_help": 20}), "d7"),
        }

    def on_the_road(self, outcome: str) -> tuple[Step, ...]:
        """How long the way was, now and then, where there was one."""
        if outcome not in _ON_THE_ROAD or self._random.randrange(100) >= 55:
            return ()
        return (travelled(self.pick({"m15": 25, "m30": 45, "m45": 20, "m60": 10})),)


def travelled(chip: str) -> Change:
    """The way there and back, as said on the receipt."""
    return Change("minutes_travel", {"minutes_travel": (chip,)})


def wishes(how: str, focus: Words) -> Change:
    """Bring it to supervision ("next" or "soon"), with what the mentor wants help with, as said on the receipt."""
    return Change("supervision", {"supervision": (how,), "supervision_focus": (focus, Press.KEEP)})


def unsafe(kind: str, *reached: str, tough: str = "5", moved: str = "yes") -> dict[str, Moves]:
    """The tough-visit steps after something unsafe. ``reached``: whom the mentor got hold of."""
    return {
        "toughness": (tough,),
        "safe_now": ("yes",),
        "safety": (kind, Press.DONE),
        "safety_reached": (*reached, Press.DONE),
        "next_moved": (moved,),
    }
