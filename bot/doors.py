"""The ports that the program listens on, taken at the start; and what is only loaded where one is open."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.health import Health
from bot.settings import Settings, SettingsError
from bot.telegram.minimise import Incoming, Watching
from bot.telegram.polling import Store
from bot.telegram.taking import Hold

if TYPE_CHECKING:
    from bot.metrics import Metrics
    from bot.telegram.webhook import Webhook

Server: TypeAlias = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""Serves until the event it is given is set."""

_EVERYWHERE, _HERE = "0.0.0.0", "127.0.0.1"  # noqa: S104 - a webhook is for the world


@dataclass(frozen=True)
class Doors:
    """The ports that are taken, each for what it is named; None: nothing of the kind is served."""

    webhook: socket.socket | None = None
    health: socket.socket | None = None


@contextmanager
def open_doors(settings: Settings) -> Iterator[Doors]:
    """Take the ports that the settings name, at once, so that one in use is said before anything else happens.

    Raises SettingsError with one sentence.
    """
    with ExitStack() as stack:

        def take(variable: str, host: str, port: int | None) -> socket.socket | None:
            return None if port is None else stack.enter_context(_taken(variable, settings.host or host, port))

        webhook = take("PORT", _EVERYWHERE, settings.port if settings.webhook_url else None)
        yield Doors(webhook, take("EFTERTANKE_HEALTH_PORT", _HERE, settings.health_port))


def _taken(variable: str, host: str, port: int) -> socket.socket:
    try:
        return listen_on(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError([f"{variable} {port} is in use by another program; choose another one."]) from error
        if error.errno == errno.EACCES:
            raise SettingsError([f"{variable} {port} is not allowed here; choose one above 1023."]) from error
        raise SettingsError([f"EFTERTANKE_HOST {host} is no address of this machine; correct it."]) from error


def listen_on(host: str, port: int) -> socket.socket:
    """Take a port (0: a free one). Raises OSError."""
    # Only with the protocol named does asyncio turn Nagle's algorithm off; without, every answer takes 40 ms more.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def metrics_of(doors: Doors) -> Metrics | None:
    """What keeps count, where somebody can ask for it."""
    if doors.health is None:
        return None
    from bot.metrics import Metrics  # loading it is not for those who do not ask

    return Metrics()


def counted(store: Store, metrics: Metrics | None) -> Store:
    """``store``, with what was stored counted."""
    if metrics is None:
        return store

    async def counting(updates: Sequence[Incoming]) -> None:
        await store(updates)
        metrics.stored(len(updates), sum(bool(update.held) for update in updates))

    return counting


def webhook_of(settings: Settings, store: Store, watching: Watching, hold: Hold) -> Webhook | None:
    """The webhook, when the settings ask for one."""
    if settings.webhook_url is None or settings.webhook_secret is None:
        return None
    from bot.telegram.webhook import Webhook  # a web server is not for those who poll

    return Webhook(settings.webhook_secret.get_secret_value(), store, watching=watching, hold=hold)


def servers(
    settings: Settings, doors: Doors, health: Health, metrics: Metrics | None, webhook: Webhook | None
) -> Sequence[Server]:
    """One for each open door."""
    if doors.webhook is None and doors.health is None:
        return []
    from bot import serving

    return serving.servers(settings, doors, health, metrics, webhook)
