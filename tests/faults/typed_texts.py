"""Everything a phone can type: all of Unicode, at the edges of a message, in the ways in which programs break it."""

from __future__ import annotations

import random
import sys
import unicodedata
from functools import cache

from bot.guard import GUARD
from bot.practice.limits import TEXT_UNITS, units

EDGES = (TEXT_UNITS - 2, TEXT_UNITS - 1, TEXT_UNITS)
FAMILIES = (
    "👩🏽‍🤝‍👨🏻", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇩🇰🇬🇱🇫🇴", "1️⃣", "☎️", "❤️‍🔥", "🙂‍↔️", "🧑🏿‍🦽‍➡️", "a\u0301\u0323",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢", "각", "각", "क्‍ष", "ﷺ", "ﬁ", "İi̇ı", "ẞß", "Å Å Å", "Ω Ω", "\u1e9b\u0323",
)  # fmt: skip
INVISIBLE = (
    "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2060",
    "\u2066", "\u2067", "\u2068", "\u2069", "\ufeff", "\u00ad", "\u034f", "\u061c", "\u180e", "\u2028", "\u2029",
    "\u0085", "\u00a0", "\u2007", "\u3000", "\ufe0f", "\ufe0e", "\U000e0001", "\t", "\n", "\n\n", "  ",
)  # fmt: skip
MARKUP = (
    "<", ">", "&", '"', "'", "<b>", "</b>", "<b>x</i>", "<script>alert(1)</script>", "&amp;", "&lt;", "&#60;",
    "&#x3c;", "&nbsp;", "&", "&;", "<>", "< b >", "<a href='x'>", "</blockquote>", "<!--", "-->", "]]>", "{{7*7}}",
    "{% if %}", "{#", "\\", "\\n", "`", "**", "__", "[x](y)", "%s", "{0}", "$x", "\\u00e6", "=SUM(A1)", "+x", "-x",
    "@x", ";", "'); DROP TABLE answers;--",
)  # fmt: skip
WORDS = (
    "mødet",
    "gik",
    "fint",
    "hun",
    "grinede",
    "שלום",
    "مرحبا",
    "你好",
    "привет",
    "ΑΒΓ",
    "नमस्ते",
    "สวัสดี",
    "ქართული",
    "ᚠᛇᚻ",
)


@cache
def typeable() -> tuple[str, ...]:
    """Every character that is a letter, mark, number, sign or symbol of this Unicode, or a space."""
    kinds = ("L", "M", "N", "P", "S", "Zs")
    return tuple(char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char).startswith(kinds))


class Typist:
    """Gives one text after the other from one source of chance; none twice, none that the guard would hold back, and
    none that is a command. ``trimmed``: as a phone sends it, without white space around it."""

    def __init__(self, chance: random.Random, *, trimmed: bool) -> None:
        self._chance, self._trimmed = chance, trimmed
        self.given: list[str] = []
        self._seen: set[str] = set()

    def text(self) -> str:
        """Give the next one, of at most 4096 units."""
        while True:
            text = self._draw()
            text = text.strip() if self._trimmed else text
            if text.strip() and not text.startswith("/") and text not in self._seen and not GUARD.find(text):
                break
        self._seen.add(text)
        self.given.append(text)
        return text

    def _draw(self) -> str:
        match self._chance.randrange(8):
            case 0:
                return self._edge()
            case 1:
                return "".join(self._chance.choices(typeable(), k=self._chance.randint(1, 300)))
            case 2:
                return self._chance.choice(INVISIBLE + FAMILIES + MARKUP) + self._mixed(1)
            case 3:
                return self._mixed(1) + self._chance.choice(INVISIBLE + FAMILIES)
            case _:
                return self._mixed(self._chance.choice((2, 5, 12, 60, 300)))

    def _mixed(self, pieces: int) -> str:
        every = (FAMILIES, INVISIBLE, MARKUP, WORDS, WORDS, typeable())
        text = "".join(self._chance.choice(self._chance.choice(every)) for _ in range(pieces))
        return _shortened(text, TEXT_UNITS)

    def _edge(self) -> str:
        """Exactly, or all but, as long as a message can be: of one character or many, with an emoji at the very end."""
        room = self._chance.choice(EDGES)
        fill = self._chance.choice(("x", "æ", "<", "&", "\U0001f600", "e\u0301", "‏ש", "👩‍👧", '"', "\u200b", "\n-"))
        head, tail = self._mixed(2), self._chance.choice(("", "\U0001f600", "&", "\u0301", "x"))
        left = room - units(head) - units(tail)
        return _shortened(head + fill * max(0, left // units(fill)), room - units(tail)) + tail


def _shortened(text: str, room: int) -> str:
    while units(text) > room:
        text = text[: len(text) - max(1, (units(text) - room) // 2)]
    return text
