"""`eftertanke people move` and `people role`: teams and leads change, and nothing and nobody is left behind unsaid."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest

from bot.dialogue.reminders import Status
from bot.now import real_now
from bot.service.reach_plan import series
from bot.service.remind_plan import series_of
from storage import audit, citizens, followups, people, reminders, threads
from storage.citizens import Citizen
from storage.database import Transaction
from storage.people import Person, Role
from tests.integration.cli_kit import NOW, Desk, desk, enrol
from tests.integration.storage_kit import citizen, debrief

__all__ = ["desk"]


@pytest.fixture
def nord(desk: Desk) -> dict[str, Person]:
    """Anna and Bo are mentors in Nord, Lea leads it; Tue leads Syd; Ada is an admin."""
    desk.set_up()
    cast = (("Anna", Role.MENTOR, "Nord"), ("Bo", Role.MENTOR, "Nord"), ("Lea", Role.LEAD, "Nord"),
            ("Tue", Role.LEAD, "Syd"), ("Ada", Role.ADMIN, None))  # fmt: skip

    async def everybody(tx: Transaction) -> dict[str, Person]:
        return {
            name: await enrol(tx, name, number * 100, role=role, team=team)
            for number, (name, role, team) in enumerate(cast, 1)
        }

    return desk.stored(everybody)


def now_of(desk: Desk, name: str) -> tuple[str, str | None]:
    """Role and team by name, as the list shows them."""
    told = {one["name"]: one for one in desk.run("people", "--json").json}
    return told[name]["role"], told[name]["team"]


def messages(desk: Desk, to: Person) -> list[str]:
    """What waits to be sent to somebody."""
    rows = desk.stored(lambda tx: tx.all("SELECT payload FROM outbox WHERE chat_id = ? ORDER BY seq", to.chat_id))
    return [json.loads(row["payload"])["text"] for row in rows]


def with_citizen(desk: Desk, mentor: Person, name: str = "B07") -> Citizen:
    """The mentor has an active citizen."""

    async def go(tx: Transaction) -> Citizen:
        return citizen(tx, mentor, name, NOW)

    return desk.stored(go)


def test_a_mentor_without_citizens_moves(desk: Desk, nord: dict[str, Person]) -> None:
    """The debriefs of before keep their team; the mentor is told in the chat who may see what; it is audited."""

    async def before(tx: Transaction) -> str:
        return debrief(tx, nord["Anna"], status="saved").id

    written = desk.stored(before)
    said = desk.run("people", "move", "anna", "--team", "syd")
    assert said.code == 0 and "Anna is now mentor in the team Syd." in said.out
    assert "What was written before stays in Nord." in said.out
    assert now_of(desk, "Anna") == ("mentor", "Syd")
    rows = desk.stored(lambda tx: tx.all("SELECT team_id FROM reflections WHERE id = ?", written))
    assert rows[0]["team_id"] == nord["Anna"].team_id
    assert "Du hører nu til teamet <b>Syd</b>. Din leder her er Tue." in messages(desk, nord["Anna"])[0]
    last = desk.stored(audit.entries)[-1]
    assert (last.actor, last.action) == (
        "operator",
        "move",
    ) and last.subject == f"{nord['Anna'].id}/{nord['Tue'].team_id}"


def test_active_citizens_need_somebody(desk: Desk, nord: dict[str, Person]) -> None:
    """Refused in one sentence that says what to do, and nothing has happened."""
    with_citizen(desk, nord["Anna"])
    desk.run("people", "move", "Anna", "--team", "Syd").refused("1 active citizen", "--citizens-to")
    desk.run("people", "role", "Anna", "lead").refused("1 active citizen", "--citizens-to")
    for wrong in ("Tue", "Lea", "Anna"):
        desk.run("people", "move", "Anna", "--team", "Syd", "--citizens-to", wrong).refused("--citizens-to")
    assert now_of(desk, "Anna") == ("mentor", "Nord") and messages(desk, nord["Anna"]) == []


def test_citizens_threads_and_reminders_go_along(desk: Desk, nord: dict[str, Person]) -> None:
    """Bo goes on with B07: the open thread with its reminders, and what is to be done about B07; Anna's own words to
    herself, and the archived past, are treated as theirs."""
    anna, bo = nord["Anna"], nord["Bo"]
    b07 = with_citizen(desk, anna)
    now = real_now()

    async def work(tx: Transaction) -> tuple[str, str, str]:
        thread = await threads.open_thread(
            tx, citizen_id=b07.id, mentor_id=anna.id, team_id=anna.team_id or "", opened_by=None, now=now
        )
        made = [
            followups.add_own(
                tx, mentor_id=anna.id, citizen_id=b07.id, kind=kind, text=text, due_at=now + timedelta(days=2),
                due_has_time=True, now=now,
            )
            for kind, text in (("next_contact", None), ("own", "Kun til mig selv"))
        ]  # fmt: skip
        for one in made:
            reminders.add(
                tx, person_id=anna.id, kind=one.kind, series=series_of(one.id), due_at=one.due_at or now,
                send_at=one.due_at or now, now=now, citizen_id=b07.id, followup_id=one.id,
            )  # fmt: skip
        return thread.id, made[0].id, made[1].id

    thread_id, duty, own = desk.stored(work)
    told = desk.run("people", "move", "Anna", "--team", "Syd", "--citizens-to", "Bo", "--json").json
    assert told == {
        "id": anna.id, "name": "Anna", "role": "mentor", "team": "Syd", "team_before": "Nord", "new_team": False,
        "citizens_handed_over": 1, "team_without_lead": None,
    }  # fmt: skip

    async def look(tx: Transaction) -> None:
        passed, thread = await citizens.get(tx, b07.id), await threads.get(tx, thread_id)
        assert passed is not None and passed.mentor_id == bo.id and passed.team_id == bo.team_id
        assert thread is not None and thread.mentor_id == bo.id and thread.team_id == anna.team_id
        planned = [one for one in await reminders.of_series(tx, series(thread_id)) if one.status is Status.PENDING]
        assert planned and {one.person_id for one in planned} == {bo.id}
        assert [one.person_id for one in await reminders.of_series(tx, series_of(duty))] == [bo.id]
        assert [one.person_id for one in await reminders.of_series(tx, series_of(own))] == [anna.id]
        kept = await followups.by_ids(tx, [duty, own])
        assert (kept[duty].mentor_id, kept[own].mentor_id) == (bo.id, anna.id)
        assert "pass_on" in [one.action for one in await audit.entries(tx)]

    desk.stored(look)
    assert "Anna har skiftet team eller rolle. Du går videre med: B07." in messages(desk, bo)[0]
    assert "Kun til mig selv" not in repr(messages(desk, bo))


def test_the_last_lead_goes(desk: Desk, nord: dict[str, Person]) -> None:
    """That a team is left without a lead is said, with what to do; making another first, it is not."""
    said = desk.run("people", "move", "Lea", "--team", "Syd")
    assert "Nord has no lead now" in said.out and "eftertanke people role NAME lead" in said.out
    assert desk.run("people", "role", "Tue", "coder", "--json").json["team_without_lead"] is None  # Lea leads it now
    assert desk.run("people", "role", "Bo", "lead").out == "Bo is now lead in the team Nord.\n"
    assert now_of(desk, "Bo") == ("lead", "Nord")
    assert "Du er nu teamleder." in messages(desk, nord["Bo"])[0]


def test_what_a_lead_was_told_of_goes_with_the_lead(desk: Desk, nord: dict[str, Person]) -> None:
    """Who leads the team no more is not reminded of what its mentors left untouched."""
    lea = nord["Lea"]

    async def waiting(tx: Transaction) -> None:
        reminders.add(tx, person_id=lea.id, kind="overdue", series="overdue:2:a:b:c", due_at=NOW, send_at=NOW, now=NOW)

    desk.stored(waiting)
    desk.run("people", "role", "Lea", "admin")
    assert now_of(desk, "Lea") == ("admin", None)
    assert desk.stored(lambda tx: reminders.waiting_of(tx, lea.id)) == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["move", "Xenia", "--team", "Syd"], "eftertanke people"),
        (["move", "Anna", "--team", "Nord"], "nothing to change"),
        (["role", "Anna", "mentor"], "nothing to change"),
        (["role", "Ada", "mentor"], "--team"),
        (["role", "Anna", "coder", "--team", "Syd"], "leave --team out"),
        (["role", "Anna", "boss"], "boss"),
        (["move", "Anna", "--team", " "], "readable"),
        (["role", "Lea", "mentor", "--citizens-to", "Bo"], "--citizens-to"),
    ],
)
def test_asked_wrongly(desk: Desk, nord: dict[str, Person], arguments: list[str], word: str) -> None:
    """Each mistake is one sentence that says what to do, and changes nothing."""
    before = desk.run("people", "--json").json
    said = desk.run("people", *arguments)
    assert said.code in (1, 2) and word in said.err and said.err.count("\n") == 1 and said.out == ""
    assert desk.run("people", "--json").json == before


def test_two_of_one_name(desk: Desk, nord: dict[str, Person]) -> None:
    """With two Annas the id decides."""
    desk.stored(lambda tx: enrol(tx, "Anna", 900))
    desk.run("people", "move", "Anna", "--team", "Syd").refused("2 called Anna", "id")
    assert desk.run("people", "move", nord["Anna"].id, "--team", "Øst").out.startswith("The team Øst is new.\n")
    assert "has no lead" not in desk.run("people").out


def test_who_has_left_is_not_moved(desk: Desk, nord: dict[str, Person]) -> None:
    """Somebody who has left is not found."""

    async def leave(tx: Transaction) -> None:
        people.mark_left(tx, nord["Anna"].id, NOW)

    desk.stored(leave)
    desk.run("people", "move", "Anna", "--team", "Syd").refused("Nobody who is here")


@pytest.mark.parametrize("command", ["move", "role"])
def test_help_has_an_example(desk: Desk, command: str) -> None:
    """Each command's help shows how it is written."""
    said = desk.run("people", command, "--help")
    assert said.code == 0 and f"eftertanke people {command}" in said.out.split("Example:")[1]


def test_a_new_role_has_its_menu_at_once(desk: Desk, nord: dict[str, Person]) -> None:
    """The server is asked to show the lead's commands in Bo's chat, and nothing else; a server that is gone stops
    nothing."""
    asked: list[tuple[str, dict[str, str]]] = []

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked.append((self.path.rpartition("/")[2], dict(parse_qsl(body))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"ok": true, "result": true}')

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}/bot"
        desk.env(EFTERTANKE_TOKEN="770001:INVENTED-token-for-tests", EFTERTANKE_API_URL=address)
        assert desk.run("people", "role", "Bo", "lead").code == 0
        server.shutdown()
        thread.join()
    ((method, values),) = asked
    names = [one["command"] for one in json.loads(values["commands"])]
    assert method == "setMyCommands" and json.loads(values["scope"])["chat_id"] == nord["Bo"].chat_id
    assert "supervision" in names and "debrief" not in names
    assert desk.run("people", "role", "Bo", "mentor").code == 0
    assert now_of(desk, "Bo") == ("mentor", "Nord")
