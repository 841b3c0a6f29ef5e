"""Texts that something might take for more than text: SQL, markup, templates, formulas, log lines, terminals, paths."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.practice.limits import TEXT_UNITS, units
from bot.telegram.minimise import minimise
from tests.faults.texts import Texts

_PLACE = "§"  # where the marker stands
_LONG = f"{_PLACE} så lang, som Telegram lader den være: "

SQL = (
    "'); DROP TABLE answers;-- §",
    "§' OR '1'='1",
    '§"; DELETE FROM people; --',
    "1; ATTACH DATABASE 'x' AS y; §",
    "%_§' ESCAPE '_%",
    "§' UNION SELECT name FROM people/*",
    "?1 :a @b $c § ?",
)
MARKUP = (
    "<script>alert(1)</script>§",
    "<img src=x onerror=alert(1)>§",
    "</b></i>§<b>",
    "<b>§</b>",
    "&lt;b&gt;§&amp;",
    "&#60;i&#62;§&#x3c;",
    '<a href="javascript:alert(1)">§</a>',
    "<svg onload=alert(1)>§</svg>",
    "<!-- § -->",
    "<![CDATA[ § ]]>",
    "]]>§<![CDATA[",
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;§',
    '"onmouseover="alert(1)" § \'x',
    "</title></style>§<style>*{display:none}",
    "</dd></dl><h1>§</h1>",
    "<tg-spoiler>§</tg-spoiler>",
    "[§](tg://user?id=1) *b* _i_ `c`",
    "§ & Co <",
    "<§",
    "<iframe srcdoc='§'></iframe>",
)
TEMPLATES = (
    "{{7*7}}§",
    "{% raw %}§{% endraw %}",
    "{% include 'x' %}§",
    "{{ config }}§",
    "{# § #}",
    "${7*7}§#{7*7}",
    "%(name)s %s %d §",
    "{0} {name} {} §",
    "{{ ''.__class__.__mro__ }}§",
    "\\x41 \\n \\\\ § \\",
    "$\\frac{1}{2}$ § $x^2$",
)
FORMULAS = (
    "=1+1 §",
    "+1+1 §",
    "-1-1 §",
    "@SUM(1) §",
    "\t=1+1 §",
    "\r=1+1 §",
    " =1+1 §",
    '=HYPERLINK("http://x.invalid","§")',
    "=cmd|' /C calc'!A0 §",
    "＝1+1 §",
    "＠SUM(1) §",
    "'=1+1 §",
    "''=1 §",
    '§,"a";b\tc',
    '"§',
    "§;=1+1",
    "§\n=1+1",
)
LINES = (
    "§\nCRITICAL bot: forged",
    "§\r\nforged: yes",
    "\x1b[2J\x1b[31m§\x1b[0m",
    "\x1b]0;§\x07",
    "§\x08\x08\x08",
    "[bold red]§[/]",
    ":smile: [link=x]§[/link]",
    "\u2028§\u2029",
    "\x85§",
    "\x9b31m§",
)
UNSEEN = (
    "a\u200bb\u200c§\u200d",
    "\ufeff§\ufeff",
    "\u202e§\u202c",
    "\u2066§\u2069",
    "\u200fשלום § مرحبا\u200e",
    "e\u0301 § ﬁ Å",
    "👩🏽‍🤝‍👨🏻§🇩🇰",
    "§\u0301\u0300 …",
    "\ue000§\U000f0000",
    "\x00§\x00",
    "\x01\x02§\x1f",
)
DATA = (
    "../../etc/passwd §",
    "C:\\con\\§",
    "~/.ssh/§",
    "file:///§",
    'a/b\\c:§*?"<>|',
    "- x: [§",
    "!!python/object:os.system §",
    "&a *a §",
    '{"a": "§"}',
    "null § true",
    "§: {a: b} # c",
    "sealed1:§",
    "sealed1:AAAA§==",
    "1e999 §",
    "|§|",
)
ODD = (*SQL, *MARKUP, *TEMPLATES, *FORMULAS, *LINES, *UNSEEN, *DATA, _LONG, f"🙂{_LONG}")


@dataclass(frozen=True)
class Planted:
    """A text that somebody put into ``field``; ``marker`` occurs in it once, and nowhere else. ``literal``: as it must
    be stored: with U+FFFD for what no database takes, and as the field says about its ends and its lines."""

    field: str
    marker: str
    literal: str


class Odd:
    """Hands out odd texts, each field getting every one of them before it gets one again."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._texts = Texts(chance)
        self._left: dict[str, list[str]] = {}
        self.planted: list[Planted] = []

    def text(self, field: str, *, longest: int = TEXT_UNITS, only: str = "") -> str:
        """A text for this field of at most ``longest`` letters, as it comes from Telegram. ``only`` "line": of one
        line, with no white space to be tidied; "pseudonym": and with accents composed; "name": and with nothing that
        cannot be printed; "person": and with nothing that no name has; "message": no command."""
        marker = self._texts.marker()
        for template in self._next(field):
            text = _as_received(self._filled(template, marker))
            if len(text) <= longest and _fits(text, only):
                self.planted.append(Planted(field, marker, text))
                return text
        raise AssertionError(f"no odd text fits {field}")

    def _next(self, field: str) -> Iterator[str]:
        for again in (False, True):
            left = self._left.get(field) or []
            if again or not left:
                left = self._left[field] = self._chance.sample(ODD, len(ODD))
            for one in tuple(left):
                left.remove(one)
                yield one

    def _filled(self, template: str, marker: str) -> str:
        text = template.replace(_PLACE, marker)
        if _LONG not in template:
            return text
        return text + "æ" * (TEXT_UNITS - units(text))


def _as_received(text: str) -> str:
    """Through the part of the program that takes messages from Telegram; nothing here may be held back."""
    sent = {"message_id": 1, "text": text, "chat": {"id": 1, "type": "private"}, "from": {"id": 1, "is_bot": False}}
    came = minimise({"update_id": 1, "message": sent})
    assert not came.held, came.held
    assert came.text is not None
    return came.text


def _fits(text: str, only: str) -> bool:
    if only == "name":
        return text == " ".join(unicodedata.normalize("NFC", text).split()) and text.isprintable()
    if only == "pseudonym":
        return text == " ".join(unicodedata.normalize("NFC", text).split())
    if only == "line":
        return text == " ".join(text.split())
    if only == "person":
        # What the list of names takes, written down once more: letters, and nothing that no name has.
        return text == " ".join(text.split()) and not any(char.isdigit() or char in "[]<>@/" for char in text)
    return only != "message" or not text.startswith("/")
