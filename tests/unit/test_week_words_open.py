"""The sentences about what stands open in a week and about safety: singular, plural and none, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dialogue.summary import Count, WeeklySummary
from tests.unit.week_report_kit import ZEROS, Case, absences, ago, empty, late, lines, unsafe, waiting, wish, without

OPEN: list[Case] = [
    (
        empty(),
        "supervision",
        "Der venter ingen ønsker om supervision.",
        "No wishes for supervision are waiting.",
    ),
    (
        replace(empty(), supervision=(wish(days=9),)),
        "supervision",
        "Ét ønske om supervision venter. Det er fra uge 46.",
        "One wish for supervision is waiting. It is from week 46.",
    ),
    (
        replace(empty(), supervision=(wish(soon=True), wish(days=3))),
        "supervision",
        "To ønsker om supervision venter; ét af dem haster.",
        "Two wishes for supervision are waiting; one of them is urgent.",
    ),
    (
        replace(empty(), supervision=(wish(soon=True), wish("Bo", soon=True))),
        "supervision",
        "To ønsker om supervision venter; begge haster.",
        "Two wishes for supervision are waiting; both are urgent.",
    ),
    (
        empty(),
        "absence",
        "Der blev ikke taget stilling til fravær i uge 47. Intet om fravær venter.",
        "There were no decisions about absence in week 47. Nothing about absence is waiting.",
    ),
    (
        absences(waiting(overdue=True), decisions=(Count("wait", (*ZEROS[1:], 1)),)),
        "absence",
        "Der blev taget stilling til fravær én gang i uge 47. Det blev til: »Venter lidt« (1). "
        "Ét punkt om fravær venter og er over fristen.",
        "There was one decision about absence in week 47. The choices were: “I wait a little” (1). "
        "One item about absence is waiting and is past its deadline.",
    ),
    (
        empty(),
        "without_contact",
        "Ingen borger har været uden kontakt i over en uge.",
        "No citizen has been without contact for over a week.",
    ),
    (
        replace(empty(), without_contact=(without(14, told_caseworker=ago(1)),)),
        "without_contact",
        "Én borger har været uden kontakt i 15–30 dage.",
        "One citizen has been without contact for 15–30 days.",
    ),
    (
        replace(empty(), without_contact=(without(7, paused=True), without(7, untried=("letter",), agreed=True))),
        "without_contact",
        "To borgere har været uden kontakt i 8–14 dage. "
        "For én af dem er der ikke prøvet med et brev, selv om det er aftalt som en mulighed. "
        "Ét kontaktforløb holder pause.",
        "Two citizens have been without contact for 8–14 days. "
        "A letter has not been tried for one of them, although it was agreed on as a possibility. "
        "One contact thread is paused.",
    ),
    (empty(), "safety", "Ingen fortalte om noget utrygt.", "Nobody reported anything unsafe."),
    (
        unsafe(2, spoken=2),
        "safety",
        "Der blev fortalt om noget utrygt to gange. "
        "Hvad det handlede om, vises kun i uger med mindst tre gange fra mindst to mentorer. "
        "Begge gange havde mentoren fået fat i sin leder eller en kollega.",
        "Something unsafe was reported twice. "
        "What it was about is shown only in weeks with at least three occasions from at least two mentors. "
        "Both times the mentor had got hold of their lead or a colleague.",
    ),
    (
        unsafe(2, alone=2),
        "safety",
        "Der blev fortalt om noget utrygt to gange. "
        "Hvad det handlede om, vises kun i uger med mindst tre gange fra mindst to mentorer. "
        "Ingen af gangene havde mentoren fået fat i nogen endnu, da det blev skrevet. "
        "Her står ikke, hvem det er, før mentoren selv fortæller det – men du kan sige til alle, at du er der.",
        "Something unsafe was reported twice. "
        "What it was about is shown only in weeks with at least three occasions from at least two mentors. "
        "On none of the occasions had the mentor got hold of anybody yet when it was written. "
        "Who it was is not shown here until the mentor tells it – but you can let everybody know that you are there.",
    ),
    (
        replace(empty(), without_contact=(without(14, untried=("visit",)), without(14, untried=("call",)))),
        "without_contact",
        "To borgere har været uden kontakt i 15–30 dage. For én af dem er der ikke prøvet med et besøg. "
        "For to borgere, der ikke er nået i over 14 dage, står der ikke, at sagsbehandleren har fået besked.",
        "Two citizens have been without contact for 15–30 days. A visit has not been tried for one of them. "
        "For two citizens not reached for over 14 days it is not noted that the caseworker was told.",
    ),
    (
        replace(empty(), without_contact=(without(7, untried=("call", "text", "visit"), paused=True),) * 2),
        "without_contact",
        "To borgere har været uden kontakt i 8–14 dage. Begge kontaktforløb holder pause.",
        "Two citizens have been without contact for 8–14 days. Both contact threads are paused.",
    ),
    (
        replace(empty(), without_contact=(without(7, untried=("visit",), agreed=True),)),
        "without_contact",
        "Én borger har været uden kontakt i 8–14 dage. "
        "Der er ikke prøvet med et besøg, selv om det er aftalt som en mulighed.",
        "One citizen has been without contact for 8–14 days. "
        "A visit has not been tried, although it was agreed on as a possibility.",
    ),
    (empty(), "overdue", "Ingen huskeaftaler er over tiden.", "No follow-ups are overdue."),
    (
        replace(empty(), overdue=(late(1),)),
        "overdue",
        "Én huskeaftale er én dag over tiden.",
        "One follow-up is one day overdue.",
    ),
    (
        replace(empty(), overdue=(late(9), late(2))),
        "overdue",
        "To huskeaftaler er over tiden, den ældste med ni dage.",
        "Two follow-ups are overdue, the oldest by nine days.",
    ),
]


@pytest.mark.parametrize(("summary", "part", "danish", "english"), OPEN)
def test_what_is_open_for_one_several_and_none(summary: WeeklySummary, part: str, danish: str, english: str) -> None:
    """Both languages say the same, and what is one, two, all or none of them is said as people say it."""
    assert " ".join(lines(summary, part, "da")) == danish
    assert " ".join(lines(summary, part, "en")) == english
