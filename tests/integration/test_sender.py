"""The sender: everything queued arrives, in order, paced, marked after sending."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.now import real_now
from bot.practice.local import LocalPhone
from bot.telegram.delivery import answer_tap
from bot.telegram.pacing import Pace
from bot.telegram.requests import build_bot
from bot.telegram.sender import Sender
from storage import outbox, people
from storage.database import Database, StorageFull, Transaction
from storage.people import Role
from tests.integration.scripted_api import TOKEN, Answer, ScriptedApi, refused
from tests.integration.storage_kit import opened

BLOCKED = refused(403, "Forbidden: bot was blocked by the user")


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


def payload(text: str, **more: Any) -> str:
    """Give the payload of a message or card."""
    return json.dumps({"text": text, **more})


async def send(db: Database, *texts: str, chat: int = 7, card: str | None = None, **more: Any) -> None:
    """Queue messages."""
    async with db.transaction() as tx:
        for text in texts:
            outbox.queue_send(tx, chat_id=chat, payload=payload(text, **more), now=real_now(), card=card)


async def show(db: Database, text: str, *, fresh: bool = False, chat: int = 7) -> None:
    """Wish for a card to look like this."""
    async with db.transaction() as tx:
        outbox.queue_card(tx, chat_id=chat, card="debrief:1", payload=payload(text), fresh=fresh, now=real_now())


async def place(db: Database, chat: int = 7) -> int | None:
    """Give where the card stands."""
    async with db.transaction() as tx:
        return await outbox.card_at(tx, chat, "debrief:1")


async def rows(db: Database) -> list[tuple[str, str | None]]:
    """Give each row's status and error."""
    async with db.transaction() as tx:
        found = await tx.all("SELECT status, error FROM outbox ORDER BY seq")
    return [(row["status"], row["error"]) for row in found]


async def settled(db: Database, seconds: float = 8.0) -> None:
    """Wait until nothing is pending."""
    end = time.monotonic() + seconds
    while "pending" in [status for status, _ in await rows(db)]:
        assert time.monotonic() < end, await rows(db)
        await asyncio.sleep(0.01)


def quick() -> Pace:
    """A pace that is no hindrance."""
    return Pace(time.monotonic(), in_all=1000, a_chat=1000, burst=1000)


@asynccontextmanager
async def sending(api_url: str, db: Database, *, token: str = TOKEN, **more: Any) -> AsyncIterator[asyncio.Event]:
    """Send in the background; gives the wake-up."""
    bot, wake, stop = build_bot(token, api_url), asyncio.Event(), asyncio.Event()
    sender = Sender(bot, db, real_now, wake, **{"pace": quick(), "back_off": (0.05, 0.2), **more})
    running = asyncio.create_task(sender.run(stop))
    try:
        yield wake
    finally:
        stop.set()
        await asyncio.wait_for(running, 10)
        await bot.shutdown()


async def test_messages_arrive_in_order_and_are_marked(db: Database, api: ScriptedApi) -> None:
    """Messages of a chat go out in order, as HTML with their buttons, and their content is emptied afterwards."""
    rows_of_buttons = [[{"text": "Ja", "data": "y"}, {"text": "Læs", "url": "https://example.invalid/"}]]
    await send(db, "<b>en</b>", "to", "tre", buttons=rows_of_buttons)
    async with sending(api.url, db):
        await settled(db)
    calls = api.of("sendMessage")
    assert [call.text for call in calls] == ["<b>en</b>", "to", "tre"]
    assert calls[0].values["parse_mode"] == "HTML"
    assert json.loads(calls[0].values["reply_markup"])["inline_keyboard"] == [
        [{"text": "Ja", "callback_data": "y"}, {"text": "Læs", "url": "https://example.invalid/"}]
    ]
    async with db.transaction() as tx:
        assert await tx.all("SELECT 1 FROM outbox WHERE payload IS NOT NULL") == []


async def test_a_wake_up_is_answered_at_once(db: Database, api: ScriptedApi) -> None:
    """What is queued while the sender sleeps goes out well before it would look by itself."""
    async with sending(api.url, db) as wake:
        await asyncio.sleep(0.1)
        await send(db, "nu")
        wake.set()
        await api.wait_for("sendMessage", 1, seconds=1)


