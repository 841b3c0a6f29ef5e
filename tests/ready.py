"""Starts the program out of a process that has loaded it already: what makes a thousand starts affordable.

What the interpreter loads is the same at every start and takes longer than all the rest of it. Here a start is a copy
(``multiprocessing``'s fork server) of a process that has loaded it and done nothing else, which then runs the command
as ``python -m`` does: arguments, environment, folder and output are its own, it can be killed like any process, and of
what the program had in memory when it ran before it has nothing. From the loaded process come the hash seed and what
only the interpreter's own start reads (``PYTHON…`` variables). Every tenth start is the command itself, so that loading
is part of it. On Linux only: elsewhere a copy does not end with the tests, and macOS minds copies.
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
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.util import Finalize
from pathlib import Path
from typing import IO, Any

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
        self._process, self._pid, self._code = process, process.pid or 0, 0
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(process.sentinel, self._end)
        self._at_our_end = Finalize(process, process.kill, exitpriority=1)  # or we would wait for it at our end

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._pid

    def send_signal(self, number: int, /) -> None:
        """Send it a signal. Raises ProcessLookupError when it has ended."""
        if self._ended.is_set():
            raise ProcessLookupError
        os.kill(self._pid, number)

    async def wait(self) -> int:
        """Wait until it has ended; its exit code, or minus the signal's number."""
        await self._ended.wait()
        return self._code

    def _end(self) -> None:
        self._loop.remove_reader(self._process.sentinel)
        self._process.join()
        self._code = self._process.exitcode or 0
        self._at_our_end.cancel()
        self._process.close()  # or its two descriptors would stay open
        self._ended.set()


async def ready(launch: Launch, env: Mapping[str, str], log: IO[bytes]) -> Child:
    """Start ``python -m …`` out of the loaded process; any other command, and every tenth, as it stands."""
    command = tuple(launch.command)
    if next(_starts) % EVERY == 0 or command[:2] != _PYTHON or sys.platform != "linux":
        return await started(launch, env, log)
    given = command[2:], dict(env), str(launch.folder or Path.cwd()), log.name, bot.__file__ or ""
    process = _copies().Process(target=_become, args=given)
    process.start()
    return Ready(process)


def _become(command: Sequence[str], env: Mapping[str, str], folder: str, log: str, package: str) -> None:
    """Run ``python -m command`` in the copy. ``log``: the file that its output goes to; ``package``: where the program
    lies that is to be run, and not one installed elsewhere."""
    _end_with_the_tests()
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


def _end_with_the_tests() -> None:
    """The fork server ends when nobody has the other end of its pipe any more, and this copy with the fork server."""
    server: Any = forkserver._forkserver
    if server._forkserver_alive_fd is not None:
        os.close(server._forkserver_alive_fd)
        server._forkserver_alive_fd = None
    hook, tests = die_with_parent(os.getppid()), multiprocessing.parent_process()
    if hook is not None:
        hook()
    if tests is None or not tests.is_alive():
        os._exit(1)
