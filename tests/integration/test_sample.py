"""Invented weeks: always the same ones, nothing of the weekly summary is missing, and nobody can be recognised."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import guard
from bot.practice_sample_texts import every, read
from bot.service.reading import ReadReflection
from tests.integration.sample_kit import NEWEST, Sample, content, sampled, weeks_back

_LONG_NUMBER = re.compile(r"(?:\d[ .-]?){6}")
_ADDRESS = re.compile(r"@|\bwww\b|https?:|\b(?:vej|gade|allé|plads)\b\s*\d", re.IGNORECASE)
_HELD = {
    "as_agreed", "moved_time", "moved_place", "by_phone", "short_meeting", "acute", "by_chance", "text_only",
}  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Eight weeks of a team of four."""
    return sampled(tmp_path_factory.mktemp("sample"))


def test_the_size_is_as_asked(sample: Sample) -> None:
    """Eight weeks, four mentors, and in each of the weeks debriefs that all came to an end."""
    assert (sample.filled.weeks, sample.filled.mentors) == (8, 4)
    assert sample.filled.debriefs == len(sample.records) > 200
    assert all(sample.of(weeks_back(NEWEST, back)) for back in range(8))
    assert not sample.of(weeks_back(NEWEST, 8)) and sample.rows["open"] == []


def test_the_newest_week_shows_all_of_the_work(sample: Sample) -> None:
    """Contacts, hours, travel, acute talks, every class of outcome, flexibility, openings: counted over the export."""
    outcomes = sample.values(NEWEST, "outcome")
    assert {*outcomes} >= _HELD - {"moved_time"} | {
        "did_not_come", "did_not_open", "cancelled_by_citizen", "cancelled_by_me", "left_for_safety",
    }  # fmt: skip
    assert outcomes["acute"] >= 2 and sum(outcomes[one] for one in _HELD) >= 15
    assert sum(minutes * n for minutes, n in sample.values(NEWEST, "minutes_used").items()) > 600
    assert sum(minutes * n for minutes, n in sample.values(NEWEST, "minutes_travel").items()) >= 60
    assert len({*sample.values(NEWEST, "adjusted")} - {"nothing"}) >= 4
    assert sample.values(NEWEST, "opening")["took_it"] >= 3
    lengths = Counter(one.length for one in sample.of(NEWEST))
    assert lengths["short"] >= 5 and lengths["full"] >= 10


def test_the_newest_week_shows_absence_and_safety(sample: Sample) -> None:
    """Decisions registered and waiting, an overdue hearing, threats and a worry about a suicide, told and not told."""
    decided = sample.values(NEWEST, "absence_decision")
    assert {*decided} >= {"register", "wait", "already_registered", "lead_first", "known_ground"}
    open_ones = [one for one in sample.rows["followups"] if one["status"] == "open"]
    kinds = Counter(one["kind"] for one in open_ones)
    assert {*kinds} >= {"decide", "hearing", "talk_with_lead", "tell_caseworker", "safety_lead", "task", "next_contact"}
    overdue = {one["kind"] for one in open_ones if one["due_at"] and one["due_at"] < "2026-11-20"}
    assert overdue >= {"decide", "hearing", "task", "next_contact"}
    assert {*sample.values(NEWEST, "safety")} >= {"threat", "suicide_risk", "fear_life_health"}
    assert {*sample.values(NEWEST, "safety_reached")} >= {"lead", "tell_lead", "colleague", "social_ambulance"}


def test_the_newest_week_shows_supervision(sample: Sample) -> None:
    """ "Soon" and "next", a focus that is shared and one that is not; and earlier wishes were taken up."""
    wishes = [one for one in sample.of(NEWEST) if _wish(one) in ("next", "soon")]
    assert Counter(map(_wish, wishes)) == {"next": 2, "soon": 1}
    focus = [answer for one in wishes for answer in one.answers if answer.question_id == "supervision_focus"]
    assert sorted(answer.shared for answer in focus) == [False, True, True] and all(answer.text for answer in focus)
    assert len(sample.rows["taken"]) == 2 and all(one["remark"] for one in sample.rows["taken"])


def _wish(record: ReadReflection) -> str:
    return next(
        (str(one.value) for one in record.answers if one.question_id == "supervision" and one.superseded_at is None), ""
    )


def test_distributions_show_except_in_the_quiet_week(sample: Sample) -> None:
    """At least three mentors and ten answers about contact and participation in every week but the quiet one, and all
    four mentors in the newest."""
    for question in ("contact_quality", "participation", "toughness"):
        enough = [
            len(sample.mentors(week, question)) >= 3 and sample.values(week, question).total() >= 10
            for week in (weeks_back(NEWEST, back) for back in range(8))
        ]
        assert enough == [True] * 4 + [False] + [True] * 3, question
        assert len(sample.mentors(NEWEST, question)) == 4


def test_a_hard_week_is_harder(sample: Sample) -> None:
    """In the hard week more is hard than in the weeks beside it."""
    hard = [sample.values(weeks_back(NEWEST, back), "toughness") for back in (1, 2, 3)]
    shares = [(one[4] + one[5]) / one.total() for one in hard]
    assert shares[1] > max(shares[0], shares[2])
    assert {*sample.values(weeks_back(NEWEST, 2), "safety")} >= {"threat", "suicide_risk"}


