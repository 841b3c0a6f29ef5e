"""`eftertanke people leave`: no access from the commit on, nothing lost, nobody left with nothing said."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from functools import partial

import pytest

from bot.dialogue.reminders import Status
from bot.now import real_now
from bot.service.remind_plan import series_of
from storage import asked, audit, chat, citizens, followups, lead_calls, outbox, people, reflections, reminders, threads
from storage.citizens import Citizen
from storage.database import Transaction
from storage.lead_calls import Kind
from storage.people import Person, Role
from tests.integration.cli_kit import NOW, Desk, Talk, desk, enrol
from tests.integration.storage_kit import citizen
from tests.integration.test_cli_people_change import messages

__all__ = ["desk"]


@pytest.fixture
def nord(desk: Desk) -> dict[str, Person]:
    """Anna and Bo are mentors in Nord, Lea leads it; Tue is a mentor in Syd."""
    desk.set_up()
    cast = (("Anna", Role.MENTOR, "Nord"), ("Bo", Role.MENTOR, "Nord"), ("Lea", Role.LEAD, "Nord"),
            ("Tue", Role.MENTOR, "Syd"))  # fmt: skip

    async def everybody(tx: Transaction) -> dict[str, Person]:
        return {
            name: await enrol(tx, name, number * 100, role=role, team=team)
            for number, (name, role, team) in enumerate(cast, 1)
        }

    return desk.stored(everybody)


def with_citizen(desk: Desk, mentor: Person, name: str = "B07") -> Citizen:
    """The mentor has an active citizen with an open thread."""

    async def go(tx: Transaction) -> Citizen:
        made = citizen(tx, mentor, name, NOW)
        await threads.open_thread(
            tx, citizen_id=made.id, mentor_id=mentor.id, team_id=mentor.team_id or "", opened_by=None, now=real_now()
        )
        return made

    return desk.stored(go)


def test_access_ends_and_citizens_go_on(desk: Desk, nord: dict[str, Person]) -> None:
    """Anna has left; Bo has her citizen with the thread's reminders and is told; it is audited by the operator."""
    anna, bo = nord["Anna"], nord["Bo"]
    b07 = with_citizen(desk, anna)
    told = desk.run("people", "leave", "anna", "--citizens-to", "Bo", "--json").json
    assert told == {
        "id": anna.id, "name": "Anna", "debriefs_closed": 0, "citizens_handed_over": 1, "citizens_without_mentor": 0,
        "team_without_lead": None,
    }  # fmt: skip

    async def look(tx: Transaction) -> None:
        gone, passed = await people.person(tx, anna.id), await citizens.get(tx, b07.id)
        assert gone is not None and gone.left_at is not None
        assert passed is not None and passed.mentor_id == bo.id
        assert [one.person_id for one in await reminders.waiting_of(tx, bo.id)] != []
        assert await reminders.standing_of(tx, anna.id) == []
        assert [(one.actor, one.action, one.subject) for one in await audit.entries(tx)][-1] == (
            "operator", "leave", anna.id,
        )  # fmt: skip

    desk.stored(look)
    assert messages(desk, bo) == ["👥 Anna er stoppet. Du går videre med: B07. Du finder dem med /borgere."]
    assert "Din adgang til Eftertanke er lukket" in messages(desk, anna)[0]


