"""What hangs on debriefs, on a citizen or on a person: the ids of it, table by table, before it is erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from storage.database import Reader, Transaction

_AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class Hanging:
    """Ids by table. ``tokens``: short names of the debriefs, as buttons say them; ``cards``: names of the messages that
    reminders were sent with."""

    reflections: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    followups: tuple[str, ...] = ()
    reminders: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    subject: str = ""

    @property
    def ids(self) -> frozenset[str]:
        """Every id among them, the subject's own too."""
        found = (self.reflections, self.threads, self.followups, self.reminders, self.calls, (self.subject,))
        return frozenset(one for part in found for one in part if one)


def parts(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    """The ids, each once, as many together as go into one statement."""
    wanted = list(dict.fromkeys(ids))
    return (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE))


def marks(part: Sequence[object]) -> str:
    """A question mark for each."""
    return ", ".join("?" * len(part))


async def found(tx: Reader, table: str, column: str, ids: Iterable[str], *, give: str = "id") -> list[str]:
    """``give`` of every row of ``table`` whose ``column`` is one of these. The names are the program's own."""
    rows = []
    for part in parts(ids):
        rows += await tx.all(f"SELECT {give} AS found FROM {table} WHERE {column} IN ({marks(part)})", *part)  # noqa: S608 - our own names
    return [row["found"] for row in rows]


def drop(tx: Transaction, table: str, column: str, ids: Iterable[str]) -> None:
    """Delete every row of ``table`` whose ``column`` is one of these (queued)."""
    for part in parts(ids):
        tx.write(f"DELETE FROM {table} WHERE {column} IN ({marks(part)})", *part)  # noqa: S608 - our own names


def blank(tx: Transaction, table: str, column: str, ids: Iterable[str]) -> None:
    """Where ``column`` is one of these it says nothing any more, and the row stays (queued)."""
    for part in parts(ids):
        tx.write(f"UPDATE {table} SET {column} = NULL WHERE {column} IN ({marks(part)})", *part)  # noqa: S608 - our own names


async def of_reflections(tx: Reader, ids: Iterable[str]) -> Hanging:
    """What hangs on these debriefs."""
    wanted = tuple(dict.fromkeys(ids))
    followups = await found(tx, "followups", "reflection_id", wanted)
    reminders = {
        *await found(tx, "reminders", "followup_id", followups),
        *await found(tx, "reminders", "series_key", [f"check_in:{one}" for one in wanted]),
    }
    return Hanging(
        reflections=wanted,
        tokens=tuple(await found(tx, "reflections", "id", wanted, give="token")),
        followups=tuple(followups),
        reminders=tuple(sorted(reminders)),
        cards=await _cards(tx, reminders),
    )


async def of_citizen(tx: Reader, citizen_id: str) -> Hanging:
    """What hangs on a citizen, whoever wrote it."""
    own = await of_reflections(tx, await found(tx, "reflections", "citizen_id", [citizen_id]))
    threads = await found(tx, "contact_threads", "citizen_id", [citizen_id])
    followups = {*own.followups, *await found(tx, "followups", "citizen_id", [citizen_id])}
    reminders = {
        *own.reminders,
        *await found(tx, "reminders", "citizen_id", [citizen_id]),
        *await found(tx, "reminders", "thread_id", threads),
        *await found(tx, "reminders", "followup_id", followups),
    }
    return Hanging(
        reflections=own.reflections,
        tokens=own.tokens,
        threads=tuple(threads),
        followups=tuple(sorted(followups)),
        reminders=tuple(sorted(reminders)),
        calls=tuple(await found(tx, "lead_calls", "citizen_id", [citizen_id])),
        cards=await _cards(tx, reminders),
        subject=citizen_id,
    )


async def of_person(tx: Reader, person_id: str) -> Hanging:
    """What hangs on a person and goes with them, or is scrubbed: their debriefs, follow-ups, reminders, calls; and what
    leads were reminded of because of them."""
    own = await found(tx, "reflections", "mentor_id", [person_id])
    followups = await found(tx, "followups", "mentor_id", [person_id])
    overdue = await tx.all("SELECT id FROM reminders WHERE series_key LIKE ?", f"overdue:%{person_id}%")
    reminders = {
        *await found(tx, "reminders", "person_id", [person_id]),
        *await found(tx, "reminders", "followup_id", followups),
        *(row["id"] for row in overdue),
    }
    return Hanging(
        reflections=tuple(own),
        tokens=tuple(await found(tx, "reflections", "id", own, give="token")),
        followups=tuple(followups),
        reminders=tuple(sorted(reminders)),
        calls=tuple(await found(tx, "lead_calls", "mentor_id", [person_id])),
        cards=await _cards(tx, reminders),
        subject=person_id,
    )


async def _cards(tx: Reader, reminders: Iterable[str]) -> tuple[str, ...]:
    named = await found(tx, "reminders", "id", reminders, give="card")
    return tuple(sorted({one for one in named if one}))
