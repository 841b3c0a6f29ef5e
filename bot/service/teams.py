"""People change team or role: their citizens go to a colleague, and everybody concerned is told in their chat.

Debriefs, threads and follow-ups of before keep the team they were written in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.service import reach_plan, remind_plan, week_withdraw
from bot.service.reach_case import load
from bot.service.replies import Menu, Reply, Say
from bot.service.supervision_words import CARD, withdrawn
from bot.service.tools import Tools
from storage import audit, citizens, followups, outbox, people, reminders, teams, threads
from storage.citizens import Citizen
from storage.database import Transaction
from storage.people import Person, Role, Team

_ALL = 100_000


@dataclass(frozen=True)
class Change:
    """What came of it. ``leaderless``: the team that has no lead any more, if that is so. ``replies``: what to send."""

    person: Person
    team: Team | None
    before: Team | None
    citizens: int
    leaderless: Team | None
    replies: tuple[Reply, ...]


async def active_citizens(tx: Transaction, person: Person) -> list[Citizen]:
    """The citizens this mentor has, archived ones left out."""
    return await citizens.recent(tx, person.id, _ALL)


async def change(
    tx: Transaction,
    tools: Tools,
    person: Person,
    *,
    role: Role,
    team: Team | None,
    citizens_to: Person | None,
    now: datetime,
) -> Change:
    """Give this person a role and a team. ``citizens_to``: a mentor of the present team, who goes on with the citizens;
    to be given when there are active ones and the person leaves the team or is a mentor no more."""
    before = next((one for one in await people.teams(tx) if one.id == person.team_id), None)
    handed = await _hand_over(tx, tools, person, citizens_to, now) if citizens_to is not None else []
    moved = team is not None and before is not None and team.id != before.id
    if person.role is Role.LEAD and (role is not Role.LEAD or moved):
        teams.forget_as_lead(tx, person.id, now)
    teams.place(tx, person.id, role=role, team_id=team.id if team else None)
    if moved and team is not None:
        audit.note(tx, audit.OPERATOR, "move", f"{person.id}/{team.id}", now)
    if role is not person.role:
        audit.note(tx, audit.OPERATOR, "role", f"{person.id}/{role.value}", now)
    after = replace(person, role=role, team_id=team.id if team else None)
    was_led = before is not None and person.role is Role.LEAD
    left = await people.leads_of(tx, before.id) if was_led and before is not None else []
    return Change(
        person=after,
        team=team,
        before=before,
        citizens=len(handed),
        leaderless=before if was_led and not left else None,
        replies=(
            *_told(person, after, citizens_to, handed),
            *await _new_place(tx, person, after, team, before),
            *await _page_gone(tx, person),
        ),
    )


async def _hand_over(tx: Transaction, tools: Tools, mentor: Person, to: Person, now: datetime) -> list[Citizen]:
    """Every citizen, also archived ones: nobody of the old team must be left with a mentor of another."""
    active = await active_citizens(tx, mentor)
    for one in (*active, *await citizens.archived_of(tx, mentor.id, _ALL)):
        await hand_over(tx, tools, one, mentor, to, now, by=audit.OPERATOR)
    return active


async def hand_over(
    tx: Transaction, tools: Tools, citizen: Citizen, mentor: Person, to: Person, now: datetime, *, by: str
) -> None:
    """Another mentor of the team goes on with a citizen: the open thread, what is to be done, and the reminders of
    both go along, planned within the new one's hours. What lies in the old mentor's chat is theirs no more.
    ``by``: who did it, for the audit."""
    citizens.pass_on(tx, citizen.id, to.id, now)
    row = await threads.thread_of(tx, citizen.id)
    if row is not None:
        reminders.lapse_series(tx, reach_plan.series(row.id), now)
        reminders.done_series(tx, reach_plan.series(row.id), now)
        threads.pass_on(tx, row.id, to.id)
        case = await load(tx, tools, row.id, now)
        if case is not None:
            await reach_plan.plan(tx, tools, case, now, acted=False)
    given = await teams.hand_followups(tx, citizen.id, mentor.id, to.id, now)
    found = await followups.by_ids(tx, given)
    await remind_plan.sync(tx, tools, to, found.values(), now)
    audit.note(tx, by, "pass_on", f"{citizen.id}/{to.id}", now)


def _told(person: Person, after: Person, to: Person | None, handed: Sequence[Citizen]) -> list[Reply]:
    found: list[Reply] = []
    if to is not None and handed:
        names = ", ".join(one.pseudonym for one in handed)
        found.append(Say(to.chat_id, to.language, "team.passed_on", {"mentor": person.name, "names": names}))
    if after.role is not person.role:
        keys = {Role.MENTOR: "team.now_mentor", Role.LEAD: "team.now_lead"}
        found.append(Say(person.chat_id, person.language, keys.get(after.role, "team.now_other")))
        found.append(Menu(person.chat_id, after.role, person.language))
    return found


async def _new_place(
    tx: Transaction, person: Person, after: Person, team: Team | None, before: Team | None
) -> list[Reply]:
    """Whoever moves is told who may see what from now on."""
    if team is None or before is None or team.id == before.id:
        return []
    leads = [one.name for one in await people.leads_of(tx, team.id) if one.id != person.id]
    values = {
        "team": team.name,
        "before": before.name,
        "leads": ", ".join(leads) or None,
        "leading": after.role is Role.LEAD,
        "mentor": person.role is Role.MENTOR,
    }
    return [Say(person.chat_id, person.language, "team.moved", values)]


async def _page_gone(tx: Transaction, person: Person) -> list[Reply]:
    """A lead's open page of what a team shared, and its weeks, are theirs no more."""
    if person.role is not Role.LEAD:
        return []
    found = [] if await outbox.card_at(tx, person.chat_id, CARD) is None else [withdrawn(person)]
    return [*found, *await week_withdraw.leave(tx, person)]
