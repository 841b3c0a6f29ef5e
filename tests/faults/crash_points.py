"""Named points at which the program can be made to die, put around its parts where they are put together.

The shipped code knows nothing of them. A point is passed whenever the program gets there; what was passed stands in
the file ``passed``, a line each, and between them what else tells whether the program is at rest. Once the name of a
point stands in the file ``die_at``, the program kills itself with SIGKILL the next time it gets there, and leaves the
file under the name ``died_at``.
"""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from telegram import Bot

from storage.database import Database, Reader, Row, Transaction

RECEIVED = "poll.received"
BEFORE_STORE = "poll.before_store"
STORE_BEFORE_COMMIT, STORE_AFTER_COMMIT = "poll.before_commit", "poll.after_commit"
BEFORE_CONFIRM = "poll.before_confirm"
BEFORE_HANDLE, BEFORE_DONE = "turn.before_handle", "turn.before_done"
TURN_BEFORE_COMMIT, TURN_AFTER_COMMIT = "turn.before_commit", "turn.after_commit"
BEFORE_SEND, SEND_ACCEPTED = "outbox.before_send", "outbox.send_accepted"
BEFORE_EDIT, EDIT_ACCEPTED = "outbox.before_edit", "outbox.edit_accepted"
BEFORE_DELETE, DELETE_ACCEPTED = "outbox.before_delete", "outbox.delete_accepted"
MARK_BEFORE_COMMIT, MARK_AFTER_COMMIT = "outbox.mark_before_commit", "outbox.mark_after_commit"
BEFORE_ANSWER, ANSWER_ACCEPTED = "tap.before_answer", "tap.answer_accepted"
REMIND_BEFORE_COMMIT, REMIND_AFTER_COMMIT = "reminders.before_commit", "reminders.after_commit"
BEGAN, ASKED, REFUSED = "began", "asked for updates", "refused"
NO_UPDATES, NO_MESSAGES = "no updates", "no messages"
"""The worker, the sender has looked, and there was nothing to do."""

UNSEEN = (
    RECEIVED, BEFORE_STORE, STORE_BEFORE_COMMIT, STORE_AFTER_COMMIT, BEFORE_HANDLE, BEFORE_DONE, TURN_BEFORE_COMMIT,
)  # fmt: skip
"""Points before which nothing of the turn can have been sent: a kill there repeats no message."""

POINTS = (
    *UNSEEN, BEFORE_CONFIRM, TURN_AFTER_COMMIT, BEFORE_SEND, SEND_ACCEPTED, BEFORE_EDIT, EDIT_ACCEPTED, BEFORE_DELETE,
    DELETE_ACCEPTED, MARK_BEFORE_COMMIT, MARK_AFTER_COMMIT, BEFORE_ANSWER, ANSWER_ACCEPTED,
)  # fmt: skip
"""Those of a turn: before and after every commit of poller, worker and sender, and before and after every call."""

REMINDER_POINTS = (
    REMIND_BEFORE_COMMIT, REMIND_AFTER_COMMIT, BEFORE_SEND, SEND_ACCEPTED, MARK_BEFORE_COMMIT, MARK_AFTER_COMMIT,
)  # fmt: skip
"""Those of a reminder: where a tick claims and queues it, and where it is sent."""

_CALLS = {
    "send_message": (BEFORE_SEND, SEND_ACCEPTED),
    "edit_message_text": (BEFORE_EDIT, EDIT_ACCEPTED),
    "delete_message": (BEFORE_DELETE, DELETE_ACCEPTED),
    "delete_messages": (BEFORE_DELETE, DELETE_ACCEPTED),
    "answer_callback_query": (BEFORE_ANSWER, ANSWER_ACCEPTED),
}


_BEFORE = frozenset(before for before, _ in _CALLS.values())
_OVER = frozenset({REFUSED, *(accepted for _, accepted in _CALLS.values())})
_MAY_SEND = (MARK_AFTER_COMMIT, REMIND_AFTER_COMMIT)


def _last(lines: Sequence[str], *wanted: str) -> int:
    """Where the last of these stands; -1 when none does."""
    return max((place for place, line in enumerate(lines) if line in wanted), default=-1)


