"""The program and its wording fit together: every text the code names exists, and every text is named."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import bot
from bot.dialogue.effects import Note
from bot.dialogue.events import Press
from prompts import load_guide, load_messages

CODE = Path(bot.__file__).parent
SPEAKING = [path for part in ("service", "telegram", "reports") for path in (CODE / part).rglob("*.py")] + [
    CODE / "app.py"
]
KEY = re.compile(r"[a-z]+(\.[a-z0-9_]+)+")


@cache
def named() -> tuple[frozenset[str], frozenset[str]]:
    """Literal texts in the parts that speak to people, and the beginnings of those put together ("declined.")."""
    whole: set[str] = set()
    begun: set[str] = set()
    for path in SPEAKING:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.JoinedStr(values=[ast.Constant(value=str() as start), *_]):
                    begun.add(start)
                case ast.Constant(value=str() as text):
                    whole.add(text)
    return frozenset(whole - begun), frozenset(begun)


def test_the_code_was_looked_at() -> None:
    """The scan finds the texts it is about."""
    whole, begun = named()
    assert {"note.stale", "enrol.bad_code", "card.progress"} <= whole
    assert {"declined.", "note."} <= begun


def test_every_named_text_exists() -> None:
    """A key written in the code, such as "note.stale", is a text; so is at least one that begins like "declined."."""
    whole, begun = named()
    messages = load_messages()
    sections = {key.split(".")[0] for key in messages.texts if "." in key}
    assert {k for k in whole if KEY.fullmatch(k) and k.split(".")[0] in sections and not messages.has(k)} == set()
    ours = {start for start in begun if start.split(".")[0] in sections and "." in start}
    assert {start for start in ours if not any(key.startswith(start) for key in messages.texts)} == set()


def test_every_text_is_named() -> None:
    """No wording lies unused: each text is named in the code, or begins like one that is put together there."""
    whole, begun = named()
    presses = {press.name.lower() for press in Press}
    starts = tuple(start for start in begun if "." in start and start != "button.")
    unused = {
        key
        for key in load_messages().texts
        if key not in whole
        and not key.startswith(starts)
        and key.split(".")[-1] not in presses | whole
        and not re.fullmatch(r"button\.d[137]_(ahead|back)", key)
    }
    assert unused == set()


def test_every_template_is_named() -> None:
    """Each *.html.j2 file is used by the code."""
    whole, _ = named()
    assert set(load_messages().templates) - whole == set()


def test_every_button_and_note_is_worded() -> None:
    """Each Press and each Note of the dialogue has its words."""
    messages = load_messages()
    assert [press.name for press in Press if not messages.has(f"button.{press.name.lower()}")] == []
    assert [note.value for note in Note if not messages.has(f"note.{note.value}")] == []


def test_every_follow_up_is_worded() -> None:
    """Each kind of follow-up the guide leaves has its words."""
    guide, messages = load_guide().guide, load_messages()
    kinds = {q.follow_up for q in guide} | {c.follow_up for q in guide for c in q.choices}
    assert {kind for kind in kinds if kind and not messages.has(f"followup.kind.{kind}")} == set()
