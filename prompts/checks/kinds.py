"""Does every question have what its kind needs, and nothing its kind cannot use?"""

from __future__ import annotations

from collections.abc import Iterable

from bot.dialogue.guide import Ask, Kind
from prompts.checks.draft import DraftGuide, DraftQuestion
from prompts.mistakes import Mistake
from prompts.schema import ChoiceSource
from prompts.yamlfile import Place

WITH_CHOICES = {Kind.ONE, Kind.MANY, Kind.WHEN, Kind.MINUTES}
LONGEST_MINUTES = 24 * 60
# Which kinds may carry which setting, and what to do if another one does.
SETTINGS: tuple[tuple[str, frozenset[Kind]], ...] = (
    ("results", frozenset({Kind.MANY})),
    ("typed", frozenset({Kind.MANY})),
    ("first_tap_goes_on", frozenset({Kind.MANY})),
    ("choices", frozenset(WITH_CHOICES)),
)
CHOICE_SETTINGS: tuple[tuple[str, frozenset[Kind]], ...] = (
    ("exclusive", frozenset({Kind.MANY})),
    ("group", frozenset({Kind.ONE})),
    ("value", frozenset({Kind.WHEN, Kind.MINUTES})),
    ("companion", frozenset({Kind.ONE, Kind.WHEN})),
    ("tells_lead", frozenset({Kind.ONE, Kind.MANY})),
)
Finding = tuple[Place, str, str]


def check_kinds(draft: DraftGuide) -> list[Mistake]:
    """All questions whose settings do not go with their kind."""
    return [
        draft.document.mistake(place, problem, remedy)
        for question in draft.questions
        if "kind" not in question.broken
        for place, problem, remedy in _question(question)
    ]


def _question(question: DraftQuestion) -> Iterable[Finding]:
    source, place = question.source, question.place
    kind = source.kind
    for name, kinds in SETTINGS:
        if getattr(source, name) and kind not in kinds:
            yield (*place, name), f"'{name}' does nothing for kind {kind}", f"remove it, or use kind {_either(kinds)}"
    if kind in (Kind.ONE, Kind.MANY) and "choices" not in question.broken and len(source.choices) < 2:
        yield place, f"kind {kind} needs at least two choices", "add them under 'choices'"
    for part in ("choices", "results"):
        yield from _twice(question.options(part))
    for where, choice in question.options("choices"):
        yield from _choice(question, where, choice)
    for where, result in question.options("results"):
        if result.model_dump(exclude_defaults=True, exclude={"id", "codes"}):
            yield where, "a result has an id and codes only", "remove the rest"
    yield from _assume(question)


def _twice(options: list[tuple[Place, ChoiceSource]]) -> Iterable[Finding]:
    seen: set[str] = set()
    for where, option in options:
        if option.id in seen:
            yield where, f"'{option.id}' is there twice", "rename one of the two"
        seen.add(option.id)


def _choice(question: DraftQuestion, where: Place, choice: ChoiceSource) -> Iterable[Finding]:
    kind = question.source.kind
    for name, kinds in CHOICE_SETTINGS:
        if getattr(choice, name) not in (None, False) and kind not in kinds:
            yield (*where, name), f"'{name}' does nothing for kind {kind}", f"remove it, or use kind {_either(kinds)}"
    if kind is Kind.MINUTES and (choice.value is None or not 0 <= choice.value <= LONGEST_MINUTES):
        yield where, "a button for minutes needs a number of minutes", f"add 'value', from 0 to {LONGEST_MINUTES}"
    if choice.assume_days is not None and choice.companion is None:
        yield (*where, "assume_days"), "'assume_days' has no date to assume", "add 'companion: date', or remove it"
    if choice.companion and choice.value is not None:
        yield (*where, "value"), "a choice has either a day of its own or asks for one", "remove 'value' or 'companion'"
    if kind is Kind.ONE and choice.companion and choice.assume_days is None and question.source.ask is Ask.SHORT:
        yield where, "the short length needs a date it can assume, since nothing is typed there", "add 'assume_days'"


def _assume(question: DraftQuestion) -> Iterable[Finding]:
    source, place = question.source, (*question.place, "assume")
    if source.assume is None:
        if source.ask is Ask.RECEIPT and "assume" not in question.broken:
            yield question.place, "a question on the receipt needs an answer to assume", "add 'assume: {value: …}'"
        return
    if question.broken & {"choices"}:
        return
    value = source.assume.value
    ids = {choice.id for choice in source.choices}
    match source.kind:
        case Kind.ONE if value not in ids:
            yield place, f"'{value}' is no choice of '{source.id}'", f"write one of: {', '.join(sorted(ids))}"
        case Kind.WHEN if value not in ids | {"now"}:
            yield place, f"'{value}' is no choice of '{source.id}'", f"write now, or one of: {', '.join(sorted(ids))}"
        case Kind.MINUTES if not isinstance(value, int) or not 0 <= value <= LONGEST_MINUTES:
            yield place, f"'{value}' is no number of minutes", f"write a number from 0 to {LONGEST_MINUTES}"
        case Kind.MANY | Kind.SCALE | Kind.TEXT | Kind.CITIZEN:
            yield place, f"an answer of kind {source.kind} cannot be assumed", "remove 'assume'"
        case _:
            return


def _either(kinds: Iterable[Kind]) -> str:
    return " or ".join(sorted(kinds))
