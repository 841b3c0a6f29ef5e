"""What the program serves over HTTP: the webhook, how it is, and figures.

The webhook's port is open to the world, behind whatever ends TLS: there only /healthz is beside it. Figures are for who
runs the bot, on the health port, which is this machine's own unless EFTERTANKE_HOST says otherwise.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.doors import Doors, Server
from bot.health import Health
from bot.settings import Settings
from bot.telegram.webhook import Webhook

if TYPE_CHECKING:
    from bot.metrics import Metrics

log = logging.getLogger(__name__)

_DRAIN = 4  # seconds for requests under way
_SILENT = 10.0  # seconds in which a connection must have said something
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_FRESH = {"Cache-Control": "no-store"}
_Handler = Callable[[Request], Awaitable[Response]]


def servers(
    settings: Settings, doors: Doors, health: Health, metrics: Metrics | None, webhook: Webhook | None
) -> Sequence[Server]:
    """One for each open door."""

    def server(listener: socket.socket, routes: list[Route]) -> Server:
        return lambda stop: serve(Starlette(routes=routes), listener, stop)

    well = Route("/healthz", _health(health), methods=["GET"])
    found = []
    if doors.webhook is not None and webhook is not None and settings.webhook_url is not None:
        path = urlsplit(settings.webhook_url).path or "/"
        found.append(server(doors.webhook, [Route(path, webhook.receive, methods=["POST"]), well]))
        log.info("Updates are taken by webhook, on port %d.", doors.webhook.getsockname()[1])
    if doors.health is not None and metrics is not None:
        figures = Route("/metrics", _figures(health, metrics), methods=["GET"])
        found.append(server(doors.health, [well, figures]))
        log.info("/healthz and /metrics are on port %d.", doors.health.getsockname()[1])
    return found


def _health(health: Health) -> _Handler:
    async def answer(_: Request) -> Response:
        report = await health.report()
        return JSONResponse(report.to_json(), 200 if report.ok else 503, headers=_FRESH)

    return answer


def _figures(health: Health, metrics: Metrics) -> _Handler:
    async def answer(_: Request) -> Response:
        return Response(metrics.text(await health.report()), headers=_FRESH | {"Content-Type": _TEXT})

    return answer


class _Protocol(H11Protocol):
    """Closes a connection that says nothing: otherwise a few hundred silent ones would keep Telegram out."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self.loop.call_later(_SILENT, self._close_if_silent)

    def _close_if_silent(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: they are the program's."""
        yield


async def serve(app: Starlette, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serve until ``stop`` is set; requests under way are finished. No access log: it would hold addresses.

    Raises RuntimeError when serving ends by itself: a bot that nobody can reach must not look alive.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=_DRAIN,
        timeout_keep_alive=75,
        http=_Protocol,
        limit_concurrency=200,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        server.should_exit = True
        await task
    if not stop.is_set():
        raise RuntimeError("serving ended by itself")
