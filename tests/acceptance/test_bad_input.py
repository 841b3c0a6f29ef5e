"""What a bot must expect on a phone: each gets one clear sentence, and nothing is lost or goes where it should not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.practice.limits import pieces
from storage import citizens
from tests.acceptance.person import Person
from tests.acceptance.stage import Stage

CPR = "010190-1234"  # a date and four digits, nobody's number
CPR_DIGITS = ("0101901234", CPR)
LONG = ("".join(f"{n:04} Vi talte længe om det. " for n in range(1, 900)) + "🌱" * 100)[-20_000:].strip()


async def at_a_text(anna: Person) -> None:
    """A full debrief at a question that waits for words."""
    await anna.debriefs("B07", "as_agreed")
    await anna.presses("full")
    await anna.skips_to("what_happened")


KINDS: dict[str, Callable[[Person], Awaitable[list[int]]]] = {
    "voice": lambda anna: anna.hand.send_voice(),
    "photo": lambda anna: anna.hand.send_photo("Billedtekst-Z3"),
    "sticker": lambda anna: anna.hand.send_sticker(),
    "document": lambda anna: anna.hand.send_document("Billedtekst-Z3"),
    "forward": lambda anna: anna.hand.forward("Videresendt-Z3"),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_no_text_is_declined_and_removed(stage: Stage, anna: Person, kind: str) -> None:
    """A voice message, picture, sticker, file or forward is declined kindly and removed; the question stays."""
    await at_a_text(anna)
    before = (await stage.newest()).values()
    numbers = await KINDS[kind](anna)
    await anna.reads(f"declined.{kind}")
    await anna.sees_gone(numbers[0])
    await anna.presses("close")
    await anna.is_asked("what_happened")
    assert (await stage.newest()).values() == before
    assert "-Z3" not in stage.everything_stored()


async def test_twenty_thousand_characters(stage: Stage, anna: Person) -> None:
    """A text that Telegram cuts into five messages is kept whole, one a line, and leaves the chat at the end."""
    await at_a_text(anna)
    numbers = await anna.hand.send(LONG)
    assert len(numbers) == 5
    await anna.hand.wait_for(LONG[:100])
    await anna.presses("keep")
    await anna.is_asked("contact_quality")
    assert (await stage.newest()).current["what_happened"].text == "\n".join(pieces(LONG))
    await anna.finishes()
    await anna.until(lambda calls: {c.message_id for c in calls if c.method.startswith("delete")} >= set(numbers))


async def test_a_command_in_the_middle_of_a_question(stage: Stage, anna: Person) -> None:
    """A command is no answer, wherever it comes, and the question waits."""
    await at_a_text(anna)
    for command in ("/hjaelp", "/indstillinger", "/hvad"):
        await anna.hand.send(command)
        await anna.presses("close")
        await anna.is_asked("what_happened")
    await anna.writes("Et svar")
    await anna.hand.wait_for("Et svar")
    assert (await stage.newest()).current["what_happened"].text == "Et svar"


async def test_text_where_a_button_is_asked_for(stage: Stage, anna: Person) -> None:
    """What is typed where only buttons answer is not kept, and the card says so."""
    await anna.debriefs("B07")
    await anna.is_asked("outcome")
    await anna.writes("Som aftalt-Z9")
    await anna.reads("note.no_text_here")
    assert "outcome" not in (await stage.newest()).current
    assert "Z9" not in stage.everything_stored()


async def test_text_while_nothing_is_open(stage: Stage, anna: Person) -> None:
    """What is typed while no debrief is open is not kept, and Anna is told how to begin."""
    await anna.debriefs()
    await anna.hand.send("/stop")
    await anna.writes("Ud i luften-Z9")
    await anna.reads("open.nothing")
    assert "Z9" not in stage.everything_stored()
    await anna.presses("start")


async def test_buttons_from_another_persons_card(stage: Stage, anna: Person, bo: Person) -> None:
    """Bo pressing what stands on Anna's card changes nothing, shows nothing of hers, and is told so."""
    await bo.enrols(stage.codes["Bo"][0], "Bo")
    await anna.debriefs("Stjerne", "as_agreed")
    card = await anna.is_asked("minutes_used")
    before = (await stage.newest()).values()
    for data in (one for row in card.data for one in row):
        await bo.taps(card.id, data)
        await bo.is_told("note.not_yours")
    await bo.debriefs()
    citizen = await anna_citizen(stage, anna)
    mine = await bo.data(bo.words.button("new"))
    stolen = ":".join([*mine.split(":")[:2], "@", citizen])
    await bo.taps((await bo.hand.live()).id, stolen)
    assert (await stage.newest("Bo")).current == {}
    assert not any("Stjerne" in str(one) for one in await bo.from_bot())
    assert (await stage.newest()).values() == before


async def anna_citizen(stage: Stage, anna: Person) -> str:
    """The id of one of Anna's citizens."""
    newest = await stage.newest()
    async with stage.database() as db, db.transaction() as tx:
        row = await tx.one("SELECT citizen_id FROM reflections WHERE id = ?", newest.read.reflection_id)
    assert row is not None
    return str(row["citizen_id"])


@pytest.mark.parametrize(
    "data", ["", "x", "!", "::::", "a:b:c", "!choose:n:", "!nix:y:1", "abc:0:+:m45", "\u2603" * 21]
)
async def test_forged_buttons(stage: Stage, anna: Person, data: str) -> None:
    """Callback data that this program never wrote does nothing."""
    await anna.debriefs("B07", "as_agreed")
    live = await anna.is_asked("minutes_used")
    count = len(await stage.debriefs())
    await anna.taps(live.id, data)
    assert len(await stage.debriefs()) == count
    assert "minutes_used" not in (await stage.newest()).current
    await anna.is_asked("minutes_used")


