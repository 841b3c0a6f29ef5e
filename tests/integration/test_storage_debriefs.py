"""Debriefs and what belongs to them: answers, shares, follow-ups, guides."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest

from storage import answers, followups, guides, reflections, shares
from storage.database import Conflict, Transaction
from storage.followups import FollowupStatus, Wanted
from tests.integration.storage_kit import MINUTE, NOW, answer, cast, debrief, opened


async def test_a_debrief_is_read_as_written(tmp_path: Path) -> None:
    """By id and by token, open and set aside."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        mine = debrief(tx, c.anna)
        aside = [debrief(tx, c.anna, status="aside", started=NOW + n * MINUTE) for n in (1, 2)]
        assert await reflections.get(tx, mine.id) == mine
        assert await reflections.by_token(tx, mine.token) == mine
        assert await reflections.open_of(tx, c.anna.id) == mine
        assert await reflections.aside_of(tx, c.anna.id) == aside[::-1]
        assert await reflections.open_of(tx, c.bo.id) is None
        assert await reflections.by_token(tx, "nothing") is None


async def test_a_turn_begins_with_person_and_open_debrief(tmp_path: Path) -> None:
    """One query gives both, either or none; what is closed or another's does not count."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        debrief(tx, c.anna, status="saved")
        debrief(tx, c.anna, status="aside")
        assert await reflections.turn_context(tx, c.anna.chat_id) == (c.anna, None)
        mine = debrief(tx, c.anna)
        assert await reflections.turn_context(tx, c.anna.chat_id) == (c.anna, mine)
        assert await reflections.turn_context(tx, c.bo.chat_id) == (c.bo, None)
        assert await reflections.turn_context(tx, 404) == (None, None)


async def test_a_mentor_has_one_open_debrief(tmp_path: Path) -> None:
    """A second one is a conflict; with the first set aside it is not, and another mentor is free."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            c = await cast(tx)
            first = debrief(tx, c.anna)
            debrief(tx, c.bo)
        with pytest.raises(Conflict):
            async with database.transaction() as tx:
                debrief(tx, c.anna)
        async with database.transaction() as tx:
            put(tx, first, status="aside")
            debrief(tx, c.anna)


def put(tx: Transaction, one: reflections.Reflection, **changes: object) -> None:
    """Write a debrief's moving parts with some of them changed."""
    new = dataclasses.replace(one, **changes)  # type: ignore[arg-type]  # the test names real fields
    reflections.put(
        tx,
        one.id,
        state=new.state,
        status=new.status,
        length=new.length,
        citizen_id=new.citizen_id,
        finished_at=new.finished_at,
        touched_at=new.touched_at,
    )


async def test_where_the_dialogue_stands_is_kept(tmp_path: Path) -> None:
    """State, status, length, end and last touch are changed; beginning, guide and owner are not."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        mine = debrief(tx, c.anna)
        put(
            tx, mine, state='{"q": 2}', status="saved", length="full", finished_at=NOW + MINUTE, touched_at=NOW + MINUTE
        )
        reflections.nudged(tx, mine.id, NOW + 2 * MINUTE)
        assert await reflections.get(tx, mine.id) == dataclasses.replace(
            mine,
            state='{"q": 2}',
            status="saved",
            length="full",
            finished_at=NOW + MINUTE,
            touched_at=NOW + MINUTE,
            nudged_at=NOW + 2 * MINUTE,
        )


async def test_quiet_debriefs_are_the_unfinished_ones(tmp_path: Path) -> None:
    """Open and set aside, untouched since then, the quietest first."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        old = debrief(tx, c.anna, started=NOW - timedelta(hours=3))
        older = debrief(tx, c.anna, status="aside", started=NOW - timedelta(hours=4))
        debrief(tx, c.bo, started=NOW - timedelta(hours=1))
        debrief(tx, c.bo, status="saved", started=NOW - timedelta(hours=5))
        assert await reflections.quiet_since(tx, NOW - timedelta(hours=2)) == [older, old]


