"""Does anybody take in updates? Any process can tell, also one that only sends, and so can the doctor."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.doctor import Check
from bot.doctor_server import on_server
from bot.health import ELSEWHERE, GRACE, Health, Intake, Roles
from bot.metrics import Metrics
from bot.practice.reading import Deadline
from storage import signs
from storage.database import Database
from tests.integration.scripted_api import ScriptedApi
from tests.integration.shared_kit import NOTHING_NEW, PATIENCE, holding, process, server, settings_for, until
from tests.integration.storage_kit import NOW, opened
from tests.integration.test_health import Ticking
from tests.integration.test_signs import Chores

POLL = "poll"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Word is left several times a second, and is old after some seconds."""
    monkeypatch.setattr("bot.app.SIGN_SECONDS", 0.2)
    monkeypatch.setattr("bot.housekeeping._SIGN_EVERY", timedelta(seconds=0.2))
    monkeypatch.setattr("bot.health.ELSEWHERE", {**ELSEWHERE, "poll": 5.0})
    monkeypatch.setattr("bot.health.GRACE", 0.0)
    monkeypatch.setattr("bot.health._LOOK_EVERY", 0.1)


async def sign(db: Database, seconds: float) -> None:
    """Whoever polls left word so long ago."""
    async with db.transaction() as tx:
        signs.seen(tx, signs.POLL, NOW - timedelta(seconds=seconds))


def only_sends(db: Database, clock: Ticking, *, by_webhook: bool = False, shared: bool = True) -> Health:
    """The health of a process that has no intake, and has never had."""
    intake = Intake(by_webhook, lambda: None, lambda: None)
    return Health(db, lambda: NOW, Roles(clock), intake, clock, shared=shared)


async def test_two_programs_and_a_telegram_that_falls_silent(tmp_path: Path, hurried: None) -> None:
    """The process that does not poll says 503 when the other's polls are answered no more, and 200 when they are."""
    async with ScriptedApi() as api:
        api.plan("getUpdates", *[NOTHING_NEW] * 500)
        async with process(tmp_path, api) as one:
            await until(lambda: one.has(POLL))
            async with process(tmp_path, api) as other:
                await other.late(name=None)
                assert not other.has(POLL) and (await other.health()).json()["seconds_since_poll"] < 60
                api.script["getUpdates"].clear()  # the next one waits for an update
                await other.late(name="poll")
                told = await other.health()
                assert (told.status_code, told.json()["status"]) == (503, "late")
                assert told.json()["seconds_since_poll"] >= 5
                api.plan("getUpdates", *[NOTHING_NEW] * 500)
                api.updates.append({"update_id": 5})  # and is answered
                await other.late(name=None)


async def test_two_webhooks_have_nobody_who_polls(tmp_path: Path, hurried: None) -> None:
    """Where updates come by webhook nobody is missed, whichever of the two is asked, and however old the last poll."""
    async with ScriptedApi() as api, server(tmp_path) as db:
        async with db.transaction() as tx:
            signs.seen(tx, signs.POLL, NOW - timedelta(days=30))
        async with process(tmp_path, api, webhook=True) as one, process(tmp_path, api, webhook=True) as other:
            await until(lambda: one.has("webhook") or other.has("webhook"))
            for each in (one, other):
                await each.late(name=None)
                assert "seconds_since_poll" not in (await each.health()).json()


async def test_word_is_left_by_who_polls_and_has_not_the_clock(tmp_path: Path, hurried: None) -> None:
    """The clock is another process's: the one that polls leaves word by itself."""
    async with ScriptedApi() as api, server(tmp_path) as db, holding(db.connect, "clock"):
        api.plan("getUpdates", *[NOTHING_NEW] * 500)
        async with process(tmp_path, api) as one:
            await until(lambda: one.has(POLL) and not one.has("clock"))
            first = await _left(db)
            assert await _left(db, first) > first


