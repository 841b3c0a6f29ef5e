"""The way to the Bot API: PTB's Bot with timeouts and connections of our choosing."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any

import httpx
from telegram import Bot
from telegram.error import BadRequest, EndPointNotFound, TelegramError
from telegram.request import HTTPXRequest

TELEGRAM_API = "https://api.telegram.org/bot"
SENDING_CONNECTIONS = 16

_FIRST_ID = re.compile(rb'"update_id"\s*:\s*(\d{1,18})(?!\d)')


class UnreadableError(TelegramError):
    """The server's answer is no JSON that Python can read: cut, nested too deeply, an HTML page.

    ``update_id`` is the first one that stands in a whole list of updates, None when it is anything else. The answer
    itself is kept nowhere.
    """

    __slots__ = ("update_id",)

    def __init__(self, update_id: int | None) -> None:
        super().__init__("The answer could not be read")
        self.update_id = update_id


class Request(HTTPXRequest):
    """PTB's request, which does not log an answer that it cannot read: texts stand in answers."""

    __slots__ = ()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """As PTB's, but two answers are told apart from trouble that passes: by waiting, a server does not learn a
        method it lacks (501), and a file does not get smaller (413)."""
        status, payload = await super().do_request(*args, **kwargs)
        if status == HTTPStatus.NOT_IMPLEMENTED:
            raise EndPointNotFound("The server does not know this method")
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise BadRequest("Request Entity Too Large")
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read the server's answer. Raises UnreadableError, also for what PTB lets through: no object, or too deep."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            # What was cut on its way lacks the end, and is whole the next time: then no update is to blame.
            first = _FIRST_ID.search(payload) if payload.rstrip().endswith(b"]}") else None
            raise UnreadableError(int(first[1]) if first else None)
        return answer


def build_bot(token: str, api_url: str = TELEGRAM_API) -> Bot:
    """Make the Bot. ``api_url`` is PTB's ``base_url``: the server's address up to where the token follows.

    Close it with ``await bot.shutdown()``. Nothing is asked of the server until the first call.
    """
    trusted: dict[str, Any] = {"verify": httpx.create_ssl_context()}  # takes 20 ms to read, so once for both
    return Bot(
        token,
        base_url=api_url,
        base_file_url=_file_url(api_url),
        request=Request(
            connection_pool_size=SENDING_CONNECTIONS,
            connect_timeout=5,
            read_timeout=10,
            write_timeout=10,
            pool_timeout=5,
            httpx_kwargs=trusted,
        ),
        get_updates_request=Request(
            connection_pool_size=2,  # a poll that was given up may still be closing
            connect_timeout=5,
            read_timeout=10,  # the poller adds the time of its long poll
            write_timeout=5,
            pool_timeout=2,
            httpx_kwargs=trusted,
        ),
    )


def _file_url(api_url: str) -> str:
    """Give where files are, by the pattern of Telegram's own server."""
    return f"{api_url.removesuffix('bot')}file/bot" if api_url.endswith("/bot") else api_url
