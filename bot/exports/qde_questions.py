"""The questions an export met: their numbers, and the automatic codes that every answer carries.

Automatic codes are kept apart from the researchers': in folders of their own, under names of their own. So a coder
finds every answer to a question at once, and agreement between coders is counted without them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.exports.qde_codes import Folder, Leaf, Node
from bot.exports.transcript import Passage, Section, guid

_WORDS = {
    "da": ("Spørgsmål (automatisk)", "Guidens koder (automatisk)", "Sat af udtrækket: svaret på spørgsmålet",
           "Sat af udtrækket: guiden regner dette spørgsmål eller valg til koden"),
    "en": ("Questions (automatic)", "Codes of the guide (automatic)", "Set by the export: the answer to the question",
           "Set by the export: the guide counts this question or choice under the code"),
}  # fmt: skip
_GREY = "#9E9E9E"
_LIGHT_GREY = "#BDBDBD"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it was first met."""

    short: str
    ask: str


def question_code(question_id: str) -> str:
    """The GUID of the automatic code of a question."""
    return guid("question", question_id)


def guide_code(code: str) -> str:
    """The GUID of the automatic code that stands for a code of the guide."""
    return guid("guide code", code)


_question_code = lru_cache(maxsize=1024)(question_code)  # asked for with every answer
_guide_code = lru_cache(maxsize=1024)(guide_code)


class Questions:
    """What was met, growing. ``order``: question ids whose place gives their number, met or not; those that are not in
    it are numbered after them as they come. Take the guide's order, or numbers change with what is exported."""

    def __init__(self, order: Sequence[str], language: str) -> None:
        self._places = {question_id: place for place, question_id in enumerate(dict.fromkeys(order), start=1)}
        self._words = _WORDS.get(language, _WORDS["da"])
        self._asked: dict[str, Asked] = {}
        self._codes: set[str] = set()

    def meet(self, section: Section) -> None:
        """Take note of a question."""
        question_id = section.question_id
        self._places.setdefault(question_id, len(self._places) + 1)
        self._asked.setdefault(question_id, Asked(section.short, section.ask))

    def codes_of(self, passage: Passage) -> list[str]:
        """GUIDs of the automatic codes of an answer, its question's first."""
        self._codes.update(passage.codes)
        return [_question_code(passage.question_id), *(_guide_code(code) for code in dict.fromkeys(passage.codes))]

    def number(self, question_id: str) -> str:
        """``Q05``."""
        return f"Q{self._places[question_id]:02}"

    @property
    def met(self) -> Mapping[str, Asked]:
        """The questions that were met, by number."""
        return dict(sorted(self._asked.items(), key=lambda item: self._places[item[0]]))

    def tree(self) -> list[Node]:
        """Folders with the automatic codes."""
        questions, guide, question_said, code_said = self._words
        asked = tuple(
            Leaf(
                question_code(one),
                "",
                f"{self.number(one)} {words.short}",
                f"{question_said}: {words.ask} [{one}]",
                _GREY,
            )
            for one, words in self.met.items()
        )
        codes = tuple(
            Leaf(guide_code(code), "", f"auto {code}", f"{code_said} {code}.", _LIGHT_GREY)
            for code in sorted(self._codes)
        )
        folders = [(questions, asked, "questions"), (guide, codes, "guide codes")]
        return [Folder(guid("folder", "automatic", key), name, leaves) for name, leaves, key in folders if leaves]
