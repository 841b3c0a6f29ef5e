"""The benchmarks still run, and measure what they say; how fast anything is, is not asserted here."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.children import ROOT, environment
from tests.benchmarks.figures import Row, Wanted
from tests.benchmarks.parts import NAMES, measured
from tests.benchmarks.rounds import AIOGRAM, OURS, PICKLE, POSTGRES, PTB, aiogram_is_here
from tests.benchmarks.table import cells, markdown
from tests.integration import engines

_QUICK_ANSWERS = 20 + 5  # one batch and the single ones
_SQLALCHEMY = "APScheduler + SQLAlchemy"


@dataclass(frozen=True)
class _Run:
    machine: dict[str, Any]
    rows: list[Row]
    page: str

    def of(self, part: str) -> list[Row]:
        """The rows of a part that were measured."""
        return [row for row in self.rows if row.part == part and "missing" not in row.details]


@lru_cache(maxsize=1)
def _quick() -> _Run:
    with tempfile.TemporaryDirectory() as folder:
        figures, page = Path(folder) / "figures.json", Path(folder) / "page.md"
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks", "--quick", "--json", str(figures), "--markdown", str(page)],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr[-2_000:]
        told = json.loads(figures.read_text(encoding="utf-8"))
        rows = [Row.from_json(one) for one in told["rows"]]
        return _Run(told["machine"], rows, page.read_text(encoding="utf-8"))


def _server_is_here() -> bool:
    return isinstance(engines._started(), engines.Server)


def test_every_part_has_its_rows() -> None:
    """One table has all parts, each with a figure above nothing, and says on how many cores."""
    found = _quick()
    assert {row.part for row in found.rows} == set(NAMES)
    for name in NAMES:
        assert found.of(name), name
        assert all(row.figure is not None and row.figure > 0 for row in found.of(name)), name
    assert found.machine["cores"] > 0


def test_every_side_of_an_answer_is_there() -> None:
    """Ours on a file at both crowds and with earlier answers, on a server with one process and two, and the peers."""
    found = sorted(
        (row.details["kind"], row.people, row.stored, row.details["processes"]) for row in _quick().of("answer")
    )
    wanted = [(OURS, 20, 0, 1), (OURS, 60, 0, 1), (OURS, 60, 2_000, 1), (PTB, 20, 0, 1), (PICKLE, 20, 0, 1)]
    if _server_is_here():
        wanted += [(POSTGRES, 60, 0, 1), (POSTGRES, 60, 0, 2)]
    if aiogram_is_here():
        wanted += [(AIOGRAM, 20, 0, 1)]
    assert found == sorted(wanted)


def test_what_was_measured_was_really_stored() -> None:
    """Every answer that was sent is found again, word for word, wherever something is stored at all."""
    for row in _quick().of("answer"):
        assert row.details["sent"] == _QUICK_ANSWERS, row.name
        assert row.details["stored"] == row.details["sent"], row.name


def test_ours_was_encrypted_and_durable() -> None:
    """The figures are those of the settings the bot runs with."""
    for row in _quick().of("answer"):
        facts = row.details["facts"]
        if row.details["kind"] == OURS:
            assert facts["synchronous"] == 2 and facts["cipher_version"], row
        if row.details["kind"] == POSTGRES:
            assert facts["synchronous_commit"] == facts["fsync"] == "on", row


def test_answers_have_ratios_and_times() -> None:
    """Beside the peers, the file and fewer processes stands a ratio; the median is below the 99th of a hundred."""
    for row in _quick().of("answer"):
        assert row.ratios and all(ratio > 0 for ratio in row.ratios.values()), row
        assert row.p50_ms is not None and row.p99_ms is not None and 0 < row.p50_ms <= row.p99_ms, row
        kind, processes = row.details["kind"], row.details["processes"]
        if kind in (OURS, POSTGRES):
            assert "PTB+pickle" in row.ratios and ("aiogram" in row.ratios) == aiogram_is_here(), row
        assert ("SQLite" in row.ratios) == (kind == POSTGRES), row
        assert ("1 process" in row.ratios) == (processes > 1), row


def test_the_burst_was_the_program_s_own() -> None:
    """All of a burst is carried out and stored by the real program, with its memory at start and at most."""
    found = _quick().of("burst")
    assert len(found) == 1 + 2 * _server_is_here()  # with a server also what a process holds
    for row in found:
        if row.unit == "updates/s":
            assert row.details["answers"] == row.people == 60, row
            assert 20 < row.memory["start"] <= row.memory["peak"] < 1_000, row


def test_start_reminders_and_week_say_their_goals() -> None:
    """Each has the figure that a goal is set for, and whether it was met; reasons and the peer stand beside."""
    start, week = _quick().of("start")[0], _quick().of("week")[0]
    assert start.details["import_ms"].keys() & {"telegram", "bot", "pydantic"}
    assert week.ratios["1 year"] > 0 and week.stored is not None and week.stored >= 4_000
    ours = _quick().of("reminders")[0]
    assert all(row.goal and row.met is not None for row in (start, week, ours))
    assert ours.ratios.get(_SQLALCHEMY, 1) > 0


def test_a_quick_export_has_everything() -> None:
    """Every answer is written, and speed and memory are there, beside their goal."""
    (row,) = _quick().of("export")
    assert row.stored is not None and row.stored >= 2_000 and row.met is not None
    assert 20 < row.memory["peak"] < 1_000
    assert row.details["megabytes_written"] > 1


def test_the_disk_is_reckoned_from_what_was_written() -> None:
    """An answer, a debrief with all that belongs to it, and a year of a thousand mentors, on each engine."""
    found = _quick().of("disk")
    assert len(found) == (6 if _server_is_here() else 3)
    for an_answer, a_debrief, a_year in zip(found[0::3], found[1::3], found[2::3], strict=True):
        sizes = (an_answer.figure or 0, a_debrief.figure or 0, a_year.figure or 0)
        assert 100 < sizes[0] < sizes[1] < 1_000_000
        assert sizes[2] >= 1_000 * 220 * sizes[1] / 1e9 * 0.99, "what is kept is in it, and what passes"


def test_the_page_has_every_row() -> None:
    """The Markdown is one table with a line for each row."""
    lines = [line for line in _quick().page.splitlines() if line.startswith("|")]
    assert len(lines) == 2 + len(_quick().rows)
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1


def test_a_part_that_fails_is_a_row(tmp_path: Path) -> None:
    """Whatever happens in a part, its row says so and the others are not lost."""
    (row,) = measured("export", Wanted(tmp_path / "no" / "such" / "folder", quick=True))
    assert row.error and row.figure is None
    assert cells(row)[3].startswith("FAILED: ")
    assert "FAILED" in markdown([row], "a title")


@pytest.mark.skipif(not aiogram_is_here(), reason="the extra bench is not installed")
def test_reminders_are_beside_their_peer() -> None:
    """With the extra ``bench`` the peer has a row, and ours its ratio."""
    ours, peer = _quick().of("reminders")
    assert _SQLALCHEMY in ours.ratios and peer.name.endswith("job store")
