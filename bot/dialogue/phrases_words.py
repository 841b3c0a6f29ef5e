"""The words of the date and time grammar, Danish and English, as data. Spelled as in the dictionary; folded later."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.dialogue.phrases_said import Span

Numbers = tuple[int, ...]
Words = Mapping[str, Mapping[str, Numbers]]

MORNING: Span = (4 * 60, 12 * 60, 8 * 60)
FORENOON: Span = (6 * 60, 13 * 60, 10 * 60)
MIDDAY: Span = (11 * 60, 14 * 60, 12 * 60)
AFTERNOON: Span = (12 * 60, 19 * 60, 14 * 60)
EVENING: Span = (17 * 60, 24 * 60, 19 * 60)
NIGHT: Span = (21 * 60, 30 * 60, 25 * 60)  # runs into the next day; 01:00 keeps clear of the hour the clocks change


@dataclass(frozen=True)
class Vocabulary:
    """One language: kind -> word -> numbers; words that mean nothing here; words not to be read in the other."""

    words: Words
    fillers: str
    joined: str = ""  # what people write together with a leading "i": "idag", "imorgen"
    own: str = ""  # "fri" is free time to a Dane, not an English Friday


def _ranked(groups: str, first: int) -> dict[str, Numbers]:
    """ "a b, c" -> both a and b are `first`, c is the one after."""
    return {word: (number,) for number, group in enumerate(groups.split(","), first) for word in group.split()}


def _same(words: str, numbers: Numbers) -> dict[str, Numbers]:
    return dict.fromkeys(words.split(), numbers)


_DANISH_DAYS = _ranked(
    "mandag man mand, tirsdag tir tirs tirsd, onsdag ons onsd, torsdag tor tors torsd, "
    "fredag fre fred, lørdag lør lørd, søndag søn sønd",
    0,
)

DANISH = Vocabulary(
    words={
        "weekday": _DANISH_DAYS,
        "pastday": {f"{day}s": number for day, number in _DANISH_DAYS.items() if day.endswith("dag")},
        "month": _ranked(
            "januar jan, februar feb febr, marts mar, april apr, maj, juni jun, juli jul, august aug, "
            "september sep sept, oktober okt, november nov, december dec",
            1,
        ),
        "num": _ranked(
            "en et, to, tre, fire, fem, seks, syv, otte, ni, ti, elleve, tolv, tretten, fjorten, femten, "
            "seksten, sytten, atten, nitten, tyve",
            1,
        )
        | {"tredive": (30,)},
        "half": {"halvanden": (3,), "halvandet": (3,)},
        "ord": _ranked(
            "første, anden, tredje, fjerde, femte, sjette, syvende, ottende, niende, tiende, ellevte, tolvte", 1
        ),
        "unit": {  # minutes, days, months
            **_same("minut minutter min minutters", (1, 0, 0)),
            **_same("kvarter kvarters", (15, 0, 0)),
            **_same("time timer times timers t", (60, 0, 0)),
            **_same("dag dage dages døgn døgns", (0, 1, 0)),
            **_same("uge uger uges ugers", (0, 7, 0)),
            **_same("måned måneder måneds måneders md mdr", (0, 0, 1)),
            **_same("år års", (0, 0, 12)),
        },
        "part": {
            **_same("morgen morgenen tidlig tidligt", MORNING),
            **_same("formiddagen", FORENOON),
            **_same("middagen middagstid", MIDDAY),
            **_same("eftermiddagen", AFTERNOON),
            **_same("aftenen aftes", EVENING),
            **_same("nat natten", NIGHT),
        },
        "pastpart": {
            **_same("morges", MORNING),
            **_same("formiddags", FORENOON),
            **_same("middags", MIDDAY),
            **_same("eftermiddags", AFTERNOON),
        },
        "daypart": {  # these may follow "i" and then mean today; "i morgen" is another day
            **_same("formiddag", FORENOON),
            **_same("middag", MIDDAY),
            **_same("eftermiddag", AFTERNOON),
            **_same("aften", EVENING),
        },
    },
    fillers="ca cirka omkring ved senest lige her tak",
    joined="dag morgen overmorgen går forgårs formiddag eftermiddag aften morges formiddags eftermiddags aftes nat",
    own="fri",
)

ENGLISH = Vocabulary(
    words={
        "weekday": _ranked(
            "monday mon, tuesday tue tues, wednesday wed weds, thursday thu thur thurs, friday fri, "
            "saturday sat, sunday sun",
            0,
        ),
        "month": _ranked(
            "january jan, february feb, march mar, april apr, may, june jun, july jul, august aug, "
            "september sep sept, october oct, november nov, december dec",
            1,
        ),
        "num": _ranked(
            "one a an, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, "
            "fourteen, fifteen, sixteen, seventeen, eighteen, nineteen, twenty",
            1,
        )
        | {"thirty": (30,)},
        "ord": _ranked(
            "first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth, eleventh, twelfth", 1
        ),
        "ampm": {"am": (0,), "pm": (12 * 60,)},
        "unit": {
            **_same("minute minutes min mins", (1, 0, 0)),
            **_same("hour hours hr hrs h", (60, 0, 0)),
            **_same("day days", (0, 1, 0)),
            **_same("week weeks", (0, 7, 0)),
            **_same("fortnight fortnights", (0, 14, 0)),
            **_same("month months", (0, 0, 1)),
            **_same("year years", (0, 0, 12)),
        },
        "part": _same("night", NIGHT),
        "daypart": {
            **_same("morning", MORNING),
            **_same("afternoon", AFTERNOON),
            **_same("evening", EVENING),
        },
    },
    fillers="about around by just please",
    own="man son fire",
)
