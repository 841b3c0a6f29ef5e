"""Making an invitation and showing it: for ``invite``, and for the first admin in ``setup``."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass
from datetime import datetime

import segno
from rich.console import Console

from bot.commands.shared import CommandError
from bot.settings import Settings
from storage import audit, invites, people
from storage.database import Transaction
from storage.invites import Invite
from storage.people import Role, Team

_IN_A_TEAM = (Role.MENTOR, Role.LEAD)
_PATIENCE = 5.0  # seconds for Telegram to tell the bot's name


@dataclass(frozen=True)
class Made:
    """An invitation just made. ``code`` is known only now: the database keeps its hash. ``new_team``: made along."""

    code: str
    invite: Invite
    team: Team | None
    new_team: bool


async def make(tx: Transaction, *, role: Role, name: str, team: str | None, first_team: str, now: datetime) -> Made:
    """Make an invitation and note it in the audit log.

    ``team``: the wished one's name; ``first_team``: what to call it when there is none at all. Raises CommandError.
    """
    found, new = await _team(tx, role, team, first_team, now)
    code, invite = invites.add_invite(tx, role=role, name=name, team_id=found.id if found else None, now=now)
    audit.note(tx, audit.OPERATOR, "invite", invite.id, now)
    return Made(code, invite, found, new)


async def _team(
    tx: Transaction, role: Role, wanted: str | None, first_team: str, now: datetime
) -> tuple[Team | None, bool]:
    if role not in _IN_A_TEAM:
        if wanted is not None:
            raise CommandError(f"Somebody with the role {role.value} belongs to no team; leave --team out.", 2)
        return None, False
    known = await people.teams(tx)
    if wanted is None and len(known) > 1:
        raise CommandError(f"There are several teams ({', '.join(t.name for t in known)}); choose one with --team.", 2)
    if wanted is None and known:
        return known[0], False
    name = wanted or first_team
    same = next((team for team in known if team.name.casefold() == name.casefold()), None)
    return (same, False) if same else (await people.team_named(tx, name, now), True)


@dataclass(frozen=True)
class BotName:
    """The bot's user name at Telegram; without it, ``why`` there is none."""

    name: str | None
    why: str = ""

    def link(self, code: str) -> str | None:
        """The deep link of an invitation (https://core.telegram.org/bots/features#deep-linking)."""
        return f"https://t.me/{self.name}?start={code}" if self.name else None


async def ask_bot_name(settings: Settings) -> BotName:
    """Ask Telegram for the bot's name, a few seconds at most; never raises: the code alone is enough."""
    if settings.token is None:
        return BotName(None, "EFTERTANKE_TOKEN is not set; with it you get a link")
    # Loaded here because PTB takes half a second, and setup is mostly run before there is a token.
    from telegram.error import InvalidToken, TelegramError

    from bot.telegram.requests import build_bot

    try:
        async with asyncio.timeout(_PATIENCE), build_bot(settings.token.get_secret_value(), settings.api_url) as bot:
            name = bot.bot.username
    except InvalidToken:
        return BotName(None, "Telegram does not know the token in EFTERTANKE_TOKEN; correct it before you run the bot")
    except (TelegramError, TimeoutError):
        return BotName(None, "Telegram could not be reached, so there is no link")
    return BotName(name, "" if name else "Telegram gave the bot no name, so there is no link")


def show(out: Console, made: Made, bot: BotName, settings: Settings) -> None:
    """Print an invitation with a QR code to scan."""
    invite, command = made.invite, f"/start {made.code}"
    belongs = f", team {made.team.name}" if made.team else ""
    if made.new_team and made.team:
        out.print(f"The team {made.team.name} is new.")
    out.print(f"Invitation for {invite.name} ({invite.role.value}{belongs}).")
    out.print(f"It works once, until {_local(invite.expires_at, settings)}. Give it to nobody else.\n")
    link = bot.link(made.code)
    if link:
        out.print(f"  {link}\n")
        out.print(f"Or type in a private chat with @{bot.name}:  {command}\n")
    else:
        out.print(f"  {command}\n")
        out.print(f"Type this in a private chat with the bot. ({bot.why}.)\n")
    _show_code(out, link or command)


def _show_code(out: Console, text: str) -> None:
    drawn = io.StringIO()
    segno.make(text, micro=False, error="m").terminal(out=drawn, border=2, compact=True)
    for line in drawn.getvalue().splitlines():
        out.print(f"  {line}", style="white on black")  # light on dark is how scanners know it, whatever the terminal


def _local(at: datetime, settings: Settings) -> str:
    then = at.astimezone(settings.timezone)
    return f"{then.day} {then:%B %Y at %H:%M} ({settings.zone})"