async def test_old_buttons_lead_back(stage: Stage, anna: Person) -> None:
    """A button of a question that has passed writes nothing, and leads back to the live one."""
    await anna.debriefs("B07", "as_agreed")
    card = await anna.is_asked("minutes_used")
    old = await anna.data(anna.words.choice("minutes_used", "m90"))
    await anna.answers("minutes_used", "m45")
    await anna.answers("toughness", "2")
    await anna.is_asked("adjusted")
    await anna.taps(card.id, old)
    await anna.is_told("note.stale")
    await anna.is_asked("adjusted")
    kept = await stage.newest()
    assert [one.value for one in kept.history("minutes_used")] == [45]


async def test_doubled_taps_count_once(stage: Stage, anna: Person) -> None:
    """Two quick taps on one button give one answer, and the next question is not answered by the second."""
    await anna.debriefs("B07", "as_agreed")
    card = await anna.is_asked("minutes_used")
    data = await anna.data(anna.words.choice("minutes_used", "m45"))
    await anna.taps(card.id, data, data)
    await anna.is_asked("toughness")
    kept = await stage.newest()
    assert len(kept.history("minutes_used")) == 1
    assert "toughness" not in kept.current


async def test_doubled_ticks_count_once(stage: Stage, anna: Person) -> None:
    """Two quick taps where several may be ticked tick, and do not untick again."""
    await anna.debriefs("B07", "as_agreed")
    await anna.presses("happened")
    await anna.answers("safe_now", "yes")
    await anna.is_asked("safety")
    data = await anna.data(anna.words.choice("safety", "threat"))
    await anna.taps((await anna.hand.live()).id, data, data)
    await anna.presses("done")
    await anna.is_asked("safety_reached")
    assert (await stage.newest()).current["safety"].value == ["threat"]


async def test_the_button_of_a_removed_citizen(stage: Stage, anna: Person) -> None:
    """A citizen who was removed meanwhile cannot be picked any more; the card is drawn anew without them."""
    await anna.debriefs("B03")
    await anna.is_asked("outcome")
    citizen = await anna_citizen(stage, anna)
    card = await anna.debriefs()
    data = await anna.data("B03")
    async with stage.database() as db, db.transaction() as tx:
        citizens.archive(tx, citizen, await stage.phone.now())
    mark = await anna.mark()
    await anna.taps(card.id, data)
    await anna.is_told("note.stale")
    await anna.until(lambda calls: any(call.method == "editMessageText" for call in calls), mark)
    assert "B03" not in (await anna.hand.live()).labels
    assert "citizen" not in (await stage.newest()).current


async def test_a_cpr_number_in_a_text(stage: Stage, anna: Person) -> None:
    """A CPR number leaves the chat at once and is never stored; what else was typed may be kept without it."""
    await at_a_text(anna)
    number = await anna.writes(f"Borgeren {CPR} kom for sent")
    await anna.reads("guard.found", kinds=[anna.words.plain("guard.kind_cpr")])
    await anna.sees_gone(number)
    assert "what_happened" not in (await stage.newest()).current
    await anna.presses("keep_masked")
    await anna.is_asked("what_happened")
    kept = (await stage.newest()).current["what_happened"].text or ""
    assert kept.startswith("Borgeren [") and kept.endswith("] kom for sent")
    nowhere(stage)


async def test_a_cpr_number_as_pseudonym(stage: Stage, anna: Person) -> None:
    """A CPR number never becomes a pseudonym."""
    await anna.debriefs()
    await anna.presses("new")
    number = await anna.writes(CPR)
    await anna.reads("guard.pseudonym")
    await anna.sees_gone(number)
    assert anna.words.button("false_alarm") not in (await anna.is_asked("citizen")).labels
    assert "citizen" not in (await stage.newest()).current
    nowhere(stage)


async def test_a_cpr_number_edited_into_a_message(stage: Stage, anna: Person) -> None:
    """A CPR number that is edited into a message takes it out of the chat; the answer stays as it was."""
    await at_a_text(anna)
    number = await anna.writes("Borgeren kom for sent")
    await anna.hand.wait_for("Borgeren kom for sent")
    await anna.hand.edit(number, f"Borgeren {CPR.replace('-', ' ')} kom for sent")
    await anna.sees_gone(number)
    await anna.presses("rephrase")
    await anna.reads("guard.again_edit")
    assert (await stage.newest()).current["what_happened"].text == "Borgeren kom for sent"
    await anna.presses("close")
    nowhere(stage)


async def test_a_cpr_number_while_nothing_is_open(stage: Stage, anna: Person) -> None:
    """A CPR number leaves the chat also when no debrief is open."""
    await anna.debriefs()
    await anna.hand.send("/stop")
    number = await anna.writes(f"Kan du huske {CPR}?")
    await anna.reads("note.held")
    await anna.sees_gone(number)
    await anna.presses("close")
    nowhere(stage)


def nowhere(stage: Stage) -> None:
    """The number is neither in the database nor in the log."""
    told = stage.everything_stored() + stage.log
    assert len(told) > 1000
    assert not any(form in told for form in (*CPR_DIGITS, CPR.replace("-", " ")))
