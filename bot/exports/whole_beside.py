"""Files that are written in a process of their own, beside the reading: on two cores an export takes half the time.

A short export never starts it: what is given waits until there is enough to be worth the start, and is written here
when there is not. The order in which files are fed is the same, so the bytes are.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")
Open: TypeAlias = Callable[..., AbstractContextManager[Callable[[list[T]], None]]]
"""Opens files and gives what is to be called with each batch; they are whole when its block ends well. It and its
arguments travel between processes: a function of a module, and plain data."""

_AT_ONCE = 40
_WORTH_IT = 8  # batches; starting a process takes half a second
_MOST_WAITING = 100  # while it starts


class Beside(Generic[T]):
    """Hands things on to ``opened(*arguments)``, in another process when they are many. Use as a context; raises
    OSError as if the files were written here."""

    def __init__(self, opened: Open[T], *arguments: Any) -> None:
        self._opened, self._arguments = opened, arguments
        self._batch: list[T] = []
        self._waiting: list[list[T]] = []
        self._files = ExitStack()
        self._give: Callable[[list[T]], None] | None = None
        self._process: Any = None
        self._here: Connection | None = None
        self._ready = self._ended = False

    def __enter__(self) -> Beside[T]:
        return self

    def add(self, one: T) -> None:
        """Hand on one thing."""
        self._batch.append(one)
        if len(self._batch) == _AT_ONCE:
            self._waiting.append(self._batch)
            self._batch = []
            self._hand_on()

    def end(self) -> None:
        """Nothing more will come: the other side can finish, while this one goes on with something else."""
        if self._ended:
            return
        self._ended = True
        self._waiting.append(self._batch)
        self._hand_on(at_once=True)
        if self._here is not None:
            self._tell(None)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self.end()
                if self._here is not None:
                    self._must_be_well()
        finally:
            if self._here is not None:
                self._here.close()
                self._process.join()
            self._files.__exit__(*((kind, error, at) if kind is not None else sys.exc_info()))

    def _hand_on(self, *, at_once: bool = False) -> None:
        if self._here is None and self._give is None:
            # A process that is itself somebody's helper may start none.
            if at_once or multiprocessing.current_process().daemon:
                self._give = self._files.enter_context(self._opened(*self._arguments))
            elif len(self._waiting) < _WORTH_IT:
                return
            else:
                self._start()
        if self._here is not None and not self._is_ready(wait=at_once or len(self._waiting) > _MOST_WAITING):
            return
        for batch in self._waiting:
            (self._give or self._tell)(batch)
        self._waiting = []

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would copy threads and an open database
        self._here, there = context.Pipe()
        # A daemon: it must not outlive a program that ends.
        self._process = context.Process(target=_serve, args=(there, self._opened, self._arguments), daemon=True)
        self._process.start()
        there.close()  # so that it is noticed when the other side has gone

    def _is_ready(self, *, wait: bool) -> bool:
        """Whether the other side takes something: while it starts, what is read waits here, and reading goes on."""
        assert self._here is not None  # noqa: S101 - the caller has looked
        if not self._ready and (wait or self._here.poll()):
            self._ready = True
            self._must_be_well()  # it says None when it is ready, and when it is done
        return self._ready

    def _tell(self, what: list[T] | None) -> None:
        assert self._here is not None  # noqa: S101 - the callers have started it
        try:
            self._here.send(what)
        except ConnectionError:
            self._must_be_well()

    def _must_be_well(self) -> None:
        assert self._here is not None  # noqa: S101 - the callers have started it
        said: tuple[int, str, str | None] | None = (errno.EIO, "a process that writes files has ended", None)
        with suppress(EOFError, ConnectionError):
            said = self._here.recv()
        if said is not None:
            raise OSError(*said)


def _serve(there: Connection, opened: Open[Any], arguments: tuple[Any, ...]) -> None:
    """The other process: write what comes until None comes; an end without one is an export that was given up."""
    os.umask(0o077)
    try:
        with opened(*arguments) as give:
            there.send(None)
            while (batch := there.recv()) is not None:
                give(batch)
        there.send(None)
    except (EOFError, KeyboardInterrupt):
        return  # whoever gave it up removes the folder
    except OSError as error:
        with suppress(ConnectionError):
            there.send((error.errno or errno.EIO, error.strerror or type(error).__name__, error.filename))
