"""PTB with its own PicklePersistence, written after each answer: what it takes to keep each answer there.

The file is rewritten in place and not forced to the disk: less than what ours promises, and the most it offers.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ContextTypes,
    MessageHandler,
    PersistenceInput,
    PicklePersistence,
    filters,
)

from tests.benchmarks.crowd import Crowd, Mentor, Sent
from tests.benchmarks.nothing import TOKEN, Nowhere
from tests.benchmarks.sides import CARD, LABELS


class PtbPickle:
    """Handlers that keep each answer in the mentor's ``user_data``."""

    def __init__(self, path: Path, crowd: Crowd) -> None:
        self.facts: dict[str, Any] = {}
        self.finished: list[tuple[float, int]] = []
        self._path, self._questions = path, [stand.question for stand in crowd.walk.stands]
        self._persistence: PicklePersistence[Any, Any, Any] = PicklePersistence(
            path, PersistenceInput(callback_data=False), on_flush=True
        )
        bot = Bot(TOKEN, request=Nowhere(), get_updates_request=Nowhere())
        self._application: Application[Any, Any, Any, Any, Any, Any] = (
            Application.builder().bot(bot).updater(None).persistence(self._persistence).build()
        )
        self._application.add_handler(CallbackQueryHandler(self._tapped))
        self._application.add_handler(MessageHandler(filters.UpdateType.MESSAGE & filters.TEXT, self._typed))
        self._keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label)] for label in LABELS])

    @classmethod
    async def open(cls, path: Path, crowd: Crowd) -> PtbPickle:
        """An application whose file knows how far each of the crowd is."""
        side = cls(path, crowd)
        await side._persistence.get_user_data()  # sets up an empty file's content, of which it writes all or nothing
        for mentor in crowd.mentors:
            await side._persistence.update_user_data(mentor.chat, side._given(mentor))
        await side._persistence.flush()
        await side._application.initialize()
        return side

    def _given(self, mentor: Mentor) -> dict[str, Any]:
        given: dict[str, Any] = {question: {"said": "t:1:+:x", "at": ""} for question in self._questions[: mentor.at]}
        return given | {"question": self._questions[mentor.at]}

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Parse, process and write one after the other."""
        for update in updates:
            await self._application.process_update(Update.de_json(update, self._application.bot))
            await self._application.update_persistence()
            await self._persistence.flush()
            self.finished.append((perf_counter(), 1))

    async def _tapped(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query is not None and update.callback_query.data is not None
        self._keep(context, update.callback_query.data)
        await update.callback_query.answer()
        await update.callback_query.edit_message_text(CARD, parse_mode="HTML", reply_markup=self._keyboard)

    async def _typed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None and update.message.text is not None
        self._keep(context, update.message.text)
        await update.message.reply_text(CARD, parse_mode="HTML", reply_markup=self._keyboard)

    def _keep(self, context: ContextTypes.DEFAULT_TYPE, said: str) -> None:
        data = context.user_data
        assert data is not None
        question = data["question"]
        data[question] = {"said": said, "at": datetime.now(UTC).isoformat()}
        data["question"] = self._questions[(self._questions.index(question) + 1) % len(self._questions)]

    async def mark(self) -> int:
        """Not needed: what was said is looked for by its own words."""
        return 0

    async def stored(self, sent: Sequence[Sent], mark: int) -> int:
        """Answers found in the file with the very words sent."""
        with self._path.open("rb") as stream:
            kept = pickle.load(stream)["user_data"]  # noqa: S301 - written by this process a moment ago
        return sum(kept[one.mentor.chat].get(one.stand.question, {}).get("said") == one.said for one in sent)

    async def settle(self, crowd: Crowd, sent: Sequence[Sent]) -> None:
        """Whose debrief is at its end begins anew somewhere."""
        for mentor in crowd.move_on(sent):
            data = self._application.user_data[mentor.chat]
            data.clear()
            data.update(self._given(mentor))

    async def close(self) -> None:
        """End it."""
        await self._application.shutdown()
