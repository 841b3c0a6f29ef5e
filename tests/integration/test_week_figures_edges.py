"""The week's figures where it gets delicate: edges of weeks, who belongs where, what a lead may know, what was when."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.dialogue.events import Press
from bot.dialogue.summary import Distribution, Week, WeeklySummary
from storage import attempts, citizens, followups, people, shares, supervision, threads
from storage.followups import FollowupStatus
from storage.migrating import shipped_steps
from storage.sqlite import open_sqlite
from storage.times import moment
from tests.integration.storage_kit import KEY
from tests.integration.week_figures_kit import LONG_AGO, Moves, Office, at, office

WEEK = Week(2026, 47)
MET: Moves = {"outcome": ("as_agreed",), "minutes_used": ("m30",), "toughness": ("2",), "next_contact": ("no",)}
MISSED: Moves = {"outcome": ("did_not_come",), "reach_tried": ("call",), "next_contact": ("no",)}
REGISTERED: Moves = {**MISSED, "absence_decision": ("register",)}
THREAT: Moves = {
    **MET, "toughness": ("5",), "safe_now": ("yes",), "safety": ("threat", Press.DONE), "next_moved": ("yes",),
}  # fmt: skip


@pytest.fixture
async def nord(tmp_path: Path) -> AsyncIterator[Office]:
    """An empty office."""
    async with office(tmp_path) as found:
        yield found


@pytest.mark.parametrize("week", [Week(2026, 43), Week(2026, 13), Week(2026, 53), Week(2027, 1)], ids=str)
async def test_a_week_is_from_midnight_to_midnight(nord: Office, week: Week) -> None:
    """The first and the last minute belong to it, those beside do not: clocks changed or not, old year or new."""
    anna = await nord.enrol("Anna")
    b07 = await nord.citizen(anna, "B07", LONG_AGO)
    for then in (at(week, -1, 23, 59), at(week, 0, 0, 0), at(week, 6, 23, 59), at(week, 7, 0, 0)):
        await nord.debrief(anna, b07, then, MET)
    assert (await nord.summary(week)).debriefs[-2:] == (1, 2)
    assert (await nord.summary(week.moved(1))).debriefs[-2:] == (2, 1)


async def test_the_meeting_decides_not_the_writing(nord: Office) -> None:
    """Written on Monday about Sunday it belongs to the week before; corrected on the receipt it moves there."""
    anna = await nord.enrol("Anna")
    b07 = await nord.citizen(anna, "B07", LONG_AGO)
    monday = at(WEEK, 0, 9)
    await nord.debrief(anna, b07, monday, {**MET, "contact_when": ("yesterday",)}, full=True)
    assert (await nord.summary(WEEK)).debriefs[-2:] == (1, 0)
    await nord.debrief(anna, b07, monday, MET, change={"contact_when": ("yesterday",)})
    assert (await nord.summary(WEEK)).debriefs[-2:] == (2, 0)
    await nord.debrief(anna, b07, monday, MET, change={"contact_when": ("yesterday",), "outcome": ("acute",)})
    assert (await nord.summary(WEEK)).debriefs[-2:] == (3, 0)
    twice = {"contact_when": ("date", "d7"), "minutes_used": ("m60",)}
    one = await nord.debrief(anna, b07, monday, MET, change=twice)
    assert (await nord.summary(WEEK)).debriefs[-3:] == (0, 4, 0)
    async with nord.db.transaction() as tx:
        row = await tx.one("SELECT met_at FROM reflections WHERE id = ?", one)
    assert row is not None and row["met_at"].startswith("2026-11-09T")


async def test_only_what_has_ended_counts(nord: Office) -> None:
    """Saved and stopped ones; not the open one, nor the one set aside."""
    names = [await nord.enrol(name) for name in ("Anna", "Bo", "Clara", "David")]
    b07 = await nord.citizen(names[0], "B07", LONG_AGO)
    for mentor, end in zip(names, (Press.SAVE, Press.STOP, Press.LATER, None), strict=True):
        await nord.debrief(mentor, b07, at(WEEK, 1), MET, end=end, until="adjusted" if end is Press.STOP else "")
    async with nord.db.transaction() as tx:
        rows = await tx.all("SELECT status FROM reflections ORDER BY status")
    assert [row["status"] for row in rows] == ["aside", "open", "saved", "stopped"]
    summary = await nord.summary(WEEK)
    assert (summary.debriefs[-1], summary.mentors, summary.minutes[-1]) == (2, 2, 60)


async def test_an_empty_week(nord: Office) -> None:
    """Nothing written and nothing open is an empty summary, with all its weeks."""
    await nord.enrol("Anna")
    summary = await nord.summary(WEEK)
    assert summary.is_empty and summary.debriefs == (0,) * 8 and summary.outcomes == ()
    assert (summary.weeks[0], summary.weeks[-1], summary.at) == (Week(2026, 40), WEEK, at(WEEK, 7, 0))


async def test_figures_stay_with_the_team(nord: Office) -> None:
    """A mentor who moved or left, and a lead who changed: what was written stays where it was written."""
    anna, bo = await nord.enrol("Anna"), await nord.enrol("Bo")
    lea = await nord.enrol("Lea", role=people.Role.LEAD)
    b07, b08 = await nord.citizen(anna, "B07", LONG_AGO), await nord.citizen(bo, "B08", LONG_AGO)
    await nord.debrief(anna, b07, at(WEEK, 1), REGISTERED)
    await nord.debrief(bo, b08, at(WEEK, 1), MET)
    before = await nord.summary(WEEK)
    syd = await nord.team("Syd")
    async with nord.db.transaction() as tx:
        people.mark_left(tx, bo.id, at(WEEK, 3))
        people.mark_left(tx, lea.id, at(WEEK, 3))
        tx.write("UPDATE people SET team_id = ? WHERE id = ?", syd.id, anna.id)
    await nord.enrol("Mia", role=people.Role.LEAD)
    assert await nord.summary(WEEK) == before
    assert (before.debriefs[-1], before.mentors, len(before.absence.waiting)) == (2, 2, 2)
    assert (await nord.summary(WEEK, team="Syd")).is_empty


def spread(summary: WeeklySummary, question: str) -> Distribution:
    """One of the distributions."""
    return next(one for one in summary.distributions if one.question == question)


@pytest.mark.parametrize(
    ("mentors", "answers", "shown"), [(3, 10, True), (3, 9, False), (2, 10, False), (2, 20, False), (4, 11, True)]
)
async def test_distributions_need_three_mentors_and_ten_answers(
    nord: Office, mentors: int, answers: int, shown: bool
) -> None:
    """One fewer of either, and the numbers are left out and say so; skipped answers do not help."""
    names = [await nord.enrol(f"Mentor {n}") for n in range(mentors)]
    b07 = await nord.citizen(names[0], "B07", LONG_AGO)
    for n in range(answers):
        await nord.debrief(names[n % mentors], b07, at(WEEK, n % 5, 8 + n % 9), MET)
    await nord.debrief(names[0], b07, at(WEEK, 5), {**MET, "toughness": (Press.SKIP,)})
    tough = spread(await nord.summary(WEEK), "toughness")
    assert tough.shown == (False,) * 7 + (shown,) and tough.total == (answers if shown else 0)
    assert {count.choice: count.now for count in tough.counts}["2"] == (answers if shown else 0)
    assert spread(await nord.summary(WEEK), "participation").total == 0


async def test_what_gives_a_tough_visit_away_is_not_told(nord: Office) -> None:
    """A moved appointment, a lead to be told, own notes: none of it is overdue or waiting for the lead."""
    anna = await nord.enrol("Anna")
    b07 = await nord.citizen(anna, "B07", at(WEEK, 0))
    await nord.debrief(anna, b07, at(WEEK, 1), {**THREAT, "safety_reached": ("nobody_yet",)})
    async with nord.db.transaction() as tx:
        followups.add_own(
            tx, mentor_id=anna.id, citizen_id=b07.id, kind="own", text="mit eget", due_at=at(WEEK, 2),
            due_has_time=True, now=at(WEEK, 1),
        )  # fmt: skip
        kinds = {row["kind"] for row in await tx.all("SELECT kind FROM followups WHERE status = 'open'")}
    assert kinds == {"move_appointment", "safety_lead", "own"}
    summary = await nord.summary(WEEK.moved(2))
    assert (summary.overdue, summary.absence.waiting) == ((), ())
    assert "mit eget" not in repr(summary)


async def test_safety_is_named_only_when_the_mentor_let_the_lead_know(nord: Office) -> None:
    """Counted always; named once told; its kinds once shared; spoken once the wish was taken up."""
    anna, lea = await nord.enrol("Anna"), await nord.enrol("Lea", role=people.Role.LEAD)
    b07 = await nord.citizen(anna, "B07", at(WEEK, 0))
    alone = await nord.debrief(anna, b07, at(WEEK, 1), {**THREAT, "safety_reached": ("nobody_yet",)})
    await nord.debrief(anna, b07, at(WEEK, 2), {**THREAT, "safety": ("just_hard",), "safety_reached": ("nobody_yet",)})
    told = await nord.debrief(
        anna, b07, at(WEEK, 3), {**THREAT, "safety_reached": ("tell_lead", Press.DONE), "supervision": ("soon",)},
        full=True,
    )  # fmt: skip
    safety = (await nord.summary(WEEK)).safety
    assert (safety.events[-1], safety.spoken, safety.alone) == (2, 0, 1)
    assert [(one.mentor, one.kinds, one.spoken) for one in safety.known] == [("Anna", (), False)]
    async with nord.db.transaction() as tx:
        shares.share(tx, alone, ["safety"], at(WEEK, 4))
        wish = await supervision.wish_in(tx, told)
        assert wish is not None
        row = {"lead_id": lea.id, "day": WEEK.monday}
        await tx.run(
            "INSERT INTO supervision_taken (id, reflection_id, wish_id, lead_id, day, marked_at)"
            " VALUES ('t', ?, ?, ?, ?, '2026-11-21T09:00:00.000000Z')",
            told, wish.wish_id, row["lead_id"], str(row["day"]),
        )  # fmt: skip
    known = (await nord.summary(WEEK)).safety.known
    assert [(one.kinds, one.spoken) for one in known] == [(("threat",), False), ((), True)]
    async with nord.db.transaction() as tx:
        shares.withdraw(tx, alone, ["safety"], at(WEEK, 5))
    assert len((await nord.summary(WEEK)).safety.known) == 1


async def test_open_things_are_as_of_the_weeks_end(nord: Office) -> None:
    """Done on Tuesday after, it still waited on Sunday; made on Tuesday after, it did not yet."""
    anna = await nord.enrol("Anna")
    b07 = await nord.citizen(anna, "B07", at(WEEK, 0))
    one = await nord.debrief(anna, b07, at(WEEK, 1), {**MISSED, "absence_decision": ("wait",)})
    await nord.debrief(anna, b07, at(WEEK, 8), {**MISSED, "absence_decision": ("lead_first",)})
    async with nord.db.transaction() as tx:
        decide = next(f for f in await followups.of_reflection(tx, one) if f.kind == "decide")
        await followups.close(tx, decide.id, FollowupStatus.DONE, at(WEEK, 8, 15))
    later = at(WEEK, 10)
    waiting = (await nord.summary(WEEK, later)).absence.waiting
    assert [(w.kind, w.by, w.overdue, w.pseudonym) for w in waiting] == [("decide", at(WEEK, 4, 9), True, "B07")]
    assert [w.kind for w in (await nord.summary(WEEK.moved(1), later)).absence.waiting] == ["talk_with_lead"]


async def test_a_hearing_s_day_is_told_once_it_is_shared(nord: Office) -> None:
    """That a hearing waits follows from the registered absence; its day is the mentor's answer, for supervision."""
    anna = await nord.enrol("Anna")
    b07 = await nord.citizen(anna, "B07", at(WEEK, 0))
    one = await nord.debrief(anna, b07, at(WEEK, 1), {**REGISTERED, "hearing": ("knows_no_help",)}, full=True)
    async with nord.db.transaction() as tx:
        assert any(f.kind == "hearing" and f.due_at for f in await followups.of_reflection(tx, one))
    by = {w.kind: (w.by, w.overdue) for w in (await nord.summary(WEEK)).absence.waiting}
    assert by == {"hearing": (None, False), "record_entry": (None, False)}
    async with nord.db.transaction() as tx:
        shares.share(tx, one, ["hearing"], at(WEEK, 2))
    first = (await nord.summary(WEEK)).absence.waiting[0]
    assert (first.kind, first.overdue) == ("hearing", True) and first.by is not None


