"""A real installation to break, and a Bot API on loopback that answers what a test says."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from storage import signs
from storage.database import Transaction
from storage.times import stamp
from tests.integration.cli_kit import Desk, Said, desk

__all__ = ["Clinic", "Telegram", "clinic", "desk", "everything", "telegram"]

TOKEN = "770001:INVENTED-token-for-tests"


class Telegram:
    """Answers getMe and getWebhookInfo, has no updates; ``ahead`` moves its clock, ``known``: it takes the token."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.ahead = timedelta()
        self.known, self.webhook = True, ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                status, body = outer.answer(self.path.rsplit("/", 1)[1])
                raw = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def date_time_string(self, timestamp: float | None = None) -> str:
                return super().date_time_string((datetime.now(UTC) + outer.ahead).timestamp())

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing on stderr."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/bot"

    def _webhook_info(self) -> dict[str, Any]:
        return {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": 0}

    def answer(self, method: str) -> tuple[int, dict[str, Any]]:
        """What a call gets."""
        self.calls.append(method)
        if not self.known:
            return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        results = {"getMe": {"id": 1, "username": "invented_bot"}, "getWebhookInfo": self._webhook_info()}
        if method == "getUpdates":
            time.sleep(0.05)
            return 200, {"ok": True, "result": []}
        return 200, {"ok": True, "result": results.get(method, True)}


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    """A Bot API for the length of a test."""
    one = Telegram()
    thread = threading.Thread(target=one.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield one
    one.server.shutdown()
    one.server.server_close()
    thread.join()


class Clinic:
    """An installation in which everything is as it should be, but that no bot runs."""

    def __init__(self, desk: Desk, telegram: Telegram) -> None:
        self.desk, self.telegram, self.now = desk, telegram, datetime.now(UTC)
        self.backups = desk.folder / "data-backups"
        desk.set_up()
        text = (desk.data / "organisation.yaml").read_text(encoding="utf-8")
        (desk.data / "organisation.yaml").write_text(text.replace("00 00 00 00", "12 34 56 78"), encoding="utf-8")
        desk.env(EFTERTANKE_TOKEN=TOKEN, EFTERTANKE_API_URL=telegram.url)
        self.backups.mkdir(mode=0o700, exist_ok=True)
        self.write(
            ("DELETE FROM backups",),
            ("DELETE FROM drills",),
            ("INSERT INTO drills VALUES ('d1', ?, ?, NULL)", stamp(self.now), stamp(self.now)),
        )
        self.backup(timedelta(hours=1))
        self.stored(lambda tx: signs.seen(tx, signs.POLL, self.now))

    @property
    def database(self) -> Path:
        """The database file."""
        return self.desk.data / "eftertanke.db"

    def ago(self, **span: float) -> str:
        """A stored time that long ago."""
        return stamp(self.now - timedelta(**span))

    def backup(self, ago: timedelta, *, verified: bool = True, problem: str | None = None) -> Path:
        """A backup made by the clock so long ago, the only one."""
        at, file = stamp(self.now - ago), self.backups / "eftertanke-2026-11-23-030000.backup"
        file.touch(mode=0o600)
        self.write(
            ("DELETE FROM backups",),
            (
                "INSERT INTO backups VALUES ('b1', ?, 'clock', ?, 1, ?, ?)",
                at,
                file.name,
                at if verified else None,
                problem,
            ),
        )
        return file

    def write(self, *statements: tuple[Any, ...]) -> None:
        """Change the database as it should not be."""

        def go(tx: Transaction) -> None:
            for statement in statements:
                tx.write(*statement)

        self.stored(go)

    def stored(self, work: Callable[[Transaction], object]) -> None:
        """Do something in one transaction."""

        async def go(tx: Transaction) -> None:
            work(tx)

        self.desk.stored(go)

    def examined(self) -> tuple[int, dict[str, dict[str, Any]]]:
        """Run doctor: the exit code, and the checks by name."""
        said = self.desk.run("doctor", "--json")
        assert said.err == "", said
        return said.code, {check["name"]: check for check in said.json["checks"]}

    def finds(self, name: str, status: str, *words: str) -> dict[str, dict[str, Any]]:
        """This check has this status, says these words and what to do; the exit code goes with it."""
        code, checks = self.examined()
        one = checks[name]
        said = f"{one['found']} {one['todo']}"
        assert one["status"] == status, one
        assert one["todo"], one
        assert all(word in said for word in words), said
        assert code == any(check["status"] == "bad" for check in checks.values())
        assert code == 1 if status == "bad" else True
        return checks

    def plain(self) -> Said:
        """Run doctor as into a pipe."""
        return self.desk.run("doctor")


@pytest.fixture
def clinic(desk: Desk, telegram: Telegram) -> Clinic:
    """An installation that is well, but not running."""
    return Clinic(desk, telegram)


def everything(folder: Path, *, without: str = "") -> dict[str, tuple[int, int, bytes]]:
    """Mode, time of change and content of all files and folders below."""
    found = {}
    for path in sorted(folder.rglob("*")):
        stat = path.stat()
        content = b"" if path.is_dir() or (without and path.name.endswith(without)) else path.read_bytes()
        found[str(path)] = (stat.st_mode, 0 if without else stat.st_mtime_ns, content)
    return found
