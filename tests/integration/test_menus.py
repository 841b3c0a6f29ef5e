"""The menus of commands are told to Telegram when they are new, and not to thousands of people at every start."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from telegram.error import NetworkError

from bot.app import LANGUAGES
from bot.organisation import Organisation
from bot.service import permissions
from bot.service.replies import Menu
from bot.service.tools import Tools
from bot.telegram.cards.render import Renderer
from bot.telegram.menu import describe
from bot.telegram.minimise import Incoming, minimise
from bot.telegram.queueing import queue
from bot.telegram.router import route
from bot.workdays import danish_holidays
from prompts import load_guide, load_law, load_messages
from storage import people
from storage.people import Person, Role
from tests.integration.storage_kit import NOW, cast, opened


class Told:
    """Stands for Telegram's side: whose menus were set, in order; None is everybody else's."""

    token = "1:invented"

    def __init__(self) -> None:
        self.menus: list[int | None] = []
        self.trouble = 0

    async def set_my_commands(self, _commands: Any, scope: Any = None) -> bool:
        """A menu."""
        self.menus.append(None if scope is None else scope.chat_id)
        if scope is not None and self.trouble:
            self.trouble -= 1
            raise NetworkError("invented")
        return True

    async def set_my_description(self, _words: str) -> bool:
        """What the bot says of itself."""
        return True

    set_my_short_description = set_my_description


def _renderer() -> Renderer:
    return Renderer(
        messages={language: load_messages(None, language) for language in LANGUAGES},
        law={language: load_law(language, None) for language in LANGUAGES},
        organisation=Organisation(),
        language="da",
        zone="Europe/Copenhagen",
    )


async def test_everybody_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the first start everybody who is here; at the next nobody; and everybody again once a role may do more. One
    that is broken off begins again, and so does one in which Telegram could not be reached."""
    async with opened(tmp_path) as db:
        async with db.transaction() as tx:
            who = await cast(tx)
            people.mark_left(tx, who.bo.id, NOW)
            here = [one.chat_id for one in await people.people(tx) if one.id != who.bo.id]
        bot: Any = Told()
        cut = asyncio.create_task(describe(bot, db, _renderer(), lambda: NOW))
        await asyncio.sleep(0)
        cut.cancel()
        bot.trouble = 1
        for starts in range(4):
            bot.menus.clear()
            await describe(bot, db, _renderer(), lambda: NOW)
            assert bot.menus == ([None, *here] if starts < 2 else [None])
        bot.token = "2:invented"
        bot.menus.clear()
        await describe(bot, db, _renderer(), lambda: NOW)
        assert bot.menus == [None, *here], "another bot has told nobody yet"
        allowed = permissions.menu
        monkeypatch.setattr(permissions, "menu", lambda role: allowed(role)[: -1 if role is Role.MENTOR else None])
        bot.menus.clear()
        await describe(bot, db, _renderer(), lambda: NOW)
        assert bot.menus == [None, *here]


def _update(number: int, who: Person, **what: Any) -> Incoming:
    sender = {"id": who.telegram_id, "is_bot": False, "first_name": "Anna", "language_code": "da"}
    chat = {"id": who.chat_id, "type": "private"}
    return minimise({"update_id": number} | {k: {"from": sender, "chat": chat, "date": 1} | v for k, v in what.items()})


async def test_who_comes_back_is_told(tmp_path: Path) -> None:
    """Nobody could tell them while they blocked the bot: they get their menu when they are back, whether Telegram says
    so or they just write, once; who blocks it and who never did get none."""
    tools = Tools(load_guide(), Organisation(), danish_holidays)

    def member(old: str, new: str) -> dict[str, Any]:
        return {"old_chat_member": {"status": old}, "new_chat_member": {"status": new}}

    async with opened(tmp_path) as db:
        async with db.transaction() as tx:
            anna = (await cast(tx)).anna
        written = {"message": {"message_id": 5, "text": "hej"}}
        told = []
        for number, what in enumerate(
            [
                written,
                {"my_chat_member": member("member", "kicked")},
                {"my_chat_member": member("kicked", "member")},
                written,
                {"my_chat_member": member("member", "kicked")},
                written,
                written,
            ]
        ):
            async with db.transaction() as tx:
                replies = await route(tx, tools, _update(number, anna, **what), NOW)
            told.append([one for one in replies if isinstance(one, Menu)])
    menu = [Menu(anna.chat_id, anna.role, anna.language)]
    assert told == [[], [], menu, [], [], menu, []]


async def test_of_two_menus_the_last_one_counts(tmp_path: Path) -> None:
    """Who is back and changes the language with the first tap gets the menu in that language, and no other."""
    async with opened(tmp_path) as db, db.transaction() as tx:
        who = await cast(tx)
        menus = [
            Menu(one.chat_id, one.role, language)
            for one, language in ((who.anna, "da"), (who.bo, "da"), (who.anna, "en"))
        ]
        _, found = queue(tx, _renderer(), menus, NOW)
    assert sorted((one.chat_id, one.language) for one in found) == [(who.anna.chat_id, "en"), (who.bo.chat_id, "da")]
