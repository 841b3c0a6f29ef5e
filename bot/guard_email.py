"""E-mail addresses in free text, also those spelled so that a machine shall not see them.

An @ between two words is an e-mail address. Spelled out ("anna (at) gmail punktum com") it is one when a known ending
follows; the Danish word "at" alone says nothing ("han siger at dr.dk ..."), nor does an @ before a place ("@torvet").
"""

from __future__ import annotations

import re

from bot.guard_plain import Finding, plain

EMAIL = "email"

# How far before the @ the local part is looked for.
_BEFORE = 120

_WORD = r"[^\W_]"  # a letter or digit of any alphabet
_LABEL = rf"{_WORD}(?:[\w-]{{0,61}}{_WORD})?"
_ENDED = (
    r"(?:dk|com|net|org|eu|info|io|me|se|no|de|uk|nu|fi|fr|nl|pl|gl|fo|is|it|es|edu|gov|online|mail|email|app|dev)"
    r"(?![\w-])"
)
_PROVIDER = (
    r"(?:gmail|googlemail|hotmail|outlook|live|yahoo|icloud|msn|protonmail|proton|mail|jubii|ofir|webspeed|stofanet|"
    r"youmail|me|aol|gmx|tutanota)"
)
# These are nothing but mail: "anna at gmail.com" is one, "godt at live.dk er nede" is not.
_MAIL_ONLY = r"(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|protonmail|gmx|tutanota)"
_OPEN, _CLOSE = r"[(\[{<*_|-]{1,2}[ ]?", r"[ ]?[)\]}>*_|-]{1,2}"
_SNABEL = r"(?:snabel[- ]?a|alfakrølle|krølle?[- ]?alfa|krølle[- ]a)"
_POINT = r"(?:dot|punktum|prik|punkt)"
_SPELLED_DOT = (
    rf"(?:[ ]{{0,2}}{_OPEN}(?:{_POINT}|\.){_CLOSE}[ ]{{0,2}}"  # "(dot)"
    rf"|[ ]{{1,2}}{_POINT}[ ]{{1,2}})"
)
_DOT = rf"(?:[ ]?\.[ ]?|{_SPELLED_DOT})"

_AT = re.compile(
    rf"[ ]{{0,2}}{_OPEN}(?:at|a|@|{_SNABEL}){_CLOSE}[ ]{{0,2}}|[ ]{{1,2}}{_SNABEL}[ ]{{1,2}}|(?P<sign>[ ]?@[ ]?)|"
    r"(?P<word>[ ]{1,2}at[ ]{1,2})",
    re.IGNORECASE,
)
_LOCAL = re.compile(
    rf"(?<![\w.+%/'-])(?=[\d.+_%'-]*[^\W\d_])\w(?:[\w.+%'-]{{0,63}})(?:{_SPELLED_DOT}\w[\w+%-]{{0,30}}){{0,3}}\Z",
    re.IGNORECASE,
)
_DOTTED = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{1,8}}|\[?\d{{1,3}}(?:\.\d{{1,3}}){{3}}\]?")
_ONE_LABEL = re.compile(rf"(?=[^\W\d_]){_LABEL}")
_SPELLED = re.compile(rf"{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}?{_DOT}{_ENDED}", re.IGNORECASE)
_SPELLED_ONLY = re.compile(
    rf"{_LABEL}(?:{_DOT}{_LABEL}){{0,2}}?{_SPELLED_DOT}{_ENDED}|{_MAIL_ONLY}{_DOT}{_ENDED}", re.IGNORECASE
)
_KNOWN = re.compile(rf"{_PROVIDER}(?![\w-])", re.IGNORECASE)


def find_email(text: str) -> list[Finding]:
    """Find e-mail addresses, as they are and as people spell them out; an @ alone, a user name and a command that
    names a bot ("/start@the_bot") are left."""
    shown = plain(text)
    found = []
    last = 0
    for at in _AT.finditer(shown.text):
        end = _host_end(shown.text, at)
        if end and (local := _LOCAL.search(shown.text, max(last, at.start() - _BEFORE), at.start())):
            found.append(shown.finding(local.start(), end, EMAIL))
        last = at.end()
    return found


def _host_end(text: str, at: re.Match[str]) -> int:
    """Tell where the part after the @ ends; 0 if it is none."""
    if at["word"]:
        host = _SPELLED_ONLY.match(text, at.end())
    elif at["sign"] == "@":
        host = _DOTTED.match(text, at.end()) or _SPELLED.match(text, at.end()) or _ONE_LABEL.match(text, at.end())
    else:
        host = _SPELLED.match(text, at.end()) or _KNOWN.match(text, at.end())
    return host.end() if host else 0
