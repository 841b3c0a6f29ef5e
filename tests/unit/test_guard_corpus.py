"""The guard against the corpus of invented lines: what it may miss, and what it may take for something else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.guard import CPR, GUARD, Finding, Guard
from tests.corpus import load
from tests.corpus.measuring import KINDS, Result, counted, tried

_MOST_MISSED = 0.05
_MOST_SPRUNG = 0.05


@pytest.fixture(scope="module")
def results() -> list[Result]:
    """What the shipped guard makes of every line."""
    return tried(load())


def told(results: Sequence[Result]) -> str:
    """Give the ids of the lines that went wrong: the texts stay out of logs even though they are invented."""
    wrong = [f"{one.line.id} missed {sorted(one.missed)} false {sorted(one.false)}" for one in results]
    return "; ".join(text for text, one in zip(wrong, results, strict=True) if one.missed or one.false)


def test_the_corpus_is_large_and_half_of_it_traps(results: list[Result]) -> None:
    """There are at least 400 lines, two of five are traps, and every kind has its lines."""
    figures = counted(results)
    assert len(results) >= 400
    assert 0.4 <= figures.traps / len(results) <= 0.6
    assert all(figures.lines[kind] >= 20 for kind in KINDS)


def test_no_cpr_number_is_missed(results: list[Result]) -> None:
    """Not one line with a CPR number passes."""
    assert counted(results).missed[CPR] == 0, told(results)


@pytest.mark.parametrize("kind", KINDS)
def test_few_of_a_kind_are_missed(results: list[Result], kind: str) -> None:
    """At most one in twenty of each kind is missed."""
    figures = counted(results)
    assert figures.missed[kind] <= _MOST_MISSED * figures.lines[kind], told(results)


def test_few_traps_are_sprung(results: list[Result]) -> None:
    """In at most one trap in twenty something is found."""
    figures = counted(results)
    assert figures.sprung <= _MOST_SPRUNG * figures.traps, told(results)


def test_nothing_that_is_not_there_is_found_beside_what_is(results: list[Result]) -> None:
    """At most one line in fifty has a finding of a kind that it does not hold."""
    assert sum(counted(results).false.values()) <= 0.02 * len(results), told(results)


def test_the_measure_sees_a_guard_that_finds_nothing() -> None:
    """A guard without detectors misses every line but those with listed names, and springs no trap."""
    figures = counted(tried(load(), Guard(())))
    assert all(figures.missed[kind] == figures.lines[kind] for kind in KINDS if kind != "name")
    assert figures.missed["name"] < figures.lines["name"]


def test_the_measure_sees_a_guard_that_finds_everything() -> None:
    """A guard that takes every text for a CPR number springs every trap with a text in it."""

    def everything(text: str) -> list[Finding]:
        return [Finding(0, len(text), CPR)] if not text.startswith("[") else []

    figures = counted(tried(load(), Guard((everything,))))
    assert figures.sprung >= figures.traps - sum(line.trap and line.text.startswith("[") for line in load())
    assert figures.missed[CPR] == 0


def test_the_whole_guard_is_measured() -> None:
    """What is measured by default is the guard that is shipped."""
    lines = load()[:20]
    assert tried(lines) == tried(lines, GUARD)
