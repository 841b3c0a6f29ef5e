"""Rows of buttons sized for a thumb."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.dialogue.events import Press
from bot.telegram.callbacks import debrief_data
from bot.telegram.cards.words import Words

NARROW = 20  # letters that still fit beside another button on a small phone
TINY = 9


@dataclass(frozen=True, slots=True)
class Button:
    """A label and what it sends."""

    text: str
    data: str


Rows = list[list[Button]]


def paired(buttons: Iterable[Button]) -> Rows:
    """Two a row where both fit, three where all are tiny, else one: the order stays."""
    rows: Rows = []
    for button in buttons:
        row = rows[-1] if rows else []
        widest = max((len(b.text) for b in [*row, button]), default=0)
        room = 3 if widest <= TINY else 2 if widest <= NARROW else 1
        if row and len(row) < room:
            row.append(button)
        else:
            rows.append([button])
    return rows


class Keys:
    """Makes the buttons of one debrief's card at its present visit."""

    def __init__(self, token: str, visit: int, words: Words) -> None:
        self.token, self.visit, self.words = token, visit, words

    def verb(self, text: str, verb: str, arg: str = "") -> Button:
        """A button with a label of its own."""
        return Button(text, debrief_data(self.token, self.visit, verb, arg))

    def press(self, press: Press, arg: str = "", key: str | None = None) -> Button:
        """One of the fixed buttons; ``key`` when its label differs here."""
        return self.verb(self.words.plain(f"button.{key or press.name.lower()}"), press.value, arg)

    def press_change(self, text: str, question_id: str) -> Button:
        """A button that asks one question again."""
        return self.verb(text, Press.CHANGE.value, question_id)

    def row(self, presses: Sequence[Press], shown: frozenset[Press]) -> list[Button]:
        """Those of ``presses`` that are to be shown, in that order."""
        return [self.press(press) for press in presses if press in shown]


def tick(text: str, on: bool) -> str:
    """A label with a tick when it is picked."""
    return f"✓ {text}" if on else text
