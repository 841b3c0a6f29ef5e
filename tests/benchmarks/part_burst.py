"""The real program under a burst: as many updates as wanted come in at once, and the memory it holds meanwhile.

``python -m bot run``, once or several times on one server, polls a Bot API on this computer; sending keeps Telegram's
pace and goes on behind. Carried out means committed, as the program's own /metrics count it and the database shows.
"""

from __future__ import annotations

import asyncio
import re
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, Popen
from sys import executable
from typing import Any

from bot.now import real_now
from storage.keys import write_key_file
from tests.benchmarks.api import Api
from tests.benchmarks.children import ROOT, environment
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.figures import BenchmarkError, Row, Wanted, missing
from tests.benchmarks.filling import fill
from tests.benchmarks.memory import peak_mb, resident_mb
from tests.benchmarks.places import address, open_at
from tests.benchmarks.stands import Walk
from tests.benchmarks.starting import end
from tests.benchmarks.walk import KEY, record
from tests.integration.engines import Server

_Say = Callable[[str], None]
_DONE = re.compile(rb'^eftertanke_updates_total\{outcome="done"\} ([\d.e+]+)$', re.MULTILINE)
_LOOK = 0.1
_PATIENCE = 300.0
_SETTLES = 0.5  # seconds after the first poll in which what is done once at the start ends


@dataclass(frozen=True)
class _Case:
    name: str
    people: int
    processes: int = 1
    server: bool = False


def bursts(wanted: Wanted, say: _Say) -> list[Row]:
    """A file with few people and with many, a server with one process and with two. Raises BenchmarkError."""
    few, many = wanted.people[0], wanted.people[-1]
    cases = [_Case("SQLite encrypted", people) for people in ((many,) if wanted.quick else (few, many))]
    if wanted.postgres is not None:
        cases += [
            _Case(f"PostgreSQL, {count} process{'es' if count > 1 else ''}", many, count, True)
            for count in ((1,) if wanted.quick else (1, 2))
        ]
    walk = asyncio.run(record(wanted.folder))
    server = Server(wanted.postgres) if wanted.postgres else None
    rows: list[Row] = []
    try:
        for number, case in enumerate(cases):
            say(f"{case.name}, {case.people:,} people …")
            folder = wanted.folder / str(number)
            folder.mkdir(mode=0o700)
            where = server.database(f"burst_{number}", empty=True) if server and case.server else None
            rows.append(_burst(case, folder, where, walk, min(wanted.burst, case.people), rows))
    finally:
        if server is not None:
            server.drop_all()
    if wanted.postgres is not None:
        rows.append(_each(rows[-1]))
    else:
        rows.append(missing("burst", "Burst, PostgreSQL", wanted.without))
    return rows


def _burst(case: _Case, folder: Path, server: str | None, walk: Walk, size: int, before: list[Row]) -> Row:
    where: Path | str = server or folder / "eftertanke.db"
    crowd = Crowd(walk, case.people)
    asyncio.run(fill(where, crowd, 0, real_now()))  # of just now, or they would all be reminded of their debriefs
    write_key_file(folder.parent / f"{folder.name}.key", KEY)
    answers = _answers(where)
    with _running(case, folder, server) as (api, processes, ports):
        pids = [one.pid for one in processes]
        start = sum(map(resident_mb, pids))
        begun = time.perf_counter()
        api.hand_out([one.update for one in crowd.batch(size)])
        seconds = _carried_out(processes, ports, size) - begun
        after, peak = sum(map(resident_mb, pids)), sum(map(peak_mb, pids))
        taps = api.calls["answerCallbackQuery"]
    kept = _answers(where) - answers
    alike = [row for row in before if row.people == case.people]
    ratios = {"SQLite": size / seconds / (alike[0].figure or 1.0)} if alike else {}
    if case.processes > 1:
        ratios["1 process"] = size / seconds / (alike[-1].figure or 1.0)
    return Row(
        "burst", f"Burst of {size:,} updates, {case.name}", size / seconds, "updates/s", case.people, 0, ratios,
        memory={"start": start, "after": after, "peak": peak},
        error="" if kept == size else f"{kept} answers are stored of {size}",
        details={"seconds": seconds, "processes": case.processes, "taps_answered_by_then": taps, "answers": kept},
    )  # fmt: skip


def _each(row: Row) -> Row:
    """What one more process costs in memory."""
    count = row.details["processes"]
    each = {name: held / count for name, held in row.memory.items()}
    return Row("burst", "Memory a process, PostgreSQL", each["after"], "MB", row.people, 0, memory=each)


@contextmanager
def _running(case: _Case, folder: Path, server: str | None) -> Iterator[tuple[Api, list[Popen[bytes]], list[int]]]:
    """The program's processes, polling, and the ports on which they tell figures."""
    with ExitStack() as stack:
        api = Api()
        stack.callback(api.close)
        shared = environment() | {
            "EFTERTANKE_TOKEN": "1:benchmark",
            "EFTERTANKE_API_URL": f"http://127.0.0.1:{api.port}/bot",
            "EFTERTANKE_DATA": str(folder),
            "EFTERTANKE_KEY_FILE": str(folder.parent / f"{folder.name}.key"),
            "EFTERTANKE_LOG_LEVEL": "ERROR",
        }
        if server is not None:
            shared["EFTERTANKE_DATABASE_URL"] = address(server)
        processes, ports = [], [_free_port() for _ in range(case.processes)]
        for port in ports:
            process = Popen(
                [executable, "-m", "bot", "run"],
                cwd=ROOT, env=shared | {"EFTERTANKE_HEALTH_PORT": str(port)}, stdin=DEVNULL, stdout=DEVNULL,
            )  # fmt: skip
            stack.callback(end, process)
            processes.append(process)
        until = time.monotonic() + _PATIENCE
        while not (api.polled.is_set() and all(_done(port) is not None for port in ports)):
            _must_live(processes, until)
        time.sleep(_SETTLES)
        yield api, processes, ports


def _carried_out(processes: list[Popen[bytes]], ports: list[int], size: int) -> float:
    """The moment at which all are done."""
    until = time.monotonic() + _PATIENCE
    while sum(_done(port) or 0 for port in ports) < size:
        # Asking costs the program a look at all that waits: seldom while there is much of it.
        _must_live(processes, until, _LOOK + min(2.0, size / 5_000))
    return time.perf_counter()


def _must_live(processes: list[Popen[bytes]], until: float, pause: float = _LOOK) -> None:
    if any(one.poll() is not None for one in processes):
        raise BenchmarkError("the bot ended by itself; what it said stands above")
    if time.monotonic() > until:
        raise BenchmarkError(f"the bot was not done within {_PATIENCE:g} s")
    time.sleep(pause)


def _done(port: int) -> int | None:
    """How many updates a process says it has carried out; None while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            found = _DONE.search(answer.read())
    except OSError:
        return None
    return int(float(found[1])) if found else 0


def _answers(where: Path | str) -> int:
    async def count() -> int:
        database = await open_at(where, create=False)
        try:
            async with database.transaction() as tx:
                row: Any = await tx.one("SELECT count(*) AS n FROM answers")
                return int(row["n"])
        finally:
            await database.close()

    return asyncio.run(count())


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
