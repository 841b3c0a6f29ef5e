"""Runs a program, and anew whenever it has ended, out of a process that has everything loaded already.

What the interpreter loads is the same at every start and takes longer than all the rest of it. Here each start is a
copy of a process that has loaded it and done nothing else: of what the one before had in memory, the next has nothing.
That makes a thousand starts affordable.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from bot.practice.plug import die_with_parent

_BREATH = 0.05  # seconds before the next start after one that failed: an error must not spin


@dataclass(frozen=True)
class Life:
    """One start. ``number`` counts from 0; ``code``: how it ended, as ``subprocess`` tells it (-9: SIGKILL), None while
    it lives; ``ended``: seconds of the monotonic clock, which all processes of a computer share."""

    number: int
    pid: int
    code: int | None = None
    ended: float = 0.0


def lives(book: Path) -> list[Life]:
    """Every start so far, oldest first, as ``again_and_again`` has written them down."""
    found: list[Life] = []
    whole = book.read_text(encoding="ascii").rpartition("\n")[0] if book.exists() else ""
    for line in whole.splitlines():
        match line.split():
            case [pid]:
                found.append(Life(len(found), int(pid)))
            case [code, ended]:  # of the newest: there is one at a time
                found[-1] = replace(found[-1], code=int(code), ended=float(ended))
    return found


def again_and_again(run: Callable[[], int], book: Path) -> int:
    """Start ``run`` in a process of its own, and again when that has ended, until SIGTERM, which is handed on.

    ``run`` gives the exit code. Each start and each end is a line of the file ``book``.
    """
    child, stopping = 0, False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        if child:
            os.kill(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    gc.freeze()  # what is loaded is not gone through again by every copy
    with book.open("a", encoding="ascii", buffering=1) as lines:
        while True:
            # Not between looking and forking: the copy would never hear of it.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
            if stopping:
                return 0
            child = _copy(run)
            lines.write(f"{child}\n")
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            _, status = os.waitpid(child, 0)
            ended, child = time.monotonic(), 0
            code = os.waitstatus_to_exitcode(status)
            lines.write(f"{code} {ended}\n")
            if code > 0:
                time.sleep(_BREATH)


def _copy(run: Callable[[], int]) -> int:
    """Fork; the number of the copy, which runs the program and ends with this process."""
    end_with_us = die_with_parent()
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        if end_with_us is not None:
            end_with_us()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        code = run()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # whatever the copy inherited is the first process's to tidy up
