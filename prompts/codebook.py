"""The codebook as data: read, checked, with its words. See prompts/codebook.yaml for what can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from prompts.checks.codebook import check_codebook, check_codebook_files
from prompts.codebook_source import (
    CodebookFiles,
    CodebookSource,
    CodebookWordsSource,
    CodeSource,
    OwnCodebookSource,
    OwnCodeSource,
    read_codebook_files,
    theme_of,
)
from prompts.files import LANGUAGES, Folders
from prompts.mistakes import Mistake
from prompts.schema import Strict

__all__ = ["Code", "Codebook", "CodebookError", "check_codebook", "load_codebook"]

GREY = "#7F7F7F"  # an own theme without a colour


class CodebookError(ValueError):
    """The codebook cannot be used. ``mistakes`` lists all of them."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        more = f" (and {len(self.mistakes) - 1} more)" if len(self.mistakes) > 1 else ""
        super().__init__(
            f"The codebook has mistakes{more}: {self.mistakes[0]}. "
            "Run 'eftertanke guide check' to see them all, and correct the files."
        )


class Code(Strict):
    """One code. Words are by language (da, en); an own code has the same ones in each. Plain text, never markup.

    ``parent``: the theme it stands under, None for a theme. ``own``: the organisation's. ``guid``: the one an own code
    came with, upper-case. ``tension_id``: None where an own code has none. Missing words are empty.
    """

    id: str
    parent: str | None
    own: bool
    colour: str
    tension_id: str | None
    guid: str | None
    name: dict[str, str]
    definition: dict[str, str]
    use_when: dict[str, str]
    dont_use_when: dict[str, str]
    example: dict[str, str]
    tension: dict[str, str]


class Codebook(Strict):
    """All codes in the order of the book: each theme, then its codes, the organisation's own after the others."""

    version: int
    codes: tuple[Code, ...]

    @cached_property
    def _by_id(self) -> dict[str, Code]:
        return {code.id: code for code in self.codes}

    def __getitem__(self, code_id: str) -> Code:
        return self._by_id[code_id]

    def get(self, code_id: str) -> Code | None:
        """The code with this id, or None."""
        return self._by_id.get(code_id)

    def children(self, code_id: str) -> tuple[Code, ...]:
        """The codes of a theme; none for a code that is no theme."""
        return tuple(code for code in self.codes if code.parent == code_id)

    def select(self, pattern: str) -> tuple[Code, ...]:
        """A code by its id; ``flexibility.*``: the codes of a theme; ``*``: all. Empty when there is none."""
        if pattern == "*":
            return self.codes
        if pattern.endswith(".*"):
            return self.children(pattern.removesuffix(".*"))
        found = self.get(pattern)
        return () if found is None else (found,)


def load_codebook(folder: Path | None = None, own: Path | None = None) -> Codebook:
    """The codebook. ``folder`` (``EFTERTANKE_PROMPTS``) overrides the shipped files one by one; ``own`` is the file
    with the organisation's own codes (codebook.yaml in the data folder), which need not be there.

    Raises CodebookError, with every mistake, when it cannot be used.
    """
    files = read_codebook_files(Folders(folder), own)
    mistakes = check_codebook_files(files)
    if mistakes:
        raise CodebookError(mistakes)
    return _build(files)


def _build(files: CodebookFiles) -> Codebook:
    source = CodebookSource.model_validate(files.codes.data)
    words = {language: CodebookWordsSource.model_validate(document.data) for language, document in files.words.items()}
    tensions = {one: {lang: words[lang].tensions[one].name for lang in LANGUAGES} for one in source.tensions}
    found = [_shipped(one, source, words, tensions) for one in source.codes]
    if files.own is not None:
        known = {code.id: code for code in found}
        for one in OwnCodebookSource.model_validate(files.own.data).codes:
            found.append(_own(one, known, tensions))
            known[one.id] = found[-1]
    themes = [code for code in found if code.parent is None]
    ordered = [code for theme in themes for code in (theme, *(one for one in found if one.parent == theme.id))]
    return Codebook(version=source.version, codes=tuple(ordered))


def _shipped(
    one: CodeSource,
    source: CodebookSource,
    words: dict[str, CodebookWordsSource],
    tensions: dict[str, dict[str, str]],
) -> Code:
    inherited = {code.id: code.tension for code in source.codes}.get(theme_of(one.id) or "")
    tension = one.tension or inherited
    said = {language: source.codes[one.id] for language, source in words.items()}
    return Code(
        id=one.id,
        parent=theme_of(one.id),
        own=False,
        colour=one.colour,
        tension_id=tension,
        guid=None,
        name={language: text.name for language, text in said.items()},
        definition={language: text.definition for language, text in said.items()},
        use_when={language: text.use_when for language, text in said.items()},
        dont_use_when={language: text.not_when for language, text in said.items()},
        example={language: text.example or "" for language, text in said.items()},
        tension=_tension(tension, tensions),
    )


def _own(one: OwnCodeSource, known: dict[str, Code], tensions: dict[str, dict[str, str]]) -> Code:
    theme = known.get(theme_of(one.id) or "")
    tension = one.tension or (theme.tension_id if theme is not None else None)
    return Code(
        id=one.id,
        parent=theme_of(one.id),
        own=True,
        colour=one.colour or (theme.colour if theme is not None else GREY),
        tension_id=tension,
        guid=one.guid,
        name=_same(one.name),
        definition=_same(one.definition),
        use_when=_same(one.use_when),
        dont_use_when=_same(one.not_when),
        example=_same(one.example),
        tension=_tension(tension, tensions),
    )


def _same(text: str | None) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, text or "")


def _tension(tension: str | None, tensions: dict[str, dict[str, str]]) -> dict[str, str]:
    return dict(tensions[tension]) if tension is not None else _same(None)
