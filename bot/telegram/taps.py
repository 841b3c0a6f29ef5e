"""Pressed buttons. A button that is old, forged or somebody else's never writes; each tap is answered."""

from __future__ import annotations

from bot.dialogue.events import Chose, ChoseCitizen, Event, Press, Pressed
from bot.dialogue.state import CitizenRef
from bot.service import (
    citizens_page,
    commands,
    contact_log_page,
    debrief,
    enrolment,
    export_chat,
    guard_names_page,
    held_pages,
    hours,
    lead_calls,
    my_data,
    permissions,
    reach,
    reach_pages,
    remind,
    remind_own,
    remind_press,
    settings_page,
    supervision,
    todo,
    todo_press,
    week,
    week_own_text,
    who_saw,
)
from bot.service.loaded import load
from bot.service.permissions import Action
from bot.service.replies import Remove, Reply, Say, Toast
from bot.telegram import held
from bot.telegram.callbacks import CHOOSE, CITIZEN, UNTICK, DebriefButton, PageButton, read_data
from bot.telegram.queueing import debrief_card, page_card
from bot.telegram.turn import Turn, gone
from storage import citizens, outbox, reflections, remind_cards
from storage.invites import Enrolment
from storage.people import Person
from storage.reflections import Reflection


async def tap(turn: Turn, person: Person) -> list[Reply]:
    """A button pressed by somebody enrolled."""
    pressed = turn.update.tap
    button = read_data(pressed.data) if pressed else None
    match button:
        case DebriefButton():
            return await _debrief(turn, person, button)
        case PageButton():
            return await _page(turn, person, button)
    return [Toast(person.language, "note.stale")]


async def enrolling(turn: Turn, found: Enrolment) -> list[Reply]:
    """A button pressed by somebody who is reading what they would say yes to."""
    button = read_data(turn.update.tap.data) if turn.update.tap else None
    if not isinstance(button, PageButton) or button.name != enrolment.PAGE:
        return []
    replies = await enrolment.answer(turn.tx, turn.tools, found, button.verb, button.arg, turn.now)
    if not any(isinstance(reply, Say) for reply in replies):
        return replies
    outbox.drop_card(turn.tx, turn.chat_id, page_card(enrolment.PAGE))
    return [*replies, *gone(turn)]


async def _debrief(turn: Turn, person: Person, button: DebriefButton) -> list[Reply]:
    live = turn.open if turn.open is not None and turn.open.token == button.token else None
    reflection = live or await reflections.by_token(turn.tx, button.token)
    if reflection is None:
        return [Toast(person.language, "note.stale")]  # deleted by age, or erased
    if not permissions.may(person, Action.OLD_DEBRIEFS, of=reflection.mentor_id):
        return [Toast(person.language, "note.not_yours")]
    event = await _event(turn, person, button)
    if event is None:
        # Forged, or a citizen who was removed meanwhile: drawn anew, the card does not offer it again.
        drawn = await debrief.card(turn.tx, person, await load(turn.tx, turn.tools, reflection))
        return [Toast(person.language, "note.stale"), drawn]
    replies = await debrief.act(turn.tx, turn.tools, person, reflection, event, turn.now)
    return [*replies, *await _orphan(turn, reflection)]


async def _orphan(turn: Turn, reflection: Reflection) -> list[Reply]:
    """Two messages show this card: one was left by a crash between sending and noting it, or Telegram carried out late
    what the bot had given up and sent again. When the older one is touched it goes. A newer one than we know of is the
    card from then on, and the older one goes: it stands below, where the mentor looks, and Telegram's answer with its
    number may still be on its way.
    """
    here = turn.update.tap.message_id if turn.update.tap else None
    known = reflection.known
    live = known.shown if known else await outbox.card_at(turn.tx, turn.chat_id, debrief_card(reflection.id))
    if here is None or live is None or here == live or await outbox.shows_card(turn.tx, turn.chat_id, here):
        return []  # nor one that shows another card, whatever its button says
    if here > live:
        outbox.set_card(turn.tx, turn.chat_id, debrief_card(reflection.id), here, turn.now)
    return [Remove(turn.chat_id, (min(here, live),))]


async def _event(turn: Turn, person: Person, button: DebriefButton) -> Event | None:
    match button.verb:
        case verb if verb in (CHOOSE, UNTICK):
            return Chose(button.visit, button.arg, button.verb == CHOOSE)
        case verb if verb == CITIZEN:
            citizen = await citizens.get(turn.tx.aside, button.arg)  # their name goes into this debrief, no further
            if citizen is None or citizen.mentor_id != person.id or citizen.archived_at is not None:
                return None
            return ChoseCitizen(button.visit, CitizenRef(citizen.id, citizen.pseudonym))
    try:
        return Pressed(button.visit, Press(button.verb), button.arg)
    except ValueError:
        return None


_CLOSABLE = frozenset(
    {
        "declined", "help", held_pages.PAGE, settings_page.PAGE, guard_names_page.PAGE, hours.PAGE, todo.PAGE,
        remind.PAGE, remind_own.PAGE, reach.PAGE, citizens_page.PAGE, contact_log_page.PAGE, week.PAGE,
        supervision.PAGE, lead_calls.PAGE, export_chat.PAGE, who_saw.PAGE, my_data.PAGE,
    }
)  # fmt: skip


