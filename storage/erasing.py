"""Erasing debriefs, a citizen or a person: every row that hangs on them, in an order that foreign keys accept.

Nothing is marked as deleted; rows go, and ``secure_delete`` overwrites them. What is left of them in file and log goes
with ``storage.rewriting``. The audit keeps the ids, which say nothing any more: that something was read or erased must
stay provable (GDPR art. 5(2)).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from storage import erasing_traces
from storage.database import Transaction
from storage.erasing_ids import Hanging, blank, drop, found, marks, of_citizen, of_person, of_reflections, parts
from storage.people import Person
from storage.sealing import keyed, sealed

NAMELESS = "–"
"""What an erased person is called where a colleague's or a citizen's rows still need somebody."""

_OF_A_DEBRIEF = ("codings", "shares", "supervision_taken", "supervision_notices", "safety_spoken", "chat_messages")
# Whether these were done is part of the contact and absence log.
_RECORD = ("record_entry", "hearing")
_LOWEST = -(2**62)  # below every number that Telegram gives

# What is somebody's own and nobody else's: table and column.
_OWN = (
    ("consents", "person_id"),
    ("person_hours", "person_id"),
    ("away", "person_id"),
    ("asked", "person_id"),
    ("next_time_notes", "mentor_id"),
    ("supervision_notices", "lead_id"),
    ("lead_call_leads", "lead_id"),
    ("weekly_sent", "person_id"),
    ("weekly_wanted", "person_id"),
    ("week_files", "person_id"),
    ("guard_names", "person_id"),
    ("retention_told", "person_id"),
    ("my_data_asked", "person_id"),
)
_OF_A_CHAT = ("chat_messages", "inbox", "outbox", "cards", "enrolments", "strangers", "invite_tries")
# Rows of others that name somebody: for these a nameless row of ``people`` stays.
_KEPT = (
    ("citizens", "mentor_id"),
    ("reflections", "mentor_id"),
    ("contact_threads", "mentor_id"),
    ("contact_attempts", "mentor_id"),
    ("followups", "mentor_id"),
    ("supervision_taken", "lead_id"),
    ("supervision_reads", "reader_id"),
    ("lead_calls", "seen_by"),
    ("safety_spoken", "lead_id"),
)


async def reflections(tx: Transaction, ids: Iterable[str]) -> None:
    """Delete these debriefs with their answers, shares, remarks of leads, codings, follow-ups, reminders, and the
    contact attempts they logged. A contact thread that one of them opened or closed stays, and forgets which it was."""
    hanging = await of_reflections(tx, ids)
    _drop_todo(tx, hanging)
    drop(tx, "contact_attempts", "reflection_id", hanging.reflections)
    _drop_debriefs(tx, hanging.reflections)
    await erasing_traces.wipe(tx, hanging)


async def citizen(tx: Transaction, citizen_id: str) -> None:
    """Delete everything about a citizen, whoever wrote it: debriefs, threads, attempts, what was to be done, calls for
    the lead, notes. Nothing happens when there is no such citizen."""
    rows = await tx.all("SELECT pseudonym, pseudonym_key FROM citizens WHERE id = ?", citizen_id)
    hanging = await of_citizen(tx, citizen_id)
    _drop_todo(tx, hanging)
    drop(tx, "lead_call_leads", "call_id", hanging.calls)
    drop(tx, "lead_calls", "id", hanging.calls)
    drop(tx, "next_time_notes", "citizen_id", [citizen_id])
    drop(tx, "next_time_notes", "thread_id", hanging.threads)
    drop(tx, "contact_attempts", "citizen_id", [citizen_id])
    drop(tx, "contact_attempts", "thread_id", hanging.threads)
    # A debrief may have been about somebody else first: what it logged for them is theirs.
    blank(tx, "contact_attempts", "reflection_id", hanging.reflections)
    drop(tx, "contact_threads", "id", hanging.threads)
    _drop_debriefs(tx, hanging.reflections)
    await _named_elsewhere(tx, citizen_id)
    for row in rows:
        tx.write("DELETE FROM guard_names WHERE name_key = ?", keyed(row["pseudonym_key"]))
    drop(tx, "citizens", "id", [citizen_id])
    await erasing_traces.wipe(tx, hanging, [row["pseudonym"] for row in rows])


async def mentor(tx: Transaction, person_id: str) -> None:
    """Erase a person of any role: name, Telegram account, and all that is theirs. Nothing happens when there is none.

    What is the organisation's record about citizens stays, by a nameless author: ended debriefs about a citizen with
    nothing but their answers for the contact and absence log (visibility L), contact threads and attempts, whether a
    hearing was seen to. Erasure does not reach what a legal duty to keep records asks for (GDPR art. 17(3)(b)). All
    else goes: private answers, those for supervision and for figures, what was shared and what leads wrote about it,
    codings, notes, hours, reminders, calls for the lead. What a colleague took over to do is the colleague's.
    """
    rows = await tx.all("SELECT name, chat_id, telegram_id FROM people WHERE id = ?", person_id)
    if not rows or rows[0]["telegram_id"] <= _LOWEST:
        return
    name, chat_id, telegram_id = rows[0]["name"], rows[0]["chat_id"], rows[0]["telegram_id"]
    hanging = await of_person(tx, person_id)
    kept = await _for_the_log(tx, person_id)
    gone = [one for one in hanging.reflections if one not in kept]
    drop(tx, "lead_call_leads", "call_id", hanging.calls)
    drop(tx, "lead_calls", "id", hanging.calls)
    drop(tx, "reminders", "id", hanging.reminders)
    await _drop_followups(tx, person_id, kept)
    blank(tx, "followups", "reflection_id", gone)
    blank(tx, "contact_attempts", "reflection_id", gone)
    _drop_debriefs(tx, gone)
    await _only_the_log(tx, kept)
    for table, column in _OWN:
        drop(tx, table, column, [person_id])
    tx.write("UPDATE supervision_taken SET remark = NULL WHERE lead_id = ?", person_id)
    _drop_invitations(tx, person_id, name)
    tx.write("DELETE FROM enrolments WHERE telegram_id = ?", telegram_id)
    for table in _OF_A_CHAT:
        tx.write(f"DELETE FROM {table} WHERE chat_id = ?", chat_id)  # noqa: S608 - our own names
    tx.write("UPDATE codings SET coder = ? WHERE coder = ?", f"{NAMELESS}{person_id[-8:]}", name)
    await erasing_traces.wipe(tx, hanging, [name], gone=gone)
    await _drop_person(tx, person_id)


def strays(tx: Transaction) -> None:
    """Forget cards in chats of people who are erased (queued): one may have been on its way while it happened."""
    tx.write(
        "DELETE FROM cards WHERE NOT EXISTS (SELECT 1 FROM people AS p WHERE p.chat_id = cards.chat_id)"
        " AND NOT EXISTS (SELECT 1 FROM enrolments AS e WHERE e.chat_id = cards.chat_id)"
    )


def is_nameless(person: Person) -> bool:
    """Whether this row is what is left of somebody who was erased."""
    return person.telegram_id <= _LOWEST


def _drop_todo(tx: Transaction, hanging: Hanging) -> None:
    drop(tx, "reminders", "id", hanging.reminders)
    drop(tx, "followups", "id", hanging.followups)


def _drop_debriefs(tx: Transaction, ids: Sequence[str]) -> None:
    """Debriefs whose follow-ups, reminders and attempts are seen to."""
    _drop_of_debriefs(tx, ids)
    blank(tx, "contact_threads", "opened_by", ids)
    blank(tx, "contact_threads", "closed_by", ids)
    drop(tx, "answers", "reflection_id", ids)
    drop(tx, "reflections", "id", ids)


def _drop_of_debriefs(tx: Transaction, ids: Sequence[str]) -> None:
    for part in parts(ids):
        tx.write(
            "DELETE FROM supervision_reads WHERE share_id IN"  # noqa: S608 - question marks only
            f" (SELECT id FROM shares WHERE reflection_id IN ({marks(part)}))",
            *part,
        )
    for table in _OF_A_DEBRIEF:
        drop(tx, table, "reflection_id", ids)


async def _named_elsewhere(tx: Transaction, citizen_id: str) -> None:
    """Debriefs that were about this citizen once, or named them, and are about another now."""
    rows = await tx.all(
        "SELECT id, reflection_id, question_id, revision FROM answers WHERE value LIKE ?", f'%"{citizen_id}"%'
    )
    for row in rows:
        tx.write(
            "DELETE FROM codings WHERE reflection_id = ? AND question_id = ? AND revision = ?",
            row["reflection_id"],
            row["question_id"],
            row["revision"],
        )
    drop(tx, "answers", "id", [row["id"] for row in rows])


async def _for_the_log(tx: Transaction, person_id: str) -> frozenset[str]:
    """The person's debriefs that the log of a citizen needs."""
    rows = await tx.all(
        "SELECT id FROM reflections WHERE mentor_id = ? AND citizen_id IS NOT NULL AND finished_at IS NOT NULL",
        person_id,
    )
    return frozenset(row["id"] for row in rows)


