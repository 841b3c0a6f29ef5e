"""The practice phone as one web application, and the server that runs it on loopback."""

from __future__ import annotations

import contextlib
import errno
import hmac
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.practice.api import BotApi
from bot.practice.botside import BotSide
from bot.practice.control import Control
from bot.practice.faults import Faults
from bot.practice.feed import Feed
from bot.practice.plug import Plug
from bot.practice.views import seconds_since_poll
from bot.practice.world import World

PAGE = Path(__file__).parent / "page"
HOST = "127.0.0.1"
POLL_TOO_OLD = 120.0  # seconds; a long poll takes 50 at most
_OWN_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class PortTakenError(Exception):
    """The port cannot be used; the text is one sentence that says what to do."""


class PhoneServer(uvicorn.Server):
    """Uvicorn that lets long polls go when it stops, and leaves signals to the program around it."""

    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: whoever runs the server also has a bot to stop."""
        yield

    def finish(self) -> None:
        """Stop: let everybody who waits go, then end. Call from the server's own event loop."""
        self._feed.close()
        self.should_exit = True


def create_app(
    world: World, token: str, plug: Plug, secret: str, feed: Feed | None = None, faults: Faults | None = None
) -> Starlette:
    """Put the Bot API, the control API and the page together; `secret` is the folder in the page's address."""
    feed = feed or Feed()
    faults = faults or Faults()
    world.on_change.append(feed.bump)
    api = BotApi(BotSide(world), token, feed, faults)
    control = Control(world, plug, feed, faults)
    page = Mount("/", routes=[*control.routes(), Mount("/", StaticFiles(directory=PAGE, html=True))])
    routes = [
        *api.routes(),
        Route("/healthz", _health(world, plug)),
        Mount("/practice/{secret}", _SecretDoor(page, secret)),
        Route("/", _front),
    ]
    app = Starlette(routes=routes)
    app.state.feed = feed
    app.add_middleware(_Guard)
    return app


def open_port(port: int) -> socket.socket:
    """Take a port on loopback (0: a free one); raises PortTakenError when it is in use."""
    # Only with the protocol named does asyncio turn Nagle's algorithm off; without, every answer takes 40 ms more.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if hasattr(socket, "SO_REUSEADDR"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortTakenError(
                f"Port {port} is in use by another program or not allowed; choose another with --port, "
                f"for example --port {port + 1 if 1024 <= port < 65535 else 8090}."
            ) from error
        raise
    return listener


def server_for(app: Starlette) -> PhoneServer:
    """Give a quiet server for the application: no access log, for addresses hold the token and the secret."""
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, timeout_graceful_shutdown=2, lifespan="off", ws="none"
    )
    return PhoneServer(config, app.state.feed)


async def serve(app: Starlette, listener: socket.socket) -> None:
    """Serve until cancelled."""
    server = server_for(app)
    try:
        await server.serve(sockets=[listener])
    finally:
        server.finish()


class _SecretDoor:
    """Lets through only who has the secret in the address."""

    def __init__(self, inside: ASGIApp, secret: str) -> None:
        self._inside = inside
        self._secret = secret.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = str(scope.get("path_params", {}).get("secret", "")).encode()
        if not hmac.compare_digest(given, self._secret):
            refusal = PlainTextResponse("Use the address that eftertanke printed.", status_code=403)
            await refusal(scope, receive, send)
            return
        await self._inside(scope, receive, send)


class _Guard:
    """Refuses other host names (DNS rebinding) and other pages' requests; adds the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not _own(headers.get("host", "")) or not _own_origin(headers):
            await PlainTextResponse("Only this computer may use the practice phone.", 403)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                stricter = given.get("Content-Security-Policy")
                given.update(_HEADERS)
                if stricter is not None:
                    given["Content-Security-Policy"] = stricter
            await send(message)

        await self._app(scope, receive, with_headers)


def _own(host: str) -> bool:
    name, separator, port = host.rpartition(":")
    return (name if separator and port.isdigit() else host).lower() in _OWN_NAMES


def _own_origin(headers: Headers) -> bool:
    origin = headers.get("origin")
    return origin is None or origin.lower() == f"http://{headers.get('host', '').lower()}"


async def _front(_: Request) -> Response:
    return PlainTextResponse("Eftertanke, øvelsestelefon. Brug adressen fra terminalen.\n", status_code=404)


def _health(world: World, plug: Plug) -> Callable[[Request], Awaitable[Response]]:
    async def health(_: Request) -> Response:
        age = seconds_since_poll(world)
        listening = plug.listening(world.heard) and age is not None and age <= POLL_TOO_OLD
        body = {"bot_listens": listening, "seconds_since_poll": age, "updates_waiting": len(world.updates)}
        return JSONResponse(body, status_code=200 if listening else 503)

    return health
