"""What a phrase about time says, before it is known which moment that is."""

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from enum import Enum

Span = tuple[int, int, int]
"""A part of the day: from, until, and the usual moment in it, in minutes after local midnight."""


class Direction(Enum):
    """Which side of now is asked for: a contact that was (PAST), or one to come (FUTURE)."""

    PAST = "past"
    FUTURE = "future"


@dataclass(frozen=True)
class Clock:
    """Minutes after local midnight (1440 is the midnight that ends the day).

    `loose`: said as on a clock face ("klokken to", "halv otte", "kl. 3"), so twelve hours later is possible too.
    """

    minutes: int
    loose: bool = False


@dataclass(frozen=True)
class Said:
    """The pieces of one reading; None where nothing was said."""

    tense: Direction | None = None  # the words themselves look back ("i mandags") or ahead ("på torsdag")
    anchor: int | None = None  # days from today
    weekday: int | None = None  # Monday is 0
    date: tuple[int | None, int | None, int] | None = None  # year, month, day
    week: int | None = None  # ISO weeks from this one
    week_number: tuple[int, int | None] | None = None  # ISO week, year
    shift: tuple[int, int] | None = None  # months and days to add to the day
    offset: timedelta | None = None  # real time from now
    clock: Clock | None = None
    part: Span | None = None
    winter: bool | None = None  # the second of a repeated hour
    bare: bool | None = None  # the clock was only a number, so a day must stand beside it

    @property
    def has_day(self) -> bool:
        """Whether a day was said in any way."""
        days = (self.anchor, self.weekday, self.date, self.week, self.week_number, self.shift)
        return any(day is not None for day in days)

    @property
    def holds_together(self) -> bool:
        """Whether the pieces make a moment: real time from now stands alone, a bare number needs its day."""
        if self.offset is not None:
            return not (self.has_day or self.clock or self.part)
        if self.clock is None:
            return self.winter is None
        return self.has_day or not self.bare

    @property
    def is_day_only(self) -> bool:
        """Whether nothing narrower than a day was said."""
        return self.offset is None and self.clock is None and self.part is None


_REPEATABLE = frozenset({"tense", "part"})  # "på torsdag om en uge", "i morgen tidlig ... om morgenen"


def merge(one: Said, other: Said) -> Said | None:
    """Both pieces together, or None when they speak of the same thing twice or against each other."""
    added = {field.name: value for field in fields(Said) if (value := getattr(other, field.name)) is not None}
    for name, value in added.items():
        if getattr(one, name) not in ({None, value} if name in _REPEATABLE else {None}):
            return None
    return replace(one, **added)
