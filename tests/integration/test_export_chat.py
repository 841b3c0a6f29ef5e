"""An export in the chat: who may ask, what is locked, and where the words never are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import py7zr
import pytest

from bot.exports import whole_chat
from bot.exports.whole import Wish
from bot.exports.whole_chat import ChatExports, Made, Source, make, sweep
from bot.exports.whole_packed import WORDS, pack, pass_words
from bot.service import export_chat
from bot.service.export_chat import Asked, Outcome
from bot.service.replies import Page, Reply, Say, Toast
from prompts import load_messages
from storage import audit
from storage.database import Transaction
from storage.keys import read_key
from storage.people import Person, Role
from tests.integration.cli_kit import NOW, TOOLS, Desk, desk, enrol
from tests.integration.export_kit import held_visit

__all__ = ["desk"]
ASKED = Asked(501, "da", "week")


def source_of(desk: Desk) -> Source:
    """The organisation's data."""
    key = read_key(None, desk.key_file)
    return Source(desk.data / "eftertanke.db", key, None, desk.data / "codebook.yaml", "Europe/Copenhagen")


def coder(desk: Desk, role: Role = Role.CODER) -> Person:
    """Somebody who joined with this role."""
    return desk.stored(lambda tx: enrol(tx, "Kim", 500, role=role, team=None))


def pressed(desk: Desk, person: Person, verb: str, arg: str = "") -> list[Reply | Asked]:
    """What a button leads to."""

    async def go(tx: Transaction) -> list[Reply | Asked]:
        return await export_chat.press(tx, TOOLS, person, verb, arg, NOW)

    return desk.stored(go)


def test_a_coder_is_asked_how_finely(desk: Desk) -> None:
    """The page says how it is locked, that the words show once, and that Telegram could read both."""
    desk.set_up()
    person = coder(desk)
    [page] = desk.stored(lambda tx: export_chat.command(tx, TOOLS, person))
    assert isinstance(page, Page)
    assert [(b.verb, b.arg) for row in page.buttons for b in row] == [
        ("go", "day"),
        ("go", "week"),
        ("go", "none"),
        ("x", ""),
    ]
    for language, words in (("da", ("én gang", "AES-256", "Telegram")), ("en", ("once", "AES-256", "Telegram"))):
        said = load_messages(language=language).text(page.template, contact="Lea")
        assert all(word in said for word in words) and "Lea" in said


@pytest.mark.parametrize("role", [Role.MENTOR, Role.LEAD, Role.ADMIN])
def test_nobody_else_gets_one(desk: Desk, role: Role) -> None:
    """By command or by a forged button: refused, nothing noted."""
    desk.set_up()
    person = coder(desk, role)
    before = len(desk.stored(audit.entries))
    [said] = desk.stored(lambda tx: export_chat.command(tx, TOOLS, person))
    assert said == Say(person.chat_id, "da", "error.not_allowed")
    assert pressed(desk, person, "go", "day") == [Toast("da", "error.not_allowed")]
    assert len(desk.stored(audit.entries)) == before


def test_asking_is_noted_before_anything_is_made(desk: Desk) -> None:
    """The audit log names who asked; a button that is not ours asks for nothing."""
    desk.set_up()
    person = coder(desk)
    page, asked = pressed(desk, person, "go", "week")
    assert asked == Asked(person.chat_id, "da", "week")
    assert isinstance(page, Page) and page.template == "export_chat.making"
    last = desk.stored(audit.entries)[-1]
    assert (last.actor, last.action, last.subject) == (person.id, "export", "coding")
    assert pressed(desk, person, "go", "hour") == [Toast("da", "note.stale")]
    assert len([entry for entry in desk.stored(audit.entries) if entry.action == "export"]) == 1


def test_every_outcome_is_worded_and_the_words_fit_a_window() -> None:
    """In both languages; Telegram takes 200 characters in the window that answers a tap."""
    for language in ("da", "en"):
        messages = load_messages(language=language)
        for outcome in set(Outcome) - {Outcome.READY}:
            page = export_chat.told(Asked(1, language, "day"), outcome)
            assert messages.text(page.template, contact="Lea")
        caption = export_chat.caption(3)
        assert "3" in messages.text(caption.key, contact="Lea", **caption.values)
        longest = "-".join(["abandons"] * WORDS)
        assert len(messages.plain(export_chat.WORDS, words=longest)) <= 200
        assert messages.plain(export_chat.BUSY)


