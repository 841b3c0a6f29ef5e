"""``eftertanke people move`` and ``eftertanke people role``: a change of team or role, audited and told in chat."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from bot.app import build_renderer, build_tools
from bot.commands.shared import CommandError, clean_name, console, opened, settings_of_environment
from bot.now import Now, real_now, shifted_now
from bot.organisation import load_organisation
from bot.service import teams
from bot.service.replies import Menu
from bot.service.teams import Change
from bot.service.tools import keep_guide
from bot.settings import Settings
from bot.telegram.cards.render import Renderer
from bot.telegram.menu import set_menu
from bot.telegram.queueing import queue
from bot.telegram.requests import build_bot
from storage import people
from storage import teams as stored
from storage.database import Transaction
from storage.people import Person, Role, Team

_IN_A_TEAM = (Role.MENTOR, Role.LEAD)


def move(name: str, *, team: str, citizens_to: str | None, as_json: bool) -> None:
    """Move a mentor or lead to another team. Raises CommandError, SettingsError, StorageError."""
    _run(name, None, team, citizens_to, as_json=as_json)


def role(name: str, wanted: Role, *, team: str | None, citizens_to: str | None, as_json: bool) -> None:
    """Give somebody another role. Raises CommandError, SettingsError, StorageError."""
    _run(name, wanted, team, citizens_to, as_json=as_json)


def _run(name: str, wanted: Role | None, team: str | None, citizens_to: str | None, *, as_json: bool) -> None:
    settings = settings_of_environment()
    done, new = asyncio.run(_change(settings, name, wanted, team, citizens_to))
    if as_json:
        console().print(json.dumps(_told(done, new), ensure_ascii=False, indent=2))
    else:
        _print(done, wanted, new)


async def _change(
    settings: Settings, name: str, wanted: Role | None, team: str | None, citizens_to: str | None
) -> tuple[Change, bool]:
    """All or nothing, in one transaction, and then the menu in the chat; and whether the team was made for it."""
    organisation = load_organisation(settings.organisation, must_exist=settings.organisation_named)
    tools, renderer = build_tools(settings, organisation), build_renderer(settings, organisation)
    now = _clock(settings)()
    async with opened(settings) as db, db.transaction() as tx:
        person = await _one(tx, name)
        to_role = wanted or person.role
        before = {one.id for one in await people.teams(tx)}
        target = await _team(tx, person, to_role, team, settings)
        _refuse_nothing(person, to_role, target)
        colleague = await _colleague(tx, person, to_role, target, citizens_to)
        keep_guide(tx, tools, now)
        done = await teams.change(tx, tools, person, role=to_role, team=target, citizens_to=colleague, now=now)
        _, menus = queue(tx, renderer, done.replies, now)
    await _set_menus(settings, renderer, menus)
    return done, target is not None and target.id not in before


async def _set_menus(settings: Settings, renderer: Renderer, menus: Sequence[Menu]) -> None:
    """The commands of the new role in the person's chat, at once: a running bot does not know of the change. Without a
    token, or when the server cannot be reached, the bot sets them when it starts next."""
    if not menus or settings.token is None:
        return
    bot = build_bot(settings.token.get_secret_value(), settings.api_url)
    try:
        for menu in menus:
            await set_menu(bot, renderer, menu)
    finally:
        await bot.shutdown()


def _clock(settings: Settings) -> Now:
    return shifted_now(settings.clock_offset_file) if settings.clock_offset_file else real_now


async def _one(tx: Transaction, name: str) -> Person:
    wanted = clean_name(name, "The name")
    found = await stored.named(tx, wanted)
    if not found:
        raise CommandError(f"Nobody who is here is called {wanted}; `eftertanke people` shows who there is.")
    if len(found) > 1:
        raise CommandError(
            f"There are {len(found)} called {wanted}; give the id that `eftertanke people --json` shows."
        )
    return found[0]


async def _team(tx: Transaction, person: Person, role: Role, wanted: str | None, settings: Settings) -> Team | None:
    if role not in _IN_A_TEAM:
        if wanted is not None:
            raise CommandError(f"Somebody with the role {role.value} belongs to no team; leave --team out.", 2)
        return None
    known = await people.teams(tx)
    if wanted is None:
        own = next((one for one in known if one.id == person.team_id), known[0] if len(known) == 1 else None)
        if own is None:
            raise CommandError(f"Which team? Choose one with --team ({', '.join(one.name for one in known)}).", 2)
        return own
    name = clean_name(wanted, "The team")
    same = next((one for one in known if one.name.casefold() == name.casefold()), None)
    return same or await people.team_named(tx, name, _clock(settings)())


def _refuse_nothing(person: Person, role: Role, team: Team | None) -> None:
    if role is person.role and (team.id if team else None) == person.team_id:
        where = f" in {team.name}" if team else ""
        raise CommandError(f"{person.name} is {role.value}{where} already; there is nothing to change.")


async def _colleague(
    tx: Transaction, person: Person, role: Role, team: Team | None, wanted: str | None
) -> Person | None:
    """Who goes on with the citizens: needed where a mentor with active ones leaves the team, or is mentor no more."""
    leaves = person.role is Role.MENTOR and (role is not Role.MENTOR or team is None or team.id != person.team_id)
    if wanted is None:
        if leaves and (count := len(await teams.active_citizens(tx, person))):
            have = "1 active citizen" if count == 1 else f"{count} active citizens"
            raise CommandError(
                f"{person.name} has {have}; name a mentor of the same team who goes on with --citizens-to."
            )
        return None
    if not leaves:
        raise CommandError(
            f"{person.name} stays mentor in the team and keeps the citizens; leave --citizens-to out.", 2
        )
    found = await _one(tx, wanted)
    if found.id == person.id or found.role is not Role.MENTOR or found.team_id != person.team_id:
        raise CommandError(
            f"{found.name} is no other mentor in the team of {person.name}; name one who is with --citizens-to."
        )
    return found


def _told(done: Change, new: bool) -> dict[str, object]:
    return {
        "id": done.person.id,
        "name": done.person.name,
        "role": done.person.role.value,
        "team": done.team.name if done.team else None,
        "team_before": done.before.name if done.before else None,
        "new_team": new,
        "citizens_handed_over": done.citizens,
        "team_without_lead": done.leaderless.name if done.leaderless else None,
    }


def _print(done: Change, wanted: Role | None, new: bool) -> None:
    out, person = console(), done.person
    where = f" in the team {done.team.name}" if done.team else ""
    if new and done.team:
        out.print(f"The team {done.team.name} is new.")
    out.print(f"{person.name} is now {person.role.value}{where}.")
    if done.citizens:
        out.print(f"Citizens handed over: {done.citizens}.")
    if done.before and done.team and done.before.id != done.team.id:
        out.print(f"What was written before stays in {done.before.name}.")
    if done.leaderless:
        out.print(
            f"{done.leaderless.name} has no lead now: nobody there gets a mentor's call, and nobody reads its week."
        )
        out.print("  Make somebody its lead:  eftertanke people role NAME lead")
