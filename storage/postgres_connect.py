"""Connections to PostgreSQL: TLS by default for another machine, our values as the server takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

import psycopg
from psycopg import AsyncConnection
from psycopg.adapt import Dumper
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from storage.database import UnsafeSettings
from storage.postgres_errors import translated
from storage.sealing import Keyed, Seal, Sealed, SealedParts

LOCAL = frozenset({"", "localhost", "127.0.0.1", "::1"})
_CONNECT_SECONDS = 10
_SETTINGS: Mapping[str, str] = {
    # Off would lose the last committed turns when the server's machine goes down.
    "synchronous_commit": "on",
    "timezone": "UTC",
    "client_encoding": "UTF8",
    "lock_timeout": "10s",
    # A process whose machine is gone gives its roles and rows back after half a minute, not after two hours.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "idle_in_transaction_session_timeout": "60s",  # a worker that hangs must not hold its rows for ever
}


class _Pool(TypedDict):
    min_size: int
    max_size: int
    timeout: float
    check: Any


POOL: _Pool = {"min_size": 2, "max_size": 8, "timeout": 15.0, "check": None}


class _TruthDumper(Dumper):
    """Our flags are integers in both engines."""

    oid = psycopg.adapters.types["int2"].oid

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"


@dataclass(frozen=True)
class Connect:
    """How to reach the server. ``conninfo`` has the password in it: never to be shown."""

    conninfo: str
    seal: Seal

    async def __call__(self) -> AsyncConnection[dict[str, Any]]:
        """A connection of one's own, in autocommit mode. Raises psycopg's errors."""
        connection = await AsyncConnection.connect(self.conninfo, autocommit=True, row_factory=dict_row)
        await self.prepare(connection)
        return connection

    async def prepare(self, connection: AsyncConnection[Any]) -> None:
        """Give a connection what each needs."""
        connection.adapters.register_dumper(bool, _TruthDumper)
        connection.adapters.register_dumper(Sealed, _dumper_of(self.seal.close))
        connection.adapters.register_dumper(SealedParts, _dumper_of(self.seal.close_parts))
        connection.adapters.register_dumper(Keyed, _dumper_of(self.seal.digest))

    def __repr__(self) -> str:
        return "Connect(hidden)"


def prepared_connection(url: str, seal: Seal) -> Connect:
    """How to reach the server that ``url`` names. Raises UnsafeSettings for a remote one without TLS."""
    with translated():  # psycopg would quote what it cannot read, password and all
        told: dict[str, Any] = dict(conninfo_to_dict(url))
    hosts = str(told.get("host") or "").split(",")
    remote = [host for host in hosts if host not in LOCAL and not host.startswith("/")]
    if remote:
        told.setdefault("sslmode", "verify-full")
        if told["sslmode"] in ("disable", "allow", "prefer"):
            raise UnsafeSettings(
                "EFTERTANKE_DATABASE_URL turns TLS off for another machine; use sslmode=verify-full, or require."
            )
    told.setdefault("connect_timeout", _CONNECT_SECONDS)
    told.setdefault("application_name", "eftertanke")
    # And a server that is gone is noticed in seconds, not in a quarter of an hour.
    for name, value in (("keepalives_idle", 10), ("keepalives_interval", 5), ("keepalives_count", 3),
                        ("tcp_user_timeout", 15_000)):  # fmt: skip
        told.setdefault(name, value)
    options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    told["options"] = f"{told['options']} {options}" if told.get("options") else options
    return Connect(make_conninfo(**told), seal)


def _dumper_of(hidden: Callable[[str], str]) -> type[Dumper]:
    class HidingDumper(Dumper):
        oid = psycopg.adapters.types["text"].oid

        def dump(self, obj: str) -> bytes:
            return hidden(str(obj)).encode()

    return HidingDumper
