"""The benchmarks still run, and measure what they say; how fast anything is, is not asserted here."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache
from typing import Any

import pytest

from tests.benchmarks.children import ROOT, environment
from tests.benchmarks.rounds import AIOGRAM, AIOGRAM_WAL, OURS, PTB, aiogram_is_here

_QUICK_ANSWERS = 20 + 5  # one batch and the single ones


@lru_cache(maxsize=1)
def _quick() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--quick", "--json"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_row_is_there() -> None:
    """Ours at both crowds and with earlier answers, PTB, and aiogram if its extra is installed."""
    rows = [(row["kind"], row["people"], row["stored_before"]) for row in _quick()["rows"]]
    others = [(AIOGRAM, 20, 0), (AIOGRAM, 60, 0), (AIOGRAM_WAL, 20, 0)] if aiogram_is_here() else []
    assert rows == [(OURS, 20, 0), (OURS, 60, 0), (OURS, 60, 2_000), (PTB, 20, 0), *others]


def test_what_was_measured_was_really_stored() -> None:
    """Every answer that was sent is found again, word for word, wherever something is stored at all."""
    for row in _quick()["rows"]:
        assert row["sent"] == _QUICK_ANSWERS, row["name"]
        assert row["stored"] == row["sent"], row["name"]


def test_ours_was_encrypted_and_durable() -> None:
    """The figures are those of the settings the bot runs with."""
    for row in _quick()["rows"]:
        if row["kind"] == OURS:
            assert row["facts"]["synchronous"] == 2 and row["facts"]["cipher_version"], row


def test_the_start_is_there_with_its_reasons() -> None:
    """Seconds to the first poll, and what was imported on the way."""
    start = _quick()["start"]
    assert start["median_seconds"] > 0
    assert start["import_ms"].keys() & {"telegram", "bot", "pydantic"}


@pytest.mark.skipif(not aiogram_is_here(), reason="the extra bench is not installed")
def test_ratios_are_of_the_same_rounds() -> None:
    """Beside aiogram and PTB stands a ratio in every row of ours."""
    for row in _quick()["rows"]:
        if row["kind"] == OURS:
            assert row["times_aiogram"] > 0 and row["times_ptb"] > 0
