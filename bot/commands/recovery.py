"""The recovery sheet: 24 words on paper, the only way back when the key file or the machine is lost."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Sequence
from datetime import date

import typer
from rich.columns import Columns
from rich.console import Console
from rich.text import Text

from storage.database import BadKey
from storage.keys import Key, UnknownWord

_ASKED = 2
_ALL_WORDS = "The 24 words of the recovery sheet, in order, with spaces between"


def show(out: Console, key: Key, on: date) -> None:
    """Print the words of a key, numbered, to be read column by column. ``on``: the day, for the head of the sheet."""
    out.rule("Recovery sheet", align="left")
    out.print("Write these 24 words on paper, in order, and lock the paper away. They are not shown again.")
    out.print("They open the data when the key file is lost: set EFTERTANKE_KEY to the 24 words.")
    out.print("They open every backup made from now on: `eftertanke restore FILE --sheet` asks for them.")
    out.print("Without key file and sheet nobody can read the data; whoever has the sheet can read everything.")
    out.print(f"Write at the top of the paper: {title(key, on)}\n")
    cells = [Text(f"{number:>2}. {word}") for number, word in enumerate(key.words().split(), start=1)]
    out.print(Columns(cells, padding=(0, 4), equal=True, column_first=True, width=14), soft_wrap=False)
    out.rule()


def title(key: Key, on: date) -> str:
    """What stands at the top of the paper, so that nobody takes an old sheet for the new one."""
    return f"Eftertanke, sheet no. {key.id}, {on.isoformat()}"


def confirm(words: Sequence[str], ask: Callable[[str], str], say: Callable[[str], None]) -> None:
    """Ask for two of the words, by chance, until they are right: proof that they stand on paper."""
    for number in sorted(secrets.SystemRandom().sample(range(1, len(words) + 1), _ASKED)):
        while ask(f"Word {number} of the sheet").strip().casefold() != words[number - 1]:
            say(f"That is not word {number}; look at your paper and type it again.")


def typed() -> Key:
    """The key of a sheet whose words are typed in the open: nobody types 24 words right that they cannot see.

    At a terminal they are asked for until they are right, or typer.Abort; from a pipe one line is read. Raises BadKey.
    """
    if not sys.stdin.isatty():
        typer.echo(f"{_ALL_WORDS}:", err=True)
        return Key.from_words(sys.stdin.readline())
    while True:
        try:
            return Key.from_words(str(typer.prompt(_ALL_WORDS, err=True)))
        except BadKey as error:
            typer.echo(_to_who_typed(error), err=True)


def _to_who_typed(error: BadKey) -> str:
    """The word itself is for a screen only: what goes elsewhere may be kept."""
    if isinstance(error, UnknownWord) and sys.stderr.isatty():
        return f"Word {error.number}, {error.word}, is not a word of these sheets; look at your paper, type all again."
    return str(error)
