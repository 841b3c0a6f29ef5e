"""Erased means gone: from every table and column that the schema has, and nothing of anybody else with it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from storage import erasing
from storage.database import Transaction
from tests.integration.erasing_kit import LINKS, Column, Rows, again, broken_links, do, filled, hanging, links, rows

# Where something still names an erased person, and why: the log of citizens, and what is a colleague's.
NAMELESS = {
    "people.id", "citizens.mentor_id", "reflections.mentor_id", "contact_threads.mentor_id",
    "contact_attempts.mentor_id", "followups.mentor_id", "supervision_taken.lead_id", "supervision_reads.reader_id",
    "lead_calls.seen_by", "safety_spoken.lead_id",
}  # fmt: skip
LOOSE = {"contact_threads.opened_by", "contact_threads.closed_by"}  # a thread is the citizen's, not the debrief's
# Rows that hang on the erased one by a chat, a name in a text, or a series, and by no key.
BY_TRACE = {"outbox", "cards", "inbox", "asked", "guard_names", "invites", "enrolments", "chat_messages", "strangers",
            "invite_tries", "answers", "codings", "reminders"}  # fmt: skip
# What a row that stays may lose.
LOSES = {
    "reflections": {"state"}, "contact_threads": {"state", "opened_by", "closed_by"}, "reminders": {"card"},
    "contact_attempts": {"reflection_id"}, "followups": {"reflection_id"},
}  # fmt: skip


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with something of everybody in every table."""
    return filled(tmp_path_factory.mktemp("erasing") / "full")


def named(before: Rows, name: str) -> dict[str, Any]:
    """The person of this name."""
    return next(one for one in before["people"] if one["name"] == name)


def cells(stored: Rows, *leave_out: str) -> str:
    """Everything stored as one text."""
    return "\n".join(
        f"{table}.{name}={cell}"
        for table, found in stored.items()
        for row in found
        for name, cell in row.items()
        if f"{table}.{name}" not in leave_out and table not in leave_out
    )


def where(stored: Rows, text: object) -> set[str]:
    """The columns in which this stands."""
    return {
        f"{table}.{name}"
        for table, found in stored.items()
        for row in found
        for name, cell in row.items()
        if cell is not None and str(text) in str(cell)
    }


def key(table: str, row: dict[str, Any]) -> str:
    """What a row is known by, whatever else changes in it."""
    if "id" in row:
        return str(row["id"])
    return json.dumps({k: v for k, v in row.items() if k not in LOSES.get(table, ())}, default=str)


def test_every_table_is_filled(full: Path) -> None:
    """Each column that names a person, a citizen or a debrief does so here at least once: a table that is new and not
    filled in the kit, and so perhaps not erased either, shows."""
    stored = rows(full)
    ids = {of: {row["id"] for row in stored[of]} for of in LINKS}
    looked_at = 0
    for one in links(full):
        if one.of in LINKS:
            looked_at += 1
            assert any(row[one.name] in ids[one.of] for row in stored[one.table]), f"fill {one.table}.{one.name}"
    assert looked_at > 40
    assert broken_links(full) == 0


def traced(before: Rows, by: str) -> dict[str, Any]:
    """A citizen who also stands where no key leads: by a call for the lead and a note, by a debrief that was about them
    first and a search that found them, by a question somebody was asked, by a mentor's list of names."""
    ids = {
        "noted": [row["citizen_id"] for row in before["next_time_notes"]],
        "searched": [json.loads(row["state"])["draft"]["found"][0][0] for row in before["reflections"]
                     if json.loads(row["state"])["draft"]["found"]],
        "asked": [row["what"][2:] for row in before["asked"] if row["what"].startswith("n:")],
        "listed": [row["id"] for row in before["citizens"] if row["pseudonym_key"] == "b22"],
    }[by]  # fmt: skip
    return next(one for one in before["citizens"] if one["id"] == ids[-1])


