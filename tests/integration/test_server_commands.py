"""The commands where the data is on a PostgreSQL server: set up, looked at, and what is not for them said plainly."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from bot.databases import open_database
from bot.doctor import Check
from bot.doctor_server import on_server
from bot.exporting import source_of
from bot.exports.whole import Wish
from bot.exports.whole_chat import Made, make
from bot.keys import key_of
from bot.settings import Settings, load_settings
from bot.sharing import in_role
from storage.people import Role
from storage.postgres import PostgresDatabase
from tests.integration import engines
from tests.integration.cli_kit import NOW, Desk, Talk, desk, enrol

__all__ = ["desk"]
ROLES = ("poll", "send", "draw", "clock")


@pytest.fixture
def address(tmp_path: Path) -> str:
    """An empty database on the server; asked for before ``desk`` empties the environment."""
    return engines.address_of(tmp_path, empty=True)


@pytest.fixture
def there(address: str, desk: Desk) -> Desk:
    """A desk whose data is to be on the server."""
    desk.env(EFTERTANKE_DATABASE_URL=address)
    return desk


def settings() -> Settings:
    """The desk's."""
    return load_settings(os.environ)


async def _talk() -> None:
    db = await open_database(settings())
    try:
        async with db.transaction() as tx:
            anna = await enrol(tx, "Anna", 1000, coding=True)
            await enrol(tx, "Lea", 2000, role=Role.LEAD)
        await Talk(db, anna).begin()
    finally:
        await db.close()


def test_set_up_makes_no_file(there: Desk) -> None:
    """Key, organisation.yaml and tables are made, the first invitation is printed, whose the backups are is said; a
    second time everything is kept."""
    said = there.set_up()
    assert "made   tables in eftertanke_" in said.out
    assert "made   key file" in said.out and "pg_dump" in said.out and "Invitation" in said.out
    assert sorted(one.name for one in there.data.iterdir()) == ["organisation.yaml"]
    again = there.run("setup", "--yes")
    assert (again.code, again.err) == (0, "")
    assert "kept   tables in eftertanke_" in again.out


def test_without_its_key_nothing_opens(there: Desk) -> None:
    """A lost key file is not replaced by a new one, and another key is told from the right one."""
    there.set_up()
    kept = there.key_file.read_text(encoding="ascii")
    there.key_file.unlink()
    there.run("setup", "--yes").sentence("is under the key of sheet no.", "put the key file back")
    there.key_file.write_text("ab" * 32 + "\n", encoding="ascii")
    there.key_file.chmod(0o600)
    there.run("people").refused("belongs to another key")
    there.run("setup", "--yes").sentence("belongs to another key")
    there.key_file.write_text(kept, encoding="ascii")
    assert there.run("people").code == 0


def test_nothing_is_begun_by_looking(there: Desk, desk: Desk) -> None:
    """Before setup no command makes tables: a mistyped name is not an empty installation."""
    desk.env(EFTERTANKE_KEY="cd" * 32)
    there.data.mkdir(mode=0o700)
    for command in (("people",), ("invite", "--role", "mentor", "--name", "Anna"), ("audit",)):
        there.run(*command).refused("run `eftertanke setup` first")


def test_the_commands_work_on_the_server(there: Desk) -> None:
    """Invite, people, week, log, export, erase and the audit's chain: the same commands, the other engine."""
    there.set_up()
    asyncio.run(_talk())
    assert "code" in there.run("invite", "--role", "mentor", "--name", "Bo", "--json").json
    assert [one["name"] for one in there.run("people", "--json").json] == ["Anna", "Lea"]
    assert there.run("week", "2026-W47", "--json").code == 0
    assert there.run("log", "--hours").code == 0
    out = there.folder / "out"
    assert there.run("export", str(out)).code == 0 and any(out.iterdir())
    assert there.run("people", "leave", "Anna").code == 0
    done = there.run("erase", "--mentor", "Anna", "--yes", "--json").json
    assert (done["kind"], done["log_empty"]) == ("mentor", True)
    whole = there.run("audit", "--verify", "--json").json
    assert whole["whole"] and whole["rows"] >= 5


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (("backup",), "pg_dump"),
        (("restore", "x.backup"), "pg_restore"),
        (("rekey", "--yes"), "keep the key file"),
    ],
)
def test_what_only_a_file_needs(there: Desk, command: tuple[str, ...], word: str) -> None:
    """The command says in one sentence what the operator does instead."""
    there.run(*command).refused("on a PostgreSQL server", word)


def test_an_export_for_the_chat_reads_the_server(there: Desk) -> None:
    """The process of its own that makes it opens the server, and the URL is shown nowhere."""
    there.set_up()
    asyncio.run(_talk())
    source = source_of(settings(), key_of(settings()))
    assert "postgresql" not in repr(source)
    made = asyncio.run(make(source, Wish(), "et to tre"))
    assert isinstance(made, Made) or made.name == "EMPTY"


async def _doctor(*roles: str) -> dict[str, Check]:
    db = await open_database(settings())
    assert isinstance(db, PostgresDatabase)
    stop = asyncio.Event()
    holds = [asyncio.Event() for _ in roles]

    async def work(held: asyncio.Event, over: asyncio.Event) -> None:
        held.set()
        await over.wait()

    async with asyncio.TaskGroup() as group:
        for name, held in zip(roles, holds, strict=True):
            group.create_task(in_role(db.connect, name, lambda over, held=held: work(held, over), stop))  # type: ignore[misc] # bound for the loop
        for held in holds:
            await held.wait()
        checks = await on_server(settings(), NOW)
        stop.set()
    await db.close()
    return {one.name: one for one in checks}


def test_the_doctor_looks_at_the_server(there: Desk) -> None:
    """Connection, version, schema, roles and chain: who has which role, and which nobody has."""
    before = {one.name: one for one in asyncio.run(_before_setup(there))}
    assert before["database"].status == "bad" and "setup" in before["database"].todo
    there.set_up()
    found = asyncio.run(_doctor(*ROLES))
    assert {found[name].status for name in ("database", "server", "roles", "schema", "audit")} == {"ok"}
    assert "PostgreSQL" in found["server"].found
    missing = asyncio.run(_doctor("poll", "draw", "clock"))["roles"]
    assert (missing.status, "send" in missing.found.split(";")[0]) == ("bad", True)
    assert asyncio.run(_doctor())["roles"].status == "warn"
    told = there.run("doctor", "--json").json["checks"]
    assert {"server", "roles"} <= {one["name"] for one in told}
    assert not {"backup", "drill", "integrity"} & {one["name"] for one in told}


async def _before_setup(there: Desk) -> list[Check]:
    there.env(EFTERTANKE_KEY="ef" * 32)
    try:
        return await on_server(settings(), NOW)
    finally:
        there._patch.delenv("EFTERTANKE_KEY")


def test_a_server_that_is_not_there(there: Desk) -> None:
    """One sentence, without the password."""
    nobody = "postgresql://me:secretword@127.0.0.1:1/x?connect_timeout=2"
    there.env(EFTERTANKE_DATABASE_URL=nobody, EFTERTANKE_KEY="ab" * 32)
    said = there.run("people")
    said.refused("cannot be reached")
    assert "secretword" not in said.err