async def test_superseding_adds_and_never_overwrites(tmp_path: Path) -> None:
    """The earlier revision stays as it was but for its marks; the newest is the current one."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        mine = debrief(tx, c.anna)
        first = answer(mine, "mood", 4, message_id=11)
        second = answer(mine, "mood", {"at": "æøå 😀", "picks": [1, None]}, revision=2)
        other = answer(mine, "place", None)
        answers.put_answer(tx, first, None)
        answers.put_answer(tx, other, None)
        answers.put_answer(tx, second, first.id)
        marked = dataclasses.replace(first, superseded_at=second.answered_at, superseded_by=second.id)
        assert await answers.current(tx, mine.id) == [second, other]
        assert await answers.all_of(tx, mine.id, revisions=True) == [marked, second, other]
        assert await answers.all_of(tx, mine.id, revisions=False) == await answers.current(tx, mine.id)
        assert await answers.revision_numbers(tx, mine.id) == {"mood": 2, "place": 1}


async def test_two_current_answers_are_a_conflict(tmp_path: Path) -> None:
    """Whoever supersedes what is superseded already, or forgets to, loses nothing of what is there."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            c = await cast(tx)
            mine = debrief(tx, c.anna)
            first, second = answer(mine, "mood", 4), answer(mine, "mood", 5, revision=2)
            answers.put_answer(tx, first, None)
            answers.put_answer(tx, second, first.id)
        for previous in (None, first.id):
            with pytest.raises(Conflict):
                async with database.transaction() as tx:
                    answers.put_answer(tx, answer(mine, "mood", 1, revision=3), previous)
        async with database.transaction() as tx:
            assert await answers.current(tx, mine.id) == [second]
            answers.put_answer(tx, answer(mine, "mood", 1, revision=99), second.id)
            assert [row.revision for row in await answers.current(tx, mine.id)] == [3], "the table numbers revisions"


async def test_a_closed_branch_keeps_its_answer_on_record(tmp_path: Path) -> None:
    """Superseded without a successor: it does not count, it is there, and a later answer goes on counting revisions."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        mine = debrief(tx, c.anna)
        first = answer(mine, "mood", 4)
        answers.put_answer(tx, first, None)
        answers.supersede(tx, first.id, NOW)
        answers.supersede(tx, first.id, NOW + MINUTE)  # a second time changes nothing
        assert await answers.current(tx, mine.id) == []
        assert await answers.all_of(tx, mine.id, revisions=True) == [dataclasses.replace(first, superseded_at=NOW)]
        answers.put_answer(tx, answer(mine, "mood", 5, revision=2), None)
        assert [one.value for one in await answers.current(tx, mine.id)] == [5]


async def test_an_answer_is_found_by_the_message_that_gave_it(tmp_path: Path) -> None:
    """The newest revision of it, and only for the mentor whose message it is: numbers are the chat's own."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        mine, bos = debrief(tx, c.anna), debrief(tx, c.bo)
        first = answer(mine, "mood", "a", message_id=11)
        second = answer(mine, "mood", "b", revision=2, message_id=11)
        theirs = answer(bos, "mood", "c", message_id=11)
        answers.put_answer(tx, first, None)
        answers.put_answer(tx, second, first.id)
        answers.put_answer(tx, theirs, None)
        assert await answers.by_message(tx, c.anna.id, 11) == second
        assert await answers.by_message(tx, c.bo.id, 11) == theirs
        assert await answers.by_message(tx, c.anna.id, 12) is None


