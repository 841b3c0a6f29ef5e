"""Which tests run on both engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.conftest import note, tell  # noqa: F401 - fixtures, for the rows of the fault list that stand here
from tests.integration import engines

ON_BOTH = frozenset(
    f"test_{name}"
    for name in (
        "asked_ahead", "audit_chain", "guarding", "invite_tries", "my_data", "retention", "permissions",
        "retention_told", "who_saw",
        "contact_log", "contact_log_counted", "lead_calls", "reach", "reach_debriefs", "remind_lead", "remind_sending",
        "storage_chat", "storage_codings", "storage_debriefs", "storage_due", "storage_hours", "storage_inbox",
        "storage_outbox", "storage_people", "storage_reminders", "storage_threads", "storage_transactions",
        "storage_weekly", "supervision", "todo", "week_figures", "week_figures_unsafe", "week_lead", "week_monday",
        "worker",
    )
)  # fmt: skip
"""Left out: what is about the file itself (opening, keys, migrations of a file, faults of a disk)."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "sqlite_only: about the file, how this engine plans a query, or long")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test of these modules once an engine."""
    about_a_file = metafunc.definition.get_closest_marker("sqlite_only") is not None
    if metafunc.module.__name__.rpartition(".")[2] in ON_BOTH and not about_a_file:
        metafunc.parametrize("engine", engines.ENGINES, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out single cases that say so."""
    left_out = [
        item
        for item in items
        if item.get_closest_marker("sqlite_only") is not None
        and getattr(getattr(item, "callspec", None), "params", {}).get("engine") == "postgres"
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine of this test."""
    name = getattr(request, "param", "sqlite")
    if name == "postgres":
        engines.server()
    with engines.on(name):
        yield name