def test_what_waits_for_them_goes_but_not_their_deletions(desk: Desk, nord: dict[str, Person]) -> None:
    """Reminders lapse, messages are not sent, a question is forgotten; their own words and our cards leave the chat,
    what is too old to be deleted one by one."""
    anna = nord["Anna"]
    now = real_now()

    async def before(tx: Transaction) -> str:
        own = followups.add_own(tx, mentor_id=anna.id, citizen_id=None, kind="own", text="Mit", due_at=now,
                                due_has_time=True, now=now)  # fmt: skip
        reminders.add(tx, person_id=anna.id, kind="own", series=series_of(own.id), due_at=now, send_at=now, now=now,
                      followup_id=own.id)  # fmt: skip
        outbox.queue_send(tx, chat_id=anna.chat_id, payload='{"text": "Må ikke sendes"}', now=now)
        outbox.queue_card(tx, chat_id=anna.chat_id, card="page:x", payload='{"text": "Heller"}', fresh=True, now=now)
        outbox.queue_delete(tx, chat_id=anna.chat_id, message_ids=[41], now=now)
        asked.ask(tx, anna.id, "citizens", "a", now)
        for number, remove_at in ((42, now), (43, None)):
            chat.remember(tx, chat_id=anna.chat_id, message_id=number, reflection_id=None, typed_at=now,
                          remove_at=remove_at)  # fmt: skip
        outbox.set_card(tx, anna.chat_id, "page:new", 51, now)
        for number in (52, 53):
            outbox.set_card(tx, anna.chat_id, f"page:old{number}", number, now - timedelta(days=3))
        return own.id

    own = desk.stored(before)
    assert desk.run("people", "leave", "Anna").code == 0

    async def look(tx: Transaction) -> None:
        found = await reminders.of_series(tx, series_of(own))
        assert [one.status for one in found] == [Status.LAPSED]
        assert await asked.asked_of(tx, anna.id, NOW - timedelta(days=999)) is None
        waiting = await tx.all(
            "SELECT kind, payload FROM outbox WHERE chat_id = ? AND status = 'pending' ORDER BY seq", anna.chat_id
        )
        assert [row["kind"] for row in waiting] == ["delete", "send", "delete", "delete", "delete"]
        assert "er lukket" in waiting[1]["payload"]
        deleted = [json.loads(row["payload"]) for row in waiting if row["kind"] == "delete"]
        assert deleted == [[41], [42, 51], [52], [53]]
        kept = await followups.get(tx, own)
        assert kept is not None and kept.text == "Mit"

    desk.stored(look)


def test_an_open_debrief_is_closed_with_everything_kept(desk: Desk, nord: dict[str, Person]) -> None:
    """What was answered stays, what was typed leaves the chat, and whoever was missed goes on to the colleague."""
    anna = nord["Anna"]
    b07 = with_citizen(desk, anna)

    async def write() -> str:
        async with desk.database() as db:
            begun = await Talk(db, anna, real_now() - timedelta(hours=1)).begin()
            await begun.type("B07")
            return begun.reflection_id

    reflection = asyncio.run(write())
    said = desk.run("people", "leave", "Anna", "--citizens-to", "Bo")
    assert "Open debriefs closed: 1." in said.out and "Citizens handed over: 1." in said.out

    async def look(tx: Transaction) -> None:
        kept = await reflections.get(tx, reflection)
        assert kept is not None and kept.status == "closed" and kept.mentor_id == anna.id
        rows = await tx.all("SELECT question_id FROM answers WHERE reflection_id = ?", reflection)
        assert "citizen" in {row["question_id"] for row in rows}
        assert await reflections.open_of(tx, anna.id) is None
        assert b07.id == kept.citizen_id

    desk.stored(look)


def test_without_a_colleague_access_ends_all_the_same(desk: Desk, nord: dict[str, Person]) -> None:
    """It is said who has nobody now, and the same command hands them over later; twice it does nothing."""
    anna, bo = nord["Anna"], nord["Bo"]
    b07 = with_citizen(desk, anna)
    said = desk.run("people", "leave", "Anna")
    assert said.code == 0 and "1 active citizen has no mentor now" in said.out and "B07" in said.out
    assert f"eftertanke people leave {anna.id} --citizens-to NAME" in said.out
    desk.run("people", "leave", "Anna").refused("has left already", "--citizens-to")
    later = desk.run("people", "leave", anna.id, "--citizens-to", "Bo")
    assert (later.code, later.out) == (0, "Anna had left before.\nCitizens handed over: 1.\n")

    async def look(tx: Transaction) -> None:
        passed = await citizens.get(tx, b07.id)
        assert passed is not None and passed.mentor_id == bo.id

    desk.stored(look)
    assert len(messages(desk, anna)) == 1


