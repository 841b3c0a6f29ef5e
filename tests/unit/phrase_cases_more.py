"""More phrases for test_phrases: both days when the clock changes, the minute before midnight, and English.

The notation is that of phrase_cases.
"""

from tests.unit.phrase_cases import Cases

SPRING_FORWARD = "2026-03-29 00:30"  # 02:00–03:00 does not exist today

FUTURE_SPRING: Cases = (
    ("om en time", "2026-03-29 01:30"),
    ("om to timer", "2026-03-29 03:30"),
    ("om 24 timer", "2026-03-30 01:30"),
    ("kl. 02.30", "2026-03-29 03:30"),
    ("i dag kl. 02.15", "2026-03-29 03:15"),
    ("klokken to", "2026-03-29 14:00"),
    ("om en dag", "2026-03-30"),
    ("i dag", "2026-03-29"),
    ("i morgen kl. 02.30", "2026-03-30 02:30"),
    ("mandag", "2026-03-30"),
    ("næste mandag", "2026-03-30"),
    ("søndag", "2026-04-05"),
    ("i nat kl. 3", "2026-03-29 03:00"),
)

PAST_SPRING: Cases = (
    ("i går kl. 23.30", "2026-03-28 23:30"),
    ("for en time siden", "2026-03-28 23:30"),
    ("kl. 22", "2026-03-28 22:00"),
    ("i dag", "2026-03-29 day 00:30"),
    ("i aftes", "2026-03-28 19:00"),
)

FALL_BACK = "2026-10-25 00:30"  # 02:00–03:00 happens twice today

FUTURE_FALL: Cases = (
    ("om to timer", "2026-10-25 02:30+02:00"),
    ("om 3 timer", "2026-10-25 02:30+01:00"),
    ("om 4 timer", "2026-10-25 03:30"),
    ("om 24 timer", "2026-10-25 23:30"),
    ("kl. 02.30", "2026-10-25 02:30+02:00"),
    ("kl. 02.30 vintertid", "2026-10-25 02:30+01:00"),
    ("kl. 2", "2026-10-25 14:00"),
    ("i dag kl. 10", "2026-10-25 10:00"),
    ("om en dag kl. 10", "2026-10-26 10:00"),
    ("uge 44", "2026-10-26"),
    ("i morgen", "2026-10-26"),
)

FALL_AFTERNOON = "2026-10-25 13:10"

PAST_FALL: Cases = (
    ("for 12 timer siden", "2026-10-25 02:10+02:00"),
    ("for 11 timer siden", "2026-10-25 02:10+01:00"),
    ("i nat kl. 2", "2026-10-25 02:00+02:00"),
    ("i nat kl. 02.30 vintertid", "2026-10-25 02:30+01:00"),
    ("i går kl. 10", "2026-10-24 10:00"),
    ("for en dag siden", "2026-10-24"),
    ("søndag", "2026-10-18"),
    ("i søndags", "2026-10-18"),
)

BEFORE_MIDNIGHT = "2026-11-25 23:59"

FUTURE_MIDNIGHT: Cases = (
    ("i dag", "2026-11-25 day 23:59"),
    ("i morgen", "2026-11-26"),
    ("torsdag kl. 9", "2026-11-26 09:00"),
    ("kl. 10", "2026-11-26 10:00"),
    ("halv otte", "2026-11-26 07:30"),
    ("om et kvarter", "2026-11-26 00:14"),
    ("om 3 dage", "2026-11-28"),
    ("onsdag", "2026-12-02"),
    ("i aften", "2026-11-25 23:59"),
    ("i nat", "2026-11-26 01:00"),
    ("25/11", "2026-11-25 day 23:59"),
)

PAST_MIDNIGHT: Cases = (
    ("i dag", "2026-11-25"),
    ("i aften", "2026-11-25 19:00"),
    ("halv otte", "2026-11-25 19:30"),
    ("kl. 23", "2026-11-25 23:00"),
    ("klokken otte", "2026-11-25 08:00"),
    ("i går", "2026-11-24"),
    ("for en time siden", "2026-11-25 22:59"),
)

FUTURE_EN: Cases = (
    ("tomorrow", "2026-11-26"),
    ("Tomorrow at 10", "2026-11-26 10:00"),
    ("tomorrow 10am", "2026-11-26 10:00"),
    ("tomorrow at 2:30 pm", "2026-11-26 14:30"),
    ("tomorrow morning", "2026-11-26 08:00"),
    ("day after tomorrow", "2026-11-27"),
    ("the day after tomorrow at 9", "2026-11-27 09:00"),
    ("Thursday", "2026-11-26"),
    ("on thursday at 14:00", "2026-11-26 14:00"),
    ("thurs 3pm", "2026-11-26 15:00"),
    ("this Friday", "2026-11-27"),
    ("thrusday", "2026-11-26"),
    ("next Monday", "2026-11-30"),
    ("next week", "2026-11-30"),
    ("Thursday next week", "2026-12-03"),
    ("a week on Friday", "2026-12-04"),
    ("Friday in a week", "2026-12-04"),
    ("week 49", "2026-11-30"),
    ("Monday in week 49", "2026-11-30"),
    ("in 3 days", "2026-11-28"),
    ("in three days at noon", "2026-11-28 12:00"),
    ("in a couple of days", "2026-11-27"),
    ("in two hours", "2026-11-25 15:10"),
    ("in an hour", "2026-11-25 14:10"),
    ("in an hour and a half", "2026-11-25 14:40"),
    ("in half an hour", "2026-11-25 13:40"),
    ("in a quarter of an hour", "2026-11-25 13:25"),
    ("in a fortnight", "2026-12-09"),
    ("this afternoon", "2026-11-25 14:00"),
    ("tonight at 8", "2026-11-25 20:00"),
    ("half past seven", "2026-11-25 19:30"),
    ("quarter to three", "2026-11-25 14:45"),
    ("ten past four", "2026-11-25 16:10"),
    ("3 o'clock", "2026-11-25 15:00"),
    ("24/12 at 18", "2026-12-24 18:00"),
    ("5 December", "2026-12-05"),
    ("December 5th at 9", "2026-12-05 09:00"),
    ("the 5th of December 2026", "2026-12-05"),
    ("the 5th", "2026-12-05"),
    ("Thursday 26 November at 14:00", "2026-11-26 14:00"),
    ("today", "2026-11-25 day 14:00"),
    ("i morgen kl. 10", "2026-11-26 10:00"),
    ("yesterday", "wrong 2026-11-24 09:00"),
    ("30 February", "?"),
    ("25pm", "?"),
    ("13 pm", "?"),
    ("man", "?"),
)

PAST_EN: Cases = (
    ("yesterday", "2026-11-24"),
    ("yesterday at 3pm", "2026-11-24 15:00"),
    ("yesterday afternoon", "2026-11-24 14:00"),
    ("the day before yesterday", "2026-11-23"),
    ("last Thursday", "2026-11-19"),
    ("Tuesday", "2026-11-24"),
    ("Monday last week", "2026-11-16"),
    ("two hours ago", "2026-11-25 11:10"),
    ("an hour ago", "2026-11-25 12:10"),
    ("3 days ago", "2026-11-22"),
    ("a week ago", "2026-11-18"),
    ("this morning", "2026-11-25 08:00"),
    ("last night", "2026-11-24 19:00"),
    ("earlier today", "2026-11-25"),
    ("3/11", "2026-11-03"),
    ("just now", "2026-11-25 13:10"),
    ("now", "2026-11-25 13:10"),
    ("tomorrow", "wrong 2026-11-26 12:00"),
)
