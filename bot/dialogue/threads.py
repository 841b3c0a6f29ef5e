"""Contact threads: what was tried to reach a citizen, when and with what result. Facts only; nothing is concluded.

Every function that changes something takes a thread and gives the next one. A button pressed twice, or one from an old
message, changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local

WEEK = timedelta(days=7)


class Channel(StrEnum):
    """How somebody is tried; the choices of ``reach_tried`` in the guide."""

    CALL = "call"
    TEXT = "text"
    VISIT = "visit"
    THROUGH_OTHER = "through_other"
    LETTER = "letter"


class Result(StrEnum):
    """What came of it; the results of ``reach_tried`` in the guide. Only ``reached`` is contact with the citizen."""

    NO_ANSWER = "no_answer"
    MESSAGE_LEFT = "message_left"
    REACHED = "reached"
    SPOKE_WITH_OTHER = "spoke_with_other"
    SENT = "sent"
    NOT_WORKING = "not_working"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, made ``at`` (UTC). ``corrected``: it was logged wrongly and no longer counts, but stays to be seen;
    ``replaces``: the id of the one that this one puts right."""

    id: str
    channel: Channel
    result: Result
    at: datetime
    corrected: bool = False
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A citizen who is being tried. Times are UTC; ``zone`` (IANA name) says where its days begin and end.

    ``opened_at``: the contact that was missed. ``last_contact_at``: the last one that took place, None when unknown.
    ``attempts`` in the order they were logged. ``worried``: None until the mentor has said; ``worried_at``: when.
    ``answered``: ids of ladder steps the mentor has seen to, where nothing else shows it.
    ``closed_at``: contact happened, or the thread was ended; see also ``ended_at``.
    """

    opened_at: datetime
    last_contact_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    worried: bool | None = None
    worried_at: datetime | None = None
    answered: frozenset[str] = frozenset()
    lead_told_at: datetime | None = None
    caseworker_told_at: datetime | None = None
    paused_until: datetime | None = None
    closed_at: datetime | None = None
    zone: str = "Europe/Copenhagen"


def log(thread: Thread, attempt: Attempt) -> Thread:
    """Add an attempt; one with an id that is there already is the same tap again. ``reached`` closes the thread when
    it happened on the day of the missed contact or later."""
    if _find(thread, attempt.id) is not None:
        return thread
    return replace(thread, attempts=(*thread.attempts, attempt))


def correct(thread: Thread, attempt_id: str, by: Attempt | None) -> Thread:
    """Put an attempt right with ``by`` (under an id of its own), or take it back with None. The old one is kept and
    marked. Nothing happens when it is unknown, was corrected before, or ``by`` has an id that is there already. A
    thread that only this attempt closed is open again, also when its time was noted as the thread's end."""
    wrong = _find(thread, attempt_id)
    if wrong is None or wrong.corrected or (by is not None and _find(thread, by.id) is not None):
        return thread
    kept = tuple(replace(a, corrected=True) if a is wrong else a for a in thread.attempts)
    added = () if by is None else (replace(by, corrected=False, replaces=attempt_id),)
    by_this = wrong.result is Result.REACHED and thread.closed_at == wrong.at
    return replace(thread, attempts=(*kept, *added), closed_at=None if by_this else thread.closed_at)


def contact_happened(thread: Thread, at: datetime) -> Thread:
    """The citizen was met or spoken with ``at`` (UTC), other than in an attempt: the thread closes. A contact on a day
    before the missed one is remembered as the last contact and closes nothing."""
    last = at if thread.last_contact_at is None else max(at, thread.last_contact_at)
    if day_of(thread, at) < 0:
        return replace(thread, last_contact_at=last)
    return replace(close(thread, at), last_contact_at=last)


def close(thread: Thread, at: datetime) -> Thread:
    """End it ``at`` (UTC) without contact: the citizen is archived or has another mentor. The first end counts."""
    return replace(thread, closed_at=at if thread.closed_at is None else min(at, thread.closed_at))


def worry(thread: Thread, yes: bool, at: datetime) -> Thread:
    """The mentor said ``at`` (UTC) whether they are worried. May be said anew: a later yes asks for the lead again."""
    return replace(thread, worried=yes, worried_at=at)


def tell_lead(thread: Thread, at: datetime) -> Thread:
    """The lead was told ``at`` (UTC)."""
    return replace(thread, lead_told_at=_later(thread.lead_told_at, at))


def tell_caseworker(thread: Thread, at: datetime) -> Thread:
    """The caseworker was told ``at`` (UTC)."""
    return replace(thread, caseworker_told_at=_later(thread.caseworker_told_at, at))


def answer(thread: Thread, step_id: str) -> Thread:
    """The mentor has seen to this step of the ladder (had the talk, tried in a way of their own, or leaves it out)."""
    return replace(thread, answered=thread.answered | {step_id})


def pause(thread: Thread, until: datetime | None) -> Thread:
    """Propose nothing before ``until`` (UTC); None ends the pause. Days go on being counted, and worry goes first."""
    return replace(thread, paused_until=until)


def standing(thread: Thread) -> tuple[Attempt, ...]:
    """The attempts that count, earliest first."""
    return tuple(sorted((a for a in thread.attempts if not a.corrected), key=lambda a: (a.at, a.id)))


def ended_at(thread: Thread) -> datetime | None:
    """When it closed (UTC): contact, or an end without; None while it is open."""
    ends = [a.at for a in standing(thread) if a.result is Result.REACHED and day_of(thread, a.at) >= 0]
    ends += [thread.closed_at] if thread.closed_at is not None else []
    return min(ends, default=None)


def last_contact(thread: Thread) -> datetime | None:
    """The latest contact with the citizen known (UTC), or None."""
    known = [a.at for a in standing(thread) if a.result is Result.REACHED]
    known += [thread.last_contact_at] if thread.last_contact_at is not None else []
    return max(known, default=None)


def day_of(thread: Thread, at: datetime) -> int:
    """The day of the thread on which ``at`` falls: 0 is the day of the missed contact, in the thread's zone."""
    return days_between(thread, thread.opened_at, at)


def days_without_contact(thread: Thread, now: datetime) -> int:
    """Local days since the last contact; since the missed one where no contact is known. Never below 0."""
    return max(0, days_between(thread, last_contact(thread) or thread.opened_at, now))


def tried_within_a_week(thread: Thread, at: datetime) -> int:
    """Attempts that count in the seven days (168 hours) up to ``at``."""
    return sum(1 for a in standing(thread) if at - WEEK < a.at)


def days_between(thread: Thread, earlier: datetime, later: datetime) -> int:
    """Midnights, in the thread's zone, from ``earlier`` to ``later``."""
    zone = ZoneInfo(thread.zone)
    return (local(later, zone).date() - local(earlier, zone).date()).days


def _find(thread: Thread, attempt_id: str) -> Attempt | None:
    return next((a for a in thread.attempts if a.id == attempt_id), None)


def _later(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)
