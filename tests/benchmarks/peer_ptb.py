"""PTB's own way, keeping nothing: the least that any bot on PTB costs."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from tests.benchmarks.crowd import Crowd, Sent
from tests.benchmarks.nothing import TOKEN, Nowhere
from tests.benchmarks.sides import CARD, LABELS


class PtbNothing:
    """Handlers that answer the tap and draw a card, and keep nothing."""

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any], request: Nowhere) -> None:
        self.facts: dict[str, Any] = {}
        self.finished: list[tuple[float, int]] = []
        self._application, self._request, self._handled = application, request, 0
        application.add_handler(CallbackQueryHandler(self._tapped))
        application.add_handler(MessageHandler(filters.UpdateType.MESSAGE & filters.TEXT, self._typed))
        self._keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label)] for label in LABELS])

    @classmethod
    async def open(cls) -> PtbNothing:
        """An application without an updater, whose sending goes nowhere."""
        request = Nowhere()
        bot = Bot(TOKEN, request=request, get_updates_request=Nowhere())
        application = Application.builder().bot(bot).updater(None).build()
        await application.initialize()
        return cls(application, request)

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Parse and process one after the other, as PTB does by default."""
        for update in updates:
            await self._application.process_update(Update.de_json(update, self._application.bot))
            self.finished.append((perf_counter(), 1))

    async def _tapped(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer()
        await update.callback_query.edit_message_text(CARD, parse_mode="HTML", reply_markup=self._keyboard)
        self._handled += 1

    async def _typed(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(CARD, parse_mode="HTML", reply_markup=self._keyboard)
        self._handled += 1

    async def mark(self) -> int:
        """How many updates reached a handler."""
        return self._handled

    async def stored(self, sent: Sequence[Sent], mark: int) -> int:
        """Nothing is stored; what counts is that every update reached its handler."""
        return min(len(sent), self._handled - mark)

    async def settle(self, crowd: Crowd, sent: Sequence[Sent]) -> None:
        """The crowd moves on; there is nothing to tidy."""
        crowd.move_on(sent)

    async def close(self) -> None:
        """End it."""
        await self._application.shutdown()