@pytest.mark.parametrize("by", ["noted", "searched", "asked", "listed"])
def test_nothing_is_left_of_a_citizen(full: Path, tmp_path: Path, by: str) -> None:
    """No id, pseudonym or text about the citizen stands anywhere but in the audit; every row that hangs on the citizen
    by any chain of keys is gone, and no other row is."""
    folder = again(full, tmp_path / by)
    before, known = rows(folder), links(folder)
    citizen = traced(before, by)
    assert len(where(before, citizen["id"])) > 4
    gone = hanging(before, known, "citizens", [citizen["id"]], LOOSE | {"contact_attempts.reflection_id"})
    said = {
        row[name]
        for table, name in (("answers", "text"), ("next_time_notes", "text"), ("followups", "text"))
        for row in before[table]
        if id(row) in gone and row[name] and len(row[name]) > 12
    }
    others = "\n".join(row["text"] for row in before["answers"] if id(row) not in gone and row["text"])
    do(folder, lambda tx: erasing.citizen(tx, citizen["id"]))
    after = rows(folder)
    assert broken_links(folder) == 0 and len(gone) > 20
    assert where(after, citizen["id"]) <= {"audit.subject"}
    for table in before:
        for row in before[table]:
            if id(row) in gone and "id" in row:
                assert where(after, row["id"]) <= {"audit.subject", "audit.actor"}, table
    text = cells(after)
    assert {one for one in said if one in text and one not in others} == set()
    hidden = re.escape(citizen["pseudonym"])
    assert re.findall(rf"(?:outbox|guard_names|citizens|inbox)[^\n]*\b{hidden}\b", text, re.IGNORECASE) == []
    only_these_went(before, after, gone)


def only_these_went(before: Rows, after: Rows, gone: set[int], *, all_gone: bool = True) -> None:
    """Every row that does not hang on the erased one is as it was, or hung on it by a trace; the others are gone."""
    for table, found in before.items():
        left = {key(table, row): row for row in after[table]}
        for row in found:
            now = left.get(key(table, row))
            if id(row) in gone:
                assert now is None or not all_gone, f"{table} is not erased"
            elif now is None:
                assert table in BY_TRACE, f"{table} lost a row of somebody else"
            else:
                assert {name for name in row if row[name] != now[name]} <= LOSES.get(table, set()), table


@pytest.mark.parametrize("name", ["Anna", "Lea", "Bo"])
def test_nothing_private_is_left_of_a_person(full: Path, tmp_path: Path, name: str) -> None:
    """Name, account and chat are nowhere; the id only where the log or a colleague needs somebody; no answer but those
    for the log; no text of theirs, of their leads about them, or on its way to them."""
    folder = again(full, tmp_path / name)
    before = rows(folder)
    person = named(before, name)
    own = {row["id"] for row in before["reflections"] if row["mentor_id"] == person["id"]}
    private = {
        row["text"]
        for row in before["answers"]
        if row["reflection_id"] in own and row["visibility"] != "L" and row["text"]
    }
    others = {row["text"] for row in before["answers"] if row["text"] and row["reflection_id"] not in own} | {
        row["text"] for row in before["answers"] if row["text"] and row["visibility"] == "L"
    }
    do(folder, lambda tx: erasing.mentor(tx, person["id"]))
    after = rows(folder)
    assert broken_links(folder) == 0
    assert where(after, person["id"]) <= NAMELESS | {"audit.actor", "audit.subject"}
    for column in ("telegram_id", "chat_id"):
        assert not any(person[column] in row.values() for found in after.values() for row in found)
    text = cells(after, "guides", "audit", "answers.text", "followups.text", "reflections.state")
    assert re.findall(rf"\b{name}\b", text) == []
    for canary in (f"Gadenavn {name}", f"til {person['id']}", f"fra {person['id']}", f"gang {person['id']}"):
        assert canary not in cells(after)
    assert {one for one in private - others if one in cells(after)} == set()
    left = {row["id"]: row for row in after["reflections"]}
    assert not own or any(one in left for one in own)
    for row in after["answers"]:
        assert row["reflection_id"] not in own or (row["visibility"], row["message_id"]) == ("L", None)
    for one in own & left.keys():
        assert left[one]["citizen_id"] and left[one]["finished_at"]
        state = json.loads(left[one]["state"])
        assert state["draft"]["found"] == [] and state["draft"]["part"] is None


def test_the_log_of_a_citizen_is_whole_without_the_mentor(full: Path, tmp_path: Path) -> None:
    """Attempts, threads, L answers of ended debriefs and whether a hearing was seen to: all there, nameless."""
    folder = again(full, tmp_path / "log")
    before = rows(folder)
    anna = named(before, "Anna")
    ended = {
        row["id"] for row in before["reflections"]
        if row["mentor_id"] == anna["id"] and row["finished_at"] and row["citizen_id"]
    }  # fmt: skip
    do(folder, lambda tx: erasing.mentor(tx, anna["id"]))
    after = rows(folder)
    for table in ("contact_attempts", "contact_threads", "citizens", "teams", "guides", "audit"):
        assert [row["id"] for row in before[table] if "id" in row] == [row["id"] for row in after[table] if "id" in row]

    def log(stored: Rows) -> set[tuple[str, str | None]]:
        return {
            (row["id"], row["text"])
            for row in stored["answers"]
            if row["reflection_id"] in ended and row["visibility"] == "L"
        }

    assert log(before) == log(after) and len(log(after)) > 10
    done = {
        row["id"]
        for row in before["followups"]
        if row["kind"] in ("hearing", "record_entry") and row["status"] == "done" and row["reflection_id"] in ended
    }
    assert done <= {row["id"] for row in after["followups"]}
    nobody = next(row for row in after["people"] if row["id"] == anna["id"])
    assert (nobody["name"], nobody["team_id"], nobody["left_at"] is None) == (erasing.NAMELESS, None, False)
    assert nobody["telegram_id"] < -(2**62)


