"""What a restore asks, and what of it still needs an operator: the list of erasures, who left, the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands import recovery
from bot.now import real_now
from bot.service.remind_plan import series_of
from storage import erasure_register, followups, people, reminders
from storage.database import Transaction
from storage.erasure_register import Entry
from storage.keys import Key
from storage.people import Consent, Person
from tests.integration.cli_kit import Desk
from tests.integration.cli_kit import desk as desk  # a fixture
from tests.integration.test_cli_backup import after_asking, backed_up, lose_the_machine, peopled, type_words

AHEAD = datetime(2099, 1, 1, tzinfo=UTC)
SHEET = Key(bytes(range(32))).words().split()


def one(desk: Desk, name: str) -> Person:
    """Who is stored under this name."""

    async def ask(tx: Transaction) -> Person:
        return next(one for one in await people.people(tx) if one.name == name)

    return desk.stored(ask)


def staffed(desk: Desk) -> None:
    """The people of the other tests, who joined long ago: commands go by the real clock."""
    peopled(desk)

    async def long_ago(tx: Transaction) -> None:
        tx.write("UPDATE people SET created_at = '2026-01-05T08:00:00.000000Z'")
        tx.write("UPDATE consents SET at = '2026-01-05T08:00:00.000000Z'")

    desk.stored(long_ago)


def register(desk: Desk) -> Path:
    """The list that outlives the data folder."""
    return desk.folder / "data-backups" / erasure_register.FILE


def remind_bo(desk: Desk) -> None:
    """Bo has asked to be reminded of something, far ahead."""
    bo, now = one(desk, "Bo"), real_now()

    async def add(tx: Transaction) -> None:
        own = followups.add_own(tx, mentor_id=bo.id, citizen_id=None, kind="own", text="Mit", due_at=now,
                                due_has_time=True, now=now)  # fmt: skip
        reminders.add(tx, person_id=bo.id, kind="own", series=series_of(own.id), due_at=now, send_at=AHEAD,
                      now=now, followup_id=own.id)  # fmt: skip

    desk.stored(add)


def test_who_left_since_is_out_again(desk: Desk) -> None:
    """Bo leaves after the backup; restored, he has no access, his reminders are stopped, he is told nothing, and it is
    said; the register knows it twice over, and a second restore does the same."""
    staffed(desk)
    remind_bo(desk)
    file = backed_up(desk)
    assert desk.run("people", "leave", "Bo").code == 0
    bo = one(desk, "Bo")
    assert [entry.kind for entry in erasure_register.read(register(desk))] == ["left"]
    for _ in range(2):
        lose_the_machine(desk, key=False)
        said = desk.run("restore", str(file))
        assert (said.code, said.err) == (0, "")
        assert "Erasures seen to: 0." in said.out and "are out again: 1;" in said.out
        assert "2 people get one message" in said.out and "can get in again" not in said.out
        assert one(desk, "Bo").left_at == bo.left_at

        async def look(tx: Transaction) -> tuple[list[str], int, list[Entry]]:
            rows = await tx.all("SELECT status FROM reminders WHERE person_id = ?", bo.id)
            sent = await tx.all("SELECT 1 FROM outbox WHERE chat_id = 202 AND kind <> 'delete' AND status = 'pending'")
            return [row["status"] for row in rows], len(sent), await erasure_register.noted(tx)

        assert desk.stored(look) == (["lapsed"], 0, erasure_register.read(register(desk)))
        assert erasure_register.read(desk.data / erasure_register.FILE) == erasure_register.read(register(desk))


def test_who_came_back_before_the_backup_stays(desk: Desk) -> None:
    """An old leaving does not undo a later joining."""
    staffed(desk)
    assert desk.run("people", "leave", "Bo").code == 0
    bo = one(desk, "Bo")

    async def back(tx: Transaction) -> None:
        people.rejoin(tx, bo.id, name="Bo", role=bo.role, team_id=bo.team_id)
        people.consent(tx, bo.id, Consent.USE, True, real_now())

    desk.stored(back)
    file = backed_up(desk)
    lose_the_machine(desk, key=False)
    said = desk.run("restore", str(file), "--json")
    assert (said.json["left"], said.json["told"]) == (0, 3)
    assert one(desk, "Bo").left_at is None


def test_without_a_list_it_is_said_who_can_get_in(desk: Desk) -> None:
    """The operator hears that those who left must be shut out again, before the bot starts."""
    staffed(desk)
    file = backed_up(desk)
    assert desk.run("people", "leave", "Bo").code == 0
    lose_the_machine(desk, key=False)
    register(desk).unlink()
    said = desk.run("restore", str(file))
    assert "can get in again: close it with `eftertanke people leave NAME` before the bot starts." in said.out
    assert one(desk, "Bo").left_at is None


def test_a_leaving_that_was_not_committed_is_not_listed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is taken back when the transaction fails after it was written."""
    staffed(desk)
    append = erasure_register.append

    def broken_off(files: list[Path], entry: Entry) -> None:
        append(files, entry)
        if files == [register(desk)]:  # the second one: the line stands in both now
            raise RuntimeError

    monkeypatch.setattr("storage.erasure_register.append", broken_off)
    assert desk.run("people", "leave", "Bo").code == 1
    assert one(desk, "Bo").left_at is None
    assert erasure_register.read(desk.data / erasure_register.FILE) == []


