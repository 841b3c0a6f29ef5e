"""One reflection as ``<TextSource>``: its passages, their codes by the export and by coders, its variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.exports.manual import ManualCoding, fits, memo
from bot.exports.qde_questions import Questions
from bot.exports.qde_variables import Variables
from bot.exports.qde_xml import described, quoted, second
from bot.exports.transcript import Passage, Transcript, guid

Coders = Callable[[str], str]
"""Gives the GUID of the user that a coder's name stands for."""


def coded_once(codings: Iterable[ManualCoding]) -> list[ManualCoding]:
    """Each place, code and coder once, the first: a second one is refused or lost in some programs."""
    seen: dict[tuple[str, int, int, str, str], ManualCoding] = {}
    for one in codings:
        seen.setdefault((one.answer, one.start, one.end, one.code, one.coder), one)
    return list(seen.values())


def sorted_codings(codings: Iterable[ManualCoding]) -> list[ManualCoding]:
    """In an order that does not depend on how they were stored: by answer, place, code, coder, time."""
    return sorted(codings, key=lambda one: (one.answer, one.start, one.end, one.code, one.coder, one.at))


class Sources:
    """Writes sources for one export. ``codes``: code id → GUID; ``by``: the export's own user, ``at`` its time."""

    def __init__(
        self, questions: Questions, variables: Variables, codes: Mapping[str, str], by: str, at: str, language: str
    ) -> None:
        self._questions = questions
        self._variables = variables
        self._codes = codes
        self._made = f' creatingUser="{by}" creationDateTime="{at}"'
        self._language = language

    def to_xml(self, transcript: Transcript, codings: Sequence[ManualCoding], coders: Coders) -> str:
        """The source; ``codings`` are those that ``fitting`` let through."""
        of = transcript.guid
        for section in transcript.sections:
            self._questions.meet(section)
        parts = [
            f'<TextSource guid="{of}" name={quoted(transcript.name)} plainTextPath="internal://{of}.txt"{self._made}>',
            described(transcript.remarks),
        ]
        by_answer: dict[str, list[ManualCoding]] = {}
        for coding in codings:
            by_answer.setdefault(coding.answer, []).append(coding)
        for passage in transcript.passages:
            parts.append(self._automatic(passage))
            parts += [self._manual(passage, one, coders) for one in by_answer.get(passage.answer_guid, ())]
        return "".join([*parts, self._variables.values(transcript), "</TextSource>\n"])

    def _automatic(self, passage: Passage) -> str:
        of = passage.selection_guid
        codings = "".join(
            f'<Coding guid="{guid("coding", of, code)}"{self._made}><CodeRef targetGUID="{code}"/></Coding>'
            for code in self._questions.codes_of(passage)
        )
        place = f'startPosition="{passage.start}" endPosition="{passage.end}"'
        return (
            f'<PlainTextSelection guid="{of}" name={quoted(passage.text)} {place}{self._made}>'
            f"{codings}</PlainTextSelection>"
        )

    def _manual(self, passage: Passage, coding: ManualCoding, coders: Coders) -> str:
        key = (coding.answer, str(coding.start), str(coding.end), coding.code, coding.coder)
        made = f' creatingUser="{coders(coding.coder)}" creationDateTime="{second(coding.at)}"'
        place = f'startPosition="{passage.start + coding.start}" endPosition="{passage.start + coding.end}"'
        return (
            f'<PlainTextSelection guid="{guid("manual selection", *key)}"'
            f" name={quoted(passage.text[coding.start : coding.end])} {place}{made}>"
            f"{described(memo(coding, self._language))}"
            f'<Coding guid="{guid("manual coding", *key)}"{made}>'
            f'<CodeRef targetGUID="{self._codes[coding.code]}"/></Coding></PlainTextSelection>'
        )


def fitting(
    codings: Iterable[ManualCoding], transcript: Transcript, known: Mapping[str, str]
) -> tuple[list[ManualCoding], int]:
    """The codings that can be written, in a fixed order, and how many cannot: of an answer that is not in this text,
    of a place beyond its end, or with a code that is not in ``known`` (code id → GUID)."""
    by_guid = {passage.answer_guid: passage for passage in transcript.passages}
    given = sorted_codings(codings)
    good = [one for one in given if one.code in known and one.answer in by_guid and fits(one, by_guid[one.answer])]
    return coded_once(good), len(given) - len(good)
