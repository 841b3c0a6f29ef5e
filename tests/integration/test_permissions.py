"""Every command and every button with everybody: each does its thing or says that it is not theirs, and nothing is
written or shown that must not be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import bot.service
from bot.service import permissions
from bot.service.permissions import TABLE, Action, Scope, may, may_press, menu
from bot.service.replies import DebriefCard, Drawing, Menu, NamesChanged, Page, Remove, Reply, Say, Toast
from bot.telegram.minimise import minimise
from bot.telegram.router import COMMANDS, route
from prompts import load_messages
from storage.database import Transaction
from storage.people import Person, Role
from tests.integration import engines
from tests.integration.supervision_kit import FOCUS, Cast, Talks, gets_unsafe, talks, wishes

WHO = ("anna", "lea", "tue", "sif", "bo", "ada", "kim", "uffe", "stranger")
ALLOWED: Mapping[str, frozenset[Role]] = {
    "debrief": frozenset({Role.MENTOR}),
    "citizens": frozenset({Role.MENTOR}),
    "contact": frozenset({Role.MENTOR}),
    "remind": frozenset({Role.MENTOR}),
    "todo": frozenset({Role.MENTOR}),
    "week": frozenset({Role.MENTOR, Role.LEAD}),
    "supervision": frozenset({Role.MENTOR, Role.LEAD}),
    "log": frozenset({Role.MENTOR, Role.LEAD}),
    "export": frozenset({Role.CODER}),
    "settings": frozenset(Role),
    "help": frozenset(Role),
    "start": frozenset(Role),
    "stop": frozenset(Role),
    "who_saw": frozenset(Role),
    "my_data": frozenset(Role),
}
"""Written down once more on purpose: a slip in the table must not make the test agree with it."""
OF_A_PAGE: Mapping[str, frozenset[Role]] = {
    "settings": frozenset(Role),
    "hours": frozenset(Role),
    "help": frozenset(Role),
    "declined": frozenset(Role),
    "who_saw": frozenset(Role),
    "my_data": frozenset(Role),
    "held": frozenset(Role),
    "names": frozenset(Role),
}
"""Pages whose buttons are about whoever presses them; all the others are about somebody's own, or their team's."""
Dump = dict[str, list[tuple[Any, ...]]]


class Undone(Exception):  # noqa: N818 - not an error: it takes a turn back
    """Nothing of this turn is kept."""


async def dump(tx: Transaction) -> Dump:
    """Everything stored, but for what only says who was turned away."""
    names = sorted(set(await engines.tables_of(tx)) - {"strangers", "invite_tries"})
    found: Dump = {}
    for name in names:
        rows = await tx.all(f"SELECT * FROM {name}")  # noqa: S608 - a table's name
        found[name] = sorted((tuple(row.values()) for row in rows), key=repr)
    return found


def changed(before: Dump, after: Dump) -> list[tuple[str, tuple[Any, ...]]]:
    """Rows that are new, gone or otherwise."""
    found = []
    for name in before:
        found += [(name, row) for row in set(before[name]) ^ set(after[name])]
    return found


async def turn(
    here: Talks, who: Person, raw: Mapping[str, Any], now: datetime | None = None
) -> tuple[list[Reply], list[tuple[str, tuple[Any, ...]]]]:
    """What an update leads to, and what it would write; taken back afterwards."""
    update = minimise({"update_id": 1, **raw})
    replies: list[Reply] = []
    wrote: list[tuple[str, tuple[Any, ...]]] = []
    try:
        async with here.db.transaction() as tx:
            before = await dump(tx)
            replies = await route(tx, here.tools, update, now or here.now)
            wrote = changed(before, await dump(tx))
            raise Undone
    except Undone:
        return replies, wrote


def update_of(who: Person, *, text: str | None = None, data: str | None = None) -> dict[str, Any]:
    """A typed message, or a tap."""
    sender = {"from": {"id": who.telegram_id, "is_bot": False, "language_code": "da"}}
    chat = {"chat": {"id": who.chat_id, "type": "private"}}
    if data is not None:
        return {"callback_query": {"id": "t", "data": data, "message": {"message_id": 1, **chat}, **sender}}
    return {"message": {"message_id": 9_000, "date": 1_764_000_000, "text": text, **sender, **chat}}


def of(cast: Cast, name: str) -> Person:
    """Somebody of the cast; the stranger is nobody we know."""
    if name == "stranger":
        return replace(cast.bo, id="nobody", telegram_id=999, chat_id=999, name="?")
    found: Person = getattr(cast, name)
    return found


def said(here: Talks, replies: Sequence[Reply]) -> str:
    """All words of these replies, as they would be drawn."""
    found = []
    for reply in replies:
        match reply:
            case Page():
                found.append(repr(here.renderer.page(reply, here.now)))
            case Say():
                found.append(repr(here.renderer.say(reply, here.now)))
            case DebriefCard():
                found.append(repr(here.renderer.debrief(reply, here.now)))
            case Toast():
                found.append(here.renderer.toast(reply.language, reply.key))
    return "\n".join(found)


def refusals(replies: Sequence[Reply]) -> list[Reply]:
    """What says that it is not theirs."""
    keys = ("error.not_allowed", "note.not_yours")
    return [one for one in replies if isinstance(one, Say | Toast) and one.key in keys]


def for_whom(replies: Sequence[Reply]) -> set[int]:
    """The chats that something is put into."""
    return {
        one.person.chat_id if isinstance(one, DebriefCard) else one.chat_id
        for one in replies
        if not isinstance(one, Toast | Drawing | NamesChanged)
    }


@pytest.mark.parametrize("name", WHO)
async def test_every_command(tmp_path: Path, name: str) -> None:
    """Who may gets a page; who may not gets one kind sentence and a menu that is right, and nothing is written; the
    stranger and who has left get the one line for strangers."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07", focus=FOCUS, share=True)
        who, tried = of(cast, name), 0
        for word, command in COMMANDS.items():
            for text in (f"/{word}", f"/{word} B07", f"/{word}@eftertanke_bot 47"):
                replies, wrote = await turn(here, who, update_of(who, text=text))
                tried += 1
                assert for_whom(replies) <= {who.chat_id}, text
                if name in ("uffe", "stranger"):
                    line = "enrol.bad_code" if text == "/start B07" else "stranger"
                    assert [one.key for one in replies if isinstance(one, Say)] == [line], text
                    assert not any(isinstance(one, Page | DebriefCard) for one in replies), text
                    noted = [(table, "enrol_failed" in row) for table, row in wrote]
                    assert noted == ([("audit", True)] if text == "/start B07" else []), text
                elif who.role in ALLOWED[command]:
                    assert not refusals(replies) and said(here, replies), text
                    assert name in ("anna", "lea") or (FOCUS not in said(here, replies)), text
                else:
                    kinds = [type(one) for one in replies if not isinstance(one, Remove)]
                    assert kinds == [Say, Menu] and len(refusals(replies)) == 1, text
                    assert not wrote and "B07" not in said(here, replies), text
        assert tried == 3 * len(COMMANDS) > 30


