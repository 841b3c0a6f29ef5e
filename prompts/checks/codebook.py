"""Everything that can be wrong in the codebook; its words and an organisation's own codes have modules of their own."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from prompts.checks.codebook_own import check_own
from prompts.checks.codebook_words import check_codebook_words
from prompts.checks.draft import read_draft
from prompts.checks.guide import read_guide_files
from prompts.checks.shape import check_shape
from prompts.codebook_source import (
    COLOUR,
    CodebookFiles,
    CodebookSource,
    CodebookWordsSource,
    CodeSource,
    OwnCodebookSource,
    read_codebook_files,
    theme_of,
)
from prompts.files import Folders
from prompts.mistakes import Mistake
from prompts.yamlfile import Document, Place

Finding = tuple[Place, str, str]
Placed = tuple[Place, CodeSource]


def check_codebook(folders: Folders, own: Path | None = None) -> list[Mistake]:
    """All mistakes in codebook.yaml, its words and the organisation's ``own`` codes, and every code that a guide names
    and the codebook does not have."""
    files = read_codebook_files(folders, own)
    return [*check_codebook_files(files), *_check_guides(folders, files.codes)]


def check_codebook_files(files: CodebookFiles) -> list[Mistake]:
    """All mistakes in these files, in their order."""
    document = files.codes
    codes = _readable(document)
    mistakes = [*document.mistakes, *check_shape(document, CodebookSource)]
    mistakes += [document.mistake(place, problem, remedy) for place, problem, remedy in _findings(document, codes)]
    found = _sorted(mistakes)
    ids = _named(document, "codes")
    for words in files.words.values():
        mistakes = [*words.mistakes, *check_shape(words, CodebookWordsSource)]
        if isinstance(words.data, dict) and ids:
            mistakes += check_codebook_words(ids, _tensions(document), words)
        found += _sorted(mistakes)
    if files.own is not None:
        mistakes = [*files.own.mistakes, *check_shape(files.own, OwnCodebookSource)]
        if isinstance(files.own.data, dict) and ids:
            mistakes += check_own(files.own, ids, _tensions(document), list(files.words.values()))
        found += _sorted(mistakes)
    return found


def _sorted(mistakes: list[Mistake]) -> list[Mistake]:
    return sorted(set(mistakes), key=lambda mistake: mistake.line)


def _raw(document: Document, key: str) -> list[Any]:
    data = document.data.get(key) if isinstance(document.data, dict) else None
    return data if isinstance(data, list) else []


def _named(document: Document, key: str) -> list[str]:
    """The ids of all codes, also of those that are wrong otherwise."""
    return [str(item["id"]) for item in _raw(document, key) if isinstance(item, dict) and item.get("id") is not None]


def _tensions(document: Document) -> list[str]:
    return [str(item) for item in _raw(document, "tensions")]


def _readable(document: Document) -> list[Placed]:
    """The codes whose every key can be read."""
    found: list[Placed] = []
    for index, item in enumerate(_raw(document, "codes")):
        try:
            found.append((("codes", index), CodeSource.model_validate(item)))
        except ValidationError:
            continue  # told by the shape
    return found


def _findings(document: Document, codes: list[Placed]) -> Iterable[Finding]:
    tensions = _tensions(document)
    yield from _twice(tensions)
    ids = _named(document, "codes")
    seen: set[str] = set()
    colours: dict[str, str] = {}
    for place, code in codes:
        if code.id in seen:
            yield (*place, "id"), f"the code '{code.id}' is there twice", "rename one of the two"
        seen.add(code.id)
        yield from _own(place, code, ids, tensions)
        if code.colour in colours:
            problem = f"'{code.id}' has the colour of '{colours[code.colour]}'"
            yield (*place, "colour"), problem, "give it another one, so that they can be told apart"
        colours.setdefault(code.colour, code.id)
    if codes and len(codes) == len(_raw(document, "codes")):
        used = {code.tension for _, code in codes}
        for index, tension in enumerate(tensions):
            if tension not in used:
                yield ("tensions", index), f"no code belongs to the tension '{tension}'", "remove it, or use it"


def _twice(tensions: list[str]) -> Iterable[Finding]:
    for index, tension in enumerate(tensions):
        if tension in tensions[:index]:
            yield ("tensions", index), f"the tension '{tension}' is there twice", "keep one of the two"


def _own(place: Place, code: CodeSource, ids: list[str], tensions: list[str]) -> Iterable[Finding]:
    theme = theme_of(code.id)
    if theme is not None and theme not in ids:
        yield (*place, "id"), f"there is no theme '{theme}'", f"add '- id: {theme}', or correct the id"
    if theme is None and code.tension is None:
        yield place, f"the theme '{code.id}' names no tension", f"add 'tension:' with one of: {', '.join(tensions)}"
    if code.tension is not None and code.tension not in tensions:
        yield (*place, "tension"), f"there is no tension '{code.tension}'", f"write one of: {', '.join(tensions)}"
    if COLOUR.fullmatch(code.colour) is None:
        yield (*place, "colour"), f"'{code.colour}' is no colour", 'write it in quotes as "#RRGGBB", in capitals'


def _check_guides(folders: Folders, document: Document) -> list[Mistake]:
    """Codes that a guide names; told in the guide. Not an organisation's own ones: those are for people who code, and
    stay apart from what the guide puts on answers by itself."""
    known = _named(document, "codes")
    if not known:
        return []
    mistakes: list[Mistake] = []
    for guide_id in folders.guides():
        guide = read_guide_files(folders, guide_id).guide
        for question in read_draft(guide).questions:
            named = [((*question.place, "codes"), question.source.codes)]
            options = [*question.options("choices"), *question.options("results")]
            named += [((*place, "codes"), choice.codes) for place, choice in options]
            for place, codes in named:
                mistakes += [
                    guide.mistake((*place, index), f"the codebook has no code '{code}'", _remedy(code, known))
                    for index, code in enumerate(codes)
                    if code not in known
                ]
    return mistakes


def _remedy(code: str, known: list[str]) -> str:
    close = difflib.get_close_matches(code, known, n=1)
    return f"write '{close[0]}', or add '{code}' to codebook.yaml" if close else f"add '{code}' to codebook.yaml"
