"""A person goes: what waits for them goes with their access. What they wrote stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.database import Reader, Transaction
from storage.people import Person, person_of
from storage.times import moment, stamp

DELETABLE = timedelta(hours=48)
"""So long a bot may delete messages of a private chat (https://core.telegram.org/bots/api#deletemessage)."""


def drop_what_waits(tx: Transaction, person: Person, now: datetime) -> None:
    """Reminders lapse, a question that was asked is forgotten, pictures, reports and copies are not made, messages are
    not sent (queued). Deletions stay: they take the person's own words out of the chat."""
    tx.write(
        "UPDATE reminders SET status = 'lapsed', closed_at = ?, claimed_at = NULL, snoozed_until = NULL"
        " WHERE person_id = ? AND status IN ('pending', 'claimed', 'sent')",
        stamp(now),
        person.id,
    )
    for table in ("asked", "week_files", "my_data_asked"):
        tx.write(f"DELETE FROM {table} WHERE person_id = ?", person.id)  # noqa: S608 - our own names
    tx.write("DELETE FROM outbox WHERE chat_id = ? AND status = 'pending' AND kind <> 'delete'", person.chat_id)


async def own_messages(tx: Transaction, person: Person, now: datetime, *, also_kept: bool) -> list[int]:
    """What the person typed that stands in the chat and can still be deleted; it needs no more care afterwards.
    ``also_kept``: also what they wanted to stay there."""
    rows = await tx.all(
        "SELECT message_id, remove_at, typed_at FROM chat_messages WHERE chat_id = ? ORDER BY message_id",
        person.chat_id,
    )
    wanted = [row for row in rows if also_kept or row["remove_at"] is not None]
    for row in wanted:
        tx.write("DELETE FROM chat_messages WHERE chat_id = ? AND message_id = ?", person.chat_id, row["message_id"])
    return [row["message_id"] for row in wanted if moment(row["typed_at"]) > now - DELETABLE]


async def cards(tx: Transaction, chat_id: int) -> list[tuple[int, datetime]]:
    """Number and time (UTC) of every message of ours in a chat that is known as a card; from now on none is."""
    rows = await tx.all("SELECT message_id, shown_at FROM cards WHERE chat_id = ? ORDER BY message_id", chat_id)
    tx.write("DELETE FROM cards WHERE chat_id = ?", chat_id)
    return [(row["message_id"], moment(row["shown_at"])) for row in rows]


async def named(tx: Reader, name: str) -> list[Person]:
    """Everybody of this name, whatever the case of the letters, or with this id; those who have left, too."""
    rows = await tx.all("SELECT * FROM people ORDER BY name, id")
    wanted = name.casefold()
    return [one for one in map(person_of, rows) if one.name.casefold() == wanted or one.id == name]
