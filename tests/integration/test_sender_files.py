"""Pictures and documents go the way of texts: in order, durable, sent once, given up when they never will be taken."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.now import real_now
from bot.practice.local import LocalPhone
from bot.service.replies import Document, PageButton, Picture, Reply
from bot.telegram import delivery
from bot.telegram.queueing import queue
from storage import outbox, people
from storage.database import Database
from storage.people import Role
from tests.integration.remind_kit import Chats
from tests.integration.scripted_api import Answer, ScriptedApi, refused
from tests.integration.storage_kit import opened
from tests.integration.test_sender import TROUBLE, rows, send, sending, settled

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9
PAGE = "<!doctype html><title>Uge 47</title><p>æøå 🙂".encode()


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    """A real encrypted database."""
    async with opened(tmp_path) as database:
        yield database


@pytest.fixture
async def api() -> AsyncIterator[ScriptedApi]:
    """A scripted Bot API."""
    async with ScriptedApi() as server:
        yield server


async def send_file(
    db: Database, data: bytes = PNG, *, as_what: str = "photo", caption: str = "<b>Uge 47</b>", chat: int = 7
) -> None:
    """Queue a file."""
    payload = {"text": caption, "buttons": [[{"text": "Luk", "data": "!week:x:"}]]}
    how = {"file": {"as": as_what, "name": "uge.png" if as_what == "photo" else "uge.html"}}
    async with db.transaction() as tx:
        outbox.queue_file(tx, chat_id=chat, payload=json.dumps(payload | how), file=data, now=real_now())


async def kept(db: Database) -> list[int]:
    """Which rows still hold content."""
    async with db.transaction() as tx:
        found = await tx.all("SELECT seq FROM outbox WHERE payload IS NOT NULL OR file IS NOT NULL")
    return [row["seq"] for row in found]


async def test_files_arrive_in_order_with_texts(db: Database, api: ScriptedApi) -> None:
    """A picture and a document keep their place between texts, with caption, buttons, name and every byte; their
    content is emptied once they are sent."""
    await send(db, "før")
    await send_file(db)
    await send_file(db, PAGE, as_what="document", caption="Rapporten")
    await send(db, "efter")
    async with sending(api.url, db):
        await settled(db)
    assert [call.method for call in api.calls] == ["sendMessage", "sendPhoto", "sendDocument", "sendMessage"]
    photo, document = api.of("sendPhoto")[0], api.of("sendDocument")[0]
    assert (photo.values["caption"], photo.values["parse_mode"]) == ("<b>Uge 47</b>", "HTML")
    assert json.loads(photo.values["reply_markup"])["inline_keyboard"] == [
        [{"text": "Luk", "callback_data": "!week:x:"}]
    ]
    assert photo.files["photo"] == ("uge.png", PNG)
    assert document.files["document"] == ("uge.html", PAGE)
    assert await kept(db) == []


async def test_a_file_outlives_a_restart_and_is_sent_once(tmp_path: Path, api: ScriptedApi) -> None:
    """Queued, then the program ends: the next one sends it, and the one after that does not again."""
    async with opened(tmp_path) as db:
        await send_file(db)
    for _ in range(2):
        async with opened(tmp_path) as db, sending(api.url, db):
            await settled(db)
    assert [call.files["photo"][1] for call in api.of("sendPhoto")] == [PNG]


async def test_what_is_rolled_back_is_never_sent(db: Database, api: ScriptedApi) -> None:
    """A file belongs to its turn: when that fails, there is no file."""
    with pytest.raises(RuntimeError):
        async with db.transaction() as tx:
            outbox.queue_file(tx, chat_id=7, payload="{}", file=PNG, now=real_now())
            raise RuntimeError
    await send(db, "tekst")
    async with sending(api.url, db):
        await settled(db)
    assert [call.method for call in api.calls] == ["sendMessage"]


@pytest.mark.parametrize("fault", TROUBLE.values(), ids=TROUBLE.keys())
async def test_trouble_loses_no_file(db: Database, api: ScriptedApi, fault: Answer) -> None:
    """Whatever kind of trouble: the picture arrives whole, before what stands behind it."""
    await send_file(db)
    await send(db, "efter")
    api.plan("sendPhoto", *[fault] * (1 if "parameters" in str(fault.body) else 3))
    async with sending(api.url, db):
        await settled(db)
    assert set(await rows(db)) == {("sent", None)}
    assert api.calls[-1].text == "efter"
    assert {call.files["photo"][1] for call in api.of("sendPhoto")} == {PNG}
    assert api.of("sendDocument") == []


async def test_nothing_is_sent_before_retry_after(db: Database, api: ScriptedApi) -> None:
    """Flood control holds for files as for texts."""
    api.plan("sendPhoto", refused(429, "Too Many Requests: retry after 2", retry_after=2))
    await send_file(db)
    async with sending(api.url, db):
        await settled(db)
    first, again = api.of("sendPhoto")
    assert again.at - first.at >= 2


@pytest.mark.parametrize(
    "answer",
    [Answer(413, raw=b"<html>413 Request Entity Too Large</html>"), refused(413, "Request Entity Too Large")],
    ids=["a proxy's page", "Telegram's words"],
)
async def test_too_large_is_given_up_and_others_go_on(db: Database, api: ScriptedApi, answer: Answer) -> None:
    """A file that will never be taken is given up and emptied; it does not hold up the chat for ever."""
    api.plan("sendDocument", *[answer] * 3)
    await send_file(db, PAGE, as_what="document")
    await send(db, "efter")
    async with sending(api.url, db):
        await settled(db)
    assert await rows(db) == [("failed", "BadRequest"), ("sent", None)]
    assert await kept(db) == []


async def test_a_picture_too_large_for_one_goes_as_a_file(
    db: Database, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond what Telegram shows as a picture it is sent as a document, at once."""
    monkeypatch.setattr(delivery, "PHOTO_BYTES", len(PNG) - 1)
    await send_file(db)
    async with sending(api.url, db):
        await settled(db)
    assert [(call.method, call.files["document"]) for call in api.calls] == [("sendDocument", ("uge.png", PNG))]


