"""The webhook: an update is answered with 200 only once it is stored, so Telegram keeps it until then.

``X-Telegram-Bot-Api-Secret-Token`` is what setWebhook was given (https://core.telegram.org/bots/api#setwebhook); it is
compared in constant time, before anything of the body is read. Bodies are limited in size, and callers in number: both
before the secret is known to be right and after.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from bot.guard import GUARD
from bot.telegram.minimise import Watching
from bot.telegram.polling import Store
from bot.telegram.taking import Hold, is_numbered, sifted
from storage.database import StorageError

log = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_BODY = 1024 * 1024  # bytes; Telegram's own updates are far smaller
A_SECOND = 200  # requests with the right secret; Telegram is asked for one connection, which cannot send as many
STRANGERS_A_SECOND = 20  # requests without it
_BODY_SECONDS = 10.0  # who sends a byte now and then would keep a connection for ever


@dataclass
class Bucket:
    """So many a second, and as many at once. ``now`` is a monotonic clock in seconds."""

    a_second: float
    left: float = field(init=False)
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.left = self.a_second

    def take(self, now: float) -> bool:
        """Take one; False when there is none left."""
        self.left = min(self.a_second, self.left + max(0.0, now - self.at) * self.a_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Webhook:
    """Takes what Telegram posts. ``watching`` gives each chat's guard, ``hold`` gets what it holds back, before the
    rest is stored."""

    def __init__(
        self,
        secret: str,
        store: Store,
        *,
        watching: Watching = lambda _chat: (GUARD, "da"),
        hold: Hold = lambda _update, _typed: None,
    ) -> None:
        self._secret = secret.encode()
        self._store, self._watching, self._hold = store, watching, hold
        self._known, self._strangers = Bucket(A_SECOND), Bucket(STRANGERS_A_SECOND)
        self._succeeded: float | None = None

    @property
    def seconds_since_success(self) -> float | None:
        """Real seconds since an update was last stored; None before the first time."""
        return None if self._succeeded is None else time.monotonic() - self._succeeded

    async def receive(self, request: Request) -> Response:
        """Answer one request: 200 when its update is stored, 401, 408, 413, 429, 503 when it is not."""
        given = request.headers.get(HEADER, "").encode()
        right = hmac.compare_digest(given, self._secret)
        if not (self._known if right else self._strangers).take(time.monotonic()):
            return PlainTextResponse("Too many requests.", 429, headers={"Retry-After": "1", "Connection": "close"})
        if not right:
            return PlainTextResponse("Not for you.", 401, headers={"Connection": "close"})
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except TimeoutError:
            return PlainTextResponse("Too slow.", 408)
        if body is None:
            return PlainTextResponse("Too large.", 413)
        return await self._stored(body)

    async def _stored(self, body: bytes) -> Response:
        try:
            one = sifted(json.loads(body), self._watching)
        except (ValueError, RecursionError):
            one = None
        if one is None or not is_numbered(one):
            # Telegram would post it again for hours, and there is nothing in it to keep.
            log.error("An update of %d bytes could not be read and is passed by.", len(body))
            return Response(status_code=200)
        if one.typed is not None:
            self._hold(one.update, one.typed)
        try:
            await self._store([one.update])
        except StorageError as error:
            log.error("An update cannot be stored and stays with Telegram meanwhile. %s", error)
            return PlainTextResponse("Later.", 503, headers={"Retry-After": "2"})
        self._succeeded = time.monotonic()
        return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """Read at most as much as is allowed; None when it is more."""
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > LARGEST_BODY:
        return None
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