async def test_streams_give_everything_in_the_same_order(tmp_path: Path) -> None:
    """Debriefs by id and answers by debrief: an export can walk both at once."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            c = await cast(tx)
            made = [debrief(tx, c.anna, status="saved", started=NOW + n * MINUTE) for n in range(3)]
            for one in made[::-1]:
                first = answer(one, "mood", 1)
                answers.put_answer(tx, first, None)
                answers.put_answer(tx, answer(one, "mood", 2, revision=2), first.id)
        async with database.snapshot() as view:
            assert [one async for one in reflections.stream(view)] == made
            every = [one async for one in answers.stream(view, revisions=True)]
            current = [one async for one in answers.stream(view, revisions=False)]
        assert [one.reflection_id for one in every] == [one.id for one in made for _ in range(2)]
        assert [(one.reflection_id, one.value) for one in current] == [(one.id, 2) for one in made]


async def test_shares_can_be_taken_back_and_given_again(tmp_path: Path) -> None:
    """Sharing twice is once; what was shared before stays on record."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        mine = debrief(tx, c.anna)
        shares.share(tx, mine.id, ["mood", "place"], NOW)
        shares.share(tx, mine.id, ["mood"], NOW)
        assert await shares.shared(tx, mine.id) == {"mood", "place"}
        shares.withdraw(tx, mine.id, ["mood", "never"], NOW + MINUTE)
        assert await shares.shared(tx, mine.id) == {"place"}
        shares.share(tx, mine.id, ["mood"], NOW + 2 * MINUTE)
        assert await shares.shared(tx, mine.id) == {"mood", "place"}
        assert await tx.one("SELECT count(*) AS n FROM shares") == {"n": 3}


async def test_followups_follow_the_answers(tmp_path: Path) -> None:
    """New ones are added, changed ones changed in place, unwanted ones lapse and come back; ids stay."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        mine = debrief(tx, c.anna)

        async def now_wanted(*wanted: Wanted) -> list[tuple[str, str | None, str]]:
            followups.reconcile(tx, mentor_id=c.anna.id, citizen_id=None, reflection_id=mine.id, wanted=wanted, now=NOW)
            found = await followups.of_reflection(tx, mine.id)
            return [(one.kind, one.text, one.status) for one in found]

        book, meet = Wanted("register", "journal"), Wanted("agreed", "agreements", 0, "ringe", NOW, True)
        assert await now_wanted(book, meet) == [("register", None, "open"), ("agreed", "ringe", "open")]
        before = await followups.of_reflection(tx, mine.id)
        assert before[1].due_at == NOW
        assert before[1].due_has_time
        moved = dataclasses.replace(meet, text="skrive", due_at=None, due_has_time=False)
        assert await now_wanted(moved) == [("register", None, "lapsed"), ("agreed", "skrive", "open")]
        assert await now_wanted() == [("register", None, "lapsed"), ("agreed", "skrive", "lapsed")]
        assert await now_wanted(book) == [("register", None, "open"), ("agreed", "skrive", "lapsed")]
        after = await followups.of_reflection(tx, mine.id)
        assert [one.id for one in after] == [one.id for one in before]
        assert after[0].closed_at is None


@pytest.mark.parametrize("status", [FollowupStatus.DONE, FollowupStatus.DROPPED])
async def test_what_the_mentor_closed_stays_closed(tmp_path: Path, status: FollowupStatus) -> None:
    """Neither wanting it again nor no longer wanting it touches it, and a second tap changes nothing."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        mine = debrief(tx, c.anna)
        for wanted in ([Wanted("register", "journal", text="a")], [Wanted("register", "journal", text="b")], []):
            followups.reconcile(tx, mentor_id=c.anna.id, citizen_id=None, reflection_id=mine.id, wanted=wanted, now=NOW)
            (one,) = await followups.of_reflection(tx, mine.id)
            closed = await followups.close(tx, one.id, status, NOW + MINUTE)
            assert closed is bool(wanted and wanted[0].text == "a")
        kept = await followups.get(tx, one.id)
        assert kept is not None
        assert (kept.text, kept.status, kept.closed_at) == ("a", status, NOW + MINUTE)


async def test_a_guide_is_kept_once_and_as_it_was(tmp_path: Path) -> None:
    """The same hash again does not change what is there."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        guides.keep(tx, "h", "efter", 1, "{}", NOW)
        guides.keep(tx, "h", "other", 2, "[]", NOW)
        assert await guides.content(tx, "h") == "{}"
        assert await guides.content(tx, "none") is None
