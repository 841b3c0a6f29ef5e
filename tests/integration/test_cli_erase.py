"""`eftertanke erase`: it says first what goes, asks for the name, and does all of it or nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.now import real_now
from storage import audit, citizens, erasure_register, people, threads
from storage.citizens import Citizen
from storage.database import StorageFull, Transaction
from storage.people import Person, Role
from storage.sqlite import SqliteDatabase
from tests.integration.cli_kit import Desk, Talk, desk, enrol
from tests.integration.storage_kit import citizen
from tests.integration.test_cli_people_change import messages

__all__ = ["desk"]
SECRET = "Kanariefugl sang ved åen"


@pytest.fixture
def nord(desk: Desk) -> dict[str, Person]:
    """Anna and Bo are mentors in Nord; Anna has B07 and has written a debrief about B07 that she stopped."""
    desk.set_up()

    async def everybody(tx: Transaction) -> dict[str, Person]:
        anna = await enrol(tx, "Anna", 100)
        citizen(tx, anna, "B07", real_now())
        return {"Anna": anna, "Bo": await enrol(tx, "Bo", 200), "Lea": await enrol(tx, "Lea", 300, role=Role.LEAD)}

    cast = desk.stored(everybody)

    async def write() -> None:
        async with desk.database() as db:
            talk = await Talk(db, cast["Anna"], real_now() - timedelta(hours=3)).begin()
            await talk.type("B07")
            assert await talk.asks() == "outcome"
            await talk.tap("as_agreed")
            async with db.transaction() as tx:
                parts = json.dumps({"value": None, "parts": [[7, SECRET]]})
                tx.write(
                    "INSERT INTO answers (id, reflection_id, question_id, revision, kind, value, text, skipped,"
                    " assumed, answered_at, guide_version, guide_hash, wording_hash, language, visibility) VALUES"
                    " ('a', ?, 'mentor_note', 1, 'text', ?, ?, 0, 0, '2026-11-23T09:30:00.000000Z', 1, 'h', 'w', 'da',"
                    " 'P')",
                    talk.reflection_id, parts, SECRET,
                )  # fmt: skip

    asyncio.run(write())
    return cast


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the operator types when asked."""
    typed: list[str] = []
    monkeypatch.setattr(typer, "prompt", lambda *_a, **_k: typed.pop(0))
    yield typed
    assert typed == []


def b07_of(desk: Desk) -> Citizen:
    """The citizen."""

    async def find(tx: Transaction) -> Citizen:
        (row,) = await tx.all("SELECT id FROM citizens WHERE pseudonym = 'B07'")
        found = await citizens.get(tx, row["id"])
        assert found is not None
        return found

    return desk.stored(find)


def registered(desk: Desk) -> list[tuple[str, str]]:
    """What both lists outside the database say; they say the same."""
    beside, away = erasure_register.paths(desk.data / "eftertanke.db", Path(f"{desk.data}-backups"))
    assert erasure_register.read(beside) == erasure_register.read(away)
    return [(one.kind, one.subject) for one in erasure_register.read(beside)]


def test_a_citizen(desk: Desk, nord: dict[str, Person], typing: list[str]) -> None:
    """Counted first, with backups and chats; the name is typed; everything is gone, and what remains is an id."""
    b07 = b07_of(desk)
    copy = desk.data / "eftertanke.db.schema-0009.backup"
    copy.write_text("invented")
    typing.append("B07")
    said = desk.run("erase", "--citizen", "b07")
    assert (said.code, said.err) == (0, "")
    before, after = said.out.split("This is not reached at once:")
    assert "Erase B07 for good?" in before and "– 1 debrief\n" in before and "answers" in before
    assert "Backups" in after and "48 hours" in after and "B07 is erased." in after and "is removed" in after
    assert not copy.exists()
    assert registered(desk) == [("citizen", b07.id)]

    async def look(tx: Transaction) -> None:
        for table in ("citizens", "reflections", "answers"):
            assert await tx.all(f"SELECT * FROM {table}") == []  # noqa: S608 - our own names
        assert [one.subject for one in await erasure_register.noted(tx)] == [b07.id]
        last = (await audit.entries(tx))[-1]
        assert (last.actor, last.action, last.subject) == ("operator", "erase_citizen", b07.id)

    desk.stored(look)
    assert nord


