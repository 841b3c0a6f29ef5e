"""Which days and which times of day a reading can mean, the likeliest first."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.dialogue.phrases_said import Direction, Said

_JUST_MISSED = 30
"""Days. "24/11" said on 25 November about something to come is a slip, not a plan for next year."""

_NOON = 12 * 60
_DAY = 24 * 60
_FUTURE = Direction.FUTURE


def possible_days(said: Said, today: date, side: Direction) -> list[date]:
    """Local days, the likeliest first; empty when the reading contradicts itself ("i morgen fredag" on a Monday)."""
    fixed = [base for base in (said.date, said.week, said.week_number) if base is not None]
    others = [base for base in (said.anchor, said.shift) if base is not None]
    if len(fixed) > 1 or (fixed and others):
        return []
    return [_shifted(day, said.shift) for day in _bases(said, today, side)]


def possible_minutes(said: Said) -> list[int]:
    """Minutes after local midnight that the clock can mean, earliest first; empty when it contradicts the part."""
    if said.clock is None:
        return []
    minutes = said.clock.minutes
    if said.part:
        start, end, _ = said.part
        faces = {minutes, (minutes + _NOON) % _DAY} if minutes < 13 * 60 else {minutes}
        return sorted(m for face in faces for m in (face, face + _DAY) if start <= m <= end)
    return [minutes % _NOON, minutes % _NOON + _NOON] if said.clock.loose else [minutes]


def _bases(said: Said, today: date, side: Direction) -> list[date]:
    if said.date:
        return _dates(said.date, said.weekday, today, side)
    if said.week is not None or said.week_number:
        return _in_weeks(said, today, side)
    if said.anchor is not None:
        day = today + timedelta(days=said.anchor)
        return [day] if said.weekday in {None, day.weekday()} else []
    if said.weekday is not None:
        return _weekdays(said, said.weekday, today, side)
    if said.shift or not (said.clock or said.part):
        return [today]
    return [today + timedelta(days=n) for n in ((-1, 0, 1) if side is _FUTURE else (0, -1))]


def _weekdays(said: Said, weekday: int, today: date, side: Direction) -> list[date]:
    """The nearest such weekday that is not today; today too when a time can put it on the right side of now."""
    step = 1 if side is _FUTURE else -1
    away = (weekday - today.weekday()) * step % 7
    nearest = today + timedelta(days=step * away)
    if away:
        return [nearest]
    later = today + timedelta(days=7 * step)
    if said.shift:
        return [today]
    return [today, later] if said.clock or said.part else [later]


def _dates(wanted: tuple[int | None, int | None, int], weekday: int | None, today: date, side: Direction) -> list[date]:
    year, month, day = wanted
    if month is None:
        return _days_of_month(day, weekday, today, side)
    years = [year] if year else [today.year - 1, today.year, today.year + 1]
    found = list(_valid(years, month, day))
    if not found and not year:  # 29 February
        found = list(_valid(range(today.year - 8, today.year + 9), month, day))
    if year:
        return [one for one in found if weekday in {None, one.weekday()}]
    return _nearest(found, weekday, today, side)


def _valid(years: list[int] | range, month: int, day: int) -> Iterator[date]:
    for year in years:
        try:
            yield date(year, month, day)
        except ValueError:
            continue


def _nearest(days: list[date], weekday: int | None, today: date, side: Direction) -> list[date]:
    """The nearest day on the right side, unless one was missed so lately that it must be the one meant.

    A weekday said with it must be true of that day, or at least of the day in this year.
    """
    grace = timedelta(days=_JUST_MISSED)
    if side is _FUTURE:
        right = [day for day in days if day >= today - grace][:1]
    else:
        right = [day for day in days if day <= today + grace][-1:]
    likely = [*right, *(day for day in days if day.year == today.year)]
    return [day for day in likely if weekday in {None, day.weekday()}][:1]


def _days_of_month(day: int, weekday: int | None, today: date, side: Direction) -> list[date]:
    """Such days in this month and the next (or last) three, where the month has one ("den 31.")."""
    step = 1 if side is _FUTURE else -1
    months = [today.year * 12 + today.month - 1 + step * ahead for ahead in range(4)]
    found = [one for month in months for one in _valid([month // 12], month % 12 + 1, day)]
    return [one for one in found if (one - today).days * step >= 0 and weekday in {None, one.weekday()}]


def _in_weeks(said: Said, today: date, side: Direction) -> list[date]:
    monday = _monday(said, today, side)
    if monday is None:
        return []
    week = [monday + timedelta(days=n) for n in range(7)]
    if said.weekday is not None:
        return [week[said.weekday]]
    # "uge 48" in week 48: a day still to come, like "torsdag" is never today
    return sorted(week, key=lambda day: (day <= today, day)) if side is _FUTURE else week


def _monday(said: Said, today: date, side: Direction) -> date | None:
    if said.week is not None:
        return today + timedelta(days=7 * said.week - today.weekday())
    number, year = said.week_number or (0, None)
    mondays = []
    for one in [year] if year else [today.year - 1, today.year, today.year + 1]:
        try:
            mondays.append(date.fromisocalendar(one, number, 1))
        except ValueError:  # no such week, or week 53 of a year with 52
            continue
    chosen = mondays if year else _nearest(mondays, None, today, side)
    return chosen[0] if chosen else None


def _shifted(day: date, shift: tuple[int, int] | None) -> date:
    months, days = shift or (0, 0)
    month = day.year * 12 + day.month - 1 + months
    first = date(month // 12, month % 12 + 1, 1)
    last = (date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)).day
    return first.replace(day=min(day.day, last)) + timedelta(days=days)
