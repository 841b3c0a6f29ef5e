"""A run of deletion by age: in bites, once, also when killed half-way; and what then stands in the chats."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage import audit, outbox
from tests.integration.retention_kit import AGES as _AGES
from tests.integration.retention_kit import DAY, OLD, RUN, VERY_OLD, YOUNG, aged, archive, leave


async def test_old_messages_are_replaced_by_a_line_without_content(tmp_path: Path) -> None:
    """The card of a debrief that is gone, and any other message as old, say that something was deleted and nothing
    else; cards of young debriefs and of settings stay; who has left gets nothing."""
    async with archive(tmp_path) as here:
        cast = here.cast
        async with here.db.transaction() as tx:
            aged(tx, cast, OLD, card=41)
            young = aged(tx, cast, YOUNG, card=42)
            for chat_id, card in ((cast.lea.chat_id, "page:week:7"), (cast.lea.chat_id, "page:settings"),
                                  (cast.bo.chat_id, "remind:x")):  # fmt: skip
                outbox.set_card(tx, chat_id, card, 50, OLD)
            await leave(tx, cast.bo.id, OLD)
        await here.tick()
        assert len(await here.sent(cast.anna.chat_id)) == len(await here.sent(cast.lea.chat_id)) == 1
        assert "er slettet" in (await here.sent(cast.anna.chat_id))[0]
        assert await here.sent(cast.bo.chat_id) == []
        cards = await here.rows("SELECT chat_id, card, message_id FROM cards ORDER BY message_id, card")
        assert (cast.anna.chat_id, "page:gone:41", 41) in cards
        assert (cast.anna.chat_id, f"debrief:{young.id}", 42) in cards
        assert (cast.lea.chat_id, "page:settings", 50) in cards
        (payload,) = (await here.rows("SELECT payload FROM outbox WHERE chat_id = ?", cast.anna.chat_id))[0]
        assert json.loads(payload)["only_here"] is True
        assert here.woken == 2


@pytest.mark.parametrize("stop_after", range(1, 7))
async def test_killed_half_way_the_rest_goes_at_the_next_tick(tmp_path: Path, stop_after: int) -> None:
    """Wherever it is killed, the run is not called done, and the next tick brings the very same end."""
    async with archive(tmp_path) as here:
        async with here.db.transaction() as tx:
            for number in range(4):
                for at in _AGES.values():
                    aged(tx, here.cast, at + timedelta(hours=number), card=number + int(at.timestamp()) % 100_000)
        program, bites = here.program(), 0

        async def dies(*_: Any) -> Any:
            nonlocal bites
            bites += 1
            if bites > stop_after:
                raise KeyboardInterrupt
            return await bite(*_)

        bite = program._bite
        program._bite = dies  # type: ignore[method-assign, assignment] # where a kill would come
        with pytest.raises(KeyboardInterrupt):
            await program.run()
        assert await here.rows("SELECT * FROM retention_runs") == []
        await here.tick()
        left = await here.rows("SELECT count(*), sum(visibility = 'P') FROM answers")
        assert left == [(4 * 4 + 4 * 2, 4 * 2)]
        assert len(await here.rows("SELECT run_on FROM retention_runs")) == 1
        assert len(await here.rows("SELECT * FROM outbox")) == 8


async def test_a_run_comes_once_a_month_also_after_downtime(tmp_path: Path) -> None:
    """Before four on the 1st nothing of the new month goes; weeks late it does, once; and the next month again."""
    async with archive(tmp_path) as here:
        async with here.db.transaction() as tx:
            aged(tx, here.cast, OLD)
        private = "SELECT count(*) FROM answers WHERE visibility = 'P'"
        await here.tick(RUN - timedelta(hours=1))
        assert await here.rows(private) == [(2,)]
        await here.tick(RUN + 20 * DAY)
        assert await here.rows(private) == [(0,)]
        async with here.db.transaction() as tx:
            aged(tx, here.cast, OLD)
        await here.tick(RUN + 25 * DAY)
        assert await here.rows(private) == [(2,)]
        await here.tick(RUN + 31 * DAY)
        assert await here.rows(private) == [(0,)]
        assert [one for (one,) in await here.rows("SELECT run_on FROM retention_runs ORDER BY 1")] == [
            "2026-11-01", "2026-12-01", "2027-01-01",
        ]  # fmt: skip
        rows = await here.rows("SELECT actor, subject FROM audit WHERE action = 'retention' ORDER BY seq")
        assert rows == [("clock", "2026-12-01/1/0/0"), ("clock", "2027-01-01/1/0/0")]


async def test_the_audit_says_what_went_and_is_silent_where_nothing_did(tmp_path: Path) -> None:
    """One row for each bite, with counts, which add up to what was there, also when the program was killed; and none
    in a month in which nothing is old enough."""
    noted = "SELECT subject FROM audit WHERE action = 'retention' ORDER BY seq"
    async with archive(tmp_path) as here:
        await here.tick()
        assert await here.rows(noted) == []
        async with here.db.transaction() as tx:
            for hours in range(3):
                aged(tx, here.cast, OLD + timedelta(hours=hours))
            aged(tx, here.cast, VERY_OLD)
        program = here.program()
        here.now = RUN + 31 * DAY
        program._settle = _dies  # where a kill would come
        with pytest.raises(KeyboardInterrupt):
            await program.run()
        await here.tick()
        subjects = [str(subject).split("/") for (subject,) in await here.rows(noted)]
        assert {one[0] for one in subjects} == {"2027-01-01"}
        assert [sum(int(one[place]) for one in subjects) for place in (1, 2)] == [4, 1]
        before = len(subjects)
        async with here.db.transaction() as tx:
            tx.write("INSERT INTO asked (person_id, page, what, at) SELECT id, 'week', 'x', '2020' FROM people LIMIT 1")
        await here.tick(RUN + 62 * DAY)
        assert [one for (one,) in await here.rows(noted)][before:] == ["2027-02-01/0/0/1"]


async def _dies(_: object) -> bool:
    raise KeyboardInterrupt


async def test_copies_from_before_updates_go_after_a_month(tmp_path: Path) -> None:
    """They hold what was deleted since. One that an update has just left stays, to go back to."""
    old, young = (tmp_path / f"e.db.schema-{number:04}.backup" for number in (8, 9))
    async with archive(tmp_path) as here:
        for copy, days in ((old, 31), (young, 29)):
            copy.write_bytes(b"invented")
            os.utime(copy, times=((RUN - days * DAY).timestamp(),) * 2)
        await here.tick()
    assert not old.exists()
    assert young.exists()


async def test_the_audit_is_pruned_from_its_oldest_end(tmp_path: Path) -> None:
    """Rows older than the audit is kept are gone, younger ones there."""
    async with archive(tmp_path) as here:
        async with here.db.transaction() as tx:
            for name, at in reversed(_AGES.items()):
                audit.note(tx, here.cast.lea.id, "read", name, at)
        await here.tick()
        assert await here.rows("SELECT subject FROM audit WHERE action = 'read' ORDER BY seq") == [("old",), ("young",)]
