"""Polling: nothing is confirmed that is not stored, and no error ends it."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.logs import set_up_logging
from bot.now import real_now
from bot.practice.local import LocalPhone
from bot.telegram.minimise import Incoming
from bot.telegram.polling import Poller, Store, inbox_store
from bot.telegram.requests import build_bot
from storage.database import Row, StorageFull
from storage.keys import Key
from storage.sqlite import open_sqlite
from tests.integration.scripted_api import TOKEN, Answer, ScriptedApi, refused


def update(number: int, text: str = "hej") -> dict[str, object]:
    """Give an update with a message."""
    person = {"id": 1001, "is_bot": False, "first_name": "Anna"}
    chat = {"id": 1001, "type": "private"}
    body = {"message_id": number, "date": 1, "from": person, "chat": chat, "text": text}
    return {"update_id": number, "message": body}


class Shelf:
    """A store that keeps updates in memory; ``failures`` are raised first, one a call."""

    def __init__(self, *failures: Exception) -> None:
        self.kept: list[Incoming] = []
        self._failures = list(failures)

    async def __call__(self, updates: Sequence[Incoming]) -> None:
        """Store."""
        if self._failures:
            raise self._failures.pop(0)
        self.kept += updates

    async def wait(self, count: int, seconds: float = 5.0) -> list[str | None]:
        """Wait for so many updates; give their texts."""
        until = time.monotonic() + seconds
        while len(self.kept) < count:
            assert time.monotonic() < until, f"{len(self.kept)} updates came, not {count}"
            await asyncio.sleep(0.01)
        return [one.text for one in self.kept]


@asynccontextmanager
async def polling(api_url: str, store: Store, token: str = TOKEN, seconds: int = 1) -> AsyncIterator[Poller]:
    """Poll in the background, with short waits."""
    bot, stop = build_bot(token, api_url), asyncio.Event()
    poller = Poller(bot, store, poll_seconds=seconds, patience=1.0, back_off=(0.02, 0.2))
    running = asyncio.create_task(poller.run(stop))
    try:
        yield poller
    finally:
        stop.set()
        await asyncio.wait_for(running, 5)
        await bot.shutdown()


async def test_updates_come_once_and_in_order() -> None:
    """What is offered is stored in order, and confirmed by the next poll only."""
    async with ScriptedApi(updates=[update(5, "a"), update(6, "b")]) as api:
        async with polling(api.url, shelf := Shelf()) as poller:
            assert await shelf.wait(2) == ["a", "b"]
            first, second = (await api.wait_for("getUpdates", 2))[:2]
            assert "offset" not in first.values
            assert second.values["offset"] == "7"
            assert json.loads(first.values["allowed_updates"]) == [
                "message", "edited_message", "callback_query", "my_chat_member",
            ]  # fmt: skip
            assert poller.seconds_since_success is not None
        assert len(shelf.kept) == 2


async def test_after_an_empty_answer_any_number_is_welcome() -> None:
    """After a quiet time Telegram may number anew, lower than before: such an update is stored, not confirmed away."""
    async with ScriptedApi(updates=[update(900_000)]) as api, polling(api.url, shelf := Shelf()):
        await shelf.wait(1)
        await api.wait_for("getUpdates", 3)
        api.updates.append(update(17, "ny række"))
        assert (await shelf.wait(2))[1] == "ny række"


async def test_what_cannot_be_stored_is_not_confirmed() -> None:
    """While storing fails nothing is confirmed; afterwards the same updates come again."""
    full = StorageFull("The disk is full; make room.")
    async with ScriptedApi(updates=[update(5, "a")]) as api:
        async with polling(api.url, shelf := Shelf(full, full, RuntimeError("bug"))):
            assert await shelf.wait(1) == ["a"]
        asked = [call.values.get("offset") for call in api.of("getUpdates")]
        assert asked[:4] == [None] * 4


FAULTS = {
    "429 with parameters": refused(429, "Too Many Requests: retry after 1", retry_after=1),
    "429 without": refused(429, "Too Many Requests"),
    "500": refused(500, "Internal Server Error"),
    "502 HTML": Answer(502, raw=b"<html>502 Bad Gateway</html>"),
    "200 HTML": Answer(200, raw=b"<html>Log in to the network</html>"),
    "401": refused(401, "Unauthorized"),
    "404": refused(404, "Not Found"),
    "409": refused(409, "Conflict: terminated by other getUpdates request"),
    "400": refused(400, "Bad Request: invented"),
    "reset": Answer(drop=True),
    "cut JSON": Answer(raw=b'{"ok":true,"result":[{"update_id":5,"mess'),
    "not an object": Answer(body=[1, 2]),
    "no result": Answer(body={"ok": True}),
    "result no list": Answer(body={"ok": True, "result": "x"}),
    "updates without numbers": Answer(body={"ok": True, "result": [{}, 5, {"update_id": "7"}]}),
    "odd retry_after": refused(429, "Too Many Requests", retry_after="soon"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_polling_survives(fault: Answer) -> None:
    """After each kind of trouble, several times over, polling goes on and the update is stored once."""
    times = 1 if fault.status == 429 else 4
    async with ScriptedApi(updates=[update(5, "a")]) as api, polling(api.url, shelf := Shelf()):
        api.plan("getUpdates", *[fault] * times)
        assert await shelf.wait(1) == ["a"]
        await api.wait_for("getUpdates", times + 2)
        assert len(shelf.kept) == 1


async def test_retry_after_is_obeyed() -> None:
    """No poll is made before the time that Telegram asks to wait."""
    async with ScriptedApi(updates=[update(5)]) as api:
        api.plan("getUpdates", refused(429, "Too Many Requests: retry after 1", retry_after=1))
        async with polling(api.url, shelf := Shelf()):
            await shelf.wait(1)
        first, second = api.of("getUpdates")[:2]
        assert second.at - first.at >= 1


@pytest.mark.parametrize("fault", [Answer(delay=60), Answer(body={"ok": True, "result": []}, trickle=0.5)])
async def test_a_silent_or_trickling_server_is_left(fault: Answer) -> None:
    """An answer that never comes, or a byte now and then, is given up after a while."""
    async with ScriptedApi(updates=[update(5, "a")]) as api:
        api.plan("getUpdates", fault)
        async with polling(api.url, shelf := Shelf(), seconds=0):
            assert await shelf.wait(1, seconds=5) == ["a"]


async def test_a_poison_update_does_not_stop_the_others() -> None:
    """An update that no JSON reader takes is passed by after some tries; those before and after it are stored."""
    poison = b'{"ok":true,"result":[{"update_id":6,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}]}"
    first = Answer(body={"ok": True, "result": [update(5, "a")]})
    async with ScriptedApi(updates=[update(7, "c")]) as api:
        api.plan("getUpdates", Answer(raw=poison), first, *[Answer(raw=poison)] * 4)
        async with polling(api.url, shelf := Shelf()):
            assert await shelf.wait(3) == ["a", None, "c"]
            assert shelf.kept[1].kind == "other"
        limits = [call.values["limit"] for call in api.of("getUpdates")]
        assert limits[:3] == ["100", "1", "100"]
        assert [call.values.get("offset") for call in api.of("getUpdates")[6:8]] == ["7", "8"]


async def test_a_server_that_answers_empty_at_once_is_not_hammered() -> None:
    """Without work there are at most two polls a second, whatever the server does."""
    async with ScriptedApi() as api:
        api.plan("getUpdates", *[Answer(body={"ok": True, "result": []})] * 50)
        async with polling(api.url, Shelf()):
            await asyncio.sleep(1.2)
        assert len(api.of("getUpdates")) <= 4


async def test_trouble_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """One clear sentence for each trouble, not one for each try, and one when it works again; never the token."""
    caplog.set_level(logging.INFO, "bot")
    async with ScriptedApi(updates=[update(5)]) as api:
        api.plan("getUpdates", *[refused(401, "Unauthorized")] * 3, *[refused(409, "Conflict: other")] * 3)
        async with polling(api.url, shelf := Shelf()):
            await shelf.wait(1)
    said = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert len(said) == 3
    assert "check EFTERTANKE_TOKEN" in said[0]
    assert "Another program takes this bot's updates" in said[1]
    assert said[2] == "Polling works again."


async def test_stopping_does_not_wait_for_the_poll() -> None:
    """A long poll is broken off when told to stop, and what it was to bring is not lost: nothing was confirmed."""
    async with ScriptedApi() as api:
        async with polling(api.url, Shelf(), seconds=20):
            await api.wait_for("getUpdates", 1)
            started = time.monotonic()
        assert time.monotonic() - started < 1
        api.updates.append(update(5, "a"))
        async with polling(api.url, shelf := Shelf()):
            assert await shelf.wait(1) == ["a"]


async def test_the_log_at_debug_holds_neither_texts_nor_the_token() -> None:
    """Through every kind of trouble, with all loggers at DEBUG, no text and no token reaches the log."""
    canary, root, stream = "kanariefugl", logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    set_up_logging("DEBUG", [TOKEN], stream)
    try:
        async with ScriptedApi(updates=[update(5, canary)]) as api:
            told = refused(400, f"Bad Request: {canary} bot{TOKEN}", retry=canary)
            cut = Answer(raw=f'{{"ok":true,"result":[{{"text":"{canary}'.encode())
            html = Answer(502, raw=f"<html>{canary} {TOKEN}</html>".encode())
            api.plan("getUpdates", told, cut, html, refused(401, canary), refused(404, TOKEN), Answer(drop=True))
            async with polling(api.url, shelf := Shelf(ValueError(canary))):
                assert await shelf.wait(1) == [canary]
    finally:
        logging.captureWarnings(False)
        root.handlers[:] = handlers
        root.setLevel(level)
    said = stream.getvalue()
    assert "Telegram cannot be reached" in said
    assert canary not in said
    assert TOKEN not in said
    assert TOKEN.split(":")[1] not in said


async def test_against_the_practice_phone(tmp_path: Path) -> None:
    """With the practice phone's Bot API and the real inbox, each message is stored once and no name with it."""
    db = await open_sqlite(tmp_path / "eftertanke.db", Key.new(), create=True)
    stored = asyncio.Event()
    async with (
        LocalPhone(tmp_path, quiet=0.02, patience=0.05) as phone,
        polling(phone.api_url, inbox_store(db, real_now, stored.set), token=phone.token),
    ):
        rows: list[Row] = []
        for text in ("en", "to", "tre"):
            await phone.client.person("Anna").send(text)
        while len(rows) < 3:
            await asyncio.wait_for(stored.wait(), 5)
            stored.clear()
            async with db.transaction() as tx:
                rows = await tx.all("SELECT payload FROM inbox ORDER BY seq")
    await db.close()
    assert [Incoming.from_json(row["payload"]).text for row in rows] == ["en", "to", "tre"]
    assert "Anna" not in "".join(row["payload"] for row in rows)
