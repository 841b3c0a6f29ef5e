"""All other wording: short texts by a dotted key, longer ones as ``*.j2`` files, in Telegram's HTML.

Values are always escaped; a value that a text needs and does not get is an error, never an empty space.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from prompts.checks.guide import read_document
from prompts.files import LANGUAGES, Folders
from prompts.yamlfile import Document

TEXTS_FILES = "messages*.yaml"
TEMPLATE_ENDING = ".html.j2"


class MessagesError(ValueError):
    """The wording of a language cannot be used."""


class UnknownTextError(KeyError):
    """There is no text with this key."""


def environment(escaped: bool = True) -> Environment:
    """The Jinja2 environment for our texts. ``escaped``: HTML; else plain text, for buttons.

    ``select_autoescape`` would not escape ``*.html.j2``, hence a plain True.
    """
    return ImmutableSandboxedEnvironment(
        autoescape=escaped, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


class Messages:
    """The texts of one language. Templates are compiled when first used, so that starting stays quick."""

    def __init__(self, language: str, texts: Mapping[str, str], templates: Mapping[str, str]) -> None:
        self.language = language
        self.texts = texts
        self.templates = templates
        self._html = environment()
        self._plain = environment(escaped=False)
        self._compiled: dict[tuple[str, bool], Template] = {}

    def text(self, key: str, /, **values: Any) -> str:
        """The text ``key`` (``note.stale``) as Telegram HTML, with ``values`` escaped.

        Raises UnknownTextError for an unknown key, jinja2.UndefinedError when a value is missing.
        """
        return self._render(key, self._source(self.texts, key), values, escaped=True)

    def plain(self, key: str, /, **values: Any) -> str:
        """The text ``key`` where no HTML is read: buttons, the small text a tap is answered with, menus."""
        return self._render(key, self._source(self.texts, key), values, escaped=False)

    def render(self, name: str, /, **values: Any) -> str:
        """The larger text ``name`` (``help`` for help.html.j2) as Telegram HTML, with ``values`` escaped."""
        return self._render(
            f"{name}{TEMPLATE_ENDING}", self._source(self.templates, name), values, escaped=True
        ).strip()

    def has(self, key: str) -> bool:
        """Whether there is a text with this key."""
        return key in self.texts

    def _source(self, sources: Mapping[str, str], key: str) -> str:
        try:
            return sources[key]
        except KeyError:
            raise UnknownTextError(f"there is no text '{key}' in the language '{self.language}'") from None

    def _render(self, name: str, source: str, values: Mapping[str, Any], *, escaped: bool) -> str:
        if "{" not in source:
            return source
        compiled = self._compiled.get((name, escaped))
        if compiled is None:
            compiled = (self._html if escaped else self._plain).from_string(source)
            compiled.globals = dict(compiled.globals)  # a chain of dicts, gone through anew for each rendering
            self._compiled[(name, escaped)] = compiled
        return compiled.render(values)


def flatten(data: Any, prefix: str = "") -> dict[str, Any]:
    """Nested blocks as dotted keys: ``{"note": {"stale": "…"}}`` → ``{"note.stale": "…"}``."""
    if not isinstance(data, dict):
        return {prefix: data}
    found: dict[str, Any] = {}
    for key, value in data.items():
        found |= flatten(value, f"{prefix}.{key}" if prefix else str(key))
    return found


@dataclass(frozen=True)
class Texts:
    """The files with short texts of one language: ``shipped``, and the organisation's ``own``, which replace single
    texts."""

    shipped: Sequence[Document]
    own: Sequence[Document]


def read_texts(folders: Folders, language: str) -> Texts:
    """messages.yaml and messages_*.yaml of a language. An organisation needs only the files and texts it changes."""
    names = Folders().names(language, ".yaml")
    shipped = [read_document(Folders(), name) for name in names if _is_texts(name)]
    own: list[Document] = []
    if folders.override is not None:
        there = sorted(path.name for path in (folders.override / language).glob("*.yaml"))
        own = [read_document(folders, f"{language}/{name}") for name in there if _is_texts(name)]
    return Texts(shipped, own)


def _is_texts(name: str) -> bool:
    return fnmatch(Path(name).name, TEXTS_FILES)


def read_templates(folders: Folders, language: str) -> dict[str, str]:
    """The ``*.html.j2`` files of a language by name. Raises OSError or UnicodeDecodeError when one cannot be read."""
    found = {}
    for name in folders.names(language, TEMPLATE_ENDING):
        file = folders.read(name)
        if file is not None:
            found[Path(name).name.removesuffix(TEMPLATE_ENDING)] = file.text
    return found


def load_messages(folder: Path | None = None, language: str = LANGUAGES[0]) -> Messages:
    """The texts of ``language`` (da, en). In ``folder`` (``EFTERTANKE_PROMPTS``) messages*.yaml may hold single texts,
    which replace the shipped ones; ``*.html.j2`` files are replaced whole.

    Raises MessagesError when a file cannot be read.
    """
    folders = Folders(folder)
    texts: dict[str, str] = {}
    read = read_texts(folders, language)
    for document in (*read.shipped, *read.own):
        if document.mistakes:
            raise MessagesError(f"{document.mistakes[0]}. Run 'eftertanke guide check' to see every mistake.")
        found = flatten(document.data)
        if not all(isinstance(value, str) and value for value in found.values()):
            raise MessagesError(f"{document.file} holds an empty text. Run 'eftertanke guide check' to see where.")
        texts |= found
    try:
        templates = read_templates(folders, language)
    except (OSError, UnicodeDecodeError) as error:
        raise MessagesError(f"A text of the language '{language}' cannot be read: {error}.") from error
    return Messages(language, texts, templates)
