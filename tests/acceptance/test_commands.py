"""/debrief while one is open, /stop, /hjaelp and /indstillinger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio

from storage import followups, people
from storage.followups import FollowupStatus
from storage.people import Tidy
from tests.acceptance.person import Person
from tests.acceptance.stage import Stage

TYPED = "Rørsanger-P5"


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def nothing_open(anna: Person, stage: Stage) -> AsyncIterator[None]:
    """A conversation leaves no debrief open or set aside, and no setting behind."""
    yield
    async with stage.database() as db, db.transaction() as tx:
        found = await people.person_by_telegram(tx, anna.hand.id)
        assert found is not None
        people.set_tidy(tx, found.id, None)
        people.set_language(tx, found.id, "da")
    await anna.hand.send("/stop")
    while anna.words.button("go_on") in (await anna.commands("/debrief")).labels:
        await anna.presses("go_on")
        await anna.hand.send("/stop")
    await anna.hand.send("/stop")
    await anna.has_receipt()
    for one in await anna.own():
        with suppress(AssertionError):  # the bot was quicker
            await anna.hand.remove(one.id)


async def test_going_on_with_the_open_one(stage: Stage, anna: Person) -> None:
    """/debrief while one is open asks; "go on" shows it again at the bottom, at its question."""
    first = (await anna.debriefs("B07", "as_agreed")).id
    await anna.answers("minutes_used", "m45")
    choice = await anna.commands("/debrief")
    assert {anna.words.button("go_on"), anna.words.button("set_aside_new")} == set(choice.labels)
    assert "B07" in choice.text
    await anna.presses("go_on")
    await anna.sees_below(choice.id, lambda card: anna.words.ask("toughness") in card.text)
    await anna.sees_gone(first)
    await anna.sees_gone(choice.id)
    assert len(await stage.debriefs()) == 1


async def test_setting_the_open_one_aside(stage: Stage, anna: Person) -> None:
    """ "Set aside" keeps the first and begins another; both can be finished."""
    count = len(await stage.debriefs())
    await anna.debriefs("B07", "as_agreed")
    await anna.commands("/debrief")
    await anna.presses("set_aside_new")
    await anna.is_asked("citizen")
    await anna.hand.press("B12")
    await anna.answers("outcome", "by_phone")
    await anna.finishes()
    begun = (await stage.debriefs())[count:]
    assert [(one.citizen, one.status) for one in begun] == [("B07", "aside"), ("B12", "saved")]
    await anna.commands("/debrief")
    await anna.presses("go_on")
    await anna.is_asked("minutes_used")
    await anna.finishes()
    begun = (await stage.debriefs())[count:]
    assert [one.status for one in begun] == ["saved", "saved"]


async def test_tapping_twice_begins_one(stage: Stage, anna: Person) -> None:
    """A thumb that taps "new debrief" twice begins one, and so does one that taps "set aside, begin new" twice."""
    await anna.debriefs("B07", "by_phone")
    receipt = await anna.finishes()
    count, data = len(await stage.debriefs()), await anna.data(anna.words.button("start"))
    await anna.taps(receipt.id, data, data)
    await anna.is_asked("citizen")
    assert len(await stage.debriefs()) == count + 1
    await anna.hand.press("B12")
    choice = await anna.commands("/debrief")
    data = await anna.data(anna.words.button("set_aside_new"))
    await anna.taps(choice.id, data, data)
    await anna.is_asked("citizen")
    assert len(await stage.debriefs()) == count + 2


async def test_stop_keeps_everything(stage: Stage, anna: Person) -> None:
    """/stop ends the open debrief with everything kept; with none open it says how to leave altogether."""
    await anna.debriefs("B07", "as_agreed")
    await anna.answers("minutes_used", "m90")
    await anna.hand.send("/stop")
    await anna.has_receipt()
    kept = await stage.newest()
    assert (kept.read.status, kept.values()["minutes_used"]) == ("stopped", 90)
    await anna.hand.send("/stop")
    await anna.reads("stop.leave", contact=anna.words.plain("error.contact"))
    await anna.presses("close")


async def test_help_leads_back(anna: Person, lea: Person) -> None:
    """/hjaelp says what this is and is not, and leads back to the open debrief; a lead gets the lead's page."""
    await anna.debriefs("B07", "as_agreed")
    for command in ("/hjaelp", "/help"):
        assert "112" in (await anna.commands(command)).text
        await anna.presses("back_to_debrief")
        await anna.is_asked("minutes_used")
    await anna.has_nothing_left()
    assert (await lea.commands("/hjaelp")).text != (await anna.commands("/hjaelp")).text
    await lea.hand.send("/debrief")
    await lea.reads("error.not_allowed")


async def test_the_language_changes_at_once(stage: Stage, anna: Person) -> None:
    """One tap in /indstillinger: the settings, the open debrief and the command menu are in English from then on."""
    english = stage.person("Anna", "en")
    await anna.debriefs("B07", "as_agreed")
    await anna.commands("/indstillinger")
    await anna.presses("settings_language")
    await english.hand.wait_for(lines_of(english, "settings"))
    await english.presses("close")
    await english.is_asked("minutes_used")
    await english.answers("minutes_used", "m45")
    await english.is_asked("toughness")
    assert (await stage.newest()).current["minutes_used"].label == "45 min."


