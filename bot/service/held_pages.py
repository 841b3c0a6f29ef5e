"""The page about something that the guard held back where no debrief was asking: a page, a command, an edit."""

from __future__ import annotations

from collections.abc import Sequence

from bot.service.replies import Buttons, Page, PageButton, Worded
from storage.people import Person

PAGE = "held"
CPR = "cpr"
MASKED, SURE, KEEP, AGAIN, BACK = "g", "u", "z", "r", "b"
_QUOTE = 600
_CLOSE: Buttons = ((PageButton("button.close", "x"),),)


def kinds_said(kinds: Sequence[str]) -> list[Worded]:
    """What was found, to be put in words."""
    return [Worded(f"guard.kind_{kind}") for kind in kinds]


def found(
    person: Person, kinds: Sequence[str], masked: str, arg: str, *, edited: bool, keeps_masked: bool, fresh: bool = True
) -> Page:
    """What was found, how it would be stored, and the three choices. ``arg``: which message it is, and what for.
    ``keeps_masked``: the text is of use without what was found."""
    others = any(kind != CPR for kind in kinds)
    buttons = [PageButton("button.rephrase", AGAIN, arg)]
    if keeps_masked:
        buttons.append(PageButton("button.keep_masked", MASKED, arg))
    if others:
        buttons.append(PageButton("button.false_alarm", SURE, arg))
    values = {
        "kinds": kinds_said(kinds),
        "text": (masked if len(masked) <= _QUOTE else masked[: _QUOTE - 1] + "…") if keeps_masked else None,
        "cpr": CPR in kinds,
        "others": others,
        "edited": edited,
    }
    rows = tuple((button,) for button in buttons)
    return Page(person.chat_id, PAGE, person.language, "guard_held", values, rows, fresh=fresh)


def sure(person: Person, kinds: Sequence[str], arg: str) -> Page:
    """Before it is kept as typed."""
    buttons = ((PageButton("button.keep_typed", KEEP, arg),), (PageButton("button.back", BACK, arg),))
    return Page(person.chat_id, PAGE, person.language, "guard.sure", {"cpr": CPR in kinds}, buttons, fresh=False)


def said(person: Person, key: str, *, fresh: bool = False, **values: object) -> Page:
    """One sentence, to be closed."""
    return Page(person.chat_id, PAGE, person.language, key, values, _CLOSE, fresh=fresh)
