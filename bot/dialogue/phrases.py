"""Reads what a mentor types as a date or time, Danish first, English second.

A small grammar of our own: words are in `phrases_words`, tokens in `phrases_tokens`, rules in `phrases_rules`,
days in `phrases_days`. Nothing is guessed without being sayable: echo the answer with `say_when`.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.dialogue.calendar import local, say_when, utc
from bot.dialogue.phrases_days import possible_days, possible_minutes
from bot.dialogue.phrases_grammar import readings
from bot.dialogue.phrases_said import Direction, Said, Span

__all__ = ["Direction", "NotUnderstood", "When", "WrongSide", "read_when", "say_when"]

_LONGEST_TEXT = 120  # characters; a phrase about time is short, and reading must stay quick for any text
_DAYTIME = range(7, 20)  # hours that are meant when "halv otte" could be two times of the day
_DAY: dict[Direction, Span] = {Direction.FUTURE: (0, 1440, 9 * 60), Direction.PAST: (0, 1440, 12 * 60)}


@dataclass(frozen=True)
class When:
    """A moment on the right side of now. `at` is in UTC.

    Without `has_time` only a day was said: `at` is then 09:00 (to come) or 12:00 (past) local time; for today,
    when that is on the wrong side, the next whole hour or now.
    """

    at: datetime
    has_time: bool


@dataclass(frozen=True)
class NotUnderstood:
    """The text is no date or time that we know."""


@dataclass(frozen=True)
class WrongSide:
    """Understood, but in the past where something to come was asked for, or the other way round. `at` is in UTC."""

    at: datetime


@dataclass(frozen=True)
class _Moment:
    """Now, and the side of it that is asked for."""

    now: datetime
    zone: tzinfo
    direction: Direction

    @property
    def today(self) -> date:
        return local(self.now, self.zone).date()

    def fits(self, at: datetime) -> bool:
        return at >= self.now if self.direction is Direction.FUTURE else at <= self.now

    def at(self, day: date, minutes: int, winter: bool | None = None) -> datetime:
        """Local minutes after midnight of `day`, 1440 and more being the next day."""
        days, minutes = divmod(minutes, 1440)
        wall = time(*divmod(minutes, 60))
        return utc(day + timedelta(days=days), wall, self.zone, second=bool(winter))


def read_when(
    text: str, now: datetime, zone: tzinfo, direction: Direction, language: str = "da"
) -> When | NotUnderstood | WrongSide:
    """Read typed `text` as a moment before or after the aware `now`, in the mentor's `zone` and `language`.

    Never raises for any text. A weekday or a bare time is the nearest on the right side of now; a bare hour
    lies between 7 and 19 when it can; what happened in the last 30 days is not taken for next year.
    """
    if len(text) > _LONGEST_TEXT:
        return NotUnderstood()
    moment = _Moment(local(now, UTC), zone, direction)
    for said in readings(text, language):
        if result := _resolve(said, moment):
            return result
    return NotUnderstood()


def _resolve(said: Said, moment: _Moment) -> When | WrongSide | None:
    """The moment that `said` stands for; None when its pieces do not go together."""
    if not said.holds_together:
        return None
    # "på torsdag" looks ahead whatever is asked for: read it so, and let it be on the wrong side
    at = _instant(said, replace(moment, direction=said.tense or moment.direction), _DAY[moment.direction])
    if at is None:
        return None
    if not moment.fits(at):
        return WrongSide(at)
    if said.tense not in {None, moment.direction}:
        return None
    return When(at, has_time=not said.is_day_only)


def _instant(said: Said, moment: _Moment, whole_day: Span) -> datetime | None:
    if said.offset is not None:
        at = moment.now + said.offset
        minute = at.replace(second=0, microsecond=0)
        return minute if moment.fits(minute) else at
    days = possible_days(said, moment.today, moment.direction)
    if said.clock:
        return _at_clock(said, moment, days)
    return _within(said.part or whole_day, moment, days) if days else None


def _at_clock(said: Said, moment: _Moment, days: list[date]) -> datetime | None:
    """The likeliest of all days and clock faces: on the right side first, then in daytime, then in order."""
    faces = possible_minutes(said)
    if not said.has_day and moment.direction is Direction.PAST:
        faces.reverse()  # with no day said, the nearest
    places = [(day, minutes, moment.at(day, minutes, said.winter)) for day in days for minutes in faces]
    best = min(places, key=lambda p: (not moment.fits(p[2]), p[1] // 60 not in _DAYTIME), default=None)
    return best[2] if best else None


def _within(span: Span, moment: _Moment, days: list[date]) -> datetime:
    """The usual moment of a day or part of it; failing that what is left of it, or was of it, around now."""
    _, _, usual = span
    at_usual = [moment.at(day, usual) for day in days]
    around_now = [near for day in days if (near := _near_now(day, span, moment))]
    return [*filter(moment.fits, at_usual), *around_now, *at_usual][0]


def _near_now(day: date, span: Span, moment: _Moment) -> datetime | None:
    start, end, _ = span
    if not moment.at(day, start) <= moment.now < moment.at(day, end):
        return None
    if moment.direction is Direction.PAST:
        return moment.now.replace(second=0, microsecond=0)
    wall = local(moment.now, moment.zone)
    whole_hour = moment.at(wall.date(), 60 * (wall.hour + 1))
    return whole_hour if moment.now <= whole_hour < moment.at(day, end) else moment.now