async def test_the_next_contact_is_overdue_until_it_was_had_or_tried(nord: Office) -> None:
    """Whether anybody ticked it off or not: a later visit, also one in vain, has taken its place."""
    anna = await nord.enrol("Anna")
    b07 = await nord.citizen(anna, "B07", at(WEEK, 0))
    await nord.debrief(anna, b07, at(WEEK, 1), {**MET, "next_contact": ("tomorrow",)})
    overdue = (await nord.summary(WEEK)).overdue
    assert [(o.kind, o.pseudonym, o.mentor, o.days) for o in overdue] == [("next_contact", "B07", "Anna", 5)]
    await nord.debrief(anna, b07, at(WEEK, 3), MISSED)
    assert (await nord.summary(WEEK)).overdue == ()


async def test_nobody_was_named(nord: Office) -> None:
    """A debrief about nobody in particular: what it leaves is told without a name, and the week counts it."""
    anna = await nord.enrol("Anna")
    await nord.debrief(anna, None, at(WEEK, 1), {**REGISTERED, "next_contact": ("tomorrow",)})
    summary = await nord.summary(WEEK)
    assert {w.pseudonym for w in summary.absence.waiting} == {"?"} and len(summary.absence.waiting) == 2
    assert [(one.kind, one.pseudonym) for one in summary.overdue] == [("next_contact", None)]


