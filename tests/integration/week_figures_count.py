"""A week counted anew, from the export for the record and in plain Python: nothing of the program's own counting.

What an export does not hold (follow-ups, who was registered when) is not counted here. Groups of choices, thresholds
and bands are written down once more on purpose.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HELD = {"as_agreed", "moved_time", "moved_place", "by_phone", "short_meeting", "acute", "by_chance", "text_only"}
MISSED = {"did_not_come", "did_not_open"}
RELATION = ("contact_quality", "goal_agreement", "task_agreement", "participation", "toughness")
_ZONE = ZoneInfo("Europe/Copenhagen")


@dataclass(frozen=True)
class Told:
    """An exported reflection."""

    row: dict[str, Any]

    def said(self, question: str) -> Any:
        """The value of an answer; None when there is none, or it was skipped."""
        return next(
            (a["value"] for a in self.row["answers"] if a["question_id"] == question and not a["skipped"]), None
        )

    @property
    def answers(self) -> dict[str, dict[str, Any]]:
        """The answers by question."""
        return {answer["question_id"]: answer for answer in self.row["answers"]}

    @property
    def met(self) -> datetime:
        """When the meeting was."""
        told = self.said("contact_when")
        return datetime.fromisoformat(told if told else self.row["started_at"])

    @property
    def week(self) -> tuple[int, int]:
        """The ISO year and week of the local day on which it was."""
        year, week, _ = self.met.astimezone(_ZONE).date().isocalendar()
        return year, week


class Count:
    """One team's figures, week by week."""

    def __init__(self, rows: Iterable[dict[str, Any]], team: str) -> None:
        self.all = [Told(row) for row in rows if row["team"] == team]
        self.ended = [one for one in self.all if one.row["status"] in ("saved", "stopped", "closed")]

    def of(self, week: tuple[int, int]) -> list[Told]:
        """The debriefs of a week."""
        return [one for one in self.ended if one.week == week]

    def debriefs(self, week: tuple[int, int]) -> int:
        return len(self.of(week))

    def mentors(self, week: tuple[int, int]) -> int:
        return len({one.row["mentor"] for one in self.of(week)})

    def contacts(self, week: tuple[int, int]) -> int:
        held = [one for one in self.of(week) if one.said("outcome") in HELD]
        after_all = [one for one in self.of(week) if one.said("absence_decision") == "held_otherwise"]
        return len(held) + len(after_all)

    def minutes(self, week: tuple[int, int], question: str) -> int:
        return sum(one.said(question) or 0 for one in self.of(week))

    def choices(self, week: tuple[int, int], question: str) -> Counter[str]:
        found: Counter[str] = Counter()
        for one in self.of(week):
            said = one.said(question)
            found.update([said] if isinstance(said, str) else said or [])
        return found

    def spread(self, week: tuple[int, int], question: str) -> Counter[str] | None:
        """The answers of the team; None when too few contributed."""
        given = [(one.row["mentor"], str(one.said(question))) for one in self.of(week) if one.said(question)]
        if len(given) < 10 or len({mentor for mentor, _ in given}) < 3:
            return None
        return Counter(said for _, said in given)

    def unsafe(self, week: tuple[int, int]) -> list[Told]:
        """Debriefs that told of something beyond a hard visit, ended or not."""
        of_week = [one for one in self.all if one.week == week]
        return [one for one in of_week if _kinds(one) or one.said("outcome") == "left_for_safety"]

    def kinds(self, week: tuple[int, int]) -> Counter[str]:
        """What happened; nothing where fewer than three events or two mentors were behind it."""
        told = self.unsafe(week)
        if len(told) < 3 or len({one.row["mentor"] for one in told}) < 2:
            return Counter()
        return Counter(kind for one in told for kind in _kinds(one))

    def after_all(self, week: tuple[int, int]) -> Counter[str]:
        """Outcomes of meetings that were held in another form after all."""
        ours = [one for one in self.of(week) if one.said("absence_decision") == "held_otherwise"]
        return Counter(one.said("outcome") for one in ours)

    def reached(self, week: tuple[int, int], *whom: str) -> int:
        return sum(bool(set(whom) & set(one.said("safety_reached") or ())) for one in self.unsafe(week))

    def last_contacts(self, until: datetime) -> dict[str, datetime]:
        """Citizen → the last contact before ``until``: met, held after all, or reached by an attempt."""
        found: dict[str, datetime] = {}
        for citizen, at in self._contacts():
            if at < until:
                found[citizen] = max(at, found.get(citizen, at))
        return found

    def _contacts(self) -> Iterator[tuple[str, datetime]]:
        for one in self.ended:
            citizen = one.row["citizen"]
            if one.said("outcome") in HELD:
                yield citizen, one.met
            reached = [at for _, result, at in _attempts(one) if result == "reached"]
            yield from ((citizen, at) for at in reached)
            if one.said("absence_decision") == "held_otherwise" and not reached:
                yield citizen, datetime.fromisoformat(one.answers["absence_decision"]["answered_at"])

    def tried(self, citizen: str, since: datetime | None, until: datetime) -> Counter[str]:
        """Attempts by channel after the last contact."""
        return Counter(
            channel
            for one in self.ended
            if one.row["citizen"] == citizen
            for channel, _, at in _attempts(one)
            if at < until and (since is None or at > since)
        )

    def undecided(self, weeks: Sequence[tuple[int, int]]) -> Counter[str]:
        """Citizens about whose missed meeting nothing was decided."""
        return Counter(
            one.row["citizen"]
            for one in self.ended
            if one.week in weeks and one.said("outcome") in MISSED and one.said("absence_decision") is None
        )


def _kinds(one: Told) -> set[str]:
    return set(one.said("safety") or ()) - {"just_hard"}


def _attempts(one: Told) -> list[tuple[str, str, datetime]]:
    answer = one.answers.get("reach_tried")
    told = (answer["detail"] or {}).get("attempts", []) if answer and not answer["skipped"] else []
    return [(each["channel"], each["result"], datetime.fromisoformat(each["at"])) for each in told]


def days_apart(earlier: datetime, later: datetime) -> int:
    """Midnights between them in Copenhagen."""
    return (later.astimezone(_ZONE).date() - earlier.astimezone(_ZONE).date()).days


def weeks_before(week: tuple[int, int], number: int) -> list[tuple[int, int]]:
    """The week and those before it, the oldest first."""
    monday = date.fromisocalendar(*week, 1)
    found = [(monday - timedelta(weeks=back)).isocalendar()[:2] for back in range(number)]
    return [(year, number) for year, number in reversed(found)]


def by_band(days: Iterable[int]) -> dict[int, int]:
    """How many are beyond 7, 14 and 30 days, each counted once."""
    found: dict[int, int] = defaultdict(int)
    for one in days:
        if one > 7:
            found[30 if one > 30 else 14 if one > 14 else 7] += 1
    return dict(found)
