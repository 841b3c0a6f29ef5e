"""Is the bot well? What has waited longer than it may, told to who asks from outside.

Liveness means that something worked lately, not that the process is there: a poll that Telegram answered, an update
that was carried out, a message that was sent, a reminder that went.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from bot.now import Now
from storage import high_water
from storage.ageing import Ages, Waiting, ages
from storage.database import Database
from storage.sqlite import SqliteDatabase

log = logging.getLogger(__name__)

LIMITS: Mapping[str, float] = {"poll": 90.0, "webhook": 900.0, "update": 60.0, "message": 300.0, "reminder": 900.0}
"""Seconds. ``poll``: since Telegram last answered one; a long poll takes some twenty. ``webhook``: since Telegram last
took the webhook's address, told anew every two minutes; when nobody writes nothing is posted, so that the last post
has no limit. The others: how long the oldest may wait."""
ELSEWHERE: Mapping[str, float] = {"poll": 300.0, "webhook": 900.0}
"""Seconds since another process, the one that has this role, last left word of the same. It does so once a minute or
two; when its machine is gone, the role is taken over after half a minute, and a first poll takes some twenty."""
ROLES = ("poll", "webhook", "send", "draw", "clock")
GRACE = 180.0  # seconds after the start in which what waited while the bot was down may still wait
_LOOK_EVERY = 2.0
_PATIENCE = 5.0
_Run: TypeAlias = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


class Roles:
    """Which roles this process has, and since when."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[str, float] = {}

    def noted(self, name: str, run: _Run) -> _Run:
        """``run``, with the role counted as ours while it runs."""

        async def noting(stop: asyncio.Event) -> None:
            self._since[name] = self._clock()
            try:
                await run(stop)
            finally:
                self._since.pop(name, None)

        return noting

    def held(self) -> dict[str, float]:
        """Role → seconds for which it has been ours."""
        return {name: self._clock() - since for name, since in self._since.items()}


@dataclass(frozen=True, slots=True)
class Report:
    """``late``: the names of what is past its limit, "database" among them when it does not answer. ``ages`` as they
    were at ``at``; None when the database does not answer. ``losses``: how often something stored was found missing
    that nobody has seen to yet; starting the bot anew does not help, so that it makes nobody unwell."""

    at: datetime
    by_webhook: bool
    since_intake: float | None
    ages: Ages | None
    roles: tuple[str, ...]
    late: tuple[str, ...] = ()
    losses: int = 0

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        return not self.late

    @property
    def waiting(self) -> dict[str, Waiting] | None:
        """What waits, by the names of the limits."""
        found = self.ages
        if found is None:
            return None
        return {"update": found.updates, "message": found.messages, "reminder": found.reminders}

    def seconds(self, name: str) -> float | None:
        """How long the oldest of these has waited; None when none waits, or when nobody knows."""
        return None if self.waiting is None else self.waiting[name].seconds(self.at)

    def to_json(self) -> dict[str, object]:
        """As /healthz tells it: seconds with one decimal."""
        told: dict[str, object] = {"status": "ok" if self.ok else "late", "late": list(self.late)}
        told[f"seconds_since_{'webhook' if self.by_webhook else 'poll'}"] = _rounded(self.since_intake)
        told |= {f"oldest_{name}_seconds": _rounded(self.seconds(name)) for name in ("update", "message", "reminder")}
        return told | {"losses": self.losses, "role": list(self.roles)}


@dataclass(frozen=True)
class Intake:
    """How updates come in, as this process sees it. ``since_success``: seconds since some came, or a poll was answered;
    ``since_told``: since Telegram last took the webhook's address. None: not yet."""

    by_webhook: bool
    since_success: Callable[[], float | None]
    since_told: Callable[[], float | None] = lambda: None

    @property
    def role(self) -> str:
        """The role of who sees to it."""
        return "webhook" if self.by_webhook else "poll"

    def sign_of_life(self) -> float | None:
        """Seconds since Telegram last answered this intake; None before the first time."""
        return self.since_told() if self.by_webhook else self.since_success()


class Health:
    """Looks at most every two seconds, whoever asks and however often. ``clock``: seconds that only grow. ``shared``:
    another process may have the roles that this one has not, so that it looks at the sign that the other leaves."""

    def __init__(
        self,
        db: Database,
        now: Now,
        roles: Roles,
        intake: Intake,
        clock: Callable[[], float] = time.monotonic,
        *,
        shared: bool = False,
    ) -> None:
        self._db, self._now, self._roles, self._intake, self._clock = db, now, roles, intake, clock
        self._shared = shared
        self._started = clock()
        self._report: Report | None = None
        self._looked = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def report(self) -> Report:
        """How things are, or were two seconds ago. Never fails."""
        async with self._one_at_a_time:
            if self._report is None or self._clock() - self._looked >= _LOOK_EVERY:
                self._report = await self._look()
                self._looked = self._clock()
            return self._report

    def sign_of_life(self) -> float | None:
        """Seconds since Telegram last answered; None before the first time, and for who does not see to it now: an old
        sign must not take the place of what another process leaves."""
        return self._intake.sign_of_life() if self._intake.role in self._roles.held() else None

    async def _look(self) -> Report:
        now, roles = self._now(), self._roles.held()
        try:
            async with asyncio.timeout(_PATIENCE), self._db.snapshot() as snapshot:
                found: Ages | None = await ages(snapshot, now)
        except Exception as error:  # whatever it is: who asks is told, and asks again
            log.warning("The database was asked how it is and did not answer (%s).", type(error).__name__)
            found = None
        since = self._since_intake(found, now, roles)
        losses = await asyncio.to_thread(_losses, self._db)
        report = Report(now, self._intake.by_webhook, since, found, tuple(sorted(roles)), losses=losses)
        return replace(report, late=self._late(report, roles))

    def _elsewhere(self, roles: Mapping[str, float]) -> bool:
        """Whether another process sees to it that updates come in."""
        return self._shared and self._intake.role not in roles

    def _since_intake(self, found: Ages | None, now: datetime, roles: Mapping[str, float]) -> float | None:
        if self._intake.by_webhook or not self._elsewhere(roles):
            return self._intake.since_success()  # what is posted comes to each process by itself
        return _since(found, now)

    def _late(self, report: Report, roles: Mapping[str, float]) -> tuple[str, ...]:
        if report.ages is None:
            return ("database",)
        if self._clock() - self._started < GRACE:
            return ()
        told = {"poll": report.since_intake, "webhook": self._intake.since_told()}
        seconds = {name: report.seconds(name) or 0.0 for name in ("update", "message", "reminder")}
        for name, ago in told.items():
            if name in roles:  # whoever has taken it over a moment ago is not to blame for what was before
                seconds[name] = roles[name] if ago is None else min(ago, roles[name])
        limits = LIMITS
        if self._elsewhere(roles):
            since, limits = _since(report.ages, report.at), {**LIMITS, **ELSEWHERE}
            seconds[self._intake.role] = self._clock() - self._started if since is None else since
        return tuple(name for name, limit in limits.items() if seconds.get(name, 0.0) > limit)


def _losses(db: Database) -> int:
    """A server keeps its own log, and answers for it itself."""
    if not isinstance(db, SqliteDatabase):
        return 0
    with suppress(OSError):  # the next look
        return len(high_water.losses(db.path))
    return 0


def _since(found: Ages | None, now: datetime) -> float | None:
    if found is None or found.intake is None:
        return None
    return max(0.0, (now - found.intake).total_seconds())


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
