"""The phone of a conversation on somebody else's Bot API server: ``lo-bot-api-emulator`` from PyPI, started as its
documentation says, behind the recording proxy.

What it cannot do is its limit and not Telegram's: ``edited_message`` (the proxy helps), ``deleteMessages`` (the bot
falls back to one by one), setting descriptions; its dates are near 1970.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bot.practice.clock import PracticeClock
from bot.practice.plug import Launch, Plug
from bot.practice.reading import Deadline
from bot.practice.server import HOST, open_port
from bot.practice.start import PracticeFolders, bot_environment
from bot.practice.talk import Call, Phone
from bot.practice_cast import prepare
from tests.acceptance.emulator_hand import IDS, EmulatorHand
from tests.acceptance.recording_proxy import RecordingProxy

ROOT = Path(__file__).resolve().parents[2]
EMULATOR = (sys.executable, "-c", "from lo_bot_api_emulator import main; main()")
# Methods that it knows and does not model, and one that it does not have.
LIMITS = ("setMyDescription:501", "setMyShortDescription:501", "deleteMessages:501")
_PEOPLES_MESSAGES = 1_000_000  # the emulator numbers the bot's messages from 1


class EmulatorPhone(Phone):
    """A whole phone; see the protocol. ``record`` has what was said, and what was wrong with it; ``env`` is what the
    bot gets when it is next started."""

    def __init__(
        self, proxy: RecordingProxy, plug: Plug, clock: PracticeClock, token: str, emulator: str, env: dict[str, str]
    ) -> None:
        self.clock, self.quiet, self.patience = clock, 0.15, 4.0
        self.env = env
        self.proxy = proxy
        self.record = proxy.record
        self._plug, self._token = plug, token
        self.health_port = 0
        self._http = httpx.AsyncClient(base_url=emulator, trust_env=False)
        self._hands: dict[str, EmulatorHand] = {}
        self._numbers = itertools.count(_PEOPLES_MESSAGES)

    def person(self, name: str) -> EmulatorHand:
        """Give the hand of Anna, Bo, Lea or Fremmed."""
        assert name in IDS
        return self._hands.setdefault(name, EmulatorHand(self, name))

    async def move(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Move the clock forward and give the new time (UTC)."""
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return self.clock.move(step.total_seconds())

    async def kill_bot(self) -> None:
        """Pull the plug (SIGKILL)."""
        await self._plug.kill()

    async def stop_bot(self) -> None:
        """Ask the bot to stop, as an operator does."""
        await self._plug.stop()

    async def start_bot(self) -> None:
        """Start the bot, and wait until it has asked for updates or told where it wants them."""
        polls = self.proxy.polls
        await self._plug.start()
        until = Deadline(20.0)
        while self.proxy.polls == polls:
            assert not until.passed and self._plug.state == "on", f"The bot does not listen: {self._plug.view()}"
            await asyncio.sleep(0.05)

    def use_webhook(self) -> None:
        """From the next start the bot takes updates by webhook, and tells on another port how it is."""
        port, self.health_port = free_port(), free_port()
        self.env |= {
            "EFTERTANKE_WEBHOOK_URL": "https://bot.invalid/hook/invented",
            "EFTERTANKE_WEBHOOK_SECRET": "invented-secret-for-tests",
            "PORT": str(port),
            "EFTERTANKE_HOST": HOST,
            "EFTERTANKE_HEALTH_PORT": str(self.health_port),
        }
        self.proxy.webhook = f"http://{HOST}:{port}/hook/invented"

    def use_polling(self) -> None:
        """From the next start the bot asks for updates."""
        for name in ("EFTERTANKE_WEBHOOK_URL", "EFTERTANKE_WEBHOOK_SECRET", "PORT", "EFTERTANKE_HOST"):
            self.env.pop(name, None)

    async def journal(self, after: int = 0) -> list[Call]:
        """Give what the bot did after entry `after`."""
        return self.record.calls[after:]

    @property
    def listens(self) -> bool:
        """Whether the bot is on."""
        return self._plug.state == "on"

    def number(self, what: str) -> Any:
        """Give a new number: of a message, or as a text of a tap."""
        number = next(self._numbers)
        return number if what == "message" else f"{what}{number}"

    async def enqueue(self, update: Mapping[str, Any]) -> None:
        """Hand the emulator an update for the bot."""
        answer = await self._http.post("/__fixture/updates", json={"token": self._token, "update": update})
        assert answer.status_code == 200, answer.text

    async def something(self, seconds: float) -> None:
        """Wait until the bot has done anything, at most so many seconds."""
        self.proxy.changed.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.proxy.changed.wait(), min(seconds, 1.0))

    async def settled(self) -> None:
        """Wait until the bot has been quiet for a second and every tap is answered, some seconds at most."""
        until, mark = Deadline(10.0), -1
        while (len(self.record.calls) != mark or self.record.unanswered) and not until.passed:
            mark = len(self.record.calls)
            await asyncio.sleep(1.0)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


@asynccontextmanager
async def emulated(
    folder: Path, *, by_webhook: bool = False
) -> AsyncIterator[tuple[EmulatorPhone, PracticeFolders, Mapping[str, Sequence[str]]]]:
    """Emulator, proxy and bot, each in its place; gives the phone, the bot's folders, and invitations by name."""
    folders = PracticeFolders(folder / "data", folder / "key")
    folders.data.mkdir(mode=0o700)
    folders.key_file.touch(0o600)
    folders.key_file.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    codes = await prepare(folders.data, folders.key_file)
    clock = PracticeClock(folders.offset_file)
    token = f"770001:OEVELSE-{secrets.token_urlsafe(16)}"
    async with _emulator(folder) as address, RecordingProxy(address, clock.now) as proxy:
        environment = bot_environment(folders, token, proxy.api_url)
        path = {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "EFTERTANKE_LOG_LEVEL": "DEBUG"}
        env = {**environment, **path}
        launch = Launch([sys.executable, "-m", "bot", "run"], env, ROOT)
        plug = Plug(launch, folder / "bot.log")
        phone = EmulatorPhone(proxy, plug, clock, token, address, env)
        if by_webhook:
            phone.use_webhook()
        try:
            await phone.start_bot()
            yield phone, folders, codes
        finally:
            await plug.stop()
            await phone.close()


@asynccontextmanager
async def _emulator(folder: Path) -> AsyncIterator[str]:
    port = free_port()
    command = [
        *EMULATOR,
        "--port",
        str(port),
        "--enable-control",
        "--allow-insecure-loopback-webhooks",
        "--journal",
        str(folder / "requests.jsonl"),
    ]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
    try:
        until = Deadline(15.0)
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(HOST, port)
                writer.close()
                break
            assert not until.passed and process.returncode is None, "The emulator did not start."
            await asyncio.sleep(0.05)
        yield f"http://{HOST}:{port}"
    finally:
        process.terminate()
        await process.wait()


def free_port() -> int:
    """A port on loopback that nobody has at the moment."""
    listener = open_port(0)
    port: int = listener.getsockname()[1]
    listener.close()
    return port


def verdict(folder: Path) -> dict[str, Any]:
    """What the emulator says of the bot's requests, its own limits left aside."""
    wanted = ("sendMessage", "editMessageText", "answerCallbackQuery", "deleteMessage", "setMyCommands")
    methods = [part for method in wanted for part in ("--require-method", method)]
    limits = [part for limit in LIMITS for part in ("--allow-refusal", limit)]
    command = [*EMULATOR, "verdict", str(folder / "requests.jsonl"), "--require-response", *methods, *limits]
    said = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    answer: dict[str, Any] = json.loads(said.stdout)
    return answer
