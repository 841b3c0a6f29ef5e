"""The doctor's look at a PostgreSQL server: connection, TLS, version, schema, roles, and what waits too long."""

from __future__ import annotations

from datetime import datetime

from bot.doctor import Check, bad, ok, skipped, troubled, warn
from bot.doctor_database import at_work, schema
from bot.keys import key_of
from bot.settings import Settings
from bot.sharing import role_number
from storage.database import StorageError
from storage.postgres_looking import Server, ServerLook, server_looked_into
from storage.postgres_migrating import OLDEST

_MB = 1_000_000
_CHECKS = ("schema", "poll", "backlog", "dead_letters", "audit")
_INTAKE = ("poll", "webhook")  # one of the two
_ROLES = ("send", "draw", "clock")


async def on_server(settings: Settings, now: datetime) -> list[Check]:
    """Everything that can be seen of the server through a connection. ``now``: aware."""
    assert settings.database_url is not None  # noqa: S101 - the caller has looked
    try:
        async with server_looked_into(settings.database_url.get_secret_value(), key_of(settings)) as look:
            return await _examined(settings, look, now)
    except (StorageError, OSError) as error:
        return [troubled("database", error), *skipped(("server", "roles", *_CHECKS), "the database does not open")]


async def _examined(settings: Settings, look: ServerLook, now: datetime) -> list[Check]:
    server = look.server
    if server.key_id is None:
        empty = bad("database", f"{server.name} has none of our tables.", "Run `eftertanke setup`.")
        return [empty, _server(server), *skipped(("roles", *_CHECKS), "it was never set up")]
    found = ok("database", f"{server.name} opens with the key; {server.bytes / _MB:.1f} MB.")
    checks = [found, _server(server), _roles(server), schema(server.schema, look.newest)]
    if server.schema != look.newest:
        return [*checks, *skipped(_CHECKS[1:], "the schema is not this program's")]
    return [*checks, *await at_work(look.view, now, running=bool(server.held))]


def _server(server: Server) -> Check:
    found = f"PostgreSQL {server.version}, {'over TLS' if server.tls else 'without TLS'}."
    if server.number < OLDEST:
        return bad("server", found, f"Install PostgreSQL {OLDEST // 10_000} or newer.")
    if not server.tls and not server.local:
        return bad("server", found, "Add sslmode=verify-full to EFTERTANKE_DATABASE_URL.")
    return ok("server", found if server.tls else f"{found[:-1]}, on this machine.")


def _roles(server: Server) -> Check:
    held = [name for name in (*_INTAKE, *_ROLES) if role_number(name) in server.held]
    if not held:
        return warn("roles", "No process is at work.", "Start the bot: `eftertanke run`, as often as you like.")
    missing = [name for name in _ROLES if name not in held]
    if not set(held) & set(_INTAKE):
        missing.insert(0, " or ".join(_INTAKE))
    if missing:
        todo = "Another process takes them within seconds; look again, and at the log if it stays."
        return bad("roles", f"Nobody has {', '.join(missing)}; taken: {', '.join(held)}.", todo)
    return ok("roles", f"Each is taken by a process: {', '.join(held)}.")
