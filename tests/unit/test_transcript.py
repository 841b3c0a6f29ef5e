"""A reflection as a text: what stands where, what is said of closed answers, and how finely times are told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from bot.exports.transcript import Dates, Transcript, answer_guid, clean, guid, plain_name, transcript_of
from tests.unit.transcript_kit import DA, EN, FAMILY, ORDER, STARTED, a_visit, answer, reflection

A_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}-W\d{2}|\d{1,2}[:.]\d{2}")


def said(transcript: Transcript, question_id: str) -> str:
    """The words of an answer in the text."""
    return next(one.text for one in transcript.passages if one.question_id == question_id)


def test_a_text_reads_like_an_interview() -> None:
    """First line, then each question with its answer below, skipped ones too, an empty line between."""
    text = transcript_of(a_visit(), DA).text
    first, rest = text.split("\n", 1)
    assert re.fullmatch(r"Refleksion R[0-9A-F]{12} · mentor M01 · borger B07 · 2026-11-23", first)
    assert rest.startswith(
        "\nBorger: Hvem handler det om?\nB07\n\nMødet: Hvad blev mødet til?\n✅ Som aftalt [as_agreed]\n"
    )
    assert f"\nHvad der skete: Hvad skete der?\nVi gik en tur.\nHun sagde: {FAMILY} <ja> & nej.\n" in text
    assert "(sprunget over)\n" in text
    assert text.endswith("=Jeg ringer\nB07 tager bussen.\n")


def test_closed_answers_are_said_with_label_and_value() -> None:
    """Words to read and the value to count, in the language of the export, whatever language it was answered in."""
    told = transcript_of(a_visit(), EN)
    assert said(told, "outcome") == f"{EN.choice('outcome', 'as_agreed')} [as_agreed]"
    assert said(told, "adjusted").endswith(" [time; practical]")
    assert said(told, "toughness") == f"4 · {EN.step('toughness', 4)}"
    assert said(told, "minutes_used") == "90 min."
    assert said(told, "citizen") == "B07"


def test_every_selection_is_its_answer() -> None:
    """Places are code points with the end outside, though the text holds a family of seven code points."""
    told = transcript_of(a_visit(), DA)
    assert len(told.passages) == 9
    for one in told.passages:
        assert told.text[one.start : one.end] == one.text
        assert told.text[one.end] == "\n"


def test_a_skipped_answer_says_so_and_cannot_be_coded() -> None:
    """It stands in the text, but there is no passage."""
    told = transcript_of(reflection(answer("what_happened", skipped=True)), EN)
    assert told.passages == ()
    assert told.text.endswith("\n(skipped)\n")
    assert [one.silence for one in told.sections] == ["(skipped)"]


@pytest.mark.parametrize("empty", ["", "  \n", "\ufeff", "\x00"])
def test_an_answer_of_nothing_cannot_be_coded(empty: str) -> None:
    """A selection without a letter is refused by some programs."""
    told = transcript_of(reflection(answer("what_happened", text=empty)), DA)
    assert told.passages == ()
    assert "(ingen ord)" in told.text


def test_what_was_taken_for_granted_is_told_beside_the_question() -> None:
    """Assumed is not answered; the answer's own words stay as they are."""
    told = transcript_of(a_visit(), DA)
    section = next(one for one in told.sections if one.question_id == "supervision")
    assert section.heading.endswith(" (taget for givet)")
    assert said(told, "supervision").endswith(" [no]")


def test_only_what_counts_now_is_in_the_text() -> None:
    """Superseded answers are left out, and a question stands once."""
    old = answer("what_happened", text="Før.", superseded_at=STARTED)
    told = transcript_of(reflection(old, answer("what_happened", text="Nu.", revision=2)), DA)
    assert [one.text for one in told.passages] == ["Nu."]
    assert "Før" not in told.text


def test_questions_stand_in_the_guides_order() -> None:
    """An answer that was given late stands where its question stands; without an order, as they were given."""
    late = reflection(answer("what_happened", text="Sidst."), answer("outcome", "acute"))
    assert [one.question_id for one in transcript_of(late, DA, order=ORDER).sections] == ["outcome", "what_happened"]
    assert [one.question_id for one in transcript_of(late, DA).sections] == ["what_happened", "outcome"]


def test_words_beside_choices_follow_them() -> None:
    """What was typed beside ticks is part of the same answer."""
    told = transcript_of(reflection(answer("absence_reason", ["ill"], "Hun har feber.")), DA)
    assert said(told, "absence_reason").endswith(" [ill]\nHun har feber.")


