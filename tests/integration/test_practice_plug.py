"""The bot as a child process of the practice phone: killed, started again, never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.practice.local import LocalPhone
from bot.practice.plug import Launch
from tests.integration.practice_support import tiny_bot


def alive(pid: int) -> bool:
    """Tell whether a process runs (a zombie does not)."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


async def bot_pid(local: LocalPhone) -> int:
    """Give the process id of the bot."""
    return int((await local.client.get("state"))["bot"]["pid"])


async def test_pulling_the_plug_loses_nothing(tmp_path: Path) -> None:
    """What is written while the bot is dead is answered when it is back, and its process is really gone meanwhile."""
    async with LocalPhone(tmp_path, tiny_bot) as local:
        phone, anna = local.client, local.client.person("Anna")
        await anna.send("/start")
        await anna.press("Tæl 0")
        pid = await bot_pid(local)
        await phone.kill_bot()
        assert not alive(pid) and await phone.bot_state() == "off"
        await anna.send("mens der var slukket")
        await phone.start_bot()
        assert (await anna.wait_for("mens der var slukket")).from_bot
        assert await bot_pid(local) != pid
        texts = [call.text for call in await phone.journal() if call.method == "sendMessage"]
        assert texts == ["Svar på /start", "Svar på mens der var slukket"]
        last = await bot_pid(local)
    assert not alive(last)


async def test_a_bot_that_ends_by_itself_is_noticed(tmp_path: Path) -> None:
    """The state says that it died, and its words are in the log file."""
    command = [sys.executable, "-c", "print('av', flush=True); raise SystemExit(3)"]
    async with LocalPhone(tmp_path, lambda _: Launch(command)) as local:
        for _ in range(100):
            if await local.client.bot_state() == "died":
                break
            await asyncio.sleep(0.05)
        state = (await local.client.get("state"))["bot"]
        assert (state["state"], state["exit_code"], state["starts"]) == ("died", 3, 1)
        assert local.bot_log.read_text().strip() == "av"


async def test_a_bot_that_cannot_start(tmp_path: Path) -> None:
    """A missing program is one sentence, and a phone without a bot says so."""
    missing = Launch([str(tmp_path / "missing")])
    async with LocalPhone(tmp_path, lambda _: missing, start_bot=False) as local:
        with pytest.raises(AssertionError, match="could not be started: No such file"):
            await local.client.start_bot()
    async with LocalPhone(tmp_path) as local:
        with pytest.raises(AssertionError, match="No bot belongs"):
            await local.client.start_bot()
        assert await local.client.bot_state() == "none"


async def test_a_deaf_bot_is_killed_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that ignores SIGTERM does not keep the phone from stopping."""
    monkeypatch.setattr("bot.practice.plug.GRACE_SECONDS", 0.3)
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('klar', flush=True); time.sleep(60)"
    )
    async with LocalPhone(tmp_path, lambda _: Launch([sys.executable, "-c", deaf])) as local:
        while not local.bot_log.exists() or "klar" not in local.bot_log.read_text():  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.05)
        pid = await bot_pid(local)
        await local.client.stop_bot()
        assert not alive(pid)


PARENT = """
import asyncio, sys
from pathlib import Path
from bot.practice.plug import Launch, Plug

async def main():
    plug = Plug(Launch([sys.executable, "-c", "import time; time.sleep(60)"]), Path(sys.argv[1]) / "log")
    await plug.start()
    print(plug.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends children with their parent on Linux only")
def test_no_orphan_when_the_phone_is_killed(tmp_path: Path) -> None:
    """SIGKILL of the phone ends the bot too."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.send_signal(signal.SIGKILL)
        parent.wait(10)
        until = time.monotonic() + 5
        while alive(child) and time.monotonic() < until:
            time.sleep(0.02)
        assert not alive(child)
    finally:
        parent.kill()
        parent.communicate()
