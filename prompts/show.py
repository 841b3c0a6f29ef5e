"""A guide for reading: every question as it is asked, and beside it what the program makes of it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.dialogue.guide import Ask, Choice, Kind, Question, Visibility
from prompts.loading import LoadedGuide
from prompts.wording import Wording

ASKED = {
    Ask.SHORT: "short and full",
    Ask.FULL: "full",
    Ask.RECEIPT: "assumed in the short one, asked in the full one",
    Ask.OFFER: "only when picked on the receipt",
}
SEEN_BY = {
    Visibility.PRIVATE: "P private unless shared",
    Visibility.SUPERVISION: "S for supervision",
    Visibility.AGGREGATE: "A in aggregates only",
    Visibility.LOG: "L contact and absence log",
}


def show_guide(loaded: LoadedGuide, language: str) -> RenderableType:
    """The whole guide in ``language`` as something rich can print. Raises KeyError for an unknown language."""
    guide, words = loaded.guide, loaded.wording[language]
    parts: list[RenderableType] = [
        Text(f"{words.title} ({guide.id}), version {guide.version}", style="bold"),
        Text(f"hash {guide.hash}", style="dim"),
        Text(f"Tough-visit steps: {', '.join(guide.tough.questions)}, when {guide.tough.when.source}", style="dim"),
    ]
    theme = ""
    for question, source in zip(guide.questions, loaded.source["questions"], strict=True):
        if source["theme"] != theme:
            theme = source["theme"]
            parts.append(Rule(words.theme(theme), style="cyan"))
        parts += _question(question, words)
    return Group(*parts)


def _question(question: Question, words: Wording) -> Iterator[RenderableType]:
    said = words.question(question.id)
    yield Text(f"\n{said.ask}", style="bold")
    if said.help:
        yield Text(said.help, style="italic")
    facts = Table.grid(padding=(0, 2))
    for name, value in _facts(question, words):
        facts.add_row(Text(name, style="dim"), Text(value))
    yield Padding(facts, (0, 0, 0, 2))


def _facts(question: Question, words: Wording) -> Iterator[tuple[str, str]]:
    said = words.question(question.id)
    yield "id", f"{question.id} · {question.kind} · »{said.short}«"
    yield "asked", ASKED[question.ask] + _when(question.when.source)
    if question.offer.source != "False":
        yield "offered", f"on the receipt{_when(question.offer.source)}"
    if question.assume is not None:
        yield "assumed", f"{question.assume.value}{_when(question.assume.when.source)}"
    yield "seen by", SEEN_BY[question.visibility]
    if question.codes:
        yield "codes", ", ".join(question.codes)
    if question.follow_up:
        yield "leaves", f"a follow-up: {question.follow_up}"
    if question.kind is Kind.SCALE:
        yield "scale", " · ".join(f"{step} {words.step(question.id, step)}" for step in range(1, 6))
    for number, choice in enumerate(question.choices):
        yield ("choices" if number == 0 else ""), _choice(words.choice(question.id, choice.id), choice)
    if question.typed:
        yield "", "… or typed"
    for number, result in enumerate(question.results):
        yield ("results" if number == 0 else ""), f"{words.result(question.id, result.id)}  ({result.id})"


def _when(condition: str) -> str:
    return "" if condition == "True" else f", when {condition}"


def _choice(label: str, choice: Choice) -> str:
    facts = [choice.id]
    facts += [f"group {choice.group}"] if choice.group else []
    facts += [str(choice.value)] if choice.value is not None else []
    facts += ["stands alone"] if choice.exclusive else []
    facts += ["asks for a date"] if choice.companion else []
    facts += [f"else in {choice.assume_days} working days"] if choice.assume_days else []
    facts += ["tells the lead"] if choice.tells_lead else []
    facts += [f"follow-up {choice.follow_up}"] if choice.follow_up else []
    facts += choice.codes
    return f"{label}  ({', '.join(facts)})"
