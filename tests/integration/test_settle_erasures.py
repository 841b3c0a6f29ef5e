"""A server comes back from a dump, with the list of erasures or without: who was erased since is erased again, also by
the restore after that one; and what is no list changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from storage import erasure_register
from tests.integration import engines
from tests.integration.cli_kit import Desk, desk
from tests.integration.sample_kit import UNTIL
from tests.integration.settle_kit import (
    PROOF,
    Lost,
    Tables,
    changed,
    full,
    here,
    id_of,
    on_desk,
    small,
    tables,
    waiting,
    when,
    where,
)

__all__ = ["desk"]
RECORD = frozenset({"citizens", "contact_attempts", "contact_threads", "followups", "people", "reflections"})
"""Where the id of a mentor who was erased may stay: the organisation's record, by a nameless author."""
EVERYBODY = (["Anna", "Bo", "Lea"], ["Kilde", "Lind"])


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Lost:
    """A desk whose data is on the server, with nobody in it yet; the server starts before the desk empties the
    environment."""
    engines.server()
    made: Desk = request.getfixturevalue("desk")
    made.env(EFTERTANKE_DATABASE_URL=engines.address_of(tmp_path / "first", empty=True))
    made.set_up()
    return Lost(made, tmp_path)


@pytest.fixture
def lost(server: Lost) -> Lost:
    """After the dump Kilde was erased and Bo left; the server was lost, and what was dumped is back."""
    on_desk(small)
    server.dump()
    for done in (("erase", "--citizen", "Kilde", "--yes"), ("people", "leave", "Bo")):
        assert server.desk.run(*done).code == 0
    server.lose()
    assert on_desk(here) == EVERYBODY, "the dump is from before"
    return server


def _busiest(stored: Tables, but: str) -> dict[str, str]:
    """The citizen of another mentor with rows in the most tables; a word, which stands in no id by chance."""
    found = [one for one in stored["citizens"] if one["mentor_id"] != but and one["pseudonym"].isalpha()]
    return max(found, key=lambda one: len(where(stored, one["id"])))


def _by(stored: Tables, mentor: str) -> dict[str, set[str]]:
    """What is kept of a mentor's record: ids, by table."""
    debriefs = {one["id"] for one in stored["reflections"] if one["mentor_id"] == mentor}
    kept = {"answers": {one["id"] for one in stored["answers"] if one["reflection_id"] in debriefs}}
    for table in ("reflections", "contact_threads", "contact_attempts"):
        kept[table] = {one["id"] for one in stored[table] if one["mentor_id"] == mentor}
    return kept


def test_nothing_of_them_is_in_any_table(server: Lost) -> None:
    """A citizen and a mentor who were in most tables: after settling no cell names them, and what stays of the mentor
    is the nameless record that the lost server kept. So again after a second restore, without the option."""
    on_desk(full)
    dumped = on_desk(tables)
    cilla = id_of(dumped, "people", "name", "Cilla")
    citizen = _busiest(dumped, cilla)
    hers, theirs = ("Cilla", 1004, f"fra {cilla}", f"til {cilla}"), (citizen["id"], citizen["pseudonym"])
    assert len(where(dumped, *hers)) >= 10 and len(where(dumped, *theirs)) >= 7, "the search can find them"
    server.dump()
    for done in (
        ("erase", "--citizen", citizen["pseudonym"], "--yes"),
        ("people", "leave", "Cilla"),
        ("erase", "--mentor", "Cilla", "--yes"),
    ):
        assert server.desk.run(*done).code == 0
    went_on = on_desk(tables)
    server.lose()
    for options in (("--erasures", str(server.elsewhere)), ()):
        said = server.settle(*options)
        assert said.code == 0 and "Erasures seen to: 2." in said.out
        assert f"eftertanke people leave {cilla} --citizens-to NAME" in said.out, "hers have nobody now"
        stored = on_desk(tables)
        assert where(stored, *hers) == set()
        assert where(stored, *theirs) == {"erasures"}
        assert where(stored, cilla) - PROOF == where(went_on, cilla) - PROOF <= RECORD
        kept = _by(stored, cilla)
        assert kept == _by(went_on, cilla)
        assert {one["visibility"] for one in stored["answers"] if one["id"] in kept["answers"]} == {"L"}
        assert {one["subject"] for one in stored["erasures"]} == {cilla, citizen["id"]}
        assert server.own.read_bytes() == server.elsewhere.read_bytes()
        server.bring_back()


