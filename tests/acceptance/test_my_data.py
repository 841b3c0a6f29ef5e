"""A mentor gets a copy of everything about themselves on the practice phone, and it leaves the chat after a day."""

from __future__ import annotations

from datetime import timedelta

from bot.practice.talk import Seen
from tests.acceptance.person import Person
from tests.acceptance.stage import Stage


async def test_a_copy_comes_and_goes(stage: Stage, anna: Person) -> None:
    """Asked, confirmed, two files in the chat; a day later they are gone from it."""
    await anna.debriefs("B07", "cancelled_by_me")
    await anna.answers("minutes_used", "m15")
    await anna.answers("next_contact", "no")
    await anna.presses("save")
    await anna.has_receipt()
    await anna.commands("/minedata")
    await anna.hand.press(anna.words.plain("my_data.go"))
    assert await anna.sees(lambda shown: _files(shown) == 2)
    await stage.phone.move_to(await stage.phone.now() + timedelta(hours=25))
    assert await anna.sees(lambda shown: _files(shown) == 0)


def _files(shown: list[Seen]) -> int:
    return sum(one.kind == "document" for one in shown)
