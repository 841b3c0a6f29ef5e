"""Everything that is stored about one person, for their own eyes; and who asked for it.

Of colleagues only names where they acted upon what is the person's: who read what was shared, who was asked to call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from storage.database import Reader, Row, Transaction
from storage.times import stamp

CARD = "my_data:"
"""How the outbox knows the files it sent: this and what sets them apart."""

# Every ? is the person's id.
QUERIES: Mapping[str, str] = MappingProxyType(
    {
        "person": "SELECT p.*, t.name AS team FROM people AS p LEFT JOIN teams AS t ON t.id = p.team_id WHERE p.id = ?",
        "consents": "SELECT * FROM consents WHERE person_id = ? ORDER BY id",
        "hours": "SELECT * FROM person_hours WHERE person_id = ?",
        "away": "SELECT * FROM away WHERE person_id = ? ORDER BY from_day",
        "guard_names": "SELECT * FROM guard_names WHERE person_id = ? ORDER BY name_key",
        "citizens": "SELECT * FROM citizens WHERE mentor_id = ? ORDER BY pseudonym_key",
        "debriefs": "SELECT r.*, c.pseudonym, t.name AS team FROM reflections AS r LEFT JOIN citizens AS c"
        " ON c.id = r.citizen_id LEFT JOIN teams AS t ON t.id = r.team_id WHERE r.mentor_id = ?"
        " ORDER BY r.started_at, r.id",
        "answers": "SELECT * FROM answers WHERE reflection_id IN"
        " (SELECT id FROM reflections WHERE mentor_id = ?) ORDER BY reflection_id, id",
        "names": "SELECT id, pseudonym FROM citizens WHERE mentor_id = ? OR id IN"
        " (SELECT citizen_id FROM reflections WHERE mentor_id = ?)",
        "guides": "SELECT hash, content FROM guides WHERE hash IN (SELECT a.guide_hash FROM answers AS a"
        " JOIN reflections AS r ON r.id = a.reflection_id WHERE r.mentor_id = ?)",
        "shares": "SELECT * FROM shares WHERE reflection_id IN"
        " (SELECT id FROM reflections WHERE mentor_id = ?) ORDER BY id",
        "reads": "SELECT d.*, p.name FROM supervision_reads AS d JOIN shares AS s ON s.id = d.share_id"
        " JOIN people AS p ON p.id = d.reader_id WHERE s.reflection_id IN"
        " (SELECT id FROM reflections WHERE mentor_id = ?) ORDER BY d.first_at",
        "taken": "SELECT k.*, p.name FROM supervision_taken AS k JOIN people AS p ON p.id = k.lead_id"
        " WHERE k.reflection_id IN"
        " (SELECT id FROM reflections WHERE mentor_id = ?) ORDER BY k.id",
        "spoken": "SELECT k.*, p.name FROM safety_spoken AS k JOIN people AS p ON p.id = k.lead_id"
        " WHERE k.reflection_id IN"
        " (SELECT id FROM reflections WHERE mentor_id = ?) ORDER BY k.id",
        "notices": "SELECT k.*, p.name FROM supervision_notices AS k JOIN people AS p ON p.id = k.lead_id"
        " WHERE k.reflection_id IN"
        " (SELECT id FROM reflections WHERE mentor_id = ?) ORDER BY k.told_at",
        "codings": "SELECT * FROM codings WHERE reflection_id IN"
        " (SELECT id FROM reflections WHERE mentor_id = ?) ORDER BY id",
        "todo": "SELECT f.*, c.pseudonym FROM followups AS f LEFT JOIN citizens AS c ON c.id = f.citizen_id"
        " WHERE f.mentor_id = ? ORDER BY f.created_at, f.id",
        "reminders": "SELECT r.*, c.pseudonym FROM reminders AS r LEFT JOIN citizens AS c ON c.id = r.citizen_id"
        " WHERE r.person_id = ? ORDER BY r.due_at, r.id",
        "threads": "SELECT t.*, c.pseudonym FROM contact_threads AS t JOIN citizens AS c ON c.id = t.citizen_id"
        " WHERE t.mentor_id = ? ORDER BY t.opened_at",
        "attempts": "SELECT a.*, c.pseudonym FROM contact_attempts AS a JOIN citizens AS c ON c.id = a.citizen_id"
        " WHERE a.mentor_id = ? ORDER BY a.at, a.id",
        "notes": "SELECT n.*, c.pseudonym FROM next_time_notes AS n JOIN citizens AS c ON c.id = n.citizen_id"
        " WHERE n.mentor_id = ? ORDER BY n.id",
        "calls": "SELECT l.*, p.name AS seen_name, c.pseudonym FROM lead_calls AS l LEFT JOIN people AS p"
        " ON p.id = l.seen_by LEFT JOIN citizens AS c ON c.id = l.citizen_id WHERE l.mentor_id = ?"
        " ORDER BY l.asked_at",
        "marked": "SELECT * FROM supervision_taken WHERE lead_id = ? ORDER BY id",
        "have_spoken": "SELECT * FROM safety_spoken WHERE lead_id = ? ORDER BY id",
        "have_read": "SELECT d.first_at, d.last_at, s.question_id, r.started_at FROM supervision_reads AS d"
        " JOIN shares AS s ON s.id = d.share_id JOIN reflections AS r ON r.id = s.reflection_id"
        " WHERE d.reader_id = ? ORDER BY d.first_at",
        "was_told": "SELECT told_at AS at, 'supervision' AS what FROM supervision_notices WHERE lead_id = ?"
        " UNION ALL SELECT sent_at AS at, week AS what FROM weekly_sent WHERE person_id = ?"
        " UNION ALL SELECT told_at AS at, run_on AS what FROM retention_told WHERE person_id = ? ORDER BY at",
        "called": "SELECT l.asked_at, k.declined_at, k.unreachable_at,"
        " CASE WHEN l.seen_by = k.lead_id THEN l.seen_at END AS seen_at FROM lead_call_leads AS k"
        " JOIN lead_calls AS l ON l.id = k.call_id WHERE k.lead_id = ?"
        " ORDER BY l.asked_at",
        "weekly_wanted": "SELECT * FROM weekly_wanted WHERE person_id = ?",
        "week_files": "SELECT * FROM week_files WHERE person_id = ? ORDER BY id",
        "asked": "SELECT * FROM asked WHERE person_id = ?",
        "invites": "SELECT * FROM invites WHERE used_by = ? ORDER BY id",
        "typed": "SELECT m.* FROM chat_messages AS m JOIN people AS p ON p.chat_id = m.chat_id WHERE p.id = ?"
        " ORDER BY m.typed_at",
        "waiting": "SELECT o.kind, o.payload, o.created_at FROM outbox AS o JOIN people AS p ON p.chat_id = o.chat_id"
        " WHERE p.id = ? AND o.status = 'pending' ORDER BY o.seq",
        "failed": "SELECT i.payload, i.received_at FROM inbox AS i JOIN people AS p ON p.chat_id = i.chat_id"
        " WHERE p.id = ? AND i.payload IS NOT NULL ORDER BY i.seq",
        "cards": "SELECT k.card, k.message_id, k.shown_at FROM cards AS k JOIN people AS p ON p.chat_id = k.chat_id"
        " WHERE p.id = ? ORDER BY k.message_id",
        "audit": "SELECT seq, at, actor, action, subject FROM audit WHERE actor = ? OR subject = ?"
        " OR substr(subject, 1, 36) IN"
        " (SELECT id FROM reflections WHERE mentor_id = ?) OR substr(subject, 1, 36) = ?"
        " OR substr(subject, 38, 36) = ? ORDER BY seq",
    }
)


async def everything(tx: Reader, person_id: str) -> dict[str, list[Row]]:
    """All rows about a person, by what they are (``QUERIES``)."""
    asked = [(sql, *[person_id] * sql.count("?")) for sql in QUERIES.values()]
    return dict(zip(QUERIES, await tx.several(*asked), strict=True))


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants a copy. ``attempts``: how often making it failed."""

    person_id: str
    attempts: int


