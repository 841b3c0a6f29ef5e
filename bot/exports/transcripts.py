"""``transcripts/``: each reflection as Markdown and as HTML, with a heading for every question.

NVivo codes by heading; Taguette takes HTML. In both, what a mentor wrote stays text: it can make neither a heading nor
a tag. Several spaces in a row, and several empty lines, count as one in these formats.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from markupsafe import escape

from bot.exports.transcript import Transcript

FOLDER = "transcripts"

_BREAK = "\\\n"
_INLINE = re.compile(r"([\\`*_\[\]<>&~$^|@])")
_NUMBERED = re.compile(r"^(\(?(?:\d+|[A-Za-z]|[ivxlcdmIVXLCDM]+))([.)])")
_EMPTY = re.compile(r"\n(?:[ \t]*\n)+")


class Transcripts:
    """Writes a pair of files (0600) for each reflection into ``transcripts/`` in ``folder``, which it makes (0700)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._folder.mkdir(mode=0o700)

    def add(self, transcript: Transcript) -> None:
        """Write the files of one reflection. Raises FileExistsError, OSError."""
        self.add_page(page_of(transcript))

    def add_page(self, page: Page) -> None:
        """The same, of what ``page_of`` took from it."""
        _write(f"{self._folder}/{page.name}.md", _markdown(page))
        _write(f"{self._folder}/{page.name}.html", _html(page))


class Page(NamedTuple):
    """What these files need of a transcript, light enough to be handed to another process. ``sections``: heading,
    what stands there instead of an answer, answer; of the last two one is empty."""

    name: str
    title: str
    language: str
    sections: tuple[tuple[str, str, str], ...]


def page_of(transcript: Transcript) -> Page:
    """What these files need of it."""
    sections = tuple(
        [
            (one.heading, one.silence, "") if one.passage is None else (one.heading, "", one.passage.text)
            for one in transcript.sections
        ]
    )
    return Page(transcript.name, transcript.title, transcript.language, sections)


def markdown(transcript: Transcript) -> str:
    """CommonMark, also for Pandoc: headings are the reflection's title (1) and the questions (2), and nothing else."""
    return _markdown(page_of(transcript))


def html(transcript: Transcript) -> str:
    """A whole HTML5 page in UTF-8, with everything that was written escaped."""
    return _html(page_of(transcript))


def _markdown(page: Page) -> str:
    parts = [f"# {_line(page.title)}\n"]
    for heading, silence, text in page.sections:
        parts.append(f"\n## {_line(heading)}\n")
        if silence:
            parts.append(f"\n*{_line(silence)}*\n")
        parts += ["\n" + _BREAK.join(map(_line, lines)) + "\n" for lines in paragraphs(text)]
    return "".join(parts)


def _html(page: Page) -> str:
    # Not a template: a hundred thousand answers are written, and every text here goes through ``escape`` all the same.
    title = escape(page.title)
    parts = [
        f'<!DOCTYPE html>\n<html lang="{escape(page.language)}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n"
    ]
    for heading, silence, text in page.sections:
        parts.append(f"<h2>{escape(heading)}</h2>\n")
        if silence:
            parts.append(f"<p><em>{escape(silence)}</em></p>\n")
        parts += [f'<p dir="auto">{"<br>".join(map(escape, lines))}</p>\n' for lines in paragraphs(text)]
    return "".join([*parts, "</body>\n</html>"])


def _write(path: str, text: str) -> None:
    """A new file for its owner only. There are two a reflection, so that what opening one costs is felt."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        left = memoryview(text.encode())
        while left:
            left = left[os.write(descriptor, left) :]
    finally:
        os.close(descriptor)


def paragraphs(text: str) -> list[list[str]]:
    """Lines by paragraph: empty lines divide paragraphs."""
    blocks = (block.strip("\n") for block in _EMPTY.split(f"\n{text}\n"))
    return [block.split("\n") for block in blocks if block.strip(" \t\n")]


def _line(text: str) -> str:
    """One line as it stands, with nothing in it that Markdown would take for markup."""
    if _INLINE.search(text) is not None:
        text = _INLINE.sub(r"\\\1", text)
    begin = text[:1]
    if begin in " \t":
        # Bare ones would be a block of code, or vanish.
        rest = text.lstrip(" \t")
        return "&nbsp;" * (len(text) - len(rest)) + rest
    if begin in "#+=:-":
        return f"\\{text}"
    return _NUMBERED.sub(r"\1\\\2", text)
