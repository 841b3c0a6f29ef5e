"""The ladder's words: every step says in both languages what to do and why it comes now, and says it truly."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.dialogue import threads
from bot.dialogue.ladder import Blocked, ContactSettings, Proposal, Step, next_step
from bot.dialogue.threads import Channel
from tests.unit.ladder_kit import ALL, LADDER, LOADED, MONDAY, WORK, ask, calm, days, do, tried

LANGUAGES = ("da", "en")
DA = LOADED.words["da"]


def proposals() -> list[Proposal]:
    """One of each step, and the lead's for worry."""
    worried = threads.worry(calm(), True, MONDAY)
    found = [ask(worried, MONDAY)]
    thread, now = threads.Thread(MONDAY), MONDAY
    while (proposal := next_step(LADDER, thread, ALL, now, WORK)) is not None:
        now = proposal.due_at
        found.append(proposal)
        thread = do(thread, proposal)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_proposal_says_what_and_why(language: str) -> None:
    """Name, what to do by each channel, and why: filled in, nothing left open."""
    words = LOADED.words[language]
    seen = set()
    for proposal in proposals():
        texts = [words.name(proposal.step), words.do(proposal.step), words.why(proposal)]
        texts += [words.do(proposal.step, channel) for channel in proposal.channels]
        for text in texts:
            assert text.strip() == text != ""
            assert not re.search(r"[{}<>]|None|  ", text)
        seen.add(proposal.step)
    assert seen == {step.id for step in LADDER.steps}
    assert all(words.blocked(blocked) for blocked in Blocked)


def test_a_week_without_contact_is_said_as_a_week() -> None:
    """The lead's step says how long, and that the weekly contact was not kept."""
    assert DA.why(ask(calm(), MONDAY + days(7))) == (
        "Der er gået en uge uden kontakt, og den ugentlige kontakt er ikke holdt. Det skal du ikke stå alene med."
    )
    known = replace(calm(), last_contact_at=MONDAY - days(2))
    assert DA.why(ask(known, MONDAY + days(7))).startswith("Der er gået 9 dage uden kontakt, og den ugentlige")


def test_nothing_is_called_missed_that_was_not_agreed() -> None:
    """With another rhythm the sentence follows it; while it is kept, nothing is said about it."""
    proposal = ask(calm(), MONDAY + days(7), ContactSettings(rhythm_days=14))
    assert DA.why(proposal) == "Der er gået en uge uden kontakt. Det skal du ikke stå alene med."
    proposal = ask(calm(), MONDAY + days(7), ContactSettings(rhythm_days=3))
    assert "der skulle have været kontakt inden for 3 dage" in DA.why(proposal)


def test_worry_has_its_own_words() -> None:
    """Whoever is worried is told not to wait, and of 112; not about days."""
    text = DA.why(ask(threads.worry(calm(), True, MONDAY), MONDAY))
    assert "112" in text
    assert "dage" not in text


def test_what_to_do_follows_the_channel() -> None:
    """Where only writing was agreed, nobody is told to call or to go by."""
    only_text = ContactSettings(frozenset({Channel.TEXT}))
    for now in (0, 1, 3):
        thread = tried(calm(), *(MONDAY + days(d) for d in range(now)), channel=Channel.TEXT)
        proposal = ask(thread, MONDAY + days(now), only_text)
        said = f"{DA.name(proposal.step)} {DA.do(proposal.step, proposal.channels[0])}".lower()
        assert not re.search(r"\bring\b|kør forbi|seddel", said)


def test_nothing_pushes_towards_or_away_from_registering() -> None:
    """The ladder is about reaching somebody: no word on absence, registering or sanctions, and never 'klienten'."""
    for language in LANGUAGES:
        source = LOADED.words[language].source.model_dump_json().lower()
        for word in (
            "fravær",
            "registrer",
            "sanktion",
            "udebliv",
            "klient",
            "absence",
            "register",
            "sanction",
            "client",
        ):
            assert word not in source


def test_an_unknown_step_is_an_error() -> None:
    """A step that this ladder does not have has no words."""
    with pytest.raises(KeyError):
        DA.name(Step("other", LADDER.steps[0].kind).id)
    with pytest.raises(KeyError):
        DA.do("first_try", Channel.VISIT)


def test_numbers_of_days_in_words() -> None:
    """One, seven and fourteen have words of their own; the others are numbers."""
    assert [DA.span(n) for n in (0, 1, 2, 7, 14)] == ["mindre end en dag", "en dag", "2 dage", "en uge", "to uger"]
