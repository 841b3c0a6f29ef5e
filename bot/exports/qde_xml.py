"""Writing XML a piece at a time: escaping, and elements as text."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.exports.transcript import clean

PROGRAM = "Eftertanke"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def escaped(text: str) -> str:
    """Character data. The text is cleaned first: what XML cannot hold has no escape either."""
    text = clean(text)
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text


def quoted(text: str) -> str:
    """An attribute's value, with its quotes. Line ends and tabs are escaped: a reader makes spaces of bare ones."""
    text = escaped(text)
    for character, escape in (('"', "&quot;"), ("\n", "&#10;"), ("\t", "&#9;")):
        if character in text:
            text = text.replace(character, escape)
    return f'"{text}"'


def attributes(**given: str | None) -> str:
    """`` name="…"`` for each that is given; None is left out."""
    return "".join(f" {name}={quoted(value)}" for name, value in given.items() if value is not None)


def element(tag: str, content: str = "", /, **given: str | None) -> str:
    """An element; ``content`` is XML already."""
    if not content:
        return f"<{tag}{attributes(**given)}/>"
    return f"<{tag}{attributes(**given)}>{content}</{tag}>"


def described(text: str) -> str:
    """A Description, or nothing: an empty one reads as "None" somewhere."""
    return f"<Description>{escaped(text)}</Description>" if text.strip() else ""


def second(at: datetime) -> str:
    """An aware time in UTC to the whole second, as REFI-QDA writes it."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be written; pass an aware datetime")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