async def _left(db: Database, before: datetime | None = None) -> datetime:
    """Wait for word other than this."""
    deadline = Deadline(PATIENCE)
    while True:
        async with db.transaction() as tx:
            found = await signs.last(tx, signs.POLL)
        if found is not None and found != before:
            return found
        assert not deadline.passed, "nobody left word"
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
@pytest.mark.parametrize(("role", "limit"), ELSEWHERE.items())
async def test_the_limit_of_what_another_left(tmp_path: Path, role: str, limit: float) -> None:
    """A second before it all is well, a second after it is not; in the first minutes it always is."""
    async with opened(tmp_path) as db:
        clock = Ticking()
        health = only_sends(db, clock, by_webhook=role == "webhook")
        for seconds, late in ((limit + 1, ()), (limit + 1, (role,)), (limit - 1, ())):
            await sign(db, seconds)
            assert (await health.report()).late == late
            clock.seconds += GRACE


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
async def test_nobody_ever_polled(tmp_path: Path) -> None:
    """Without any word at all it is said once this process itself has waited so long for one."""
    async with opened(tmp_path) as db:
        clock = Ticking()
        health, alone = only_sends(db, clock), only_sends(db, clock, shared=False)
        clock.seconds = ELSEWHERE["poll"] - 1
        assert (await health.report()).late == ()
        clock.seconds += 3
        assert (await health.report()).late == ("poll",)
        assert (await alone.report()).late == (), "a file's only process is not waiting for another"


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
async def test_who_polls_goes_by_its_own_polls(tmp_path: Path) -> None:
    """The sign is for the others; and the figures of who does not poll tell how old it is."""
    async with opened(tmp_path) as db:
        clock, other = Ticking(), only_sends(db, Ticking())
        roles, stop = Roles(clock), asyncio.Event()
        health = Health(db, lambda: NOW, roles, Intake(False, lambda: 3.0), clock, shared=True)

        async def polling(over: asyncio.Event) -> None:
            await over.wait()

        work = asyncio.create_task(roles.noted(POLL, polling)(stop))
        await asyncio.sleep(0)
        await sign(db, 100_000)
        clock.seconds = GRACE
        found = await health.report()
        assert (found.late, found.since_intake, health.sign_of_life()) == ((), 3.0, 3.0)
        stop.set()
        await work
        assert health.sign_of_life() is None
        text = Metrics().text(await other.report()).decode()
        assert "eftertanke_intake_age_seconds 100000.0" in text


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
async def test_who_polled_before_keeps_quiet(tmp_path: Path) -> None:
    """A process that has lost the polling for long never takes the newer sign of who polls now away."""
    async with opened(tmp_path) as db:
        now_polls, polled_before = Chores(db), Chores(db)
        fresh = await now_polls.run(2)
        for _ in range(3):
            assert await polled_before.run(600) == fresh


async def _doctor(folder: Path, **left: float) -> Mapping[str, Check]:
    """What the doctor finds when word was left so long ago, while these roles are taken."""
    async with server(folder) as db:
        for seconds in left.values():
            await sign(db, seconds)
        async with holding(db.connect, *left, "send", "draw", "clock"):
            return {one.name: one for one in await on_server(settings_for(folder), NOW)}


async def test_the_doctor_finds_that_nobody_polls(tmp_path: Path) -> None:
    """Nobody has the role, or who has it polls in vain: either is bad; a webhook that Telegram takes is well."""
    nobody = await _doctor(tmp_path)
    assert (nobody["roles"].status, nobody["poll"].status) == ("bad", "bad")
    assert "poll or webhook" in nobody["roles"].found
    vain = await _doctor(tmp_path, poll=600)
    assert (vain["roles"].status, vain["poll"].status) == ("ok", "bad") and "10 minutes" in vain["poll"].found
    for well in (await _doctor(tmp_path, poll=30), await _doctor(tmp_path, webhook=150)):
        assert (well["roles"].status, well["poll"].status) == ("ok", "ok")
