"""The Bot API in trouble: nothing is lost, nothing is sent before Telegram allows it, and polling comes back."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.practice.faults import Fault
from bot.practice.journal import Entry
from bot.practice.messages import Message, Person
from tests.faults.audit import LOST
from tests.faults.conftest import Note, Size
from tests.faults.crowd import CrowdPhone
from tests.faults.storm import Storm
from tests.faults.troubles import SLOWLY, TROUBLES, UNMET, WEATHER, hanging_weather, weather

ROUNDS = int(os.environ.get("EFTERTANKE_TEST_ROUNDS", "1"))  # of all kinds of trouble
WAIT = 3  # seconds that Telegram asks for
TOO_LATE = 15.0  # seconds: the bot waits ten for an answer, and then goes on


@pytest.mark.timeout(240 + 80 * ROUNDS)
async def test_bad_weather(tmp_path: Path, size: Size, note: Note) -> None:
    """429 with and without retry_after, 500, 502 with a page, answers broken off before and after the call was carried
    out, 401 and 404, for a while when polling and for a while when sending, and calls that are carried out or answered
    too late, or a byte a second: nothing is lost or doubled, debriefs go on, and the bot polls again within 30 s."""
    trouble = hanging_weather(WEATHER, 0.6, ROUNDS)
    report = (await Storm(size.seed, trouble, harm=0, mentors=3, unheard=tuple(SLOWLY)).run(tmp_path)).audit()
    note(9, report.figures[TROUBLES], "troubles", report)
    assert not report.violations, f"seed {size.seed}: {report}"
    assert report.figures["seconds until it polled again"] <= 30
    assert report.figures[UNMET] <= report.figures[TROUBLES] // 20


@pytest.mark.timeout(120)
async def test_the_twin_that_gives_up_loses(tmp_path: Path, size: Size, note: Note) -> None:
    """The same program, but what the server refuses once is not sent again: the auditor names what is lost."""
    command = (sys.executable, "-m", "tests.faults.twin_trouble")
    report = (await Storm(size.seed, weather(("500",), 2.0), harm=0, mentors=4, command=command).run(tmp_path)).audit()
    lost = [one for one in report.violations if one.kind == LOST and "is failed" in one.what]
    note(9, 2, "troubles", f"never sent {len(lost)}", twin=True)
    assert lost


@asynccontextmanager
async def started(folder: Path, mentors: int = 1) -> AsyncIterator[CrowdPhone]:
    """A phone with the bot listening."""
    async with CrowdPhone(folder, mentors) as phone:
        await phone.start_bot()
        await phone.until_still(quiet=0.3)
        yield phone


async def sent(phone: CrowdPhone, person: Person, after: int, count: int = 1) -> list[Entry]:
    """Wait until the bot has sent so many messages to somebody, and give them."""
    until = time.monotonic() + 20
    while True:
        found = [
            one for one in phone.world.journal.after(after) if (one.method, one.chat_id) == ("sendMessage", person.id)
        ]
        if len(found) >= count:
            return found
        assert time.monotonic() < until, f"only {len(found)} of {count} messages came"
        await phone.feed.wait(phone.feed.version, 0.5)


async def test_no_message_before_retry_after(tmp_path: Path) -> None:
    """Asked to wait three seconds for one chat, the bot waits at least so long there, and serves the other at once."""
    async with started(tmp_path, mentors=2) as phone:
        first, second = phone.mentors
        mark = phone.world.journal.last
        phone.faults.add(Fault("429", method="sendmessage", retry_after=WAIT))
        began = time.monotonic()
        phone.hands.send(first, "/debrief")
        await asyncio.sleep(0.3)
        phone.hands.send(second, "/debrief")
        await sent(phone, second, mark)
        assert time.monotonic() - began < WAIT
        await sent(phone, first, mark)
        assert WAIT <= time.monotonic() - began < WAIT + 3


async def test_no_poll_before_retry_after(tmp_path: Path) -> None:
    """Asked to wait before it asks for updates again, the bot does, and then gets what came meanwhile."""
    async with started(tmp_path) as phone:
        (anna,) = phone.mentors
        phone.faults.add(Fault("429", method="getupdates", retry_after=WAIT))
        phone.hands.send(anna, "/debrief")  # ends the poll that waits; the next one meets the fault
        await sent(phone, anna, 0)
        began, polls, mark = time.monotonic(), phone.world.polls, phone.world.journal.last
        phone.hands.send(anna, "/hjaelp")
        await phone.until_asked(polls)
        await sent(phone, anna, mark)
        assert WAIT - 1 <= time.monotonic() - began < WAIT + 3


async def test_a_message_in_doubt_is_repeated_once(tmp_path: Path) -> None:
    """A card that was accepted while the answer broke stands there twice; both work, and the older one goes away when
    it is touched."""
    async with started(tmp_path) as phone:
        (anna,) = phone.mentors
        phone.faults.add(Fault("drop", method="sendmessage"))
        phone.hands.send(anna, "/debrief")
        await sent(phone, anna, 0, count=2)
        await phone.until_still(quiet=0.5)
        older, newer = _cards(phone, anna)
        assert older.body == newer.body and older.rows == newer.rows
        phone.hands.press(anna, older.id, 0, 0)
        await phone.until_still(quiet=0.5)
        (left,) = _cards(phone, anna)
        assert left.id == newer.id and left.body != older.body, "the tap on the copy counted, and the card went on"


async def test_a_card_touched_before_it_is_noted_stays(tmp_path: Path) -> None:
    """A card sent anew is on the phone before Telegram's answer reaches the bot: who taps it at once keeps it, and it
    goes on; the one it replaces goes."""
    async with started(tmp_path) as phone:
        (anna,) = phone.mentors
        phone.hands.send(anna, "/debrief")
        await sent(phone, anna, 0)
        await phone.until_still(quiet=0.5)
        mark = phone.world.journal.last
        phone.faults.add(Fault("late", method="sendmessage", seconds=1.5))
        phone.hands.send(anna, "/debrief")  # the card of the one that is open comes anew, below
        (card,) = await sent(phone, anna, mark)
        phone.hands.press(anna, card.message_id or 0, 0, 0)
        await phone.until_still(quiet=2.0)
        (left,) = _cards(phone, anna)
        assert left.id == card.message_id and left.body.text != card.text


def _cards(phone: CrowdPhone, person: Person) -> list[Message]:
    messages = phone.world.private(person).messages.values()
    return [message for message in messages if message.from_bot and not message.deleted]


async def test_an_edit_that_comes_too_late_is_put_right_by_a_tap(tmp_path: Path) -> None:
    """Telegram carries an edit out after the bot has given it up and gone on: the card shows an earlier question than
    the debrief is at. A tap on it answers nothing: it brings the question back that the debrief is at."""
    async with started(tmp_path) as phone:
        (anna,) = phone.mentors
        phone.hands.send(anna, "/debrief")
        await sent(phone, anna, 0)
        await phone.until_still(quiet=0.5)
        (card,) = _cards(phone, anna)
        phone.faults.add(Fault("delay", method="editmessagetext", seconds=TOO_LATE))
        shown = [card.body.text]
        for _ in range(2):
            phone.hands.press(anna, card.id, 0, 0)
            shown.append(await _other_than(phone, anna, shown[-1]))
        assert await _other_than(phone, anna, shown[2]) == shown[1], "the edit that was given up"
        phone.hands.press(anna, card.id, 0, 0)
        assert await _other_than(phone, anna, shown[1]) == shown[2]
        assert len({*shown}) == 3, "another question each time: nothing was written twice"


async def test_a_card_that_comes_too_late_is_the_card_once_touched(tmp_path: Path) -> None:
    """Telegram sends a card after the bot has given it up and sent it anew: the late one stands below and looks alike.
    A tap on it counts, it goes on from there, and the other one goes."""
    async with started(tmp_path) as phone:
        (anna,) = phone.mentors
        phone.faults.add(Fault("delay", method="sendmessage", seconds=TOO_LATE))
        phone.hands.send(anna, "/debrief")
        await sent(phone, anna, 0, count=2)
        await phone.until_still(quiet=0.5)
        again, late = sorted(_cards(phone, anna), key=lambda one: one.id)
        assert again.body == late.body and again.rows == late.rows
        before = late.body.text
        phone.hands.press(anna, late.id, 0, 0)
        await _other_than(phone, anna, before)
        await phone.until_still(quiet=0.5)
        (left,) = _cards(phone, anna)
        assert left.id == late.id and left.body.text != before


async def _other_than(phone: CrowdPhone, person: Person, before: str) -> str:
    """Wait until the card shows something else, and give that."""
    until = time.monotonic() + 20
    while (text := max(_cards(phone, person), key=lambda one: one.id).body.text) == before:
        assert time.monotonic() < until, f"the card still shows {before!r}"
        await phone.feed.wait(phone.feed.version, 0.2)
    return text
