"""Starting with a webhook or a health port: what is served where, what is refused, and the log as JSON."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from bot.practice.local import LocalPhone
from bot.practice.reading import Deadline
from tests.acceptance.emulator import free_port
from tests.acceptance.stage import running
from tests.integration.cli_kit import Desk, desk

__all__ = ["desk"]
TOKEN = "770001:INVENTED-token-for-tests"
WEBHOOK = {"EFTERTANKE_WEBHOOK_URL": "https://bot.invalid/hook", "EFTERTANKE_WEBHOOK_SECRET": "an-invented-secret"}


@contextmanager
def taken() -> Iterator[int]:
    """A port that somebody else has."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_in_use_is_one_sentence(desk: Desk) -> None:
    """It names the variable and the port, for the webhook and for the health port."""
    desk.set_up()
    with taken() as port:
        desk.env(EFTERTANKE_TOKEN=TOKEN, EFTERTANKE_HOST="127.0.0.1", EFTERTANKE_HEALTH_PORT=str(port))
        desk.run("run").refused(f"EFTERTANKE_HEALTH_PORT {port} is in use", "choose another")
        desk.env(EFTERTANKE_HEALTH_PORT="", PORT=str(port), **WEBHOOK)
        desk.run("run").refused(f"PORT {port} is in use", "choose another")


def test_an_address_that_is_not_ours(desk: Desk) -> None:
    """One sentence that names the variable."""
    desk.set_up()
    desk.env(EFTERTANKE_TOKEN=TOKEN, EFTERTANKE_HOST="192.0.2.7", EFTERTANKE_HEALTH_PORT=str(free_port()))
    desk.run("run").refused("EFTERTANKE_HOST 192.0.2.7 is no address of this machine")


def test_the_web_line_needs_a_webhook(desk: Desk) -> None:
    """`run --webhook` does not poll instead: a host that waits for an open port would kill it without a word."""
    desk.set_up()
    desk.env(EFTERTANKE_TOKEN=TOKEN)
    desk.run("run", "--webhook").refused("EFTERTANKE_WEBHOOK_URL is not set", "run without --webhook")


def test_the_procfile_starts_what_exists() -> None:
    """Both lines are commands that this program has."""
    lines = (Path(__file__).parents[2] / "Procfile").read_text(encoding="utf-8").splitlines()
    found = dict(line.split(": ", 1) for line in lines if not line.startswith("#"))
    assert found.keys() == {"web", "worker"}
    for command in found.values():
        program, *arguments = command.split()
        assert program == "eftertanke"
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments, "--help"], capture_output=True, text=True, check=True
        )
        assert "eftertanke run" in done.stdout


def test_a_refusal_is_an_object_too(desk: Desk) -> None:
    """With EFTERTANKE_LOG_FORMAT=json whoever collects the log finds no line that is none."""
    desk.set_up()
    with taken() as port:
        desk.env(EFTERTANKE_TOKEN=TOKEN, EFTERTANKE_HEALTH_PORT=str(port), EFTERTANKE_LOG_FORMAT="json")
        done = subprocess.run(
            [sys.executable, "-m", "bot", "run"], env=dict(os.environ), capture_output=True, text=True, check=False
        )
    (line,) = done.stderr.splitlines()
    told = json.loads(line)
    assert done.returncode == 1
    assert (told["level"], "is in use" in told["message"], "exception" in told) == ("CRITICAL", True, False)


async def test_health_while_polling(tmp_path: Path) -> None:
    """The health port tells how the polling bot is, and its figures; nothing else is there."""
    port = free_port()
    async with running(tmp_path, EFTERTANKE_HEALTH_PORT=str(port), EFTERTANKE_LOG_FORMAT="json") as stage:
        await stage.person("Anna").debriefs()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            health = await client.get("/healthz")
            figures = (await client.get("/metrics")).text
            assert [(await client.get(path)).status_code for path in ("/", "/hook")] == [404, 404]
            assert (await client.post("/healthz")).status_code == 405
        told = health.json()
        assert (health.status_code, told["status"], told["late"]) == (200, "ok", [])
        assert told["seconds_since_poll"] < 60 and told["role"] == ["clock", "draw", "poll", "send"]
        assert (told["oldest_update_seconds"], told["oldest_reminder_seconds"]) == (None, None)
        stored = next(
            line for line in figures.splitlines() if line.startswith('eftertanke_updates_total{outcome="stored"}')
        )
        assert float(stored.split()[-1]) >= 1
        lines = [json.loads(line) for line in stage.log.splitlines()]
        assert any("/healthz and /metrics" in one["message"] for one in lines)
        assert all(stage.token not in line for line in stage.log.splitlines())


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_webhook_ends_in_peace(desk: Desk, ending: signal.Signals) -> None:
    """Told to stop, it closes its port and ends with 0; the practice phone knows no webhook, which is said and tried
    again and ends nothing."""
    desk.set_up()
    (desk.folder / "phone").mkdir()
    port = str(free_port())
    with LocalPhone(desk.folder / "phone") as phone:
        desk.env(EFTERTANKE_TOKEN=phone.token, EFTERTANKE_API_URL=phone.api_url, PORT=port, **WEBHOOK)
        desk.env(EFTERTANKE_HOST="127.0.0.1")
        with subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--webhook"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                answered(f"http://127.0.0.1:{port}/healthz")
                process.send_signal(ending)
                out, err = process.communicate(timeout=20)
            finally:
                process.kill()
    assert (process.returncode, out) == (0, ""), err
    assert "Updates are taken by webhook, on port" in err and "Traceback" not in err
    assert WEBHOOK["EFTERTANKE_WEBHOOK_SECRET"] not in err


def answered(address: str) -> None:
    """Wait until somebody answers there."""
    until = Deadline(20.0)
    while True:
        try:
            assert httpx.get(address, trust_env=False).status_code == 200
            return
        except httpx.TransportError:
            assert not until.passed, "nobody answers"
