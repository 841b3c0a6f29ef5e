"""From an invitation to a person: read in plain words what it means, say yes, and only then exist here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.service.replies import Menu, Page, PageButton, Reply, Say
from bot.service.tools import Tools
from storage import audit, invites, people
from storage.database import Transaction
from storage.invites import Enrolment, Invite
from storage.people import Consent, Person, Role

PAGE = "enrol"
_NOTED_AGAIN = timedelta(hours=1)


async def follow_invite(
    tx: Transaction, tools: Tools, chat_id: int, telegram_id: int, code: str, language: str, now: datetime
) -> list[Reply]:
    """Somebody opened an invitation link. An unknown, used and expired code get the same answer, and after five of them
    within an hour so does a good one: it works again later, unused."""
    tried = await invites.try_code(tx, chat_id, code, now)
    invite = tried.invite
    if invite is None:
        return await _failed(tx, chat_id, language, now, many=tried.many)
    invites.set_enrolment(tx, Enrolment(chat_id, telegram_id, invite.id, "read", language), now)
    return [_read(tools, chat_id, invite, language)]


async def _failed(tx: Transaction, chat_id: int, language: str, now: datetime, *, many: bool = False) -> list[Reply]:
    """The one answer to every code that leads nowhere. The audit gets one row an hour for each chat, and one for all
    when there are ``many``: nobody can fill it. Of the chat's number it keeps the last four digits."""
    chat = "many" if many else str(abs(chat_id))[-4:]
    await audit.note_once(tx, audit.STRANGER, "enrol_failed", f"chat/{chat}", now, within=_NOTED_AGAIN)
    return [Say(chat_id, language, "enrol.bad_code")]


def _read(tools: Tools, chat_id: int, invite: Invite, language: str, *, fresh: bool = True) -> Page:
    other = "en" if language == "da" else "da"
    return Page(
        chat_id,
        PAGE,
        language,
        "enrol",
        {
            "name": invite.name,
            "role": invite.role.value,
            "organisation": tools.organisation.name,
            "tidy": tools.organisation.tidy,
        },
        (
            (PageButton("button.enrol_yes", "y"), PageButton("button.enrol_no", "n")),
            (PageButton("button.settings_language", "l", other),),
        ),
        fresh=fresh,
    )


def _coding(chat_id: int, language: str) -> Page:
    buttons = ((PageButton("button.coding_yes", "c", "1"), PageButton("button.coding_no", "c", "0")),)
    return Page(chat_id, PAGE, language, "enrol_coding", {}, buttons, fresh=False)


async def answer(
    tx: Transaction, tools: Tools, enrolment: Enrolment, verb: str, arg: str, now: datetime
) -> list[Reply]:
    """A tap while enrolling: y accept, n decline, l language, c consent to coding.

    Once it is over without anybody having enrolled, what comes back is a ``Say`` and the page shall go: nothing of
    this person is kept then, not even where their page stood.
    """
    invite = await invites.invite_by_id(tx, enrolment.invite_id, now)
    chat_id, language = enrolment.chat_id, enrolment.language
    if invite is None:
        invites.drop_enrolment(tx, chat_id)
        return await _failed(tx, chat_id, language, now)
    match verb:
        case "l" if arg in ("da", "en"):
            invites.set_enrolment(tx, replace(enrolment, stage="read", language=arg), now)
            return [_read(tools, chat_id, invite, arg, fresh=False)]
        case "n":
            invites.drop_enrolment(tx, chat_id)
            await audit.note_once(tx, audit.STRANGER, "enrol_declined", invite.id, now, within=_NOTED_AGAIN)
            return [Say(chat_id, language, "enrol.declined")]
        case "y" if invite.role is Role.MENTOR:
            invites.set_enrolment(tx, replace(enrolment, stage="coding"), now)
            return [_coding(chat_id, language)]
        case "y":
            return await _enrol(tx, tools, enrolment, invite, None, now)
        case "c" if enrolment.stage == "coding":
            return await _enrol(tx, tools, enrolment, invite, arg == "1", now)
    return []


async def _enrol(
    tx: Transaction, tools: Tools, enrolment: Enrolment, invite: Invite, coding: bool | None, now: datetime
) -> list[Reply]:
    person = await _person(tx, tools, enrolment, invite, now)
    if not await invites.use_invite(tx, invite.id, person.id, now):
        # Two people pressed at once: the transaction is the judge, and the second one is told as anybody would be.
        raise InviteTakenError
    people.consent(tx, person.id, Consent.USE, True, now)
    if coding is not None:
        people.consent(tx, person.id, Consent.CODING, coding, now)
    invites.drop_enrolment(tx, enrolment.chat_id)
    audit.note(tx, person.id, "enrol", invite.id, now)
    begin = ((PageButton("button.start", "begin"),),) if person.role is Role.MENTOR else ()
    values = {"name": person.name, "role": person.role.value}
    welcome = Page(person.chat_id, PAGE, person.language, "welcome", values, begin, fresh=False)
    return [welcome, Menu(person.chat_id, person.role, person.language)]


async def _person(tx: Transaction, tools: Tools, enrolment: Enrolment, invite: Invite, now: datetime) -> Person:
    """A new person, or one who had left and comes back."""
    known = await people.person_by_telegram(tx, enrolment.telegram_id)
    if known is not None:
        people.rejoin(tx, known.id, name=invite.name, role=invite.role, team_id=invite.team_id)
        people.set_language(tx, known.id, enrolment.language)
        return await people.person(tx, known.id) or known
    return people.add_person(
        tx,
        telegram_id=enrolment.telegram_id,
        chat_id=enrolment.chat_id,
        name=invite.name,
        role=invite.role,
        team_id=invite.team_id,
        language=enrolment.language,
        zone=tools.zone,
        now=now,
    )


async def again(tx: Transaction, tools: Tools, enrolment: Enrolment, now: datetime) -> list[Reply]:
    """Somebody who is enrolling typed something: show again what they are asked."""
    invite = await invites.invite_by_id(tx, enrolment.invite_id, now)
    if invite is None:
        invites.drop_enrolment(tx, enrolment.chat_id)
        return await _failed(tx, enrolment.chat_id, enrolment.language, now)
    return [replace(_read(tools, enrolment.chat_id, invite, enrolment.language), fresh=True)]


class InviteTakenError(Exception):
    """The invitation was used in the very same moment by somebody else."""
