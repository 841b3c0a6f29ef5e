"""The codebook's words in one language: is every code worded, and can each name be told from the others?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from prompts.codebook_source import LONGEST_NAME, name_key
from prompts.mistakes import Mistake
from prompts.yamlfile import Document, Place

LONGEST_TEXT = 500  # what a coder reads beside a list of codes
Finding = tuple[Place, str, str]


def check_codebook_words(ids: Sequence[str], tensions: Sequence[str], document: Document) -> list[Mistake]:
    """All mistakes in ``document`` measured against the ids of all codes and tensions."""
    codes, told = block(document.data, "codes"), block(document.data, "tensions")
    found = [*_same(told, set(tensions), ("tensions",), "tension"), *_same(codes, set(ids), ("codes",), "code")]
    names: dict[str, str] = {}
    for code_id, words in codes.items():
        if isinstance(words, dict):
            found += texts(words, ("codes", code_id))
            found += taken(words.get("name"), code_id, names, ("codes", code_id, "name"))
    for tension, words in told.items():
        if isinstance(words, dict):
            found += texts(words, ("tensions", tension))
    return [document.mistake(place, problem, remedy) for place, problem, remedy in found]


def block(data: Any, key: str) -> Mapping[str, Any]:
    """The mapping under ``key``; empty when there is none."""
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


def texts(words: Mapping[str, Any], place: Place, longest_text: int = LONGEST_TEXT) -> Iterable[Finding]:
    """What is wrong with the texts of one code: a name must fit into one line everywhere, the rest be readable."""
    for key, text in words.items():
        if not isinstance(text, str):
            continue
        longest = LONGEST_NAME if key == "name" else longest_text
        if len(text) > longest:
            yield (*place, key), f"the text has {len(text)} characters", f"use at most {longest}"
        if key == "name" and (len(text.split()) == 0 or " ".join(text.split()) != text or not text.isprintable()):
            yield (*place, key), "the name is not one plain line", "write it in one line, with single spaces"


def taken(name: Any, code_id: str, names: dict[str, str], place: Place) -> Iterable[Finding]:
    """Is the name that of another code? Programs keep only one of two such. ``names``: those before it; it is added."""
    if not isinstance(name, str) or not name.strip():
        return
    key = name_key(name)
    if names.setdefault(key, code_id) != code_id:
        yield place, f"'{name}' is also the name of '{names[key]}', and programs keep only one", "give it another name"


def _same(words: Mapping[str, Any], wanted: set[str], place: Place, what: str) -> Iterable[Finding]:
    for name in sorted(wanted - words.keys()):
        yield (*place, name), f"the {what} '{name}' has no wording here", f"add '{name}:' with its words"
    for name in sorted(words.keys() - wanted):
        yield (*place, name), f"there is no {what} '{name}' in the codebook", "remove it, or correct its id"