def test_citizens_of_an_erased_mentor_are_handed_over_again(lost: Lost) -> None:
    """They were handed to Anna before Bo was erased, which no list tells: they stay active, the operator is told whose
    they were, and the line as it is printed gives them to somebody."""
    bo = id_of(on_desk(tables), "people", "name", "Bo")
    entry = erasure_register.made("mentor", bo, UNTIL)
    erasure_register.append([lost.elsewhere], entry)
    said = lost.with_list()
    line = f"eftertanke people leave {bo} --citizens-to "
    assert f"{line}NAME" in said.out
    assert lost.desk.run(*line.split()[1:], "Anna").code == 0
    stored = on_desk(tables)
    (lind,) = [one for one in stored["citizens"] if one["pseudonym"] == "Lind"]
    assert lind["mentor_id"] == id_of(stored, "people", "name", "Anna") and lind["archived_at"] is None
    assert line not in lost.with_list().out


def test_without_the_list_it_is_said_what_is_back(lost: Lost) -> None:
    """Nobody is erased or out again, no list is made up, and the operator hears both, and what to do; nothing that
    waited is sent all the same. Whoever finds the list settles once more with it."""
    said = lost.settle()
    assert (said.code, said.err) == (0, "")
    assert "There was no list of erasures" in said.out and "seen to" not in said.out
    assert "must be erased again before the bot starts: `eftertanke erase`." in said.out
    assert "can get in again: close it with `eftertanke people leave NAME` before the bot starts." in said.out
    assert on_desk(here) == EVERYBODY and not lost.own.exists()
    assert len(on_desk(waiting)) == 3 and not any("Kilde" in one for one in on_desk(waiting))
    said = lost.with_list()
    assert "Erasures seen to: 1." in said.out and "are out again: 1;" in said.out and "no list" not in said.out
    assert on_desk(here) == (["Anna", "Lea"], ["Lind"])
    assert len(on_desk(waiting)) == 2


def test_what_is_no_list_changes_nothing(lost: Lost) -> None:
    """A path to nothing, a folder, a text, bytes, another file of ours, a list that is damaged throughout: one
    sentence, and neither the database nor the list of the data folder is touched."""
    before, given = on_desk(tables), lost.folder / "given"
    wrong = f"{given} is no list of erasures; give the file {erasure_register.FILE}"
    for path in (given, lost.elsewhere.parent):
        lost.settle("--erasures", str(path)).refused(f"There is no file {path}", code=2)
    whole = lost.elsewhere.read_bytes()
    other = json.dumps({"id": "a", "at": "2026-11-20T02:00:00.000000Z", "kind": "team", "subject": "b"}).encode()
    for content in (b"hej\n", b"\x00\x01\xff\xfe", b'{"reflection": "a"}\n[1]\n', other, whole[:60], whole[5:70]):
        given.write_bytes(content)
        lost.settle("--erasures", str(given)).refused(wrong, code=2)
    assert changed(before, on_desk(tables)) == set()
    assert not lost.own.exists()


