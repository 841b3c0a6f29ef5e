"""Figures for Prometheus: ages, counts and times, never a text and never an id.

The only labels are ``outcome``, one of a few words of our own, ``error``, the name of a class, and ``role``, one of the
program's roles: none of them can carry a person's or a citizen's name.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from bot.health import ROLES, Report

_TURN_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_SEND_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_UNKNOWN = float("nan")


class Metrics:
    """Keeps count; see ``Noted`` for what it is told. A registry of its own: nothing is shared with other parts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)  # memory and time of this process
        self._count_events()
        self._gauge_ages()

    def _count_events(self) -> None:
        registry = self.registry
        self._updates = Counter(
            "eftertanke_updates", "Updates from Telegram, by what became of them.", ["outcome"], registry=registry
        )
        self._update_errors = Counter(
            "eftertanke_update_errors", "Turns that failed, by class of error.", ["error"], registry=registry
        )
        self._held = Counter("eftertanke_guard_holds", "Messages that the guard held back.", registry=registry)
        self._messages = Counter(
            "eftertanke_messages", "What goes to Telegram, by what became of it.", ["outcome"], registry=registry
        )
        self._message_errors = Counter(
            "eftertanke_message_errors", "Calls that Telegram did not take.", ["error"], registry=registry
        )
        self._reminders = Counter("eftertanke_reminders_sent", "Messages with reminders.", registry=registry)
        self._turns = Histogram(
            "eftertanke_turn_seconds",
            "From an update's beginning to its commit.",
            buckets=_TURN_SECONDS,
            registry=registry,
        )
        self._sends = Histogram(
            "eftertanke_send_seconds", "How long Telegram took.", buckets=_SEND_SECONDS, registry=registry
        )
        for outcome in ("stored", "done", "failed", "dead"):
            self._updates.labels(outcome)  # a counter that is there from the start can be reckoned with
        for outcome in ("sent", "failed"):
            self._messages.labels(outcome)

    def _gauge_ages(self) -> None:
        def gauge(name: str, what: str) -> Gauge:
            return Gauge(f"eftertanke_{name}", what, registry=self.registry)

        self._healthy = gauge("healthy", "1 when /healthz says ok.")
        self._database = gauge("database_up", "1 when the database answers.")
        self._losses = gauge("losses", "How often something stored was found missing that nobody has seen to yet.")
        self._since = gauge("intake_age_seconds", "Since the last poll or webhook call that worked.")
        self._oldest = {
            "update": gauge("oldest_update_seconds", "Age of the oldest update that is not done; 0: all are."),
            "message": gauge("oldest_message_seconds", "Age of the oldest message that is not sent; 0: all are."),
            "reminder": gauge("oldest_reminder_seconds", "How overdue the oldest reminder is; 0: none is."),
        }
        self._queues = {
            "update": gauge("updates_waiting", "Updates that are not done."),
            "message": gauge("messages_waiting", "Messages that are not sent; who blocks the bot is not counted."),
            "reminder": gauge("reminders_waiting", "Reminders that should have gone."),
        }
        self._role = Gauge(
            "eftertanke_role", "1 for the roles that this process has.", ["role"], registry=self.registry
        )

    def stored(self, count: int, held: int) -> None:
        """See ``Noted``. One that Telegram repeats is counted again."""
        self._updates.labels("stored").inc(count)
        self._held.inc(held)

    def turned(self, seconds: float, count: int) -> None:
        """See ``Noted``: each of those who were carried out together waited as long."""
        self._updates.labels("done").inc(count)
        for _ in range(count):
            self._turns.observe(seconds)

    def failed(self, error: str, *, dead: bool) -> None:
        """See ``Noted``."""
        self._updates.labels("dead" if dead else "failed").inc()
        self._update_errors.labels(error).inc()

    def sent(self, seconds: float, *, reminder: bool) -> None:
        """See ``Noted``."""
        self._messages.labels("sent").inc()
        self._sends.observe(seconds)
        if reminder:
            self._reminders.inc()

    def not_sent(self, error: str) -> None:
        """See ``Noted``."""
        self._messages.labels("failed").inc()
        self._message_errors.labels(error).inc()

    def text(self, report: Report) -> bytes:
        """Everything in Prometheus' text format, with the ages of ``report``; what is not known is NaN."""
        self._healthy.set(report.ok)
        self._database.set(report.ages is not None)
        self._losses.set(report.losses)
        self._since.set(_UNKNOWN if report.since_intake is None else report.since_intake)
        waiting = report.waiting
        for name, gauge in self._oldest.items():
            gauge.set(_UNKNOWN if waiting is None else report.seconds(name) or 0.0)
        for name, gauge in self._queues.items():
            gauge.set(_UNKNOWN if waiting is None else waiting[name].count)
        for role in ROLES:
            self._role.labels(role).set(role in report.roles)
        return generate_latest(self.registry)