async def harvest(here: Talks, cast: Cast) -> dict[str, set[str]]:
    """Every button that Anna, Lea and Sif get to see on a walk through all pages, by whose chat it stands in."""
    seen: dict[str, set[str]] = {"anna": set(), "lea": set(), "sif": set()}

    def look() -> None:
        for one, buttons in seen.items():
            for message in here.screen(getattr(cast, one)):
                buttons.update(data for _, data in message.buttons)

    async def walk(who: Person, *steps: str) -> None:
        for step in steps:
            await (here.send(who, step[1:]) if step.startswith(">") else here.press(who, step))
            look()

    await walk(cast.anna, ">/debrief", "B07")
    here.now += timedelta(minutes=1)
    await walk(cast.anna, ">/debrief", "Fortsæt den", "Kom ikke", "Ringet", "Registrerer det", "Glemt", "I morgen",
               "Gem", ">/kontakt", ">/kontakt B07", "Mere", "Hele loggen", ">/kontakt B07", "Mere",
               "Ret et forsøg")  # fmt: skip
    await wishes(here, cast.anna, "B07", focus=FOCUS, share=True)
    look()
    await walk(cast.anna, "Se og ret svar", ">/supervision", ">/borgere", "B07", "Hvor tit", ">/borgere", "B07",
               "Giv videre", "Bo", ">/borgere", "B07", "Arkivér", ">/borgere", "B07", "Nyt dæknavn", ">/huskeliste",
               "1 · ", ">/paamind i morgen kl. 10 ring", ">/uge", "Det, du skrev", ">/hjaelp", ">/indstillinger",
               "Arbejdstid", ">/paamind uforståeligt")  # fmt: skip
    await gets_unsafe(here, cast.anna)
    await walk(cast.anna, "Bed min leder ringe", "Færdig", "Nej, jeg tager den", "Det er nok for nu", "Spørg til mig")
    await here.tick(minutes=11)
    await walk(cast.lea, ">/supervision", "❗ Anna", "Taget op i dag", "Uden ord", ">/supervision", "for nylig", "Anna")
    await walk(cast.lea, ">/uge", ">/uge 48")
    await here.walk(here.now + timedelta(days=3), minutes=45)
    await walk(cast.lea, ">/indstillinger", "Arbejdstid", ">/hjaelp")
    await walk(cast.anna, ">/hvemharset")
    await walk(cast.sif, ">/debrief", "S01", "Som aftalt", ">/borgere", "S01")
    return seen


def about_oneself(who: Person, wrote: Sequence[tuple[str, tuple[Any, ...]]]) -> bool:
    """Whether all that is written is about whoever pressed."""
    return all(who.id in row or who.chat_id in row for _, row in wrote)