@pytest.mark.parametrize("name", ["Anna", "Lea"])
def test_colleagues_keep_what_is_theirs(full: Path, tmp_path: Path, name: str) -> None:
    """Rows that hang on the erased person neither by a key nor by a chat are as they were."""
    folder = again(full, tmp_path / f"colleagues-{name}")
    before, known = rows(folder), links(folder)
    person = named(before, name)
    gone = hanging(before, known, "people", [person["id"]], LOOSE)
    do(folder, lambda tx: erasing.mentor(tx, person["id"]))
    only_these_went(before, rows(folder), gone, all_gone=False)


def test_two_who_are_erased_and_one_erased_twice(full: Path, tmp_path: Path) -> None:
    """Nobody stands in the way of the next, and doing it again, as a restored backup does, changes nothing."""
    folder = again(full, tmp_path / "two")
    anna, bo = (named(rows(folder), one)["id"] for one in ("Anna", "Bo"))
    for one in (anna, bo):
        do(folder, lambda tx, one=one: erasing.mentor(tx, one))  # type: ignore[misc] # bound for the loop
    before = rows(folder)
    for one in (anna, bo, "nobody"):
        do(folder, lambda tx, one=one: erasing.mentor(tx, one))  # type: ignore[misc] # bound for the loop
    do(folder, lambda tx: erasing.citizen(tx, "nobody"))
    assert rows(folder) == before
    assert len({row["telegram_id"] for row in before["people"]}) == len(before["people"])


def test_who_left_nothing_behind_is_gone_whole(full: Path, tmp_path: Path) -> None:
    """Where no row of anybody else needs them there is no nameless row either."""
    folder = again(full, tmp_path / "whole")

    async def join(tx: Transaction) -> None:
        tx.write(
            "INSERT INTO people (id, telegram_id, chat_id, name, role, language, zone, created_at)"
            " VALUES ('new', 77, 78, 'Ny', 'mentor', 'da', 'Europe/Copenhagen', '2026-11-22T13:10:00.000000Z')"
        )

    before = rows(folder)["people"]
    do(folder, join)
    do(folder, lambda tx: erasing.mentor(tx, "new"))
    assert rows(folder)["people"] == before


def test_debriefs_that_are_too_old(full: Path, tmp_path: Path) -> None:
    """Debriefs go with everything that hangs on them; threads they opened stay and forget them."""
    folder = again(full, tmp_path / "old")
    before, known = rows(folder), links(folder)
    opened = [row["opened_by"] for row in before["contact_threads"] if row["opened_by"]]
    coded = [row["reflection_id"] for row in before["codings"]]
    ids = sorted({*opened[:3], *coded[:2]})
    gone = hanging(before, known, "reflections", ids, LOOSE)
    do(folder, lambda tx: erasing.reflections(tx, ids))
    after = rows(folder)
    assert broken_links(folder) == 0 and len(gone) > 40
    for one in ids:
        assert where(after, one) <= {"audit.subject"}
    assert len(after["contact_threads"]) == len(before["contact_threads"])
    only_these_went(before, after, gone)


def test_the_walk_over_keys_finds_what_it_must() -> None:
    """The search this file leans on follows keys through several tables, and stops where it is told to."""
    known = [Column("b", "a_id", "a"), Column("c", "b_id", "b"), Column("d", "a_id", "a")]
    stored: Rows = {
        "a": [{"id": "1"}, {"id": "2"}],
        "b": [{"id": "x", "a_id": "1"}, {"id": "y", "a_id": "2"}],
        "c": [{"id": "z", "b_id": "x"}],
        "d": [{"a_id": "1"}],
    }
    assert hanging(stored, known, "a", ["1"], {"d.a_id"}) == {
        id(stored["a"][0]), id(stored["b"][0]), id(stored["c"][0])
    }  # fmt: skip
