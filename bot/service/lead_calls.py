"""A mentor asks that the lead call: every lead gets it at once, one says "I have seen it", and the mentor hears that.

When nobody has seen it after some minutes (the organisation's ``tell_lead_minutes``), when nobody can, or when it
reaches nobody, the mentor is told plainly and gets the organisation's own numbers. Nothing confided goes along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import say_when
from bot.service import permissions
from bot.service.permissions import Action
from bot.service.replies import Buttons, Page, PageButton, Reply, Toast, Worded
from bot.service.tools import Tools
from storage import audit, citizens, lead_calls, people
from storage.database import Transaction
from storage.lead_calls import Asked, Call, Kind
from storage.people import Person

PAGE = "call"
_SAME = timedelta(minutes=1)
"""A thumb that taps twice calls once. The other kinds are asked for by buttons that work once only."""
_LONG_AGO = timedelta(days=8)
_MESSAGES = {Kind.NOW: "lead.tell_now", Kind.TODAY: "lead.call_today", Kind.CITIZEN: "reach.lead_message"}


@dataclass(frozen=True)
class _Case:
    """A call with everybody it concerns. ``pseudonym``: whom the mentor is worried about, if that is why."""

    call: Call
    mentor: Person
    asked: Sequence[Asked]
    pseudonym: str | None

    @property
    def seen_by(self) -> str | None:
        """The name of the lead who has it."""
        return next((one.lead.name for one in self.asked if one.lead.id == self.call.seen_by), None)


async def call(
    tx: Transaction,
    mentor: Person,
    kind: Kind,
    now: datetime,
    *,
    team_id: str | None = None,
    citizen_id: str | None = None,
) -> list[Reply] | None:
    """Tell every lead of the team (the mentor's own without ``team_id``) at once, whatever the hour.

    None: no lead can be reached, so say that the mentor must phone. An empty list: they were told a moment ago.
    """
    team = team_id or mentor.team_id
    leads = [lead for lead in await people.leads_of(tx, team or "") if not lead.blocked_at]
    if team is None or not leads:
        return None
    last = await lead_calls.newest_of(tx, mentor.id) if kind is Kind.TODAY else None
    if last is not None and last.kind is kind and now - last.asked_at < _SAME:
        return []
    made = lead_calls.add(
        tx,
        mentor_id=mentor.id,
        team_id=team,
        kind=kind,
        citizen_id=citizen_id,
        lead_ids=[lead.id for lead in leads],
        now=now,
    )
    if kind is not Kind.CITIZEN:  # who tells of a citizen has that noted with the thread it is about
        audit.note(tx, mentor.id, "tell_lead", f"call/{made.id}", now)
    case = await _case(tx, made)
    return [_for_lead(case, one, None, fresh=True) for one in case.asked] if case is not None else None


async def press(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """A lead's tap: s I have seen it and call, n I cannot now."""
    found = await lead_calls.get(tx, arg)
    if found is None or not permissions.may(person, Action.ANSWER_CALL, team=found.team_id):
        return [Toast(person.language, "note.not_yours")]
    first = False
    if verb == "s":
        first = await lead_calls.see(tx, found.id, person.id, now)
    elif verb == "n" and found.seen_at is None:
        await lead_calls.together(tx, found.id)
        await lead_calls.decline(tx, found.id, person.id, now)
    case = await _case(tx, await lead_calls.get(tx, found.id) or found)
    if case is None:
        return [Toast(person.language, "note.stale")]
    if first:
        return [*_seen(case, now), *(_as_it_stands(case, one, now) for one in case.asked)]
    own = [_as_it_stands(case, one, now) for one in case.asked if one.lead.id == person.id]
    if verb == "n" and not any(one.may_answer for one in case.asked):
        return [*own, *await _nobody(tx, tools, case, "declined", now)]
    return list(own)


async def unreachable(tx: Transaction, tools: Tools, chat_id: int, now: datetime) -> list[Reply]:
    """Telegram delivers nothing to this chat any more: where it is a lead's, their calls must not wait for them."""
    lead = await people.person_by_chat(tx, chat_id)
    replies: list[Reply] = []
    for found in await lead_calls.unreachable(tx, lead.id, now) if lead is not None else ():
        await lead_calls.together(tx, found.id)
        case = await _case(tx, found)
        if case is None:
            continue
        # Should it come through later after all, it says from when it is.
        replies += [_as_it_stands(case, one, now) for one in case.asked if lead is not None and one.lead.id == lead.id]
        if not any(one.may_answer for one in case.asked):
            replies += await _nobody(tx, tools, case, "unreachable", now)
    return replies


async def overdue(tx: Transaction, tools: Tools, now: datetime) -> list[Reply]:
    """Calls that nobody has seen in time: the mentor is told, once, and the leads get it once more."""
    replies: list[Reply] = []
    for found in await lead_calls.waiting(tx, now - timedelta(minutes=tools.organisation.tell_lead_minutes)):
        case = await _case(tx, found)
        if case is None:
            continue
        again = [one for one in case.asked if one.may_answer and one.lead.blocked_at is None]
        replies += await _nobody(tx, tools, case, "unseen" if again else "unreachable", now)
        replies += [_for_lead(case, one, "call.again", now=now, fresh=True) for one in again]
    return replies


async def _case(tx: Transaction, found: Call) -> _Case | None:
    mentor = await people.person(tx, found.mentor_id)
    if mentor is None:
        return None
    names = await citizens.names_by_id(tx, [found.citizen_id]) if found.citizen_id else {}
    return _Case(found, mentor, await lead_calls.asked(tx, found.id), names.get(found.citizen_id or ""))


async def _nobody(tx: Transaction, tools: Tools, case: _Case, why: str, now: datetime) -> list[Reply]:
    """Tell the mentor that they must phone; once, however many reasons there are."""
    if not await lead_calls.told_unseen(tx, case.call.id, now) or case.mentor.left_at is not None:
        return []
    organisation = tools.organisation
    values = {
        "why": why,
        "at": _clock(case.call.asked_at, now, case.mentor),
        "numbers": [{"name": line.label, "number": line.number} for line in organisation.emergency],
        "support": "\n".join(organisation.support_lines) or None,
    }
    return [_to_mentor(case, "call_unseen", values)]


def _seen(case: _Case, now: datetime) -> list[Reply]:
    if case.mentor.left_at is not None:
        return []
    at = _clock(case.call.seen_at or now, now, case.mentor)
    return [_to_mentor(case, "call.seen", {"lead": case.seen_by or "?", "at": at})]


def _to_mentor(case: _Case, template: str, values: Mapping[str, object]) -> Page:
    """What stands in the mentor's chat: a message that says otherwise takes the place of the one before."""
    close = ((PageButton("button.close", "x"),),)
    card = f"{PAGE}:{case.call.id}"
    return Page(case.mentor.chat_id, PAGE, case.mentor.language, template, values, close, fresh=True, card=card)


def _as_it_stands(case: _Case, one: Asked, now: datetime) -> Page:
    if case.call.seen_at is not None:
        return _for_lead(case, one, "call.you_have" if one.lead.id == case.call.seen_by else "call.has", now=now)
    if one.declined_at is not None:
        return _for_lead(case, one, "call.cannot", now=now)
    return _for_lead(case, one, "call.again" if one.unreachable_at else None, now=now)


def _for_lead(case: _Case, one: Asked, status: str | None, *, now: datetime | None = None, fresh: bool = False) -> Page:
    """The call in a lead's chat: what the mentor saw that it would say, and how it stands."""
    call, lead, mentor = case.call, one.lead, case.mentor
    # What is about a citizen was shown to the mentor word for word before it was sent.
    language = mentor.language if call.kind is Kind.CITIZEN else lead.language
    message = Worded(_MESSAGES[call.kind], {"mentor": mentor.name, "pseudonym": case.pseudonym or "?"})
    at = call.asked_at if call.seen_at is None else call.seen_at
    # Who cannot be reached now may read it on another day.
    seen_from = at + _LONG_AGO if one.unreachable_at or now is None else now
    said = {"mentor": mentor.name, "lead": case.seen_by, "at": _clock(at, seen_from, lead, language)}
    values = {"message": message, "status": Worded(status, said) if status else None}
    card = f"{PAGE}:{call.id}"
    return Page(lead.chat_id, PAGE, language, "call.card", values, _buttons(one, call), fresh=fresh, card=card)


def _buttons(one: Asked, call: Call) -> Buttons:
    if call.seen_at is not None:
        return ((PageButton("button.close", "x"),),)
    seen = (PageButton("call.button_seen", "s", call.id),)
    return (seen,) if one.declined_at is not None else (seen, (PageButton("call.button_cannot", "n", call.id),))


def _clock(at: datetime, now: datetime, person: Person, language: str | None = None) -> str:
    """ "kl. 14.05" of today, else with the day."""
    zone, tongue = ZoneInfo(person.zone), language or person.language
    said = say_when(at, now, zone, tongue, True)
    return said.removeprefix("i dag ").removeprefix("today ")
