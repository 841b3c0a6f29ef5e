"""Local time and UTC, working days, and how a moment is said to a mentor.

Pure: the zone, the holidays and "now" are arguments. Instants are aware and in UTC unless a name says local.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_WEEKDAYS = {
    "da": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
_MONTHS = {
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "en": "January February March April May June July August September October November December",
}
_NEAR = {"da": {0: "i dag", -1: "i går"}, "en": {0: "today", -1: "yesterday"}}


def local(at: datetime, zone: tzinfo) -> datetime:
    """The aware instant `at` on the wall clock of `zone`. ValueError when `at` is naive."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be placed; pass an aware datetime")
    return at.astimezone(zone)


def utc(local_date: date, local_time: time, zone: tzinfo, *, second: bool = False) -> datetime:
    """The instant in UTC when the wall clock of `zone` shows this date and time.

    A time that the spring change skips is read with the offset before the change (02:30 becomes 03:30), and
    one that autumn repeats is its first occurrence (RFC 5545 section 3.3.5); `second` asks for the other one.
    """
    wall = datetime.combine(local_date, local_time.replace(tzinfo=None, fold=int(second)), tzinfo=zone)
    return wall.astimezone(UTC)


def at_local(day: date, hour: int, minute: int, zone: tzinfo) -> datetime:
    """The instant in UTC of hour:minute local time on `day`; the clock changes are treated as in `utc`."""
    return utc(day, time(hour, minute), zone)


def is_working_day(day: date, holidays: frozenset[date], weekdays: frozenset[int]) -> bool:
    """Whether `day` is one of `weekdays` (Monday is 0, as in `date.weekday`) and no holiday."""
    return day.weekday() in weekdays and day not in holidays


def next_working_day(day: date, holidays: frozenset[date], weekdays: frozenset[int]) -> date:
    """The first working day strictly after `day`. ValueError when there is none within a year."""
    for ahead in range(1, 367):
        later = day + timedelta(days=ahead)
        if is_working_day(later, holidays, weekdays):
            return later
    raise ValueError("no working day within a year; name at least one weekday as a working day")


def iso_week(day: date) -> tuple[int, int]:
    """(ISO year, ISO week) of `day`, weeks beginning on Monday (ISO 8601, the weeks Danes count by)."""
    year, week, _ = day.isocalendar()
    return year, week


def say_when(at: datetime, now: datetime, zone: tzinfo, language: str, has_time: bool) -> str:
    """Say the instant `at` to the minute in Danish ("da") or English ("en"), so that it can mean only one thing.

    "torsdag 26. november kl. 14.00", "i dag kl. 14.05", "i går"; with the year when it is not the year of `now`.
    Without `has_time` only the day is said. The second of the two 02:30s of autumn says "vintertid" (winter
    time). Any other language is answered in Danish.
    """
    tongue = language if language in _MONTHS else "da"
    moment = local(at, zone)
    today = local(now, zone).date()
    said = _NEAR[tongue].get((moment.date() - today).days) or _long_date(moment.date(), today, tongue)
    return said + _clock(moment, tongue) if has_time else said


def _long_date(day: date, today: date, language: str) -> str:
    weekday = _WEEKDAYS[language].split()[day.weekday()]
    month = _MONTHS[language].split()[day.month - 1]
    dot = "." if language == "da" else ""
    year = f" {day.year}" if day.year != today.year else ""
    return f"{weekday} {day.day}{dot} {month}{year}"


def _clock(moment: datetime, language: str) -> str:
    repeated = moment.fold == 1
    if language == "en":
        return f" at {moment:%H:%M}" + (" winter time" if repeated else "")
    return f" kl. {moment:%H.%M}" + (" vintertid" if repeated else "")