def test_another_word_leaves_everything(desk: Desk, nord: dict[str, Person], typing: list[str]) -> None:
    """Only the very name goes on."""
    typing.append("yes")
    said = desk.run("erase", "--citizen", "B07")
    assert said.code == 1 and said.err == "Nothing was erased.\n"
    assert b07_of(desk) and registered(desk) == [] and nord


def test_a_mentor_with_citizens_is_refused(desk: Desk, nord: dict[str, Person]) -> None:
    """Until somebody goes on with them; the command that does it is said."""
    said = desk.run("erase", "--mentor", "Anna", "--yes")
    said.refused(f"eftertanke people leave {nord['Anna'].id} --citizens-to")
    assert registered(desk) == []


def test_a_mentor_who_left(desk: Desk, nord: dict[str, Person]) -> None:
    """Citizens went to Bo; then name, account and private words are gone, and the log's answers stay nameless."""
    anna = nord["Anna"]
    assert desk.run("people", "leave", "Anna", "--citizens-to", "Bo").code == 0
    told = desk.run("erase", "--mentor", "Anna", "--yes", "--json").json
    assert (told["kind"], told["id"], told["citizens_without_mentor"], told["log_empty"]) == (
        "mentor",
        anna.id,
        0,
        True,
    )
    assert told["counts"]["log_debriefs"] == 1 and told["counts"]["log_answers"] >= 2
    assert registered(desk) == [("left", anna.id), ("mentor", anna.id)]

    async def look(tx: Transaction) -> None:
        nobody = await people.person(tx, anna.id)
        assert nobody is not None and (nobody.name, nobody.team_id) == ("–", None)
        texts = {row["text"] for row in await tx.all("SELECT text FROM answers WHERE text IS NOT NULL")}
        assert SECRET not in texts
        assert {row["visibility"] for row in await tx.all("SELECT visibility FROM answers")} == {"L"}
        assert await people.person_by_telegram(tx, anna.telegram_id) is None

    desk.stored(look)
    desk.run("erase", "--mentor", anna.id, "--yes").refused("Nobody is called")
    assert desk.run("log", "B07").code == 0
    assert "Anna" not in desk.run("log", "B07", "--html").out
    assert desk.run("people").code == 0


def test_who_is_still_here_is_told(desk: Desk, nord: dict[str, Person]) -> None:
    """A mentor without citizens leaves and is erased in one: the last line goes out, nothing else."""
    bo = nord["Bo"]
    assert desk.run("erase", "--mentor", "Bo", "--yes").code == 0
    assert [one for one in messages(desk, bo) if "er lukket, og det, der var dit, er slettet" in one]
    assert [one["name"] for one in desk.run("people", "--json").json] == ["Anna", "Lea"]


def test_the_only_lead(desk: Desk, nord: dict[str, Person]) -> None:
    """That a team is left without a lead is said, with what to do."""
    said = desk.run("erase", "--mentor", "Lea", "--yes")
    assert said.code == 0 and nord
    assert "Nord has no lead now" in said.out and "eftertanke people role NAME lead" in said.out


def test_citizens_of_who_left_with_them_are_archived(desk: Desk, nord: dict[str, Person], typing: list[str]) -> None:
    """Who left without handing over: it is said that the citizens will be archived, and how to hand over first."""
    anna = nord["Anna"]
    b07 = b07_of(desk)
    desk.stored(
        lambda tx: threads.open_thread(
            tx, citizen_id=b07.id, mentor_id=anna.id, team_id=anna.team_id or "", opened_by=None, now=real_now()
        )
    )
    assert desk.run("people", "leave", "Anna").code == 0
    typing.append("Anna")
    said = desk.run("erase", "--mentor", "Anna")
    assert said.code == 0 and "1 active citizen has no other mentor (B07), and will be archived." in said.out
    assert f"eftertanke people leave {anna.id} --citizens-to NAME" in said.out
    assert b07_of(desk).archived_at is not None
    assert desk.stored(lambda tx: threads.thread_of(tx, b07.id)) is None
    assert desk.run("people", "leave", anna.id, "--citizens-to", "Bo").code == 0
    assert b07_of(desk).mentor_id == nord["Bo"].id


