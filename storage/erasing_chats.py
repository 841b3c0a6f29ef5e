"""Which messages in Telegram's chats tell of somebody who is to be erased. Telegram keeps them until they are deleted;
what is in no table, such as single messages that are no cards, nobody can find again."""

from __future__ import annotations

import json
from collections.abc import Iterable

from storage import erasing_traces
from storage.citizens import Citizen
from storage.database import Reader, Transaction
from storage.erasing_ids import of_citizen, of_reflections
from storage.erasing_traces import Message

# Pages and files that tell of several citizens at once, in the chats of their team; each is had again by its command.
_LISTS = ("report", "page:week", "page:week_text", "page:todo", "page:reach", "page:log", "page:supervision")


async def about_citizen(tx: Reader, citizen: Citizen) -> list[Message]:
    """Messages about this citizen, in any chat, and lists in the chats of the team. By chat and number."""
    found = {
        (one.chat_id, one.card): one for one in await erasing_traces.messages(tx, await of_citizen(tx, citizen.id))
    }
    rows = await tx.all(
        "SELECT c.chat_id, c.card, c.message_id, c.shown_at FROM cards AS c JOIN people AS p ON p.chat_id = c.chat_id"
        " WHERE p.team_id = ?",
        citizen.team_id,
    )
    for row in rows:
        if row["card"] in _LISTS or row["card"].startswith(tuple(f"{one}:" for one in _LISTS)):
            found[row["chat_id"], row["card"]] = Message(
                row["chat_id"], row["card"], row["message_id"], row["shown_at"]
            )
    return sorted(found.values(), key=lambda one: (one.chat_id, one.message_id))


async def about_debriefs(tx: Reader, ids: Iterable[str]) -> list[Message]:
    """Messages about these debriefs, in any chat: their cards, and what people were reminded of because of them."""
    return await erasing_traces.messages(tx, await of_reflections(tx, ids))


def forget(tx: Transaction, messages: Iterable[Message]) -> None:
    """These messages show nothing any more, or soon will not (queued)."""
    for one in messages:
        tx.write("DELETE FROM cards WHERE chat_id = ? AND card = ?", one.chat_id, one.card)


async def deletions(tx: Reader, chat_id: int) -> list[tuple[int, ...]]:
    """The numbers of messages whose deletion waits to be sent to this chat, row by row."""
    rows = await tx.all(
        "SELECT payload FROM outbox WHERE chat_id = ? AND kind = 'delete' AND status = 'pending' ORDER BY seq", chat_id
    )
    return [tuple(json.loads(row["payload"])) for row in rows]
