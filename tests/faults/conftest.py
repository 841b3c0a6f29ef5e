"""How big the fault tests are, and where their figures are printed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

KILLS = 50
SEED = 20260


@dataclass(frozen=True)
class Size:
    """``kills``: how often the plug is pulled; ``seed``: of all chance."""

    kills: int
    seed: int


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
