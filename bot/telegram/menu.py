"""Telegram's own menu of commands, by role and language, and how the bot describes itself. Best effort: the menu is a
convenience, and every command works without it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable

from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

from bot.service import permissions
from bot.service.replies import Menu
from bot.telegram.cards.render import Renderer
from storage import people
from storage.database import Database

log = logging.getLogger(__name__)


async def set_menu(bot: Bot, renderer: Renderer, menu: Menu) -> None:
    """The commands of one person's role in their language."""
    await _quietly(
        bot.set_my_commands(
            _commands(renderer, menu.language, permissions.menu(menu.role)), BotCommandScopeChat(menu.chat_id)
        )
    )


async def describe(bot: Bot, db: Database, renderer: Renderer) -> None:
    """At start: what a stranger's menu shows, the bot's own description, and everybody's commands."""
    await _quietly(bot.set_my_commands(_commands(renderer, renderer.language, ["start"])))
    words = renderer.words(renderer.language)
    await _quietly(bot.set_my_description(words.plain("bot.description")))
    await _quietly(bot.set_my_short_description(words.plain("bot.short_description")))
    async with db.transaction() as tx:
        everybody = await people.people(tx)
    for person in everybody:
        if person.left_at is None and person.blocked_at is None:
            await set_menu(bot, renderer, Menu(person.chat_id, person.role, person.language))


def _commands(renderer: Renderer, language: str, names: list[str]) -> list[BotCommand]:
    return [BotCommand(one["name"], one["description"]) for one in renderer.commands(language, names)]


async def _quietly(call: Awaitable[object]) -> None:
    try:
        await call
    except TelegramError as error:
        log.info("The menu could not be set (%s).", type(error).__name__)
