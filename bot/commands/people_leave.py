"""``eftertanke people leave``: access ends with the commit; the running bot meets a stranger at the next update."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import typer
from telegram import BotCommandScopeChat
from telegram.error import TelegramError

from bot.app import build_renderer, build_tools
from bot.commands.shared import CommandError, clean_name, console, opened, settings_of_environment
from bot.now import Now, real_now, shifted_now
from bot.organisation import load_organisation
from bot.service import leaving
from bot.service.leaving import Left
from bot.service.replies import Reply
from bot.service.tools import Tools, keep_guide
from bot.settings import Settings
from bot.telegram.queueing import queue
from bot.telegram.requests import build_bot
from storage import erasure_register, people
from storage import leaving as stored
from storage.database import Transaction
from storage.erasure_register import Entry
from storage.people import Person, Role


def leave(name: str, *, citizens_to: str | None, as_json: bool) -> None:
    """Close somebody's access; or, when they have left, only hand their citizens over. Raises CommandError,
    SettingsError, StorageError."""
    settings = settings_of_environment()
    done, before, has_admin = asyncio.run(_leave(settings, name, citizens_to))
    if as_json:
        console().print(json.dumps(_told(done), ensure_ascii=False, indent=2))
    else:
        _print(done, before=before)
        if not has_admin and not before:
            console().print("There is no administrator now.")
            console().print("  Invite one:  eftertanke invite --role admin --name NAME")


async def _leave(settings: Settings, name: str, citizens_to: str | None) -> tuple[Left, bool, bool]:
    """What came of it, whether the person had left before, and whether an administrator stays, if this was one."""
    organisation = load_organisation(settings.organisation, must_exist=settings.organisation_named)
    tools, renderer = build_tools(settings, organisation), build_renderer(settings, organisation)
    now, register = clock(settings)(), _Register(erasure_register.paths(settings.database, settings.backups))
    async with opened(settings) as db:
        with register.as_committed():
            async with db.transaction() as tx:
                person = await one_named(tx, name)
                colleague = await _colleague(tx, person, citizens_to)
                keep_guide(tx, tools, now)
                if person.left_at is not None:
                    done = await _only_citizens(tx, tools, person, colleague, settings)
                else:
                    done = await leaving.leave(tx, tools, person, citizens_to=colleague, now=now)
                queue(tx, renderer, done.replies, now)
                has_admin = person.role is not Role.ADMIN or await _has_admin(tx)
                if person.left_at is None:
                    register.add(await leaving.listed(tx, person, now))
    await empty_menu(settings, person.chat_id)
    return done, person.left_at is not None, has_admin


async def _has_admin(tx: Transaction) -> bool:
    return any(one.role is Role.ADMIN and one.left_at is None for one in await people.people(tx))


class _Register:
    """The list of erasures and leavings in its files. Where it cannot be written access ends all the same, since that
    may be urgent, and the operator is told."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        self._files = files
        self._added: list[tuple[Path, Entry]] = []

    def add(self, entry: Entry) -> None:
        """One line in each file that can be written."""
        for file in self._files:
            try:
                erasure_register.append([file], entry)
            except OSError as error:
                typer.echo(
                    f"The list of who left cannot be written in {file.parent} ({error.strerror}): after a restore from "
                    "an older backup, close this access again.",
                    err=True,
                )
            else:
                self._added.append((file, entry))

    @contextmanager
    def as_committed(self) -> Iterator[None]:
        """What was added is taken back when what happens in here fails."""
        try:
            yield
        except BaseException:
            for file, entry in self._added:
                erasure_register.take_back([file], entry)
            raise


async def _only_citizens(
    tx: Transaction, tools: Tools, person: Person, colleague: Person | None, settings: Settings
) -> Left:
    if colleague is None:
        raise CommandError(f"{person.name} has left already; --citizens-to still hands the citizens over.")
    handed = await leaving.hand_on(tx, tools, person, colleague, clock(settings)())
    told: tuple[Reply, ...] = tuple(leaving.passed_on(person, colleague, handed))
    return Left(person, tuple(one.pseudonym for one in handed), (), 0, None, told)


def clock(settings: Settings) -> Now:
    """The program's clock; in a practice a moved one."""
    return shifted_now(settings.clock_offset_file) if settings.clock_offset_file else real_now


async def one_named(tx: Transaction, name: str) -> Person:
    """The person of this name or id, before those who have left. Raises CommandError when there is none, or more."""
    wanted = clean_name(name, "The name")
    found = await stored.named(tx, wanted)
    here = [one for one in found if one.left_at is None or one.id == wanted] or found
    if not here:
        raise CommandError(f"Nobody is called {wanted}; `eftertanke people` shows who there is.")
    if len(here) > 1:
        raise CommandError(f"There are {len(here)} called {wanted}; give the id that `eftertanke people --json` shows.")
    return here[0]


async def _colleague(tx: Transaction, person: Person, wanted: str | None) -> Person | None:
    if wanted is None:
        return None
    if person.role is not Role.MENTOR:
        raise CommandError(f"{person.name} is no mentor and has no citizens; leave --citizens-to out.", 2)
    found = await one_named(tx, wanted)
    # Who was erased is in no team; their citizens are, and go to who belongs to it.
    elsewhere = person.team_id is not None and found.team_id != person.team_id
    if found.id == person.id or found.left_at is not None or found.role is not Role.MENTOR or elsewhere:
        raise CommandError(
            f"{found.name} is no other mentor in the team of {person.name}; name one who is with --citizens-to."
        )
    return found


async def empty_menu(settings: Settings, chat_id: int) -> None:
    """No commands of ours in this chat's menu. Without a token, or when the server cannot be reached, they stay to be
    seen; none of them does anything any more."""
    if settings.token is None:
        return
    bot = build_bot(settings.token.get_secret_value(), settings.api_url)
    try:
        with suppress(TelegramError):
            await bot.delete_my_commands(BotCommandScopeChat(chat_id))
    finally:
        await bot.shutdown()


def _told(done: Left) -> dict[str, object]:
    return {
        "id": done.person.id,
        "name": done.person.name,
        "debriefs_closed": done.debriefs,
        "citizens_handed_over": len(done.handed),
        "citizens_without_mentor": len(done.without),
        "team_without_lead": done.leaderless.name if done.leaderless else None,
    }


def _print(done: Left, *, before: bool) -> None:
    out, name = console(), done.person.name
    if before:
        out.print(f"{name} had left before.")
    else:
        out.print(f"{name} has left. The bot answers them no more; what they wrote is kept.")
        out.print(f"  To erase it:  eftertanke erase --mentor {done.person.id}")
    if done.debriefs:
        out.print(f"Open debriefs closed: {done.debriefs}.")
    if done.handed:
        out.print(f"Citizens handed over: {len(done.handed)}.")
    if done.without:
        have = "1 active citizen has" if len(done.without) == 1 else f"{len(done.without)} active citizens have"
        out.print(f"{have} no mentor now, and nobody is reminded of them: {', '.join(done.without)}.")
        out.print(f"  Hand over:  eftertanke people leave {done.person.id} --citizens-to NAME")
    if done.leaderless:
        out.print(
            f"{done.leaderless.name} has no lead now: nobody there gets a mentor's call, and nobody reads its week."
        )
        out.print("  Make somebody its lead:  eftertanke people role NAME lead")