def test_access_ends_also_where_the_list_cannot_be_written(desk: Desk) -> None:
    """A stick that is not there must not keep anybody in: it is said what to do after a restore."""
    staffed(desk)
    register(desk).mkdir()
    said = desk.run("people", "leave", "Bo")
    assert said.code == 0
    said.sentence(str(register(desk).parent), "after a restore")
    assert one(desk, "Bo").left_at is not None
    assert len(erasure_register.read(desk.data / erasure_register.FILE)) == 1


@pytest.mark.parametrize("content", [b"hej\n", b"\x00\x01\xff", b'{"kind": "left"}\n'])
def test_a_given_list_that_is_none_is_refused(desk: Desk, content: bytes) -> None:
    """Somebody who gives the wrong file must not believe that the erased are gone; nothing is restored."""
    staffed(desk)
    file = backed_up(desk)
    lose_the_machine(desk, key=False)
    given = desk.folder / "given.jsonl"
    given.write_bytes(content)
    desk.run("restore", str(file), "--erasures", str(given)).refused("is no list of erasures", code=2)
    assert not desk.data.exists()
    given.write_bytes(b"")
    desk.run("restore", str(file), "--erasures", str(given)).refused("is no list of erasures", code=2)


def test_lines_that_cannot_be_read_are_counted(desk: Desk) -> None:
    """What can be read is seen to, but it is not said that all is well."""
    staffed(desk)
    file = backed_up(desk)
    lose_the_machine(desk, key=False)
    erasure_register.append([register(desk)], erasure_register.made("citizen", "nobody", real_now()))
    with register(desk).open("ab") as stream:
        stream.write(b"\x00\x00\n\n{\n")
    said = desk.run("restore", str(file))
    assert "Erased again: 1. But 2 lines of the list of erasures cannot be read" in said.out
    assert "seen to" not in said.out and "must be erased again" in said.out and "can get in again" in said.out


def test_the_place_of_the_key_is_looked_at_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before 24 words are typed it is found out that the key file could not be written; a folder that is missing is
    made."""
    staffed(desk)
    words, file = Key.from_text(desk.key_file.read_text()).words(), backed_up(desk)
    lose_the_machine(desk)
    (desk.folder / "keys").write_text("a file")
    desk.env(EFTERTANKE_KEY_FILE=str(desk.folder / "keys" / "a.key"))
    desk.run("restore", str(file), "--sheet").refused(f"written into {desk.folder / 'keys'};", "EFTERTANKE_KEY_FILE")
    monkeypatch.setattr("os.access", lambda path, *_: path != desk.folder)
    desk.env(EFTERTANKE_KEY_FILE=str(desk.folder / "new" / "a.key"))
    desk.run("restore", str(file), "--sheet").refused(f"written into {desk.folder / 'new'};")
    monkeypatch.undo()
    desk.env(EFTERTANKE_DATA=str(desk.data), EFTERTANKE_KEY_FILE=str(desk.folder / "new" / "a.key"))
    type_words(monkeypatch, words)
    assert after_asking(desk.run("restore", str(file), "--sheet")).code == 0
    assert (desk.folder / "new" / "a.key").exists()


class Terminal:
    """A standard stream that is a screen."""

    @staticmethod
    def isatty() -> bool:
        """Always."""
        return True


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """At a terminal, these lines are typed, one at each question; what was said goes to ``sys.stderr`` as always."""
    lines: list[str] = []
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("typer.prompt", lambda *_args, **_options: lines.pop(0))
    yield lines
    assert lines == []


def test_words_are_asked_for_until_they_are_right(
    typing: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At a terminal each mistake has its sentence, with the word on a screen only, and is asked for again."""
    wrong, swapped = [*SHEET], [*SHEET]
    wrong[20] = "picnik"
    swapped[3], swapped[7] = swapped[7], swapped[3]
    typing += [" ".join(line) for line in (SHEET[:23], wrong, swapped, SHEET)]
    assert recovery.typed() == Key(bytes(range(32)))
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 3
    assert told[0].startswith("The recovery sheet has 24 words")
    assert told[1].startswith("Word 21 is not a word of these sheets")
    assert told[2].startswith("One of the words is wrong or two are swapped")
    monkeypatch.setattr("sys.stderr.isatty", Terminal.isatty)
    typing += [" ".join(line) for line in (wrong, SHEET)]
    recovery.typed()
    assert capsys.readouterr().err.startswith("Word 21, picnik, is not a word of these sheets")
