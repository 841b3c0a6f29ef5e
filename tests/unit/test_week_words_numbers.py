"""A figure beside the weeks before it: honest about small numbers and about weeks there were not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dialogue.summary import Count, Distribution, Series, WeeklySummary
from bot.reports.picture import png
from bot.service.week_words import sentences
from bot.service.week_words_base import hours
from bot.service.week_words_work import meetings
from tests.unit.week_report_kit import empty, full, labels, messages, said


def contacts(series: Series, language: str = "da") -> str:
    """The sentence about the contacts of a team that wrote as many debriefs."""
    summary: WeeklySummary = replace(empty(), contacts=series, debriefs=series)
    return said(language, sentences(summary, labels(language)).work)[0]


@pytest.mark.parametrize(
    ("series", "danish", "english"),
    [
        ((0,) * 8, "Ingen kontakter.", "No contacts."),
        ((0,) * 7 + (1,), "1 kontakt.", "1 contact."),
        ((0,) * 6 + (4, 0), "Ingen kontakter – mod 4 ugen før.", "No contacts – against 4 in the week before."),
        (
            (0,) * 5 + (4, 5, 12),
            "12 kontakter – mod 4 og 5 de to uger før.",
            "12 contacts – against 4 and 5 in the two weeks before.",
        ),
        (
            (3, 4, 3, 4, 3, 4, 3, 9),
            "9 kontakter – mod 3, 4 og 3 de tre uger før. Det er flere end i nogen af de syv uger før.",
            "9 contacts – against 3, 4 and 3 in the three weeks before. "
            "That is more than in any of the seven weeks before.",
        ),
        (
            (20, 20, 20, 9, 15, 14, 17, 12),
            "12 kontakter – mod 15, 14 og 17 de tre uger før. Det er færre end i de fleste af de syv uger før.",
            "12 contacts – against 15, 14 and 17 in the three weeks before. "
            "That is fewer than in most of the seven weeks before.",
        ),
        (
            (5, 4, 5, 4, 5, 4, 5, 6),
            "6 kontakter – mod 5, 4 og 5 de tre uger før. Det er omtrent som i de syv uger før.",
            "6 contacts – against 5, 4 and 5 in the three weeks before. "
            "That is about the same as in the seven weeks before.",
        ),
        (
            (0, 0, 0, 0, 7, 7, 7, 7),
            "7 kontakter – lige så mange som i hver af de tre uger før. Det er omtrent som i de tre uger før.",
            "7 contacts – as many as in each of the three weeks before. "
            "That is about the same as in the three weeks before.",
        ),
    ],
)
def test_contacts_stand_beside_the_weeks_before(series: Series, danish: str, english: str) -> None:
    """Weeks before the team began are not counted, one more or less is no trend, and three weeks are named."""
    assert contacts(series) == danish
    assert contacts(series, "en") == english


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, "0"), (5, "¼"), (30, "½"), (45, "¾"), (60, "1"), (90, "1½"), (870, "14½"), (900, "15"), (18735, "312")],
)
def test_minutes_become_hours(minutes: int, told: str) -> None:
    """To the nearest quarter, what took time is never nothing, and hundreds are whole."""
    assert hours(minutes) == told


@pytest.mark.parametrize(
    ("minutes", "danish", "english"),
    [
        (0, "Der er ikke skrevet tid med borgerne.", "No time with the citizens is written down."),
        (30, "½ time med borgerne eller for dem.", "½ hour with or for the citizens."),
        (60, "1 time med borgerne eller for dem.", "1 hour with or for the citizens."),
        (90, "1½ time med borgerne eller for dem.", "1½ hours with or for the citizens."),
        (120, "2 timer med borgerne eller for dem.", "2 hours with or for the citizens."),
    ],
)
def test_hours_have_their_unit(minutes: int, danish: str, english: str) -> None:
    """Danish says "1½ time", English "1½ hours"."""
    summary = replace(empty(), debriefs=(0,) * 7 + (1,), minutes=(0,) * 7 + (minutes,))
    assert said("da", sentences(summary, labels("da")).work)[2] == danish
    assert said("en", sentences(summary, labels("en")).work)[2] == english


def test_agreed_meetings_leave_out_what_was_never_agreed() -> None:
    """An acute talk and a chance meeting are contacts, but no agreed meetings; one meeting is "ét"."""
    one = replace(
        empty(),
        debriefs=(0,) * 7 + (3,),
        outcomes=(
            Count("moved_time", (0,) * 7 + (1,)),
            Count("acute", (0,) * 7 + (1,)),
            Count("by_chance", (0,) * 7 + (1,)),
        ),
    )
    assert "Ét aftalt møde: ét på en anden måde." in said("da", sentences(one, labels("da")).work)
    assert "One agreed meeting: one in another form." in said("en", sentences(one, labels("en")).work)


def test_held_in_another_form_after_all_is_not_in_vain() -> None:
    """A meeting to which nobody came, but which was held otherwise, is a contact: so it stands with those."""
    week = replace(
        empty(),
        debriefs=(0,) * 7 + (3,),
        outcomes=(
            Count("did_not_come", (0,) * 6 + (1, 2)),
            Count("as_agreed", (0,) * 7 + (1,)),
            Count("cancelled_by_citizen", (0,) * 7 + (1,)),
        ),
        after_all=(Count("did_not_come", (0,) * 6 + (1, 1)),),
    )
    assert dict(meetings(week, labels("da")))["missed"].weeks == (0,) * 7 + (1,)
    assert dict(meetings(week, labels("da")))["otherwise"].weeks == (0,) * 6 + (1, 1)
    assert (
        "Fire aftalte møder: ét som aftalt, ét på en anden måde, ét forgæves (borgeren kom ikke eller lukkede ikke op) "
        "og ét med afbud fra borgeren."
    ) in said("da", sentences(week, labels("da")).work)
    assert png(week, labels("da"), messages("da")) != png(replace(week, after_all=()), labels("da"), messages("da"))


@pytest.mark.parametrize(
    ("series", "danish", "english"),
    [
        (
            (3, 0, 0, 0, 0, 0, 0, 0),
            "Ingen kontakter – heller ikke i de tre uger før.",
            "No contacts – nor in the three weeks before.",
        ),
        ((0, 0, 0, 0, 0, 0, 3, 0), "Ingen kontakter – mod 3 ugen før.", "No contacts – against 3 in the week before."),
    ],
)
def test_nothing_as_in_the_weeks_before_is_said_as_nothing(series: Series, danish: str, english: str) -> None:
    """ "None – as many as in each of the weeks before" is how a machine talks."""
    assert contacts(series) == danish
    assert contacts(series, "en") == english


def test_the_answer_given_most_stands_beside_the_latest_week_that_is_shown() -> None:
    """A week that is left out is jumped over and its number is said; two that are equal are both named."""
    shown = (True, True, True, True, True, True, False, True)
    god = Distribution("contact_quality", (Count("good", (5,) * 6 + (0, 8)), Count("mixed", (6,) * 6 + (0, 4))), shown)
    (line,) = said("da", sentences(replace(full(), distributions=(god,)), labels("da")).relation)
    assert line == "Kontakten: »God« var det hyppigste svar: 8 ud af 12 – mod 5 ud af 11 i uge 45."
    tie = replace(god, counts=(Count("good", (6,) * 8), Count("mixed", (6,) * 8)))
    (line,) = said("en", sentences(replace(full(), distributions=(tie,)), labels("en")).relation)
    assert line == "The contact: “Good” and “Up and down” got equally many answers: 6 of 12 each."


def test_no_sentence_about_work_names_a_mentor() -> None:
    """Figures are of the team: no name stands beside a number of contacts, hours or answers."""
    found = sentences(full(), labels("da"))
    for line in said("da", found.work + found.relation + found.overdue):
        assert not any(name in line for name in ("Anna", "Bo ", "Carl", "Dina"))