async def test_without_contact_says_who_was_told_and_what_rests(nord: Office) -> None:
    """The thread's marks as of the week's end, the channels agreed with the citizen, an attempt that was corrected."""
    anna = await nord.enrol("Anna")
    b07 = await nord.citizen(anna, "B07", at(WEEK.moved(-3), 0))
    await nord.debrief(anna, b07, at(WEEK.moved(-2), 0), MISSED)
    async with nord.db.transaction() as tx:
        citizens.set_channels(tx, b07.id, ["visit", "call", "text"])
        thread = await threads.thread_of(tx, b07.id)
        assert thread is not None
        threads.lead_told(tx, thread.id, at(WEEK, 2))
        threads.caseworker_told(tx, thread.id, at(WEEK, 9))
        threads.pause(tx, thread.id, at(WEEK, 20))
        wrong = attempts.add_attempt(
            tx, thread, mentor_id=anna.id, channel="visit", result="no_answer", at=at(WEEK, 3), now=at(WEEK, 3)
        )
        await attempts.correct_attempt(
            tx, wrong.id, channel="call", result="no_answer", at=at(WEEK, 3), now=at(WEEK, 3, 13)
        )
    (one,) = (await nord.summary(WEEK, at(WEEK, 10))).without_contact
    assert (one.days, one.band, one.never, one.tried, one.untried) == (28, 14, True, (("call", 2),), ("text", "visit"))
    assert (one.told_lead, one.told_caseworker, one.paused) == (at(WEEK, 2), None, True)


