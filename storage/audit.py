"""Who looked at, shared, exported, changed or erased what. Rows are only added, each hashed with the one before.

Whoever may write to the database could forge the whole chain anew: that a row is missing at its end shows only against
a hash that was noted somewhere else, on paper or in a backup.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.database import Reader, Row, Snapshot, Transaction
from storage.ids import new_id
from storage.times import moment, stamp

BEGINNING = "0" * 64  # what stands before the very first row
OPERATOR = "operator"  # the actor of the command line
CLOCK = "clock"  # the actor of what the program does by itself
STRANGER = "stranger"  # the actor where nobody is known
GUARDS = ("audit_added", "audit_kept", "audit_stays")
"""The triggers that keep rows from being changed, deleted or put between; migration 10 makes them."""
PRUNED = "audit_pruned"
_SEPARATOR = "|"  # in no id, no action and no subject
_COLUMNS = ("id", "at", "actor", "action")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done. ``actor``: a person's id, OPERATOR, CLOCK or STRANGER; ``subject``: ids and fixed words,
    never a text that somebody wrote; ``at`` in UTC; ``seq``: its number in the chain, from 1."""

    at: datetime
    actor: str
    action: str
    subject: str | None
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: from ``since`` on, before ``until`` (aware times), by ``actor``; None: no limit."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """``rows``: how many there are; ``first_broken``: the number of the first that is missing or was changed;
    ``head``: the newest row's hash, BEGINNING without any; ``noted``: the number of the row with the hash asked for,
    None when it is not there; ``first``: the number of the oldest that is kept; ``unguarded``: the triggers
    that are missing; ``emptied``: there is no row, and people have joined."""

    rows: int
    first_broken: int | None
    head: str
    noted: int | None = None
    first: int = 1
    unguarded: tuple[str, ...] = ()
    emptied: bool = False

    @property
    def whole(self) -> bool:
        """Nothing was changed or taken away, as far as the database itself can tell."""
        return self.first_broken is None and not self.unguarded and not self.emptied


def note(tx: Transaction, actor: str, action: str, subject: str | None, now: datetime) -> None:
    """Leave a row (queued), in the transaction of what it tells of. It is hashed together with the row before.

    Its number is the next one. Where several processes write, two may find the same last row: the later one is told to
    begin its transaction again (StorageBusy), so that the chain neither forks nor has gaps.
    Raises ValueError for an empty part or one that holds the separator: the hash could not tell it from another.
    """
    row = (new_id(now), stamp(now), actor, action, subject)
    if not all(_sound(part) for part in row if part is not None):
        raise ValueError("an audit row has an empty part, or one that cannot be hashed")
    tx.write(
        "INSERT INTO audit (seq, id, at, actor, action, subject, previous, hash)"
        " SELECT last.seq + 1, ?, ?, ?, ?, ?, last.hash, sha256_hex(last.hash || ?) FROM"
        " (SELECT COALESCE((SELECT max(seq) FROM audit), 0) AS seq,"
        " COALESCE((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), ?) AS hash) AS last",
        *row,
        _SEPARATOR + _SEPARATOR.join(part or "" for part in row),
        BEGINNING,
    )


async def note_once(
    tx: Transaction, actor: str, action: str, subject: str, now: datetime, *, within: timedelta
) -> bool:
    """Leave a row unless the same one was left less than ``within`` ago; whether it was left now."""
    row = await tx.one(
        "SELECT 1 AS found FROM audit WHERE subject = ? AND actor = ? AND action = ? AND at > ?",
        subject,
        actor,
        action,
        stamp(now - within),
    )
    if row is None:
        note(tx, actor, action, subject, now)
    return row is None


async def head(reader: Reader) -> tuple[int, str]:
    """Number and hash of the newest row; (0, BEGINNING) where there is none."""
    row = await reader.one("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    return (0, BEGINNING) if row is None else (int(row["seq"]), str(row["hash"]))


async def entries(reader: Reader, wanted: Wanted | None = None) -> list[Entry]:
    """What was noted, oldest first."""
    sql, values = _asked(wanted or Wanted())
    return [_entry(row) for row in await reader.all(sql, *values)]


async def stream(snapshot: Snapshot, wanted: Wanted | None = None) -> AsyncIterator[Entry]:
    """What was noted, oldest first, however much it is."""
    sql, values = _asked(wanted or Wanted())
    async for row in snapshot.rows(sql, *values):
        yield _entry(row)


def _asked(wanted: Wanted) -> tuple[str, list[str]]:
    limits = [
        ("at >= ?", None if wanted.since is None else stamp(wanted.since)),
        ("at < ?", None if wanted.until is None else stamp(wanted.until)),
        ("actor = ?", wanted.actor),
    ]
    given = [(sql, value) for sql, value in limits if value is not None]
    where = " AND ".join(sql for sql, _ in given)
    sql = f"SELECT seq, at, actor, action, subject FROM audit{' WHERE ' if where else ''}{where} ORDER BY seq"  # noqa: S608 - fixed conditions
    return sql, [value for _, value in given]


def _entry(row: Row) -> Entry:
    return Entry(moment(row["at"]), row["actor"], row["action"], row["subject"], row["seq"])


async def verify(snapshot: Snapshot, noted: str | None = None) -> Verified:
    """Walk the whole chain: every number in its place, every hash what the row and the one before it give, and where
    the oldest rows are gone, a row that says so; and what keeps rows from being changed is there. ``noted``: look for
    the row whose hash begins so, too."""
    rows, broken, seen, pruned = 0, None, None, ""
    first, expected, last = 1, 1, BEGINNING
    async for row in snapshot.rows("SELECT * FROM audit ORDER BY seq"):
        rows += 1
        if rows == 1 and row["seq"] != 1:
            first = expected = int(row["seq"])
            last = str(row["previous"])
            pruned = f"{first - 1}/{last}"
        if broken is None and not (row["seq"] == expected and row["previous"] == last and row["hash"] == _hashed(row)):
            broken = expected
        if pruned and row["action"] == PRUNED and row["subject"] == pruned:
            pruned = ""
        if noted is not None and str(row["hash"]).startswith(noted):
            seen = int(row["seq"])
        expected, last = int(row["seq"]) + 1, str(row["hash"])
    # Without a row that says the beginning was pruned, something before the first row was taken away.
    return Verified(
        rows,
        first - 1 if pruned else broken,
        last,
        seen,
        first,
        unguarded=await _unguarded(snapshot),
        emptied=rows == 0 and await snapshot.one("SELECT 1 AS there FROM people LIMIT 1") is not None,
    )


async def _unguarded(snapshot: Reader) -> tuple[str, ...]:
    found = await snapshot.all("SELECT name FROM audit_guards")
    there = {row["name"] for row in found}
    return tuple(name for name in GUARDS if name not in there)


def _hashed(row: Row) -> str | None:
    """What the row's hash must be; None for a row that ``note`` can never have written."""
    parts = [row[name] for name in _COLUMNS]
    subject = row["subject"]
    if not all(_sound(part) for part in parts) or not (subject is None or _sound(subject)):
        return None
    text = _SEPARATOR.join([str(row["previous"]), *parts, subject or ""])
    return hashlib.sha256(text.encode()).hexdigest()


def _sound(part: object) -> bool:
    return isinstance(part, str) and part != "" and _SEPARATOR not in part


async def prune(tx: Transaction, before: datetime, now: datetime) -> int:
    """Delete what is older than ``before``, from the oldest end only; how many rows that was.

    A row that says up to where comes first, in the same transaction, so that the chain can still be verified. It names
    the last row that goes and its hash: whoever noted that one finds it there.
    """
    kept = await tx.one("SELECT min(seq) AS seq FROM audit WHERE at >= ?", stamp(before))
    bound = None if kept is None else kept["seq"]
    last = await tx.one("SELECT seq, hash FROM audit WHERE seq < COALESCE(?, seq + 1) ORDER BY seq DESC LIMIT 1", bound)
    if last is None:
        return 0
    note(tx, CLOCK, PRUNED, f"{last['seq']}/{last['hash']}", now)
    return await tx.run("DELETE FROM audit WHERE seq <= ?", last["seq"])