def test_a_list_that_is_damaged_in_part(lost: Lost) -> None:
    """What can be read is seen to and kept; it is said that it is not whole, and what may be back."""
    first, _, rest = lost.elsewhere.read_bytes().partition(b"\n")
    lost.elsewhere.write_bytes(first + b"\n" + rest[: len(rest) // 2])
    said = lost.with_list()
    assert "Erased again: 1. But 1 line of the list of erasures cannot be read: it is not whole." in said.out
    assert "seen to" not in said.out and "must be erased again" in said.out and "can get in again" in said.out
    assert on_desk(here) == (["Anna", "Bo", "Lea"], ["Lind"])
    assert lost.own.read_bytes() == first + b"\n"


def test_a_list_of_somebody_else(lost: Lost) -> None:
    """Another organisation's erasures, and people of theirs who left: nobody of ours goes."""
    lost.elsewhere.unlink()
    for kind in ("citizen", "mentor", "left"):
        erasure_register.append(
            [lost.elsewhere], erasure_register.made(kind, "01a20841-0000-7000-8000-000000000000", UNTIL)
        )
    before = on_desk(tables)
    said = lost.with_list()
    assert "out again" not in said.out
    assert on_desk(here) == EVERYBODY
    assert changed(before, on_desk(tables)).isdisjoint({"people", "citizens", "teams", "consents"})


def test_twice_is_once(lost: Lost) -> None:
    """A second time the list has each line once, and nothing differs in any table but that the restore is noted
    again; everybody still has the one message waiting."""
    lost.with_list()
    once, told, listed = on_desk(tables), on_desk(waiting), lost.own.read_bytes()
    assert len(told) == 2 and listed == lost.elsewhere.read_bytes()
    said = lost.with_list()
    assert "Erasures seen to: 1." in said.out and "out again" not in said.out
    twice = on_desk(tables)
    assert changed(once, twice) == {"audit", "outbox", "restores"}
    assert (len(on_desk(waiting)), lost.own.read_bytes()) == (len(told), listed)
    assert when(twice) == [UNTIL, UNTIL]
    assert len(twice["audit"]) == len(once["audit"]) + 1
    assert lost.desk.run("audit", "--verify", "--json").json["whole"]


def test_who_says_no_has_kept_nothing(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the database nor the list in the data folder has changed."""
    before = on_desk(tables)
    monkeypatch.setattr(typer, "confirm", lambda *_a, **_k: False)
    lost.desk.run("settle", "--erasures", str(lost.elsewhere)).sentence("Nothing was changed.")
    assert changed(before, on_desk(tables)) == set()
    assert not lost.own.exists()


def test_lists_are_taken_together(lost: Lost) -> None:
    """The data folder has one line, the list from elsewhere both: the one that was missing is added, once; when the
    list that is given is the data folder's own, it stays as it is."""
    first, second = lost.elsewhere.read_bytes().splitlines(keepends=True)
    lost.own.write_bytes(second)
    lost.with_list()
    assert lost.own.read_bytes() == second + first
    assert lost.settle("--erasures", str(lost.own)).code == 0
    assert lost.own.read_bytes() == second + first
    assert on_desk(here) == (["Anna", "Lea"], ["Lind"])


def test_the_list_among_the_backups_is_found(lost: Lost) -> None:
    """Where the data folder has lost its own: it is used without being named, and is in the data folder again."""
    lost.among_backups.write_bytes(lost.elsewhere.read_bytes())
    said = lost.settle()
    assert "Erasures seen to: 1." in said.out and "are out again: 1;" in said.out
    assert on_desk(here) == (["Anna", "Lea"], ["Lind"])
    assert lost.own.read_bytes() == lost.elsewhere.read_bytes()


def test_what_cannot_be_kept_changes_nothing(lost: Lost) -> None:
    """Where the list of the data folder cannot be written, nothing is erased that the next restore would bring back."""
    before = on_desk(tables)
    lost.own.mkdir()
    said = lost.settle("--erasures", str(lost.elsewhere))
    said.refused("Nothing was changed", "give access")
    assert changed(before, on_desk(tables)) == set()


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"id": "a", "at": "0001-01-01T00:00:00+14:00", "kind": "citizen", "subject": "b"}',
        b'{"id": "a", "at": "2026-11-20T02:00:00.000000Z", "kind": "citizen", "subject": "b\\u0000"}',
        b'{"id": "a\\ud800", "at": "2026-11-20T02:00:00.000000Z", "kind": "citizen", "subject": "b"}',
    ],
)
def test_an_odd_line_stops_nothing(lost: Lost, line: bytes) -> None:
    """A line that no database would take, or that cannot be read to its end, is passed over and counted as the
    others are."""
    lost.elsewhere.write_bytes(line + b"\n" + lost.elsewhere.read_bytes())
    assert "Erased again: 1. But 1 line of the list" in lost.with_list().out
    assert on_desk(here) == (["Anna", "Lea"], ["Lind"])


def test_an_empty_list_is_refused(lost: Lost) -> None:
    """A copy that failed leaves an empty file: nobody must believe that the erased are gone."""
    before = on_desk(tables)
    for content in (b"", b"\n \n"):
        lost.elsewhere.write_bytes(content)
        lost.settle("--erasures", str(lost.elsewhere)).refused("is no list of erasures", code=2)
    assert changed(before, on_desk(tables)) == set()