async def test_a_picture_that_is_refused_goes_as_a_file(db: Database, api: ScriptedApi) -> None:
    """What Telegram will not show as a picture is still readable as a document."""
    api.plan("sendPhoto", refused(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"))
    await send_file(db)
    async with sending(api.url, db):
        await settled(db)
    assert [call.method for call in api.calls] == ["sendPhoto", "sendDocument"]
    assert await rows(db) == [("sent", None)]


async def test_a_caption_that_does_not_parse_goes_as_plain_text(db: Database, api: ScriptedApi) -> None:
    """As with texts, formatting is given up before the message is."""
    api.plan("sendPhoto", refused(400, "Bad Request: can't parse entities: unsupported start tag"))
    await send_file(db, caption="<b>Uge 47</b> &amp; <x>")
    async with sending(api.url, db):
        await settled(db)
    assert [(call.values["caption"], call.values.get("parse_mode")) for call in api.of("sendPhoto")] == [
        ("<b>Uge 47</b> &amp; <x>", "HTML"),
        ("Uge 47 & <x>", None),
    ]


async def test_who_blocks_us_gets_it_when_they_are_back(db: Database, api: ScriptedApi) -> None:
    """A file for somebody who blocks the bot is kept; it is sent once they unblock it."""
    async with db.transaction() as tx:
        person = people.add_person(
            tx, telegram_id=7, chat_id=7, name="Lea", role=Role.LEAD, team_id=None, language="da",
            zone="Europe/Copenhagen", now=real_now(),
        )  # fmt: skip
    api.plan("sendPhoto", refused(403, "Forbidden: bot was blocked by the user"))
    await send_file(db)
    async with sending(api.url, db) as wake:
        await api.wait_for("sendPhoto", 1)
        while await outbox_heads(db):
            pass
        assert len(await kept(db)) == 1
        async with db.transaction() as tx:
            people.set_blocked(tx, person.id, None)
        wake.set()
        await settled(db)
    assert len(api.of("sendPhoto")) == 2


async def outbox_heads(db: Database) -> int:
    """How many messages could be sent now."""
    async with db.transaction() as tx:
        return len(await outbox.pending(tx, real_now(), 10))


async def test_what_waits_is_looked_at_without_reading_files(db: Database) -> None:
    """The rows that the sender looks through hold no file, however large it is; it is had one at a time."""
    await send_file(db, bytes(3_000_000))
    async with db.transaction() as tx:
        (head,) = await outbox.pending(tx, real_now(), 10)
        assert head.has_file and len(head.payload) < 500
        assert await outbox.file_of(tx, head.seq) == bytes(3_000_000)


async def test_replies_become_files_with_a_caption_telegram_takes(db: Database) -> None:
    """A picture and a document are drawn with their caption and buttons; a caption is never longer than 1024."""
    here = Chats(db)
    values = {"week": 47, "team": "Nord & <b>" + "x" * 3000}
    button = ((PageButton("button.close", "x"),),)
    async with db.transaction() as tx:
        replies: list[Reply] = [
            Picture(7, "da", PNG, "uge.png", "weekly.picture_of", values, button, "week"),
            Document(8, "en", PAGE, "week.html", "weekly.report_of", {"week": 47, "team": "Nord"}, button, "week"),
        ]
        queue(tx, here.renderer, replies, real_now())
        photo, document = await outbox.pending(tx, real_now(), 10)
        assert await outbox.file_of(tx, document.seq) == PAGE
    said = json.loads(photo.payload)
    assert len(said["text"]) <= 1024 and "Nord &amp; &lt;b&gt;" in said["text"]
    assert said["file"] == {"as": "photo", "name": "uge.png"}
    assert json.loads(document.payload)["file"] == {"as": "document", "name": "week.html"}
    assert json.loads(document.payload)["buttons"] == [[{"text": "Close", "data": "!week:x:"}]]


async def test_against_the_practice_phone(db: Database, tmp_path: Path) -> None:
    """With the practice phone's rules a picture and a document arrive with their captions and buttons."""
    async with LocalPhone(tmp_path, quiet=0.02, patience=0.05) as phone:
        lea = phone.client.person("Lea")
        await lea.send("hej")
        async with sending(phone.api_url, db, token=phone.token) as wake:
            await send_file(db, chat=lea.id)
            await send_file(db, PAGE, as_what="document", caption="Rapporten", chat=lea.id)
            wake.set()
            await settled(db)
        seen = [message for message in await lea.screen() if message.from_bot]
    assert [(one.kind, one.text, one.labels) for one in seen] == [
        ("photo", "Uge 47", ("Luk",)),
        ("document", "Rapporten", ("Luk",)),
    ]
