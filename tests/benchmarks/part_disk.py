"""Bytes on the disk: invented weeks written by the real use cases, measured on both engines, reckoned up to a year.

Everything that a debrief brings with it is in the figure: answers, threads, attempts, follow-ups, reminders, shares
and their indexes, one row of the audit for each debrief, and what updates and messages leave for two days. Not in it:
the write-ahead log (a few MB on a file, up to ``max_wal_size`` on a server), backups, each as large as the database,
and on a server what changed rows hold until autovacuum frees it: figures there are of packed tables, and ``as_written``
tells how much more there was before anybody tidied up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.housekeeping import KEEP_DONE
from bot.practice_sample import Filled
from bot.practice_sample import fill as fill_weeks
from storage import audit, inbox, outbox, people
from storage.database import Database, Transaction
from storage.inbox import Incoming
from storage.postgres_connect import prepared_connection
from storage.sealing import Seal
from tests.benchmarks.figures import Row, Wanted, missing
from tests.benchmarks.places import open_at
from tests.benchmarks.stands import Walk
from tests.benchmarks.walk import KEY, record
from tests.benchmarks.working import now
from tests.integration.engines import Server
from tests.integration.sample_kit import TOOLS, UNTIL

MENTORS = 1_000
_TURNS = 4_000
_WORKDAYS_A_WEEK, _WEEKS_A_YEAR = 5, 52
_Say = Callable[[str], None]


@dataclass(frozen=True)
class Used:
    """``bytes_a_debrief``: with all that belongs to it. ``bytes_an_update``: of one that is done, and its message.
    ``updates_a_debrief``: taps and messages. ``as_written``: times as much before anything was tidied up."""

    filled: Filled
    bytes_a_debrief: float
    bytes_an_update: float
    updates_a_debrief: float
    as_written: float

    def year(self, mentors: int, debriefs: int) -> float:
        """GB after a year in which so many mentors had so many debriefs each."""
        kept = self.bytes_a_debrief * debriefs
        # What updates leave goes after two days: as much as two working days bring is there at any time.
        a_day = debriefs / (_WORKDAYS_A_WEEK * _WEEKS_A_YEAR)
        passing = self.bytes_an_update * self.updates_a_debrief * a_day * (KEEP_DONE / timedelta(days=1))
        return mentors * (kept + passing) / 1e9


def disk(wanted: Wanted, say: _Say) -> list[Row]:
    """Three rows for each engine. Raises BenchmarkError."""
    walk = asyncio.run(record(wanted.folder))
    say("SQLite …")
    rows = _rows("SQLite encrypted", asyncio.run(_measured(wanted.folder / "e.db", wanted, walk)), wanted, None)
    if wanted.postgres is None:
        return [*rows, missing("disk", "Disk, PostgreSQL", wanted.without)]
    server = Server(wanted.postgres)
    try:
        say("PostgreSQL …")
        used = asyncio.run(_measured(server.database("disk", empty=True), wanted, walk))
    finally:
        server.drop_all()
    return rows + _rows("PostgreSQL, free text sealed", used, wanted, rows[1].figure)


def _rows(engine: str, used: Used, wanted: Wanted, beside: float | None) -> list[Row]:
    ratios = {"SQLite": used.bytes_a_debrief / beside} if beside else {}
    answers = used.filled.answers / used.filled.debriefs
    year = used.year(MENTORS, wanted.debriefs)
    details = {
        "debriefs": used.filled.debriefs, "answers": used.filled.answers, "attempts": used.filled.attempts,
        "as_written": used.as_written, "bytes_an_update_for_two_days": used.bytes_an_update,
        "updates_a_debrief": used.updates_a_debrief,
    }  # fmt: skip
    name = f"{MENTORS:,} mentors × {wanted.debriefs} debriefs a year"
    return [
        Row("disk", f"Disk an answer, {engine}", used.bytes_a_debrief / answers, "bytes", ratios=ratios),
        Row("disk", f"Disk a debrief of {answers:.0f} answers, {engine}", used.bytes_a_debrief, "bytes",
            ratios=ratios, details=details),
        Row("disk", f"Disk for {name}, {engine}", year, "GB", ratios=ratios),
    ]  # fmt: skip


async def _measured(where: Path | str, wanted: Wanted, walk: Walk) -> Used:
    database = await open_at(where, create=True)
    try:
        empty = await _size(database, where)
        weeks, mentors = (1, 2) if wanted.quick else (16, 8)
        filled = await fill_weeks(database, TOOLS, weeks=weeks, mentors=mentors, until=UNTIL)
        async with database.transaction() as tx:
            await _audited(tx, filled.debriefs)
        loose = await _size(database, where, packed=False)
        full = await _size(database, where)
        turns = _TURNS // 10 if wanted.quick else _TURNS
        await _turned(database, turns)
        with_turns = await _size(database, where)
    finally:
        await database.close()
    a_debrief = sum(1 if stand.keep is None else 2 for stand in walk.stands) / len(walk.stands)
    return Used(
        filled,
        (full - empty) / filled.debriefs,
        (with_turns - full) / turns,
        a_debrief * filled.answers / filled.debriefs,
        (loose - empty) / (full - empty),
    )


async def _audited(tx: Transaction, debriefs: int) -> None:
    """One row for each debrief: somebody has read it."""
    lead = (await people.people(tx))[0]
    for number in range(debriefs):
        audit.note(tx, lead.id, "log", f"{number:036d}", UNTIL)


async def _turned(database: Database, turns: int) -> None:
    """What so many updates leave behind once they are done and their card is sent: rows without content."""
    for at in range(0, turns, 500):
        part = range(at, min(turns, at + 500))
        async with database.transaction() as tx:
            inbox.add(tx, [Incoming(one, f"{one:064x}", 10_000_000 + one % 100, "{}") for one in part], now())
            for one in part:
                outbox.queue_send(
                    tx, chat_id=10_000_000 + one % 100, payload="{}", now=now(), card=f"debrief:{one:036d}"
                )
            tx.write("UPDATE inbox SET status = 'done', payload = NULL WHERE status = 'pending'")
            tx.write("UPDATE outbox SET status = 'sent', payload = NULL, sent_at = created_at WHERE status = 'pending'")


async def _size(database: Database, where: Path | str, *, packed: bool = True) -> int:
    """Bytes in use: pages of the file that are not free, or tables and indexes after tidying up."""
    if isinstance(where, Path):
        async with database.transaction() as tx:
            pages, free, size = [
                next(iter((await tx.all(f"PRAGMA {name}"))[0].values()))
                for name in ("page_count", "freelist_count", "cipher_page_size")
            ]
        return (int(pages) - int(free)) * int(size)
    # Rows that were changed are there twice until somebody tidies up; how often that happens is the server's business.
    if packed:
        async with await prepared_connection(where, Seal(KEY))() as connection:
            await connection.execute("VACUUM FULL")
    async with database.transaction() as tx:
        row = await tx.one("SELECT pg_database_size(current_database()) AS n")
    return int(row["n"]) if row else 0
