"""Exports for the chat: made in a process of their own, locked with words that are kept nowhere.

The words exist in three places, all of them memory: here while the export is made, in the process that makes it, which
gets them through a pipe, and in the window of the coder's Telegram that answers the tap. That window is no message: it
is not in the chat's history, no other device shows it, and nothing has to be removed. A crash forgets the words, and so
the export: the coder asks again. What stands on the disk meanwhile stands in a folder for this program only, which is
removed in any case; ``sweep`` removes what a killed program left.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

from pydantic import SecretStr

from bot.exports.transcript import Dates
from bot.exports.whole import Wish, write_whole
from bot.exports.whole_packed import pack, pass_words
from bot.service.export_chat import Asked, Outcome
from prompts import load_codebook
from storage.either import open_either
from storage.keys import Key

log = logging.getLogger(__name__)

LARGEST = 49_000_000
"""Bytes; a bot may send files of 50 MB (https://core.telegram.org/bots/api#senddocument)."""
_PREFIX = ".eksport-"
_LONGEST = 900.0  # seconds
_ARCHIVE = "eftertanke.7z"


@dataclass(frozen=True, slots=True)
class Source:
    """Where an export comes from: the database with its key, wording of one's own, codes of one's own. ``url``: of the
    server that has the data instead; what is made meanwhile stands beside where the file would be."""

    database: Path
    key: Key
    prompts: Path | None
    own_codes: Path
    zone: str
    url: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A locked export, small enough for the chat."""

    data: bytes
    reflections: int


Show: TypeAlias = Callable[[str], Awaitable[bool]]
"""Shows the words in the window that answers the tap; whether Telegram took it."""
Deliver: TypeAlias = Callable[[Asked, Made | Outcome], Awaitable[None]]
"""Queues the document, or says why there is none."""


class ChatExports:
    """At most one export for a chat, and one at a time for the program."""

    def __init__(self, source: Source, deliver: Deliver) -> None:
        self._source, self._deliver = source, deliver
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()

    def busy(self, chat_id: int) -> bool:
        """Whether one is being made for this chat."""
        return chat_id in self._under_way

    def begin(self, asked: Asked, show: Show) -> bool:
        """Begin, once the turn that asked for it is committed; False when one is being made for this chat.

        Nothing is raised; what became of it is delivered."""
        if self.busy(asked.chat_id):
            return False
        task = asyncio.create_task(self._run(asked, show))
        self._under_way[asked.chat_id] = task
        task.add_done_callback(lambda _: self._under_way.pop(asked.chat_id, None))
        return True

    async def stop(self) -> None:
        """End what is under way; nobody gets anything of it."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, asked: Asked, show: Show) -> None:
        words = pass_words()
        try:
            if not await show(words):
                await self._deliver(asked, Outcome.NO_WORDS)
                return
            async with self._turn, asyncio.timeout(_LONGEST):
                made = await make(self._source, _wish(self._source, asked), words)
            await self._deliver(asked, made)
        except Exception as error:
            log.error("An export for the chat was not made: %s.", type(error).__name__)
            with suppress(Exception):
                await self._deliver(asked, Outcome.FAILED)


def _wish(source: Source, asked: Asked) -> Wish:
    return replace(Wish(), dates=Dates(asked.dates), language=asked.language, zone=source.zone)


def sweep(source: Source) -> None:
    """Remove what a program left that was killed while it made an export. Where several may run at once, only what is
    older than any export can be; else call it when no other one runs."""
    oldest = 0.0 if source.url is None else time.time() - 2 * _LONGEST
    for left in source.database.parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if source.url is None or left.stat().st_mtime < oldest:
                shutil.rmtree(left, ignore_errors=True)


async def make(source: Source, wish: Wish, words: str) -> Made | Outcome:
    """The locked export, made by another process, so that nobody's taps wait. Raises OSError, RuntimeError."""
    # Beside the database: the one place this program knows to be for its own user, and on the disk it was given.
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=source.database.parent) as name:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there,), daemon=True)
        process.start()
        there.close()
        try:
            here.send((source, wish, words, Path(name)))
            reflections = await asyncio.to_thread(_received, here)
        finally:
            process.terminate()
            await asyncio.shield(asyncio.to_thread(process.join))
            here.close()
        archive = Path(name) / _ARCHIVE
        if reflections == 0:
            return Outcome.EMPTY
        if archive.stat().st_size > LARGEST:
            return Outcome.TOO_LARGE
        return Made(await asyncio.to_thread(archive.read_bytes), reflections)


def _received(here: Connection) -> int:
    try:
        said = here.recv()
    except (EOFError, OSError):
        raise RuntimeError("the process that makes an export has ended") from None
    if not isinstance(said, int):
        raise RuntimeError(str(said))
    return said


def _serve(there: Connection) -> None:
    """The other process. It answers with the number of reflections, or the name of what went wrong; never a text."""
    source, wish, words, folder = there.recv()
    try:
        reflections = asyncio.run(_write(source, wish, folder))
        if reflections:
            pack(folder / "eftertanke", folder / _ARCHIVE, words)
        there.send(reflections)
    except Exception as error:
        there.send(type(error).__name__)


async def _write(source: Source, wish: Wish, folder: Path) -> int:
    whole = folder / "eftertanke"
    whole.mkdir(mode=0o700)
    codebook = load_codebook(source.prompts, source.own_codes)
    url = None if source.url is None else source.url.get_secret_value()
    database = await open_either(source.database, url, source.key)
    try:
        async with database.snapshot() as snapshot:
            return (await write_whole(whole, snapshot, wish, codebook)).reflections
    finally:
        await database.close()