def test_a_lead_leaves(desk: Desk, nord: dict[str, Person]) -> None:
    """That the team has no lead now is said, with what to do; a call that only this lead could have answered tells the
    mentor to phone; no summary is sent."""
    anna, lea = nord["Anna"], nord["Lea"]

    async def call(tx: Transaction) -> None:
        lead_calls.add(tx, mentor_id=anna.id, team_id=anna.team_id or "", kind=Kind.NOW, citizen_id=None,
                       lead_ids=[lea.id], now=real_now())  # fmt: skip
        tx.write(
            "INSERT INTO week_files (id, person_id, week, kind, asked_at) VALUES ('w', ?, '2026-W47', 'report', ?)",
            lea.id, "2026-11-23T09:30:00.000000Z",
        )  # fmt: skip

    desk.stored(call)
    said = desk.run("people", "leave", "Lea")
    assert "Nord has no lead now" in said.out and "eftertanke people role NAME lead" in said.out

    async def look(tx: Transaction) -> None:
        (row,) = await tx.all("SELECT unseen_told_at FROM lead_calls")
        assert row["unseen_told_at"] is not None
        assert await tx.all("SELECT id FROM week_files") == []
        told = await tx.all("SELECT card FROM outbox WHERE chat_id = ?", anna.chat_id)
        assert [row["card"].rpartition(":")[0] for row in told] == ["page:call"]

    desk.stored(look)


def test_a_mentor_who_waits_for_the_lead_leaves(desk: Desk, nord: dict[str, Person]) -> None:
    """Their call is told of to nobody again, and the lead may still answer it."""
    anna, lea = nord["Anna"], nord["Lea"]

    async def call(tx: Transaction) -> None:
        lead_calls.add(tx, mentor_id=anna.id, team_id=anna.team_id or "", kind=Kind.NOW, citizen_id=None,
                       lead_ids=[lea.id], now=real_now() - timedelta(minutes=1))  # fmt: skip

    desk.stored(call)
    assert desk.run("people", "leave", "Anna").code == 0
    assert desk.stored(lambda tx: lead_calls.waiting(tx, real_now())) == []
    assert messages(desk, lea) == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["Xenia"], "eftertanke people"),
        (["Anna", "--citizens-to", "Tue"], "--citizens-to"),
        (["Anna", "--citizens-to", "Anna"], "--citizens-to"),
        (["Anna", "--citizens-to", "Lea"], "--citizens-to"),
        (["Lea", "--citizens-to", "Bo"], "leave --citizens-to out"),
        ([" "], "readable"),
    ],
)
def test_asked_wrongly(desk: Desk, nord: dict[str, Person], arguments: list[str], word: str) -> None:
    """Each mistake is one sentence that says what to do, and nobody has left."""
    said = desk.run("people", "leave", *arguments)
    assert said.code in (1, 2) and word in said.err and said.err.count("\n") == 1 and said.out == ""
    assert all(one["left_at"] is None for one in desk.run("people", "--json").json)
    assert nord


def test_two_of_one_name(desk: Desk, nord: dict[str, Person]) -> None:
    """With two Annas the id decides; one who has left is not meant when another is here."""
    desk.stored(lambda tx: enrol(tx, "Anna", 900))
    desk.run("people", "leave", "Anna").refused("2 called Anna", "id")
    assert desk.run("people", "leave", nord["Anna"].id).code == 0
    assert desk.run("people", "leave", "Anna").code == 0


def test_help_has_an_example(desk: Desk) -> None:
    """The command's help shows how it is written."""
    said = desk.run("people", "leave", "--help")
    assert said.code == 0 and "eftertanke people leave" in said.out.split("Example:")[1]


def test_the_last_administrator_leaves(desk: Desk, nord: dict[str, Person]) -> None:
    """Nobody could be asked any more: the operator is told, and how to invite one; not while another one is there."""
    for number, name in ((910, "Ada"), (920, "Aja")):
        desk.stored(partial(enrol, name=name, number=number, role=Role.ADMIN, team=None))
    assert "administrator" not in desk.run("people", "leave", "Ada").out
    said = desk.run("people", "leave", "Aja").out
    assert "There is no administrator now." in said and "eftertanke invite --role admin" in said and nord
