"""From files to a guide that can be trusted: what is wrong is found here, never in the middle of a debrief."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.dialogue.conditions import read_condition
from bot.dialogue.guide import Assume, Choice, Guide, Question, Tough
from prompts.checks.guide import GuideFiles, check_guide, read_guide_files
from prompts.files import GUIDE_ID, Folders
from prompts.mistakes import Mistake
from prompts.schema import ChoiceSource, GuideSource, QuestionSource
from prompts.wording import Wording, canonical, sha256


class GuideError(ValueError):
    """The guide cannot be used. ``mistakes`` lists all of them."""

    def __init__(self, guide_id: str, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        more = f" (and {len(self.mistakes) - 1} more)" if len(self.mistakes) > 1 else ""
        super().__init__(
            f"The guide {guide_id} has mistakes{more}: {self.mistakes[0]}. "
            "Run 'eftertanke guide check' to see them all, and correct the files."
        )


@dataclass(frozen=True)
class LoadedGuide:
    """A guide with its words. ``source`` is guide.yaml as written (themes included), ``wording`` is by language."""

    guide: Guide
    wording: Mapping[str, Wording]
    source: Mapping[str, Any]

    def to_json(self) -> str:
        """Everything, as canonical JSON: kept for every version used, so that an open debrief goes on under its own."""
        words = {language: wording.source for language, wording in self.wording.items()}
        return canonical({"guide": self.source, "wording": words})

    @classmethod
    def from_json(cls, text: str) -> LoadedGuide:
        """The guide that ``to_json`` wrote, with the same hash. Raises ValueError when it is something else."""
        data = json.loads(text)
        try:
            return build(data["guide"], data["wording"])
        except (KeyError, TypeError) as error:
            raise ValueError("This is not a stored guide.") from error


def load_guide(folder: Path | None = None, guide_id: str = GUIDE_ID) -> LoadedGuide:
    """The guide ``guide_id`` with its words in every language.

    ``folder`` (``EFTERTANKE_PROMPTS``) overrides the shipped files one by one. Raises GuideError, with every mistake,
    when it cannot be used. What it promised in earlier releases is not looked at here but in ``prompts.check``: a
    running debrief keeps its own version, so that must not keep the program from starting.
    """
    files = read_guide_files(Folders(folder), guide_id)
    mistakes = check_guide(files)
    if mistakes:
        raise GuideError(guide_id, mistakes)
    return from_files(files)


def from_files(files: GuideFiles) -> LoadedGuide:
    """Build from files that ``check_guide`` found nothing wrong with."""
    return build(files.guide.data, {language: document.data for language, document in files.words.items()})


def build(source: Mapping[str, Any], words: Mapping[str, Mapping[str, Any]]) -> LoadedGuide:
    """Build from plain data. Raises ValueError when it has not the right shape."""
    read = GuideSource.model_validate(source)
    guide = Guide(
        id=read.id,
        version=read.version,
        hash=sha256({"guide": source, "wording": words}),
        questions=tuple(_question(question) for question in read.questions),
        tough=Tough(read_condition(read.tough.when), tuple(read.tough.questions)),
    )
    return LoadedGuide(guide, {language: Wording(language, data) for language, data in words.items()}, source)


def _question(source: QuestionSource) -> Question:
    assume = None
    if source.assume is not None:
        assume = Assume(source.assume.value, read_condition(source.assume.when))
    return Question(
        id=source.id,
        kind=source.kind,
        visibility=source.visibility,
        ask=source.ask,
        when=read_condition(source.when),
        offer=read_condition(source.offer),
        assume=assume,
        choices=tuple(_choice(choice) for choice in source.choices),
        results=tuple(_choice(result) for result in source.results),
        typed=source.typed,
        first_tap_goes_on=source.first_tap_goes_on,
        follow_up=source.follow_up,
        codes=tuple(source.codes),
    )


def _choice(source: ChoiceSource) -> Choice:
    return Choice(
        id=source.id,
        group=source.group,
        exclusive=source.exclusive,
        value=source.value,
        companion=source.companion,
        assume_days=source.assume_days,
        tells_lead=source.tells_lead,
        follow_up=source.follow_up,
        codes=tuple(source.codes),
    )
