"""The grammar as tables: a pattern of words on the left, what it says on the right.

A pattern is words in folded spelling (see `phrases_tokens.fold`), with `|` between alternatives, `?` after what
may be missing, and kinds in capitals. Where a phrase can be read in two ways, the rule that stands first wins.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.dialogue import phrases_builders as b
from bot.dialogue.phrases_said import Clock, Direction, Said
from bot.dialogue.phrases_words import EVENING, NIGHT

Rules = tuple[tuple[str, Said | b.Builder], ...]

PAST, FUTURE = Direction.PAST, Direction.FUTURE


def _amounts(frame: str, tense: Direction, forms: Sequence[tuple[str, int]]) -> Rules:
    return tuple((frame.format(form), b.by_amount(tense, extra)) for form, extra in forms)


_DATES: Rules = (
    ("d|den|the? DATE", b.on_date),
    ("d|den|the? DM", b.on_day_month),
    ("d|den PAIR", b.on_day_month),
    ("d|den|the? DAY of? MONTH YEAR?", b.on_day_month),
    ("MONTH DAY YEAR?", b.on_month_day),
    ("d|den|the DAY", b.on_day),
    ("ORD", b.on_day),
)

_NUMBERS: Rules = (  # last: shapes that only the rest of the phrase explains
    ("CLOCK", b.at_clock),
    ("CLOCKPAIR", b.at_clock),
    ("PAIR", b.on_day_month),
    ("PAIR", b.at_clock),
    ("HOUR", b.at_bare_hour),
)

_DANISH_AMOUNTS = (  # pattern, halves of the unit to add
    ("QTY UNIT tid?", 0),
    ("QTY og? en|et halv|halvt UNIT", 1),
    ("en|et halv|halvt UNIT", 1),
    ("et par UNIT", 4),
)

DANISH_RULES: Rules = (
    ("i dag", Said(anchor=0)),
    ("senere i dag", Said(anchor=0, tense=FUTURE)),
    ("tidligere i dag", Said(anchor=0, tense=PAST)),
    ("i morgen", Said(anchor=1)),
    ("i? overmorgen", Said(anchor=2)),
    ("i gar", Said(anchor=-1)),
    ("i? forgars", Said(anchor=-2)),
    ("i aftes", Said(anchor=-1, part=EVENING, tense=PAST)),
    ("i nat", Said(part=NIGHT)),
    ("i DAYPART", b.in_part(anchor=0)),
    ("i PASTPART", b.in_part(anchor=0, tense=PAST)),
    ("til PART", b.in_part(anchor=0)),
    ("om? PART", b.in_part()),
    ("WEEKDAY", b.on_weekday()),
    ("nu? pa|til WEEKDAY", b.on_weekday(FUTURE)),
    ("pa? denne|kommende|forstkommende WEEKDAY", b.on_weekday(FUTURE)),
    ("pa? neste|naste WEEKDAY", b.on_weekday(week=1)),
    ("sidste WEEKDAY", b.on_weekday(PAST)),
    ("forrige WEEKDAY", b.on_weekday(week=-1)),
    ("i? PASTDAY", b.on_weekday(PAST)),
    ("i? weekenden|weekend", Said(weekday=5)),
    ("efter weekenden|weekend", Said(weekday=0, week=1)),
    ("i? neste|naste uge", Said(week=1)),
    ("i? denne uge", Said(week=0)),
    ("i? sidste|forrige uge", Said(week=-1)),
    ("i? uge NUM YEAR?", b.in_week),
    *_amounts("om {}", FUTURE, _DANISH_AMOUNTS),
    *_amounts("for? {} siden", PAST, _DANISH_AMOUNTS),
    ("nu|straks", Said(offset=timedelta())),
    *_DATES,
    ("kl|klokken CLOCK|PAIR", b.at_clock),
    ("kl|klokken HHMM", b.at_digits),
    ("kl|klokken HOUR", b.at_hour),
    ("kl|klokken? halv HOUR", b.around_hour(-30)),
    ("kl|klokken? kvart over HOUR", b.around_hour(15)),
    ("kl|klokken? kvart i HOUR", b.around_hour(-15)),
    ("kl|klokken? MINUTES minutter|min? over HOUR", b.minutes_around(1)),
    ("kl|klokken? MINUTES minutter|min? i HOUR", b.minutes_around(-1)),
    ("kl|klokken? MINUTES minutter|min? over halv HOUR", b.minutes_around(1, -30)),
    ("kl|klokken? MINUTES minutter|min? i halv HOUR", b.minutes_around(-1, -30)),
    ("HOUR tiden", b.at_hour),
    ("vintertid", Said(winter=True)),
    ("sommertid", Said(winter=False)),
    *_NUMBERS,
)

_ENGLISH_AMOUNTS = (
    ("QTY UNIT", 0),
    ("half a|an? UNIT", 1),
    ("QTY UNIT and a half", 1),
    ("QTY and a half UNIT", 1),
    ("a couple of? UNIT", 4),
)

ENGLISH_RULES: Rules = (
    ("today", Said(anchor=0)),
    ("later today", Said(anchor=0, tense=FUTURE)),
    ("earlier today", Said(anchor=0, tense=PAST)),
    ("tomorrow", Said(anchor=1)),
    ("the? day after tomorrow", Said(anchor=2)),
    ("yesterday", Said(anchor=-1)),
    ("the? day before yesterday", Said(anchor=-2)),
    ("last night", Said(anchor=-1, part=EVENING, tense=PAST)),
    ("tonight", Said(anchor=0, part=EVENING)),
    ("this DAYPART", b.in_part(anchor=0)),
    ("in the PART", b.in_part()),
    ("at? PART", b.in_part()),
    ("on? WEEKDAY", b.on_weekday()),
    ("this|coming WEEKDAY", b.on_weekday(FUTURE)),
    ("next WEEKDAY", b.on_weekday(week=1)),
    ("last WEEKDAY", b.on_weekday(PAST)),
    ("a week on WEEKDAY", b.week_after),
    ("next week", Said(week=1)),
    ("this week", Said(week=0)),
    ("last week", Said(week=-1)),
    ("in? week NUM YEAR?", b.in_week),
    *_amounts("in {}", FUTURE, _ENGLISH_AMOUNTS),
    *_amounts("{} from now", FUTURE, _ENGLISH_AMOUNTS),
    *_amounts("{} ago", PAST, _ENGLISH_AMOUNTS),
    ("in a? quarter of an hour", Said(tense=FUTURE, offset=timedelta(minutes=15))),
    ("a? quarter of an hour ago", Said(tense=PAST, offset=timedelta(minutes=-15))),
    ("now", Said(offset=timedelta())),
    ("on DATE", b.on_date),
    ("on DM", b.on_day_month),
    ("on the? DAY of? MONTH YEAR?", b.on_day_month),
    ("on the DAY", b.on_day),
    *_DATES,
    ("at? HOUR|CLOCK|PAIR AMPM", b.at_ampm),
    ("at CLOCK|PAIR", b.at_clock),
    ("at HHMM", b.at_digits),
    ("at HOUR", b.at_hour),
    ("at? half past? HOUR", b.around_hour(30)),
    ("at? a? quarter past HOUR", b.around_hour(15)),
    ("at? a? quarter to HOUR", b.around_hour(-15)),
    ("at? MINUTES minutes|min? past HOUR", b.minutes_around(1)),
    ("at? MINUTES minutes|min? to HOUR", b.minutes_around(-1)),
    ("at? HOUR oclock", b.at_hour),
    ("at? noon", Said(clock=Clock(720))),
    ("winter time", Said(winter=True)),
    ("summer time", Said(winter=False)),
    *_NUMBERS,
)
