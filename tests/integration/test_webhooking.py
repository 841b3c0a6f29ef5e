"""Telling Telegram where the webhook is, and taking it away before polling, whatever Telegram answers meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from telegram import Bot

from bot import webhooking
from bot.practice.reading import Deadline
from bot.telegram.minimise import Incoming
from bot.telegram.polling import Poller
from bot.telegram.requests import build_bot
from bot.webhooking import WebhookKeeper, leave_webhook, poll
from tests.integration.scripted_api import TOKEN, Answer, ScriptedApi, refused

URL, SECRET = "https://bot.invalid/hook", "an-invented-secret"
NONE = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
SET = {**NONE, "url": URL}
BEHIND = {**SET, "pending_update_count": 3, "last_error_date": 1_790_000_000, "last_error_message": "wrong response"}


def good(result: object) -> Answer:
    """An answer that is ok."""
    return Answer(body={"ok": True, "result": result})


@asynccontextmanager
async def spoken_to(**script: Sequence[Answer]) -> AsyncIterator[tuple[ScriptedApi, Bot]]:
    """A Bot API with these answers by method, and a bot for it."""
    async with ScriptedApi() as api:
        for method, answers in script.items():
            api.script[method].extend(answers)
        bot = build_bot(TOKEN, api.url)
        try:
            yield api, bot
        finally:
            await bot.shutdown()


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that must come."""
    deadline = Deadline(10.0)
    while not holds():
        assert not deadline.passed, "waited in vain"
        await asyncio.sleep(0.01)


def called(api: ScriptedApi, method: str) -> int:
    """How often the bot called this."""
    return sum(call.method == method for call in api.calls)


async def keep(bot: Bot, holds: Callable[[WebhookKeeper], bool]) -> None:
    """Keep the webhook until this holds."""
    keeper, stop = WebhookKeeper(bot, URL, SECRET), asyncio.Event()
    task = asyncio.create_task(keeper.run(stop))
    await until(lambda: holds(keeper))
    stop.set()
    await task


async def test_the_address_is_told_with_its_secret_and_nothing_is_dropped() -> None:
    """What waits at Telegram is wanted, in order, and of the four kinds that are used."""
    async with spoken_to(setWebhook=[good(True)]) as (api, bot):
        await keep(bot, lambda keeper: keeper.seconds_since_success is not None)
    (call,) = [call for call in api.calls if call.method == "setWebhook"]
    assert (call.values["url"], call.values["secret_token"], call.values["max_connections"]) == (URL, SECRET, "1")
    assert call.values.get("drop_pending_updates", "false").lower() == "false"
    assert "callback_query" in call.values["allowed_updates"]


async def test_a_telegram_that_does_not_take_it_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    """It is said once, and tried until it works."""
    caplog.set_level(logging.INFO)
    troubles = [refused(400, "Bad Request: bad webhook"), refused(502, "Bad Gateway"), good(True)]
    async with spoken_to(setWebhook=troubles) as (api, bot):
        await keep(bot, lambda keeper: keeper.seconds_since_success is not None)
    assert called(api, "setWebhook") == 3
    assert "check EFTERTANKE_WEBHOOK_URL" in caplog.text and SECRET not in caplog.text


async def test_updates_that_telegram_could_not_deliver_are_told(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, in words that say where to look; and that it goes well again. Telegram's own words are not repeated."""
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(webhooking, "_LOOK_AGAIN", 0.02)
    script = {"setWebhook": [good(True)] * 500, "getWebhookInfo": [good(BEHIND), good(BEHIND), *[good(SET)] * 500]}
    async with spoken_to(**script) as (api, bot):
        await keep(bot, lambda _: called(api, "getWebhookInfo") >= 4)
    assert caplog.text.count("could not deliver") == 1 and caplog.text.count("delivers to the webhook") == 1
    assert "wrong response" not in caplog.text


@pytest.mark.parametrize(
    ("answers", "certain", "deletes"),
    [
        ([good(NONE)], True, 0),
        ([good(SET)], True, 1),
        ([refused(502, "Bad Gateway")], False, 0),
        ([Answer(drop=True)], False, 0),
        ([refused(404, "Not Found")], True, 0),
        ([refused(401, "Unauthorized")], True, 0),
        ([Answer(status=501, raw=b"")], True, 0),
    ],
)
async def test_whether_a_webhook_is_in_the_way(answers: list[Answer], certain: bool, deletes: int) -> None:
    """One that is set is removed with nothing dropped; only trouble that passes leaves it open."""
    async with spoken_to(getWebhookInfo=answers, deleteWebhook=[good(True)]) as (api, bot):
        assert await leave_webhook(bot) is certain
    assert called(api, "deleteWebhook") == deletes
    assert all(
        call.values.get("drop_pending_updates", "false").lower() == "false"
        for call in api.calls
        if call.method == "deleteWebhook"
    )


async def test_polling_begins_once_the_webhook_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram could not be asked at first: the bot asks again beside its polling, and what waited comes."""
    monkeypatch.setattr(webhooking, "_ASK_AGAIN", (0.02, 0.1))
    kept: list[Incoming] = []

    async def store(updates: Sequence[Incoming]) -> None:
        kept.extend(updates)

    script = {
        "getWebhookInfo": [refused(502, "Bad Gateway"), refused(502, "Bad Gateway"), good(SET)],
        "deleteWebhook": [good(True)],
        "getUpdates": [refused(409, "Conflict: can't use getUpdates method while webhook is active")],
    }
    async with spoken_to(**script) as (api, bot):
        api.updates.append({"update_id": 5, "message": {"message_id": 1, "chat": {"id": 1, "type": "private"}}})
        stop = asyncio.Event()
        task = asyncio.create_task(poll(bot, Poller(bot, store, poll_seconds=0, back_off=(0.02, 0.1)), stop))
        await until(lambda: bool(kept) and called(api, "deleteWebhook") == 1)
        asked = called(api, "getWebhookInfo")
        await asyncio.sleep(0.3)
        assert called(api, "getWebhookInfo") == asked, "once it is gone nobody asks again"
        stop.set()
        await task
    assert [one.update_id for one in kept] == [5]
