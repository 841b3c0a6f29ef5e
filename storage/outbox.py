"""Messages to send: committed with the turn that wished for them, sent in order chat by chat.

A live card has one pending row. A newer wish replaces its content, so that a mentor who taps fast sees the newest card
and not every one in between.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.database import Reader, Transaction
from storage.sealing import sealed
from storage.times import moment, moment_or_none, stamp

_DELETE_AT_ONCE = 100  # what deleteMessages takes (core.telegram.org/bots/api#deletemessages)

# The chats of people who block the bot are left alone until they unblock it.
_HEADS = (
    " outbox.status = 'pending' AND NOT EXISTS (SELECT 1 FROM outbox AS e WHERE e.status = 'pending'"
    " AND e.chat_id = outbox.chat_id AND e.seq < outbox.seq)"
    " AND NOT EXISTS (SELECT 1 FROM people WHERE people.chat_id = outbox.chat_id AND blocked_at IS NOT NULL)"
)


class Kind(StrEnum):
    """CARD: show a live card. SEND: a message of its own. DELETE: remove messages. LEAVE: leave a group."""

    CARD = "card"
    SEND = "send"
    DELETE = "delete"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Message:
    """Something to send. ``version`` grows with each replacement; ``fresh``: send anew below, remove the old one.

    ``payload``: JSON; of DELETE a list of message numbers. ``card``: the card's name; of SEND under which name the
    sent message is to be known as a card, if at all. ``has_file``: a file goes with it, to be had from ``file_of``.
    """

    seq: int
    chat_id: int
    kind: Kind
    card: str | None
    payload: str
    version: int
    fresh: bool
    attempts: int
    created_at: datetime
    has_file: bool = False


def queue_card(tx: Transaction, *, chat_id: int, card: str, payload: str, fresh: bool, now: datetime) -> None:
    """Show a card with this content (queued): a new row, or a newer version of the pending one, in its place.

    How often it failed and how long it must wait stays: a newer content does not lift what Telegram asked for.
    """
    tx.write(
        "INSERT INTO outbox (chat_id, kind, card, payload, fresh_version, created_at, status)"
        " VALUES (?, 'card', ?, ?, ?, ?, 'pending')"
        " ON CONFLICT (chat_id, card) WHERE status = 'pending' AND kind = 'card' DO UPDATE SET"
        " payload = excluded.payload, version = outbox.version + 1,"
        " fresh_version = CASE WHEN excluded.fresh_version > 0 THEN outbox.version + 1 ELSE outbox.fresh_version END",
        chat_id,
        card,
        sealed(payload),
        int(fresh),
        stamp(now),
    )


def queue_send(tx: Transaction, *, chat_id: int, payload: str, now: datetime, card: str | None = None) -> None:
    """Send a message (queued); ``card``: the name under which it becomes a live card."""
    _queue(tx, chat_id, Kind.SEND, card, payload, now)


def queue_file(
    tx: Transaction, *, chat_id: int, payload: str, file: bytes, now: datetime, card: str | None = None
) -> None:
    """Send a file (queued): ``payload`` says how, ``file`` is what is in it. It is kept until it is sent or given up.
    ``card``: the name under which it can be found in the chat.

    It stands beside the payload and not in it, so that whoever looks at what waits need not read every file.
    """
    tx.write(
        "INSERT INTO outbox (chat_id, kind, card, payload, file, created_at, status)"
        " VALUES (?, 'send', ?, ?, ?, ?, 'pending')",
        chat_id,
        card,
        sealed(payload),
        sealed(b64encode(file).decode("ascii")),
        stamp(now),
    )


def queue_delete(tx: Transaction, *, chat_id: int, message_ids: Sequence[int], now: datetime) -> None:
    """Remove messages from a chat (queued), a hundred at a time."""
    for start in range(0, len(message_ids), _DELETE_AT_ONCE):
        part = list(message_ids[start : start + _DELETE_AT_ONCE])
        _queue(tx, chat_id, Kind.DELETE, None, json.dumps(part), now)


def queue_leave(tx: Transaction, *, chat_id: int, now: datetime) -> None:
    """Leave a group (queued), after whatever is to be said there."""
    _queue(tx, chat_id, Kind.LEAVE, None, "{}", now)


def _queue(tx: Transaction, chat_id: int, kind: Kind, card: str | None, payload: str, now: datetime) -> None:
    tx.write(
        "INSERT INTO outbox (chat_id, kind, card, payload, created_at, status) VALUES (?, ?, ?, ?, ?, 'pending')",
        chat_id,
        kind.value,
        card,
        sealed(payload),
        stamp(now),
    )


async def pending(tx: Reader, now: datetime, limit: int) -> list[Message]:
    """What can be sent: of each chat its oldest unsent message, in order of queueing.

    A chat whose oldest message must wait is left out, and so are the messages behind it. So are people who blocked us.
    """
    rows = await tx.all(
        "SELECT seq, chat_id, kind, card, payload, version, fresh_version, attempts, created_at,"  # noqa: S608 - a constant
        " file IS NOT NULL AS has_file FROM outbox WHERE"
        + _HEADS
        + " AND (not_before IS NULL OR not_before <= ?) ORDER BY seq LIMIT ?",
        stamp(now),
        limit,
    )
    return [
        Message(
            seq=row["seq"],
            chat_id=row["chat_id"],
            kind=Kind(row["kind"]),
            card=row["card"],
            payload=row["payload"],
            version=row["version"],
            fresh=row["fresh_version"] > 0,
            attempts=row["attempts"],
            created_at=moment(row["created_at"]),
            has_file=bool(row["has_file"]),
        )
        for row in rows
    ]


async def file_of(tx: Reader, seq: int) -> bytes | None:
    """The file that goes with a message; None when there is none, or it is sent or given up."""
    row = await tx.one("SELECT file FROM outbox WHERE seq = ?", seq)
    return None if row is None or row["file"] is None else b64decode(row["file"])


async def sent(tx: Transaction, seq: int, version: int, now: datetime) -> bool:
    """This version was sent. False when a newer one was wished for meanwhile: the row stays pending.

    A wish to show the card anew is then fulfilled by what was sent, unless it is newer than that.
    """
    row = await tx.one(
        "UPDATE outbox SET status = CASE WHEN version = ? THEN 'sent' ELSE 'pending' END,"
        " payload = CASE WHEN version = ? THEN NULL ELSE payload END, file = NULL,"
        " sent_at = CASE WHEN version = ? THEN ? ELSE NULL END,"
        " fresh_version = CASE WHEN fresh_version > ? THEN fresh_version ELSE 0 END,"
        " attempts = 0, not_before = NULL, error = NULL"
        " WHERE seq = ? AND status = 'pending' RETURNING status",
        version,
        version,
        version,
        stamp(now),
        version,
        seq,
    )
    return row is not None and row["status"] == "sent"


def later(tx: Transaction, seq: int, *, not_before: datetime, error: str, attempts: int) -> None:
    """Sending failed or must wait; try again at ``not_before`` at the earliest (queued). ``error``: a class name."""
    tx.write(
        "UPDATE outbox SET not_before = ?, error = ?, attempts = ? WHERE seq = ? AND status = 'pending'",
        stamp(not_before),
        error,
        attempts,
        seq,
    )


def failed(tx: Transaction, seq: int, error: str) -> None:
    """This will never be sent: give it up and empty it, and go on with the chat (queued). ``error``: a class name."""
    tx.write(
        "UPDATE outbox SET status = 'failed', payload = NULL, file = NULL, error = ?"
        " WHERE seq = ? AND status = 'pending'",
        error,
        seq,
    )


def stop_chat(tx: Transaction, chat_id: int, error: str, now: datetime) -> None:
    """Telegram says that this chat is closed to us (queued). ``error``: a class name.

    Of a person it is noted that they block the bot, and what waits for them goes out when they unblock it. In a chat
    that belongs to nobody we know, what waits is given up.
    """
    tx.write("UPDATE people SET blocked_at = ? WHERE chat_id = ? AND blocked_at IS NULL", stamp(now), chat_id)
    tx.write(
        "UPDATE outbox SET status = 'failed', payload = NULL, file = NULL, error = ?"
        " WHERE chat_id = ? AND status = 'pending'"
        " AND NOT EXISTS (SELECT 1 FROM people WHERE people.chat_id = outbox.chat_id)",
        error,
        chat_id,
    )


async def oldest_pending(tx: Reader) -> datetime | None:
    """When the oldest unsent message was queued, people who block the bot left out; None when all are sent."""
    row = await tx.one("SELECT min(created_at) AS oldest FROM outbox WHERE" + _HEADS)  # noqa: S608 - a constant
    return None if row is None else moment_or_none(row["oldest"])


async def next_attempt(tx: Reader) -> datetime | None:
    """When the first of the waiting chats may be tried again; None when no chat waits."""
    row = await tx.one("SELECT min(not_before) AS earliest FROM outbox WHERE" + _HEADS)  # noqa: S608 - a constant
    return None if row is None else moment_or_none(row["earliest"])


def clean(tx: Transaction, before: datetime) -> None:
    """Remove messages that were queued before this time and are sent or given up (queued)."""
    tx.write("DELETE FROM outbox WHERE status <> 'pending' AND created_at < ?", stamp(before))


async def card_at(tx: Reader, chat_id: int, card: str) -> int | None:
    """The message that shows this card now; None when none does."""
    row = await tx.one("SELECT message_id FROM cards WHERE chat_id = ? AND card = ?", chat_id, card)
    return None if row is None else int(row["message_id"])


async def shows_card(tx: Reader, chat_id: int, message_id: int) -> bool:
    """Whether this message is known to show a card, whichever."""
    found = await tx.one("SELECT 1 AS n FROM cards WHERE chat_id = ? AND message_id = ?", chat_id, message_id)
    return found is not None


def set_card(tx: Transaction, chat_id: int, card: str, message_id: int, now: datetime) -> None:
    """This message shows the card from now on (queued)."""
    tx.write(
        "INSERT INTO cards (chat_id, card, message_id, shown_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (chat_id, card) DO UPDATE SET message_id = excluded.message_id, shown_at = excluded.shown_at",
        chat_id,
        card,
        message_id,
        stamp(now),
    )


def drop_card(tx: Transaction, chat_id: int, card: str) -> None:
    """No message shows this card any more (queued)."""
    tx.write("DELETE FROM cards WHERE chat_id = ? AND card = ?", chat_id, card)
