"""``eftertanke invite``: a link by which one person joins, once."""

from __future__ import annotations

import asyncio
import json

from bot.commands import inviting
from bot.commands.shared import clean_name, console, opened, settings_of_environment
from bot.now import real_now
from bot.organisation import Organisation, load_organisation
from bot.settings import Settings
from storage.people import Role
from storage.times import stamp

_TEAM = "Team"


def invite(*, role: Role, name: str, team: str | None, as_json: bool) -> None:
    """Make an invitation and print it. Raises SettingsError, StorageError, OrganisationError, CommandError."""
    settings = settings_of_environment()
    name = clean_name(name, "The name")
    team = None if team is None else clean_name(team, "The team's name")
    made, bot = asyncio.run(_make(settings, role, name, team))
    if not as_json:
        inviting.show(console(), made, bot, settings)
        return
    told = {
        "code": made.code,
        "link": bot.link(made.code),
        "role": made.invite.role.value,
        "name": made.invite.name,
        "team": made.team.name if made.team else None,
        "expires_at": stamp(made.invite.expires_at),
    }
    console().print(json.dumps(told, ensure_ascii=False, indent=2))


async def _make(settings: Settings, role: Role, name: str, team: str | None) -> tuple[inviting.Made, inviting.BotName]:
    organisation = load_organisation(settings.organisation, must_exist=settings.organisation_named)
    # The first team is called like the organisation, unless that still has the program's own name.
    first = organisation.name if organisation.name != Organisation().name else _TEAM
    async with opened(settings) as db, db.transaction() as tx:
        made = await inviting.make(tx, role=role, name=name, team=team, first_team=first, now=real_now())
    # Asked afterwards: the transaction must not wait for the net while the bot wants to write.
    return made, await inviting.ask_bot_name(settings)
