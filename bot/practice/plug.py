"""The bot's own process, and the plug that can be pulled: SIGKILL at any moment, and start again."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol, TypeAlias

from bot.practice.limits import HandError, Json

GRACE_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1


class Child(Protocol):
    """A process that was started here, as ``asyncio.subprocess.Process`` is one."""

    @property
    def pid(self) -> int:
        """Its process id."""

    def send_signal(self, number: int, /) -> None:
        """Send it a signal. Raises ProcessLookupError when it has ended."""

    async def wait(self) -> int:
        """Wait until it has ended; its exit code, or minus the signal's number."""


async def started(launch: Launch, env: Mapping[str, str], log: IO[bytes]) -> Child:
    """Start the bot with this environment, its output in ``log``. Raises OSError when it cannot be started."""
    return await asyncio.create_subprocess_exec(
        *launch.command,
        env=env,
        cwd=launch.folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,  # Ctrl-C in the terminal is for us; we then stop the bot ourselves
        preexec_fn=die_with_parent(),
    )


@dataclass(frozen=True)
class Launch:
    """How the bot is started. `env` is added to this process's environment; `start` makes the process."""

    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    start: Starter = started


Starter: TypeAlias = Callable[[Launch, Mapping[str, str], IO[bytes]], Awaitable[Child]]
"""Starts the bot as ``started`` does, and raises what that raises."""


class Plug:
    """Starts, kills and watches one child. Its output goes to the file `log`. Use from one event loop."""

    def __init__(self, launch: Launch | None, log: Path, on_change: Callable[[], None] = lambda: None) -> None:
        self._launch = launch
        self._log = log
        self._on_change = on_change
        self._process: Child | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._state = "off" if launch else "none"
        self._exit_code: int | None = None
        self._starts = 0
        self._started = 0.0

    @property
    def state(self) -> str:
        """Give "none" (no bot belongs to this phone), "on", "off" (plug pulled) or "died" (ended by itself)."""
        return self._state

    @property
    def pid(self) -> int | None:
        """Give the child's process id while it runs."""
        return self._process.pid if self._process is not None and self._state == "on" else None

    def listening(self, heard: float | None) -> bool:
        """Tell whether a bot that was last heard of then (monotonic seconds) is on and has asked since it started."""
        return heard is not None and self._state in ("on", "none") and heard >= self._started

    def view(self) -> Json:
        """Give the state for the page."""
        return {
            "state": self._state,
            "pid": self.pid,
            "starts": self._starts,
            "exit_code": self._exit_code,
            "log": self._log.name,
        }

    async def start(self) -> None:
        """Start the bot unless it runs; raises HandError when there is none or it cannot be started."""
        async with self._lock:
            if self._launch is None:
                raise HandError("No bot belongs to this practice phone.")
            if self._state == "on":
                return
            self._process = await self._spawn(self._launch)
            self._starts += 1
            self._started = time.monotonic()
            self._exit_code = None
            self._become("on")
            self._watcher = asyncio.create_task(self._watch(self._process))

    async def kill(self) -> None:
        """Pull the plug: SIGKILL, no chance to tidy up; returns when the process is gone."""
        async with self._lock:
            await self._end(gently=False)

    async def stop(self) -> None:
        """Ask the bot to stop, and kill it when it has not within ten seconds."""
        async with self._lock:
            await self._end(gently=True)

    async def _spawn(self, launch: Launch) -> Child:
        environment = {**os.environ, **launch.env}
        try:
            with self._log.open("ab") as log:
                return await launch.start(launch, environment, log)
        except OSError as error:
            raise HandError(
                f"The bot could not be started: {error.strerror or type(error).__name__}.", "bot_start"
            ) from error

    async def _end(self, gently: bool) -> None:
        process = self._process
        if process is None or self._state != "on":
            if self._launch is not None:
                self._become("off")
            return
        self._become("off")
        _signal(process, signal.SIGTERM if gently else signal.SIGKILL)
        try:
            await asyncio.wait_for(process.wait(), GRACE_SECONDS)
        except TimeoutError:
            _signal(process, signal.SIGKILL)
            await process.wait()
        if self._watcher is not None:
            await self._watcher
        self._process = None

    async def _watch(self, process: Child) -> None:
        self._exit_code = await process.wait()
        if self._state == "on":
            self._become("died")

    def _become(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self._on_change()


def _signal(process: Child, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except ProcessLookupError:
        return  # it ended in this very moment


def die_with_parent(parent: int | None = None) -> Callable[[], None] | None:
    """Give what the child runs before it becomes the bot: on Linux the kernel then ends it with its parent. None on
    other systems. ``parent``: its process id, this process's unless told otherwise."""
    if sys.platform != "linux":
        return None
    set_option = ctypes.CDLL(None).prctl  # looked up before the fork: the child of a threaded process shall do little
    expected = os.getpid() if parent is None else parent

    def hook() -> None:
        set_option(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != expected:  # the parent died between fork and prctl
            os._exit(1)

    return hook