async def test_a_card_is_sent_once_and_then_edited(db: Database, api: ScriptedApi) -> None:
    """The first wish sends the card, later ones edit that message in place; without buttons the old ones go."""
    async with sending(api.url, db) as wake:
        for text in ("et", "to", "tre"):
            await show(db, text)
            wake.set()
            await settled(db)
    assert [call.text for call in api.of("sendMessage")] == ["et"]
    edits = api.of("editMessageText")
    assert [(call.text, call.values["message_id"]) for call in edits] == [("to", "100"), ("tre", "100")]
    assert await place(db) == 100


async def test_a_fresh_card_is_sent_below_and_the_old_one_goes(db: Database, api: ScriptedApi) -> None:
    """A card that shall be fresh is sent anew, its place remembered, and the old message deleted after that."""
    await show(db, "gammelt")
    async with sending(api.url, db) as wake:
        await settled(db)
        await show(db, "nyt", fresh=True)
        wake.set()
        await settled(db)
    assert [call.method for call in api.calls] == ["sendMessage", "sendMessage", "deleteMessage"]
    assert api.of("deleteMessage")[0].values["message_id"] == "100"
    assert await place(db) == 101


async def test_only_the_newest_wish_is_sent(db: Database, api: ScriptedApi) -> None:
    """Wishes that pile up become one call; one that comes while another is under way is not lost."""
    for text in ("a", "b", "c"):
        await show(db, text)
    api.plan("sendMessage", Answer(delay=0.3, carried_out=True, body={"ok": True, "result": _message(500)}))
    async with sending(api.url, db) as wake:
        await api.wait_for("sendMessage", 1)
        await show(db, "d")
        wake.set()
        await settled(db)
    assert [call.text for call in api.of("sendMessage")] == ["c"]
    assert [(call.text, call.values["message_id"]) for call in api.of("editMessageText")] == [("d", "500")]


async def test_a_fresh_wish_during_sending_is_fulfilled(db: Database, api: ScriptedApi) -> None:
    """When the card shall be fresh while an older version is being sent, it is sent anew after that."""
    await show(db, "a")
    api.plan("sendMessage", Answer(delay=0.3, body={"ok": True, "result": _message(500)}))
    async with sending(api.url, db) as wake:
        await api.wait_for("sendMessage", 1)
        await show(db, "b", fresh=True)
        wake.set()
        await settled(db)
    assert [call.text for call in api.of("sendMessage")] == ["a", "b"]
    assert [call.values["message_id"] for call in api.of("deleteMessage")] == ["500"]


@pytest.mark.parametrize("words", ["message to edit not found", "message can't be edited"])
async def test_a_card_that_cannot_be_edited_is_sent_anew(db: Database, api: ScriptedApi, words: str) -> None:
    """When the card's message is gone, it is sent anew and edited there from then on."""
    await show(db, "a")
    async with sending(api.url, db) as wake:
        await settled(db)
        api.plan("editMessageText", refused(400, f"Bad Request: {words}"))
        await show(db, "b")
        wake.set()
        await settled(db)
    assert [call.text for call in api.of("sendMessage")] == ["a", "b"]
    assert await place(db) == 101


async def test_an_unchanged_card_counts_as_shown(db: Database, api: ScriptedApi) -> None:
    """ "Message is not modified" is a success."""
    await show(db, "a")
    async with sending(api.url, db) as wake:
        await settled(db)
        api.plan("editMessageText", refused(400, "Bad Request: message is not modified: specified new message content"))
        await show(db, "a")
        wake.set()
        await settled(db)
    assert await rows(db) == [("sent", None), ("sent", None)]
    assert len(api.of("sendMessage")) == 1


