"""A coder asks for an export in the chat, and gets it locked with words that are kept nowhere."""

from __future__ import annotations

import re

from storage.people import Role
from tests.acceptance.person import Person
from tests.acceptance.stage import Stage

WORDS = 7


async def test_a_locked_export(stage: Stage, anna: Person, stranger: Person) -> None:
    """One tap: the words stand in a window, the file comes into the chat, and of the words nothing is stored, logged or
    written into a message."""
    await anna.debriefs("B07", "cancelled_by_me")
    await anna.answers("minutes_used", "m15")
    await anna.answers("next_contact", "no")
    await anna.presses("save")
    await anna.has_receipt()
    await stranger.hand.start(await stage.invite("Kim", Role.CODER))
    await stranger.presses("enrol_yes")
    await stranger.commands("/eksport")
    await stranger.hand.press(stranger.words.plain("export_chat.none"))
    found = await stranger.sees(lambda shown: [one for one in shown if one.kind == "document"])
    assert len(found) == 1
    (window,) = [one for one in await stranger.hand.toasts() if one]
    words = [line for line in window.splitlines() if len(re.findall(r"\w+", line)) >= WORDS and "," not in line]
    assert len(words) == 1, "the window shows the words on a line of their own"
    chat = "\n".join(one.text for one in await stranger.hand.screen())
    for place in (stage.everything_stored(), stage.log, chat):
        assert words[0] not in place
