"""The words of a guide in one language: is everything worded, and nothing that is not there?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.dialogue.guide import Kind
from prompts.checks.draft import DraftGuide, DraftQuestion
from prompts.mistakes import Mistake
from prompts.yamlfile import Document, Place

LONGEST_LABEL = 40  # what a phone shows of a button over the whole width
LONGEST_ASK = 600  # a card must stay under Telegram's 4096 characters with everything else on it
LONGEST_SHORT = 40
Finding = tuple[Place, str, str]


def check_words(draft: DraftGuide, document: Document) -> list[Mistake]:
    """All mistakes in ``document`` (da.yaml, en.yaml) measured against the guide."""
    data: dict[str, Any] = document.data
    found: list[Finding] = []
    themes = {question.source.theme for question in draft.questions if "theme" not in question.broken}
    found += _same_keys(_block(data, "themes"), themes, ("themes",), "theme")
    questions = _block(data, "questions")
    found += _same_keys(questions, set(draft.ids), ("questions",), "question")
    for question in draft.questions:
        words = questions.get(question.id)
        if isinstance(words, dict):
            found += _question(question, words, ("questions", question.id))
    found += _templates(document.data, ())
    return [document.mistake(place, problem, remedy) for place, problem, remedy in found]


def _block(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _same_keys(words: dict[str, Any], wanted: set[str], place: Place, what: str) -> Iterable[Finding]:
    for name in sorted(wanted - words.keys()):
        yield (*place, name), f"the {what} '{name}' has no wording here", f"add '{name}:' with its words"
    for name in sorted(words.keys() - wanted):
        yield (*place, name), f"there is no {what} '{name}' in the guide", "remove it, or correct its id"


def _question(question: DraftQuestion, words: dict[str, Any], place: Place) -> Iterable[Finding]:
    source = question.source
    wanted = {
        "choices": {choice.id for choice in source.choices},
        "results": {result.id for result in source.results},
        "dates": {choice.id for choice in source.choices if choice.companion},
    }
    for part, ids in wanted.items():
        if part not in question.broken and not (part == "dates" and "choices" in question.broken):
            yield from _same_keys(_block(words, part), ids, (*place, part), part.removesuffix("s"))
    yield from _only_if(words, place, "result_ask", bool(source.results) or "results" in question.broken)
    if "kind" not in question.broken:
        for end in ("low", "high"):
            yield from _only_if(words, place, end, source.kind is Kind.SCALE)
        if "steps" in words and source.kind is not Kind.SCALE:
            yield (*place, "steps"), f"'steps' does nothing for kind {source.kind}", "remove it"
    yield from _lengths(words, place)


def _only_if(words: dict[str, Any], place: Place, key: str, wanted: bool) -> Iterable[Finding]:
    if wanted and key not in words:
        yield (*place, key), f"'{key}' is missing", "add it"
    if not wanted and key in words:
        yield (*place, key), f"'{key}' does nothing here", "remove it"


def _lengths(words: dict[str, Any], place: Place) -> Iterable[Finding]:
    for part in ("choices", "results"):
        labels = _block(words, part)
        for name, label in labels.items():
            if isinstance(label, str) and len(label) > LONGEST_LABEL:
                yield (
                    (*place, part, name),
                    f"the button has {len(label)} characters",
                    f"use at most {LONGEST_LABEL}, better 24",
                )
        for name in _repeated(labels):
            yield (*place, part, name), f"two buttons say '{labels[name]}'", "word them so that they can be told apart"
    for key, longest in (("ask", LONGEST_ASK), ("help", LONGEST_ASK), ("short", LONGEST_SHORT)):
        text = words.get(key)
        if isinstance(text, str) and len(text) > longest:
            yield (*place, key), f"the text has {len(text)} characters", f"use at most {longest}"


def _repeated(labels: dict[str, Any]) -> list[str]:
    seen: set[str] = set()
    found = []
    for name, label in labels.items():
        if isinstance(label, str) and label.strip().lower() in seen:
            found.append(name)
        seen.add(str(label).strip().lower())
    return found


def _templates(data: Any, place: Place) -> Iterable[Finding]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _templates(value, (*place, key))
    elif isinstance(data, str) and ("{{" in data or "{%" in data):
        yield place, "a guide's words take no placeholders", "write the text itself"
