"""The people of the invented weeks: the practice phone's Anna, Bo and Lea, and more of their kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.practice.messages import Person as OnPhone
from bot.practice.messages import cast
from bot.practice_cast import TEAM
from bot.practice_sample_deeds import Plan, Who
from bot.service.tools import Tools
from storage import citizens, people
from storage.citizens import Citizen
from storage.database import Transaction
from storage.ids import new_id
from storage.people import Consent, Person, Role

_PHONE = {one.name: one.id for one in cast()}
_MORE = {"Cilla": 1004, "Didrik": 1005}
_NAMES = ("Anna", "Bo", *_MORE)
_LEAD = "Lea"
_OTHERS = 1100  # accounts of mentors who have no name of their own
_A_TEAM = 1000


@dataclass
class Cast:
    """Everybody, and everybody's citizens, by number and pseudonym."""

    mentors: dict[Who, Person]
    citizens: dict[tuple[int, str], Citizen]

    def person(self, who: Who) -> Person:
        """The mentor."""
        return self.mentors[who]

    def citizen(self, who: Who, pseudonym: str) -> Citizen:
        """One of their team's citizens."""
        return self.citizens[who.team, pseudonym]


def on_the_phone(mentors: int) -> list[OnPhone]:
    """Whoever has a practice phone when there are so many mentors: the usual people, and the others of the team."""
    more = [OnPhone(number, name, "mentor") for name, number in _MORE.items() if name in _NAMES[:mentors]]
    usual = cast()
    return [*usual[:2], *more, *usual[2:]]


async def enrol(tx: Transaction, tools: Tools, plan: Plan) -> Cast:
    """Add everybody who is not there yet, with their consent, and their citizens. Who is there already is kept."""
    found = Cast({}, {})
    for team in sorted({who.team for who in plan.citizens}):
        made = await people.team_named(tx, TEAM if team == 0 else f"{TEAM} {team + 1}", plan.joined)
        mine = [who for who in plan.citizens if who.team == team]
        for who in mine:
            found.mentors[who] = await _person(tx, tools, made.id, *_mentor(who), Role.MENTOR, plan.joined)
        await _person(tx, tools, made.id, *_named(_LEAD, _PHONE[_LEAD], team), Role.LEAD, plan.joined)
        for who in mine:
            for pseudonym in plan.citizens[who]:
                found.citizens[team, pseudonym] = await _citizen(tx, found.mentors[who], made.id, pseudonym, plan)
    return found


def _mentor(who: Who) -> tuple[str, int]:
    if who.mentor >= len(_NAMES):
        return _named(f"Mentor {who.mentor + 1}", _OTHERS + who.mentor, who.team)
    name = _NAMES[who.mentor]
    return _named(name, _PHONE.get(name) or _MORE[name], who.team)


def _named(name: str, number: int, team: int) -> tuple[str, int]:
    return (name, number) if team == 0 else (f"{name} {team + 1}", number + _A_TEAM * team)


async def _person(
    tx: Transaction, tools: Tools, team_id: str, name: str, number: int, role: Role, now: datetime
) -> Person:
    known = await people.person_by_telegram(tx, number)
    if known is not None:
        return known
    made = people.add_person(
        tx, telegram_id=number, chat_id=number, name=name, role=role, team_id=team_id, language="da",
        zone=tools.zone, now=now,
    )  # fmt: skip
    people.consent(tx, made.id, Consent.USE, True, now)
    if role is Role.MENTOR:
        people.consent(tx, made.id, Consent.CODING, True, now)
    return made


async def _citizen(tx: Transaction, mentor: Person, team_id: str, pseudonym: str, plan: Plan) -> Citizen:
    known = await citizens.find(tx, mentor.id, team_id, pseudonym, 1)
    if known.exact is not None:
        return known.exact
    return citizens.add(
        tx, id=new_id(plan.joined), team_id=team_id, mentor_id=mentor.id, pseudonym=pseudonym, now=plan.joined
    )
