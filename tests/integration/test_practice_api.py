"""The practice phone's Bot API, spoken to by the real python-telegram-bot over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from telegram import Bot, BotCommand, BotCommandScopeChat, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot.practice.local import LocalPhone

ANNA = 1001


@pytest_asyncio.fixture
async def local(tmp_path: Path) -> AsyncIterator[LocalPhone]:
    """Give a phone that no bot process belongs to."""
    async with LocalPhone(tmp_path, patience=0) as phone:
        yield phone


@pytest_asyncio.fixture
async def bot(local: LocalPhone) -> AsyncIterator[Bot]:
    """Give PTB's own Bot, connected to the phone."""
    async with Bot(local.token, base_url=local.api_url) as connected:
        yield connected


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    """Give one row of buttons whose data is their label."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label) for label in labels]])


async def test_a_whole_turn(local: LocalPhone, bot: Bot) -> None:
    """A person writes, the bot answers with buttons, a tap comes back, the card is edited and the tap answered."""
    anna = local.client.person("Anna")
    await anna.send("/debrief nu")
    (update,) = await bot.get_updates(timeout=5)
    assert update.message is not None and update.message.text == "/debrief nu"
    assert update.message.entities[0].type == "bot_command" and update.message.chat.id == ANNA
    sent = await bot.send_message(
        ANNA, "Hvem? <b>Æøå 👩‍🌾</b> &amp; co", parse_mode="HTML", reply_markup=keyboard("B07", "Ny")
    )
    assert sent.text == "Hvem? Æøå 👩‍🌾 & co"
    assert sent.parse_entities() == {sent.entities[0]: "Æøå 👩‍🌾"}
    await anna.press("B07")
    (tap,) = await bot.get_updates(offset=update.update_id + 1, timeout=5)
    assert tap.callback_query is not None and tap.callback_query.data == "B07"
    assert tap.callback_query.message is not None and tap.callback_query.message.message_id == sent.message_id
    await bot.answer_callback_query(tap.callback_query.id, "Valgt")
    edited = await bot.edit_message_text("Færdig", ANNA, sent.message_id)
    assert not isinstance(edited, bool) and edited.edit_date is not None and edited.reply_markup is None
    assert [seen.text for seen in await anna.screen()] == ["/debrief nu", "Færdig"]
    assert await anna.toasts() == ["Valgt"]
    assert (anna.taps, anna.typed) == (2, 0)


async def test_get_me_and_chat(local: LocalPhone, bot: Bot) -> None:
    """The bot has a username for deep links, and a chat can be asked about once its person has started."""
    assert bot.username == "eftertanke_oevelse_bot" and bot.id == 770001
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.get_chat(ANNA)
    await local.client.person("Anna").start("kode_1")
    assert (await bot.get_chat(ANNA)).first_name == "Anna"
    (update,) = await bot.get_updates()
    assert update.message is not None and update.message.text == "/start kode_1"


async def test_unconfirmed_updates_come_again(local: LocalPhone, bot: Bot) -> None:
    """Delivery forgets nothing; only a higher offset does, and ids follow one another."""
    anna = local.client.person("Anna")
    for word in ("en", "to", "tre"):
        await anna.send(word)
    first = await bot.get_updates(limit=2)
    again = await bot.get_updates()
    assert [u.update_id for u in again[:2]] == [u.update_id for u in first]
    assert [u.update_id - again[0].update_id for u in again] == [0, 1, 2]
    rest = await bot.get_updates(offset=again[1].update_id)
    assert [u.message.text for u in rest if u.message] == ["to", "tre"]
    assert [u.message.text for u in await bot.get_updates(offset=-1) if u.message] == ["tre"]
    assert (await bot.get_webhook_info()).pending_update_count == 1


async def test_long_poll_wakes_and_times_out(local: LocalPhone, bot: Bot) -> None:
    """A waiting poll answers when something comes in, and with nothing when its time is over."""
    waiting = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.2)
    await local.client.person("Bo").send("hej")
    (update,) = await asyncio.wait_for(waiting, 5)
    started = asyncio.get_running_loop().time()
    assert await bot.get_updates(offset=update.update_id + 1, timeout=1) == ()
    assert 0.9 <= asyncio.get_running_loop().time() - started < 4


async def test_second_poll_ends_the_first_with_409(local: LocalPhone, bot: Bot) -> None:
    """Of two polls at the same time the older ends with a conflict."""
    older = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.2)
    async with Bot(local.token, base_url=local.api_url) as second:
        assert await second.get_updates(timeout=0) == ()
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await asyncio.wait_for(older, 5)


async def test_allowed_updates_and_raw_ones(local: LocalPhone, bot: Bot) -> None:
    """Kinds that were not asked for are never queued; raw updates of tests go through as they are."""
    await bot.get_updates(allowed_updates=["message"])
    anna = local.client.person("Anna")
    await anna.send("hej")
    await anna.edit("hej", "hej igen")
    assert await local.client.inject({"poll": {"id": "1"}}) is None
    assert [update.message is not None for update in await bot.get_updates(allowed_updates=[])] == [True]
    await anna.edit("hej igen", "hej 3")
    assert await local.client.inject({"message": {"strange": True}}) is not None
    raw = await bot.do_api_request("getUpdates")
    assert [sorted(update)[0] for update in raw] == ["message", "edited_message", "message"]
    assert raw[1]["edited_message"]["text"] == "hej 3" and raw[1]["edited_message"]["edit_date"] > 0


async def test_blocking(local: LocalPhone, bot: Bot) -> None:
    """Blocking is told to the bot, its messages are then forbidden, and unblocking lets them through."""
    anna = local.client.person("Anna")
    await anna.send("/start")
    await anna.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ANNA, "hej")
    with pytest.raises(AssertionError, match="has blocked the bot"):
        await anna.send("hej")
    await anna.unblock()
    await bot.send_message(ANNA, "hej igen")
    changes = [u.my_chat_member for u in await bot.get_updates() if u.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]


async def test_files(local: LocalPhone, bot: Bot) -> None:
    """Bytes sent as a document come back unchanged; a picture is a photo; a file can be sent again by its id."""
    await local.client.person("Anna").send("/start")
    content = bytes(range(256)) * 9 + b"\r\n--\r\n\n\r"
    sent = await bot.send_document(ANNA, content, filename="uge 47 – æ.bin", caption="<i>Ugen</i>", parse_mode="HTML")
    assert sent.document is not None and sent.document.file_name == "uge 47 – æ.bin" and sent.caption == "Ugen"
    async with httpx.AsyncClient(base_url=local.page_url) as http:
        answer = await http.get(f"api/file/{sent.document.file_id}")
    assert answer.content == content and answer.headers["content-disposition"].startswith("attachment")
    again = await bot.send_document(ANNA, sent.document.file_id)
    assert again.document is not None and again.document.file_size == len(content)
    seen = await local.client.person("Anna").screen()
    assert [message.kind for message in seen[1:]] == ["document", "document"]


async def test_what_else_people_send(local: LocalPhone, bot: Bot) -> None:
    """Stickers, pictures, voice, files, forwards and groups arrive as PTB knows them; long texts arrive in parts."""
    anna = local.client.person("Anna")
    await anna.send_sticker()
    await anna.send_photo("se her")
    await anna.send_voice()
    await anna.send_document()
    await anna.forward("fra en anden")
    await anna.say_in_group("hej bot")
    long = "😀" * 10_000
    numbers = await anna.send(long)
    messages = [update.message for update in await bot.get_updates() if update.message]
    sticker, photo, voice, document, forward, group = messages[:6]
    assert sticker.sticker and photo.photo and photo.caption == "se her" and voice.voice and document.document
    assert forward.forward_origin and forward.text == "fra en anden" and group.chat.type == "group"
    assert len(numbers) == 5 and "".join(part.text or "" for part in messages[6:]) == long
    await bot.leave_chat(group.chat.id)
    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(group.chat.id, "hej")


async def test_command_menu_by_scope(bot: Bot, local: LocalPhone) -> None:
    """A person sees the narrowest menu; others keep the general one."""
    await bot.set_my_commands([BotCommand("hjaelp", "Hjælp")])
    await bot.set_my_commands([BotCommand("uge", "Ugen")], scope=BotCommandScopeChat(1003), language_code="da")
    assert await local.client.person("Lea").menu() == ["uge"]
    assert await local.client.person("Anna").menu() == ["hjaelp"]
    assert await bot.get_my_commands() == (BotCommand("hjaelp", "Hjælp"),)
    with pytest.raises(BadRequest, match=r"(?i)BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand("Påmind", "x")])


async def test_wrong_token_and_unknown_method(local: LocalPhone, bot: Bot) -> None:
    """Envelopes are Telegram's: 401 for a wrong token, 404 for an unknown method, any case of a known one."""
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=local.api_url):
            pass
    async with httpx.AsyncClient() as http:
        unknown = await http.get(f"{local.api_url}{local.token}/sendNothing")
        known = await http.post(f"{local.api_url}{local.token}/GETME", json={})
    assert unknown.status_code == 404
    assert unknown.json() == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert known.json()["result"]["is_bot"] is True


async def test_faults(local: LocalPhone, bot: Bot) -> None:
    """Each switch fails so many calls, as PTB sees them, and only `drop` carries its call out."""
    anna = local.client.person("Anna")
    await anna.send("/start")
    fault = local.client.fault
    await fault("429", retry_after=7)
    with pytest.raises(RetryAfter):
        await bot.send_message(ANNA, "a")
    for kind in ("429-bare", "500", "502", "drop-before", "drop"):
        await fault(kind, method="sendMessage")
        with pytest.raises(NetworkError):
            await bot.send_message(ANNA, f"efter {kind}")
    await fault("error", code=403, description="Forbidden: user is deactivated")
    with pytest.raises(Forbidden):
        await bot.send_message(ANNA, "b")
    await bot.send_message(ANNA, "c")
    assert [seen.text for seen in await anna.screen()] == ["/start", "efter drop", "c"]
    assert [call.text for call in await local.client.journal() if call.method == "sendMessage"] == ["efter drop", "c"]
    with pytest.raises(AssertionError, match="There is no fault"):
        await fault("lightning")