def test_words_are_new_each_time() -> None:
    """Seven of 2048, which is more than twelve characters would give."""
    found = {pass_words() for _ in range(200)}
    assert len(found) == 200
    assert all(len(words.split("-")) == WORDS and len(words) >= 12 for words in found)


def test_an_archive_opens_with_its_words_only(tmp_path: Path) -> None:
    """AES-256 over contents and names: without the words not even the names of files are there to read."""
    folder = tmp_path / "ud"
    (folder / "transcripts").mkdir(parents=True)
    (folder / "transcripts" / "hemmeligt navn.md").write_text("hemmelig tekst æøå", encoding="utf-8")
    words = pass_words()
    pack(folder, tmp_path / "a.7z", words)
    raw = (tmp_path / "a.7z").read_bytes()
    assert (tmp_path / "a.7z").stat().st_mode & 0o777 == 0o600
    for canary in ("hemmelig", words, "transcripts"):
        assert canary.encode() not in raw and canary.encode("utf-16-le") not in raw
    with py7zr.SevenZipFile(tmp_path / "a.7z", password=words) as packed:
        packed.extractall(tmp_path / "igen")
    assert (tmp_path / "igen/ud/transcripts/hemmeligt navn.md").read_text(encoding="utf-8") == "hemmelig tekst æøå"
    with pytest.raises(Exception), py7zr.SevenZipFile(tmp_path / "a.7z", password="forkert-ord") as packed:  # noqa: B017 - which one depends on the bytes
        packed.extractall(tmp_path / "forkert")


class Chat:
    """Takes the part of Telegram: the window, and what is delivered."""

    def __init__(self, takes: bool = True) -> None:
        self.takes, self.windows = takes, list[str]()
        self.delivered: list[Made | Outcome] = []

    async def show(self, words: str) -> bool:
        """The window that answers the tap."""
        self.windows.append(words)
        return self.takes

    async def deliver(self, asked: Asked, made: Made | Outcome) -> None:
        """A document, or why there is none."""
        assert asked == ASKED
        self.delivered.append(made)


def run(desk: Desk, chat: Chat, also: Callable[[ChatExports], Awaitable[None]] | None = None) -> None:
    """Begin an export, do something meanwhile, and wait until it has ended."""

    async def go() -> None:
        exports = ChatExports(source_of(desk), chat.deliver)
        assert exports.begin(ASKED, chat.show)
        assert exports.busy(ASKED.chat_id) and not exports.begin(ASKED, chat.show)
        if also is not None:
            await also(exports)
        while exports.busy(ASKED.chat_id):  # noqa: ASYNC110 - there is nothing to wait for but its end
            await asyncio.sleep(0.01)

    asyncio.run(go())


def test_the_whole_export_comes_locked(desk: Desk, tmp_path: Path) -> None:
    """It opens with the words of the window, holds everything at the fineness asked for, and leaves nothing behind."""
    desk.set_up()
    held_visit(desk)
    chat = Chat()
    before = {file.name for file in desk.data.iterdir()}
    run(desk, chat)
    [made], [words] = chat.delivered, chat.windows
    assert isinstance(made, Made) and made.reflections == 1
    (tmp_path / "a.7z").write_bytes(made.data)
    with py7zr.SevenZipFile(tmp_path / "a.7z", password=words) as packed:
        packed.extractall(tmp_path / "ud")
    folder = tmp_path / "ud" / "eftertanke"
    assert {"project.qdpx", "README.md", "reflections.xlsx", "answers_long.csv"} <= {
        one.name for one in folder.iterdir()
    }
    jsonl = (folder / "reflections.jsonl").read_text(encoding="utf-8")
    assert '"mentor": "M01"' in jsonl and '"started_at": "2026-W48"' in jsonl
    assert {file.name for file in desk.data.iterdir()} == before


