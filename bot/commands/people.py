"""``eftertanke people``: who has joined."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from bot.commands.shared import console, opened, settings_of_environment
from bot.settings import Settings
from storage import people as stored
from storage.people import Person
from storage.times import stamp, stamp_or_none

_Row = tuple[Person, str | None, datetime]


def people(*, as_json: bool) -> None:
    """Print everybody by name. Raises SettingsError, StorageError."""
    settings = settings_of_environment()
    rows = asyncio.run(_read(settings))
    if as_json:
        print_json(rows)
    elif not rows:
        console().print('Nobody has joined yet; invite somebody: eftertanke invite --role mentor --name "Anna"')
    else:
        console().print(_table(rows, settings.timezone), soft_wrap=False)


async def _read(settings: Settings) -> list[_Row]:
    async with opened(settings) as db, db.snapshot() as snapshot:
        teams = {team.id: team.name for team in await stored.teams(snapshot)}
        joined = await stored.joined(snapshot)
        everybody = await stored.people(snapshot)
        return [(one, teams.get(one.team_id or ""), joined[one.id]) for one in everybody]


def print_json(rows: list[_Row]) -> None:
    """One object a person; times in UTC. Telegram's ids stay inside."""
    told = [
        {
            "id": one.id,
            "name": one.name,
            "role": one.role.value,
            "team": team,
            "joined_at": stamp(joined),
            "blocked_at": stamp_or_none(one.blocked_at),
            "left_at": stamp_or_none(one.left_at),
        }
        for one, team, joined in rows
    ]
    console().print(json.dumps(told, ensure_ascii=False, indent=2))


def _table(rows: list[_Row], zone: ZoneInfo) -> Table:
    table = Table("Name", "Role", "Team", "Joined", "Now", box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for one, team, joined in rows:
        cells = (one.name, one.role.value, team or "–", _day(joined, zone), _now(one, zone))
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _now(one: Person, zone: ZoneInfo) -> str:
    if one.left_at is not None:
        return f"left {_day(one.left_at, zone)}"
    return f"blocks the bot since {_day(one.blocked_at, zone)}" if one.blocked_at is not None else ""


def _day(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).date().isoformat()
