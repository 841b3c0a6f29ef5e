"""Fixtures of the conversations: one running program a module, in an event loop of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.acceptance.person import Person
from tests.acceptance.stage import Stage, running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The conversations of a module that share a program share its event loop."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and "stage" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The running program on fresh data."""
    async with running(tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture
def anna(stage: Stage) -> Person:
    """A mentor who is enrolled."""
    return stage.person("Anna")


@pytest.fixture
def bo(stage: Stage) -> Person:
    """A mentor with an invitation."""
    return stage.person("Bo")


@pytest.fixture
def lea(stage: Stage) -> Person:
    """The team's lead."""
    return stage.person("Lea")


@pytest.fixture
def stranger(stage: Stage) -> Person:
    """Somebody without an invitation."""
    return stage.person("Fremmed")