async def _drop_followups(tx: Transaction, person_id: str, kept: frozenset[str]) -> None:
    rows = await tx.all("SELECT id, kind, status, reflection_id FROM followups WHERE mentor_id = ?", person_id)
    own = set(await found(tx, "reflections", "mentor_id", [person_id]))
    record = {
        row["id"]
        for row in rows
        if row["kind"] in _RECORD
        and row["status"] == "done"
        and row["reflection_id"] is not None
        and (row["reflection_id"] in kept or row["reflection_id"] not in own)
    }
    blank_text = sorted(record)
    for part in parts(blank_text):
        tx.write(f"UPDATE followups SET text = NULL WHERE id IN ({marks(part)})", *part)  # noqa: S608 - question marks only
    drop(tx, "followups", "id", [row["id"] for row in rows if row["id"] not in record])


async def _only_the_log(tx: Transaction, ids: Iterable[str]) -> None:
    """Of these debriefs nothing stays but what is for the log."""
    wanted = sorted(ids)
    _drop_of_debriefs(tx, wanted)
    for part in parts(wanted):
        tx.write(f"DELETE FROM answers WHERE visibility <> 'L' AND reflection_id IN ({marks(part)})", *part)  # noqa: S608 - question marks only
        tx.write(f"UPDATE answers SET message_id = NULL WHERE reflection_id IN ({marks(part)})", *part)  # noqa: S608 - question marks only
    for part in parts(wanted):
        rows = await tx.all(f"SELECT id, status, state FROM reflections WHERE id IN ({marks(part)})", *part)  # noqa: S608 - question marks only
        for row in rows:
            status = "closed" if row["status"] in ("open", "aside") else row["status"]
            state = sealed(_at_rest(row["state"]))
            tx.write("UPDATE reflections SET state = ?, status = ? WHERE id = ?", state, status, row["id"])


