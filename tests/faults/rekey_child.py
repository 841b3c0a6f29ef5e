"""``eftertanke rekey --yes`` as a process that can be killed in the middle of it.

Started by the test as ``python -m tests.faults.rekey_child PLACE [weaker]``. It says ``go`` once everything is loaded.
At the PLACE-th thing that it does to a file in EFTERTANKE_DATA's parent folder it kills itself; 0: never, and the last
line says how many there were. ``weaker``: the key file is replaced first, and no new key waits beside it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import bot.commands.rekey as command
from bot.cli import main
from storage.waiting_key import put_in_place

_DONE_TO_FILES = frozenset({"open", "os.rename", "os.remove", "os.truncate", "os.chmod", "fcntl.flock"})


def counting(folder: str, place: int) -> Callable[[], int]:
    """Count what is done to files below a folder, and end at ``place``."""
    done = 0

    def seen(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal done
        if event not in _DONE_TO_FILES or (event != "fcntl.flock" and folder not in str(arguments[0])):
            return
        done += 1
        if done == place:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(seen)
    return lambda: done


def run(place: int, weaker: bool) -> int:
    """Rekey; the exit code of the command."""
    if weaker:
        vars(command)["keep_waiting"] = put_in_place
    folder = str(Path(os.environ["EFTERTANKE_DATA"]).parent)
    sys.stdout.write("go\n")
    sys.stdout.flush()
    count = counting(folder, place)
    code = main(["rekey", "--yes"])
    sys.stdout.write(f"\n{count()}\n")
    return code


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), "weaker" in sys.argv))
