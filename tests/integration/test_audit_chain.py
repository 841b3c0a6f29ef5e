"""The audit's chain: whatever is changed, taken away or put between shows, and rows go from the oldest end only."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import audit
from storage.audit import BEGINNING, OPERATOR, Verified, Wanted
from storage.database import Conflict, Database, StorageBusy, StorageError
from storage.ids import new_id
from storage.migrating import shipped_steps
from storage.sqlite import open_sqlite
from storage.times import stamp
from tests.integration import engines
from tests.integration.storage_kit import KEY, MINUTE, NOW, cast, opened

TRIGGERS = ("audit_added", "audit_stays", "audit_kept")
OWN_WAYS = {
    "sqlite": (
        "INSERT OR REPLACE INTO audit SELECT seq, id, at, 'x', action, subject, previous, hash FROM audit"
        " WHERE seq = 12",
        "REPLACE INTO audit SELECT 13, id, at, 'x', action, subject, hash, 'x' FROM audit WHERE seq = 12",
    ),
    "postgres": (
        "TRUNCATE audit",
        "INSERT INTO audit SELECT seq, id, at, 'x', action, subject, hash, hash FROM audit WHERE seq = 12"
        " ON CONFLICT (seq) DO UPDATE SET actor = 'x'",
    ),
}
COLUMNS = ("seq", "id", "at", "actor", "action", "subject", "previous", "hash")
WEEK = timedelta(days=7)


async def fill(db: Database, rows: int = 12) -> None:
    """Rows a minute apart, every third without a subject, some in one transaction."""
    for start in range(0, rows, 4):
        async with db.transaction() as tx:
            for number in range(start, min(start + 4, rows)):
                subject = f"s{number}/focus" if number % 3 else None
                audit.note(tx, OPERATOR if number % 2 else f"p{number}", "read", subject, NOW + number * MINUTE)


async def verified(db: Database, noted: str | None = None) -> Verified:
    """What verifying finds now."""
    async with db.snapshot() as snapshot:
        return await audit.verify(snapshot, noted)


async def forge(db: Database, *statements: tuple[object, ...]) -> None:
    """Somebody with the key writes to the file without asking the triggers."""
    async with db.transaction() as tx:
        for name in TRIGGERS:
            tx.write(f"DROP TRIGGER IF EXISTS {name}{' ON audit' if engines.engine() == 'postgres' else ''}")
        for sql, *values in statements:
            tx.write(str(sql), *values)


async def test_a_chain_is_whole(tmp_path: Path) -> None:
    """Rows of one transaction and of several follow each other; an empty audit is whole, too."""
    async with opened(tmp_path) as db:
        assert await verified(db) == Verified(0, None, BEGINNING)
        await fill(db)
        found = await verified(db)
        async with db.transaction() as tx:
            assert await audit.head(tx) == (12, found.head)
    assert (found.rows, found.first_broken) == (12, None)


async def test_many_at_once_chain_right(tmp_path: Path) -> None:
    """Forty tasks that each leave two rows: eighty rows in one chain, none lost, none beside it."""
    async with opened(tmp_path) as db:

        async def one(number: int) -> None:
            while True:
                with suppress(StorageBusy):
                    async with db.transaction() as tx:
                        audit.note(tx, f"p{number}", "share", f"r{number}/a", NOW)
                        await asyncio.sleep(0)
                        audit.note(tx, f"p{number}", "withdraw", f"r{number}/a", NOW)
                    return

        await asyncio.gather(*(one(number) for number in range(40)))
        found = await verified(db)
        async with db.transaction() as tx:
            pairs = [entry.actor for entry in await audit.entries(tx)]
    assert (found.rows, found.first_broken) == (80, None)
    assert pairs[::2] == pairs[1::2] and len(set(pairs)) == 40


async def test_two_who_follow_the_same_row(tmp_path: Path) -> None:
    """Where two write at the same time, the later one is told to begin again, and again finds the first one's row:
    numbers without a gap, one chain. Where there is one writer it waits."""
    async with opened(tmp_path) as db:
        await fill(db, 3)
        both = asyncio.Barrier(2)

        async def one(number: int) -> int:
            tries = 0
            while True:
                tries += 1
                with suppress(StorageBusy):
                    async with db.transaction() as tx:
                        await audit.head(tx)
                        if tries == 1 and engines.engine() == "postgres":
                            await both.wait()
                        audit.note(tx, f"p{number}", "share", f"r{number}/a", NOW)
                    return tries

        tries = await asyncio.gather(one(1), one(2))
        async with db.transaction() as tx:
            assert [entry.seq for entry in await audit.entries(tx)] == [1, 2, 3, 4, 5]
        assert (await verified(db)).first_broken is None
    assert sorted(tries) == ([1, 2] if engines.engine() == "postgres" else [1, 1])


async def test_a_transaction_that_fails_leaves_no_gap(tmp_path: Path) -> None:
    """What was taken back is not in the chain, and the next row follows the last one that stayed."""
    async with opened(tmp_path) as db:
        await fill(db, 3)
        with pytest.raises(ZeroDivisionError):
            async with db.transaction() as tx:
                audit.note(tx, OPERATOR, "export", "record", NOW)
                await audit.head(tx)
                _ = 1 / 0
        await fill(db, 2)
        assert (await verified(db)).first_broken is None


@pytest.mark.sqlite_only  # what is found does not depend on the engine
@pytest.mark.parametrize("row", [1, 5, 12])
@pytest.mark.parametrize("column", COLUMNS)
async def test_a_changed_cell_is_found(tmp_path: Path, column: str, row: int) -> None:
    """Any cell of any row, also nothing made of something and something made of nothing."""
    values: Sequence[object] = (99,) if column == "seq" else ("x", "", "p1|read", b"x")
    for number, value in enumerate(values):
        async with opened(tmp_path / str(number)) as db:
            await fill(db)
            await forge(db, (f"UPDATE audit SET {column} = ? WHERE seq = ?", value, row))  # noqa: S608 - own names
            assert (await verified(db)).first_broken == row, value


async def test_a_subject_made_empty_is_found(tmp_path: Path) -> None:
    """Without a subject and with an empty one are not the same."""
    async with opened(tmp_path) as db:
        await fill(db)
        await forge(db, ("UPDATE audit SET subject = '' WHERE seq = 4",))
        assert (await verified(db)).first_broken == 4
        with pytest.raises(ValueError, match="cannot be hashed"):
            async with db.transaction() as tx:
                audit.note(tx, OPERATOR, "read", "", NOW)


async def test_what_guards_it_must_be_there(tmp_path: Path) -> None:
    """Each of the three triggers is missed, an empty list only where somebody has joined."""
    for name in TRIGGERS:
        async with opened(tmp_path / name) as db:
            await fill(db, 2)
            async with db.transaction() as tx:
                tx.write(f"DROP TRIGGER {name}{' ON audit' if engines.engine() == 'postgres' else ''}")
            found = await verified(db)
            assert (found.whole, found.unguarded, found.first_broken) == (False, (name,), None)
    async with opened(tmp_path / "empty") as db:
        assert (await verified(db)).whole
        async with db.transaction() as tx:
            await cast(tx)
            assert await audit.head(tx) == (0, BEGINNING)
        found = await verified(db)
        assert (found.whole, found.emptied) == (False, True)


async def test_a_part_moved_to_its_neighbour_is_found(tmp_path: Path) -> None:
    """The hash is over the parts and not only over their letters."""
    async with opened(tmp_path) as db:
        await fill(db)
        await forge(db, ("UPDATE audit SET action = 'read|s1', subject = 'focus' WHERE seq = 2",))
        assert (await verified(db)).first_broken == 2


@pytest.mark.sqlite_only  # as above
@pytest.mark.parametrize("row", range(1, 12))
async def test_a_deleted_row_is_found(tmp_path: Path, row: int) -> None:
    """Any but the last shows by itself, the first one too."""
    async with opened(tmp_path) as db:
        await fill(db)
        await forge(db, ("DELETE FROM audit WHERE seq = ?", row))
        assert (await verified(db)).first_broken == row


async def test_deleted_at_the_end_is_found_by_what_was_noted(tmp_path: Path) -> None:
    """The chain that is left is whole, but the hash on paper is nowhere in it; before, it was."""
    async with opened(tmp_path) as db:
        await fill(db)
        noted = (await verified(db)).head[:16]
        assert (await verified(db, noted)).noted == 12
        await forge(db, ("DELETE FROM audit WHERE seq >= 11",))
        found = await verified(db, noted)
        assert (found.rows, found.first_broken, found.noted) == (10, None, None)
        await forge(db, ("DELETE FROM audit",))
        assert (await verified(db, noted)).noted is None


async def test_swapped_and_inserted_rows_are_found(tmp_path: Path) -> None:
    """Two rows that changed places, and one that was put between and the others moved up."""
    async with opened(tmp_path / "a") as db:
        await fill(db)
        await forge(db, ("UPDATE audit SET seq = 99 WHERE seq = 4",), ("UPDATE audit SET seq = 4 WHERE seq = 5",),
                    ("UPDATE audit SET seq = 5 WHERE seq = 99",))  # fmt: skip
        assert (await verified(db)).first_broken == 4
    async with opened(tmp_path / "b") as db:
        await fill(db)
        await forge(
            db,
            ("UPDATE audit SET seq = -seq - 1 WHERE seq >= 6",),
            ("UPDATE audit SET seq = -seq WHERE seq < 0",),
            ("INSERT INTO audit SELECT 6, 'n', at, actor, 'erase', subject, previous, hash FROM audit WHERE seq = 7",),
        )
        assert (await verified(db)).first_broken == 6


async def test_nothing_is_changed_or_deleted_through_the_program(tmp_path: Path) -> None:
    """UPDATE, DELETE, REPLACE and a row out of place are all refused, and the chain is as before."""
    async with opened(tmp_path) as db:
        await fill(db)
        before = await verified(db)
        for sql in (
            "UPDATE audit SET actor = 'x'",
            "UPDATE audit SET subject = subject WHERE seq = 3",
            "DELETE FROM audit WHERE seq = 12",
            "DELETE FROM audit",
            "INSERT INTO audit VALUES (13, 'new', 't', 'a', 'b', NULL, 'not the last hash', 'x')",
            *OWN_WAYS[engines.engine()],
        ):
            with pytest.raises(Conflict, match="only added to"):
                async with db.transaction() as tx:
                    await tx.run(sql)
        assert await verified(db) == before


@pytest.mark.sqlite_only  # as above
@given(
    notes=st.lists(
        st.tuples(
            st.text(st.characters(blacklist_characters="|\0", blacklist_categories=["Cs"]), min_size=1, max_size=6),
            st.none() | st.from_regex(r"[a-zæøå0-9/.-]{1,8}", fullmatch=True),
        ),
        min_size=2,
        max_size=8,
    ),
    row=st.integers(0, 7),
    column=st.sampled_from(COLUMNS[1:]),
    value=st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=4),
)
@settings(max_examples=40, deadline=None)
def test_every_forged_cell_shows(notes: list[tuple[str, str | None]], row: int, column: str, value: str) -> None:
    """Whatever was noted is whole; whatever one cell is made to say, the row is named, unless it said so before."""
    seq = row % len(notes) + 1

    async def go(folder: Path) -> tuple[int | None, int | None, bool]:
        async with opened(folder) as db:
            async with db.transaction() as tx:
                for actor, subject in notes:
                    audit.note(tx, actor, "read", subject, NOW)
            whole = await verified(db)
            async with db.transaction() as tx:
                was = await tx.one(f"SELECT {column} AS was FROM audit WHERE seq = ?", seq)  # noqa: S608 - own names
            assert was is not None
            await forge(db, (f"UPDATE audit SET {column} = ? WHERE seq = ?", value, seq))  # noqa: S608 - own names
            return whole.first_broken, (await verified(db)).first_broken, was["was"] == value

    with tempfile.TemporaryDirectory() as folder:
        before, after, same = asyncio.run(go(Path(folder)))
    assert before is None
    assert after == (None if same else seq)


async def test_pruned_at_the_oldest_end_it_stays_whole(tmp_path: Path) -> None:
    """Older rows go, a row says up to where, a hash noted later is still found; also a second time."""
    async with opened(tmp_path) as db:
        await fill(db)
        async with db.transaction() as tx:
            noted = (await audit.head(tx))[1]
            assert await audit.prune(tx, NOW, NOW + WEEK) == 0
            assert await audit.prune(tx, NOW + 5 * MINUTE, NOW + WEEK) == 5
        found = await verified(db, noted)
        assert (found.rows, found.first_broken, found.noted, found.first) == (8, None, 12, 6)
        async with db.transaction() as tx:
            last = (await audit.entries(tx))[-1]
            assert (last.action, (last.subject or "").partition("/")[0]) == ("audit_pruned", "5")
            assert await audit.prune(tx, NOW + WEEK, NOW + 2 * WEEK) == 7
            assert await audit.prune(tx, NOW + 2 * WEEK, NOW + 3 * WEEK) == 1
        assert (await verified(db)).first_broken is None
        with pytest.raises(Conflict, match="only added to"):
            async with db.transaction() as tx:
                await tx.run("DELETE FROM audit")


async def test_an_older_time_behind_a_newer_one_keeps_the_order(tmp_path: Path) -> None:
    """A clock that was wrong once must not cut a hole: only what lies before the first row that is kept goes."""
    async with opened(tmp_path) as db:
        async with db.transaction() as tx:
            for days in (0, 1, 9, 2, 10):
                audit.note(tx, OPERATOR, "read", f"s{days}", NOW + timedelta(days=days))
            assert await audit.prune(tx, NOW + WEEK, NOW + 2 * WEEK) == 2
        found = await verified(db)
        assert (found.rows, found.first_broken, found.first) == (4, None, 3)


async def test_a_beginning_that_nothing_tells_of_is_found(tmp_path: Path) -> None:
    """Rows taken away before what was pruned, or under a word about another row, are missed."""
    async with opened(tmp_path) as db:
        await fill(db)
        async with db.transaction() as tx:
            await audit.prune(tx, NOW + 5 * MINUTE, NOW + WEEK)
        await forge(db, ("DELETE FROM audit WHERE seq <= 7",))
        assert (await verified(db)).first_broken == 7


async def test_entries_are_asked_for_by_time_and_actor(tmp_path: Path) -> None:
    """From a time on, before a time, by one actor; the stream tells the same."""
    async with opened(tmp_path) as db:
        await fill(db)
        wanted = Wanted(NOW + 2 * MINUTE, NOW + 8 * MINUTE, OPERATOR)
        async with db.transaction() as tx:
            assert [one.seq for one in await audit.entries(tx, wanted)] == [4, 6, 8]
            assert len(await audit.entries(tx)) == 12
        async with db.snapshot() as snapshot:
            assert [one.seq async for one in audit.stream(snapshot, wanted)] == [4, 6, 8]


async def test_the_same_is_noted_once_an_hour(tmp_path: Path) -> None:
    """Within the hour one row; after it, of somebody else, or of something else, another."""
    hour = timedelta(hours=1)
    async with opened(tmp_path) as db, db.transaction() as tx:
        assert await audit.note_once(tx, "lea", "week", "nord/2026-W47", NOW, within=hour)
        assert not await audit.note_once(tx, "lea", "week", "nord/2026-W47", NOW + 59 * MINUTE, within=hour)
        assert await audit.note_once(tx, "ole", "week", "nord/2026-W47", NOW, within=hour)
        assert await audit.note_once(tx, "lea", "report", "nord/2026-W47", NOW, within=hour)
        assert await audit.note_once(tx, "lea", "week", "nord/2026-W47", NOW + hour, within=hour)
        assert len(await audit.entries(tx)) == 4


@pytest.mark.sqlite_only  # no server has rows from before
async def test_rows_from_before_the_chain_are_chained(tmp_path: Path) -> None:
    """Ten thousand rows of schema 9 keep their order and content, and are a whole chain at once."""
    path, steps = tmp_path / "e.db", shipped_steps()
    old = await open_sqlite(path, KEY, create=True, steps=steps[:9])
    rows = []
    async with old.transaction() as tx:
        for number in range(10_000):
            at = NOW + timedelta(seconds=number)
            rows.append((new_id(at), stamp(at), f"p{number % 7}", "read", f"s{number}/a" if number % 3 else None))
        for row in reversed(rows):
            tx.write("INSERT INTO audit (id, at, actor, action, subject) VALUES (?, ?, ?, ?, ?)", *row)
    await old.close()
    begun = perf_counter()
    new = await open_sqlite(path, KEY, create=False)
    took = perf_counter() - begun
    try:
        async with new.transaction() as tx:
            audit.note(tx, OPERATOR, "export", "record", NOW + WEEK)
        found = await verified(new)
        async with new.snapshot() as snapshot:
            kept = [tuple(row.values()) async for row in snapshot.rows(
                "SELECT id, at, actor, action, subject FROM audit ORDER BY seq LIMIT 10000")]  # fmt: skip
    finally:
        await new.close()
    assert kept == rows
    assert (found.rows, found.first_broken) == (10_001, None)
    assert took < 3  # work that grows with the square would take minutes


async def test_a_broken_chain_does_not_stop_the_program(tmp_path: Path) -> None:
    """New rows follow the newest one as it is, and the place of the break stays the same."""
    async with opened(tmp_path) as db:
        await fill(db)
        await forge(db, ("UPDATE audit SET actor = 'x' WHERE seq = 3",))
        await fill(db, 3)
        assert (await verified(db)).first_broken == 3
    with pytest.raises(StorageError):
        async with opened(tmp_path) as db, db.snapshot() as snapshot:
            await snapshot.all("DELETE FROM audit")
