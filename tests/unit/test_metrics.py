"""The figures: what is counted where, and that no label can carry anybody's name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from bot.health import Report
from bot.metrics import Metrics
from storage.ageing import Ages, Waiting

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
QUIET = Waiting(0, None)


def report(**more: object) -> Report:
    """A report on a bot for which two updates wait, the oldest for a minute."""
    found = Ages(Waiting(2, NOW - timedelta(minutes=1)), QUIET, QUIET)
    fields: dict[str, object] = {"at": NOW, "by_webhook": False, "since_intake": 3.5, "ages": found, "roles": ("poll",)}
    return Report(**(fields | more))  # type: ignore[arg-type] # by name


def read(metrics: Metrics, told: Report) -> dict[tuple[str, tuple[str, ...]], float]:
    """Name and label values → value, as Prometheus reads it."""
    families = text_string_to_metric_families(metrics.text(told).decode())
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, tuple(one.labels.values())): one.value for one in samples}


def test_events_are_counted() -> None:
    """Each event is found under its name."""
    metrics = Metrics()
    metrics.stored(5, 2)
    metrics.turned(0.004, 3)
    metrics.failed("KeyError", dead=False)
    metrics.failed("KeyError", dead=True)
    metrics.sent(0.03, reminder=True)
    metrics.sent(0.03, reminder=False)
    metrics.not_sent("Forbidden")
    found = read(metrics, report())
    for outcome, count in (("stored", 5), ("done", 3), ("failed", 1), ("dead", 1)):
        assert found["eftertanke_updates_total", (outcome,)] == count
    assert found["eftertanke_update_errors_total", ("KeyError",)] == 2
    assert found["eftertanke_guard_holds_total", ()] == 2
    assert found["eftertanke_messages_total", ("sent",)] == 2
    assert found["eftertanke_messages_total", ("failed",)] == found["eftertanke_message_errors_total", ("Forbidden",)]
    assert found["eftertanke_reminders_sent_total", ()] == 1
    assert (found["eftertanke_turn_seconds_count", ()], found["eftertanke_send_seconds_count", ()]) == (3, 2)
    assert (
        found["eftertanke_turn_seconds_bucket", ("0.005",)] == 3
        and found["eftertanke_turn_seconds_bucket", ("0.0025",)] == 0
    )


def test_ages_are_those_of_the_report() -> None:
    """Ages, queue lengths and roles are what was found; what does not wait is 0 seconds old."""
    metrics = Metrics()
    found = read(metrics, report())
    assert found["eftertanke_oldest_update_seconds", ()] == 60 and found["eftertanke_updates_waiting", ()] == 2
    assert found["eftertanke_oldest_message_seconds", ()] == 0 and found["eftertanke_intake_age_seconds", ()] == 3.5
    assert found["eftertanke_role", ("poll",)] == 1 and found["eftertanke_role", ("send",)] == 0
    assert found["eftertanke_healthy", ()] == 1 and found["eftertanke_losses", ()] == 0
    assert read(metrics, report(losses=2))["eftertanke_losses", ()] == 2
    late = read(metrics, report(late=("update",), roles=("send",)))
    assert late["eftertanke_healthy", ()] == 0 and late["eftertanke_role", ("poll",)] == 0


def test_the_process_tells_its_memory() -> None:
    """Resident memory is among the figures."""
    assert read(Metrics(), report())["process_resident_memory_bytes", ()] > 1_000_000


def test_two_do_not_share() -> None:
    """Nothing is kept in the library's common registry, and one count does not show in another."""
    one, other = Metrics(), Metrics()
    one.stored(1, 0)
    assert read(other, report())["eftertanke_updates_total", ("stored",)] == 0
    assert not any(family.name.startswith("eftertanke") for family in REGISTRY.collect())
