"""The shape of codebook.yaml, of its words, and of an organisation's own codes; and reading them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from prompts.checks.guide import read_document
from prompts.files import LANGUAGES, Folders, TextFile
from prompts.mistakes import Mistake
from prompts.schema import Id, Line, Strict
from prompts.yamlfile import Document, read_yaml

CODEBOOK_FILE = "codebook.yaml"
LONGEST_NAME = 60  # longer ones are cut in the programs people code in, and two names become one
LONGEST_OWN_TEXT = 10_000  # a memo that has grown while coding
COLOUR = re.compile(r"#[0-9A-F]{6}")

CodeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
Guid = Annotated[str, Field(pattern=r"^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$")]


class CodeSource(Strict):
    """A code in codebook.yaml. Without ``tension`` it has that of its theme."""

    id: CodeId
    tension: Id | None = None
    colour: Line


class CodebookSource(Strict):
    """codebook.yaml."""

    version: Annotated[int, Field(ge=1)]
    tensions: Annotated[list[Id], Field(min_length=1)]
    codes: Annotated[list[CodeSource], Field(min_length=1)]


class TensionWords(Strict):
    """A tension in one language."""

    name: Line
    definition: Line


class CodeWords(Strict):
    """The words of one code in one language. ``example``: a line that is plainly invented."""

    name: Line
    definition: Line
    use_when: Line
    not_when: Line
    example: Line | None = None


class CodebookWordsSource(Strict):
    """da/codebook.yaml or en/codebook.yaml."""

    tensions: dict[str, TensionWords]
    codes: dict[str, CodeWords]


class OwnCodeSource(Strict):
    """One of an organisation's own codes, in its own words, whatever language that is. A code that was found in the
    material often has only a name at first. ``guid``: that of the program it came from, so that it stays the same."""

    id: CodeId
    name: Line
    definition: Line | None = None
    use_when: Line | None = None
    not_when: Line | None = None
    example: Line | None = None
    tension: Id | None = None
    colour: Line | None = None
    guid: Guid | None = None


class OwnCodebookSource(Strict):
    """codebook.yaml in the data folder."""

    codes: list[OwnCodeSource]


@dataclass(frozen=True, slots=True)
class CodebookFiles:
    """The files as read; what keeps one from being read is a mistake inside. ``own`` None: there is none."""

    codes: Document
    words: dict[str, Document]
    own: Document | None


def read_codebook_files(folders: Folders, own: Path | None = None) -> CodebookFiles:
    """codebook.yaml and its words in every language, the organisation's own prompts before the shipped ones; and its
    own codes (``own``, a file that need not be there)."""
    words = {language: read_document(folders, f"{language}/{CODEBOOK_FILE}") for language in LANGUAGES}
    return CodebookFiles(read_document(folders, CODEBOOK_FILE), words, read_own_document(own))


def read_own_document(path: Path | None) -> Document | None:
    """The file with an organisation's own codes; None when there is none."""
    if path is None or not path.exists():
        return None
    try:
        text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or type(error).__name__
        wrong = Mistake(str(path), 1, "file", f"it cannot be read ({why})", "save it as readable UTF-8 text")
        return Document(str(path), mistakes=[wrong])
    return read_yaml(TextFile(str(path), path, text))


def name_key(name: str) -> str:
    """What two names have in common when programs take them for one: neither case nor spaces nor composed letters."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def theme_of(code_id: str) -> str | None:
    """``relation`` of ``relation.cognitive``; None for a theme."""
    theme, dot, _ = code_id.partition(".")
    return theme if dot else None
