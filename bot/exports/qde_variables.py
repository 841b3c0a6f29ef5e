"""Typed variables of a source: whom, when and what it is about, and every closed answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.dialogue.guide import Kind
from bot.exports.qde_codes import Names
from bot.exports.qde_questions import Questions
from bot.exports.qde_xml import described, element, escaped
from bot.exports.transcript import Passage, Transcript, guid, one_line

Typed = str | int | date
_LONGEST_NAME = 100


class Type(StrEnum):
    """Types of REFI-QDA that we use; the element of a value is named after its type."""

    TEXT = "Text"
    INTEGER = "Integer"
    DATE = "Date"


_TYPES = {
    Kind.ONE: Type.TEXT,
    Kind.MANY: Type.TEXT,
    Kind.SCALE: Type.INTEGER,
    Kind.MINUTES: Type.INTEGER,
    Kind.WHEN: Type.DATE,
}


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable; ``role`` is "" for one of the source itself, else "value" or "label" of a question's answer."""

    key: str
    type: Type
    role: str = ""

    @property
    def guid(self) -> str:
        """Stable over exports, and another one for another type: a variable has one type only."""
        return guid("variable", self.key, self.role, self.type)


def about(transcript: Transcript) -> Iterator[tuple[Variable, Typed]]:
    """The variables of the source itself. What an export may not tell, or what is not known, is not there."""
    reflection = transcript.reflection
    year, week = transcript.week or (None, None)
    found: list[tuple[str, Type, Typed | None]] = [
        ("reflection", Type.TEXT, transcript.reference),
        ("mentor", Type.TEXT, one_line(reflection.mentor)),
        ("citizen", Type.TEXT, one_line(reflection.citizen or "")),
        ("team", Type.TEXT, one_line(reflection.team or "")),
        ("date", Type.DATE, transcript.day),
        ("iso_year", Type.INTEGER, year),
        ("iso_week", Type.INTEGER, week),
        ("guide", Type.TEXT, reflection.guide),
        ("guide_version", Type.INTEGER, reflection.guide_version),
        ("length", Type.TEXT, str(reflection.length)),
        ("status", Type.TEXT, str(reflection.status)),
    ]
    for key, of, value in found:
        if value is not None and value != "":
            yield Variable(key, of), value


def answered(passage: Passage) -> Iterator[tuple[Variable, Typed]]:
    """``Qnn_value`` and ``Qnn_label`` of a closed answer; none for a text, nor for the citizen, who has a variable."""
    of = _TYPES.get(Kind(passage.answer.kind))
    if of is None:
        return
    value = passage.said.value
    if isinstance(value, tuple):
        value = "; ".join(value)
    if (
        value is not None
        and isinstance(value, {Type.TEXT: str, Type.INTEGER: int, Type.DATE: date}[of])
        and value != ""
    ):
        yield Variable(passage.question_id, of, "value"), value
    if label := one_line(passage.said.label):
        yield Variable(passage.question_id, Type.TEXT, "label"), label


class Variables:
    """The variables an export met, growing."""

    def __init__(self) -> None:
        self._met: dict[Variable, str] = {}

    def values(self, transcript: Transcript) -> str:
        """``<VariableValue>`` elements of a source."""
        parts = [self._value(variable, value) for variable, value in about(transcript)]
        for passage in transcript.passages:
            parts += [self._value(variable, value) for variable, value in answered(passage)]
        return "".join(parts)

    def _value(self, variable: Variable, value: Typed) -> str:
        of = self._met.get(variable)
        if of is None:
            of = self._met[variable] = variable.guid
        told = value.isoformat() if isinstance(value, date) else escaped(str(value))
        name = f"{variable.type}Value"
        return f'<VariableValue><VariableRef targetGUID="{of}"/><{name}>{told}</{name}></VariableValue>'

    def to_xml(self, questions: Questions) -> str:
        """``<Variables>`` with all that were met, or nothing."""
        names = Names()
        places = {question_id: place for place, question_id in enumerate(questions.met)}
        own = [variable for variable in self._met if not variable.role]
        asked = sorted(
            (variable for variable in self._met if variable.role),
            key=lambda variable: (places[variable.key], variable.role != "value", variable.type),
        )
        told = "".join(
            element(
                "Variable",
                described(questions.met[variable.key].ask if variable.role else ""),
                guid=self._met[variable],
                name=names.unique(_name(variable, questions), _LONGEST_NAME),
                typeOfVariable=variable.type,
            )
            for variable in [*own, *asked]
        )
        return f"<Variables>{told}</Variables>" if told else ""


def _name(variable: Variable, questions: Questions) -> str:
    return f"{questions.number(variable.key)}_{variable.role}" if variable.role else variable.key
