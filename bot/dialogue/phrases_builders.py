"""The kinds a pattern can ask for, and the builders that turn the tokens they caught into what was said.

A builder answers None when the numbers make no sense ("kl. 25").
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.dialogue.phrases_said import Clock, Direction, Said
from bot.dialogue.phrases_tokens import Token

Caught = Sequence[Token]
Builder = Callable[[Caught], Said | None]

PAST, FUTURE = Direction.PAST, Direction.FUTURE
_LONGEST_WAIT_DAYS = 3700  # ten years; whoever types more has slipped

KINDS: dict[str, Callable[[Token], bool]] = {
    "WEEKDAY": lambda t: t.kind == "weekday",
    "PASTDAY": lambda t: t.kind == "pastday",
    "PASTPART": lambda t: t.kind == "pastpart",
    "MONTH": lambda t: t.kind == "month",
    "UNIT": lambda t: t.kind == "unit",
    "AMPM": lambda t: t.kind == "ampm",
    "PART": lambda t: t.kind in {"part", "daypart", "pastpart"},
    "DAYPART": lambda t: t.kind == "daypart",
    "NUM": lambda t: t.kind == "num",
    "QTY": lambda t: t.kind in {"num", "half"} or (t.kind == "pair" and t.text.endswith(".5")),
    "DAY": lambda t: t.kind in {"num", "ord"} and 1 <= t.numbers[0] <= 31,
    "ORD": lambda t: t.kind == "ord" and 1 <= t.numbers[0] <= 31,
    "YEAR": lambda t: t.kind == "num" and 2000 <= t.numbers[0] <= 2099,
    "HOUR": lambda t: t.kind in {"num", "ord"} and t.numbers[0] <= 24 and not KINDS["HHMM"](t),
    "MINUTES": lambda t: t.kind == "num" and 1 <= t.numbers[0] <= 29,
    "CLOCK": lambda t: t.kind == "clock",
    "PAIR": lambda t: t.kind == "pair",
    "CLOCKPAIR": lambda t: t.kind == "pair" and _looks_like_clock(t),
    "HHMM": lambda t: t.kind == "num" and len(t.text) == 4 and t.text.isdigit(),
    "DM": lambda t: t.kind == "dm",
    "DATE": lambda t: t.kind == "date",
}


def _looks_like_clock(token: Token) -> bool:
    """Whether "14.30" alone is a time and not a day: no such day, or a daytime hour in round minutes."""
    hour, minute = token.numbers
    if hour > 24 or len(token.text.split(".")[1]) != 2:
        return False
    return minute > 12 or (hour >= 7 and minute % 5 == 0)


# Builders of days


def on_weekday(tense: Direction | None = None, week: int | None = None) -> Builder:
    """A weekday, with what the words around it say of its side or its week."""
    return lambda caught: Said(weekday=caught[0].numbers[0], tense=tense, week=week)


def in_week(caught: Caught) -> Said:
    """A numbered ISO week, perhaps with its year ("uge 49", "uge 2 2027")."""
    number, *year = (token.numbers[0] for token in caught)
    return Said(week_number=(number, year[0] if year else None))


def week_after(caught: Caught) -> Said:
    """A week after the coming weekday ("a week on Friday")."""
    return Said(tense=FUTURE, weekday=caught[0].numbers[0], shift=(0, 7))


def on_date(caught: Caught) -> Said | None:
    """A date with its year; dates of another century are slips."""
    year, month, day = caught[0].numbers
    return Said(date=(year, month, day)) if 2000 <= year <= 2099 else None


def on_day_month(caught: Caught) -> Said:
    """A day and a month in Danish (and British) order, perhaps with a year."""
    day, month, *year = (number for token in caught for number in token.numbers)
    return Said(date=(year[0] if year else None, month, day))


def on_month_day(caught: Caught) -> Said:
    """A month and a day ("December 5th")."""
    month, day, *year = caught
    return on_day_month([day, month, *year])


def on_day(caught: Caught) -> Said:
    """A day of a month that is not named ("den 5.")."""
    return Said(date=(None, None, caught[0].numbers[0]))


def in_part(anchor: int | None = None, tense: Direction | None = None) -> Builder:
    """A part of the day, today when `anchor` is 0."""

    def build(caught: Caught) -> Said:
        start, end, usual = caught[0].numbers
        return Said(part=(start, end, usual), anchor=anchor, tense=tense)

    return build


def _halves(quantity: Token) -> int:
    if quantity.kind == "pair":  # "2.5"
        return 2 * quantity.numbers[0] + 1
    return quantity.numbers[0] * (1 if quantity.kind == "half" else 2)


def by_amount(tense: Direction, extra_halves: int = 0) -> Builder:
    """A quantity and a unit before or after now; in halves, so that "halvanden time" stays a whole number."""
    sign = 1 if tense is FUTURE else -1

    def build(caught: Caught) -> Said | None:
        *quantities, unit = caught
        halves = extra_halves + sum(map(_halves, quantities))
        (minutes, odd_m), (days, odd_d), (months, odd_n) = (divmod(size * halves, 2) for size in unit.numbers)
        too_far = minutes / 1440 + days + months * 31 > _LONGEST_WAIT_DAYS
        if halves == 0 or odd_m or odd_d or odd_n or too_far:
            return None
        if minutes:
            return Said(tense=tense, offset=timedelta(minutes=sign * minutes))
        return Said(tense=tense, shift=(sign * months, sign * days))

    return build


# Builders of times


def _checked(hour: int, minute: int, *, loose: bool = False, bare: bool | None = None) -> Said | None:
    minutes = 60 * hour + minute
    if minute > 59 or minutes > 1440:
        return None
    return Said(clock=Clock(minutes, loose), bare=bare)


def _is_loose(token: Token, hour: int) -> bool:
    """Whether it can be afternoon as well: "3" and "tre" can; "03" and "10" are of the 24-hour clock."""
    digits = token.text.rstrip(".").partition(".")[0].partition(":")[0]
    return 1 <= hour <= 12 and not (digits.isdigit() and len(digits) == 2)


def at_clock(caught: Caught) -> Said | None:
    """Hours and minutes ("14.30", "9:15")."""
    hour, minute = caught[0].numbers
    return _checked(hour, minute, loose=_is_loose(caught[0], hour))


def at_digits(caught: Caught) -> Said | None:
    """Four digits after "kl." ("kl. 1430")."""
    return _checked(*divmod(caught[0].numbers[0], 100))


def at_hour(caught: Caught, bare: bool | None = None) -> Said | None:
    """A whole hour ("kl. 14", "klokken to")."""
    hour = caught[0].numbers[0]
    return _checked(hour, 0, loose=_is_loose(caught[0], hour), bare=bare)


def at_bare_hour(caught: Caught) -> Said | None:
    """An hour with no word for it ("i morgen 10")."""
    return at_hour(caught, bare=True)


def at_ampm(caught: Caught) -> Said | None:
    """An hour, perhaps with minutes, before or after noon."""
    hour, minute = (*caught[0].numbers, 0)[:2]
    return _checked(hour % 12 + caught[1].numbers[0] // 60, minute) if 1 <= hour <= 12 else None


def around_hour(minutes: int) -> Builder:
    """Some minutes from an hour on the clock face, less than nothing being before it ("halv tre" is -30)."""

    def build(caught: Caught) -> Said | None:
        hour = caught[-1].numbers[0]
        if not 1 <= hour <= 12:
            return None
        return Said(clock=Clock((60 * hour + minutes) % 720, loose=True))

    return build


def minutes_around(sign: int, from_half: int = 0) -> Builder:
    """Minutes said before or after an hour or its half ("ti over tre", "fem i halv tre")."""
    return lambda caught: around_hour(sign * caught[0].numbers[0] + from_half)(caught)
