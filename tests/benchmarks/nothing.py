"""A PTB request that goes nowhere and is answered at once: what it measures is the program, not a network."""

from __future__ import annotations

import json
from typing import Any

from telegram.request import BaseRequest

TOKEN = "1:benchmark"
_ME = {"id": 1, "is_bot": True, "first_name": "Eftertanke", "username": "eftertanke_bot"}
_MESSAGE = {"message_id": 501, "date": 1_795_608_600, "chat": {"id": 1, "type": "private"}, "text": "…"}
_TRUE = json.dumps({"ok": True, "result": True}).encode()
_RESULTS = {
    "getMe": json.dumps({"ok": True, "result": _ME}).encode(),
    "sendMessage": json.dumps({"ok": True, "result": _MESSAGE}).encode(),
}


class Nowhere(BaseRequest):
    """Counts what would have been sent."""

    def __init__(self) -> None:
        self.calls = 0

    @property
    def read_timeout(self) -> float | None:
        """PTB asks for it; nothing is ever waited for."""
        return None

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""

    async def do_request(self, url: str, *_args: Any, **_kwargs: Any) -> tuple[int, bytes]:
        """Answer at once, as Telegram would on success."""
        self.calls += 1
        return 200, _RESULTS.get(url.rpartition("/")[2], _TRUE)
