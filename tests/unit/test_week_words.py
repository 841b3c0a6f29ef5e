"""The week's sentences: singular, plural and none, in both languages, as they are read aloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.dialogue.summary import Count, Distribution, WeeklySummary
from bot.service.week_words import sentences
from tests.unit.week_report_kit import (
    ZEROS,
    Case,
    absences,
    ago,
    distribution,
    empty,
    event,
    full,
    labels,
    large,
    lines,
    messages,
    said,
    unsafe,
    waiting,
    wish,
    without,
)

NOW: list[Case] = [
    (
        empty(),
        "now",
        "Der er ikke skrevet noget i uge 47, og der står ikke noget åbent.",
        "Nothing was written in week 47, and nothing is open.",
    ),
    (replace(empty(), debriefs=(*ZEROS[1:], 3)), "now", "Der er ikke noget, der haster.", "Nothing is urgent."),
    (
        replace(empty(), supervision=(wish(soon=True), wish(soon=True, days=3))),
        "now",
        "Anna vil gerne have supervision snart.",
        "Anna would like supervision soon.",
    ),
    (
        replace(empty(), supervision=tuple(wish(name, soon=True) for name in ("Anna", "Bo", "Carl"))),
        "now",
        "Anna, Bo og Carl vil gerne have supervision snart.",
        "Anna, Bo and Carl would like supervision soon.",
    ),
    (
        replace(empty(), supervision=tuple(wish(name, soon=True) for name in ("Anna", "Bo", "Carl", "Dina"))),
        "now",
        "Fire mentorer vil gerne have supervision snart.",
        "Four mentors would like supervision soon.",
    ),
    (
        absences(waiting("hearing", overdue=True)),
        "now",
        "Fristen for en partshøring er overskredet.",
        "The deadline of a hearing has passed.",
    ),
    (
        absences(waiting(overdue=True)),
        "now",
        "Ét punkt om fravær er over fristen.",
        "One item about absence is past its deadline.",
    ),
    (
        absences(waiting(overdue=True), waiting("hearing", overdue=True)),
        "now",
        "To punkter om fravær er over fristen; ét af dem er en partshøring.",
        "Two items about absence are past their deadline; one of them is a hearing.",
    ),
    (
        absences(waiting("hearing", overdue=True), waiting("hearing", overdue=True)),
        "now",
        "To punkter om fravær er over fristen; begge er partshøringer.",
        "Two items about absence are past their deadline; both are hearings.",
    ),
    (
        absences(waiting("hearing", by=ago(-3))),
        "now",
        "En partshøring har frist torsdag 26. november.",
        "The deadline of a hearing is Thursday 26 November.",
    ),
    (
        absences(waiting("hearing", by=ago(-4)), waiting("hearing", by=ago(-2))),
        "now",
        "To partshøringer har frist inden for en uge, den første onsdag 25. november.",
        "Two hearings have their deadline within a week, the first on Wednesday 25 November.",
    ),
    (
        replace(empty(), without_contact=(without(7),)),
        "now",
        "Én borger er ikke nået i over en uge.",
        "One citizen has not been reached for over a week.",
    ),
    (
        replace(empty(), without_contact=(without(14, untried=("call", "visit")),)),
        "now",
        "Én borger er ikke nået i over 14 dage; der er ikke prøvet med et besøg.",
        "One citizen has not been reached for over 14 days; a visit has not been tried.",
    ),
    (
        replace(empty(), without_contact=(*[without(14, untried=("visit",))] * 2, without(14), without(7))),
        "now",
        "Tre borgere er ikke nået i over 14 dage; for to af dem er der ikke prøvet med et besøg.",
        "Three citizens have not been reached for over 14 days; a visit has not been tried for two of them.",
    ),
    (
        replace(empty(), without_contact=(*[without(30, untried=("through_other",))] * 2,)),
        "now",
        "To borgere er ikke nået i over 30 dage.",
        "Two citizens have not been reached for over 30 days.",
    ),
    (
        replace(empty(), without_contact=(without(30), without(14, untried=("call",), paused=True))),
        "now",
        "To borgere er ikke nået i over 14 dage, én af dem i over 30 dage.",
        "Two citizens have not been reached for over 14 days, one of them for over 30 days.",
    ),
    (
        unsafe(1, alone=1),
        "now",
        "Der skete noget utrygt én gang; mentoren havde ikke fået fat i nogen endnu.",
        "Something unsafe happened once; the mentor had not got hold of anybody yet.",
    ),
    (
        unsafe(3, alone=1),
        "now",
        "Der skete noget utrygt tre gange; én af gangene havde mentoren ikke fået fat i nogen endnu.",
        "Something unsafe happened three times; on one of these occasions the mentor had not got hold of anybody yet.",
    ),
]


@pytest.mark.parametrize(("summary", "part", "danish", "english"), NOW)
def test_a_sentence_for_one_several_and_none(summary: WeeklySummary, part: str, danish: str, english: str) -> None:
    """Numbers up to twelve are words, and what is one, two, all or none of them is said as people say it."""
    assert " ".join(lines(summary, part, "da")) == danish
    assert " ".join(lines(summary, part, "en")) == english


def test_what_is_urgent_is_said_first_and_in_order() -> None:
    """Supervision soon, then deadlines, then who is not reached, then safety; and "now" stands before all else."""
    found = " ".join(lines(full(), "now", "da"))
    places = [found.index(word) for word in ("supervision snart", "over fristen", "ikke nået", "utrygt")]
    assert places == sorted(places)
    assert [name for name, _ in sentences(full(), labels("da")).parts()][:2] == ["now", "supervision"]


def test_a_week_that_is_not_over_says_so_and_is_not_judged() -> None:
    """Half a week held against whole weeks would look like a bad one."""
    half = replace(full(), at=full().at - timedelta(days=3))
    assert lines(half, "now", "da")[-1] == "Ugen er ikke slut endnu, så tallene kan nå at ændre sig."
    assert "uger før. Det er" not in lines(half, "work", "da")[0]


def test_a_known_event_nobody_has_talked_about_is_named() -> None:
    """The lead was let know by the mentor: then it can be said who; a spoken one asks for nothing."""
    told = replace(unsafe(2).safety, known=(event("Dina"), event("Bo", spoken=True)))
    assert lines(replace(unsafe(2), safety=told), "now", "da")[-1] == (
        "Dina har ladet dig vide, at der skete noget utrygt. Det er ikke noteret, at I har talt sammen."
    )


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("summary", [empty(), full(), large()])
def test_every_part_has_whole_sentences(summary: WeeklySummary, language: str) -> None:
    """Each begins with a capital or a number, ends with a stop, and has no double spaces or stray marks."""
    for _, part in sentences(summary, labels(language)).parts():
        assert part
        for line in said(language, part):
            assert line[0].isupper() or line[0].isdigit() or line[0] in "»“", line
            assert line.endswith("."), line
            assert not any(wrong in line for wrong in ("  ", " .", " ,", "..", "{", "None", "[")), line


def test_a_distribution_that_is_left_out_is_only_named() -> None:
    """Of a week with too few answers no number is said, and why is said; an earlier week that is shown is used."""
    hidden = distribution("participation", {"decided": 777, "heard": 778}, {"decided": 3, "heard": 9}, shown=False)
    leaking = Distribution(hidden.question, (Count("decided", (777,) * 8), Count("heard", (778,) * 8)), hidden.shown)
    found = " ".join(lines(replace(empty(), distributions=(leaking,)), "relation", "da"))
    assert "77" not in found
    assert "mindst ti svar fra mindst tre mentorer" in found


def test_one_citizen_is_never_one_of_them() -> None:
    """ "One citizen …, one of them" is said of nobody, whatever numbers come with it."""
    values = {"n": 1, "number": "én", "days": 14, "longest": 1, "longest_number": "én", "untried": 0, "way": ""}
    for language, told in (
        ("da", "Én borger er ikke nået i over 14 dage."),
        ("en", "One citizen has not been reached for over 14 days."),
    ):
        values["untried_number"] = "nul"
        assert messages(language).plain("week.now.not_reached", **values) == told


def test_a_call_for_the_lead_alone_is_not_an_empty_week() -> None:
    """Something unsafe in a debrief that was never finished is said, though no debrief was."""
    week = replace(unsafe(1), debriefs=ZEROS)
    assert lines(week, "now", "da") == ["Der skete noget utrygt én gang."]


def test_the_messages_have_no_markup() -> None:
    """The sentences are drawn as HTML in one place and as plain text in another: neither may see a tag."""
    for language in ("da", "en"):
        ours = {key: text for key, text in messages(language).texts.items() if key.startswith("week.")}
        assert len(ours) > 80
        assert not [key for key, text in ours.items() if "<b>" in text or "&" in text]