class Points:
    """The program's end of it. ``folder`` holds the three files."""

    def __init__(self, folder: Path) -> None:
        self._order = folder / "die_at"
        self._passed = os.open(folder / "passed", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.noted(BEGAN)

    def noted(self, what: str) -> None:
        """Write a line: something that is no point to die at."""
        os.write(self._passed, f"{what}\n".encode())

    def passed(self, point: str) -> None:
        """The program is at this point. Does not return when it is to die here."""
        self.noted(point)
        try:
            ordered = self._order.read_text(encoding="ascii")
        except FileNotFoundError:
            return
        if ordered == point:
            self._order.rename(self._order.with_name("died_at"))
            os.kill(os.getpid(), signal.SIGKILL)


class Orders:
    """The test's end of it."""

    def __init__(self, folder: Path) -> None:
        self._order, self._died, self._passed = folder / "die_at", folder / "died_at", folder / "passed"

    def die_at(self, point: str) -> None:
        """Let the program die the next time it gets there."""
        self._died.unlink(missing_ok=True)
        draft = self._order.with_suffix(".draft")
        draft.write_text(point, encoding="ascii")
        draft.rename(self._order)  # whole or not at all

    def take_back(self) -> None:
        """Let it live."""
        self._order.unlink(missing_ok=True)

    @property
    def died(self) -> bool:
        """Whether it has got there, and died."""
        return self._died.exists()

    def at_rest(self, length: int) -> bool:
        """Whether the program, in its present life, has done all that there was to do after ``passed`` was so long."""
        lines = self.since(length)
        restarted = BEGAN in lines
        if restarted:
            lines = lines[_last(lines, BEGAN) :]
        calls = sum(line in _BEFORE for line in lines) - sum(line in _OVER for line in lines)
        return (
            calls == 0
            and (not restarted or ASKED in lines)
            and _last(lines, NO_UPDATES) > _last(lines, BEGAN, STORE_AFTER_COMMIT, TURN_AFTER_COMMIT)
            and _last(lines, NO_MESSAGES) > _last(lines, BEGAN, TURN_AFTER_COMMIT, *_MAY_SEND)
        )

    @property
    def length(self) -> int:
        """How far ``passed`` is written: grows with every point that is passed."""
        return self._passed.stat().st_size if self._passed.exists() else 0

    def since(self, length: int) -> list[str]:
        """What was written to ``passed`` after it was so long."""
        if not self._passed.exists():
            return []
        with self._passed.open("rb") as file:
            file.seek(length)
            return file.read().decode().splitlines()


class PointedDatabase:
    """A database with a point before and one after each commit that makes something durable. Before: everything is
    written, and nothing counts yet. ``about``: only of those that write there, a piece of their SQL."""

    def __init__(self, db: Database, before: str, after: str, points: Points, about: str = "") -> None:
        self._db, self._before, self._after, self._points, self._about = db, before, after, points, about

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """As the database's own."""
        async with self._db.transaction() as tx:
            noticing = _Noticing(tx, self._about, self._points)
            yield noticing
            if noticing.wrote:
                await tx.all("SELECT 1")  # what was queued is written now, and no later
                self._points.passed(self._before)
        if noticing.wrote:
            self._points.passed(self._after)


_LOOKED_FOR = {"inbox": NO_UPDATES, "outbox": NO_MESSAGES}


class _Noticing:
    """A transaction that knows whether it has written, and says so when there is nothing to do."""

    def __init__(self, tx: Transaction, about: str, points: Points) -> None:
        self._tx, self._about, self._points, self.wrote = tx, about, points, False

    @property
    def only_free(self) -> str:
        return self._tx.only_free

    async def all(self, sql: str, *params: Any) -> list[Row]:
        self._notice(sql)
        rows = await self._tx.all(sql, *params)
        for table, nothing in _LOOKED_FOR.items():
            if not rows and f"FROM {table} " in sql:
                self._points.noted(nothing)
        return rows

    async def one(self, sql: str, *params: Any) -> Row | None:
        self._notice(sql)
        return await self._tx.one(sql, *params)

    async def several(self, *asked: tuple[Any, ...]) -> list[list[Row]]:
        for sql, *_ in asked:
            self._notice(sql)
        return await self._tx.several(*asked)

    async def ahead(self, *asked: tuple[Any, ...]) -> None:
        await self._tx.ahead(*asked)

    @property
    def aside(self) -> Reader:
        return self._tx.aside

    def write(self, sql: str, *params: Any) -> None:
        self._notice(sql)
        self._tx.write(sql, *params)

    async def run(self, sql: str, *params: Any) -> int:
        self._notice(sql)
        return await self._tx.run(sql, *params)

    def _notice(self, sql: str) -> None:
        writes = self._about in sql and not sql.lstrip().upper().startswith("SELECT")
        self.wrote = self.wrote or writes


class PointedBot:
    """A bot with a point before each call and one when it was accepted, but before anybody here knows that."""

    def __init__(self, bot: Bot, points: Points) -> None:
        self._bot, self._points = bot, points

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._bot, name)
        return self._pointed(method, *_CALLS[name]) if name in _CALLS else method

    def _pointed(self, method: Callable[..., Awaitable[Any]], before: str, accepted: str) -> Callable[..., Any]:
        async def call(*args: Any, **named: Any) -> Any:
            self._points.passed(before)
            try:
                answer = await method(*args, **named)
            except Exception:
                self._points.noted(REFUSED)
                raise
            self._points.passed(accepted)
            return answer

        return call

    async def do_api_request(self, endpoint: str, **named: Any) -> Any:
        """Polling: a number above what came confirms it. What has just come is in memory only."""
        if "offset" in named.get("api_kwargs", ()):
            self._points.passed(BEFORE_CONFIRM)
        if endpoint != "getUpdates":
            return await self._bot.do_api_request(endpoint, **named)
        self._points.noted(ASKED)
        answer = await self._bot.do_api_request(endpoint, **named)
        if answer:
            self._points.passed(RECEIVED)
        return answer
