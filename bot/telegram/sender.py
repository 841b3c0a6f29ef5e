"""From the outbox to Telegram: in order chat by chat, several chats at once, paced, marked after sending.

Sending is at least once. What may be repeated without harm (an edit, a deletion) goes side by side; what would show
twice goes one by one, so that a crash repeats one message at most. A row's payload is JSON: ``{"text": html,
"buttons": [[{"text": …, "data": … | "url": …}]], "silent": bool}``, of which only ``text`` must be there; of a
deletion it is the list of message numbers. With a file there is also ``"file": {"as": "photo" | "document", "name":
…}``, and the text is its caption.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, TypeAlias

from telegram import Bot
from telegram.error import TelegramError

from bot.now import Now
from bot.telegram import delivery
from bot.telegram.errors import Meaning, Verdict, judge
from bot.telegram.noted import Noted, Uncounted
from bot.telegram.pacing import Lane, Pace
from bot.telegram.parts import split
from bot.telegram.waiting import BackOff, any_set, pause_after
from storage import outbox
from storage.database import Database, StorageError, Transaction
from storage.outbox import Kind, Message

log = logging.getLogger(__name__)

OnBlocked: TypeAlias = Callable[[Transaction, int], Awaitable[None]]
"""Told, within the transaction that stops the chat, that Telegram delivers nothing to this chat any more."""

_LOOK_EVERY = 5.0  # seconds; a wake-up that was missed costs no more
_AT_ONCE = 200
_DRAIN = 4.0  # seconds: a whole stop shall take five at most
REMINDERS = "remind:"  # how the names of their cards begin
_TRIES = 3  # of what Telegram refuses for a reason we do not know
_AGAIN = (0.5, 15.0)


async def _nothing_more(tx: Transaction, chat_id: int) -> None:
    """The outbox itself marks the person; nothing else is to be done."""


class Sender:
    """Empties the outbox. ``wake`` is set by whoever committed something to send."""

    def __init__(
        self,
        bot: Bot,
        db: Database,
        now: Now,
        wake: asyncio.Event,
        on_blocked: OnBlocked = _nothing_more,
        *,
        at_once: int = 8,
        pace: Pace | None = None,
        back_off: tuple[float, float] = _AGAIN,
        noted: Noted | None = None,
    ) -> None:
        self._bot, self._db, self._now, self._wake, self._on_blocked = bot, db, now, wake, on_blocked
        self._at_once = at_once
        self._pace = pace if pace is not None else Pace(time.monotonic())
        self._back_off = back_off
        self._noted = noted or Uncounted()
        self._lane = Lane()
        self._freed = asyncio.Event()
        self._under_way: dict[int, asyncio.Task[None]] = {}  # by chat
        self._parts: dict[int, int] = {}  # how many parts of a long message are sent, by row
        self._storage_pauses = BackOff(0.2, 5.0)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set; what is under way then has 4 s to end."""
        while not stop.is_set():
            self._wake.clear()
            self._freed.clear()
            try:
                timeout = await self._round(stop)
                self._storage_pauses.reset()
            except StorageError as error:
                log.error("Messages wait in the outbox. %s", error)
                await any_set(stop, timeout=self._storage_pauses.next())
                continue
            await any_set(stop, self._wake, self._freed, timeout=timeout)
        if self._under_way:
            _, late = await asyncio.wait(self._under_way.values(), timeout=_DRAIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _round(self, stop: asyncio.Event) -> float:
        """Start what may be sent now; give the seconds until there may be more."""
        places: dict[int, int | None] = {}
        async with self._db.transaction() as tx:
            heads = await outbox.pending(tx, self._now(), _AT_ONCE)
            due = None if heads else await outbox.next_attempt(tx)
            chosen, wait = self._choose(heads)
            for message in chosen:
                if message.card is not None:
                    places[message.seq] = await outbox.card_at(tx, message.chat_id, message.card)
        for message in chosen:
            task = asyncio.create_task(self._deliver(message, places.get(message.seq), stop))
            self._under_way[message.chat_id] = task
            task.add_done_callback(partial(self._ended, message.chat_id))
        if due is not None:
            wait = min(wait, max(0.01, (due - self._now()).total_seconds()))
        return wait

    def _choose(self, heads: Sequence[Message]) -> tuple[list[Message], float]:
        """Give what may be started now, and the seconds until more may be."""
        chosen: list[Message] = []
        wait = 1.0 if heads else _LOOK_EVERY
        now = time.monotonic()
        for message in heads:
            if message.chat_id in self._under_way:
                continue
            if len(self._under_way) + len(chosen) >= self._at_once:
                break  # the next one that ends will wake us
            if (pause := self._pace.wait_for_all(now)) > 0:
                return chosen, min(wait, pause)
            shows = message.kind in (Kind.CARD, Kind.SEND)
            if shows and (pause := self._pace.wait_for(message.chat_id, now)) > 0:
                wait = min(wait, pause)
                continue
            self._pace.take(message.chat_id, now, message=shows)
            chosen.append(message)
        return chosen, wait

    def _ended(self, chat_id: int, task: asyncio.Task[None]) -> None:
        self._under_way.pop(chat_id, None)
        self._freed.set()

    async def _deliver(self, message: Message, place: int | None, stop: asyncio.Event) -> None:
        """Carry one row out and mark it. Nothing is raised: a failure is noted in the row."""
        try:
            begun = time.monotonic()
            if await self._without_sending(message, place):
                self._noted.sent(time.monotonic() - begun, reminder=False)
                await self._keep(lambda tx: self._mark(tx, message), stop)
                return
            async with self._lane.turn():
                if stop.is_set():
                    return  # it is still pending, and whoever sends next sends it
                begun = time.monotonic()
                sent = await self._send(message)
                self._noted.sent(time.monotonic() - begun, reminder=(message.card or "").startswith(REMINDERS))
                await self._keep(lambda tx: self._mark(tx, message, sent, place), stop)
                self._parts.pop(message.seq, None)
        except StorageError as error:
            log.error("Row %d waits. %s", message.seq, error)  # its file could not be read: no fault of Telegram's
            await any_set(stop, timeout=self._storage_pauses.next())
        except Exception as error:
            verdict, name = judge(error), type(error).__name__
            self._noted.not_sent(name)
            log.info("Row %d (%s) was not sent: %s.", message.seq, message.kind, name, exc_info=_bug(error))
            await self._keep(lambda tx: self._not_sent(tx, message, verdict, name), stop)

    async def _without_sending(self, message: Message, place: int | None) -> bool:
        """Do what puts no new message into the chat; False when a new one is needed."""
        chat_id = message.chat_id
        match message.kind:
            case Kind.CARD:
                if place is None or message.fresh:
                    return False
                content = _content(message)
                edited = await delivery.edit(self._bot, chat_id, place, content["text"], content.get("buttons", ()))
                return edited or content.get("only_here") is True  # a card that the person removed is not sent anew
            case Kind.DELETE:
                await delivery.delete(self._bot, chat_id, json.loads(message.payload))
                return True
            case Kind.LEAVE:
                await delivery.leave(self._bot, chat_id)
                return True
            case Kind.SEND:
                return False

    async def _send(self, message: Message) -> int:
        """Send a card anew, or a message in as many parts as it needs; give the (last) message's number."""
        content = _content(message)
        if message.has_file:
            return await self._send_file(message, content)
        parts = split(content["text"]) if message.kind is Kind.SEND else [content["text"]]
        sent = 0
        for place in range(min(self._parts.get(message.seq, 0), len(parts) - 1), len(parts)):
            if place:
                await self._wait_for_turn(message.chat_id)
            buttons = content.get("buttons", ()) if place == len(parts) - 1 else ()
            silent = content.get("silent") is True
            sent = await delivery.send(self._bot, message.chat_id, parts[place], buttons, silent=silent)
            if len(parts) > 1:
                self._parts[message.seq] = place + 1
        return sent

    async def _send_file(self, message: Message, content: Mapping[str, Any]) -> int:
        async with self._db.transaction() as tx:
            data = await outbox.file_of(tx, message.seq)
        send = delivery.send_photo if content["file"]["as"] == "photo" else delivery.send_document
        file = delivery.File(data or b"", content["file"]["name"])
        return await send(self._bot, message.chat_id, file, content["text"], content.get("buttons", ()))

    async def _wait_for_turn(self, chat_id: int) -> None:
        now = time.monotonic()
        while (pause := max(self._pace.wait_for_all(now), self._pace.wait_for(chat_id, now))) > 0:
            await asyncio.sleep(pause)
            now = time.monotonic()
        self._pace.take(chat_id, now)

    async def _mark(self, tx: Transaction, message: Message, sent: int | None = None, place: int | None = None) -> None:
        """Note that it is sent, where the card stands now, and that the old one shall go."""
        now = self._now()
        await outbox.sent(tx, message.seq, message.version, now)
        if sent is None or message.card is None:
            return
        outbox.set_card(tx, message.chat_id, message.card, sent, now)
        if place is not None and place != sent:
            outbox.queue_delete(tx, chat_id=message.chat_id, message_ids=[place], now=now)

    async def _not_sent(self, tx: Transaction, message: Message, verdict: Verdict, name: str) -> None:
        """Note a failure in the row: later, given up, or the whole chat stopped."""
        now, attempts = self._now(), message.attempts + 1
        match verdict.meaning:
            case Meaning.CHAT_CLOSED:
                outbox.stop_chat(tx, message.chat_id, name, now)
                await self._on_blocked(tx, message.chat_id)
            case Meaning.WAIT:
                self._pace.flooded(message.chat_id, verdict.wait.total_seconds(), time.monotonic())
                outbox.later(tx, message.seq, not_before=now + verdict.wait, error=name, attempts=message.attempts)
            case Meaning.AGAIN | Meaning.NO_SUCH_METHOD | Meaning.ANOTHER_POLLER:
                pause = timedelta(seconds=pause_after(message.attempts, *self._back_off))
                outbox.later(tx, message.seq, not_before=now + pause, error=name, attempts=attempts)
            case _ if verdict.meaning is not Meaning.MOVED and attempts < _TRIES:
                pause = timedelta(seconds=pause_after(attempts, *self._back_off))
                outbox.later(tx, message.seq, not_before=now + pause, error=name, attempts=attempts)
            case _:
                log.error("Row %d is given up: %s.", message.seq, name)
                outbox.failed(tx, message.seq, name)
                self._parts.pop(message.seq, None)

    async def _keep(self, write: Callable[[Transaction], Awaitable[None]], stop: asyncio.Event) -> None:
        """Write down what happened, however long it takes: while the disk is full, nothing may be sent again."""
        pauses = BackOff(0.2, 5.0)
        while True:
            try:
                async with self._db.transaction() as tx:
                    await write(tx)
                return
            except Exception as error:
                said = error if isinstance(error, StorageError) else type(error).__name__
                log.error("What was sent cannot be noted yet. %s", said, exc_info=_bug(error))
            if stop.is_set():
                return
            await any_set(stop, timeout=pauses.next())


def _content(message: Message) -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads(message.payload)
    return content


def _bug(error: Exception) -> Exception | None:
    """Give the error when neither Telegram nor the network nor the disk explains it: its place is worth a line."""
    return None if isinstance(error, TelegramError | OSError | StorageError) else error
