"""The recovery sheet: 24 words on paper, the only way back when the key file is lost."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from rich.columns import Columns
from rich.console import Console
from rich.text import Text

from storage.keys import Key

_ASKED = 2


def show(out: Console, key: Key) -> None:
    """Print the words of a key, numbered, to be read column by column."""
    out.rule("Recovery sheet", align="left")
    out.print("Write these 24 words on paper, in order, and lock the paper away. They are not shown again.")
    out.print("They open the data when the key file is lost: set EFTERTANKE_KEY to the 24 words.")
    out.print("Without key file and sheet nobody can read the data; whoever has the sheet can read everything.\n")
    cells = [Text(f"{number:>2}. {word}") for number, word in enumerate(key.words().split(), start=1)]
    out.print(Columns(cells, padding=(0, 4), equal=True, column_first=True, width=14), soft_wrap=False)
    out.rule()


def confirm(words: Sequence[str], ask: Callable[[str], str], say: Callable[[str], None]) -> None:
    """Ask for two of the words, by chance, until they are right: proof that they stand on paper."""
    for number in sorted(secrets.SystemRandom().sample(range(1, len(words) + 1), _ASKED)):
        while ask(f"Word {number} of the sheet").strip().casefold() != words[number - 1]:
            say(f"That is not word {number}; look at your paper and type it again.")
