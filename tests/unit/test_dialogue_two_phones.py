"""A card that is drawn late, or stands on another phone as well: what it did not show is neither lost nor shared."""

from __future__ import annotations

from bot.dialogue.effects import Save, Shared
from bot.dialogue.events import Chose, Edited, Press, Pressed, Typed
from bot.dialogue.guide import Kind, Length
from bot.dialogue.state import Stage
from tests.unit.people import B07, Debrief

WORDS = 77
"""The number of the message that is typed."""


def at_words() -> Debrief:
    """A debrief that asks what happened."""
    one = Debrief(Length.FULL).tap(B07, "as_agreed")
    while one.guide[one.state.question].kind is not Kind.TEXT:
        one.tap(Press.SKIP)
    return one


def at_preview() -> tuple[Debrief, str]:
    """A saved debrief in which one text is about to be shared, and the text's question."""
    one = at_words()
    question = one.state.question
    one.happens(Typed("Vi talte længe.", WORDS)).tap(Press.KEEP)
    while one.state.stage is Stage.QUESTION:
        one.tap(Press.SKIP)
    one.tap(Press.SAVE, Press.SHARE)
    one.happens(Chose(one.state.visit, question)).tap(Press.PREVIEW)
    assert one.state.stage is Stage.PREVIEW and question in one.state.share_picks
    return one, question


def test_words_are_not_skipped_away() -> None:
    """A skip pressed on the card that was there before the words came goes on and keeps them."""
    one = at_words()
    question, drawn = one.state.question, one.state.visit
    one.happens(Typed("Vi talte længe.", WORDS)).happens(Pressed(drawn, Press.SKIP))
    assert one.state.question != question, "it goes on"
    assert one.state.answers[question].text == "Vi talte længe."
    assert not any(isinstance(effect, Save) for effect in one.effects)


def test_nothing_is_shared_that_was_not_shown() -> None:
    """A text that is edited while its preview stands there is shared by a tap on the new preview only."""
    one, question = at_preview()
    read = one.state.visit
    one.happens(Edited("Vi talte slet ikke.", WORDS)).happens(Pressed(read, Press.CONFIRM))
    assert one.state.stage is Stage.PREVIEW and not one.state.shared
    one.tap(Press.CONFIRM)
    assert Shared((question,)) in one.effects


def test_a_preview_stands_when_something_else_is_edited() -> None:
    """An edit of what is not to be shared asks nobody to confirm anew."""
    one, question = at_preview()
    one.tap(Press.BACK)
    one.happens(Chose(one.state.visit, question, False)).tap(Press.PREVIEW)
    read = one.state.visit
    one.happens(Edited("Vi talte slet ikke.", WORDS))
    assert one.state.visit == read
