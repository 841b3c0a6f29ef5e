"""What stands open at the week's end: who is not in contact, what waits, what is overdue. Days are local ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local
from bot.dialogue.guide import Guide, Visibility
from bot.dialogue.summary import BANDS, Overdue, SupervisionWish, WaitingDecision, WithoutContact
from bot.dialogue.summary_counts import DECISION
from bot.dialogue.summary_rows import InContact, OpenFollowup, Undecided
from bot.dialogue.threads import Channel

_HEARING = "hearing"
NEXT_CONTACT = "next_contact"  # the guide's word, the same for ever
_NOBODY_SAID = "?"
_USUAL = (Channel.VISIT, Channel.CALL, Channel.TEXT)
"""What may be tried with anybody; a letter, or somebody else, has to be agreed on first."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of follow-up a lead may hear of. ``waiting``: an absence waits for them; ``others``: the rest.
    ``dated``: those whose day says no more than the lead may know; of the rest it is told once it was shared."""

    waiting: frozenset[str]
    others: frozenset[str]
    dated: frozenset[str]


def kinds_of(guide: Guide) -> Kinds:
    """The kinds of the guide's absence questions, and those left by answers that belong to the team's log.

    All else stays with the mentor: a moved appointment or a lead to be told would give a tough visit away, and what a
    mentor wants to be reminded of is theirs.
    """
    waiting: set[str] = set()
    log: set[str] = set()
    for question in guide:
        left = {one for one in (question.follow_up, *(choice.follow_up for choice in question.choices)) if one}
        if question.id in (DECISION, _HEARING):
            waiting |= left
        if question.visibility is Visibility.LOG:
            log |= left
    return Kinds(frozenset(waiting), frozenset(log - waiting), frozenset(log))


@dataclass(frozen=True, slots=True)
class Day:
    """The moment as of which things are open, and where its day begins and ends."""

    at: datetime
    zone: ZoneInfo

    def since(self, earlier: datetime) -> int:
        """Midnights that have passed since then."""
        return (local(self.at, self.zone).date() - local(earlier, self.zone).date()).days

    def between(self, earlier: datetime, later: datetime) -> int:
        """Midnights from the one to the other."""
        return self.since(earlier) - self.since(later)


def without_contact(citizens: Iterable[InContact], day: Day) -> tuple[WithoutContact, ...]:
    """Those beyond the first band, who is out of reach the longest first."""
    found = [_without(one, days, day) for one in citizens if (days := day.since(one.last or one.since)) > BANDS[0]]
    return tuple(sorted(found, key=lambda one: (-one.days, one.pseudonym)))


def _without(one: InContact, days: int, day: Day) -> WithoutContact:
    tried = Counter(one.tried)
    order = {channel.value: number for number, channel in enumerate(Channel)}
    open_ways = one.channels or tuple(channel.value for channel in _USUAL)
    thread = one.thread
    paused = thread.paused_until if thread else None
    return WithoutContact(
        pseudonym=one.pseudonym,
        mentor=one.mentor,
        days=days,
        band=max(band for band in BANDS if days > band),
        never=one.last is None,
        tried=tuple(sorted(tried.items(), key=lambda item: (-item[1], order.get(item[0], len(order)), item[0]))),
        untried=tuple(channel for channel in order if channel in open_ways and not tried[channel]),
        told_lead=thread.told_lead if thread else None,
        told_caseworker=thread.told_caseworker if thread else None,
        paused=paused is not None and paused > day.at,
        agreed=bool(one.channels),
    )


def waiting(
    followups: Iterable[OpenFollowup], undecided: Iterable[Undecided], kinds: Kinds, day: Day
) -> tuple[WaitingDecision, ...]:
    """Absences not decided or not carried through: overdue first, then by deadline, those without one last."""
    found = [_waits(one, kinds, day) for one in followups if one.kind in kinds.waiting]
    found += [WaitingDecision(one.pseudonym or _NOBODY_SAID, one.mentor, DECISION, None, False) for one in undecided]
    return tuple(sorted(found, key=lambda one: (*_by_day(one.by), one.pseudonym, one.kind)))


def _waits(one: OpenFollowup, kinds: Kinds, day: Day) -> WaitingDecision:
    by = one.due_at if one.kind in kinds.dated or one.shared else None
    return WaitingDecision(one.pseudonym or _NOBODY_SAID, one.mentor, one.kind, by, _is_past(by, day))


def _is_past(by: datetime | None, day: Day) -> bool:
    return by is not None and day.since(by) > 0


def _by_day(by: datetime | None) -> tuple[bool, float]:
    """Who has a day first, the earlier the sooner: so the overdue ones lead."""
    return by is None, by.timestamp() if by else 0.0


def overdue(
    followups: Iterable[OpenFollowup], dealt: Mapping[str, datetime | None], kinds: Kinds, day: Day
) -> tuple[Overdue, ...]:
    """Follow-ups whose day has passed, the longest first; absences that wait are not among them, they have their own
    list. ``dealt``: each citizen of the team with the last contact, attempt or debrief."""
    found = [
        Overdue(one.pseudonym, one.mentor, one.kind, one.due_at, day.since(one.due_at))
        for one in _newest_plans(followups)
        if one.kind in kinds.others and one.due_at and _is_past(one.due_at, day) and not _came_about(one, dealt, day)
    ]
    return tuple(sorted(found, key=lambda one: (one.due_at, one.pseudonym or "", one.kind)))


def _newest_plans(followups: Iterable[OpenFollowup]) -> Iterator[OpenFollowup]:
    """Of the next contacts planned with a citizen the last one made, and everything else."""
    plans: dict[str, OpenFollowup] = {}
    for one in followups:
        if one.kind != NEXT_CONTACT or one.citizen_id is None:
            yield one
        elif one.citizen_id not in plans or plans[one.citizen_id].created_at < one.created_at:
            plans[one.citizen_id] = one
    yield from plans.values()


def _came_about(one: OpenFollowup, dealt: Mapping[str, datetime | None], day: Day) -> bool:
    """The next contact was had or tried, whether or not anybody ticked it off; or the citizen's page was put away."""
    if one.kind != NEXT_CONTACT or one.citizen_id is None or one.due_at is None:
        return False
    last = dealt.get(one.citizen_id)
    if last is None:
        return one.citizen_id not in dealt
    return last >= one.due_at or day.between(one.created_at, last) > 0


def in_order(wishes: Iterable[SupervisionWish]) -> tuple[SupervisionWish, ...]:
    """Those for soon first, then the oldest."""
    return tuple(sorted(wishes, key=lambda one: (not one.soon, one.at, one.reflection_id)))
