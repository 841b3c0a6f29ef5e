"""Start, reminders, week and export as rows: each is measured by a module of its own, which tells more when asked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from tests.benchmarks.children import ROOT, environment
from tests.benchmarks.exporting import ANSWERS_A_SECOND, MEGABYTES
from tests.benchmarks.figures import BenchmarkError, Row, Wanted, missing
from tests.benchmarks.reminders import BLOCKED_AT_MOST_MS, WITHIN_SECONDS
from tests.benchmarks.starting import measure_start
from tests.benchmarks.week import GROWS_AT_MOST, WITHIN_MS, Found, measure_all

START_AT_MOST = 1.0
_Say = Callable[[str], None]


def start(wanted: Wanted, say: _Say) -> list[Row]:
    """From the process to its first question for updates."""
    say("starting the bot …")
    found = measure_start(wanted.folder, 1 if wanted.quick else wanted.starts)
    details = {
        "seconds": list(found.seconds),
        "import_ms": dict(list(found.imports.items())[:12]),
        "import_ms_in_all": sum(found.imports.values()),
    }
    met = found.median <= START_AT_MOST
    return [
        Row("start", "Start to the first poll", found.median, "s", memory={"start": found.memory_mb},
            goal=f"≤ {START_AT_MOST:g} s", met=met, details=details)
    ]  # fmt: skip


def reminders(wanted: Wanted, say: _Say) -> list[Row]:
    """All due in the same second, beside APScheduler's own store where SQLAlchemy is installed."""
    count, people, rounds = ("300", "100", "1") if wanted.quick else ("10000", "500,10000", "3")
    say(f"{count} reminders due in the same second …")
    found = _asked("reminders", "--reminders", count, "--people", people, "--rounds", rounds, "--json")
    peer = next((one for one in found if not one["name"].startswith("Eftertanke")), None)
    rows = [_reminded(one, peer) for one in found]
    if peer is None:
        rows.append(missing("reminders", "APScheduler", "SQLAlchemy is not installed: pip install '.[bench]'"))
    return rows


def _reminded(one: dict[str, Any], peer: dict[str, Any] | None) -> Row:
    seconds, blocked = one["seconds"], one["blocked_ms"]
    name = f"{one['reminders']:,} reminders at once: {one['name']}"
    lost = "" if one["done"] == one["reminders"] else f"only {one['done']} of {one['reminders']} were queued"
    details = {"loop_blocked_ms": blocked}
    if one is peer:
        return Row("reminders", name, seconds, "s", error=lost, details=details)
    ratios = {"APScheduler + SQLAlchemy": peer["seconds"] / seconds} if peer else {}
    goal = f"≤ {WITHIN_SECONDS:g} s, loop blocked ≤ {BLOCKED_AT_MOST_MS:g} ms"
    met = seconds <= WITHIN_SECONDS and blocked <= BLOCKED_AT_MOST_MS
    return Row("reminders", name, seconds, "s", ratios=ratios, goal=goal, met=met, error=lost, details=details)


def week(wanted: Wanted, say: _Say) -> list[Row]:
    """A team's weekly summary with five years stored; the ratio is to one year."""
    say("filling years for the weekly summary …")
    answers, rounds, teams = (4_000, 2, (4,)) if wanted.quick else (wanted.stored, 9, (20, 1))
    found = measure_all(answers, rounds, wanted.folder, teams)
    years = {(one.teams, one.years): one for one in found}
    return [_summed(one, years[one.teams, 1]) for one in found if one.years == 5]


def _summed(five: Found, one: Found) -> Row:
    grows = five.cold_ms / one.cold_ms
    return Row(
        "week", f"A week's summary, cold, {five.teams} team{'s' if five.teams > 1 else ''}, 5 years",
        five.cold_ms, "ms", stored=five.answers, ratios={"1 year": grows},
        goal=f"≤ {WITHIN_MS} ms, ≤ {GROWS_AT_MOST:g} × 1 year",
        met=max(five.cold_ms, five.warm_ms) <= WITHIN_MS and grows <= GROWS_AT_MOST,
        details={"warm_ms": five.warm_ms, "worst_ms": five.worst_ms, "debriefs": five.debriefs},
    )  # fmt: skip


def export(wanted: Wanted, say: _Say) -> list[Row]:
    """Everything in every format; memory of the process and its helper together."""
    say("exporting …")
    told = _asked("exporting", "--json", "--folder", str(wanted.folder), *(["--quick"] if wanted.quick else []))
    rate, memory = told["answers_a_second"], told["memory_mb"]
    return [
        Row("export", "Export, every format", rate, "answers/s", stored=told["answers"], memory={"peak": memory},
            goal=f"≥ {ANSWERS_A_SECOND:,}/s within {MEGABYTES} MB",
            met=rate >= ANSWERS_A_SECOND and memory <= MEGABYTES,
            details={"megabytes_written": told["rounds"][0]["megabytes"]})
    ]  # fmt: skip


def _asked(module: str, *arguments: str) -> Any:
    """What a module tells as JSON. 1 is no failure: it says that a goal was missed, which a row says too."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise BenchmarkError(f"{module} ended with {done.returncode}; what it said stands above") from error