async def test_a_wish_is_listed_until_it_is_taken_up(nord: Office) -> None:
    """From whatever week it is, soon before next; the focus stays with the mentor until it is shared."""
    anna = await nord.enrol("Anna")
    b07 = await nord.citizen(anna, "B07", at(WEEK, 0))
    old, new = WEEK.moved(-12), WEEK.moved(-1)
    wish = {**MET, "supervision": ("next",), "supervision_focus": ("Hvor langt går jeg?",)}
    first = await nord.debrief(anna, b07, at(old, 1), wish, full=True)
    await nord.debrief(anna, b07, at(new, 1), {**wish, "supervision": ("soon",)}, full=True)
    wishes = (await nord.summary(WEEK)).supervision
    assert [(one.soon, one.focus, one.pseudonym) for one in wishes] == [(True, None, None), (False, None, None)]
    async with nord.db.transaction() as tx:
        shares.share(tx, first, ["supervision_focus"], at(WEEK, 1))
    assert (await nord.summary(WEEK)).supervision[1].focus == "Hvor langt går jeg?"
    assert len((await nord.summary(old)).supervision) == 1


async def test_seen_from_the_middle_of_the_week(nord: Office) -> None:
    """A week that is not over is as of now: what happened at this very moment is in it."""
    anna = await nord.enrol("Anna")
    b07 = await nord.citizen(anna, "B07", at(WEEK.moved(-3), 0))
    await nord.debrief(anna, b07, at(WEEK, 2), {**MET, "contact_when": ("now",)}, full=True)
    async with nord.db.transaction() as tx:
        row = await tx.one("SELECT met_at FROM reflections")
    assert row is not None
    now = moment(row["met_at"])
    summary = await nord.summary(WEEK, now)
    assert (summary.at, summary.debriefs[-1], summary.without_contact) == (now, 1, ())
    assert asdict(summary)["week"] == {"year": 2026, "number": 47}


async def test_a_database_of_before_is_read(tmp_path: Path) -> None:
    """Debriefs written before there was a time of meeting belong to the week in which they were begun."""
    old = await open_sqlite(tmp_path / "old.db", KEY, create=True, steps=shipped_steps()[:4])
    async with old.transaction() as tx:
        tx.write("INSERT INTO people (id, telegram_id, chat_id, name, role, language, zone, created_at)"
                 " VALUES ('p', 1, 1, 'Anna', 'mentor', 'da', 'Europe/Copenhagen', 'x')")  # fmt: skip
        tx.write("INSERT INTO guides VALUES ('h', 'efter', 1, '{}', 'x')")
        tx.write("INSERT INTO reflections (id, token, mentor_id, guide, guide_version, guide_hash, length, status,"
                 " started_at, touched_at, state) VALUES ('r', 't', 'p', 'efter', 1, 'h', 'short', 'saved',"
                 " '2026-11-22T13:10:00.000000Z', 'x', '{}')")  # fmt: skip
    await old.close()
    new = await open_sqlite(tmp_path / "old.db", KEY, create=False)
    async with new.transaction() as tx:
        row = await tx.one("SELECT met_at FROM reflections")
    await new.close()
    assert row is not None and row["met_at"] == "2026-11-22T13:10:00.000000Z"
