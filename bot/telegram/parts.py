"""Long texts in parts, and formatted ones as plain text. Lengths are UTF-16 units, as Telegram counts."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

LONGEST_PART = 3500
"""Below Telegram's 4096, which counts after formatting: tags that are closed and opened again need room."""

# The tags that Telegram's HTML knows (https://core.telegram.org/bots/api#html-style); anything else is text.
_NAMES = "b|strong|i|em|u|ins|s|strike|del|span|tg-spoiler|tg-emoji|a|code|pre|blockquote"
_TAG = re.compile(rf"<(/?)({_NAMES})(?:\s[^<>]*)?>", re.IGNORECASE)
_TOKEN = re.compile(rf"{_TAG.pattern}|&(?:#\w{{1,8}}|\w{{2,8}});|[^<&]+|.", re.IGNORECASE | re.DOTALL)
_ZWJ = "\u200d"


def units(text: str) -> int:
    """Count UTF-16 code units: most emoji are two."""
    return len(text) + sum(char > "\uffff" for char in text)


def plain(markup: str) -> str:
    """Give the text of Telegram HTML without its formatting."""
    return html.unescape(_TAG.sub("", markup))


def split(markup: str, longest: int = LONGEST_PART) -> list[str]:
    """Cut Telegram HTML into parts of at most about ``longest`` units: at a line's end if there is one in the second
    half, else at a space, else between characters; never inside a tag, an entity or a character of several code
    points. Tags that are open at a cut are closed there and opened again."""
    if units(markup) <= longest:
        return [markup]
    parts: list[str] = []
    part = _Part()
    for piece in _pieces(markup):
        if part.size + units(piece) > longest and part.size:
            head, part = part.cut(longest)
            parts.append(head)
        part.add(piece)
    parts.append(part.closed(len(part.pieces)))
    return [one for one in parts if plain(one).strip()]


@dataclass
class _Part:
    """A part under construction: its pieces, and which tags are open at its start."""

    pieces: list[str] = field(default_factory=list)
    open_before: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, piece: str) -> None:
        self.pieces.append(piece)
        self.size += units(piece)

    def cut(self, longest: int) -> tuple[str, _Part]:
        """Give what goes into this part, and the next part with the rest."""
        place = self._place(longest)
        rest = _Part(open_before=self._open_at(place))
        for piece in self.pieces[place:]:
            rest.add(piece)
        return self.closed(place), rest

    def closed(self, place: int) -> str:
        """Write the pieces up to ``place`` so that they stand alone."""
        ends = "".join(f"</{_name(tag)}>" for tag in reversed(self._open_at(place)))
        return "".join((*self.open_before, *self.pieces[:place], ends))

    def _place(self, longest: int) -> int:
        """Find where to cut: behind a line's end, a space, or at the very end."""
        size, lines, spaces = 0, 0, 0
        for place, piece in enumerate(self.pieces, 1):
            size += units(piece)
            if size > longest // 2:
                lines = place if piece == "\n" else lines
                spaces = place if piece.isspace() else spaces
        return lines or spaces or len(self.pieces)

    def _open_at(self, place: int) -> list[str]:
        tags = list(self.open_before)
        for piece in self.pieces[:place]:
            found = _TAG.fullmatch(piece)
            if found and not found[1]:
                tags.append(piece)
            elif found and tags:
                tags.pop()
        return tags


def _name(tag: str) -> str:
    found = _TAG.fullmatch(tag)
    return found[2] if found else ""


def _pieces(markup: str) -> Iterator[str]:
    for found in _TOKEN.finditer(markup):
        token = found[0]
        if len(token) > 1 and token[0] in "<&":
            yield token
        else:
            yield from _characters(token)


def _characters(text: str) -> Iterator[str]:
    """Give what a reader takes for one character: with its accents, skin colour, joined emoji, flags in twos."""
    cluster = ""
    for char in text:
        if cluster and _joins(cluster, char):
            cluster += char
        else:
            if cluster:
                yield cluster
            cluster = char
    if cluster:
        yield cluster


def _joins(cluster: str, char: str) -> bool:
    if len(cluster) > 64:  # a heap of accents is no character
        return False
    if _flag(char):
        return len(cluster) == 1 and _flag(cluster)
    return (
        char == _ZWJ
        or cluster[-1] == _ZWJ
        or unicodedata.category(char) in ("Mn", "Mc", "Me")
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
