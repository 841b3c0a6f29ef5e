"""An organisation's own codes: they may add to the codebook, and never take the place of what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from prompts.checks.codebook_words import block, taken, texts
from prompts.codebook_source import COLOUR, LONGEST_OWN_TEXT, theme_of
from prompts.mistakes import Mistake
from prompts.yamlfile import Document, Place

Finding = tuple[Place, str, str]
Placed = tuple[Place, Mapping[str, Any]]
TEXTS = ("name", "definition", "use_when", "not_when", "example")


def check_own(
    document: Document, shipped: Sequence[str], tensions: Sequence[str], words: Sequence[Document]
) -> list[Mistake]:
    """All mistakes in ``document`` measured against the ids and the ``words`` of the codebook's own codes."""
    items = document.data.get("codes")
    codes = [
        (("codes", index), item) for index, item in enumerate(items if isinstance(items, list) else []) if _named(item)
    ]
    found = [*_ids(codes, shipped), *_names(codes, words), *_guids(codes)]
    for place, item in codes:
        found += texts({key: item.get(key) for key in TEXTS}, place, LONGEST_OWN_TEXT)
        found += _marks(place, item, tensions)
    return [document.mistake(place, problem, remedy) for place, problem, remedy in found]


def _named(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str)


def _ids(codes: Sequence[Placed], shipped: Sequence[str]) -> Iterable[Finding]:
    seen: set[str] = set()
    themes = {item["id"] for _, item in codes} | set(shipped)
    for place, item in codes:
        code_id, theme = item["id"], theme_of(item["id"])
        if code_id in shipped:
            problem = f"'{code_id}' is a code of the codebook itself"
            yield (*place, "id"), problem, "give yours another id; the shipped ones stay as they are"
        elif code_id in seen:
            yield (*place, "id"), f"the code '{code_id}' is there twice", "rename one of the two"
        seen.add(code_id)
        if theme is not None and theme not in themes:
            yield (
                (*place, "id"),
                f"there is no theme '{theme}'",
                "add it with its name, or correct the id",
            )


def _names(codes: Sequence[Placed], words: Sequence[Document]) -> Iterable[Finding]:
    names: dict[str, str] = {}
    for document in words:
        for code_id, said in block(document.data, "codes").items():
            list(taken(said.get("name") if isinstance(said, dict) else None, code_id, names, ()))
    for place, item in codes:
        yield from taken(item.get("name"), item["id"], names, (*place, "name"))


def _guids(codes: Sequence[Placed]) -> Iterable[Finding]:
    seen: dict[str, str] = {}
    for place, item in codes:
        guid = item.get("guid")
        if isinstance(guid, str) and seen.setdefault(guid, item["id"]) != item["id"]:
            yield (*place, "guid"), f"'{seen[guid]}' has this guid too", "remove the line from the one you added"


def _marks(place: Place, item: Mapping[str, Any], tensions: Sequence[str]) -> Iterable[Finding]:
    tension, colour = item.get("tension"), item.get("colour")
    if isinstance(tension, str) and tension not in tensions:
        yield (*place, "tension"), f"there is no tension '{tension}'", f"write one of: {', '.join(tensions)}"
    if isinstance(colour, str) and COLOUR.fullmatch(colour) is None:
        yield (*place, "colour"), f"'{colour}' is no colour", 'write it in quotes as "#RRGGBB", in capitals'
