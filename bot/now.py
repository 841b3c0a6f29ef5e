"""What time it is. Logic gets ``now`` handed in; only here is a clock read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

Now: TypeAlias = Callable[[], datetime]
"""Gives the present moment: aware, UTC."""

_LONGEST = timedelta(days=36_525)  # beyond a century the file is broken, and datetime would overflow


def real_now() -> datetime:
    """Give the computer's time: aware, UTC."""
    return datetime.now(UTC)


def shifted_now(file: Path, real: Now = real_now) -> Now:
    """Give a clock that is ``real`` plus the seconds written in ``file`` (a float as text).

    The practice phone moves its clock by that file. It is looked at on each call and read again only when it has
    changed; a missing or broken file counts as 0.
    """
    seen: tuple[int, int] | None = None
    offset = timedelta()

    def now() -> datetime:
        nonlocal seen, offset
        try:
            stat = file.stat()
        except OSError:
            seen, offset = None, timedelta()
        else:
            # The inode too: a file replaced within the same tick of the file system's clock is another file.
            if (mark := (stat.st_mtime_ns, stat.st_ino)) != seen:
                seen, offset = mark, _read(file)
        return real() + offset

    return now


def _read(file: Path) -> timedelta:
    try:
        offset = timedelta(seconds=float(file.read_text(encoding="ascii")))
    except (OSError, ValueError, OverflowError):  # UnicodeDecodeError and "nan" are ValueErrors
        return timedelta()
    return offset if abs(offset) <= _LONGEST else timedelta()
