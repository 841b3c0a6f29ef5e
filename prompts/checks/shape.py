"""Is a file built as its schema says? pydantic's findings, told in the words of a guide's author."""

from __future__ import annotations

import difflib
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from prompts import schema
from prompts.mistakes import Mistake
from prompts.yamlfile import Document, Place

WANTED = {
    "string_type": ("a text", "write a text, in quotes if it looks like a number"),
    "int_type": ("a whole number", "write a whole number without quotes"),
    "bool_type": ("true or false", "write true or false, without quotes"),
    "list_type": ("a list", "write [one, two] or one item a line after '- '"),
    "dict_type": ("a block of 'key: value' lines", "write its parts as 'key: value', one a line"),
    "model_type": ("a block of 'key: value' lines", "write its parts as 'key: value', one a line"),
    "date_from_datetime_parsing": ("a date", "write it as 2026-01-31"),
    "date_parsing": ("a date", "write it as 2026-01-31"),
}


def check_shape(document: Document, model: type[BaseModel]) -> list[Mistake]:
    """Every place in ``document`` that does not fit ``model``."""
    if document.data is None:
        empty = document.mistake((), "the file is empty", "write it, or delete it to use the shipped one")
        return [] if document.mistakes else [empty]
    try:
        model.model_validate(document.data)
    except ValidationError as error:
        return list({_place(document, item): _mistake(document, item) for item in error.errors()}.values())
    return []


def _place(document: Document, error: ErrorDetails) -> Place:
    # For a union pydantic adds the name of the branch; only what stands in the file is a place.
    place = tuple(error["loc"])
    missing = error["type"] == "missing"
    while place and place not in document.lines and not (missing and place == error["loc"]):
        place = place[:-1]
    return place


def _mistake(document: Document, error: ErrorDetails) -> Mistake:
    problem, remedy = _explain(error)
    return document.mistake(_place(document, error), problem, remedy)


def _explain(error: ErrorDetails) -> tuple[str, str]:
    found: Any = error["input"]
    name = str(error["loc"][-1]) if error["loc"] else "the file"
    match error["type"]:
        case "missing":
            return f"'{name}' is missing", "add it"
        case "extra_forbidden":
            close = difflib.get_close_matches(name, _known_keys(), n=1)
            return f"'{name}' is not known here", f"write '{close[0]}'" if close else "remove it"
        case "enum" | "literal_error":
            return f"'{found}' is not possible here", f"write {error['ctx']['expected']}"
        case "string_pattern_mismatch" if not str(found).strip():
            return "the text is empty", "write it"
        case "string_pattern_mismatch":
            return f"'{found}' has the wrong form", _pattern_remedy(str(error["ctx"]["pattern"]))
        case "string_too_long":
            limit = error["ctx"]["max_length"]
            return (
                f"'{found}' is too long: its button would pass Telegram's 64 bytes of callback data",
                f"use an id of at most {limit} letters",
            )
        case "string_too_short":
            return "the text is empty", "write it"
        case kind if kind in WANTED and found is None:
            return f"'{name}' is empty", WANTED[kind][1]
        case kind if kind in WANTED:
            return f"this must be {WANTED[kind][0]}", WANTED[kind][1]
        case _:
            return error["msg"][:1].lower() + error["msg"][1:], "correct it"


def _pattern_remedy(pattern: str) -> str:
    if pattern.startswith("^[a-z][a-z0-9_]"):
        return "use small letters a–z, digits and _, beginning with a letter"
    if pattern.startswith("^[a-z][a-z_]"):
        return "write a code as theme or theme.code, in small letters"
    return f"it must fit {pattern}"


@cache
def _known_keys() -> list[str]:
    """Every key that a file of ours may have."""
    from prompts import codebook_source, ladder_source  # which read their files with the help of this module

    models = (*vars(schema).values(), *vars(ladder_source).values(), *vars(codebook_source).values())
    found = [one for one in models if isinstance(one, type) and issubclass(one, BaseModel)]
    return sorted({name for model in found for name in model.model_fields})
