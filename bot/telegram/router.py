"""From a stored update to a use case: who is it, what did they do, what follows. Unknown people stop here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.dialogue.events import Edited, Typed
from bot.service import (
    citizens_page,
    commands,
    contact_log_page,
    debrief,
    enrolment,
    export_chat,
    hours,
    permissions,
    reach_start,
    remind_own,
    settings_page,
    supervision,
    todo,
    typed,
    week,
)
from bot.service.hours_words import says_away
from bot.service.permissions import Action
from bot.service.replies import Leave, Page, Remove, Reply, Say
from bot.service.tools import KEEP_TYPED, Tools
from bot.telegram import taps
from bot.telegram.minimise import EDITED, MEMBERSHIP, MESSAGE, TAP, Incoming
from bot.telegram.queueing import page_card
from storage import chat, invites, outbox, people, reflections, weekly
from storage.database import Transaction
from storage.people import Person
from storage.reflections import Reflection

COMMANDS = {
    "debrief": "debrief", "hjaelp": "help", "help": "help", "indstillinger": "settings", "settings": "settings",
    "stop": "stop", "start": "start", "paamind": "remind", "påmind": "remind", "remind": "remind",
    "huskeliste": "todo", "todo": "todo", "kontakt": "contact", "contact": "contact", "borgere": "citizens",
    "citizens": "citizens", "uge": "week", "week": "week", "supervision": "supervision", "log": "log",
    **export_chat.COMMANDS,
}  # fmt: skip


_ACTIONS = {name: Action.HELP if name == "start" else Action(name) for name in COMMANDS.values()}


@dataclass(frozen=True)
class Turn:
    """One update being handled."""

    tx: Transaction
    tools: Tools
    update: Incoming
    chat_id: int
    now: datetime
    person: Person | None
    open: Reflection | None

    @property
    def language(self) -> str:
        """The person's language; a stranger's phone decides between Danish and English."""
        if self.person:
            return self.person.language
        code = (self.update.sender.language if self.update.sender else None) or self.tools.language
        return "en" if code.lower().startswith("en") else "da"


async def route(tx: Transaction, tools: Tools, update: Incoming, now: datetime) -> list[Reply]:
    """Everything that follows from one update, inside the turn's transaction."""
    if update.chat is None or update.sender is None or update.sender.is_bot:
        return []
    if update.chat.type != "private":
        return _group(tools, update)
    person, open_debrief = await reflections.turn_context(tx, update.chat.id)
    if person is not None and not permissions.may(person, Action.OLD_DEBRIEFS):
        open_debrief = None  # what is typed goes into no debrief any more
    turn = Turn(tx, tools, update, update.chat.id, now, person, open_debrief)
    if update.kind == MEMBERSHIP:
        return _membership(turn)
    if person is None or person.left_at is not None:
        return await _stranger(turn)
    if person.blocked_at is not None:
        # Whoever writes has unblocked the bot, even if Telegram never said so.
        people.set_blocked(tx, person.id, None)
    match update.kind:
        case "callback_query":
            return await taps.tap(turn, person)
        case "edited_message":
            return await _edited(turn, person)
        case "message":
            return await _message(turn, person)
    return []


def _group(tools: Tools, update: Incoming) -> list[Reply]:
    """One polite line, then leave: a debrief belongs in a private chat."""
    arrived = (
        update.kind == MEMBERSHIP
        and update.membership is not None
        and update.membership.new in ("member", "administrator")
    )
    if update.chat is None or not (arrived or update.kind == MESSAGE):
        return []
    return [Say(update.chat.id, tools.language, "group"), Leave(update.chat.id)]


def _membership(turn: Turn) -> list[Reply]:
    if turn.person is not None and turn.update.membership is not None:
        blocked = turn.update.membership.new in ("kicked", "left")
        people.set_blocked(turn.tx, turn.person.id, turn.now if blocked else None)
    return []


async def _stranger(turn: Turn) -> list[Reply]:
    """An invitation, a tap while enrolling, or one polite line and no more."""
    update = turn.update
    word, _, code = (update.text or "").partition(" ")
    if update.kind == MESSAGE and word == "/start" and code.strip() and update.sender is not None:
        sender = update.sender.id
        replies = await enrolment.follow_invite(
            turn.tx, turn.tools, turn.chat_id, sender, code.strip(), turn.language, turn.now
        )
        return [*replies, *_remove(turn)]
    enrolling = await invites.enrolment(turn.tx, turn.chat_id)
    if update.kind == TAP and update.tap is not None and enrolling is not None:
        return await taps.enrolling(turn, enrolling)
    if update.kind == TAP or (update.kind == EDITED and not enrolling):
        return []
    if enrolling is not None:
        return await enrolment.again(turn.tx, turn.tools, enrolling, turn.now)
    if await invites.stranger_told(turn.tx, turn.chat_id, turn.now):
        return []
    return [Say(turn.chat_id, turn.language, "stranger")]


