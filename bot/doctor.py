"""What ``eftertanke doctor`` looks at. Nothing here changes anything: a running bot does not notice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.organisation import OrganisationError
from storage.database import StorageError

Status = Literal["ok", "warn", "bad", "skipped"]
DATABASE_CHECKS = ("schema", "integrity", "high_water", "poll", "backlog", "dead_letters", "backup", "drill", "audit")
TELEGRAM_CHECKS = ("token", "clock", "webhook")
NAMES = (
    "settings",
    "organisation",
    "key",
    "rekey",
    "permissions",
    "disk",
    "zone",
    *TELEGRAM_CHECKS,
    "database",
    *DATABASE_CHECKS,
)
ORDER = (*NAMES[: -len(DATABASE_CHECKS)], "server", "roles", *DATABASE_CHECKS)
"""Every check there is: two only where the data is on a server."""
_RUN = "run: "  # so begins what to do in a sentence that ends with a command
_TRIED = (StorageError, OrganisationError, OSError)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. ``found`` says what there is, ``todo`` what to do about it ("" when nothing)."""

    name: str
    status: Status
    found: str
    todo: str = ""


def ok(name: str, found: str) -> Check:
    """All is well."""
    return Check(name, "ok", found)


def warn(name: str, found: str, todo: str) -> Check:
    """It works, and somebody should look at it."""
    return Check(name, "warn", found, todo)


def bad(name: str, found: str, todo: str) -> Check:
    """It does not work, or data is in danger."""
    return Check(name, "bad", found, todo)


def skipped(names: Sequence[str], because: str) -> list[Check]:
    """These could not be looked at, because another check has to be put right first."""
    return [Check(name, "skipped", f"Not looked at: {because}.", "Put that right first.") for name in names]


def troubled(name: str, error: Exception) -> Check:
    """What an error says, which words itself as "what is wrong; what to do"."""
    if isinstance(error, OSError):
        said = error.strerror or type(error).__name__
        return bad(name, f"{error.filename or 'A file'} cannot be read ({said}).", "Run doctor as the bot's user.")
    found, _, todo = str(error).partition("; ")
    return bad(name, sentence(found), sentence(todo) or "Put that right, then run doctor again.")


def sentence(words: str) -> str:
    """With a capital at its beginning and a full stop at its end; a command to run is marked as one."""
    words = " ".join(words.split())
    if not words:
        return ""
    if words.lower().startswith(_RUN):
        return f"Run `{words[len(_RUN) :]}`."
    return words[0].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")


def tried(name: str, look: Callable[[], Check]) -> Check:
    """The check, or what kept it from being made."""
    try:
        return look()
    except _TRIED as error:
        return troubled(name, error)


async def awaited(name: str, look: Callable[[], Awaitable[Check]]) -> Check:
    """As ``tried``, for what has to be waited for."""
    try:
        return await look()
    except _TRIED as error:
        return troubled(name, error)


def worst(checks: Sequence[Check]) -> Status:
    """``bad`` when one is bad, else ``warn`` when one is not ok."""
    found = {check.status for check in checks}
    if "bad" in found:
        return "bad"
    return "ok" if found <= {"ok"} else "warn"


def long(span: timedelta) -> str:
    """How long, in the unit that fits."""
    minutes = max(0, round(span.total_seconds() / 60))
    for unit, size in (("days", 60 * 24), ("hours", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}"
    return f"{minutes} minutes" if minutes != 1 else "1 minute"
