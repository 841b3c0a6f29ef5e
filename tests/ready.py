"""Starts the program out of a process that has loaded it already: what makes a thousand starts affordable.

What the interpreter loads is the same at every start and takes longer than all the rest of it. Here a start is a copy
(``multiprocessing``'s fork server) of a process that has loaded it and done nothing else, which then runs the command
as ``python -m`` does: arguments, environment, folder and output are its own, it can be killed like any process, and of
what the one before had in memory it has nothing. Every tenth start is the real command, so that loading is part of it.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.util import Finalize
from pathlib import Path
from typing import IO

import bot
from bot.practice.plug import Child, Launch, die_with_parent, started

EVERY = 10  # one start in so many is the command itself
_PYTHON = (sys.executable, "-m")
_starts = itertools.count(1)


@cache
def _copies() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.loaded_ready"])
    return context


class Ready:
    """A copy at work; one as ``bot.practice.plug`` wants it. To be used from the event loop that started it."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(process.sentinel, self._end)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid or 0

    def send_signal(self, number: int, /) -> None:
        """Send it a signal. Raises ProcessLookupError when it has ended."""
        if self._ended.is_set():
            raise ProcessLookupError
        os.kill(self.pid, number)

    async def wait(self) -> int:
        """Wait until it has ended; its exit code, or minus the signal's number."""
        await self._ended.wait()
        return self._process.exitcode or 0

    def _end(self) -> None:
        self._loop.remove_reader(self._process.sentinel)
        self._process.join()
        self._ended.set()


async def ready(launch: Launch, env: Mapping[str, str], log: IO[bytes]) -> Child:
    """Start ``python -m …`` out of the loaded process; any other command, and every tenth, as it stands."""
    command = tuple(launch.command)
    if next(_starts) % EVERY == 0 or command[:2] != _PYTHON or sys.platform == "win32":
        return await started(launch, env, log)
    given = command[2:], dict(env), str(launch.folder or Path.cwd()), log.name, bot.__file__ or ""
    process = _copies().Process(target=_become, args=given)
    process.start()
    Finalize(process, process.kill, exitpriority=1)  # or this process would wait for it at its end
    return Ready(process)


def _become(command: Sequence[str], env: Mapping[str, str], folder: str, log: str, package: str) -> None:
    """Run ``python -m command`` in the copy. ``log``: the file that its output goes to; ``package``: where the program
    lies that is to be run, and not one installed elsewhere."""
    hook = die_with_parent(os.getppid())
    if hook is not None:
        hook()
    os.setsid()
    out = os.open(log, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(out, stream)
    os.close(out)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    if bot.__file__ != package:
        sys.exit(f"This is {bot.__file__}, not {package}: run the tests from the folder of the repository.")
    module, *arguments = command
    sys.path[0] = folder
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
