"""The shape of ladder.yaml and of its words, and what the words are filled in with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated

from jinja2 import Environment
from pydantic import Field

from bot.dialogue.ladder import Facts, StepKind
from bot.dialogue.threads import Channel
from prompts.checks.guide import read_document
from prompts.files import LANGUAGES, Folders
from prompts.messages import environment
from prompts.schema import Id, Line, Strict
from prompts.yamlfile import Document

LADDER_FILE = "ladder.yaml"
LONGEST_DAYS = 365
FACTS = frozenset(field.name for field in fields(Facts))
OTHER = "other"  # the span of a number of days that has no words of its own

Day = Annotated[int, Field(ge=0, le=LONGEST_DAYS)]
StepKindWord = Annotated[StepKind, Field(strict=False)]
ChannelWord = Annotated[Channel, Field(strict=False)]


class StepSource(Strict):
    """A step in ladder.yaml. Without ``to_day`` it lasts a day. See ``bot.dialogue.ladder.Step``."""

    id: Id
    kind: StepKindWord
    from_day: Day = 0
    to_day: Day | None = None
    channels: list[ChannelWord] = Field(default_factory=list)
    each: bool = False
    other_hour: bool = False

    @property
    def last_day(self) -> int:
        """The last day on which it is in time."""
        return self.from_day if self.to_day is None else self.to_day


class LadderSource(Strict):
    """ladder.yaml."""

    rhythm_days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)]
    cap_a_week: Annotated[int, Field(ge=1, le=100)]
    steps: Annotated[list[StepSource], Field(min_length=1)]


class StepWords(Strict):
    """The words of one step. ``do``: one text, or one for each channel of an attempt."""

    name: Line
    do: Line | dict[str, Line]
    why: Line
    why_worried: Line | None = None


class BlockedWords(Strict):
    """Why nothing comes just now, for each ``bot.dialogue.ladder.Blocked``."""

    cap: Line
    pause: Line


class LadderWordsSource(Strict):
    """da/ladder.yaml or en/ladder.yaml. ``span``: numbers of days in words, ``other`` for all the rest."""

    span: dict[str, Line]
    blocked: BlockedWords
    steps: dict[str, StepWords]


@dataclass(frozen=True, slots=True)
class LadderFiles:
    """The ladder's files as read; what keeps one from being read is a mistake inside its document."""

    ladder: Document
    words: dict[str, Document]


def read_ladder_files(folders: Folders) -> LadderFiles:
    """ladder.yaml and its words in every language, the organisation's own before the shipped ones."""
    words = {language: read_document(folders, f"{language}/{LADDER_FILE}") for language in LANGUAGES}
    return LadderFiles(read_document(folders, LADDER_FILE), words)


def filling(span: Mapping[str, str]) -> Environment:
    """The Jinja2 environment for plain text, with ``span``: a number of days in words."""
    filled = environment(escaped=False)

    def in_words(days: int) -> str:
        return filled.from_string(span.get(str(days), span[OTHER])).render(n=days)

    filled.filters["span"] = in_words
    return filled
