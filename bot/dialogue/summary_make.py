"""A week's rows in, its summary out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.dialogue import summary_counts as counts
from bot.dialogue import summary_open as still
from bot.dialogue.guide import Guide
from bot.dialogue.summary import WEEKS_SHOWN, Absence, Week, WeeklySummary
from bot.dialogue.summary_counts import Tallies, added, choices_of, summed
from bot.dialogue.summary_open import Day
from bot.dialogue.summary_rows import Counted, Standing, Written


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose week, which, and as of when (UTC) its open things are listed: its end, or now if that is earlier."""

    team: str
    week: Week
    zone: ZoneInfo
    at: datetime

    @property
    def weeks(self) -> tuple[Week, ...]:
        """The weeks shown, the oldest first."""
        return tuple(self.week.moved(-back) for back in reversed(range(WEEKS_SHOWN)))

    @property
    def edges(self) -> tuple[datetime, ...]:
        """Where each of the weeks begins, and where the last one ends (UTC)."""
        return (*(week.bounds(self.zone)[0] for week in self.weeks), self.week.bounds(self.zone)[1])


def frame_of(team: str, week: Week, zone: ZoneInfo, now: datetime) -> Frame:
    """The frame of a week as seen from ``now``."""
    return Frame(team, week, zone, min(week.bounds(zone)[1], now))


def summarise(frame: Frame, guide: Guide, counted: Counted, standing: Standing) -> WeeklySummary:
    """The summary. ``guide``: the current one, for the order of its choices and for what they mean."""
    number = len(frame.weeks)
    tallies = Tallies(counted.tallies, number)
    day, kinds = Day(frame.at, frame.zone), still.kinds_of(guide)
    held = tallies.how_often(counts.OUTCOME, guide.groups.get(counts.HELD, frozenset()))
    dealt = {one.id: one.dealt for one in standing.citizens}
    decisions = tallies.choices(counts.DECISION, choices_of(guide, counts.DECISION))
    return WeeklySummary(
        team=frame.team,
        week=frame.week,
        weeks=frame.weeks,
        zone=frame.zone.key,
        at=frame.at,
        mentors=_mentors(counted.written, number),
        debriefs=summed(((row.week, row.debriefs) for row in counted.written), number),
        contacts=added(held, tallies.how_often(counts.DECISION, (counts.HELD_OTHERWISE,))),
        minutes=tallies.amount(counts.MINUTES),
        minutes_travel=tallies.amount(counts.TRAVEL),
        acute=tallies.how_often(counts.OUTCOME, (counts.ACUTE,)),
        outcomes=tallies.choices(counts.OUTCOME, choices_of(guide, counts.OUTCOME)),
        flexibility=tallies.choices(counts.ADJUSTED, choices_of(guide, counts.ADJUSTED)),
        absence=Absence(decisions, still.waiting(standing.followups, standing.undecided, kinds, day)),
        without_contact=still.without_contact(standing.citizens, day),
        safety=counts.safety(guide, counted, number),
        supervision=still.in_order(standing.wishes),
        distributions=counts.distributions(guide, counted, number),
        overdue=still.overdue(standing.followups, dealt, kinds, day),
        after_all=Tallies(counted.after_all, number).choices(counts.OUTCOME, choices_of(guide, counts.OUTCOME)),
    )


def _mentors(written: Sequence[Written], weeks: int) -> int:
    return sum(row.mentors for row in written if row.week == weeks - 1)
