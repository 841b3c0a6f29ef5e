"""How fast we send. Telegram: about one message a second in a chat with short bursts, about 30 a second in all
(https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this); we stay below.

Times are seconds of a clock that is never set (``time.monotonic``).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_FORGET_FROM = 1000  # chats whose bucket is remembered before full ones are dropped


class Bucket:
    """A token bucket: ``burst`` at once, then ``rate`` a second."""

    def __init__(self, burst: float, rate: float, now: float) -> None:
        self._burst, self._rate = burst, rate
        self._tokens, self._at = burst, now

    def wait(self, now: float) -> float:
        """Give the seconds until one may be taken; 0 when it may now."""
        self._fill(now)
        # A rounding error must not keep a full token from being one, or nobody would ever wait long enough.
        return max(0.0, (1 - self._tokens) / self._rate) if self._tokens < 1 - 1e-9 else 0.0

    def take(self, now: float) -> None:
        """Take one."""
        self._fill(now)
        self._tokens -= 1

    def full(self, now: float) -> bool:
        """Tell whether it is as if nothing had been taken."""
        self._fill(now)
        return self._tokens >= self._burst

    def _fill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._at) * self._rate)
        self._at = max(self._at, now)


class Pace:
    """A bucket for all, one for each chat, and a halt for all when Telegram asks several chats to wait."""

    def __init__(self, now: float, *, in_all: float = 25.0, a_chat: float = 1.0, burst: float = 3.0) -> None:
        self._in_all = Bucket(5, in_all, now)
        self._a_chat, self._burst = a_chat, burst
        self._chats: dict[int, Bucket] = {}
        self._floods: dict[int, float] = {}
        self._halt = now

    def wait_for_all(self, now: float) -> float:
        """Give the seconds until anything may be sent to anybody."""
        return max(self._halt - now, self._in_all.wait(now))

    def wait_for(self, chat_id: int, now: float) -> float:
        """Give the seconds until a message may be sent to this chat, as far as this chat is concerned."""
        bucket = self._chats.get(chat_id)
        return bucket.wait(now) if bucket else 0.0

    def take(self, chat_id: int, now: float, *, message: bool = True) -> None:
        """Note a call; one that puts no message into the chat (``message`` false) counts only in all."""
        self._in_all.take(now)
        if not message:
            return
        if len(self._chats) >= _FORGET_FROM:
            self._chats = {chat: bucket for chat, bucket in self._chats.items() if not bucket.full(now)}
        self._chats.setdefault(chat_id, Bucket(self._burst, self._a_chat, now)).take(now)

    def flooded(self, chat_id: int, seconds: float, now: float) -> None:
        """Telegram asks this chat to wait. When another chat is waiting already, it is all of us that are too fast."""
        self._floods = {chat: until for chat, until in self._floods.items() if until > now}
        if self._floods.keys() - {chat_id}:
            self._halt = max(self._halt, now + min(seconds, 60.0))
        self._floods[chat_id] = now + seconds


class Lane:
    """Where those go one by one who must not be in doubt together: after a crash, a message that was under way may be
    sent twice, and it shall be one at most. Who takes longer than ``patience`` seconds lets the next ones pass."""

    def __init__(self, patience: float = 2.0) -> None:
        self._free = asyncio.Semaphore(1)
        self._patience = patience

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and have it inside the block."""
        await self._free.acquire()
        held = True

        def give_up() -> None:
            nonlocal held
            if held:
                held = False
                self._free.release()

        timer = asyncio.get_running_loop().call_later(self._patience, give_up)
        try:
            yield
        finally:
            timer.cancel()
            give_up()
