"""Processes out of a loaded one are what the command itself would be; on Linux, where there are any."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import PIPE, STDOUT, CompletedProcess

import pytest

from bot.practice.plug import Child, Launch
from tests import ready
from tests.integration.test_practice_plug import alive

ROOT = Path(__file__).parents[2]
PYTHON = (sys.executable, "-m")
WAITS = (*PYTHON, "http.server", "--bind", "127.0.0.1", "0")


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every start is the command itself")


@pytest.fixture(autouse=True)
def out_of_a_loaded_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of these is the tenth start."""
    monkeypatch.setattr(ready, "EVERY", 10**6)


async def begun(folder: Path, *command: str, **env: str) -> Child:
    """A process with this environment, beside the usual one, and its output in the file ``log``."""
    with (folder / "log").open("ab") as log:
        child = await ready.ready(Launch(command, folder=folder), {**os.environ, **env}, log)
    assert isinstance(child, ready.Ready)
    return child


def said(folder: Path) -> str:
    """What they have said."""
    return (folder / "log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command", [("site", "--user-base"), ("bot", "run"), ("bot", "guide", "check"), ("bot", "nothing")], ids=" ".join
)
async def test_it_says_and_gives_what_the_command_does(tmp_path: Path, command: Sequence[str]) -> None:
    """The same words and the same code for the same arguments and environment, and nothing of the one before."""
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        own = {"PYTHONUSERBASE": str(folder), "EFTERTANKE_DATA": str(folder / "data")}
        child = await begun(folder, *PYTHON, *command, **own)
        code = await child.wait()
        itself = await asyncio.to_thread(the_command, folder, [*PYTHON, *command], own)
        assert (code, said(folder)) == (itself.returncode, itself.stdout) and itself.stdout


def the_command(folder: Path, command: Sequence[str], env: Mapping[str, str]) -> CompletedProcess[str]:
    """What it does when it is started as usual."""
    path = os.pathsep.join(map(str, (ROOT, *sys.path)))
    whole = {**os.environ, "PYTHONPATH": path, **env}
    return subprocess.run(command, cwd=folder, env=whole, stdout=PIPE, stderr=STDOUT, text=True, check=False)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_it_can_be_killed_and_stopped(tmp_path: Path, number: signal.Signals) -> None:
    """It ends of the signal, which is told as for any process; another one then says that nobody is there. A signal
    for the tests' whole group, such as Ctrl-C, does not reach it."""
    child = await begun(tmp_path, *WAITS)
    await asyncio.to_thread(in_a_session_of_its_own, child.pid)
    child.send_signal(number)
    async with asyncio.timeout(20):
        assert await child.wait() == -number
    with pytest.raises(ProcessLookupError):
        child.send_signal(number)


def in_a_session_of_its_own(pid: int) -> None:
    """Wait until it is."""
    until = time.monotonic() + 20
    while os.getsid(pid) != pid:
        assert time.monotonic() < until
        time.sleep(0.02)


async def test_nothing_stays_open(tmp_path: Path) -> None:
    """Thousands are started in one process, which may have a thousand files open."""
    await (await begun(tmp_path, *PYTHON, "site", "--user-base")).wait()
    before = open_files()
    for _ in range(3):
        await (await begun(tmp_path, *PYTHON, "site", "--user-base")).wait()
    assert open_files() <= before


def open_files() -> int:
    """How many this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))


STARTER = """
import asyncio, sys
from pathlib import Path
from tests.integration import test_ready

async def main():
    child = await test_ready.begun(Path(sys.argv[1]), *test_ready.WAITS)
    await asyncio.to_thread(test_ready.in_a_session_of_its_own, child.pid)
    print(child.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_it_ends_with_the_tests(tmp_path: Path) -> None:
    """Killed, the process that started it leaves neither the copy nor the one that it is a copy of."""
    starter = subprocess.Popen([sys.executable, "-c", STARTER, str(tmp_path)], cwd=ROOT, stdout=PIPE, text=True)
    try:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        server = int(Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])
        starter.kill()
        starter.wait(10)
        until = time.monotonic() + 10
        while alive(pid) or alive(server):
            assert time.monotonic() < until
            time.sleep(0.02)
    finally:
        starter.kill()
        starter.communicate()


async def test_it_is_a_copy_of_a_loaded_one(tmp_path: Path) -> None:
    """What the program needs is in memory before its first line is run."""
    (tmp_path / "looks.py").write_text(
        "import sys; print('telegram' in sys.modules, 'tests.loaded_ready' in sys.modules)"
    )
    child = await begun(tmp_path, *PYTHON, "looks")
    assert await child.wait() == 0 and said(tmp_path).split() == ["True", "True"]
