"""The ladder's words in one language: is every step worded, and can the words be filled in?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, meta

from bot.dialogue.ladder import Facts, StepKind
from prompts.ladder_source import FACTS, OTHER, StepSource, filling
from prompts.mistakes import Mistake
from prompts.yamlfile import Document, Place

LONGEST_NAME = 40  # a button over the whole width of a phone
LONGEST_TEXT = 400  # a reminder shows several of them in one message
SAMPLE = Facts(days=9, without_contact=16, rhythm=7, rhythm_missed=True, tried=3, tried_this_week=2)
Finding = tuple[Place, str, str]


def check_ladder_words(steps: Sequence[StepSource], ids: Sequence[str], document: Document) -> list[Mistake]:
    """All mistakes in ``document`` measured against the readable ``steps``; ``ids`` are those of all steps."""
    data: Mapping[str, Any] = document.data
    words = _block(data, "steps")
    found = [*_span(data), *_same(words, set(ids), ("steps",), "step")]
    lead = next((step.id for step in steps if step.kind is StepKind.TELL_LEAD), None)
    for step in steps:
        if isinstance(own := words.get(step.id), dict):
            found += _step(step, own, ("steps", step.id), alarm=step.id == lead)
    for key in _block(data, "blocked"):
        found += _plain(data["blocked"][key], ("blocked", key))
    return [document.mistake(place, problem, remedy) for place, problem, remedy in found]


def _block(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _same(words: Mapping[str, Any], wanted: set[str], place: Place, what: str) -> Iterable[Finding]:
    for name in sorted(wanted - words.keys()):
        yield (*place, name), f"the {what} '{name}' has no wording here", f"add '{name}:' with its words"
    for name in sorted(words.keys() - wanted):
        yield (*place, name), f"there is no {what} '{name}' in the ladder", "remove it, or correct its id"


def _step(step: StepSource, words: Mapping[str, Any], place: Place, *, alarm: bool) -> Iterable[Finding]:
    do = words.get("do")
    if step.kind is StepKind.ATTEMPT and isinstance(do, str):
        yield (*place, "do"), "an attempt is worded for each of its channels", f"write '{step.channels[0]}: …' below it"
    elif step.kind is StepKind.ATTEMPT and isinstance(do, dict):
        yield from _same(do, {channel.value for channel in step.channels}, (*place, "do"), "channel")
        for channel, text in do.items():
            yield from _plain(text, (*place, "do", channel))
    elif isinstance(do, dict):
        yield (*place, "do"), f"kind {step.kind} has no channels to word", "write one text"
    else:
        yield from _plain(do, (*place, "do"))
    if alarm and "why_worried" not in words:
        yield place, "'why_worried' is missing: worry goes straight to this step", "add it"
    if not alarm and "why_worried" in words:
        yield (*place, "why_worried"), "'why_worried' does nothing here: worry goes to another step", "remove it"
    name = words.get("name")
    if isinstance(name, str) and len(name) > LONGEST_NAME:
        yield (*place, "name"), f"the name has {len(name)} characters", f"use at most {LONGEST_NAME}"
    yield from _plain(name, (*place, "name"))
    for key in ("why", "why_worried"):
        yield from _filled(words.get(key), (*place, key))


def _plain(text: Any, place: Place) -> Iterable[Finding]:
    if not isinstance(text, str):
        return
    yield from _length(text, place)
    if "{{" in text or "{%" in text:
        yield place, "only 'why' and 'why_worried' take placeholders", "write the text itself"


def _filled(text: Any, place: Place) -> Iterable[Finding]:
    if not isinstance(text, str):
        return
    yield from _length(text, place)
    env = filling({OTHER: "{{ n }}"})
    try:
        unknown = sorted(meta.find_undeclared_variables(env.parse(text)) - FACTS)
        if not unknown:
            env.from_string(text).render(asdict(SAMPLE))
    except TemplateSyntaxError as error:
        problem = f"the placeholders cannot be read ({error.message})"
        yield place, problem, "write {{ days | span }} or {% if rhythm_missed %}…{% endif %}"
        return
    except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        yield place, f"the text cannot be filled in ({error})", "use only what the top of the file lists"
        return
    for name in unknown:
        yield place, f"there is no placeholder '{name}'", f"write one of: {', '.join(sorted(FACTS))}"


def _length(text: str, place: Place) -> Iterable[Finding]:
    if len(text) > LONGEST_TEXT:
        yield place, f"the text has {len(text)} characters", f"use at most {LONGEST_TEXT}"


def _span(data: Mapping[str, Any]) -> Iterable[Finding]:
    span = _block(data, "span")
    if "span" in data and OTHER not in span:
        yield ("span",), f"'{OTHER}' is missing, so most numbers of days have no words", f"add '{OTHER}: {{{{ n }}}} …'"
    for key, text in span.items():
        place = ("span", key)
        if key != OTHER and not (key.isascii() and key.isdigit()):
            yield place, f"'{key}' is no number of days", f"write a number in quotes, or {OTHER}"
        if not isinstance(text, str):
            continue
        try:
            unknown = meta.find_undeclared_variables(filling({OTHER: ""}).parse(text))
        except TemplateSyntaxError as error:
            yield place, f"the placeholders cannot be read ({error.message})", "write {{ n }}"
            continue
        if unknown - {"n"} or (key == OTHER and "n" not in unknown):
            yield place, "the number of days is {{ n }} here, and nothing else", "write {{ n }}"
