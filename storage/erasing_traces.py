"""Where the ids and names of something erased may still stand although no foreign key says so: messages on their way,
cards, what was asked, and the JSON in which dialogues and contact threads keep where they stand."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from storage.database import Reader, Row, Transaction
from storage.erasing_ids import Hanging, drop, marks, parts
from storage.sealing import sealed

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_PAGE = "page:"
_AT_ONCE = 1_000  # debriefs


@dataclass(frozen=True, slots=True)
class Message:
    """A message of ours that stands in a chat under the name of a card. ``shown_at``: when, as stored."""

    chat_id: int
    card: str
    message_id: int
    shown_at: str


def _names(hanging: Hanging) -> frozenset[str]:
    return frozenset(f"{_PAGE}{one}" for one in hanging.cards)


async def messages(tx: Reader, hanging: Hanging) -> list[Message]:
    """The messages in any chat that are about one of these."""
    ids, names = hanging.ids, _names(hanging)
    rows = await tx.all("SELECT chat_id, card, message_id, shown_at FROM cards ORDER BY chat_id, message_id")
    hit = [row for row in rows if row["card"] in names or ids & set(_ID.findall(row["card"]))]
    return [Message(row["chat_id"], row["card"], row["message_id"], row["shown_at"]) for row in hit]


async def wipe(
    tx: Transaction, hanging: Hanging, names: Iterable[str] = (), *, gone: Iterable[str] | None = None
) -> None:
    """Take every trace of these away. ``names``: a pseudonym or a person's name; a message that still waits and has it
    as a word of its own is not sent any more. Files that wait go too: nobody can look into them, and whoever asked for
    one asks again. ``gone``: the debriefs that contact threads forget; all of these unless told otherwise."""
    spelled = {spelling for one in names if one for spelling in (one, html.escape(one))}
    said = [re.compile(rf"(?<!\w){re.escape(one)}(?!\w)", re.IGNORECASE) for one in sorted(spelled)]
    for one in await messages(tx, hanging):
        tx.write("DELETE FROM cards WHERE chat_id = ? AND card = ?", one.chat_id, one.card)
    for part in parts(hanging.cards):
        tx.write(f"UPDATE reminders SET card = NULL WHERE card IN ({marks(part)})", *part)  # noqa: S608 - question marks only
    await _asked(tx, hanging)
    await _outbox(tx, hanging, said)
    await _inbox(tx, hanging, said)
    await _drafts(tx, hanging)
    await _threads(tx, set(hanging.reflections if gone is None else gone))


def _tells(text: str | None, hanging: Hanging) -> bool:
    if not text:
        return False
    return bool(hanging.ids & set(_ID.findall(text))) or any(token in text for token in hanging.tokens)


async def _asked(tx: Transaction, hanging: Hanging) -> None:
    rows = await tx.all("SELECT person_id, what FROM asked")
    drop(tx, "asked", "person_id", [row["person_id"] for row in rows if _tells(row["what"], hanging)])


async def _outbox(tx: Transaction, hanging: Hanging, said: list[re.Pattern[str]]) -> None:
    names = _names(hanging)
    rows = await tx.all(
        "SELECT seq, kind, card, payload, file IS NOT NULL AS has_file FROM outbox"
        " WHERE card IS NOT NULL OR payload IS NOT NULL"
    )
    for row in rows:
        if row["has_file"] or row["card"] in names or _tells(row["card"], hanging) or _says(row, hanging, said):
            tx.write("DELETE FROM outbox WHERE seq = ?", row["seq"])


def _says(row: Row, hanging: Hanging, said: list[re.Pattern[str]]) -> bool:
    payload = row["payload"]
    return _tells(payload, hanging) or (payload is not None and any(one.search(payload) for one in said))


async def _inbox(tx: Transaction, hanging: Hanging, said: list[re.Pattern[str]]) -> None:
    """Of updates that are still to be worked through only those that name an id: what somebody has just typed is not
    lost because it has a name in it. Of those that were put aside for good, also these."""
    for row in await tx.all("SELECT seq, status, payload FROM inbox WHERE payload IS NOT NULL"):
        by_name = row["status"] == "dead" and any(one.search(row["payload"]) for one in said)
        if by_name or _tells(row["payload"], hanging):
            tx.write("DELETE FROM inbox WHERE seq = ?", row["seq"])


async def _drafts(tx: Transaction, hanging: Hanging) -> None:
    """The names that a search for a citizen had found, in a debrief that has not gone on since."""
    last = ""
    # Not asked for by content: the state is sealed in its column on a server.
    while rows := await tx.all("SELECT id, state FROM reflections WHERE id > ? ORDER BY id LIMIT ?", last, _AT_ONCE):
        for row in rows:
            if '"found": [[' not in row["state"]:
                continue
            state = json.loads(row["state"])
            kept = [one for one in state["draft"]["found"] if one[0] not in hanging.ids]
            if kept != state["draft"]["found"]:
                state["draft"]["found"] = kept
                text = json.dumps(state, ensure_ascii=False)
                tx.write("UPDATE reflections SET state = ? WHERE id = ?", sealed(text), row["id"])
        last = rows[-1]["id"]


async def _threads(tx: Transaction, gone: set[str]) -> None:
    """What a thread remembers of the debriefs that logged attempts in it."""
    for row in await tx.all("SELECT id, state FROM contact_threads WHERE state LIKE ?", '%"logged"%'):
        state = json.loads(row["state"])
        kept = {one: rows for one, rows in state["logged"].items() if one not in gone}
        if len(kept) < len(state["logged"]):
            state["logged"] = kept
            text = json.dumps({name: value for name, value in state.items() if value or name != "logged"})
            tx.write("UPDATE contact_threads SET state = ? WHERE id = ?", text, row["id"])
