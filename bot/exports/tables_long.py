"""``answers_long.csv``: one row an answer. The master for R and pandas, and the first sheet of the workbook."""

from __future__ import annotations

from collections.abc import Iterator

from bot.exports.tables import Cell, Column, Type, free, joined
from bot.exports.transcript import Dates, Passage, Section, Transcript, one_line
from bot.exports.transcript_words import Said, SaidValue, said_words
from bot.service.reading_answers import ReadAnswer
from prompts import Wording

FILE = "answers_long.csv"

_NUMBER, _YES_NO = Type.NUMBER, Type.YES_NO
COLUMNS = (
    Column("reflection_id", "Refleksionens nummer", "The reflection's number"),
    Column("source_guid", "Tekstens GUID i project.qdpx", "GUID of the text in project.qdpx"),
    Column("answer_guid", "Svarets GUID", "GUID of the answer"),
    Column("selection_guid", "Afsnittets GUID i project.qdpx", "GUID of the passage in project.qdpx"),
    Column("start", "Afsnittets første tegn, talt fra 0", "First character of the passage, from 0", _NUMBER),
    Column("end", "Tegnet efter afsnittets sidste", "The character after the passage's last", _NUMBER),
    Column("question_id", "Spørgsmålets id", "Id of the question"),
    Column("question", "Spørgsmålets korte navn", "Short name of the question"),
    Column("kind", "Svarets slags", "Kind of answer"),
    Column("value", "Værdi: id, tal eller dato; flere med | imellem", "Value: id, number or date; | between several",
           free=True),
    Column("label", "Værdien i ord", "The value in words", free=True),
    Column("text", "Det, mentoren skrev", "What the mentor wrote", free=True),
    Column("codes", "Guidens koder, med | imellem", "The guide's codes, | between them"),
    Column("guide", "Guide", "Guide"),
    Column("guide_version", "Guidens version", "Version of the guide", _NUMBER),
    Column("date", "Refleksionens dag", "Day of the reflection", Type.DATE),
    Column("iso_year", "ISO-år", "ISO year", _NUMBER),
    Column("iso_week", "ISO-uge", "ISO week", _NUMBER),
    Column("mentor", "Mentorens nummer", "The mentor's number", free=True),
    Column("citizen", "Borgerens dæknavn", "The citizen's pseudonym", free=True),
    Column("team", "Team", "Team", free=True),
    Column("visibility", "P privat, S supervision, A samlet, L log", "P private, S supervision, A aggregate, L log"),
    Column("shared", "Mentoren har delt svaret med sin leder", "The mentor shared it with the lead", _YES_NO),
    Column("consent", "Mentoren har sagt ja til kodning", "The mentor agreed to coding", _YES_NO),
    Column("skipped", "Sprunget over", "Skipped", _YES_NO),
    Column("assumed", "Taget for givet, ikke svaret", "Taken for granted, not answered", _YES_NO),
    Column("revision", "Hvilken udgave af svaret", "Which revision of the answer", _NUMBER),
    Column("current", "Gælder nu", "Counts now", _YES_NO),
)  # fmt: skip

IN_SHEET = frozenset(column.name for column in COLUMNS) - {
    "source_guid", "answer_guid", "selection_guid", "start", "end", "guide",
}  # fmt: skip
"""What the workbook shows: places are for programs, which read the CSV."""


def rows(
    transcript: Transcript, reflection_id: str, consent: bool | None, wording: Wording, dates: Dates, zone: str
) -> Iterator[list[Cell]]:
    """The answers of one reflection, those that count first and in the order of the text, superseded ones after them.

    ``consent`` None: the mentor was never asked.
    """
    told = transcript.reflection
    begin: list[Cell] = [reflection_id, transcript.guid]
    week = transcript.week or (None, None)
    guide: list[Cell] = [told.guide, told.guide_version]
    about: list[Cell] = [
        transcript.day.isoformat() if transcript.day else None, *week,
        free(told.mentor), free(told.citizen), free(told.team),
    ]  # fmt: skip
    for section in transcript.sections:
        yield [*begin, *_place(section.passage), section.question_id, section.short,
               *_said(section.answer, _of(section, wording, dates, zone)), *guide, *about,
               *_about(section.answer, consent, current=True)]  # fmt: skip
    words = said_words(wording.language)
    for answer in told.answers:
        if answer.superseded_at is not None:
            said = words.said(answer, wording, fine=dates.value, zone=zone)
            yield [*begin, None, None, None, None, answer.question_id, short_of(wording, answer.question_id),
                   *_said(answer, said), *guide, *about, *_about(answer, consent, current=False)]  # fmt: skip


def value_cell(value: SaidValue) -> Cell:
    """A value as one cell: several with ``|`` between, a date as ISO 8601."""
    match value:
        case None | int():
            return value
        case str():
            return one_line(value)
        case tuple():
            return joined(value)
    return value.isoformat()


def short_of(wording: Wording, question_id: str) -> str:
    """The short name of a question; its id when this wording does not know it."""
    try:
        return one_line(wording.question(question_id).short)
    except KeyError:
        return question_id


def _of(section: Section, wording: Wording, dates: Dates, zone: str) -> Said:
    """What was said, also where nothing stands in the text."""
    if section.passage is not None:
        return section.passage.said
    return said_words(wording.language).said(section.answer, wording, fine=dates.value, zone=zone)


def _place(passage: Passage | None) -> list[Cell]:
    if passage is None:
        return [None, None, None, None]
    return [passage.answer_guid, passage.selection_guid, passage.start, passage.end]


def _said(answer: ReadAnswer, said: Said) -> list[Cell]:
    typed, label = free(said.typed), free(said.label)  # a citizen's label is a pseudonym, and was typed too
    return [answer.kind, value_cell(said.value), label or None, typed or None, joined(answer.codes)]


def _about(answer: ReadAnswer, consent: bool | None, *, current: bool) -> list[Cell]:
    return [answer.visibility, answer.shared, consent, answer.skipped, answer.assumed, answer.revision, current]