def test_the_loop_is_not_blocked(desk: Desk) -> None:
    """While it is made, others are answered: the loop comes round at once."""
    desk.set_up()
    held_visit(desk)
    worst = 0.0

    async def watch(exports: ChatExports) -> None:
        nonlocal worst
        while exports.busy(ASKED.chat_id):
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            worst = max(worst, time.perf_counter() - before - 0.005)

    chat = Chat()
    run(desk, chat, watch)
    assert isinstance(chat.delivered[0], Made)
    assert worst < 0.5


def test_without_the_window_nothing_is_made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that nobody saw lock nobody's file."""
    desk.set_up()
    monkeypatch.setattr(whole_chat, "make", None)
    chat = Chat(takes=False)
    run(desk, chat)
    assert chat.delivered == [Outcome.NO_WORDS]


def test_nothing_to_export_is_said(desk: Desk) -> None:
    """No file with nothing in it."""
    desk.set_up()
    chat = Chat()
    run(desk, chat)
    assert chat.delivered == [Outcome.EMPTY]


def test_what_is_too_large_for_a_chat_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram takes 50 MB from a bot."""
    desk.set_up()
    held_visit(desk)
    monkeypatch.setattr(whole_chat, "LARGEST", 100)
    chat = Chat()
    run(desk, chat)
    assert chat.delivered == [Outcome.TOO_LARGE]


def test_a_failure_is_said_and_leaves_nothing(desk: Desk) -> None:
    """A guide that cannot be read: the coder is told, and no half export stays on the disk."""
    desk.set_up()
    held_visit(desk)
    desk.stored(lambda tx: tx.run("UPDATE guides SET content = '{}'"))
    before = {file.name for file in desk.data.iterdir()}
    chat = Chat()
    run(desk, chat)
    assert chat.delivered == [Outcome.FAILED]
    assert {file.name for file in desk.data.iterdir()} == before


def test_stopping_ends_it_and_leaves_nothing(desk: Desk) -> None:
    """A program that stops takes the process with it, and what was written so far."""
    desk.set_up()
    held_visit(desk)
    before = {file.name for file in desk.data.iterdir()}
    chat = Chat()

    async def stop(exports: ChatExports) -> None:
        while not list(desk.data.glob(".eksport-*")):  # noqa: ASYNC110 - only the disk tells
            await asyncio.sleep(0.005)
        await exports.stop()

    run(desk, chat, stop)
    assert chat.delivered == []
    assert {file.name for file in desk.data.iterdir()} == before


def test_what_a_killed_program_left_is_swept(desk: Desk) -> None:
    """Plain files of an export that was cut off are removed at the next start, and nothing else."""
    desk.set_up()
    before = {file.name for file in desk.data.iterdir()}
    left = desk.data / ".eksport-abc" / "eftertanke"
    left.mkdir(parents=True)
    (left / "reflections.jsonl").write_text("hemmeligt", encoding="utf-8")
    sweep(source_of(desk))
    assert {file.name for file in desk.data.iterdir()} == before


def test_the_words_are_nowhere_on_the_disk(desk: Desk) -> None:
    """Neither in the database, which holds inbox and outbox, nor in a file beside it, while it is made and after."""
    desk.set_up()
    held_visit(desk)
    words = pass_words()

    async def go() -> list[bytes]:
        seen: list[bytes] = []
        making = asyncio.create_task(make(source_of(desk), Wish(), words))
        while not making.done():
            for file in desk.data.rglob("*"):
                if file.is_file() and file.suffix != ".7z" and file.exists():
                    try:
                        seen.append(file.read_bytes())
                    except OSError:
                        continue  # removed between looking and reading
            await asyncio.sleep(0.02)
        assert isinstance(await making, Made)
        return seen

    found = asyncio.run(go())
    assert len(found) > 5 and not [one for one in found if words.encode() in one]
    rows = desk.stored(lambda tx: tx.all("SELECT payload FROM outbox UNION ALL SELECT payload FROM inbox"))
    assert words not in str(rows)