def _remove(turn: Turn) -> list[Reply]:
    return [Remove(turn.chat_id, (turn.update.message_id,))] if turn.update.message_id is not None else []


async def _message(turn: Turn, person: Person) -> list[Reply]:
    update = turn.update
    if update.held:
        return await _held(turn, person)
    if update.forwarded or update.via_bot:
        return [_declined(turn, person, "forward"), *_remove(turn)]
    if update.text is None:
        # A notice such as "message pinned" is nobody's answer; it stays where it is.
        if update.media in (None, "service"):
            return []
        return [_declined(turn, person, update.media), *_remove(turn)]
    if update.text.startswith("/"):
        return [*await _command(turn, person), *_tidied_command(turn, person)]
    awaited = await typed.awaited(turn.tx, person, turn.open, turn.now)
    tidied = _remember(turn, person, turn.open if awaited is None else None)
    if awaited is not None:
        return [*await typed.answer(turn.tx, turn.tools, person, awaited, update.text, turn.now), *tidied]
    if turn.open is None and says_away(update.text):
        return [*await hours.typed(turn.tx, turn.tools, person, update.text, turn.now), *tidied]
    if turn.open is None:
        return [*await commands.nothing_open(turn.tx, person), *tidied]
    event = Typed(update.text, update.message_id or 0)
    return [*await debrief.act(turn.tx, turn.tools, person, turn.open, event, turn.now), *tidied]


def _tidied_command(turn: Turn, person: Person) -> list[Reply]:
    return [] if turn.tools.tidy_of(person) == "never" else _remove(turn)


def _remember(turn: Turn, person: Person, reflection: Reflection | None) -> list[Reply]:
    """Note the mentor's own message, so that it leaves the chat in time and can be edited until then; with
    ``at_once`` it leaves as soon as this turn is stored; what no debrief kept stays readable for those 40 hours."""
    tidy = turn.tools.tidy_of(person)
    if turn.update.message_id is None or (tidy == "at_once" and reflection is not None):
        return _remove(turn)
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


async def _held(turn: Turn, person: Person) -> list[Reply]:
    """The guard found a CPR number: the message leaves the chat at once, and the mentor decides what to keep."""
    removed = _remove(turn)
    text = turn.update.text
    if (
        text is None
        or turn.open is None
        or text.startswith("/")
        or await typed.awaited(turn.tx, person, turn.open, turn.now)
    ):
        awaited = await typed.awaited(turn.tx, person, turn.open, turn.now)
        key = "supervision.held" if awaited is not None and awaited.page == supervision.PAGE else "note.held"
        page = Page(turn.chat_id, "held", person.language, key, buttons=commands.CLOSE)
        return [page, *removed]
    held = await debrief.hold_back(turn.tx, turn.tools, person, turn.open, text, turn.update.message_id or 0, turn.now)
    return [*held, *removed]


_DECLINED = {"voice", "photo", "sticker", "document", "video", "forward", "location", "contact"}
_ALIKE = {"video_note": "video", "animation": "video", "audio": "document", "venue": "location"}


def _declined(turn: Turn, person: Person, kind: str) -> Reply:
    """Kindly: this cannot be kept, and what can be done instead. The debrief's card stays where it is."""
    kind = _ALIKE.get(kind, kind)
    key = f"declined.{kind if kind in _DECLINED else 'other'}"
    return Page(turn.chat_id, "declined", person.language, key, buttons=commands.CLOSE)


async def _command(turn: Turn, person: Person) -> list[Reply]:
    word, rest = [*(turn.update.text or "").split(maxsplit=1), ""][:2]
    name = COMMANDS.get(word[1:].partition("@")[0].lower())
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
        "log": lambda: contact_log_page.command(tx, tools, person, rest, now),
    }
    if name is not None and not permissions.may(person, _ACTIONS[name]):
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


async def _edited(turn: Turn, person: Person) -> list[Reply]:
    """An edited message edits the answer it gave, in whichever debrief that was."""
    update = turn.update
    if update.message_id is None or update.text is None or update.text.startswith("/"):
        return []
    owner = await chat.reflection_of(turn.tx, turn.chat_id, update.message_id)
    reflection = await reflections.get(turn.tx, owner) if owner else None
    if reflection is None or not permissions.may(person, Action.OLD_DEBRIEFS, of=reflection.mentor_id):
        return []
    if update.held:
        page = Page(turn.chat_id, "held", person.language, "note.held", buttons=commands.CLOSE)
        return [page, *_remove(turn)]
    event = Edited(update.text, update.message_id)
    return await debrief.act(turn.tx, turn.tools, person, reflection, event, turn.now)