def lines_of(person: Person, page: str) -> str:
    """The first line of a page."""
    return person.words.page(page, tidy="at_end", coding=True).splitlines()[0]


async def chooses(anna: Person, mode: str) -> None:
    """Chooses how the chat is tidied."""
    await anna.commands("/indstillinger")
    await anna.hand.press(anna.words.button(f"tidy_{mode}"))
    await anna.sees_button(anna.words.button(f"tidy_{mode}_on"))
    await anna.presses("close")


async def types_an_answer(anna: Person) -> int:
    """A full debrief up to a typed answer; gives the message's number."""
    await anna.debriefs("B07", "as_agreed")
    await anna.presses("full")
    await anna.skips_to("what_happened")
    number = await anna.writes(TYPED)
    await anna.hand.wait_for(TYPED)
    return number


async def test_typed_answers_go_at_the_end(anna: Person) -> None:
    """By default what was typed stands until the debrief is finished, and is gone then; the receipt has none of it."""
    number = await types_an_answer(anna)
    assert [one.id for one in await anna.own()] == [number]
    receipt = await anna.finishes()
    await anna.hand.wait_gone(TYPED)
    await anna.has_nothing_left()
    assert TYPED not in receipt.text


async def test_typed_answers_go_at_once(anna: Person) -> None:
    """ "At once": what was typed goes as soon as it is stored, while the debrief is open."""
    await chooses(anna, Tidy.AT_ONCE)
    number = await types_an_answer(anna)
    await anna.sees_gone(number)
    assert number not in [one.id for one in await anna.own()]
    assert TYPED in (await anna.is_asked("what_happened")).text


async def test_typed_answers_may_stay(anna: Person, stage: Stage) -> None:
    """ "Never": what was typed stays, after the end and after 40 hours, and can still be edited."""
    await chooses(anna, Tidy.NEVER)
    number = await types_an_answer(anna)
    await anna.finishes()
    await anna.hand.edit(number, f"{TYPED} igen")
    await anna.reads("note.edited")
    assert (await stage.newest()).current["what_happened"].text == f"{TYPED} igen"
    await stage.phone.move(hours=41)
    await has_ticked(stage, anna)
    assert number in [one.id for one in await anna.own()]
    await anna.hand.remove(number)


async def test_editing_afterwards_changes_what_is_to_be_done(anna: Person, stage: Stage) -> None:
    """Each line of what was agreed is something to remember; who edits it after the end changes that too."""
    await chooses(anna, Tidy.NEVER)
    await anna.debriefs("B07", "as_agreed")
    await anna.presses("full")
    await anna.skips_to("agreements")
    number = await anna.writes("Ringe til lægen\nFinde papiret")
    await anna.finishes()
    assert await agreed(stage) == ["Ringe til lægen", "Finde papiret"]
    await anna.hand.edit(number, "Ringe til tandlægen")
    await anna.reads("note.edited")
    assert await agreed(stage) == ["Ringe til tandlægen"]


async def agreed(stage: Stage) -> list[str | None]:
    """What the newest debrief leaves to be done, of what was agreed."""
    newest = await stage.newest()
    async with stage.database() as db, db.transaction() as tx:
        found = await followups.of_reflection(tx, newest.read.reflection_id)
    return [one.text for one in found if one.kind == "task" and one.status is FollowupStatus.OPEN]


async def has_ticked(stage: Stage, anna: Person) -> None:
    """Waits until the clock's tick has done its work at the present time: an open debrief is nudged by it."""
    await anna.debriefs()
    await stage.at_work()
    await anna.reads("card.nudge")


async def test_typed_answers_go_within_forty_hours(anna: Person, stage: Stage) -> None:
    """What was typed in a debrief that was left open, or while none was, is gone from the chat after 40 hours."""
    open_one = await types_an_answer(anna)
    await stage.phone.move(hours=39)
    assert open_one in [one.id for one in await anna.own()]
    await stage.phone.move(hours=1, minutes=1)
    await anna.sees_gone(open_one)
    assert open_one not in [one.id for one in await anna.own()]
    await anna.hand.wait_gone(TYPED)  # neither does the card go on quoting it
    await anna.is_asked("what_happened")
    assert (await stage.newest()).current["what_happened"].text == TYPED


@pytest.mark.parametrize("mode", [Tidy.AT_ONCE, Tidy.NEVER])
async def test_a_changed_mind_counts_for_what_is_typed_already(anna: Person, stage: Stage, mode: Tidy) -> None:
    """Who changes the way of tidying in the middle of a debrief means what already stands there, too."""
    number = await types_an_answer(anna)
    await chooses(anna, mode)
    if mode is Tidy.AT_ONCE:
        await anna.sees_gone(number)
        return
    await stage.phone.move(hours=41)
    await has_ticked(stage, anna)
    assert number in [one.id for one in await anna.own()]
    await anna.hand.remove(number)


async def test_an_unknown_command_is_answered_kindly(stage: Stage, anna: Person) -> None:
    """A command that does not exist, in the middle of a question, is no answer and leads on."""
    await anna.debriefs("B07", "as_agreed")
    before = (await stage.newest()).values()
    await anna.hand.send("/findesikke")
    await anna.reads("declined.command")
    await anna.presses("close")
    await anna.is_asked("minutes_used")
    assert (await stage.newest()).values() == before
    await anna.has_nothing_left()