async def test_html_that_does_not_parse_goes_as_plain_text(db: Database, api: ScriptedApi) -> None:
    """A message or card whose HTML Telegram refuses is sent once more without formatting."""
    bad = refused(400, "Bad Request: can't parse entities: unsupported start tag")
    api.plan("sendMessage", bad)
    api.plan("editMessageText", bad)
    await show(db, "<b>a</b> &lt;{{7*7}}&gt; <x>")
    async with sending(api.url, db) as wake:
        await settled(db)
        await show(db, "<i>b</i> &amp; c")
        wake.set()
        await settled(db)
    assert [(call.text, call.values.get("parse_mode")) for call in api.calls] == [
        ("<b>a</b> &lt;{{7*7}}&gt; <x>", "HTML"),
        ("a <{{7*7}}> <x>", None),
        ("<i>b</i> &amp; c", "HTML"),
        ("b & c", None),
    ]


TROUBLE = {
    "429 with parameters": refused(429, "Too Many Requests: retry after 1", retry_after=1),
    "429 without": refused(429, "Too Many Requests"),
    "500": refused(500, "Internal Server Error"),
    "502 HTML": Answer(502, raw=b"<html>502 Bad Gateway</html>"),
    "200 HTML": Answer(200, raw=b"<html>Log in</html>"),
    "401": refused(401, "Unauthorized"),
    "404": refused(404, "Not Found"),
    "reset": Answer(drop=True),
}


@pytest.mark.parametrize("fault", TROUBLE.values(), ids=TROUBLE.keys())
async def test_trouble_loses_and_reorders_nothing(db: Database, api: ScriptedApi, fault: Answer) -> None:
    """Whatever kind of trouble, however often: each message arrives, in order, and nothing that was refused twice."""
    await send(db, "en", "to")
    api.plan("sendMessage", *[fault] * (1 if "parameters" in str(fault.body) else 5))
    async with sending(api.url, db):
        await settled(db)
    arrived = [call.text for call in api.of("sendMessage")][-2:]
    assert arrived == ["en", "to"]
    assert set(await rows(db)) == {("sent", None)}
    assert all(call.text == "en" for call in api.of("sendMessage")[:-1])


async def test_a_lost_answer_may_repeat_but_not_lose(db: Database, api: ScriptedApi) -> None:
    """When the connection breaks after Telegram took the message, it is sent again: at least once."""
    api.plan("sendMessage", Answer(drop=True, carried_out=True))
    await send(db, "en", "to")
    async with sending(api.url, db):
        await settled(db)
    assert [call.text for call in api.of("sendMessage")] == ["en", "en", "to"]


async def test_nothing_is_sent_before_retry_after(db: Database, api: ScriptedApi) -> None:
    """A chat that Telegram asks to wait gets nothing before, also after a restart; other chats go on."""
    api.plan("sendMessage", refused(429, "Too Many Requests: retry after 2", retry_after=2))
    await send(db, "en")
    async with sending(api.url, db) as wake:
        await api.wait_for("sendMessage", 1)
        await asyncio.sleep(0.1)
        await send(db, "andet", chat=8)
        wake.set()
        await api.wait_for("sendMessage", 2, seconds=1)
    async with sending(api.url, db):
        await settled(db)
    first, other, again = api.of("sendMessage")
    assert (first.chat_id, other.chat_id, again.chat_id) == (7, 8, 7)
    assert again.at - first.at >= 2


async def test_two_chats_asked_to_wait_stop_everybody(db: Database, api: ScriptedApi) -> None:
    """When several chats are asked to wait, all of us are too fast: nobody gets anything until then."""
    wait = refused(429, "Too Many Requests: retry after 1", retry_after=1)
    api.plan("sendMessage", wait, wait)
    await send(db, "a", chat=1)
    await send(db, "b", chat=2)
    async with sending(api.url, db) as wake:
        await api.wait_for("sendMessage", 2)
        await asyncio.sleep(0.1)
        await send(db, "c", chat=3)
        wake.set()
        await settled(db)
    calls = api.of("sendMessage")
    assert calls[2].at - calls[1].at >= 0.9


