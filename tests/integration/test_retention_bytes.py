"""Deleted means gone: after a run nothing of it can be read from the file or its log, decrypted by hand."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

from storage import outbox
from storage.database import Database
from storage.rewriting import settle
from storage.times import stamp
from tests.integration.page_reader import every_page, found, log_pages
from tests.integration.retention_kit import OLD, RUN, VERY_OLD, YOUNG, Archive, aged, archive
from tests.integration.storage_kit import KEY

_RAW = bytes(range(32))  # the bytes of the tests' key
_CANARY = rb"kanarie-[a-z]+-\d{4}"
_MANY = 120
_AGES = (("ung", YOUNG), ("gammel", OLD), ("olding", VERY_OLD))


async def _fill(here: Archive, seed: int = 1) -> None:
    """Old and young debriefs side by side, with texts from a word to many pages, changed again and again: so that
    pages are split and filled anew while rows move."""
    rng = random.Random(seed)
    made: list[tuple[str, str]] = []
    for number in range(_MANY):
        kind, begun = _AGES[number % 3]
        word = f"kanarie-{kind}-{number:04d} "
        async with here.db.transaction() as tx:
            one = aged(tx, here.cast, begun + timedelta(minutes=number), text=word * rng.choice((1, 40, 900)))
            made.append((one.id, word))
        for id_, said in rng.sample(made, min(4, len(made))):
            async with here.db.transaction() as tx:
                tx.write("UPDATE reflections SET state = ? WHERE id = ?", said * rng.choice((1, 30, 200)), id_)
    async with here.db.transaction() as tx:
        for id_, word in made:
            state = f'{{"zone": "Europe/Copenhagen", "visit": 1, "draft": "{word * 20}"}}'
            tx.write("UPDATE reflections SET state = ? WHERE id = ?", state, id_)
        old = made[1][0]
        payload = '{"text": "kanarie-olding-9001", "buttons": []}'
        outbox.queue_card(
            tx, chat_id=here.cast.anna.chat_id, card=f"debrief:{old}", payload=payload, fresh=False, now=RUN
        )
        outbox.queue_send(tx, chat_id=here.cast.bo.chat_id, payload=payload.replace("9001", "9002"), now=OLD)
        outbox.queue_send(tx, chat_id=here.cast.bo.chat_id, payload=payload.replace("olding-9001", "ung-9003"), now=RUN)
        tx.write(
            "INSERT INTO inbox (update_id, payload_hash, chat_id, payload, received_at, status)"
            " VALUES (1, 'h', 1, 'kanarie-olding-9004', ?, 'dead')",
            stamp(OLD),
        )


def _words(folder: Path) -> set[str]:
    return {one.decode() for one in found(every_page(folder / "e.db", _RAW), _CANARY)}


def _may_stay(word: str, logged: set[str]) -> bool:
    """Young ones stay; of old ones what stands in the log does."""
    return "-ung-" in word or word in logged


async def _logged(db: Database) -> set[str]:
    """The canaries of old debriefs whose answers for the log are kept."""
    async with db.transaction() as tx:
        rows = await tx.all("SELECT text FROM answers WHERE visibility = 'L'")
    return {str(row["text"]).split()[0] for row in rows}


async def test_no_byte_of_what_was_deleted_is_left(tmp_path: Path) -> None:
    """Nothing of an old debrief stands anywhere in file or log: no private answer, no earlier wording, no draft, no
    message that waited, no update that failed; and what stays is found, so the search works."""
    async with archive(tmp_path) as here:
        await _fill(here)
        before = _words(tmp_path)
        assert {one.split("-")[1] for one in before} == {"ung", "gammel", "olding"}
        await here.tick(RUN)
        after, logged = _words(tmp_path), await _logged(here.db)
        assert {word for word in after if not _may_stay(word, logged)} == set()
        assert not any("-olding-" in word for word in after)
        assert sum("-ung-" in word for word in after) == _MANY // 3 + 1
        assert found(log_pages(tmp_path / "e.db", _RAW), _CANARY) == set()
        assert await here.rows("SELECT run_on FROM retention_runs") == [("2026-12-01",)]


async def test_private_words_of_a_debrief_in_the_log_are_gone(tmp_path: Path) -> None:
    """Where the log keeps an answer, the private answer beside it, in other words, is in no byte any more."""
    async with archive(tmp_path) as here:
        async with here.db.transaction() as tx:
            for number in range(30):
                one = aged(tx, here.cast, OLD + timedelta(minutes=number))
                tx.write(
                    "UPDATE answers SET text = visibility || '-kanarie-gammel-' || ? WHERE reflection_id = ?",
                    f"{number:04d}",
                    one.id,
                )
        pattern = rb"[LP]-kanarie-gammel-\d{4}"
        assert len(found(every_page(tmp_path / "e.db", _RAW), pattern)) == 60
        await here.tick(RUN)
        left = found(every_page(tmp_path / "e.db", _RAW), pattern)
        assert len(left) == 30
        assert all(word.startswith(b"L-") for word in left)


async def test_the_search_finds_what_is_only_deleted(tmp_path: Path) -> None:
    """The twin: deleted as before, but neither rewritten nor with an empty log, old words can be read in the bytes."""

    async def nothing(_db: Database) -> bool:
        return True

    async with archive(tmp_path, settle=nothing) as here:
        await _fill(here)
        await here.tick(RUN)
        logged = await _logged(here.db)
        assert (
            await here.rows("SELECT id FROM reflections WHERE started_at < ?", stamp(VERY_OLD + timedelta(days=1)))
            == []
        )
        assert {word for word in _words(tmp_path) if not _may_stay(word, logged)} != set()


async def _shuffle(db: Database, rng: random.Random) -> None:
    """Rows that come, grow and go at random, so that pages are split and filled anew again and again; none is left."""
    there: list[int] = []
    async with db.transaction() as tx:
        tx.write("CREATE TABLE scratch (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        for number in range(4000):
            word = f"kanarie-olding-{number:04d} "
            what = rng.random()
            if what < 0.5 or not there:
                there.append(number)
                tx.write("INSERT INTO scratch VALUES (?, ?)", number, word * rng.randint(1, 60))
            elif what < 0.9:
                number = rng.choice(there)
                word = f"kanarie-olding-{number:04d} "
                tx.write("UPDATE scratch SET text = ? WHERE id = ?", word * rng.randint(1, 200), number)
            else:
                tx.write("DELETE FROM scratch WHERE id = ?", there.pop(rng.randrange(len(there))))
    async with db.transaction() as tx:
        rng.shuffle(there)
        for number in there[20:]:
            tx.write("DELETE FROM scratch WHERE id = ?", number)
        # A few stay, so that the table keeps pages in which something may have been left behind.
        for number in there[:20]:
            tx.write("UPDATE scratch SET text = 'young' WHERE id = ?", number)


async def test_emptying_the_log_alone_is_not_enough(tmp_path: Path) -> None:
    """Why the file is written anew: without that, ``secure_delete`` leaves copies of rows that had moved."""
    async with archive(tmp_path) as here:
        await _shuffle(here.db, random.Random(1))
        assert await here.db.empty_log()
        assert found(every_page(tmp_path / "e.db", _RAW), _CANARY) != set()
        assert await settle(here.db)
        assert found(every_page(tmp_path / "e.db", _RAW), _CANARY) == set()


async def test_a_reader_delays_the_end_and_the_next_tick_finishes(tmp_path: Path) -> None:
    """While somebody reads the whole database the log cannot be emptied: the run is not called done, and is later."""
    async with archive(tmp_path) as here:
        await _fill(here)
        async with here.db.snapshot() as reading:
            assert await reading.one("SELECT count(*) AS n FROM reflections") == {"n": _MANY}
            program = here.program()
            here.now = RUN
            await program.run()
            assert await here.rows("SELECT * FROM retention_runs") == []
        await here.tick(RUN + timedelta(minutes=1))
        logged = await _logged(here.db)
        assert {word for word in _words(tmp_path) if not _may_stay(word, logged)} == set()
        assert await here.rows("SELECT run_on FROM retention_runs") == [("2026-12-01",)]


def test_the_key_of_the_reader_is_the_key_of_the_tests() -> None:
    """The pages are opened with what the database is locked with."""
    assert KEY.hex() == _RAW.hex()
