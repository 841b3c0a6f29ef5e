"""Exports asked for in the chat, put together: what makes them, the window with the words, the document in the chat."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from telegram import Bot

from bot.exports.whole_chat import ChatExports, Made, Source, sweep
from bot.now import Now
from bot.service import export_chat
from bot.service.export_chat import Asked, Outcome
from bot.service.replies import Document, ExportWanted
from bot.settings import Settings
from bot.telegram.cards.render import Renderer
from bot.telegram.delivery import answer_tap, show_window
from bot.telegram.queueing import queue
from storage import people
from storage.database import Database
from storage.keys import Key

OWN_CODES = "codebook.yaml"
_NAME = "eftertanke.7z"


class Exporting:
    """``queued`` is called when something is to be sent."""

    def __init__(
        self, db: Database, renderer: Renderer, bot: Bot, now: Now, source: Source, queued: Callable[[], None]
    ) -> None:
        self._db, self._renderer, self._bot, self._now, self._queued = db, renderer, bot, now, queued
        self._exports = ChatExports(source, self._deliver)
        sweep(source)

    async def begin(self, wanted: ExportWanted, tap_id: str) -> None:
        """Begin, once the turn is committed; the tap is answered with the words, or with a word that it must wait."""
        words_of = self._renderer.words(wanted.language)

        async def show(words: str) -> bool:
            return await show_window(self._bot, tap_id, words_of.plain(export_chat.WORDS, words=words))

        if not self._exports.begin(wanted, show):
            await answer_tap(self._bot, tap_id, self._renderer.toast(wanted.language, export_chat.BUSY))

    async def stop(self) -> None:
        """End what is under way."""
        await self._exports.stop()

    async def _deliver(self, asked: Asked, made: Made | Outcome) -> None:
        async with self._db.transaction() as tx:
            person = await people.person_by_chat(tx, asked.chat_id)
            if person is None or person.left_at is not None:
                return  # they left while it was made
            if isinstance(made, Outcome):
                queue(tx, self._renderer, [export_chat.told(asked, made)], self._now())
            else:
                said = export_chat.caption(made.reflections)
                file = Document(asked.chat_id, asked.language, made.data, _NAME, said.key, said.values)
                queue(tx, self._renderer, [file], self._now())
        self._queued()


def source_of(settings: Settings, key: Key) -> Source:
    """Where exports of this installation come from."""
    data: Path = settings.database.parent
    return Source(settings.database, key, settings.prompts, data / OWN_CODES, settings.zone, settings.database_url)
