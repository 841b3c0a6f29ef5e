"""A passage coded by a person: what comes in with a coded file, is kept, and goes out with every later export.

The place is counted inside the answer, not in the whole text: headings differ by language, and an answer before it may
be changed; the coding stays with its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.exports.transcript import Passage, one_line

_CONDENSATION = {"da": "Kondensering", "en": "Condensation"}
_THEME = {"da": "Tema", "en": "Theme"}


@dataclass(frozen=True, slots=True)
class ManualCoding:
    """One coder's code on one passage.

    ``answer``: the GUID of the answer (``transcript.answer_guid``). ``start``, ``end``: code points within
    ``Passage.text``, end not included. ``code``: its id in the codebook (``relation.affective``). ``at``: aware, when
    it was coded. ``condensation``: its meaning in one sentence; ``theme``: the theme it belongs to; empty for none.
    Whoever gives it has seen to it that the answer still has the words that were coded.
    """

    answer: str
    start: int
    end: int
    code: str
    coder: str
    at: datetime
    condensation: str = ""
    theme: str = ""


def fits(coding: ManualCoding, passage: Passage) -> bool:
    """Whether the coding is of this answer and its place inside it."""
    return coding.answer == passage.answer_guid and 0 <= coding.start < coding.end <= len(passage.text)


def memo(coding: ManualCoding, language: str) -> str:
    """Condensation and theme as the memo of a coded passage, one line each; empty when there is neither."""
    tongue = language if language in _THEME else "da"
    lines = [(_CONDENSATION[tongue], coding.condensation), (_THEME[tongue], coding.theme)]
    return "\n".join(f"{name}: {one_line(said)}" for name, said in lines if one_line(said))


def read_memo(text: str) -> tuple[str, str]:
    """(condensation, theme) of a memo that ``memo`` wrote in any language, or that a coder wrote: lines without one of
    our words belong to the condensation."""
    said: list[str] = []
    theme = ""
    for line in text.splitlines():
        name, colon, rest = line.partition(":")
        if colon and name.strip() in _THEME.values():
            theme = one_line(rest)
        elif colon and name.strip() in _CONDENSATION.values():
            said.append(rest)
        else:
            said.append(line)
    return one_line(" ".join(said)), theme
