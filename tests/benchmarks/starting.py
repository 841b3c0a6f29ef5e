"""From starting the process to its first question for updates, at a Bot API server on this computer."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

from storage.keys import Key, write_key_file
from storage.sqlite import open_sqlite
from tests.benchmarks.children import ROOT, BenchmarkError, environment
from tests.benchmarks.memory import resident_mb

_PATIENCE = 30.0
_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|\s+([\w.]+)")
_WAIT = 0.2  # how long the server lets a poll wait, as Telegram would


@dataclass(frozen=True)
class Start:
    """``seconds``: one for each start. ``imports``: package → milliseconds of its own, the slowest first.
    ``memory_mb``: what the process held at its first poll."""

    seconds: tuple[float, ...]
    imports: dict[str, float]
    memory_mb: float

    @property
    def median(self) -> float:
        """The middle one, in seconds."""
        return median(self.seconds)


def measure_start(folder: Path, times: int) -> Start:
    """Start the bot ``times`` times on data made beforehand, and once more to see what is imported."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    key = Key.new()
    write_key_file(folder / "data.key", key)
    asyncio.run(_make(data / "eftertanke.db", key))
    with _server() as server:
        env = environment() | {
            "EFTERTANKE_TOKEN": "1:benchmark",
            "EFTERTANKE_API_URL": f"http://127.0.0.1:{server.server_port}/bot",
            "EFTERTANKE_DATA": str(data),
            "EFTERTANKE_KEY_FILE": str(folder / "data.key"),
        }
        said = folder / "said.txt"  # a file, because a pipe that nobody empties would stop the bot
        started = [_start(server, env, [], said) for _ in range(times)]
        _start(server, env, ["-X", "importtime"], said)
    seconds = tuple(one for one, _ in started)
    return Start(seconds, _imports(said.read_text(encoding="utf-8")), max(memory for _, memory in started))


async def _make(path: Path, key: Key) -> None:
    await (await open_sqlite(path, key, create=True)).close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.polled = threading.Event()
        self.polled_at = 0.0


class _Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server = self.server
        assert isinstance(server, _Server)
        result: object = True
        if self.path.endswith("/getUpdates"):
            if not server.polled.is_set():
                server.polled_at = time.perf_counter()
                server.polled.set()
            time.sleep(_WAIT)
            result = []
        answer = json.dumps({"ok": True, "result": result}).encode()
        with suppress(ConnectionError):  # the bot is ended in the middle of a poll
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody wants to read every request."""


@contextmanager
def _server() -> Iterator[_Server]:
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _start(server: _Server, env: dict[str, str], options: list[str], said: Path) -> tuple[float, float]:
    """Seconds from starting the process to the first poll, and the megabytes it held then; what it writes to stderr
    goes into ``said``."""
    server.polled.clear()
    with said.open("w", encoding="utf-8") as stderr:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *options, "-m", "bot", "run"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
        try:
            while not server.polled.wait(0.5) and process.poll() is None and time.perf_counter() - started < _PATIENCE:
                pass
            memory = resident_mb(process.pid)
        finally:
            end(process)
    if not server.polled.is_set():
        raise BenchmarkError(f"the bot never asked for updates; it said: {said.read_text().strip()[-500:]}")
    return server.polled_at - started, memory


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _imports(said: str) -> dict[str, float]:
    own: Counter[str] = Counter()
    for line in said.splitlines():
        if found := _IMPORT.match(line):
            own[found[3].partition(".")[0].removeprefix("_")] += int(found[1])
    return {name: micro / 1000 for name, micro in own.most_common()}