@pytest.mark.parametrize("name", WHO)
@pytest.mark.sqlite_only  # two hundred buttons for each of nine
async def test_every_button(tmp_path: Path, name: str) -> None:
    """Each button of everybody's pages, pressed by each: what is somebody else's writes nothing, says so, and shows
    nothing; what is about whoever presses writes about them only."""
    async with talks(tmp_path) as (here, cast):
        seen, who = await harvest(here, cast), of(cast, name)
        pages = {page_of(data) for buttons in seen.values() for data in buttons}
        for buttons in (found for owner, found in seen.items() if owner != name):
            for data in sorted(buttons):
                page = page_of(data)
                replies, wrote = await turn(here, who, update_of(who, data=data))
                words = said(here, replies)
                assert for_whom(replies) <= {who.chat_id}, data
                assert about_oneself(who, wrote), (data, wrote)
                for secret in (FOCUS, "Stjerne syv") if name not in ("anna", "lea") else ():
                    assert secret not in words, data
                if name in ("uffe", "stranger"):
                    assert not wrote and not words, data
                elif page not in OF_A_PAGE and not _is_theirs(who, page, data):
                    assert not wrote, (data, wrote)
                    assert refusals(replies) or not words or _only_leads_on(data, replies), (data, words)
        assert pages >= {"debrief", "thread", "citizens", "todo", "own", "hours", "settings", "supervision"}


def page_of(data: str) -> str:
    """Which page a button stands on."""
    return data[1:].split(":")[0] if data.startswith("!") else "debrief"


def _is_theirs(who: Person, page: str, data: str) -> bool:
    """Buttons without an owner: they lead to the presser's own list, week, or debrief."""
    if data.count(":") == 2 and data.endswith(":") and may_press(who, page, data.split(":")[1]):
        return True  # nothing stands in it but what to show
    return page == "week" and who.role in ALLOWED["week"]


def _only_leads_on(data: str, replies: Sequence[Reply]) -> bool:
    """A card is closed, an old button said to be old, or a page of one's own shown."""
    closes = data.split(":")[1:2] == ["x"] and all(isinstance(one, Remove) for one in replies)
    stale = all(isinstance(one, Toast) for one in replies)
    return closes or stale or ":begin:" in data or all(isinstance(one, Page | Toast | Remove) for one in replies)


def test_every_page_is_in_the_table() -> None:
    """A page that some service draws buttons on has a place in the table, or only says something."""
    folder = Path(bot.service.__file__).parent
    found = set()
    for path in folder.glob("*.py"):
        found |= set(re.findall(r'^PAGE = "(\w+)"', path.read_text(encoding="utf-8"), re.M))
    assert len(found) > 8
    assert found - {"enrol"} <= set(permissions._PAGES)


def test_the_table_covers_every_role_and_command() -> None:
    """Each role has its row, each command its action; nobody but mentors and leads has anything of a team."""
    assert set(TABLE) == set(Role)
    assert set(COMMANDS.values()) - {"start"} <= {action.value for action in Action}
    team = {role: {a for a, scope in TABLE[role].items() if scope is Scope.TEAM} for role in Role}
    assert team[Role.LEAD] == {Action.WEEK, Action.SUPERVISION, Action.LOG, Action.ANSWER_CALL}
    assert not team[Role.MENTOR] and not team[Role.ADMIN] and not team[Role.CODER]


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_offers_what_is_allowed(role: Role) -> None:
    """Telegram's menu has each command of the role once, with its words in both languages, and no other."""
    offered = menu(role)
    assert len(offered) == len(set(offered)) and {"indstillinger", "hjaelp", "stop"} <= set(offered)
    actions = {COMMANDS[name] for name in offered}
    assert {name for name, roles in ALLOWED.items() if role in roles} - {"start"} == actions
    for language in ("da", "en"):
        messages = load_messages(language=language)
        assert all(messages.has(f"commands.{name}") for name in offered)


async def test_the_check(tmp_path: Path) -> None:
    """Own is by person, team by team; who has left, or leads no team, may nothing of it."""
    async with talks(tmp_path) as (_, cast):
        assert may(cast.anna, Action.DEBRIEF) and not may(cast.lea, Action.DEBRIEF)
        assert may(cast.anna, Action.OLD_DEBRIEFS, of=cast.anna.id)
        assert not may(cast.anna, Action.OLD_DEBRIEFS, of=cast.bo.id)
        assert may(cast.lea, Action.SUPERVISION, team=cast.nord.id)
        assert not may(cast.lea, Action.SUPERVISION, team=cast.syd.id)
        assert not may(cast.anna, Action.SUPERVISION, team=cast.nord.id)
        assert not may(replace(cast.lea, team_id=None), Action.SUPERVISION)
        gone = replace(cast.lea, left_at=cast.lea.blocked_at or datetime.min)  # noqa: DTZ901 - only whether it is set counts
        assert not any(may(gone, action) for action in Action)