@pytest.mark.parametrize(
    "words",
    [
        "Forbidden: bot was blocked by the user",
        "Forbidden: user is deactivated",
        "Forbidden: bot was kicked from the group chat",
        "Forbidden: bot was kicked from the supergroup chat",
        "Forbidden: the group chat was deleted",
        "Bad Request: chat not found",
    ],
)
async def test_a_closed_chat_gets_nothing_more(db: Database, api: ScriptedApi, words: str) -> None:
    """After the first permanent error nothing is sent to the person; what waits goes out when they are back."""
    async with db.transaction() as tx:
        person = people.add_person(
            tx, telegram_id=7, chat_id=7, name="Anna", role=Role.MENTOR, team_id=None, language="da",
            zone="Europe/Copenhagen", now=real_now(),
        )  # fmt: skip
    told: list[int] = []

    async def on_blocked(tx: Transaction, chat_id: int) -> None:
        told.append(chat_id)

    api.plan("sendMessage", refused(400 if words.startswith("Bad") else 403, words))
    await send(db, "en", "to")
    async with sending(api.url, db, on_blocked=on_blocked) as wake:
        await api.wait_for("sendMessage", 1)
        await asyncio.sleep(0.3)
        wake.set()
        await asyncio.sleep(0.3)
        assert len(api.of("sendMessage")) == 1
        async with db.transaction() as tx:
            people.set_blocked(tx, person.id, None)
        wake.set()
        await settled(db)
    assert [call.text for call in api.of("sendMessage")] == ["en", "en", "to"]
    assert told == [7]


async def test_a_closed_chat_of_nobody_is_given_up(db: Database, api: ScriptedApi) -> None:
    """What waits for a chat that belongs to nobody we know is given up, not tried for ever."""
    api.plan("sendMessage", BLOCKED)
    await send(db, "en", "to")
    async with sending(api.url, db):
        await settled(db)
    assert await rows(db) == [("failed", "Forbidden")] * 2
    assert len(api.of("sendMessage")) == 1


@pytest.mark.parametrize("status", [400, 403])
async def test_an_unknown_refusal_gives_up_one_row_only(db: Database, api: ScriptedApi, status: int) -> None:
    """What Telegram refuses for an unknown reason is tried three times; then the chat goes on, nobody is blocked."""
    api.plan("sendMessage", *[refused(status, "Something: invented reason")] * 3)
    await send(db, "en", "to")
    async with sending(api.url, db):
        await settled(db)
    assert [call.text for call in api.of("sendMessage")] == ["en", "en", "en", "to"]
    assert [status for status, _ in await rows(db)] == ["failed", "sent"]


async def test_a_group_that_moved_is_given_up(db: Database, api: ScriptedApi) -> None:
    """When a group became a supergroup, the message is given up at the first try."""
    api.plan("sendMessage", refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100))
    await send(db, "en", chat=-5)
    async with sending(api.url, db):
        await settled(db)
    assert await rows(db) == [("failed", "ChatMigrated")]


async def test_a_broken_row_does_not_stop_the_chat(db: Database, api: ScriptedApi) -> None:
    """A row that cannot even be read is given up after three tries; the next one goes out."""
    async with db.transaction() as tx:
        outbox.queue_send(tx, chat_id=7, payload="no json", now=real_now())
    await send(db, "to")
    async with sending(api.url, db):
        await settled(db)
    assert [status for status, _ in await rows(db)] == ["failed", "sent"]


async def test_while_marking_fails_nothing_is_repeated(db: Database, api: ScriptedApi) -> None:
    """A message that was sent while the disk was full is noted when there is room, and not sent again meanwhile."""
    failing = _Failing(db)
    await send(db, "en", "to")
    api.plan("sendMessage", Answer(delay=0.2, carried_out=True, body={"ok": True, "result": _message(9)}))
    async with sending(api.url, failing):
        await api.wait_for("sendMessage", 1)
        failing.broken = True
        await asyncio.sleep(1.2)
        failing.broken = False
        await settled(db, seconds=15)
    assert [call.text for call in api.of("sendMessage")] == ["en", "to"]