def _at_rest(state: str) -> str:
    """Where the dialogue stood, without what was picked, found or held back on the way."""
    known = json.loads(state)
    if "draft" in known:
        known["draft"] = {"mode": "plain", "picks": [], "choice": None, "part": None, "found": []}
        known |= {"shared": [], "share_picks": []}
    return json.dumps(known, ensure_ascii=False)


def _drop_invitations(tx: Transaction, person_id: str, name: str) -> None:
    """Those the person used, with who was reading them; and earlier ones in their name that nobody used."""
    mine = (
        "used_by = ? OR (used_by IS NULL AND name = ?"
        " AND created_at <= (SELECT max(used_at) FROM invites WHERE used_by = ?))"
    )
    values = (person_id, name, person_id)
    tx.write(f"DELETE FROM enrolments WHERE invite_id IN (SELECT id FROM invites WHERE {mine})", *values)  # noqa: S608 - a constant
    # In one statement: what it compares with is among what it deletes.
    tx.write(f"DELETE FROM invites WHERE id IN (SELECT id FROM invites WHERE {mine})", *values)  # noqa: S608 - a constant


async def _drop_person(tx: Transaction, person_id: str) -> None:
    """The row goes; where rows of others need somebody, one without a name, an account or a team stays."""
    asked = [(f"SELECT 1 AS there FROM {table} WHERE {column} = ? LIMIT 1", person_id) for table, column in _KEPT]  # noqa: S608 - our own names
    if not any(await tx.several(*asked)):
        drop(tx, "people", "id", [person_id])
        return
    tx.write(
        "UPDATE people SET name = ?, role = 'mentor', team_id = NULL, tidy = NULL, blocked_at = NULL,"
        " left_at = COALESCE(left_at, created_at), telegram_id = lowest.free, chat_id = lowest.free FROM"
        " (SELECT COALESCE(min(CASE WHEN telegram_id <= ? THEN telegram_id END), ?) - 1 AS free FROM people) AS lowest"
        " WHERE id = ?",
        NAMELESS,
        _LOWEST,
        _LOWEST,
        person_id,
    )