async def _page(turn: Turn, person: Person, button: PageButton) -> list[Reply]:
    tx, tools, now = turn.tx, turn.tools, turn.now
    if button.verb == "begin":
        return await commands.debrief_command(tx, tools, person, now)
    if not permissions.may_press(person, button.name, button.verb):
        return [Toast(person.language, "note.not_yours")]
    if button.verb == "x" and button.name in _CLOSABLE:
        return gone(turn)
    match button.name:
        case commands.CHOOSE:
            return _read(turn, await commands.choose(tx, tools, person, button.verb, button.arg, now))
        case "help" if button.verb == "g":
            return _read(turn, await commands.choose(tx, tools, person, "g", button.arg, now))
        case "declined" | "help":
            return gone(turn)
        case held_pages.PAGE:
            return await held.press(turn, person, button.verb, button.arg)
        case settings_page.PAGE | guard_names_page.PAGE:
            return await _settings(turn, person, button)
        case hours.PAGE | todo.PAGE | remind.PAGE | remind_own.PAGE:
            return await _due(turn, person, button)
        case reach.PAGE | citizens_page.PAGE | contact_log_page.PAGE:
            return await _reach(turn, person, button)
        case week.PAGE:
            return await _week(turn, person, button)
        case export_chat.PAGE:
            return await export_chat.press(tx, tools, person, button.verb, button.arg, now)
        case supervision.PAGE:
            return await supervision.press(tx, tools, person, button.verb, button.arg, now)
        case who_saw.PAGE:
            return await who_saw.press(tx, tools, person, button.verb, button.arg, now)
        case my_data.PAGE:
            return await my_data.press(tx, tools, person, button.verb, button.arg, now)
        case lead_calls.PAGE:
            return await lead_calls.press(tx, tools, person, button.verb, button.arg, now)
        case "done":
            return await commands.tick_off(tx, tools, person, button.arg, now)
    return [Toast(person.language, "note.stale")]


async def _settings(turn: Turn, person: Person, button: PageButton) -> list[Reply]:
    """A button of the settings, or of the names that the guard looks for."""
    tx, tools, now = turn.tx, turn.tools, turn.now
    match button.name, button.verb:
        case settings_page.PAGE, "h":
            return await hours.show(tx, tools, person, now)
        case settings_page.PAGE, "n":
            return await guard_names_page.show(tx, person)
        case settings_page.PAGE, _:
            return await settings_page.change(tx, tools, person, button.verb, button.arg, now)
        case _, "b":
            return await settings_page.show(tx, tools, person, fresh=False)
    return await guard_names_page.press(tx, tools, person, button.verb, button.arg, now)


async def _due(turn: Turn, person: Person, button: PageButton) -> list[Reply]:
    """A button on a reminder, on the list of what there is to do, or on the page of working hours."""
    tx, tools, now = turn.tx, turn.tools, turn.now
    match button.name:
        case hours.PAGE if button.verb == "b":
            return await settings_page.show(tx, tools, person, fresh=False)
        case hours.PAGE:
            return await hours.press(tx, tools, person, button.verb, button.arg, now)
        case todo.PAGE:
            return await todo_press.press(tx, tools, person, button.verb, button.arg, now)
        case remind_own.PAGE:
            return await remind_own.press(tx, tools, person, button.verb, button.arg, now)
    replies = await remind_press.press(tx, tools, person, button.verb, button.arg, now)
    return [*replies, *await _left_over(turn)]


async def _reach(turn: Turn, person: Person, button: PageButton) -> list[Reply]:
    """A button on a contact thread or a citizen: drawn where it was pressed if that is their card, else below."""
    here = turn.update.tap.message_id if turn.update.tap else None
    fresh = here is None or here != await outbox.card_at(turn.tx, turn.chat_id, page_card(reach_pages.CARD))
    use = reach.press if button.name == reach.PAGE else citizens_page.press
    if button.name == contact_log_page.PAGE and button.verb != "c":  # c leads to the citizen's own page
        use = contact_log_page.press
    return await use(turn.tx, turn.tools, person, button.verb, button.arg, turn.now, fresh=fresh)


async def _week(turn: Turn, person: Person, button: PageButton) -> list[Reply]:
    """A button of a week: drawn where it was pressed if that is the card it is about, else below."""
    here = turn.update.tap.message_id if turn.update.tap else None
    card = page_card(week_own_text.CARD if button.verb == week_own_text.VERB else week.PAGE)
    fresh = here is None or here != await outbox.card_at(turn.tx, turn.chat_id, card)
    return await week.press(turn.tx, turn.tools, person, button.verb, button.arg, turn.now, fresh=fresh)


async def _left_over(turn: Turn) -> list[Reply]:
    """The message that a crash left beside the reminder's card goes when it is touched; a newer one than any that we
    know of is no copy: Telegram's answer with its number has not come yet."""
    here = turn.update.tap.message_id if turn.update.tap else None
    if here is None or not await remind_cards.is_copy(turn.tx, turn.chat_id, here):
        return []
    return [Remove(turn.chat_id, (here,))]


def _read(turn: Turn, replies: list[Reply]) -> list[Reply]:
    """What a card led to; the card goes, unless it led nowhere."""
    return replies if all(isinstance(reply, Toast) for reply in replies) else [*replies, *gone(turn)]
