"""How big the fault tests are, and where their figures are printed and kept."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

KILLS = 50
SEED = 20260
NOTES = os.environ.get("EFTERTANKE_TEST_NOTES")  # read now: some tests empty the environment


@dataclass(frozen=True)
class Size:
    """``kills``: how often the plug is pulled; ``seed``: of all chance."""

    kills: int
    seed: int

    def many(self, name: str, every_run: int) -> int:
        """How many of something: the variable ``EFTERTANKE_TEST_<NAME>``, or what every run does."""
        return int(os.environ.get(f"EFTERTANKE_TEST_{name.upper()}", every_run))


class Note(Protocol):
    """Prints what one test did and found, and keeps it for the table of the release (``python -m tests.faults``).

    ``row``: of the fault list (``tests.faults.rows``); ``size``: how many ``unit`` were done; ``figure``: what the
    auditor counted, in words; ``twin``: whether this is the weaker program, whose figure must not be zero. To be called
    before anything is asserted.
    """

    def __call__(self, row: int, size: int, unit: str, figure: object, *, twin: bool = False) -> None:
        """Print and keep it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, for ``pytest tests/faults``; from elsewhere the variables do."""
    parser.addoption("--kills", type=int, help=f"how often the bot is killed (EFTERTANKE_TEST_KILLS; {KILLS})")
    parser.addoption("--seed", type=int, help=f"of all chance in the fault tests (EFTERTANKE_TEST_SEED; {SEED})")


def size_of(config: pytest.Config) -> Size:
    """Options first, then variables, then what every run does."""

    def number(name: str, otherwise: int) -> int:
        given: Any = config.getoption(f"--{name}", None)
        return int(given if given is not None else os.environ.get(f"EFTERTANKE_TEST_{name.upper()}", otherwise))

    return Size(number("kills", KILLS), number("seed", SEED))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give the storms the time that their size needs."""
    for item in items:
        if item.get_closest_marker("storm"):
            item.add_marker(pytest.mark.timeout(240 + 8 * size_of(config).kills))


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "storm: takes longer with more kills")


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Size:
    """Give the size of this run."""
    return size_of(request.config)


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Give what prints a line of figures, whether or not the test passes."""
    return teller(request.config)


@pytest.fixture
def note(request: pytest.FixtureRequest, tell: Callable[[str], None]) -> Note:
    """Give what prints a row's figure and adds it, as a line of JSON, to the file ``EFTERTANKE_TEST_NOTES``."""
    seed = size_of(request.config).seed

    def noted(row: int, size: int, unit: str, figure: object, *, twin: bool = False) -> None:
        tell(f"row {row}{', twin' if twin else ''}: {size} {unit}, seed {seed}: {figure}")
        if NOTES:
            first = str(figure).partition("\n")[0]
            line = {"row": row, "size": size, "unit": unit, "figure": first, "twin": twin, "seed": seed}
            with Path(NOTES).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")

    return noted


def teller(config: pytest.Config) -> Callable[[str], None]:
    """Give what prints a line. Where tests run in several processes it goes to stderr, which they share."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    capture: Any = config.pluginmanager.get_plugin("capturemanager")

    def line(text: str) -> None:
        with capture.global_and_fixture_disabled():
            if reporter is None:
                (sys.__stderr__ or sys.stderr).write(f"\n{text}\n")
                return
            reporter.ensure_newline()
            reporter.write_line(text)

    return line
