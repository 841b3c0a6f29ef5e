"""The parts of organisation.yaml: what each may say, and its defaults."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: Sequence[Weekday] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Hours:
    """From and until, local time; ``until`` is later."""

    start: time
    end: time


def clock_of(value: Any) -> time:
    found = _CLOCK.match(value.strip()) if isinstance(value, str) else None
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError('must be a time of day such as "07:30"')
    return time(int(found[1]), int(found[2] or 0))


def _hours(value: Any) -> Hours | None:
    if isinstance(value, Hours) or value in (None, ""):
        return value or None
    ends = re.split(r"\s*[-–]\s*", value.strip()) if isinstance(value, str) else []
    if len(ends) != 2:
        raise ValueError('must be hours such as "08:00-17:00", or "" for a day off')
    hours = Hours(clock_of(ends[0]), clock_of(ends[1]))
    if hours.end <= hours.start:
        raise ValueError('must end later than it begins, such as "08:00-17:00"')
    return hours


def _telephone(value: str) -> str:
    if not re.fullmatch(r"\+?[\d ()/-]{2,30}", value, re.ASCII) or not any(char.isdigit() for char in value):
        raise ValueError('must be a phone number such as "112" or "+45 12 34 56 78"')
    return value


def growing(value: tuple[float, ...]) -> tuple[float, ...]:
    if list(value) != sorted(set(value)):
        raise ValueError("must be numbers of hours that grow, such as [2, 24]")
    return value


DayHours = Annotated[Hours | None, BeforeValidator(_hours)]
Clock = Annotated[time, BeforeValidator(clock_of)]
_WORKDAY = Hours(time(8), time(17))


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class EmergencyLine(Part):
    """One line of the emergency card."""

    label: Line
    number: Annotated[Line, AfterValidator(_telephone)]

    @property
    def example(self) -> bool:
        """True when the number is all zeros: an example that was not filled in must never be shown to anybody."""
        return set(re.sub(r"\D", "", self.number)) == {"0"}


class Support(Part):
    """The workplace's own help after something hard; "" where there is none."""

    working_environment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    counselling: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    own: Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)] = ""


class WorkingHours(Part):
    """When people work, day by day; None for a day off."""

    monday: DayHours = _WORKDAY
    tuesday: DayHours = _WORKDAY
    wednesday: DayHours = _WORKDAY
    thursday: DayHours = _WORKDAY
    friday: DayHours = _WORKDAY
    saturday: DayHours = None
    sunday: DayHours = None

    def on(self, weekday: int) -> Hours | None:
        """Give the hours of a weekday, Monday being 0."""
        hours: Hours | None = getattr(self, WEEKDAYS[weekday])
        return hours


class WeeklySummary(Part):
    """When the lead's summary of the week before is sent, local time."""

    day: Weekday = "monday"
    time: Clock = time(8)


Months = Annotated[int, Field(ge=1, le=240)]


class Retention(Part):
    """How many months each kind of data is kept, counted from when it was written. ``answers``: debriefs, their answers
    and what belongs to them. ``contact_log``: what stands in the contact and absence log, as agreed with the
    municipality; never shorter than nothing, and it may be longer than ``answers``. ``audit``: who read, exported or
    erased what."""

    answers: Months = 24
    contact_log: Months = 60
    audit: Months = 60


class Backup(Part):
    """When the running bot makes a backup by itself, local time, and how many it keeps: one for each of so many days,
    and one for each of so many weeks before."""

    time: Clock = time(3)
    daily: Annotated[int, Field(ge=1, le=60)] = 7
    weekly: Annotated[int, Field(ge=0, le=60)] = 4
