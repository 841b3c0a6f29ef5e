"""The plug is pulled (SIGKILL) in the middle: the conversation goes on where it was, nothing lost or doubled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from tests.acceptance.person import Person
from tests.acceptance.stage import Stage

BUBBLES = ("Første besked", "Anden besked", "Tredje besked")


async def in_the_very_moment(stage: Stage, act: Callable[[], Awaitable[object]]) -> None:
    """Somebody acts, and the plug is pulled before the bot can have reacted to the end; then it is started again."""
    patience, stage.phone.patience = stage.phone.patience, 0.0
    await act()
    await stage.phone.kill_bot()
    stage.phone.patience = patience
    await stage.phone.start_bot()
    await stage.phone.wait_until_listening()


async def test_killed_after_every_tap(stage: Stage, anna: Person) -> None:
    """A short debrief with the plug pulled at every tap has every answer once, on one card."""
    known = await shown(anna)
    await anna.debriefs()
    steps = (
        ("citizen", "B07"),
        ("outcome", anna.words.choice("outcome", "as_agreed")),
        ("minutes_used", anna.words.choice("minutes_used", "m45")),
        ("toughness", "2"),
        ("adjusted", anna.words.choice("adjusted", "place")),
        ("next_contact", anna.words.choice("next_contact", "in_a_week")),
    )
    for question, label in steps:
        await anna.is_asked(question)
        await in_the_very_moment(stage, partial(anna.hand.press, label))
    await anna.reads("card.review_hint")
    await in_the_very_moment(stage, lambda: anna.presses("save"))
    await one_card_is_left(anna, known, crashes=1)
    kept = await stage.newest()
    assert kept.read.status == "saved"
    assert set(kept.values()) == {question for question, _ in steps}
    assert all(len(kept.history(question)) == 1 for question in kept.current)


async def test_killed_while_typing(stage: Stage, anna: Person) -> None:
    """Messages typed around a crash, and while the bot is off, become one answer in their order, each once."""
    known = await shown(anna)
    await anna.debriefs("B07", "as_agreed")
    await anna.presses("full")
    await anna.skips_to("what_happened")
    await in_the_very_moment(stage, lambda: anna.writes(BUBBLES[0]))
    await anna.hand.wait_for(BUBBLES[0])
    await stage.phone.kill_bot()
    for bubble in BUBBLES[1:]:
        await anna.writes(bubble)
    await stage.phone.start_bot()
    await anna.hand.wait_for(BUBBLES[-1])
    await anna.presses("keep")
    await anna.is_asked("contact_quality")
    assert (await stage.newest()).current["what_happened"].text == "\n".join(BUBBLES)
    await anna.finishes()
    await one_card_is_left(anna, known, crashes=2)
    for bubble in BUBBLES:
        await anna.hand.wait_gone(bubble)
    assert (await stage.newest()).current["what_happened"].text == "\n".join(BUBBLES)


async def one_card_is_left(anna: Person, known: set[int], crashes: int) -> None:
    """Of the debrief one message is left. A crash between sending a card and noting where it stands may leave a copy,
    which goes when it is touched."""
    live = await anna.has_receipt()
    copies = [one for one in await anna.from_bot() if one.id not in known | {live.id}]
    assert len(copies) <= crashes
    for copy in copies:
        await anna.taps(copy.id, copy.data[0][0])
        await anna.sees_gone(copy.id)
    assert await shown(anna) == known | {live.id}


async def shown(anna: Person) -> set[int]:
    """The bot's messages in the chat."""
    return {one.id for one in await anna.from_bot()}


async def test_an_edit_while_the_bot_is_off(stage: Stage, anna: Person) -> None:
    """What is edited while the bot is off is edited once it is back."""
    await anna.debriefs("B07", "as_agreed")
    await anna.presses("full")
    await anna.skips_to("what_happened")
    number = await anna.writes(BUBBLES[0])
    await anna.hand.wait_for(BUBBLES[0])
    await stage.phone.kill_bot()
    await anna.hand.edit(number, BUBBLES[1])
    await stage.phone.start_bot()
    await anna.reads("note.edited")
    assert (await stage.newest()).current["what_happened"].text == BUBBLES[1]


async def test_the_lead_is_told_though_the_bot_dies(stage: Stage, anna: Person, lea: Person) -> None:
    """A call to the lead is not lost when the plug is pulled in that very moment, and comes at most twice."""
    await anna.debriefs("B07", "left_for_safety")
    await anna.answers("safe_now", "yes")
    await anna.answers("safety", "threat")
    await anna.presses("done")
    await anna.is_asked("safety_reached")
    before = len(await lea.from_bot())
    label = anna.words.choice("safety_reached", "tell_lead")
    await in_the_very_moment(stage, partial(anna.hand.press, label))
    await lea.reads("lead.tell_now", mentor="Anna")
    await anna.reads("note.lead_told")
    assert 1 <= len(await lea.from_bot()) - before <= 2


async def test_what_fell_due_while_the_bot_was_off(stage: Stage, anna: Person) -> None:
    """After two hours off the nudge comes once; after three days off what cannot be deleted any more hinders nobody."""
    await stage.at_work()
    await anna.debriefs("B07", "as_agreed")
    await anna.is_asked("minutes_used")
    await anna.writes("nogle")
    await anna.reads("note.not_minutes")
    await stage.phone.kill_bot()
    await stage.phone.move(hours=2)
    await stage.phone.start_bot()
    await anna.reads("card.nudge")
    await stage.phone.kill_bot()
    await stage.phone.move(days=3)
    await stage.phone.start_bot()
    await anna.answers("minutes_used", "m45")
    await anna.is_asked("toughness")
    await anna.hand.send("/hjaelp")
    await anna.presses("close")
    assert (await stage.newest()).values()["minutes_used"] == 45


async def test_an_enrolment_goes_on(stage: Stage, bo: Person) -> None:
    """Bo, who was reading when the plug was pulled, says yes afterwards and is enrolled once."""
    await bo.hand.start(await stage.invite("Bo"))
    await in_the_very_moment(stage, lambda: bo.presses("enrol_yes"))
    await in_the_very_moment(stage, lambda: bo.presses("coding_yes"))
    await bo.presses("start")
    await bo.is_asked("citizen")
