"""The guide as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html), and its place in a document."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from bot.dialogue.conditions import Condition
from bot.dialogue.guide import Ask, Guide, Question
from prompts.loading import LoadedGuide
from prompts.wording import Wording

BEGIN = "<!-- guide-graph:begin -->"
END = "<!-- guide-graph:end -->"
# Mermaid reads these even inside quotes; it knows them as entities that begin with # instead of &.
ENTITIES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}
STYLES = {
    Ask.SHORT: ("short", "stroke-width:2px"),
    Ask.FULL: ("full", "stroke-width:1px"),
    Ask.RECEIPT: ("receipt", "stroke-width:1px,stroke-dasharray:4 3"),
    Ask.OFFER: ("offer", "stroke-width:1px,stroke-dasharray:1 3"),
}


def draw(loaded: LoadedGuide, language: str) -> str:
    """The flowchart, questions named in ``language``. Raises KeyError for an unknown language.

    Thick frames are asked in both lengths, thin ones in the full one, dashed ones are assumed on the receipt, dotted
    ones are offered there. An arrow's label is the condition under which the questions behind it are asked.
    """
    guide, words = loaded.guide, loaded.wording[language]
    themes = {source["id"]: source["theme"] for source in loaded.source["questions"]}
    lines = [f"%% {guide.id}, version {guide.version}. Written by: eftertanke guide graph", "flowchart LR"]
    lines += [f"  classDef {name} {style}" for name, style in STYLES.values()]
    lines.append('  start(["/debrief"]) --> ' + _id(guide.questions[0].id))
    for number, (theme, group) in enumerate(groupby(guide.questions, key=lambda question: themes[question.id])):
        lines.append(f'  subgraph t{number}["{_escape(words.theme(theme))}"]')
        lines += [f"    {_node(question, words)}" for question in group]
        lines.append("  end")
    lines += [f"  {edge}" for edge in _edges(guide, themes)]
    return "\n".join(lines) + "\n"


def _node(question: Question, words: Wording) -> str:
    style = STYLES[question.ask][0]
    return f'{_id(question.id)}["{_escape(words.question(question.id).short)}<br/><i>{question.id}</i>"]:::{style}'


def _edges(guide: Guide, themes: dict[str, str]) -> Iterator[str]:
    """The trunk is what is always asked; a branch hangs from the latest question its condition names."""
    tough = guide.tough
    trunk = ""
    asked: dict[tuple[str, str], str] = {}  # (theme, condition) → the last question of that run
    for question in guide.questions:
        condition = question.when.source
        run = (themes[question.id], condition)
        if condition == "True":
            if trunk:
                yield _arrow(trunk, question.id)
            trunk = question.id
        elif question.id in tough.questions:
            yield from _tough_step(guide, question.id)
        elif run in asked:
            yield _arrow(asked[run], question.id)
        else:
            yield _arrow(_latest(guide, question.when) or trunk, question.id, condition)
        asked[run] = question.id
    yield f'{_id(trunk or guide.questions[-1].id)} --> saved(["receipt"])'


def _tough_step(guide: Guide, question_id: str) -> Iterator[str]:
    steps = guide.tough.questions
    place = steps.index(question_id)
    if place:
        yield _arrow(steps[place - 1], question_id)
    elif opener := _latest(guide, guide.tough.when):
        yield _arrow(opener, question_id, guide.tough.when.source, "-.->")


def _latest(guide: Guide, condition: Condition) -> str | None:
    names = condition.names | (guide.tough.when.names if "tough" in condition.names else frozenset())
    named = [question.id for question in guide.questions if question.id in names]
    return named[-1] if named else None


def _arrow(first: str, second: str, label: str = "", kind: str = "-->") -> str:
    middle = f'{kind}|"{_escape(label)}"|' if label else kind
    return f"{_id(first)} {middle} {_id(second)}"


def _id(question_id: str) -> str:
    # A prefix, since Mermaid stumbles over ids such as `end`.
    return f"q_{question_id}"


def _escape(text: str) -> str:
    return "".join(ENTITIES.get(sign, sign) for sign in text.replace("\n", " "))


def embedded(document: str) -> str | None:
    """The diagram that stands between the markers of a Markdown document; None when there are no markers."""
    if BEGIN not in document or END not in document.split(BEGIN, 1)[1]:
        return None
    block = document.split(BEGIN, 1)[1].split(END, 1)[0].strip()
    return block.removeprefix("```mermaid").removesuffix("```").strip() + "\n"


def embed(document: str, diagram: str) -> str:
    """The document with ``diagram`` between its markers. Raises ValueError when it has none."""
    if embedded(document) is None:
        raise ValueError(f"there are no lines {BEGIN} and {END}")
    head, rest = document.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    return f"{head}{BEGIN}\n```mermaid\n{diagram.strip()}\n```\n{END}{tail}"
