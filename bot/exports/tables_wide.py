"""``reflections_wide.csv``: one row a reflection, a column or a few for each question."""

from __future__ import annotations

from collections.abc import Iterable

from bot.dialogue.guide import Kind, Question
from bot.exports.tables import Cell, Column, Type, free
from bot.exports.tables_long import short_of, value_cell
from bot.exports.transcript import Transcript
from prompts import LoadedGuide

FILE = "reflections_wide.csv"

_BEGIN = (
    Column("reflection_id", "Refleksionens nummer", "The reflection's number"),
    Column("source_guid", "Tekstens GUID i project.qdpx", "GUID of the text in project.qdpx"),
    Column("source_name", "Tekstens navn i project.qdpx", "Name of the text in project.qdpx"),
    Column("mentor", "Mentorens nummer", "The mentor's number", free=True),
    Column("citizen", "Borgerens dæknavn", "The citizen's pseudonym", free=True),
    Column("team", "Team", "Team", free=True),
    Column("guide", "Guide", "Guide"),
    Column("guide_version", "Guidens version", "Version of the guide", Type.NUMBER),
    Column("length", "short eller full", "short or full"),
    Column("status", "Hvor langt den er", "How far it has come"),
    Column("date", "Refleksionens dag", "Day of the reflection", Type.DATE),
    Column("iso_year", "ISO-år", "ISO year", Type.NUMBER),
    Column("iso_week", "ISO-uge", "ISO week", Type.NUMBER),
    Column("consent", "Mentoren har sagt ja til kodning", "The mentor agreed to coding", Type.YES_NO),
    Column("answered", "Hvor mange spørgsmål der er svaret på", "How many questions are answered", Type.NUMBER),
    Column("skipped", "Hvor mange der er sprunget over", "How many were skipped", Type.NUMBER),
)
_TYPES = {Kind.SCALE: Type.NUMBER, Kind.MINUTES: Type.NUMBER}


class Wide:
    """The table's shape: ``questions`` of every guide that may come, each once, in the order of the guides."""

    def __init__(self, guides: Iterable[LoadedGuide]) -> None:
        self.columns: list[Column] = list(_BEGIN)
        self._places: dict[str, tuple[int | None, int | None, int | None]] = {}
        for loaded in guides:
            for question in loaded.guide.questions:
                if question.id not in self._places:
                    self._places[question.id] = self._add(question, loaded)

    def _add(self, question: Question, loaded: LoadedGuide) -> tuple[int | None, int | None, int | None]:
        short = {one: short_of(words, question.id) for one, words in loaded.wording.items()}
        da, en = short.get("da", question.id), short.get("en", question.id)
        closed = question.kind is not Kind.TEXT
        named = question.kind in (Kind.ONE, Kind.MANY, Kind.SCALE)
        typed = question.kind is Kind.TEXT or question.typed
        places: list[int | None] = []
        for wanted, column in (
            (closed, Column(f"{question.id}_value", f"{da}: værdi", f"{en}: value",
                            _TYPES.get(question.kind, Type.TEXT), question.kind is Kind.CITIZEN, question.id)),
            (named, Column(f"{question.id}_label", f"{da}: i ord", f"{en}: in words", free=True, of=question.id)),
            (typed, Column(f"{question.id}_text", f"{da}: skrevet", f"{en}: written", free=True, of=question.id)),
        ):  # fmt: skip
            places.append(len(self.columns) if wanted else None)
            self.columns += [column] if wanted else []
        return places[0], places[1], places[2]

    def row(self, transcript: Transcript, reflection_id: str, consent: bool | None) -> list[Cell]:
        """One reflection, in the order of ``columns``."""
        told = transcript.reflection
        week = transcript.week or (None, None)
        skipped = sum(section.answer.skipped for section in transcript.sections)
        row: list[Cell] = [
            reflection_id, transcript.guid, transcript.name, free(told.mentor), free(told.citizen), free(told.team),
            told.guide, told.guide_version, told.length, told.status,
            transcript.day.isoformat() if transcript.day else None, *week, consent, len(transcript.passages), skipped,
        ]  # fmt: skip
        row += [None] * (len(self.columns) - len(row))
        for passage in transcript.passages:
            value, label, text = self._places.get(passage.question_id, (None, None, None))
            if value is not None:
                row[value] = value_cell(passage.said.value)
            if label is not None:
                row[label] = passage.said.label or None
            if text is not None:
                row[text] = free(passage.said.typed) or None
        return row