async def test_deleting_many(db: Database, api: ScriptedApi) -> None:
    """Many messages are deleted a hundred at a time, one with its own call."""
    async with db.transaction() as tx:
        outbox.queue_delete(tx, chat_id=7, message_ids=list(range(1, 121)), now=real_now())
        outbox.queue_delete(tx, chat_id=8, message_ids=[5], now=real_now())
    async with sending(api.url, db):
        await settled(db)
    assert [len(json.loads(call.values["message_ids"])) for call in api.of("deleteMessages")] == [100, 20]
    assert [call.values["message_id"] for call in api.of("deleteMessage")] == ["5"]


@pytest.mark.parametrize(
    "refusal",
    [
        refused(404, "Not Found"),
        refused(501, "Emulator does not model this method: deleteMessages", reason="method_not_implemented"),
        refused(400, "Bad Request: message can't be deleted for everyone"),
        refused(400, "Bad Request: invented"),
    ],
    ids=["unknown method", "not implemented", "one too old", "unknown reason"],
)
async def test_deleting_one_by_one_where_many_are_refused(db: Database, api: ScriptedApi, refusal: Answer) -> None:
    """Where the server does not take a batch, each message is deleted by itself; gone or too old counts as done."""
    api.plan("deleteMessages", refusal)
    api.plan("deleteMessage", refused(400, "Bad Request: message to delete not found"))
    api.plan("deleteMessage", refused(400, "Bad Request: message can't be deleted for everyone"))
    async with db.transaction() as tx:
        outbox.queue_delete(tx, chat_id=7, message_ids=[1, 2, 3], now=real_now())
    async with sending(api.url, db):
        await settled(db)
    assert [call.values["message_id"] for call in api.of("deleteMessage")] == ["1", "2", "3"]
    assert await rows(db) == [("sent", None)]


async def test_leaving_a_group(db: Database, api: ScriptedApi) -> None:
    """A group is left after what was to be said there; having left already is no error."""
    api.plan("leaveChat", refused(403, "Forbidden: bot is not a member of the group chat"))
    await send(db, "farvel", chat=-5)
    async with db.transaction() as tx:
        outbox.queue_leave(tx, chat_id=-5, now=real_now())
    async with sending(api.url, db):
        await settled(db)
    assert [call.method for call in api.calls] == ["sendMessage", "leaveChat"]
    assert {status for status, _ in await rows(db)} == {"sent"}


async def test_a_long_message_goes_in_parts(db: Database, api: ScriptedApi) -> None:
    """A text over 3,500 is cut at a line's end, the buttons under the last part; after trouble in between, the parts
    that arrived are not repeated."""
    lines = "\n".join(f"Linje {number} <b>fed</b> 🙂" for number in range(300))
    usual = [Answer(carried_out=True, body={"ok": True, "result": _message(number)}) for number in (1, 2)]
    api.plan("sendMessage", usual[0], refused(500, "Internal Server Error"), usual[1])
    await send(db, lines, buttons=[[{"text": "Ja", "data": "y"}]])
    async with sending(api.url, db):
        await settled(db)
    first, failed, again, *rest = api.of("sendMessage")
    assert failed.text == again.text
    whole = [first, again, *rest]
    assert "".join(call.text for call in whole) == lines
    assert all(len(call.text) <= 3600 for call in whole)
    assert ["reply_markup" in call.values for call in whole] == [False] * (len(whole) - 1) + [True]


async def test_a_chat_gets_one_a_second_after_a_burst(db: Database, api: ScriptedApi) -> None:
    """Three go at once, then one a second; another chat is not slowed by that."""
    await send(db, "1", "2", "3", "4", "5")
    await send(db, "x", chat=8)
    async with sending(api.url, db, pace=Pace(time.monotonic())):
        await settled(db)
    calls = [call for call in api.of("sendMessage") if call.chat_id == 7]
    times = [call.at - calls[0].at for call in calls]
    assert times[2] < 0.5
    assert times[3] >= 0.9
    assert times[4] >= 1.9
    assert next(call.at for call in api.of("sendMessage") if call.chat_id == 8) - calls[0].at < 0.5


