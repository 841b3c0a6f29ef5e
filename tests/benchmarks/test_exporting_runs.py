"""The benchmark of exports still runs, and measures what it says; how fast it is, is not asserted here."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.benchmarks.children import ROOT, environment


def test_a_quick_round_exports_everything() -> None:
    """Every answer is written, and time and memory are there."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.exporting", "--quick", "--json"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    told = json.loads(done.stdout)
    assert told["answers"] >= 2_000 and told["answers_a_second"] > 0
    assert 20 < told["memory_mb"] < 1_000
    assert told["rounds"][0]["megabytes"] > 1
