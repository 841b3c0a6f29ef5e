"""What all tests share."""

from __future__ import annotations

import pytest
from hypothesis import settings

# How long an example takes says something about the machine, not about the program.
settings.register_profile("eftertanke", deadline=None)
settings.load_profile("eftertanke")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no process is left alone with it at the end."""
    items.sort(key=lambda item: "tests/faults/" not in item.nodeid)