def test_a_day_is_the_mentors_day() -> None:
    """Half past eleven at night in UTC is the next day in Denmark, and another ISO week."""
    told = transcript_of(a_visit(), DA)
    assert (told.day, told.week) == (date(2026, 11, 23), (2026, 48))
    assert transcript_of(a_visit(), DA, zone="UTC").week == (2026, 47)


def test_weeks_only() -> None:
    """With weeks asked for, no day and no time of day is told anywhere."""
    told = transcript_of(a_visit(), DA, dates=Dates.WEEK)
    assert (told.day, told.week) == (None, (2026, 48))
    assert set(A_DATE.findall(told.text + told.name)) == {"2026-W48"}
    assert all(one.said.value is None for one in told.passages if one.question_id == "contact_when")


def test_no_dates() -> None:
    """With none asked for, not even the week is told."""
    told = transcript_of(a_visit(), DA, dates=Dates.NONE)
    assert (told.day, told.week) == (None, None)
    assert A_DATE.findall(told.text + told.name) == []
    assert said(told, "contact_when") == DA.choice("contact_when", "yesterday")


@pytest.mark.parametrize("dates", list(Dates))
def test_no_time_of_day_is_told_of_attempts_and_dates(dates: Dates) -> None:
    """Attempts have the minute they were made in; a text tells the day at most, and the stored label is not used."""
    at = "2026-11-20T10:17:00.000000Z"
    tried = answer("reach_tried", ["call"], detail={"attempts": [{"channel": "call", "result": "no_answer", "at": at}]})
    waits = answer("absence_decision", "wait", detail={"at": at, "has_time": True})
    text = transcript_of(reflection(tried, waits), DA, dates=dates).text
    assert not re.search(r"\d[:.]17|23:17|kl\.", text)
    assert text.count("2026-11-20") == (2 if dates is Dates.DAY else 0)
    assert DA.result("reach_tried", "no_answer") in text


def test_what_was_typed_for_a_date_is_not_told() -> None:
    """ "I går kl. 14" would tell the hour, and the date is told already."""
    at = "2026-11-20T13:00:00.000000Z"
    typed = answer("contact_when", at, "i fredags kl. 14", detail={"choice": None})
    beside = answer("absence_decision", "wait", "i fredags kl. 14", detail={"at": at})
    assert "kl. 14" not in transcript_of(reflection(typed, beside), DA).text


def test_the_reflections_own_id_is_not_told() -> None:
    """It holds the millisecond it was begun (UUID version 7)."""
    told = transcript_of(a_visit(), DA)
    for shown in (told.text, told.name, told.guid, told.reference, *[one.answer_guid for one in told.passages]):
        assert "01935a3c" not in shown.lower()


def test_another_guides_questions_stand_with_their_ids() -> None:
    """A question and a choice that the wording does not know are not a reason to lose the answer."""
    old = replace(answer("outcome", "by_carrier_pigeon"), question_id="asked_before")
    told = transcript_of(reflection(old), DA)
    assert "asked_before: asked_before\nby_carrier_pigeon [by_carrier_pigeon]\n" in told.text


def test_guids_are_upper_case_and_stay() -> None:
    """The same parts give the same GUID in every export, and a changed answer keeps its own."""
    assert guid("source", "x") == "981100E6-BCF7-52DA-AD59-2635ED03CFB4"
    assert UUID(guid("source", "x")).version == 5
    before, after = transcript_of(a_visit(), DA), transcript_of(a_visit(status="open"), EN)
    assert [one.answer_guid for one in before.passages] == [one.answer_guid for one in after.passages]
    assert before.passages[0].answer_guid == answer_guid(a_visit().reflection_id, "citizen")
    assert guid("a", "bc") != guid("ab", "c")


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("\r\x00\n", "\n"),
        ("\ufeffæ\ufeffø\ufffe\uffff", "æø"),
        ("a\x0bb\x0cc", "a\nb\nc"),
        ("\x1b[0m\x07\x7f", "[0m\x7f"),
        ("\ud83d|\udc68", "|"),
        ("e\u0301\u2028\x85\t" + FAMILY, "e\u0301\u2028\x85\t" + FAMILY),
    ],
)
def test_cleaning(dirty: str, cleaned: str) -> None:
    """Line ends become LF, what shifts places goes, everything else stays, and nothing is composed anew."""
    assert clean(dirty) == cleaned


@pytest.mark.parametrize(
    ("wild", "plain"),
    [("Åse/Ø", "Aase_Oe"), ("..", "_"), ("../etc", "etc"), ("👍", "_"), ("B07", "B07"), ("a" * 99, "a" * 24)],
)
def test_names_for_files(wild: str, plain: str) -> None:
    """A pseudonym is a word somebody chose; in a name it can be no path."""
    assert plain_name(wild) == plain
