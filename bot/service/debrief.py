"""Debriefs: begin, one event, the weekly closing. Each function is one use case inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.dialogue import engine
from bot.dialogue.codec import state_to_data
from bot.dialogue.effects import Effect, Note, Show, Tell, Withdrawn
from bot.dialogue.events import Event, Expired, Held, Named, Opened, Press, Pressed, SetAside, Typed
from bot.dialogue.guide import Kind, Length
from bot.dialogue.state import CitizenRef, Stage, Status
from bot.service import held_answers, reach_debrief
from bot.service.carry_out import LEAD_NOTES, carry_out
from bot.service.loaded import Loaded, load
from bot.service.receipt import receipt_of
from bot.service.replies import DebriefCard, Reply, Toast
from bot.service.tools import Tools
from storage import citizens, people, reflections
from storage.database import Transaction
from storage.ids import new_id, new_token
from storage.people import Person
from storage.reflections import Reflection

RECENT = 6


async def start(tx: Transaction, tools: Tools, person: Person, now: datetime) -> list[Reply]:
    """A new debrief under the current guide; the mentor must have none open."""
    guide = tools.guide.guide
    state = engine.begin(guide, now, person.zone, Length.SHORT)
    reflection = Reflection(
        id=new_id(now),
        token=new_token(),
        mentor_id=person.id,
        team_id=person.team_id,
        citizen_id=None,
        guide=guide.id,
        guide_version=guide.version,
        guide_hash=guide.hash,
        length=state.length.value,
        status=state.status.value,
        started_at=now,
        finished_at=None,
        touched_at=now,
        nudged_at=None,
        state=json.dumps(state_to_data(state), ensure_ascii=False),
    )
    reflections.add(tx, reflection)
    return [await card(tx, person, Loaded(reflection, tools.guide, state, {}), fresh=True)]


async def act(
    tx: Transaction, tools: Tools, person: Person, reflection: Reflection, event: Event, now: datetime
) -> list[Reply]:
    """One event on one debrief: its effects are stored, and what the mentor shall see comes back."""
    before = await load(tx, tools, reflection)
    given, event = event, held_answers.released(tools, person, before, event)
    if isinstance(event, Typed):
        event = await _named(tx, person, before, event, now)
    state, effects = engine.step(before.guide.guide, before.state, event, now, tools.holidays(now))
    if state.status is Status.OPEN and reflection.status != Status.OPEN.value:
        other = await reflections.open_of(tx, person.id)
        if other is not None and other.id != reflection.id:
            return [Toast(person.language, "note.other_open")]
    after = replace(before, state=state)
    replies = await carry_out(tx, tools, person, before, state, effects, now)
    if event is not given and isinstance(given, Pressed):
        held_answers.note_kept(tx, person, before, effects, now)
    replies += held_answers.let_go(person, before.state, state)
    for effect in effects:
        match effect:
            case Tell(note=note):
                replies.append(Toast(person.language, f"note.{note.value}"))
    shows = [effect for effect in effects if isinstance(effect, Show)]
    if shows:
        echo = next((show.echo for show in shows if show.echo), None)
        drawn = await card(tx, person, after, fresh=any(show.fresh for show in shows))
        said = _note(event, effects, replies)
        replies.append(replace(drawn, note=said, echo=echo, tidied=tools.tidy_of(person) != "never"))
    return replies


def _note(event: Event, effects: Sequence[Effect], replies: Sequence[Reply]) -> str | None:
    """The line the card says besides its own. What became of calling the lead stands there too: the small notice of
    a tap is soon gone, and after a crash it is never seen."""
    called = (reply.key for reply in replies if isinstance(reply, Toast) and reply.key in LEAD_NOTES)
    own = isinstance(event, Pressed) and event.press in (Press.CONFIRM, Press.WITHDRAW)
    changed = (f"note.{Note.UNSHARED_BY_CHANGE}" for one in effects if isinstance(one, Withdrawn) and not own)
    shown = (f"note.{one.note}" for one in effects if isinstance(one, Show) and one.note)
    return next((key for key in (*called, *changed, *shown)), None)


async def _named(tx: Transaction, person: Person, before: Loaded, event: Typed, now: datetime) -> Event:
    """A message typed while a citizen is asked for is a pseudonym: look it up before the dialogue decides."""
    state = before.state
    asked = state.stage is Stage.QUESTION and before.guide.guide[state.question].kind is Kind.CITIZEN
    if not asked:
        return event
    found = await citizens.find(tx, person.id, person.team_id or "", event.text, RECENT)
    exact = CitizenRef(found.exact.id, found.exact.pseudonym) if found.exact else None
    matches = tuple(CitizenRef(c.id, c.pseudonym) for c in found.matches)
    return Named(event.text, event.message, exact, matches, new_id(now), found.taken)


async def card(
    tx: Transaction,
    person: Person,
    loaded: Loaded,
    *,
    fresh: bool = False,
    nudge: bool = False,
) -> DebriefCard:
    """The live card, with what it needs from the tables."""
    state, reflection = loaded.state, loaded.reflection
    asked = loaded.guide.guide.by_id.get(state.question) if state.stage is Stage.QUESTION else None
    picks: tuple[CitizenRef, ...] = ()
    more = False
    if asked is not None and asked.kind is Kind.CITIZEN:
        recent = await citizens.recent(tx, person.id, RECENT)
        picks = state.draft.found or tuple(CitizenRef(c.id, c.pseudonym) for c in recent)
        more = await citizens.count(tx, person.id) > len(recent)
    named = state.answers.get("citizen")
    pseudonym = await _pseudonym(tx, reflection, str(named.value)) if named and named.value else None
    ended = await receipt_of(tx, loaded)
    return DebriefCard(
        person=person,
        reflection_id=reflection.id,
        token=reflection.token,
        guide=loaded.guide,
        state=state,
        citizens=picks,
        more_citizens=more,
        pseudonym=pseudonym,
        todo=ended.todo,
        thread_id=ended.thread_id,
        thread_closed=ended.thread_closed,
        check_in=ended.check_in,
        nudge=nudge,
        fresh=fresh,
    )


async def _pseudonym(tx: Transaction, reflection: Reflection, citizen_id: str) -> str | None:
    if reflection.known and reflection.citizen_id == citizen_id:
        return reflection.known.pseudonym
    citizen = await citizens.get(tx.aside, citizen_id)  # whoever it is, a tap on them changes this debrief alone
    return citizen.pseudonym if citizen else None


async def set_aside(tx: Transaction, tools: Tools, person: Person, now: datetime) -> list[Reply]:
    """Set the open debrief aside, if there is one."""
    reflection = await reflections.open_of(tx, person.id)
    return await act(tx, tools, person, reflection, SetAside(), now) if reflection else []


async def go_on(tx: Transaction, tools: Tools, person: Person, reflection: Reflection, now: datetime) -> list[Reply]:
    """Show a debrief again at the bottom of the chat, and resume it if it was set aside."""
    return await act(tx, tools, person, reflection, Opened(), now)


async def hold_back(
    tx: Transaction, tools: Tools, person: Person, reflection: Reflection, held: Held, now: datetime
) -> list[Reply]:
    """The guard held a text back: nothing of it is an answer until the mentor says so."""
    return await act(tx, tools, person, reflection, held, now)


async def veil(tx: Transaction, tools: Tools, reflection_id: str) -> list[Reply]:
    """What was typed has left the chat: the card of a debrief that was left open shall not go on quoting it."""
    reflection = await reflections.get(tx, reflection_id)
    if reflection is None or reflection.status != Status.OPEN.value:
        return []  # no other card quotes
    person = await people.person(tx, reflection.mentor_id)
    if person is None or person.left_at:
        return []
    return [replace(await card(tx, person, await load(tx, tools, reflection)), veiled=True)]


async def nudge(tx: Transaction, tools: Tools, reflection: Reflection, now: datetime) -> list[Reply]:
    """An hour of silence: show the card once more, with a kind word; once only. It quotes nothing: by now the phone
    may lie anywhere, and the typed messages may have left the chat."""
    person = await people.person(tx, reflection.mentor_id)
    if person is None or person.left_at or person.blocked_at:
        return []
    reflections.nudged(tx, reflection.id, now)
    found = await load(tx, tools, reflection)
    # Somebody who was missed is not to wait until the debrief is ended, or closed after a week.
    await reach_debrief.after_debrief(tx, tools, person, found, found.rows, reflection.citizen_id, found.state, now)
    return [replace(await card(tx, person, found, fresh=True, nudge=True), veiled=True)]


async def close(tx: Transaction, tools: Tools, reflection: Reflection, now: datetime) -> list[Reply]:
    """A week of silence: close, with everything kept."""
    person = await people.person(tx, reflection.mentor_id)
    return await act(tx, tools, person, reflection, Expired(), now) if person else []


def freshened(reply: Reply) -> Reply:
    """The same reply, drawn anew at the bottom of the chat if it is a debrief's card."""
    return replace(reply, fresh=True) if isinstance(reply, DebriefCard) else reply
