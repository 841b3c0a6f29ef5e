"""The shape of the files in ``prompts/``. Unknown keys are refused: a misspelt key would silently do nothing."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.dialogue.guide import Ask, Companion, Kind, Visibility

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)]  # 48: callback data holds 64 bytes
Code = Annotated[str, Field(pattern=r"^[a-z][a-z_]*(\.[a-z][a-z_]*)?$")]
Line = Annotated[str, Field(min_length=1, pattern=r"\S")]
AskWord = Annotated[Ask, Field(strict=False)]
KindWord = Annotated[Kind, Field(strict=False)]
VisibilityWord = Annotated[Visibility, Field(strict=False)]
CompanionWord = Annotated[Companion, Field(strict=False)]
Date = Annotated[dt.date, Field(strict=False)]


class Strict(BaseModel):
    """Strict types, no unknown keys, frozen."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _choice(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


class ChoiceSource(Strict):
    """A choice in guide.yaml: an id alone, or a mapping. See ``bot.dialogue.guide.Choice``."""

    id: Id
    group: Id | None = None
    exclusive: bool = False
    value: int | None = None
    companion: CompanionWord | None = None
    assume_days: Annotated[int, Field(ge=1, le=60)] | None = None
    tells_lead: bool = False
    follow_up: Id | None = None
    codes: list[Code] = []


AnyChoice = Annotated[ChoiceSource, BeforeValidator(_choice)]


class AssumeSource(Strict):
    """What the receipt takes for granted."""

    value: str | int
    when: str = "True"


class QuestionSource(Strict):
    """A question in guide.yaml. ``theme`` is for reading and drawing only. See ``bot.dialogue.guide.Question``."""

    id: Id
    theme: Id
    kind: KindWord
    visibility: VisibilityWord
    ask: AskWord = Ask.FULL
    when: str = "True"
    offer: str = "False"
    assume: AssumeSource | None = None
    choices: list[AnyChoice] = []
    results: list[AnyChoice] = []
    typed: bool = False
    first_tap_goes_on: bool = False
    follow_up: Id | None = None
    codes: list[Code] = []


class ToughSource(Strict):
    """When the tough-visit steps come, and which they are."""

    when: str = "False"
    questions: list[Id] = []


class GuideSource(Strict):
    """guide.yaml."""

    id: Id
    version: Annotated[int, Field(ge=1)]
    tough: ToughSource = ToughSource()
    questions: Annotated[list[QuestionSource], Field(min_length=1)]


class QuestionWords(Strict):
    """The words of one question. ``dates``: what is asked for the date beside a choice; ``result_ask``: what is asked
    about one contact attempt; ``low``/``high``: the ends of a scale; ``steps``: its five steps in words."""

    ask: Line
    short: Line
    help: Line | None = None
    choices: dict[str, Line] = {}
    results: dict[str, Line] = {}
    result_ask: Line | None = None
    dates: dict[str, Line] = {}
    low: Line | None = None
    high: Line | None = None
    steps: Annotated[list[Line], Field(min_length=5, max_length=5)] | None = None


class WordsSource(Strict):
    """da.yaml or en.yaml beside a guide.yaml."""

    title: Line
    themes: dict[str, Line] = {}
    questions: dict[str, QuestionWords]


class ReleasedQuestion(Strict):
    """What a released version promised for one question."""

    kind: KindWord
    choices: list[Id] = []
    results: list[Id] = []


class ReleasedVersion(Strict):
    """One version in released.yaml."""

    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    questions: dict[str, ReleasedQuestion]


class ReferenceSource(Strict):
    """A law reference: where it stands, what it means here, and when somebody last looked."""

    reference: dict[Literal["da", "en"], Line]
    meaning: dict[Literal["da", "en"], Line]
    checked_on: Date
    source: Annotated[str, Field(pattern=r"^https://")]


class LawSource(Strict):
    """law.yaml."""

    note: dict[Literal["da", "en"], Line]
    references: dict[Id, ReferenceSource]
