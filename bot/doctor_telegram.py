"""The doctor's questions to the Bot API: does it know the token, what time has it, does it call a webhook?

Asked without PTB, which does not give the answer's headers. Neither the token nor anything a server says is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.doctor import TELEGRAM_CHECKS, Check, bad, ok, skipped, warn
from bot.now import Now
from bot.settings import Settings

_PATIENCE = 10.0  # seconds
_APART = timedelta(seconds=60)
_UNKNOWN_TOKEN = (401, 404)  # 404 is what a token of the wrong shape gets


@dataclass(frozen=True, slots=True)
class _Answer:
    """``result`` is None when the call was refused; ``apart``: our clock less the server's, where it said its time."""

    status: int
    result: Mapping[str, Any] | None
    apart: timedelta | None


async def telegram(settings: Settings, now: Now) -> list[Check]:
    """Token, clock and webhook. ``now``: the machine's own clock. Without a token nothing is asked of anybody."""
    if settings.token is None:
        missing = bad(
            "token",
            "There is no token.",
            "Make a bot with @BotFather, and put its token into EFTERTANKE_TOKEN or a file EFTERTANKE_TOKEN_FILE.",
        )
        return [missing, *skipped(TELEGRAM_CHECKS[1:], "there is no token")]
    base = settings.api_url + settings.token.get_secret_value()
    async with httpx.AsyncClient(timeout=_PATIENCE) as client:
        me = await _ask(client, f"{base}/getMe", now)
        if isinstance(me, str):
            offline = warn("token", f"Telegram cannot be reached ({me}).", "Check the machine's way to the internet.")
            return [offline, *skipped(TELEGRAM_CHECKS[1:], "Telegram cannot be reached")]
        checks = [_token(me), _clock(me)]
        if me.result is None:
            return [*checks, *skipped(("webhook",), "the token is not taken")]
        return [*checks, _webhook(settings, await _ask(client, f"{base}/getWebhookInfo", now))]


async def _ask(client: httpx.AsyncClient, address: str, now: Now) -> _Answer | str:
    """The answer; what kind of trouble there was, when there is none."""
    try:
        response = await client.post(address)
        body = response.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return type(error).__name__
    result = body.get("result") if isinstance(body, dict) and body.get("ok") is True else None
    return _Answer(
        response.status_code,
        result if isinstance(result, dict) else None,
        _apart(response.headers.get("date"), now()),
    )


def _apart(said: str | None, now: datetime) -> timedelta | None:
    try:
        there = parsedate_to_datetime(said or "")
    except ValueError:
        return None
    return now - (there if there.tzinfo else there.replace(tzinfo=UTC))


def _token(me: _Answer) -> Check:
    if me.result is not None:
        return ok("token", f"Telegram knows the bot as @{me.result.get('username', '(no name)')}.")
    if me.status in _UNKNOWN_TOKEN:
        return bad("token", "Telegram does not know this token.", "Copy it again from @BotFather.")
    return warn("token", f"Telegram did not answer properly (HTTP {me.status}).", "Run doctor again in a few minutes.")


def _clock(me: _Answer) -> Check:
    if me.apart is None:
        return warn("clock", "The Bot API said no time to compare with.", "Check the machine's clock by hand.")
    seconds = round(me.apart.total_seconds())
    if abs(me.apart) <= _APART:
        return ok("clock", f"The clock is within {_APART.seconds} seconds of Telegram's.")
    return bad(
        "clock",
        f"The clock is {abs(seconds)} seconds {'ahead of' if seconds > 0 else 'behind'} Telegram's.",
        "Let the system set its clock from the network (timedatectl set-ntp true): reminders go by it.",
    )


def _webhook(settings: Settings, said: _Answer | str) -> Check:
    if isinstance(said, str) or said.result is None:
        trouble = said if isinstance(said, str) else f"HTTP {said.status}"
        return warn("webhook", f"Telegram did not say ({trouble}).", "Run doctor again in a few minutes.")
    there, wanted = str(said.result.get("url", "")), settings.webhook_url
    if there == (wanted or ""):
        return ok("webhook", "Telegram calls the address of the settings." if wanted else "None is set: the bot polls.")
    host = urlsplit(there).hostname or "another address"
    if wanted is None:
        return bad(
            "webhook",
            f"Telegram sends this bot's updates to {host}, so polling gets none.",
            "Stop the program that uses the webhook, then call deleteWebhook of the Bot API with this token.",
        )
    if not there:
        return warn("webhook", "EFTERTANKE_WEBHOOK_URL is set, and Telegram calls none.", "Leave it out to poll.")
    return bad("webhook", f"Telegram calls {host}, not the address of EFTERTANKE_WEBHOOK_URL.", "Make them the same.")
