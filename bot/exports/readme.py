"""The README.md beside exported files: whoever finds the folder must know what it is and how to treat it.

It names no time of export, so that the same data give the same folder on any day; when an export was made stands in the
program's audit log, and on the files.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.exports.readme_words import DANISH, ENGLISH, Words
from bot.exports.transcript import Dates, clean
from bot.exports.whole import Result, Wish
from bot.service.reading import Purpose

FILE = "README.md"


def readme(wish: Wish, result: Result, files: Iterable[str]) -> str:
    """The text, Danish first; ``files``: the names of what is in the folder, folders with a slash."""
    names = list(files)
    parts = [f"# {DANISH.heading} · {ENGLISH.heading}\n"]
    for words in (DANISH, ENGLISH):
        parts.append(f"\n## {words.name}\n")
        parts += [f"\n{part}\n" for part in _parts(words, wish, result, names)]
    return "".join(parts)


def about(wish: Wish) -> dict[str, Any]:
    """Purpose and filters for programs."""
    return {
        "purpose": wish.purpose.value,
        "dates": "exact in reflections.jsonl, else day" if wish.exact else wish.fine.value,
        "from": wish.first.isoformat() if wish.first else None,
        "to": wish.last.isoformat() if wish.last else None,
        "team": wish.team,
        "guide": wish.guide,
        "language": wish.language,
        "revisions": wish.revisions,
    }


def _parts(words: Words, wish: Wish, result: Result, names: list[str]) -> list[str]:
    coding = wish.purpose is Purpose.CODING
    parts = [
        _held(words, wish, result),
        words.coding if coding else words.record,
        words.dates[wish.fine] if not wish.exact else words.exact,
        words.pseudonyms,
        words.one_way,
        f"### {words.files}",
        "\n".join(f"- `{name}`: {words.of_file[name]}" for name in names if name in words.of_file),
    ]
    losses = [words.losses[name] for name in names if name in words.losses]
    if losses:
        parts += [f"### {words.lost}", "\n".join(f"- {loss}" for loss in losses)]
    if any(name.endswith(".csv") for name in names):
        parts.append(words.excel if wish.separator == ";" else words.comma)
    return parts


def _held(words: Words, wish: Wish, result: Result) -> str:
    lines = [f"{words.reflections(result.reflections)}, {words.answers(result.answers)}."]
    if result.first and result.last and wish.fine is Dates.DAY:
        lines.append(words.between.format(first=result.first.isoformat(), last=result.last.isoformat()))
    filters = [
        (words.filter_from, wish.first.isoformat() if wish.first else ""),
        (words.filter_to, wish.last.isoformat() if wish.last else ""),
        (words.filter_team, _plain(wish.team or "")),
        (words.filter_guide, _plain(wish.guide or "")),
    ]
    told = [f"{name} {value}" for name, value in filters if value]
    lines.append(f"{words.filtered}: {', '.join(told)}." if told else words.unfiltered)
    if wish.revisions:
        lines.append(words.revisions)
    if not wish.cases:
        lines.append(words.no_cases)
    if result.left_out:
        lines.append(words.left_out.format(words.reflections(result.left_out)))
    if result.codings_left_out:
        lines.append(words.codings_left_out.format(result.codings_left_out))
    if result.rows_left_out:
        lines.append(words.rows_left_out.format(result.rows_left_out))
    return " ".join(lines)


def _plain(text: str) -> str:
    """A name on one line, as code, so that nothing in it is markup."""
    return f"`{' '.join(clean(text).replace('`', chr(39)).split())}`" if text else ""
