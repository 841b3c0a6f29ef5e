"""Troubles that are nobody's fault: an update that cannot be handled, a person who blocks the bot, days of silence."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from tests.acceptance.person import Person
from tests.acceptance.stage import Stage, running

SECRET = "Kanariefugl-D1"


async def test_an_update_that_cannot_be_handled(stage: Stage, anna: Person, lea: Person) -> None:
    """After several tries it is put aside and Anna is told in plain words; others are not held up, and the log gives
    the place of the mistake and no text."""
    await anna.debriefs("B07", "as_agreed")
    await anna.is_asked("minutes_used")
    newest = await stage.newest()
    kept = await breaks(stage, newest.read.reflection_id, f'{{"{SECRET}": ')
    data = await anna.data(anna.words.choice("minutes_used", "m45"))
    stage.phone.patience, patience = 0.0, stage.phone.patience
    await anna.hand.press_data((await anna.hand.live()).id, data)
    stage.phone.patience = patience
    for seconds in (0, 2, 6, 31):
        await stage.phone.move(seconds=seconds)
        await lea.hand.send("/hjaelp")
    await anna.reads("error.dead_letter", contact=anna.words.plain("error.contact"))
    assert "JSONDecodeError" in stage.log
    assert SECRET not in stage.log
    await breaks(stage, newest.read.reflection_id, kept)
    await anna.hand.send("/debrief")
    await anna.presses("go_on")
    await anna.answers("minutes_used", "m45")
    await anna.is_asked("toughness")


async def breaks(stage: Stage, reflection_id: str, state: str) -> str:
    """Puts this in place of where a debrief stands, and gives what stood there."""
    async with stage.database() as db, db.transaction() as tx:
        before = await tx.one("SELECT state FROM reflections WHERE id = ?", reflection_id)
        tx.write("UPDATE reflections SET state = ? WHERE id = ?", state, reflection_id)
    assert before is not None
    return str(before["state"])


async def test_blocking_and_coming_back(stage: Stage, anna: Person, lea: Person) -> None:
    """Who blocks the bot is left alone; what was meant for them waits, and comes when they are back."""
    await stage.at_work()
    await anna.debriefs("B07", "as_agreed")
    await anna.is_asked("minutes_used")
    await stage.phone.kill_bot()
    await anna.hand.send("/hjaelp")
    await anna.hand.block()
    mark = await anna.mark()
    await stage.phone.start_bot()
    await stage.phone.wait_until_listening()
    await stage.phone.move(minutes=61)
    await lea.hand.send("/hjaelp")
    assert not [call for call in await anna.calls(mark) if call.method == "sendMessage"]
    await anna.hand.unblock()
    await anna.reads("card.nudge")
    await anna.hand.wait_for("ring 112")
    await anna.answers("minutes_used", "m45")
    await anna.is_asked("toughness")


async def test_an_old_card_does_not_stay_beside_the_new_one(stage: Stage, anna: Person) -> None:
    """After three days Telegram lets nobody delete the old card: it may stay, but not with buttons or words on it."""
    await anna.debriefs("B07", "as_agreed")
    await anna.presses("full")
    await anna.skips_to("what_happened")
    await anna.writes("Rørhøne-A1")
    await anna.presses("later")
    old = (await anna.reads("card.aside")).id
    await stage.phone.move(days=3)
    await anna.hand.send("/debrief")
    await anna.presses("go_on")
    card = await anna.is_asked("what_happened")
    assert card.id != old
    await anna.presses("keep")
    await anna.is_asked("contact_quality")
    assert not any(one.buttons for one in await anna.from_bot() if one.id == old)


async def test_fast_thumbs_and_telegrams_pace(tmp_path: Path) -> None:
    """With Telegram's own pace, seven quick ticks draw the card a few times only, and the last drawing has them all."""
    async with running(tmp_path, EFTERTANKE_CLOCK_OFFSET_FILE="") as stage:
        anna = stage.person("Anna")
        await anna.debriefs()
        await anna.presses("happened")
        await anna.answers("safe_now", "yes")
        card = await anna.is_asked("safety")
        mark = await anna.mark()
        ticks = [data for row in card.data for data in row if ":+:" in data][:7]
        await anna.taps(card.id, *ticks)
        wanted = {f"✓ {anna.words.choice('safety', data.rpartition(':')[2])}" for data in ticks}
        await anna.until(lambda calls: any(wanted <= {*sum(call.buttons, ())} for call in calls), mark)
        edits = [call.at for call in await anna.calls(mark) if call.method == "editMessageText"]
        assert len(edits) < len(ticks)
        assert (
            sum((later - earlier).total_seconds() < 0.8 for earlier, later in pairwise(edits)) <= 2
        )  # a burst of three
