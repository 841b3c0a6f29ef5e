"""``eftertanke doctor``: is everything there that the bot needs, and if not, what to do."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from bot.commands.shared import console, settings_of_environment
from bot.doctor import NAMES, ORDER, Check, Status, bad, ok, skipped, worst
from bot.doctor_database import database
from bot.doctor_files import files
from bot.doctor_telegram import telegram
from bot.now import real_now, shifted_now
from bot.settings import Settings, SettingsError

_STYLES: dict[Status, str] = {"ok": "green", "warn": "yellow", "bad": "bold red", "skipped": "dim"}


def doctor(*, as_json: bool) -> int:
    """Print every check; gives 0 when none is bad, else 1. Changes nothing."""
    checks = sorted(asyncio.run(_examined()), key=lambda check: ORDER.index(check.name))
    out = console()
    if as_json:
        told = [{**_told(check), "todo": check.todo or None} for check in checks]
        out.print(json.dumps({"status": worst(checks), "checks": told}, ensure_ascii=False, indent=2))
    elif out.is_terminal:
        out.print(_table(checks), soft_wrap=False)
        out.print(_summary(checks))
    else:
        for check in checks:
            out.print(f"{check.status:<8}{_title(check)}: {check.found}{f' {check.todo}' if check.todo else ''}")
        out.print(_summary(checks))
    return 1 if worst(checks) == "bad" else 0


async def _examined() -> list[Check]:
    try:
        settings = settings_of_environment()
    except SettingsError as error:
        found = f"{len(error.problems)} wrong: {' '.join(error.problems)}"
        return [bad("settings", found, "Correct these variables."), *skipped(NAMES[1:], "the settings are wrong")]
    place = f"in {settings.data}" if settings.database_url is None else "on a PostgreSQL server"
    return [ok("settings", f"All variables are right; the data is {place}."), *await _of(settings)]


async def _of(settings: Settings) -> list[Check]:
    now = (shifted_now(settings.clock_offset_file) if settings.clock_offset_file else real_now)()
    asked = asyncio.create_task(telegram(settings, real_now))  # its answer may take a while
    checks = [*files(settings, now), *await _database(settings, now)]
    return [*checks, *await asked]


async def _database(settings: Settings, now: datetime) -> list[Check]:
    if settings.database_url is None:
        return await database(settings, now)
    from bot.doctor_server import on_server  # loading psycopg is not for those who have a file

    return await on_server(settings, now)


def _told(check: Check) -> dict[str, str]:
    return {"name": check.name, "status": check.status, "found": check.found}


def _title(check: Check) -> str:
    return check.name.replace("_", " ")


def _table(checks: Sequence[Check]) -> Table:
    table = Table("", "Check", "Found, and what to do", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for check in checks:
        said = Text(check.found)
        if check.todo:
            said.append(f"\n→ {check.todo}", style=_STYLES[check.status])
        table.add_row(Text(check.status, style=_STYLES[check.status]), Text(_title(check)), said)
    return table


def _summary(checks: Sequence[Check]) -> str:
    many = Counter(check.status for check in checks)
    return ", ".join(f"{many[status]} {status}" for status in _STYLES if many[status])
