"""Telegram's HTML: text with tags in, plain text with entities out, the same mistakes refused.

The tags are those of https://core.telegram.org/bots/api#html-style; offsets and lengths are UTF-16 code units.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from bot.practice.limits import ApiError, Json, bad_request, units

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
LINK = re.compile(r"(https?|tg|mailto|tel):", re.IGNORECASE)
_CHARACTER = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TAG_NAME = re.compile(r"[^\s>/]*")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_COMMAND = re.compile(r"(?<![\w/<])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")
_URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


@dataclass
class Formatted:
    """Text as it is seen, and its entities as Telegram gives them."""

    text: str
    entities: list[Json] = field(default_factory=list)


@dataclass
class _Open:
    tag: str
    attributes: dict[str, str]
    begin: int


def parse(source: str, parse_mode: str | None, entities: list[Json] | None = None) -> Formatted:
    """Turn what a bot sends into what is seen; raises ApiError 400 for markup that Telegram refuses."""
    if parse_mode is None or parse_mode == "":
        given = [dict(entity) for entity in entities or []]
        return _with_found(_stripped(Formatted(source, given)))
    if parse_mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    return _with_found(_stripped(_Parser(source).run()))


def typed(text: str) -> Formatted:
    """Give a person's own text with the commands and links that Telegram marks in it."""
    return _with_found(Formatted(text))


class _Parser:
    """Walks the source once; knows only Telegram's tags."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def run(self) -> Formatted:
        while self.at < len(self.source):
            character = self.source[self.at]
            if character == "<":
                self._end_tag() if self.source.startswith("</", self.at) else self._start_tag()
            elif character == "&":
                self._character()
            else:
                self._put(character)
                self.at += 1
        if self.open:
            raise self._error(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return Formatted("".join(self.out), self.entities)

    def _put(self, text: str) -> None:
        self.out.append(text)
        self.length += units(text)

    def _character(self) -> None:
        found = _CHARACTER.match(self.source, self.at)
        value = _decode(found) if found else None
        if found is None or value is None:
            self._put("&")
            self.at += 1
            return
        self._put(value)
        self.at = found.end()

    def _start_tag(self) -> None:
        begin = self.at
        name_match = _TAG_NAME.match(self.source, begin + 1)
        name = name_match.group().lower() if name_match else ""
        if name not in TAGS:
            raise self._error(f'Unsupported start tag "{name}" at byte offset {self._byte(begin)}')
        self.at = begin + 1 + len(name)
        attributes = self._attributes(name, begin)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self._error(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        self.open.append(_Open(name, attributes, self.length))

    def _attributes(self, name: str, begin: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            while self.at < len(self.source) and self.source[self.at].isspace():
                self.at += 1
            if self.at >= len(self.source):
                raise self._error(f'Unclosed start tag "{name}" at byte offset {self._byte(begin)}')
            if self.source[self.at] == ">":
                self.at += 1
                return found
            match = _ATTRIBUTE.match(self.source, self.at)
            if match is None:
                raise self._error(f'Empty attribute name in the tag "{name}" at byte offset {self._byte(begin)}')
            value = next((part for part in match.groups()[1:] if part is not None), "")
            found[match.group(1).lower()] = html.unescape(value)
            self.at = match.end()

    def _end_tag(self) -> None:
        begin = self.at
        close = self.source.find(">", begin)
        if close < 0:
            raise self._error(f"Unclosed end tag at byte offset {self._byte(begin)}")
        name = self.source[begin + 2 : close].strip().lower()
        if not self.open:
            raise self._error(f"Unexpected end tag at byte offset {self._byte(begin)}")
        opened = self.open.pop()
        if name not in ("", opened.tag):
            raise self._error(
                f'Unmatched end tag at byte offset {self._byte(begin)}, expected "</{opened.tag}>", found "</{name}>"'
            )
        self.at = close + 1
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        length = self.length - opened.begin
        if length == 0:
            return
        entity: Json = {"type": TAGS[opened.tag], "offset": opened.begin, "length": length}
        if opened.tag == "a":
            address = opened.attributes.get("href", "")
            if not LINK.match(address):
                return  # Telegram shows a link without a usable address as plain text
            entity["url"] = address
        if opened.tag == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        self.entities.append(entity)

    def _byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def _error(self, reason: str) -> ApiError:
        return bad_request(f"can't parse entities: {reason}")


def _decode(found: re.Match[str]) -> str | None:
    name, decimal, hexadecimal = found.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else None


def _stripped(formatted: Formatted) -> Formatted:
    """Take white space off both ends, as Telegram does, and move the entities along."""
    lead = units(formatted.text) - units(formatted.text.lstrip())
    text = formatted.text.strip()
    end = units(text)
    kept = []
    for entity in formatted.entities:
        begin = max(0, int(entity["offset"]) - lead)
        stop = min(end, int(entity["offset"]) + int(entity["length"]) - lead)
        if stop > begin:
            kept.append({**entity, "offset": begin, "length": stop - begin})
    return Formatted(text, kept)


def _with_found(formatted: Formatted) -> Formatted:
    """Add the commands and links which Telegram finds by itself, outside code and given links."""
    closed = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in formatted.entities
        if entity["type"] in ("code", "pre", "text_link", "url", "bot_command")
    ]
    found = list(formatted.entities)
    for kind, pattern in (("url", _URL), ("bot_command", _COMMAND)):
        for match in pattern.finditer(formatted.text):
            begin = units(formatted.text[: match.start()])
            end = begin + units(match.group())
            if all(end <= start or begin >= stop for start, stop in closed):
                found.append({"type": kind, "offset": begin, "length": end - begin})
                closed.append((begin, end))
    found.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Formatted(formatted.text, found)
