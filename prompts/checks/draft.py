"""A guide as far as it can be read, so that one misspelt word does not hide the other mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from prompts.schema import ChoiceSource, QuestionSource, ToughSource
from prompts.yamlfile import Document, Place

FALLBACK = {"theme": "unknown", "kind": "text", "visibility": "P"}


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """A question without what could not be read. ``broken``: keys that were left out, so nothing is said about them."""

    place: Place
    source: QuestionSource
    broken: frozenset[str]

    @property
    def id(self) -> str:
        """The question's id."""
        return self.source.id

    def options(self, part: str) -> list[tuple[Place, ChoiceSource]]:
        """``choices`` or ``results`` with their places."""
        items: list[ChoiceSource] = getattr(self.source, part)
        return [((*self.place, part, index), item) for index, item in enumerate(items)]


@dataclass(frozen=True, slots=True)
class DraftGuide:
    """What could be read of a guide.yaml."""

    document: Document
    questions: tuple[DraftQuestion, ...]
    tough: ToughSource

    @property
    def ids(self) -> list[str]:
        """The questions' ids, in order."""
        return [question.id for question in self.questions]


def read_draft(document: Document) -> DraftGuide:
    """Read what can be read."""
    data = document.data if isinstance(document.data, dict) else {}
    raw = data.get("questions")
    found = [
        question
        for index, item in enumerate(raw if isinstance(raw, list) else [])
        if (question := _question(item, ("questions", index))) is not None
    ]
    try:
        tough = ToughSource.model_validate(data.get("tough") or {})
    except ValidationError:
        tough = ToughSource()
    return DraftGuide(document, tuple(found), tough)


def _question(item: Any, place: Place) -> DraftQuestion | None:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return None
    kept = dict(item)
    broken: set[str] = set()
    for _ in range(len(item) + len(FALLBACK) + 1):  # every round leaves out one key or more
        try:
            return DraftQuestion(place, QuestionSource.model_validate(kept), frozenset(broken))
        except ValidationError as error:
            wrong = {str(detail["loc"][0]) for detail in error.errors()}
        if "id" in wrong:
            return None
        broken |= wrong
        kept = {key: value for key, value in kept.items() if key not in wrong}
        kept |= {key: value for key, value in FALLBACK.items() if key not in kept}
    return None
