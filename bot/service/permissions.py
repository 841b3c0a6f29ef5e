"""Who may do what: one table, and one check that every command, button and use case asks.

What a lead sees is said in the text people enrol with; an admin manages people and sees no answers; a coder's exports
are made by whoever runs the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.service.replies import Menu, Reply, Say
from storage.people import Person, Role


class Action(StrEnum):
    """What there is to do. The first ones are commands; the others are reached by buttons only."""

    DEBRIEF = "debrief"
    CITIZENS = "citizens"
    CONTACT = "contact"
    REMIND = "remind"
    TODO = "todo"
    WEEK = "week"
    SUPERVISION = "supervision"
    LOG = "log"
    EXPORT = "export"
    SETTINGS = "settings"
    HELP = "help"
    STOP = "stop"
    OLD_DEBRIEFS = "old_debriefs"  # go on with debriefs that are begun; read, put right, share, take back
    REMINDED = "reminded"  # answer what one was reminded of
    CALL_LEAD = "call_lead"
    ANSWER_CALL = "answer_call"
    WHO_SAW = "who_saw"
    MY_DATA = "my_data"
    SHARED = "shared"  # what one let the lead see: look at it, take it back


class Scope(StrEnum):
    """Whose: OWN, what is the person's own; TEAM, what their team's mentors wrote, as far as a lead may see it."""

    OWN = "own"
    TEAM = "team"


_EVERYBODY: Mapping[Action, Scope] = {
    Action.SETTINGS: Scope.OWN,
    Action.HELP: Scope.OWN,
    Action.STOP: Scope.OWN,
    Action.REMINDED: Scope.OWN,
    Action.WHO_SAW: Scope.OWN,
    Action.MY_DATA: Scope.OWN,
}
TABLE: Mapping[Role, Mapping[Action, Scope]] = MappingProxyType(
    {
        Role.MENTOR: {
            Action.DEBRIEF: Scope.OWN,
            Action.CITIZENS: Scope.OWN,
            Action.CONTACT: Scope.OWN,
            Action.REMIND: Scope.OWN,
            Action.TODO: Scope.OWN,
            Action.WEEK: Scope.OWN,
            Action.SUPERVISION: Scope.OWN,
            Action.LOG: Scope.OWN,
            Action.OLD_DEBRIEFS: Scope.OWN,
            Action.CALL_LEAD: Scope.OWN,
            Action.SHARED: Scope.OWN,
            **_EVERYBODY,
        },
        Role.LEAD: {
            Action.WEEK: Scope.TEAM,
            Action.SUPERVISION: Scope.TEAM,
            Action.LOG: Scope.TEAM,
            Action.ANSWER_CALL: Scope.TEAM,
            # A lead who was a mentor keeps the say over what they wrote then.
            Action.OLD_DEBRIEFS: Scope.OWN,
            Action.SHARED: Scope.OWN,
            **_EVERYBODY,
        },
        Role.ADMIN: _EVERYBODY,
        Role.CODER: {Action.EXPORT: Scope.OWN, **_EVERYBODY},
    }
)
_IN_A_TEAM = frozenset({Action.CITIZENS, Action.CONTACT, Action.LOG})

_MENU: tuple[tuple[Action, str], ...] = (
    (Action.DEBRIEF, "debrief"),
    (Action.CITIZENS, "borgere"),
    (Action.CONTACT, "kontakt"),
    (Action.REMIND, "paamind"),
    (Action.TODO, "huskeliste"),
    (Action.WEEK, "uge"),
    (Action.SUPERVISION, "supervision"),
    (Action.LOG, "log"),
    (Action.EXPORT, "eksport"),
    (Action.WHO_SAW, "hvemharset"),
    (Action.MY_DATA, "minedata"),
    (Action.SETTINGS, "indstillinger"),
    (Action.HELP, "hjaelp"),
    (Action.STOP, "stop"),
)

_PAGES: Mapping[str, Action] = {
    "call": Action.ANSWER_CALL,
    "choose": Action.OLD_DEBRIEFS,
    "citizens": Action.CITIZENS,
    "done": Action.OLD_DEBRIEFS,
    "export": Action.EXPORT,
    "held": Action.HELP,  # whoever typed it: everybody
    "hours": Action.SETTINGS,
    "log": Action.LOG,
    "my_data": Action.MY_DATA,
    "names": Action.SETTINGS,
    "own": Action.REMIND,
    "thread": Action.CONTACT,
    "remind": Action.REMINDED,
    "retention": Action.MY_DATA,
    "settings": Action.SETTINGS,
    "supervision": Action.SUPERVISION,
    "todo": Action.TODO,
    "week": Action.WEEK,
    "who_saw": Action.WHO_SAW,
}
_CLOSE = "x"


def scope_of(person: Person, action: Action) -> Scope | None:
    """How far this person may go with ``action``; None: not at all. Who has left may nothing."""
    scope = None if person.left_at is not None else TABLE[person.role].get(action)
    in_no_team = person.team_id is None and (scope is Scope.TEAM or action in _IN_A_TEAM)
    return None if in_no_team else scope


def may(person: Person, action: Action, *, of: str | None = None, team: str | None = None) -> bool:
    """Whether this person may do ``action`` at all; with what it is about, whether to that.

    ``of``: the id of the person whose it is; ``team``: the id of the team it was written in. An own thing needs
    ``of`` to be the person, a team's needs ``team`` to be theirs.
    """
    scope = scope_of(person, action)
    if scope is None or (of is None and team is None):
        return scope is not None
    return of == person.id if scope is Scope.OWN else team == person.team_id


def may_press(person: Person, page: str, verb: str) -> bool:
    """Whether this person may press a button with ``verb`` on the page called ``page``. Closing is always allowed, and
    pages that only say something belong to everybody."""
    action = _PAGES.get(page)
    return verb == _CLOSE or action is None or may(person, action)


def menu(role: Role) -> list[str]:
    """The commands that Telegram's menu shows this role, in order."""
    return [command for action, command in _MENU if action in TABLE[role]]


def refused(person: Person) -> list[Reply]:
    """One kind sentence; and the menu as it should be, for who was offered what is not theirs (any more)."""
    return [
        Say(person.chat_id, person.language, "error.not_allowed"),
        Menu(person.chat_id, person.role, person.language),
    ]
