"""What would be erased and what would stay, counted before it happens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.database import Reader
from storage.erasing_ids import found, of_citizen

_WORDS = (
    ("answers", "text"),
    ("followups", "text"),
    ("next_time_notes", "text"),
    ("supervision_taken", "remark"),
    ("codings", "condensation"),
)


@dataclass(frozen=True, slots=True)
class Counts:
    """``log_debriefs``: of a person's debriefs about a citizen those that keep ``log_answers`` answers without a name;
    for a citizen both are 0. ``mentions``: texts about others that have the name in them and stay."""

    debriefs: int
    answers: int
    attempts: int
    threads: int
    followups: int
    reminders: int
    shares: int
    codings: int
    calls: int
    notes: int
    log_debriefs: int = 0
    log_answers: int = 0
    citizens: int = 0
    mentions: int = 0


async def of_a_citizen(tx: Reader, citizen_id: str, pseudonym: str) -> Counts:
    """All of it goes, whoever wrote it."""
    hanging = await of_citizen(tx, citizen_id)
    answers = await found(tx, "answers", "reflection_id", hanging.reflections)
    shares = await found(tx, "shares", "reflection_id", hanging.reflections)
    codings = await found(tx, "codings", "reflection_id", hanging.reflections)
    attempts = await found(tx, "contact_attempts", "citizen_id", [citizen_id])
    notes = await found(tx, "next_time_notes", "citizen_id", [citizen_id])
    return Counts(
        debriefs=len(hanging.reflections),
        answers=len(answers),
        attempts=len(attempts),
        threads=len(hanging.threads),
        followups=len(hanging.followups),
        reminders=len(hanging.reminders),
        shares=len(shares),
        codings=len(codings),
        calls=len(hanging.calls),
        notes=len(notes),
        mentions=await _mentions(tx, pseudonym, but_citizen=citizen_id),
    )


async def of_a_person(tx: Reader, person_id: str, name: str) -> Counts:
    """``debriefs`` are all of theirs, also those that keep something for the log; ``attempts``, ``threads`` and
    ``citizens`` stay without a name; the rest goes."""
    own = await found(tx, "reflections", "mentor_id", [person_id])
    kept = await tx.all(
        "SELECT r.id, (SELECT count(*) FROM answers AS a WHERE a.reflection_id = r.id AND a.visibility = 'L') AS n"
        " FROM reflections AS r WHERE r.mentor_id = ? AND r.citizen_id IS NOT NULL AND r.finished_at IS NOT NULL",
        person_id,
    )
    log_answers = sum(int(row["n"]) for row in kept)
    return Counts(
        debriefs=len(own),
        answers=len(await found(tx, "answers", "reflection_id", own)) - log_answers,
        attempts=len(await found(tx, "contact_attempts", "mentor_id", [person_id])),
        threads=len(await found(tx, "contact_threads", "mentor_id", [person_id])),
        followups=len(await found(tx, "followups", "mentor_id", [person_id])),
        reminders=len(await found(tx, "reminders", "person_id", [person_id])),
        shares=len(await found(tx, "shares", "reflection_id", own)),
        codings=len(await found(tx, "codings", "reflection_id", own)),
        calls=len(await found(tx, "lead_calls", "mentor_id", [person_id])),
        notes=len(await found(tx, "next_time_notes", "mentor_id", [person_id])),
        log_debriefs=len(kept),
        log_answers=log_answers,
        citizens=len(await found(tx, "citizens", "mentor_id", [person_id])),
        mentions=await _mentions(tx, name, but_person=person_id),
    )


async def _mentions(tx: Reader, name: str, *, but_citizen: str = "", but_person: str = "") -> int:
    """How many texts in debriefs and notes of others have this name as a word of its own. No program can tell whether
    the same person is meant, so these are left to who wrote them."""
    said = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    count = 0
    for table, column in _WORDS:
        if table == "next_time_notes":
            who = "x.citizen_id <> ? AND x.mentor_id <> ?"
        else:
            who = (
                "(x.reflection_id IS NULL OR x.reflection_id IN (SELECT id FROM reflections"
                " WHERE COALESCE(citizen_id, '') <> ? AND mentor_id <> ?))"
            )
        rows = await tx.all(
            f"SELECT x.{column} AS said FROM {table} AS x WHERE x.{column} IS NOT NULL AND {who}",  # noqa: S608 - our own names
            but_citizen,
            but_person,
        )
        count += sum(1 for row in rows if said.search(row["said"]))
    return count