def test_threads_tell_their_stories(sample: Sample) -> None:
    """One is gone for long with everything tried, one has had no visit, one is out for over a month, one is back."""
    tried = {
        name: {one["channel"] for one in sample.rows["attempts"] if one["pseudonym"] == name}
        for name in ("Lygte", "Måge", "Fyrtårn", "Kastanje")
    }
    threads = {one["pseudonym"]: one for one in sample.rows["threads"]}
    assert tried["Lygte"] >= {"call", "text", "visit"} and threads["Lygte"]["closed_at"] is None
    assert "visit" not in tried["Måge"] and {"call", "text"} <= tried["Måge"] and threads["Måge"]["closed_at"] is None
    assert threads["Måge"]["lead_told_at"] is None and threads["Lygte"]["lead_told_at"]
    assert threads["Fyrtårn"]["caseworker_told_at"] and threads["Fyrtårn"]["paused_until"] > "2026-11-23"
    assert threads["Kastanje"]["ended"] == "contact" and len(sample.rows["notes"]) == 1
    met = {
        name: max(one.started_at for one in sample.records if one.citizen == name and _held(one)) for name in threads
    }
    end = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    assert [(end - met[name]).days for name in ("Lygte", "Måge", "Fyrtårn")] == [16, 17, 40]


def _held(record: ReadReflection) -> bool:
    return any(one.question_id == "outcome" and one.value in _HELD and not one.superseded_at for one in record.answers)


def test_threads_are_consistent(sample: Sample) -> None:
    """An open thread a citizen at most; one with contact is closed; corrections stand beside what they correct."""
    running = [one["citizen_id"] for one in sample.rows["threads"] if one["closed_at"] is None]
    assert len(running) == len(set(running)) >= 4
    assert all((one["closed_at"] is None) == (one["ended"] is None) for one in sample.rows["threads"])
    reached = {one["thread_id"] for one in sample.rows["attempts"] if one["result"] == "reached"}
    assert reached and not reached & {one["id"] for one in sample.rows["threads"] if one["closed_at"] is None}
    corrected = [one for one in sample.rows["attempts"] if one["superseded_by"]]
    assert len(corrected) == 1
    assert all(one["worried"] == 0 for one in sample.rows["threads"] if one["closed_at"] is None)


def test_nothing_floods_the_phone(sample: Sample) -> None:
    """Nothing that fell due before the end waits, nothing reminds of what is done, no message is queued, and on the
    first morning each person gets a handful at most."""
    assert sample.rows["waiting"] == [] and sample.rows["orphans"] == []
    assert [sample.rows[name] for name in ("inbox", "outbox", "chat", "asked")] == [[], [], [], []]
    assert max(Counter(one["name"] for one in sample.rows["soon"]).values()) <= 8


def test_answers_were_corrected_and_a_share_taken_back(sample: Sample) -> None:
    """Changed answers stand beside the ones that count, and a debrief that was shared is not any more."""
    changed = [(one.citizen, answer.question_id) for one in sample.records for answer in one.answers
               if answer.superseded_at]  # fmt: skip
    assert ("Havblik", "outcome") in changed
    threatened = [one for one in sample.records if _kind(one) == ["threat_benefit"]]
    assert len(threatened) == 1 and not any(answer.shared for answer in threatened[0].answers)


def _kind(record: ReadReflection) -> object:
    return next((one.value for one in record.answers if one.question_id == "safety"), None)


def test_nobody_can_be_recognised(sample: Sample) -> None:
    """No CPR number, telephone number, address or e-mail in any text, stored or in the package's data."""
    texts = [one["text"] for one in sample.rows["texts"]]
    assert len(texts) > 80
    for text in [*texts, *every(read())]:
        assert not guard.find(text), text
        assert not _LONG_NUMBER.search(text) and not _ADDRESS.search(text), text


def test_everybody_is_enrolled_with_consent(sample: Sample) -> None:
    """The phone's Anna, Bo and Lea own the data; two more mentors; all have said yes."""
    found = [(one["telegram_id"], one["name"], one["role"]) for one in sample.rows["people"]]
    assert found == [
        (1001, "Anna", "mentor"), (1002, "Bo", "mentor"), (1003, "Lea", "lead"), (1004, "Cilla", "mentor"),
        (1005, "Didrik", "mentor"),
    ]  # fmt: skip
    assert Counter(one["kind"] for one in sample.rows["consents"]) == {"use": 5, "coding": 4}
    assert {one.mentor for one in sample.records} == {"Anna", "Bo", "Cilla", "Didrik"}


def test_the_same_seed_makes_the_same_weeks(tmp_path: Path) -> None:
    """Content is decided by seed and end alone; another seed makes other weeks."""
    first, again, other = (
        sampled(tmp_path / name, weeks=2, seed=seed) for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert content(first.records) == content(again.records) != content(other.records)
