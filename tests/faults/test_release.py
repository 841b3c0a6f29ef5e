"""The runner of the fault list: every row is there, what was run is not run again, and figures are added up rightly."""

from __future__ import annotations

import ast
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import release
from tests.faults.list import ROWS
from tests.faults.release import ROOT, SEED, Kept, Outcome, Piece, pieces, run
from tests.faults.rows import Row, part
from tests.faults.table import lines, markdown, summed

ROW = Row(1, "invented", "nothing", 300, (part("release", "one", 3, kills=100),), (part("release", "other"),))


def outcome(seed: int = SEED, figure: str = "lost 0", *, twin: bool = False, passed: bool = True) -> Outcome:
    """What came of a piece of the invented row."""
    node = (ROW.twins if twin else ROW.parts)[0].node
    note = {"row": 1, "size": 100, "unit": "kills", "figure": figure, "twin": twin, "seed": seed}
    return Outcome(1, node, seed, twin, passed, 1.0, "2026-11-23T08:00:00+00:00", [note])


def test_every_row_of_the_list_is_there() -> None:
    """1 to 24, each with a test and a twin that exist."""
    assert [row.number for row in ROWS] == list(range(1, 25))
    for row in ROWS:
        assert row.parts and row.twins, row.number
        for one in (*row.parts, *row.twins):
            file, _, name = one.node.partition("::")
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            assert name in {getattr(node, "name", "") for node in tree.body}, one.node


def test_a_piece_of_each_row_comes_before_the_second_of_any() -> None:
    """Who stops early has something of everything; each piece has a seed of its own, and the size of a release."""
    other = Row(2, "another", "nothing", None, (part("release", "third", 2),), ())
    wanted = list(pieces([ROW, other], release=True))
    assert [(one.row, one.seed - SEED, one.twin) for one in wanted] == [
        (1, 0, False), (1, 0, True), (2, 0, False), (1, 1, False), (2, 1, False), (1, 2, False),
    ]  # fmt: skip
    assert wanted[0].sizes == {"EFTERTANKE_TEST_KILLS": 100}
    assert [one.sizes for one in pieces([ROW, other], release=False)] == [{}, {}, {}]


def test_what_was_run_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was broken off goes on; what failed comes again; another version of the program begins anew."""
    tried: list[int] = []

    def one(piece: Piece) -> Outcome:
        tried.append(piece.seed - SEED)
        return outcome(piece.seed, passed=piece.seed != SEED + 1)

    monkeypatch.setattr(release, "_one", one)
    wanted, state = [piece for piece in pieces([ROW], release=True) if not piece.twin], tmp_path / "state.jsonl"
    said: list[str] = []
    run(wanted[:2], Kept(state, "a"), said.append)
    run(wanted, Kept(state, "a"), said.append)
    assert tried == [0, 1, 1, 2] and "FAILED" in said[1]
    assert len(Kept(state, "a").outcomes) == 3
    run(wanted, Kept(state, "a"), said.append, until=0.0)
    assert said[-1] == "The time is over; 1 pieces are left for the next run."
    run(wanted[:1], Kept(state, "b"), said.append)
    assert tried[4:] == [0] and state.with_suffix(".old").exists()


def test_pieces_may_run_beside_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many as are wished for at a time and never more; each is kept once, and when the time is over those that run
    are waited for."""
    lock, meeting = threading.Lock(), threading.Barrier(2)
    running = most = 0

    def one(piece: Piece) -> Outcome:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        meeting.wait(10)  # nobody ends before another has begun
        with lock:
            running -= 1
        return outcome(piece.seed)

    monkeypatch.setattr(release, "_one", one)
    wanted = [Piece(1, outcome().node, SEED + number, False) for number in range(6)]
    state = tmp_path / "state.jsonl"
    run(wanted[:4], Kept(state, "a"), lambda _: None, at_once=2)
    assert most == 2
    run(wanted, Kept(state, "a"), lambda _: None, at_once=2)
    assert sorted(one.seed for one in Kept(state, "a").outcomes) == [one.seed for one in wanted]
    assert len(state.read_text(encoding="utf-8").splitlines()) == 7


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (["lost 1, doubled 0", "lost 2, doubled 3"], "lost 3, doubled 3"),
        (["lost 0, longest stop 1.5 s", "lost 0, longest stop 0.25 s"], "lost 0, longest stop 1.5 s"),
        (["lost 0, 5 of 5 opened", "lost 0, 7 of 8 opened"], "lost 0, 12 of 13 opened"),
        (["lost 0", "leaked 2", "lost 0"], "lost 0; leaked 2"),
        (["0 violations"], "0 violations"),
    ],
)
def test_figures_of_pieces_are_added(figures: list[str], expected: str) -> None:
    """Counts are sums, of what is longest the greatest counts, and different words stay beside each other."""
    assert summed(figures) == expected


def test_a_line_says_size_figure_and_twin() -> None:
    """How much of the release size was reached, the sums, and that the twin was found out; what failed is red."""
    (line,) = lines([ROW], [outcome(figure="lost 0, altered 0 · 9 texts"), outcome(SEED + 1, "lost 1, altered 0")])
    assert (line.size, line.figure, line.good, line.found) == ("200 of 300 kills", "lost 1, altered 0", True, None)
    (line,) = lines([ROW], [outcome(passed=False), outcome(figure="lost 3", twin=True)])
    assert (line.good, line.twin, line.found) == (False, "lost 3", True)
    assert markdown([line], "2026-11-23").splitlines()[-1] == (
        "| 1 | invented | 100 of 300 kills | 🔴 lost 0 | 🔴 lost 3 |"
    )
    (line,) = lines([ROW], [])
    assert (line.size, line.good, line.found) == ("not run", None, None)


def test_the_size_is_that_of_the_first_part() -> None:
    """Whichever piece ended first."""
    parts = (part("release", "one"), part("release", "more"))
    row = Row(1, "invented", "nothing", 300, parts, ())
    first, other = outcome(), outcome()
    note = {**other.notes[0], "unit": "stops", "size": 7}
    other = replace(other, node=parts[1].node, notes=[note])
    (line,) = lines([row], [other, first])
    assert line.size == "100 of 300 kills; 7 stops"
