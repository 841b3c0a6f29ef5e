"""``variables.csv``: every variable of the wide table, and of which question, kind and choices it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.dialogue.guide import Kind, Question
from bot.exports.tables import Cell, Column, Type, free, joined
from prompts import LoadedGuide, Wording

FILE = "variables.csv"

COLUMNS = (
    Column("variable", "Kolonnens navn i reflections_wide.csv", "Name of the column in reflections_wide.csv"),
    Column("type", "Type", "Type"),
    Column("measure", "nominal, ordinal, ratio, date eller text", "nominal, ordinal, ratio, date or text"),
    Column("description_da", "Beskrivelse på dansk", "Description in Danish", free=True),
    Column("description_en", "Beskrivelse på engelsk", "Description in English", free=True),
    Column("question_id", "Spørgsmålets id; tom for oplysninger om refleksionen", "Id of the question; else empty"),
    Column("kind", "Spørgsmålets slags", "Kind of question"),
    Column("asked_da", "Spørgsmålet på dansk", "The question in Danish", free=True),
    Column("asked_en", "Spørgsmålet på engelsk", "The question in English", free=True),
    Column("choices_da", "Valg: id = ord, | imellem", "Choices: id = words, | between, in Danish", free=True),
    Column("choices_en", "Valg: id = ord på engelsk", "Choices: id = words, | between, in English", free=True),
    Column("codes", "Guidens koder for spørgsmålet", "The guide's codes for the question"),
    Column("visibility", "Hvem der må se svaret", "Who may see the answer"),
    Column("guide_versions", "Guide og versioner, hvor det findes", "Guide and versions that have it"),
)

_MEASURES = {
    Kind.ONE: "nominal",
    Kind.MANY: "nominal",
    Kind.CITIZEN: "nominal",
    Kind.SCALE: "ordinal",
    Kind.MINUTES: "ratio",
    Kind.WHEN: "date",
    Kind.TEXT: "text",
}


def rows(columns: Sequence[Column], guides: Sequence[LoadedGuide]) -> Iterator[list[Cell]]:
    """A row for each column of the wide table; a question's words are those of the newest guide that has it."""
    for column in columns:
        having = [loaded for loaded in guides if column.of in loaded.guide.by_id]
        told: list[Cell] = [column.name, column.type.value]
        if not having:
            yield [*told, _measure_of(column), column.da, column.en, *[None] * (len(COLUMNS) - 5)]
            continue
        newest = max(having, key=lambda loaded: loaded.guide.version)
        question = newest.guide[column.of]
        da, en = newest.wording.get("da"), newest.wording.get("en")
        yield [
            *told, _measure(column, question), column.da, column.en, question.id, question.kind.value,
            _asked(question, da), _asked(question, en), _choices(question, da), _choices(question, en),
            joined(question.codes), question.visibility.value,
            joined(dict.fromkeys(f"{loaded.guide.id} {loaded.guide.version}" for loaded in having)),
        ]  # fmt: skip


def _measure(column: Column, question: Question) -> str:
    return _MEASURES[question.kind] if column.name.endswith("_value") else "text"


def _measure_of(column: Column) -> str:
    return {Type.NUMBER: "ratio", Type.DATE: "date"}.get(column.type, "nominal")


def _asked(question: Question, words: Wording | None) -> str | None:
    try:
        return free(words.question(question.id).ask) if words else None
    except KeyError:
        return None


def _choices(question: Question, words: Wording | None) -> str | None:
    if words is None:
        return None
    if question.kind is Kind.SCALE:
        return joined(f"{step} = {words.step(question.id, step)}" for step in range(1, 6))
    return joined(f"{choice.id} = {_choice(words, question.id, choice.id)}" for choice in question.choices) or None


def _choice(words: Wording, question_id: str, choice_id: str) -> str:
    try:
        return words.choice(question_id, choice_id)
    except KeyError:
        return choice_id
