"""aiogram with an SQLite storage for its dialogue: what it takes to keep each answer there."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.base import BaseSession
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram_sqlite_storage.sqlitestore import SQLStorage

from tests.benchmarks.crowd import Crowd, Sent
from tests.benchmarks.sides import CARD, LABELS


class NowhereSession(BaseSession):
    """Every call succeeds at once; nobody looks at what comes back."""

    async def close(self) -> None:
        """There is nothing to close."""

    async def make_request(self, bot: Any, method: Any, timeout: int | None = None) -> Any:  # noqa: ASYNC109 - aiogram's signature
        """Answer at once."""
        return True

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        """No file is ever there."""
        yield b""


class AiogramStored:
    """A state machine that keeps each answer in the data of aiogram's dialogue and the question in its state."""

    def __init__(self, path: Path, crowd: Crowd, journal: str) -> None:
        self.finished: list[tuple[float, int]] = []
        self._questions = [stand.question for stand in crowd.walk.stands]
        group = type("Debrief", (StatesGroup,), {question: State() for question in self._questions})
        self._storage = SQLStorage(str(path), serializing_method="json")  # the quicker of its two
        if journal:
            self._storage.con.execute(f"PRAGMA journal_mode = {journal}")
        self._bot = Bot("1:benchmark", session=NowhereSession())
        self._dispatcher = Dispatcher(storage=self._storage)
        self._dispatcher.callback_query.register(self._tapped, StateFilter(group))
        self._dispatcher.message.register(self._typed, StateFilter(group), F.text)
        self._keyboard = InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text=label, callback_data=label)] for label in LABELS]
        )
        self.facts: dict[str, Any] = {
            "synchronous": self._storage.con.execute("PRAGMA synchronous").fetchone()[0],
            "journal_mode": self._storage.con.execute("PRAGMA journal_mode").fetchone()[0],
        }
        self._seed(crowd, [mentor.number for mentor in crowd.mentors])

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Parse and dispatch one after the other."""
        for update in updates:
            await self._dispatcher.feed_raw_update(self._bot, update)
            self.finished.append((perf_counter(), 1))

    async def _tapped(self, query: CallbackQuery, state: FSMContext, raw_state: str) -> None:
        assert query.data is not None and isinstance(query.message, Message)
        await self._keep(state, raw_state, query.data)
        await query.answer()
        await query.message.edit_text(CARD, parse_mode="HTML", reply_markup=self._keyboard)

    async def _typed(self, message: Message, state: FSMContext, raw_state: str) -> None:
        assert message.text is not None
        await self._keep(state, raw_state, message.text)
        await message.answer(CARD, parse_mode="HTML", reply_markup=self._keyboard)

    async def _keep(self, state: FSMContext, raw_state: str, said: str) -> None:
        question = raw_state.partition(":")[2]
        following = (self._questions.index(question) + 1) % len(self._questions)
        await state.update_data({question: {"said": said, "at": datetime.now(UTC).isoformat()}})
        await state.set_state(f"Debrief:{self._questions[following]}")

    async def mark(self) -> int:
        """Not needed: what was said is looked for by its own words."""
        return 0

    async def stored(self, sent: Sequence[Sent], mark: int) -> int:
        """Answers found in the storage with the very words sent."""
        found = 0
        for one in sent:
            row = self._storage.con.execute("SELECT data FROM fsm_data WHERE key = ?", (_key(one.mentor.chat),))
            data = json.loads(row.fetchone()[0])
            found += data.get(one.stand.question, {}).get("said") == one.said
        return found

    async def settle(self, crowd: Crowd, sent: Sequence[Sent]) -> None:
        """Whose debrief is at its end begins anew somewhere."""
        self._seed(crowd, [mentor.number for mentor in crowd.move_on(sent)])

    def _seed(self, crowd: Crowd, numbers: Sequence[int]) -> None:
        """Dialogues as far on as the crowd's, written in the storage's own form."""
        rows = []
        for number in numbers:
            mentor = crowd.mentors[number]
            given = {question: {"said": "t:1:+:x", "at": ""} for question in self._questions[: mentor.at]}
            rows.append((_key(mentor.chat), f"Debrief:{self._questions[mentor.at]}", json.dumps(given)))
        self._storage.con.executemany("INSERT OR REPLACE INTO fsm_data (key, state, data) VALUES (?, ?, ?)", rows)
        self._storage.con.commit()

    async def close(self) -> None:
        """End it."""
        await self._storage.close()
        await self._bot.session.close()


def _key(chat: int) -> str:
    return f"1:{chat}:{chat}"
