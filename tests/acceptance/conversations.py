"""The conversation that must go well on every phone: one for the practice phone and for servers that others wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.practice.reading import Deadline
from bot.practice.talk import Hand, Phone, Seen
from tests.acceptance.words import Words

FIRST = "Vi gik en tur 🚶🏽‍♀️ ned til »havnen« & snakkede <b>om</b> {{7*7}}."
SECOND = '‏שלום sagde hun, og så "grinede" vi 😂'
EDITED = "Vi gik en tur 🚶🏽‍♀️ ned til åen & snakkede <i>længe</i>."


@dataclass(frozen=True)
class Told:
    """What was answered, to be compared with what is stored: of each debrief, question id → value."""

    answers: tuple[dict[str, object], ...]
    text: str


async def everything(phone: Phone, name: str, code: str) -> Told:
    """Enrol by invitation, debrief a visit and a no-show by the short path, type a full one with a crash in the
    middle, edit what was typed, stop, and find the chat tidied. Gives what must be stored then."""
    person, words = phone.person(name), Words("da")
    await enrols(person, words, code)
    met = await meets(person, words)
    missed = await _is_not_met(person, words)
    full = await _types(phone, person, words)
    await _finds_it_tidy(person, words)
    return Told((met, missed, full), f"{EDITED}\n{SECOND}")


async def enrols(person: Hand, words: Words, code: str) -> None:
    """Follow an invitation, and say yes to what is asked."""
    await person.start(code)
    await person.press(words.button("enrol_yes"))
    await person.press(words.button("coding_yes"))
    await person.press(words.button("start"))


async def meets(person: Hand, words: Words) -> dict[str, object]:
    """A visit as agreed; the pseudonym is new."""
    await person.wait_for(words.ask("citizen"))
    await person.press(words.button("new"))
    await person.wait_for(words.said("card.new_citizen"))
    await person.send("Havørn")
    given = {"outcome": "as_agreed", "minutes_used": "m30", "toughness": "2", "adjusted": "nothing"}
    await answers(person, words, given | {"next_contact": "in_a_week"})
    await _saves(person, words)
    return {"outcome": "as_agreed", "minutes_used": 30, "toughness": 2, "adjusted": ["nothing"], "citizen": "Havørn"}


async def _is_not_met(person: Hand, words: Words) -> dict[str, object]:
    """Nobody came, and it is registered; a note to enter it in the record system is ticked off."""
    taps, typed = person.taps, person.typed
    await person.send("/debrief")
    await person.press("Havørn")
    given = {"outcome": "did_not_come", "reach_tried": "call", "absence_decision": "register"}
    await answers(person, words, given | {"absence_reason": "nothing_yet", "next_contact": "tomorrow"})
    await _saves(person, words)
    assert (person.taps - taps, person.typed - typed) == (8, 0), "the short path is eight taps and no typing"
    entry = words.plain("record.transferred")
    await person.press(entry)
    await _until(person, lambda shown: entry not in shown[-1].labels, "the note is ticked off")
    return {"outcome": "did_not_come", "reach_tried": ["call"], "absence_decision": "register", "citizen": "Havørn"}


async def _types(phone: Phone, person: Hand, words: Words) -> dict[str, object]:
    """A full one: two messages for one answer, a crash, an edit of the first, and /stop."""
    await person.send("/debrief")
    await person.press(words.button("full"))
    await person.press("Havørn")
    given = {"outcome": "by_phone", "contact_when": "earlier_today", "minutes_used": "m45", "toughness": "3"}
    await answers(person, words, given)
    await person.wait_for(words.ask("what_happened"))
    (first,) = await person.send(FIRST)
    await person.send(SECOND)
    await person.wait_for(SECOND)
    await phone.kill_bot()
    await phone.start_bot()
    await person.press(words.button("keep"))
    await person.wait_for(words.ask("contact_quality"))
    await person.edit(first, EDITED)
    await person.wait_for(words.said("note.edited"))
    await person.press(words.choice("contact_quality", "good"))
    await person.wait_for(words.ask("goal_agreement"))
    await person.send("/stop")
    await _until(person, lambda shown: words.button("answers") in shown[-1].labels, "the receipt is there")
    return {"outcome": "by_phone", "minutes_used": 45, "contact_quality": "good", "citizen": "Havørn"}


async def _finds_it_tidy(person: Hand, words: Words) -> None:
    """Nothing that was typed is left, one message for each debrief, and none of them shows what was answered."""
    await _until(person, lambda shown: all(one.from_bot for one in shown), "what was typed has left the chat")
    left = await person.screen()
    receipts = [one for one in left if words.button("answers") in one.labels]
    assert len(receipts) == 3, [one.text for one in left]
    assert not any(text in one.text for one in left for text in ("havnen", "åen", "grinede"))


async def answers(person: Hand, words: Words, given: dict[str, str]) -> None:
    """Press a choice of each question, as they are asked."""
    for question_id, choice_id in given.items():
        await person.wait_for(words.ask(question_id))
        await person.press(words.choice(question_id, choice_id))


async def _saves(person: Hand, words: Words) -> None:
    await person.press(words.button("save"))
    await _until(person, lambda shown: words.button("answers") in shown[-1].labels, "the receipt is there")


async def _until(person: Hand, holds: Callable[[list[Seen]], bool], what: str) -> None:
    """Wait until this holds for what is in the chat."""
    until = Deadline(10.0)
    while not holds(shown := await person.screen()):
        assert not until.passed, f"waited in vain until {what}: {[(one.text, one.labels) for one in shown]}"
        await asyncio.sleep(0.05)
