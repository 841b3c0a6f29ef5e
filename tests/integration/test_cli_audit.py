"""`eftertanke audit`: who did what, in words and for programs, and whether the list is whole."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from storage import audit, backup_rows, people
from storage.database import Transaction
from storage.people import Role
from tests.integration.cli_kit import NOW, Desk, Talk, desk, enrol

__all__ = ["desk"]
HOUR = timedelta(hours=1)
GONE = "0193aaaa-0000-7000-8000-0000deadbeef"


@pytest.fixture
def nord(desk: Desk) -> Desk:
    """Anna debriefs and shares, Lea reads it and passes on what she may; somebody is erased, somebody guesses codes."""
    desk.set_up()

    async def go() -> None:
        async with desk.database() as db:
            async with db.transaction() as tx:
                anna, lea = await enrol(tx, "Anna", 11), await enrol(tx, "Lea", 13, role=Role.LEAD)
            talk = await Talk(db, anna).begin()
            async with db.transaction() as tx:
                audit.note(tx, anna.id, "share", f"{talk.reflection_id}/supervision_focus", NOW)
                audit.note(tx, lea.id, "read", f"{talk.reflection_id}/supervision_focus", NOW + HOUR)
                audit.note(tx, lea.id, "week", f"{lea.team_id}/2026-W47", NOW + HOUR)
                audit.note(tx, audit.OPERATOR, "erase_mentor", GONE, NOW + 24 * HOUR)
                audit.note(tx, audit.STRANGER, "enrol_failed", "chat/4321", NOW + 25 * HOUR)
                audit.note(tx, audit.OPERATOR, "role", f"{anna.id}/lead", NOW + 26 * HOUR)
                audit.note(tx, audit.OPERATOR, "from_a_newer_program", None, NOW + 27 * HOUR)

    asyncio.run(go())
    return desk


def test_it_reads_as_words(nord: Desk) -> None:
    """Local time, who, what, about whom; an erased one by the end of the id; what nobody knows as it stands."""
    said = nord.run("audit", "--from", "2026-11-25")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert "2026-11-25 13:10  Anna: shared an answer with their lead – Anna, debrief 25 Nov 2026 · " in lines[0]
    assert "supervision_focus" not in lines[0] and "|" not in said.out
    assert "14:10  Lea: read something shared – Anna, debrief 25 Nov 2026" in lines[1]
    assert "Lea: saw the team's week – the team Nord · 2026-W47" in lines[2]
    assert "the operator: erased everything about somebody who worked here – …deadbeef" in lines[3]
    assert "somebody unknown: tried a code that did not fit – chat ending in 4321" in lines[4]
    assert "the operator: gave a new role – Anna · team lead" in lines[5]
    assert "the operator: from_a_newer_program" in lines[6]


def test_it_is_english_as_all_commands_are(nord: Desk) -> None:
    """EFTERTANKE_LANGUAGE is for the chat and for what is handed on, not for what an operator reads."""
    nord.env(EFTERTANKE_LANGUAGE="da")
    assert "Lea: saw the team's week – the team Nord · 2026-W47" in nord.run("audit").out


def test_an_erased_mentor_is_shown_by_the_end_of_the_id(nord: Desk) -> None:
    """Of who acted, too, when the row of the person stays without a name."""
    lea = next(one for one in nord.stored(people.people) if one.name == "Lea")
    assert nord.run("erase", "--mentor", "Lea", "--yes").code == 0
    said = nord.run("audit").out
    assert f"…{lea.id[-8:]}: saw the team's week" in said and "–: " not in said
    assert f"erased everything about somebody who worked here – …{lea.id[-8:]}" in said


def test_backups_and_deletions_in_words(nord: Desk) -> None:
    """A backup by its file, what was restored by its day, a deletion by age with what it took."""

    async def more(tx: Transaction) -> None:
        restored = backup_rows.note_restore(tx, at=NOW + 31 * HOUR, backup_made_at=NOW)
        audit.note(tx, audit.OPERATOR, "restore", restored, NOW + 31 * HOUR)
        audit.note(tx, audit.CLOCK, "retention", "2026-12-01/1/2/0", NOW + 32 * HOUR)
        audit.note(tx, audit.CLOCK, "retention", "2026-11-01", NOW + 33 * HOUR)

    made = nord.folder / "stick.backup"
    assert nord.run("backup", str(made)).code == 0
    nord.stored(more)
    said = nord.run("audit").out
    assert "the operator: made a backup – stick.backup\n" in said
    assert "restored from a backup – the backup made 25 Nov 2026\n" in said
    assert "old – 2026-12-01 · answers of 1 debrief · 2 in the contact and absence log\n" in said
    assert "old – 2026-11-01\n" in said


def test_only_some_of_it(nord: Desk) -> None:
    """By days, both included, and by who did it: a name in any case, an id, or the operator."""
    assert len(nord.run("audit", "--from", "2026-11-25", "--to", "2026-11-25").out.splitlines()) == 3
    assert len(nord.run("audit", "--person", "lea").out.splitlines()) == 2
    lea = nord.stored(people.people)[-1]
    assert nord.run("audit", "--person", lea.id, "--json").json[0]["action"] == "read"
    assert {one["actor"] for one in nord.run("audit", "--person", "operator", "--json").json} == {"operator"}
    assert "Nothing is noted there" in nord.run("audit", "--to", "2020-01-01").out


def test_json_has_ids_and_utc(nord: Desk) -> None:
    """Every field as it is stored, the oldest first."""
    told = nord.run("audit", "--json").json
    assert set(told[0]) == {"seq", "at", "actor", "action", "subject"}
    assert [one["seq"] for one in told] == list(range(1, len(told) + 1))
    shared = next(one for one in told if one["action"] == "share")
    assert shared["at"] == "2026-11-25T12:10:00.000000Z" and shared["subject"].endswith("/supervision_focus")


def test_reading_it_is_noted(nord: Desk) -> None:
    """Before anything is shown, with whom it was about; verifying shows nothing and leaves no row."""
    before = len(nord.stored(audit.entries))
    lea = next(one for one in nord.stored(people.people) if one.name == "Lea")
    nord.run("audit", "--person", "Lea")
    last = nord.stored(audit.entries)[-1]
    assert (last.actor, last.action, last.subject) == ("operator", "audit_read", lea.id)
    nord.run("audit", "--json")
    nord.run("audit", "--verify")
    assert len(nord.stored(audit.entries)) == before + 2


def test_whole_it_says_so_and_what_to_note(nord: Desk) -> None:
    """Exit 0, the number of rows and the newest hash; that hash, or its beginning, is found again later."""
    seq, head = nord.stored(audit.head)
    said = nord.run("audit", "--verify")
    assert said.code == 0 and f"whole: {seq} rows" in said.out and head in said.out
    nord.run("audit")
    for noted in (head, head[:16].upper(), f"{head[:8]} {head[8:16]}"):
        assert f"The hash you noted is row {seq}." in nord.run("audit", "--verify", "--head", noted).out
    told = nord.run("audit", "--verify", "--json").json
    assert (told["whole"], told["rows"], told["first_broken"]) == (True, seq + 1, None)


async def _forge(tx: Transaction, sql: str) -> None:
    for name in ("audit_stays", "audit_kept"):
        tx.write(f"DROP TRIGGER IF EXISTS {name}")
    tx.write(sql)


async def _triggers(tx: Transaction) -> list[str]:
    rows = await tx.all("SELECT sql FROM sqlite_master WHERE name IN ('audit_stays', 'audit_kept') ORDER BY name")
    return [str(row["sql"]) for row in rows]


async def _forge_again(tx: Transaction, sql: str) -> None:
    tx.write(sql)


def test_without_what_guards_it_it_is_broken(nord: Desk) -> None:
    """Somebody took a trigger away: every row may be whole, and the list is not."""
    nord.stored(lambda tx: _forge(tx, "SELECT 1"))
    nord.run("audit", "--verify").refused("broken", "audit_kept, audit_stays", "other means than this program")
    told = nord.run("audit", "--verify", "--json").json
    assert (told["whole"], told["first_broken"], told["unguarded"]) == (False, None, ["audit_kept", "audit_stays"])


def test_an_emptied_list_is_broken(nord: Desk) -> None:
    """Nobody joins without a row: no row at all means that all were taken away."""
    triggers = nord.stored(_triggers)
    nord.stored(lambda tx: _forge(tx, "DELETE FROM audit"))
    for sql in triggers:
        nord.stored(partial(_forge_again, sql=sql))
    nord.run("audit", "--verify").refused("broken", "no row although people have joined")


def test_a_changed_row_is_named(nord: Desk) -> None:
    """Exit 1 and one sentence with the number of the row; JSON says the same."""
    nord.stored(lambda tx: _forge(tx, "UPDATE audit SET actor = 'operator' WHERE action = 'read'"))
    row = next(one.seq for one in nord.stored(audit.entries) if one.action == "read")
    nord.run("audit", "--verify").refused(f"row {row} was changed or is missing")
    said = nord.run("audit", "--verify", "--json")
    assert (said.code, said.json["whole"], said.json["first_broken"]) == (1, False, row)


def test_rows_missing_at_the_end_are_missed(nord: Desk) -> None:
    """The list alone looks whole; the hash on paper says that it is not."""
    _, head = nord.stored(audit.head)
    triggers = nord.stored(_triggers)
    nord.stored(lambda tx: _forge(tx, "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)"))
    for sql in triggers:
        nord.stored(partial(_forge_again, sql=sql))
    assert nord.run("audit", "--verify").code == 0
    nord.run("audit", "--verify", "--head", head).refused("The hash you noted is not in the audit", "at the end")


def test_pruned_rows_are_told_of(nord: Desk) -> None:
    """What was removed by age is said, and a hash from before it is not called a forgery without a doubt."""
    noted = nord.stored(audit.head)[1]
    gone = nord.stored(lambda tx: audit.prune(tx, NOW + 400 * 24 * HOUR, NOW + 500 * 24 * HOUR))
    said = nord.run("audit", "--verify")
    assert said.code == 0 and f"rows 1 to {gone} were removed by age" in said.out
    nord.run("audit", "--verify", "--head", noted).refused("removed by age")
    assert f"up to row {gone}" in nord.run("audit").out


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--head", "0" * 64), "--verify"),
        (("--verify", "--person", "Anna"), "leave --from, --to and --person out"),
        (("--verify", "--head", "abc"), "first 16 hexadecimal digits"),
        (("--verify", "--head", "0" * 16), "stands for no row"),
        (("--verify", "--head", "x" * 20), "first 16 hexadecimal digits"),
        (("--from", "i går"), "--from must be a day"),
        (("--from", "2026-11-26", "--to", "2026-11-25"), "lies before"),
    ],
)
def test_asked_wrongly(nord: Desk, arguments: tuple[str, ...], word: str) -> None:
    """One sentence, exit 2, and nothing is noted as read."""
    before = len(nord.stored(audit.entries))
    nord.run("audit", *arguments).refused(word, code=2)
    assert len(nord.stored(audit.entries)) == before


def test_nobody_of_that_name(nord: Desk) -> None:
    """An unknown name is said to be one; of two with the same name the id is asked for."""
    nord.run("audit", "--person", "Ukendt").refused("Nobody is called Ukendt")
    nord.stored(lambda tx: enrol(tx, "Lea", 99))
    nord.run("audit", "--person", "Lea").refused("There are 2 called Lea")
