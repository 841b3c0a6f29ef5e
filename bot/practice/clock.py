"""The practice clock: real time plus an offset that only grows, shared with the bot through a small file."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.practice.limits import HandError

ZONE = ZoneInfo("Europe/Copenhagen")
LONGEST_MOVE = timedelta(days=3660)


def real_utc() -> datetime:
    """Give the computer's own time, aware, UTC."""
    return datetime.now(UTC)


class PracticeClock:
    """World time = real time + offset; `file` holds the offset in seconds as text, because the bot reads it too."""

    def __init__(self, file: Path | None = None, real: Callable[[], datetime] = real_utc) -> None:
        self._file = file
        self._real = real
        self.offset = timedelta()
        self._write()

    def now(self) -> datetime:
        """Give the world's time, aware, UTC."""
        return self._real() + self.offset

    def move(self, seconds: float) -> datetime:
        """Move the clock forward and give the new time; raises HandError for a step back or an absurd one."""
        if not math.isfinite(seconds) or seconds < 0:
            raise HandError("The practice clock can only be moved forward.", "clock_back")
        if timedelta(seconds=seconds) + self.offset > LONGEST_MOVE:
            raise HandError("The practice clock can be moved ten years ahead at most.", "clock_far")
        self.offset += timedelta(seconds=seconds)
        self._write()
        return self.now()

    def move_to(self, moment: datetime) -> datetime:
        """Move the clock to `moment` (aware); raises HandError when that is in the past."""
        return self.move((moment - self.now()).total_seconds())

    def next_weekday(self, weekday: int, hour: int) -> datetime:
        """Give the next `weekday` (Monday 0) at `hour` on Danish clocks, later than now."""
        local = self.now().astimezone(ZONE)
        day = local.date() + timedelta(days=(weekday - local.weekday()) % 7)
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)
        if moment <= local:
            day += timedelta(days=7)
            moment = datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)
        return moment.astimezone(UTC)

    def _write(self) -> None:
        """Replace the file in one step, so that the bot never reads half a number."""
        if self._file is None:
            return
        temporary = self._file.with_name(self._file.name + ".new")
        temporary.write_text(f"{self.offset.total_seconds():.6f}\n", encoding="ascii")
        os.replace(temporary, self._file)  # noqa: PTH105 - the atomic step is the point, by its usual name