def ask(tx: Transaction, person_id: str, now: datetime) -> None:
    """Make a copy for this person (queued). Asked for twice before it is made, it is made once."""
    tx.write(
        "INSERT INTO my_data_asked (person_id, asked_at) VALUES (?, ?) ON CONFLICT (person_id) DO NOTHING",
        person_id,
        stamp(now),
    )


async def next_wish(tx: Reader, now: datetime) -> Wish | None:
    """Whose copy is to be made first."""
    row = await tx.one(
        "SELECT person_id, attempts FROM my_data_asked WHERE not_before IS NULL OR not_before <= ?"
        " ORDER BY asked_at, person_id LIMIT 1",
        stamp(now),
    )
    return None if row is None else Wish(row["person_id"], row["attempts"])


async def made(tx: Transaction, person_id: str) -> bool:
    """It is made, and queued in this transaction. False when somebody else did."""
    return await tx.run("DELETE FROM my_data_asked WHERE person_id = ?", person_id) == 1


def failed(tx: Transaction, person_id: str, not_before: datetime) -> None:
    """Making it failed; try again at ``not_before`` at the earliest (queued)."""
    tx.write(
        "UPDATE my_data_asked SET attempts = attempts + 1, not_before = ? WHERE person_id = ?",
        stamp(not_before),
        person_id,
    )


async def shown_before(tx: Reader, before: datetime) -> Sequence[tuple[int, str, int]]:
    """Chat, card and message of every file that was sent before this time (UTC)."""
    rows = await tx.all(
        "SELECT chat_id, card, message_id FROM cards WHERE card LIKE ? AND shown_at < ? ORDER BY chat_id, message_id",
        f"{CARD}%",
        stamp(before),
    )
    return [(row["chat_id"], row["card"], row["message_id"]) for row in rows]
