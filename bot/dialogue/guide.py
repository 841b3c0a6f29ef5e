"""What a guide is: its questions, choices and branches, without a word of wording.

The wording lives beside it, one file a language, and is never needed to decide what comes next.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from bot.dialogue.conditions import ALWAYS, NEVER, Condition


class Kind(StrEnum):
    """How a question is answered."""

    ONE = "one"
    MANY = "many"
    SCALE = "scale"  # 1–5 with worded ends
    TEXT = "text"
    CITIZEN = "citizen"
    WHEN = "when"
    MINUTES = "minutes"


class Visibility(StrEnum):
    """Who may see an answer: private unless shared, for supervision, in aggregates only, contact and absence log."""

    PRIVATE = "P"
    SUPERVISION = "S"
    AGGREGATE = "A"
    LOG = "L"


class Length(StrEnum):
    """The two lengths of a debrief."""

    SHORT = "short"
    FULL = "full"


class Ask(StrEnum):
    """When a question is asked: in both lengths, only in the full one, assumed on the receipt of the short one
    (and asked in the full one), or only when the mentor picks it on the receipt."""

    SHORT = "short"
    FULL = "full"
    RECEIPT = "receipt"
    OFFER = "offer"


class Companion(StrEnum):
    """What a choice needs beside it: a date (asked in the full length, assumed and changeable in the short one)."""

    DATE = "date"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option. ``group`` is its class (``held``, ``missed`` …); ``exclusive`` ones stand alone in a ``many``;
    ``value`` is what a chip stands for: minutes for ``minutes``, days ahead (negative: back) for ``when``;
    ``companion`` is a date that belongs to it, assumed to be ``assume_days`` working days ahead;
    ``tells_lead``: picking it tells the team lead at once; ``follow_up``: the kind of follow-up it leaves."""

    id: str
    group: str | None = None
    exclusive: bool = False
    value: int | None = None
    companion: Companion | None = None
    assume_days: int | None = None
    tells_lead: bool = False
    follow_up: str | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assume:
    """What the receipt takes for granted when ``when`` holds: a choice id, a number of minutes, or ``now``."""

    value: str | int
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the guide. ``id`` never changes: coding depends on it.

    ``when``: asked only if it holds. ``offer``: may be picked on the receipt if it holds.
    ``typed``: words may be added (``many`` + text). ``results``: each picked choice gets one of these results and a
    time (contact attempts). ``follow_up``: the kind of follow-up its answer leaves.
    """

    id: str
    kind: Kind
    visibility: Visibility
    ask: Ask = Ask.FULL
    when: Condition = ALWAYS
    offer: Condition = NEVER
    assume: Assume | None = None
    choices: tuple[Choice, ...] = ()
    results: tuple[Choice, ...] = ()
    typed: bool = False
    first_tap_goes_on: bool = False
    follow_up: str | None = None
    codes: tuple[str, ...] = ()

    def choice(self, choice_id: str) -> Choice | None:
        """The option with this id, or None."""
        return next((choice for choice in self.choices if choice.id == choice_id), None)

    @property
    def takes_text(self) -> bool:
        """Whether a typed message can answer it."""
        return self.typed or self.kind in (Kind.TEXT, Kind.CITIZEN, Kind.WHEN, Kind.MINUTES)


@dataclass(frozen=True, slots=True)
class Tough:
    """The tough-visit steps: they come right after what triggered them, then the rest waits for the mentor."""

    when: Condition = NEVER
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guide:
    """A whole guide, checked when loaded. ``hash`` covers logic and wording (SHA-256, hex)."""

    id: str
    version: int
    hash: str
    questions: tuple[Question, ...]
    tough: Tough = field(default_factory=Tough)

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """Question id → question."""
        return {question.id: question for question in self.questions}

    @cached_property
    def asked_about(self) -> tuple[str, ...]:
        """The questions that conditions read, in the guide's order."""
        assumed = (question.assume.when for question in self.questions if question.assume)
        conditions = (self.tough.when, *assumed, *(c for q in self.questions for c in (q.when, q.offer)))
        names = {name for condition in conditions for name in condition.names}
        return tuple(question.id for question in self.questions if question.id in names)

    @cached_property
    def memory(self) -> dict[Hashable, Any]:
        """What was worked out of this guide before; only ``plan`` writes here."""
        return {}

    @cached_property
    def groups(self) -> Mapping[str, frozenset[str]]:
        """Class name → ids of the choices in it (``held`` → as_agreed, moved_time …)."""
        found: dict[str, set[str]] = {}
        for question in self.questions:
            for choice in question.choices:
                if choice.group:
                    found.setdefault(choice.group, set()).add(choice.id)
        return {name: frozenset(ids) for name, ids in found.items()}

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    def __getitem__(self, question_id: str) -> Question:
        return self.by_id[question_id]
