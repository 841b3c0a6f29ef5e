"""What the backups of a folder are called, and which of them have had their time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

_NAME = re.compile(r"eftertanke-(\d{4}-\d{2}-\d{2}-\d{6})(?:-\d+)?\.backup")
_FORM = "%Y-%m-%d-%H%M%S"


def name_of(made: datetime, taken: Iterable[str] = ()) -> str:
    """The name of a backup made at this local time; with a number at the end where it is ``taken`` already."""
    first = f"eftertanke-{made:{_FORM}}"
    names, number, name = set(taken), 1, f"{first}.backup"
    while name in names:
        number += 1
        name = f"{first}-{number}.backup"
    return name


def made_of(name: str) -> datetime | None:
    """The local time (naive) in a backup's name; None for any other name."""
    found = _NAME.fullmatch(name)
    try:
        return None if found is None else datetime.strptime(found[1], _FORM)  # noqa: DTZ007 - local time, as in the name
    except ValueError:
        return None


def outlived(names: Iterable[str], *, daily: int, weekly: int) -> list[str]:
    """The names of backups that may be deleted, oldest first; any other name is never among them.

    Kept are all of the newest day, the newest of each of the ``daily`` newest days that have one and, of what is older
    than these, the newest of each of the ``weekly`` newest weeks. Days without a backup do not count, so that after a
    long stop the old ones are still there.
    """
    made = {name: at for name in names if (at := made_of(name)) is not None}
    newest_first = sorted(made, key=lambda name: (made[name], name), reverse=True)
    days: dict[object, str] = {}
    for name in newest_first:
        if made[name].date() in days or len(days) < daily:
            days.setdefault(made[name].date(), name)
    older = [name for name in newest_first if made[name].date() not in days]
    weeks: dict[object, str] = {}
    for name in older:
        week = made[name].isocalendar()[:2]
        if week in weeks or len(weeks) < weekly:
            weeks.setdefault(week, name)
    today = {name for name in newest_first if made[name].date() == made[newest_first[0]].date()}
    kept = {*days.values(), *weeks.values(), *today}
    return [name for name in reversed(newest_first) if name not in kept]
