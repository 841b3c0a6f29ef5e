"""What of a week stands in leads' chats and may hold something a mentor shared, so that it can be taken out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Reader, Row, Transaction
from storage.people import Person, person_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A message in somebody's chat, and the card it is known as."""

    person: Person
    card: str
    message_id: int


def _shown(row: Row) -> Shown:
    return Shown(person_of(row), row["card"], row["message_id"])


_READ = (
    " FROM shares AS s JOIN supervision_reads AS d ON d.share_id = s.id JOIN people AS p ON p.id = d.reader_id"
    " JOIN cards AS c ON c.chat_id = p.chat_id AND (c.card = ? OR c.card LIKE ?)"
    " WHERE s.reflection_id = ? AND s.question_id IN ({marks})"
)


async def pages(tx: Reader, reflection_id: str, question_ids: Sequence[str], card: str) -> list[Shown]:
    """Pages of this name, also ones set aside, in the chat of whoever was shown one of these answers, also if it was
    taken back by now."""
    return await _found(tx, reflection_id, question_ids, card, "")


async def files(tx: Reader, reflection_id: str, question_ids: Sequence[str], card: str) -> list[Shown]:
    """As ``pages``, of files: only those sent since the answer was first shown to their reader."""
    return await _found(tx, reflection_id, question_ids, card, " AND c.shown_at >= d.first_at")


async def _found(tx: Reader, reflection_id: str, question_ids: Sequence[str], card: str, more: str) -> list[Shown]:
    read = _READ.format(marks=", ".join("?" * len(question_ids)))
    rows = await tx.all(
        f"SELECT DISTINCT p.*, c.card, c.message_id{read}{more} ORDER BY c.message_id",
        card,
        f"{card}:%",
        reflection_id,
        *question_ids,
    )
    return [_shown(row) for row in rows]


async def in_chat(tx: Reader, person: Person, card: str) -> list[Shown]:
    """Every message of somebody's chat that is known as this card, or was set aside under that name."""
    rows = await tx.all(
        "SELECT card, message_id FROM cards WHERE chat_id = ? AND (card = ? OR card LIKE ?) ORDER BY message_id",
        person.chat_id,
        card,
        f"{card}:%",
    )
    return [Shown(person, row["card"], row["message_id"]) for row in rows]


async def unsend(tx: Transaction, chat_id: int, card: str) -> int:
    """Files of this name that wait to be sent to this chat are not sent any more. How many that were."""
    return await tx.run(
        "UPDATE outbox SET status = 'failed', payload = NULL, file = NULL, error = 'withdrawn'"
        " WHERE chat_id = ? AND status = 'pending' AND kind = 'send' AND card LIKE ?",
        chat_id,
        f"{card}:%",
    )


async def readers(tx: Reader, reflection_id: str, question_ids: Sequence[str]) -> list[int]:
    """The chats of whoever was shown one of these answers."""
    marks = ", ".join("?" * len(question_ids))
    rows = await tx.all(
        "SELECT DISTINCT p.chat_id FROM shares AS s JOIN supervision_reads AS d ON d.share_id = s.id"  # noqa: S608 - question marks only
        f" JOIN people AS p ON p.id = d.reader_id WHERE s.reflection_id = ? AND s.question_id IN ({marks})",
        reflection_id,
        *question_ids,
    )
    return [row["chat_id"] for row in rows]


def set_aside(tx: Transaction, chat_id: int, card: str) -> None:
    """The card's message stays as it is while another takes its name; it can be found again by ``in_chat`` and
    ``pages`` (queued)."""
    tx.write(
        "UPDATE cards SET card = card || ':' || message_id WHERE chat_id = ? AND card = ?",
        chat_id,
        card,
    )
