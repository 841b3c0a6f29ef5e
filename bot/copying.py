"""Copies of what is stored about a person: made outside any transaction and off the event loop, queued exactly once.

A wish stands in a table until the transaction that queues the files takes it away: a kill before leaves the wish, a
kill after leaves the messages. A day later the files leave the chat.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.exports.my_data_html import html_text
from bot.now import Now
from bot.service.audit_words import ids_in
from bot.service.my_copy import as_json
from bot.service.my_copy_debriefs import copy_of
from bot.service.my_copy_words import Source
from bot.service.my_data import PAGE
from bot.service.replies import Buttons, Document, Page, PageButton, Remove, Reply
from bot.service.tools import Tools
from bot.telegram.cards.render import Renderer
from bot.telegram.queueing import queue
from storage import audit_names, my_data, outbox, people
from storage.audit import Entry
from storage.audit_names import Thing
from storage.database import Database, Row, StorageError
from storage.my_data import CARD, Wish
from storage.people import Person
from storage.times import moment

log = logging.getLogger(__name__)

STAYS = timedelta(hours=24)  # a bot can take its own messages away for 48 hours; the rest is for downtime
LARGEST = 45_000_000
"""Bytes of one file; Telegram takes 50 MB (https://core.telegram.org/bots/api#sending-files)."""
_TRIES = 3
_AGAIN = timedelta(minutes=1)
_CLOSE: Buttons = ((PageButton("button.close", "x"),),)


class Copying:
    """``queued`` is called when something is to be sent."""

    def __init__(self, db: Database, tools: Tools, renderer: Renderer, now: Now, queued: Callable[[], None]) -> None:
        self._db, self._tools, self._renderer, self._now, self._queued = db, tools, renderer, now, queued

    async def run(self) -> None:
        """One look: files that have lain long enough leave the chats, and every copy that may be made now is."""
        await self._tidy()
        while await self._one():
            pass

    async def _tidy(self) -> None:
        now = self._now()
        async with self._db.transaction() as tx:
            gone: list[Reply] = []
            for chat_id, card, message_id in await my_data.shown_before(tx, now - STAYS):
                outbox.drop_card(tx, chat_id, card)
                gone.append(Remove(chat_id, (message_id,)))
            queue(tx, self._renderer, gone, now)
        if gone:
            self._queued()

    async def _one(self) -> bool:
        now = self._now()
        async with self._db.transaction() as tx:
            wish = await my_data.next_wish(tx, now)
            person = await people.person(tx, wish.person_id) if wish is not None else None
        if wish is None:
            return False
        try:
            files = await self._made(person, now) if person is not None and person.left_at is None else None
        except StorageError:
            raise
        except Exception as error:
            log.error("A copy of somebody's data was not made: %s.", type(error).__name__, exc_info=error)
            await self._failed(wish, person, now)
            return True
        async with self._db.transaction() as tx:
            if await my_data.made(tx, wish.person_id) and person is not None and files is not None:
                queue(tx, self._renderer, _messages(person, files, now), now)
        self._queued()
        return True

    async def _made(self, person: Person, now: datetime) -> tuple[bytes, bytes]:
        """The page and the data."""
        async with self._db.snapshot() as snapshot:
            rows = await my_data.everything(snapshot, person.id)
            noted = [Entry(moment(r["at"]), r["actor"], r["action"], r["subject"]) for r in rows["audit"]]
            known = _own(await audit_names.things(snapshot, ids_in(noted)), rows, noted)
        source = Source(
            rows=rows,
            known=known,
            guide=self._tools.guide,
            messages=self._renderer.words(person.language).messages,
            zone=ZoneInfo(person.zone),
            now=now,
        )
        return await asyncio.to_thread(_drawn, source)

    async def _failed(self, wish: Wish, person: Person | None, now: datetime) -> None:
        """Try again later, a few times; then the person is told."""
        async with self._db.transaction() as tx:
            if wish.attempts + 1 < _TRIES:
                my_data.failed(tx, wish.person_id, now + _AGAIN)
            elif await my_data.made(tx, wish.person_id) and person is not None:
                queue(tx, self._renderer, [_said(person, "my_data.failed")], now)
        self._queued()


def _drawn(source: Source) -> tuple[bytes, bytes]:
    copy = copy_of(source)
    return html_text(copy).encode(), as_json(copy).encode()


def _own(known: Mapping[str, Thing], rows: Mapping[str, Sequence[Row]], noted: Sequence[Entry]) -> dict[str, Thing]:
    """Of what the audit names: who acted, and what is the person's own. Of all else only what kind of thing it is, and
    of when: whom a lead has read is not theirs to take."""
    own = {row["id"] for name in ("person", "debriefs", "citizens", "threads", "invites") for row in rows[name]}
    own |= {one.actor for one in noted}
    return {
        id_: thing if id_ in own or thing.kind == "team" else Thing(thing.kind, None, None, thing.at)
        for id_, thing in known.items()
    }


def _messages(person: Person, files: tuple[bytes, bytes], now: datetime) -> list[Reply]:
    if max(map(len, files)) > LARGEST:
        return [_said(person, "my_data.too_large")]
    name = "mine-data" if person.language == "da" else "my-data"
    made: list[Reply] = [_said(person, "my_data.ready")]
    for data, ending in zip(files, ("html", "json"), strict=True):
        card = f"{CARD}{now:%Y%m%d%H%M%S}.{ending}"
        key = f"my_data.{ending}"
        made.append(Document(person.chat_id, person.language, data, f"{name}.{ending}", key, {}, _CLOSE, PAGE, card))
    return made


def _said(person: Person, key: str) -> Page:
    return Page(person.chat_id, PAGE, person.language, key, buttons=_CLOSE, fresh=False)
