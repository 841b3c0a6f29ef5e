"""Telegram's own menu of commands, by role and language, and how the bot describes itself. Best effort: the menu is a
convenience, and every command works without it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable
from contextlib import suppress

from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

from bot.now import Now
from bot.service import permissions
from bot.service.replies import Menu
from bot.telegram.cards.render import Renderer
from bot.telegram.errors import Meaning, judge
from storage import people, signs
from storage.database import Database, StorageError
from storage.people import Role

log = logging.getLogger(__name__)

_VERSIONS = "menus:"
_A_SECOND = 20  # calls; Telegram counts them, and whoever debriefs meanwhile must not wait


async def set_menu(bot: Bot, renderer: Renderer, menu: Menu) -> bool:
    """The commands of one person's role in their language. False when it may be worth trying again."""
    return await _quietly(
        bot.set_my_commands(
            _commands(renderer, menu.language, permissions.menu(menu.role)), BotCommandScopeChat(menu.chat_id)
        )
    )


async def describe(bot: Bot, db: Database, renderer: Renderer, now: Now) -> None:
    """At start: what a stranger's menu shows, the bot's own description, and, when the commands are others than last
    time, everybody's. Who joins or changes role gets theirs then (``set_menu``)."""
    await _quietly(bot.set_my_commands(_commands(renderer, renderer.language, ["start"])))
    words = renderer.words(renderer.language)
    await _quietly(bot.set_my_description(words.plain("bot.description")))
    await _quietly(bot.set_my_short_description(words.plain("bot.short_description")))
    with suppress(StorageError):  # the next start
        await _everybody(bot, db, renderer, now)


async def _everybody(bot: Bot, db: Database, renderer: Renderer, now: Now) -> None:
    version, done = _version(bot, renderer), True
    async with db.transaction() as tx:
        if await signs.last(tx, version) is not None:
            return
        everybody = [one for one in await people.people(tx) if one.left_at is None and one.blocked_at is None]
    for number, person in enumerate(everybody, 1):
        done &= await set_menu(bot, renderer, Menu(person.chat_id, person.role, person.language))
        if number % _A_SECOND == 0:
            await asyncio.sleep(1)
    if not done:
        return  # the next start tells everybody once more
    async with db.transaction() as tx:
        signs.forget(tx, _VERSIONS)
        signs.seen(tx, version, now())


def _version(bot: Bot, renderer: Renderer) -> str:
    """What names these commands in these words, for every role and language, as this bot's."""
    said = [
        renderer.commands(language, permissions.menu(role)) for language in sorted(renderer.messages) for role in Role
    ]
    return _VERSIONS + hashlib.sha256(json.dumps([bot.token.partition(":")[0], said]).encode()).hexdigest()[:16]


def _commands(renderer: Renderer, language: str, names: list[str]) -> list[BotCommand]:
    return [BotCommand(one["name"], one["description"]) for one in renderer.commands(language, names)]


async def _quietly(call: Awaitable[object]) -> bool:
    try:
        await call
    except TelegramError as error:
        log.info("The menu could not be set (%s).", type(error).__name__)
        return judge(error).meaning in (Meaning.CHAT_CLOSED, Meaning.REFUSED)
    return True
