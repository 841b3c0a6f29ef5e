"""Conditions: can they be read, do the names and answers in them exist, and can they ever be true?"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from bot.dialogue.conditions import Condition, ConditionError, read_condition
from bot.dialogue.guide import Ask, Kind
from prompts.checks.draft import DraftGuide
from prompts.checks.reach import Reach, Spot
from prompts.mistakes import Mistake
from prompts.yamlfile import Place

FLAGS = {"full", "short", "happened"}
TOUGH = "tough"
ANSWERED_WITH_CHOICES = {Kind.ONE, Kind.MANY, Kind.WHEN}


@dataclass(frozen=True, slots=True)
class Written:
    """A condition where it stands. ``owner``: its question, "" for the tough block; ``part``: when, offer, assume."""

    place: Place
    owner: str
    part: str
    condition: Condition


def check_conditions(draft: DraftGuide) -> list[Mistake]:
    """Everything wrong with the guide's conditions."""
    written, mistakes = _read(draft)
    names = _Names(draft)
    wrong: set[Place] = set()
    for item in written:
        found = [*names.check(item), *_order(draft, item, written)]
        mistakes += [draft.document.mistake(item.place, problem, remedy) for problem, remedy in found]
        if found:
            wrong.add(item.place)
    return mistakes + _unreachable(draft, written, wrong)


def _read(draft: DraftGuide) -> tuple[list[Written], list[Mistake]]:
    sources: list[tuple[Place, str, str, str]] = [(("tough", "when"), "", "when", draft.tough.when)]
    for question in draft.questions:
        source, place = question.source, question.place
        sources += [
            ((*place, "when"), source.id, "when", source.when),
            ((*place, "offer"), source.id, "offer", source.offer),
        ]
        if source.assume is not None:
            sources.append(((*place, "assume", "when"), source.id, "assume", source.assume.when))
    written: list[Written] = []
    mistakes: list[Mistake] = []
    for place, owner, part, text in sources:
        try:
            written.append(Written(place, owner, part, read_condition(text)))
        except ConditionError as error:
            mistakes.append(draft.document.mistake(place, f"'{text}' is not a condition", str(error)))
    return written, mistakes


class _Names:
    """What a condition may name."""

    def __init__(self, draft: DraftGuide) -> None:
        self.questions = {question.id: question for question in draft.questions}
        self.groups: dict[str, set[str]] = {}
        for question in draft.questions:
            for choice in question.source.choices:
                if choice.group:
                    self.groups.setdefault(choice.group, set()).add(question.id)
        self.known = {*self.questions, *self.groups, *FLAGS, TOUGH}

    def check(self, item: Written) -> Iterable[tuple[str, str]]:
        """Problems and remedies."""
        for name in sorted(item.condition.names - self.known):
            close = difflib.get_close_matches(name, self.known, n=1)
            hint = (
                f"write '{close[0]}'"
                if close
                else "write the id of an earlier question, a group, or full, short, tough"
            )
            yield f"nothing here is called '{name}'", hint
        for name, text in sorted(item.condition.comparisons):
            yield from self._answer(name, text)
        for node in ast.walk(item.condition.tree):
            if isinstance(node, ast.Compare):
                yield from self._group(node)

    def _answer(self, name: str, text: str) -> Iterable[tuple[str, str]]:
        question = self.questions.get(name)
        if question is None:
            if name in self.known:
                yield f"'{name}' is not a question and never equals '{text}'", "compare the question itself"
            return
        if question.broken & {"choices", "kind"}:
            return
        ids = [choice.id for choice in question.source.choices]
        if question.source.kind not in ANSWERED_WITH_CHOICES:
            yield f"'{name}' (kind {question.source.kind}) is never '{text}'", "compare it with a number, or remove it"
        elif text not in ids:
            close = difflib.get_close_matches(text, ids, n=1)
            yield (
                f"'{name}' has no choice '{text}'",
                f"write '{close[0]}'" if close else f"write one of: {', '.join(ids)}",
            )

    def _group(self, node: ast.Compare) -> Iterable[tuple[str, str]]:
        left, right = node.left, node.comparators[0]
        if not isinstance(right, ast.Name) or right.id not in self.groups:
            return
        owners = " or ".join(sorted(self.groups[right.id]))
        if not isinstance(node.ops[0], ast.In | ast.NotIn):
            yield f"'{right.id}' is a group, not an answer", f"write '{owners} in {right.id}'"
        elif isinstance(left, ast.Name) and left.id not in self.groups[right.id]:
            yield f"'{left.id}' has no choice in the group '{right.id}'", f"write '{owners} in {right.id}'"


def _order(draft: DraftGuide, item: Written, written: list[Written]) -> Iterable[tuple[str, str]]:
    names = set(item.condition.names)
    if TOUGH in names:
        if not item.owner:
            yield "the tough block depends on itself", "name the questions that open it"
        tough = next((other.condition.names for other in written if not other.owner), frozenset())
        names |= tough - {TOUGH}
    if not item.owner:
        for name in sorted(names & set(draft.tough.questions)):
            yield f"'{name}' is itself asked in the tough block", "name only questions that come before it"
        return
    place = draft.ids.index(item.owner)
    for name in sorted(names & set(draft.ids)):
        if name == item.owner:
            yield "the question depends on its own answer", "name only earlier questions"
        # An offer is made on the receipt, when all of them have been asked.
        elif item.part != "offer" and draft.ids.index(name) > place:
            yield (
                f"it depends on '{name}', which comes later, so it can never be reached by then",
                "move the question, or name an earlier one",
            )


def _unreachable(draft: DraftGuide, written: list[Written], wrong: set[Place]) -> list[Mistake]:
    at = {(item.owner, item.part): item.condition for item in written}
    spots = {
        question.id: Spot(question.source, *(at.get((question.id, part)) for part in ("when", "offer", "assume")))
        for question in draft.questions
    }
    reach = Reach(spots, at.get(("", "when")))
    found = []
    for item in written:
        ask = spots[item.owner].source.ask if item.owner else None
        if item.place in wrong or _shut_on_purpose(item, ask):
            continue
        if reach.possible(item.condition, item.owner, full_only=ask is Ask.FULL and item.part == "when"):
            continue
        problem = "this condition can never be true"
        if item.part == "when" and item.owner:
            problem = f"the question '{item.owner}' can never be reached: its condition is never true"
        found.append(draft.document.mistake(item.place, problem, "correct the condition, or remove the question"))
    return found


def _shut_on_purpose(item: Written, ask: Ask | None) -> bool:
    # "Never offered" and "no tough block" are the defaults; a question that is only offered needs no `when`.
    if item.part == "when" and item.owner:
        return ask is Ask.OFFER
    return item.part != "assume" and item.condition.source == "False"