def test_the_list_must_be_writable(desk: Desk, nord: dict[str, Person]) -> None:
    """Where the list of erasures cannot be written nothing is erased."""
    (Path(f"{desk.data}-backups") / erasure_register.FILE).mkdir(parents=True)
    said = desk.run("erase", "--citizen", "B07", "--yes")
    assert said.code == 1
    said.sentence("Nothing was erased", "give access")
    assert b07_of(desk) and nord
    assert erasure_register.read(desk.data / erasure_register.FILE) == []


def test_a_commit_that_fails_is_in_no_list(
    desk: Desk, nord: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should the very last step fail, nothing is erased, and no restored backup will miss it either."""
    whole = SqliteDatabase.transaction

    @asynccontextmanager
    async def full(self: SqliteDatabase) -> AsyncIterator[Any]:
        async with whole(self) as tx:
            yield tx
            if await tx.all("SELECT id FROM erasures"):
                raise StorageFull("The disk is full; make room, and work goes on by itself.")

    monkeypatch.setattr(SqliteDatabase, "transaction", full)
    said = desk.run("erase", "--citizen", "B07", "--yes")
    monkeypatch.undo()
    assert said.code == 1 and "disk is full" in said.err and nord
    for file in erasure_register.paths(desk.data / "eftertanke.db", Path(f"{desk.data}-backups")):
        assert file.exists() and file.read_bytes() == b""


def test_a_name_in_others_words_is_said(desk: Desk, nord: dict[str, Person], typing: list[str]) -> None:
    """Texts about others that have the pseudonym in them stay, and their number is said."""

    async def more(tx: Transaction) -> None:
        other = citizen(tx, nord["Bo"], "B08", real_now())
        tx.write(
            "INSERT INTO followups (id, mentor_id, citizen_id, item, kind, text, status, created_at)"
            " VALUES ('f', ?, ?, 0, 'own', 'Spørg også B07 om det', 'open', '2026-11-23T09:30:00.000000Z')",
            nord["Bo"].id, other.id,
        )  # fmt: skip

    desk.stored(more)
    typing.append("no")
    assert "1 text of others has the word B07 in it" in desk.run("erase", "--citizen", "B07").out


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "either --mentor NAME or --citizen PSEUDONYM"),
        (["--mentor", "Anna", "--citizen", "B07"], "either"),
        (["--mentor", "Anna", "--team", "Nord"], "--team"),
        (["--citizen", "B07", "--json"], "--yes"),
        (["--citizen", "B99", "--yes"], "no citizen B99"),
        (["--citizen", "B07", "--team", "Syd", "--yes"], "in Syd"),
        (["--mentor", "Xenia", "--yes"], "eftertanke people"),
        (["--mentor", " ", "--yes"], "readable"),
    ],
)
def test_asked_wrongly(desk: Desk, nord: dict[str, Person], arguments: list[str], word: str) -> None:
    """Each mistake is one sentence that says what to do, and nothing is erased."""
    said = desk.run("erase", *arguments)
    assert said.code in (1, 2) and word in said.err and said.err.count("\n") == 1 and said.out == ""
    assert b07_of(desk) and registered(desk) == [] and nord


def test_two_teams_with_the_pseudonym(desk: Desk, nord: dict[str, Person]) -> None:
    """The team decides."""

    async def syd(tx: Transaction) -> None:
        citizen(tx, await enrol(tx, "Tue", 400, team="Syd"), "B07", real_now())

    desk.stored(syd)
    desk.run("erase", "--citizen", "B07", "--yes").refused("--team", code=2)
    assert desk.run("erase", "--citizen", "B07", "--team", "syd", "--yes").code == 0
    assert b07_of(desk).team_id == nord["Anna"].team_id


def test_nothing_secret_is_said(desk: Desk, nord: dict[str, Person]) -> None:
    """Neither the words before nor the JSON after quote what was written."""
    out = desk.run("erase", "--citizen", "B07", "--yes").out
    assert SECRET not in out and json.dumps(SECRET) not in out and nord
