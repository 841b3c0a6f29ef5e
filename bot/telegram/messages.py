"""From a typed message, an edited one or a command to its use case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from bot.dialogue.events import Edited, Typed
from bot.service import (
    citizens_page,
    commands,
    contact_log_page,
    debrief,
    export_chat,
    guard_names_page,
    hours,
    my_data,
    permissions,
    reach_start,
    remind_own,
    settings_page,
    supervision,
    todo,
    typed,
    week,
    who_saw,
)
from bot.service.hours_words import says_away
from bot.service.permissions import Action
from bot.service.replies import Page, Reply
from bot.service.tools import KEEP_TYPED
from bot.telegram import held_back
from bot.telegram.command_names import ACTIONS, command_of
from bot.telegram.queueing import page_card
from bot.telegram.turn import Turn, remove
from storage import chat, outbox, reflections, weekly
from storage.people import Person
from storage.reflections import Reflection


async def message(turn: Turn, person: Person) -> list[Reply]:
    """What somebody enrolled typed or sent."""
    update = turn.update
    if update.forwarded or update.via_bot:
        return [_declined(turn, person, "forward"), *remove(turn)]
    if update.held and (held := await held_back.message(turn, person)) is not None:
        return held
    if update.text is None:
        # A notice such as "message pinned" is nobody's answer; it stays where it is.
        if update.media in (None, "service"):
            return []
        return [_declined(turn, person, update.media), *remove(turn)]
    if update.text.startswith("/"):
        return [*await _command(turn, person), *_tidied_command(turn, person)]
    awaited = await typed.awaited(turn.tx, person, turn.open, turn.now)
    if awaited is not None and awaited.page == guard_names_page.PAGE:
        # These names are the very ones that shall not stand in a chat.
        return [*await typed.answer(turn.tx, turn.tools, person, awaited, update.text, turn.now), *remove(turn)]
    tidied = [] if turn.again else _remember(turn, person, turn.open if awaited is None else None)
    if awaited is not None:
        return [*await typed.answer(turn.tx, turn.tools, person, awaited, update.text, turn.now), *tidied]
    if turn.open is None and says_away(update.text):
        return [*await hours.typed(turn.tx, turn.tools, person, update.text, turn.now), *tidied]
    if turn.open is None:
        return [*await commands.nothing_open(turn.tx, person), *tidied]
    event = Typed(update.text, update.message_id or 0)
    return [*await debrief.act(turn.tx, turn.tools, person, turn.open, event, turn.now), *tidied]


def _tidied_command(turn: Turn, person: Person) -> list[Reply]:
    return [] if turn.tools.tidy_of(person) == "never" and not turn.update.held else remove(turn)


def _remember(turn: Turn, person: Person, reflection: Reflection | None) -> list[Reply]:
    """Note the mentor's own message, so that it leaves the chat in time and can be edited until then; with
    ``at_once`` it leaves as soon as this turn is stored; what no debrief kept stays readable for those 40 hours."""
    tidy = turn.tools.tidy_of(person)
    if turn.update.message_id is None or (tidy == "at_once" and reflection is not None):
        return remove(turn)
    sent = _sent_at(turn)
    chat.remember(
        turn.tx,
        chat_id=turn.chat_id,
        message_id=turn.update.message_id,
        reflection_id=reflection.id if reflection else None,
        typed_at=sent,
        remove_at=None if tidy == "never" else sent + KEEP_TYPED,
    )
    return []


def _sent_at(turn: Turn) -> datetime:
    """When Telegram got the message: its 48 hours run from then. A time no update can have is not believed."""
    date = turn.update.date
    sent = datetime.fromtimestamp(date, UTC) if date is not None and 0 <= date < 2**34 else turn.now
    return sent if timedelta() <= turn.now - sent <= timedelta(days=1) else turn.now


_DECLINED = {"voice", "photo", "sticker", "document", "video", "forward", "location", "contact"}
_ALIKE = {"video_note": "video", "animation": "video", "audio": "document", "venue": "location"}


def _declined(turn: Turn, person: Person, kind: str) -> Reply:
    """Kindly: this cannot be kept, and what can be done instead. The debrief's card stays where it is."""
    kind = _ALIKE.get(kind, kind)
    key = f"declined.{kind if kind in _DECLINED else 'other'}"
    return Page(turn.chat_id, "declined", person.language, key, buttons=commands.CLOSE)


async def _command(turn: Turn, person: Person) -> list[Reply]:
    name, rest = command_of(turn.update.text or "")
    tx, tools, now = turn.tx, turn.tools, turn.now
    found: dict[str | None, Callable[[], Awaitable[list[Reply]]]] = {
        "debrief": lambda: commands.debrief_command(tx, tools, person, now),
        "help": lambda: commands.help_command(tx, tools, person),
        "start": lambda: commands.help_command(tx, tools, person),
        "settings": lambda: settings_page.show(tx, tools, person),
        "stop": lambda: commands.stop_command(tx, tools, person, now),
        "remind": lambda: remind_own.command(tx, tools, person, rest, now),
        "todo": lambda: todo.show(tx, tools, person, now),
        "contact": lambda: reach_start.kontakt(tx, tools, person, rest, now),
        "citizens": lambda: citizens_page.command(tx, tools, person, now),
        "supervision": lambda: supervision.command(tx, tools, person, now),
        "week": lambda: _week(turn, person, rest),
        "export": lambda: export_chat.command(tx, tools, person),
        "who_saw": lambda: who_saw.command(tx, tools, person, now),
        "my_data": lambda: my_data.command(tx, tools, person, now),
        "log": lambda: contact_log_page.command(tx, tools, person, rest, now),
    }
    if name is not None and not permissions.may(person, ACTIONS[name]):
        return permissions.refused(person)
    if name in found:
        return await found[name]()
    return [Page(turn.chat_id, "help", person.language, "declined.command", buttons=commands.CLOSE)]


async def _week(turn: Turn, person: Person, rest: str) -> list[Reply]:
    """The week below what was typed. An older one that the bot could only empty, not remove, stays to be read."""
    card = page_card(week.PAGE)
    if await weekly.shown_before(turn.tx, card, turn.now - KEEP_TYPED, turn.chat_id):
        outbox.drop_card(turn.tx, turn.chat_id, card)
    return await week.command(turn.tx, turn.tools, person, rest, turn.now)


async def edited(turn: Turn, person: Person) -> list[Reply]:
    """An edited message edits the answer it gave, in whichever debrief that was."""
    update = turn.update
    if update.message_id is None or update.text is None or update.text.startswith("/"):
        return []
    owner = await chat.reflection_of(turn.tx, turn.chat_id, update.message_id)
    reflection = await reflections.get(turn.tx, owner) if owner else None
    if reflection is None or not permissions.may(person, Action.OLD_DEBRIEFS, of=reflection.mentor_id):
        return []
    if update.held:
        return held_back.edit(turn, person)
    event = Edited(update.text, update.message_id)
    return await debrief.act(turn.tx, turn.tools, person, reflection, event, turn.now)
