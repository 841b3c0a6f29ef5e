"""What every command does first, so that nothing of it is left for others on the same machine."""

from __future__ import annotations

import os
import resource
import sys

_PR_SET_DUMPABLE = 4  # prctl(2)


def harden() -> None:
    """New files are for this user only, and a crash writes no image of the memory: key and texts are in it."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # The limit alone does not bind where crashes are handed to a program (core(5)). This does, and it also keeps
        # other processes of the same user from reading the memory.
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