async def test_at_most_thirty_in_any_second(db: Database, api: ScriptedApi) -> None:
    """However many chats wait, no second sees over 30 messages."""
    for chat in range(1, 81):
        await send(db, "x", chat=chat)
    async with sending(api.url, db, pace=Pace(time.monotonic())):
        await settled(db)
    at = [call.at for call in api.of("sendMessage")]
    assert len(at) == 80
    assert max(sum(start <= one < start + 1 for one in at) for start in at) <= 30


async def test_messages_go_one_by_one_and_edits_side_by_side(db: Database, api: ScriptedApi) -> None:
    """At most one message that would show twice is under way, so that a crash repeats one at most; edits, which may
    be repeated, go together."""
    api.latency = 0.05
    for chat in range(1, 7):
        await show(db, "a", chat=chat)
    async with sending(api.url, db) as wake:
        await settled(db)
        assert (api.busiest, len(api.of("sendMessage"))) == (1, 6)
        for chat in range(1, 7):
            await show(db, "b", chat=chat)
        wake.set()
        await settled(db)
    assert api.busiest > 3


async def test_a_slow_message_lets_others_pass(db: Database, api: ScriptedApi) -> None:
    """One chat whose sending takes long does not hold up the others for as long."""
    api.plan("sendMessage", Answer(delay=4, carried_out=True, body={"ok": True, "result": _message(1)}))
    await send(db, "langsom", chat=7)
    await send(db, "hurtig", chat=8)
    async with sending(api.url, db):
        first, second = await api.wait_for("sendMessage", 2, seconds=4)
        assert second.chat_id == 8
        assert second.at - first.at < 3
        await settled(db)


async def test_stopping_lets_what_is_under_way_end(db: Database, api: ScriptedApi) -> None:
    """Told to stop while sending, the sender still notes what was sent; the next run does not repeat it."""
    api.plan("sendMessage", Answer(delay=0.5, carried_out=True, body={"ok": True, "result": _message(1)}))
    await send(db, "en", "to")
    async with sending(api.url, db):
        await api.wait_for("sendMessage", 1)
    assert [status for status, _ in await rows(db)] == ["sent", "pending"]


async def test_answering_a_tap_never_fails(api: ScriptedApi) -> None:
    """A tap is answered with a short notice; too old, or no connection, is nothing to be told about."""
    bot = build_bot(TOKEN, api.url)
    await answer_tap(bot, "77", "x" * 300)
    assert len(api.of("answerCallbackQuery")[0].text) == 200
    api.plan("answerCallbackQuery", refused(400, "Bad Request: query is too old"), Answer(drop=True))
    await answer_tap(bot, "77")
    await answer_tap(bot, "77")
    await answer_tap(bot, "")
    assert len(api.of("answerCallbackQuery")) == 3
    await bot.shutdown()


async def test_against_the_practice_phone(db: Database, tmp_path: Path) -> None:
    """With the practice phone's rules: a card is sent, edited, sent anew, and one bot message is left in the chat."""
    async with LocalPhone(tmp_path, quiet=0.02, patience=0.05) as phone:
        anna = phone.client.person("Anna")
        await anna.send("hej")
        async with sending(phone.api_url, db, token=phone.token) as wake:
            for text, fresh in (("et", False), ("<b>to</b>", False), ("<b>to</b>", False), ("tre", True)):
                await show(db, text, fresh=fresh, chat=anna.id)
                wake.set()
                await settled(db)
        seen = [message.text for message in await anna.screen() if message.from_bot]
    assert seen == ["tre"]


def _message(number: int) -> dict[str, object]:
    return {"message_id": number, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "x"}


class _Failing:
    """A database whose disk is full while ``broken``."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.broken = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """As the real one, or StorageFull."""
        if self.broken:
            raise StorageFull("The disk is full; make room.")
        async with self._db.transaction() as tx:
            yield tx

    def snapshot(self) -> Any:
        """As the real one."""
        return self._db.snapshot()

    async def rewrite(self) -> None:
        """As the real one."""
        await self._db.rewrite()

    async def empty_log(self) -> bool:
        """As the real one."""
        return await self._db.empty_log()

    async def close(self) -> None:
        """As the real one."""
        await self._db.close()
