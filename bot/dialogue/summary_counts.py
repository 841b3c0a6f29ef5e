"""From counted answers to the figures of the weeks: pure, and the same whatever order the rows come in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.dialogue.guide import Guide, Kind
from bot.dialogue.summary import (
    LEAST_ANSWERS,
    LEAST_EVENTS,
    LEAST_MENTORS,
    LEAST_TELLERS,
    Count,
    Distribution,
    Safety,
    SafetyEvent,
    Series,
)
from bot.dialogue.summary_rows import Contributed, Counted, Tally, Tough, ToughVisit, picked

# The guide's words, the same for ever.
OUTCOME, MINUTES, TRAVEL, ADJUSTED = "outcome", "minutes_used", "minutes_travel", "adjusted"
DECISION, SAFETY, REACHED, TOUGHNESS = "absence_decision", "safety", "safety_reached", "toughness"
ACUTE, HELD_OTHERWISE, JUST_HARD, NOBODY = "acute", "held_otherwise", "just_hard", "nobody_yet"
SPREAD = ("contact_quality", "goal_agreement", "task_agreement", "participation", TOUGHNESS)
"""Questions that are told as distributions only: relation, participation and strain, by the guide's section 5."""
COUNTED = (OUTCOME, MINUTES, TRAVEL, ADJUSTED, DECISION, *SPREAD)
HELD, MISSED, UNSAFE = "held", "missed", "unsafe"
_TALKED_WITH = frozenset({"lead", "colleague"})
_LEAD, _TELL_LEAD = "lead", "tell_lead"
_SCALE = ("1", "2", "3", "4", "5")


@dataclass(frozen=True)
class Tallies:
    """The answers of so many ``weeks``, ready to be added up."""

    rows: tuple[Tally, ...]
    weeks: int

    def choices(self, question: str, order: Sequence[str], *, all_of: bool = False) -> tuple[Count, ...]:
        """How often each choice was made, in the guide's order; what it no longer knows comes last. Choices that
        nobody made in any of the weeks are there only with ``all_of``."""
        found: dict[str, list[int]] = {choice: [0] * self.weeks for choice in order} if all_of else {}
        for row in self._of(question):
            for choice in picked(row.answer):
                found.setdefault(choice, [0] * self.weeks)[row.week] += row.count
        place = {choice: number for number, choice in enumerate(order)}
        known = sorted(found, key=lambda choice: (place.get(choice, len(place)), choice))
        return tuple(Count(choice, tuple(found[choice])) for choice in known)

    def how_often(self, question: str, wanted: Collection[str]) -> Series:
        """In how many debriefs one of the wanted choices was made."""
        return self._summed((r.week, r.count) for r in self._of(question) if set(wanted) & set(picked(r.answer)))

    def amount(self, question: str) -> Series:
        """The sum of its numbers: minutes."""
        return self._summed(
            (row.week, row.count * row.answer.value)
            for row in self._of(question)
            if isinstance(row.answer.value, int) and not row.answer.skipped
        )

    def _of(self, question: str) -> Iterable[Tally]:
        return (row for row in self.rows if row.question == question)

    def _summed(self, found: Iterable[tuple[int, int]]) -> Series:
        return summed(found, self.weeks)


def summed(found: Iterable[tuple[int, int]], weeks: int) -> Series:
    """Numbers with the week they belong to, added up by week."""
    series = [0] * weeks
    for week, number in found:
        series[week] += number
    return tuple(series)


def added(one: Series, other: Series) -> Series:
    """Two series of the same weeks in one."""
    return tuple(a + b for a, b in zip(one, other, strict=True))


def choices_of(guide: Guide, question: str) -> tuple[str, ...]:
    """The choices of a question in the guide's order, the steps of a scale; none when the guide does not ask it."""
    found = guide.by_id.get(question)
    if found is None:
        return ()
    return _SCALE if found.kind is Kind.SCALE else tuple(choice.id for choice in found.choices)


def distributions(guide: Guide, counted: Counted, weeks: int) -> tuple[Distribution, ...]:
    """How the team answered, only for weeks in which enough mentors and answers contributed."""
    tallies = Tallies(counted.tallies, weeks)
    return tuple(
        _distribution(question, tallies.choices(question, choices_of(guide, question), all_of=True), counted, weeks)
        for question in SPREAD
        if question in guide.by_id
    )


def _distribution(question: str, counts: tuple[Count, ...], counted: Counted, weeks: int) -> Distribution:
    enough = {row.week for row in counted.contributed if row.question == question and _enough(row)}
    shown = tuple(week in enough for week in range(weeks))
    return Distribution(
        question,
        tuple(Count(c.choice, tuple(n if ok else 0 for n, ok in zip(c.weeks, shown, strict=True))) for c in counts),
        shown,
    )


def _enough(row: Contributed) -> bool:
    return row.mentors >= LEAST_MENTORS and row.answers >= LEAST_ANSWERS


def safety(guide: Guide, counted: Counted, weeks: int) -> Safety:
    """What happened that was unsafe, without names but for those the lead may know; by kind only in weeks in which
    enough happened to enough mentors, so that no kind can be laid beside a name."""
    unsafe = guide.groups.get(UNSAFE, frozenset())
    events = [row for row in counted.tough if _is_event(row, unsafe)]
    shown = tuple(_enough_events([row for row in events if row.week == week]) for week in range(weeks))
    told = [row for row in events if shown[row.week]]
    kinds = Tallies(tuple(Tally(r.week, SAFETY, r.safety, r.count) for r in told if r.safety is not None), weeks)
    ours = [row for row in events if row.week == weeks - 1]
    return Safety(
        events=summed(((row.week, row.count) for row in events), weeks),
        kinds=tuple(one for one in kinds.choices(SAFETY, choices_of(guide, SAFETY)) if one.choice != JUST_HARD),
        spoken=sum(row.count for row in ours if _TALKED_WITH & set(picked(row.reached))),
        alone=sum(row.count for row in ours if NOBODY in picked(row.reached)),
        known=known(counted.visits, unsafe),
        shown=shown,
    )


def _enough_events(rows: Sequence[Tough]) -> bool:
    return sum(row.count for row in rows) >= LEAST_EVENTS and len({row.mentor for row in rows}) >= LEAST_TELLERS


def _is_event(row: Tough | ToughVisit, unsafe: frozenset[str]) -> bool:
    """Something happened beyond a hard visit, the mentor left because it was not safe, or the lead was called before
    the mentor said what it was."""
    called = row.called and row.safety is None
    return called or bool(set(picked(row.safety)) - {JUST_HARD} or unsafe & set(picked(row.outcome)))


def known(visits: Iterable[ToughVisit], unsafe: frozenset[str]) -> tuple[SafetyEvent, ...]:
    """The events whose mentor told the lead or shared them, by time. Their kinds only where just that was shared."""
    told = (
        SafetyEvent(
            mentor=one.mentor,
            at=one.at,
            kinds=tuple(kind for kind in picked(one.safety) if kind != JUST_HARD) if SAFETY in one.shared else (),
            spoken=one.marked or _LEAD in picked(one.reached),
            reflection_id=one.reflection_id,
        )
        for one in visits
        if _is_event(one, unsafe) and (_lead_knows(one) or one.shared & {SAFETY, REACHED})
    )
    return tuple(sorted(told, key=lambda event: (event.at, event.mentor)))


def _lead_knows(one: ToughVisit) -> bool:
    """The mentor had got hold of the lead, or a call reached one: to have asked for it alone tells nobody anything."""
    reached = picked(one.reached)
    return _LEAD in reached or (one.called and (one.reached is None or _TELL_LEAD in reached))
