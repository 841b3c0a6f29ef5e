"""The calls that put something into a chat, or take it away, each with Telegram's known excuses dealt with."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile
from telegram import Message as Sent
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.telegram.errors import Meaning, judge
from bot.telegram.parts import plain

log = logging.getLogger(__name__)

_NOTHING = "⌫"  # Telegram takes no empty text
_LEFT = "Slet den selv – jeg kan ikke længere.\nPlease delete it yourself – I no longer can."
"""Under a file that lies in the chat for good: a deletion knows only numbers, not in which language they read."""
_HAS_NO_TEXT = "there is no text in the message to edit"

PHOTO_BYTES = 10_000_000
"""What Telegram takes as a picture (https://core.telegram.org/bots/api#sending-files); a larger one goes as a file."""

_CALL_SECONDS = 30.0  # a server that sends a byte a second would keep every timeout of the connection happy
_FILE_SECONDS = 120.0
_TAP_SECONDS = 5.0
_TAP_TEXT = 200
_EXCUSES = (Meaning.UNCHANGED, Meaning.NOT_EDITABLE, Meaning.BAD_MARKUP)


async def send(bot: Bot, chat_id: int, text: str, buttons: Sequence[Any] = (), *, silent: bool = False) -> int:
    """Send HTML with buttons and give the message's number; as plain text when the HTML does not parse."""
    markup = keyboard(buttons)

    async def call(words: str, mode: str | None) -> Sent:
        async with asyncio.timeout(_CALL_SECONDS):
            return await bot.send_message(
                chat_id, words, parse_mode=mode, reply_markup=markup, disable_notification=silent or None
            )

    return await _formatted(call, text)


@dataclass(frozen=True, slots=True)
class File:
    """Something to send that is no text: its content, and the name under which it is offered."""

    data: bytes
    name: str


async def send_photo(bot: Bot, chat_id: int, photo: File, caption: str = "", buttons: Sequence[Any] = ()) -> int:
    """Send a picture with an HTML caption and give the message's number.

    As a file when it is too large for a picture, or when Telegram will not show it as one.
    """
    markup = keyboard(buttons)

    async def call(words: str, mode: str | None) -> Sent:
        upload = InputFile(photo.data, filename=photo.name)
        async with asyncio.timeout(_FILE_SECONDS):
            return await bot.send_photo(chat_id, upload, caption=words or None, parse_mode=mode, reply_markup=markup)

    if len(photo.data) > PHOTO_BYTES:
        return await send_document(bot, chat_id, photo, caption, buttons)
    try:
        return await _formatted(call, caption)
    except Exception as error:
        if judge(error).meaning is not Meaning.REFUSED:
            raise
        log.warning("A picture of %d bytes is sent as a file: %s.", len(photo.data), type(error).__name__)
        return await send_document(bot, chat_id, photo, caption, buttons)


async def send_document(bot: Bot, chat_id: int, file: File, caption: str = "", buttons: Sequence[Any] = ()) -> int:
    """Send a file with an HTML caption and give the message's number."""
    markup = keyboard(buttons)

    async def call(words: str, mode: str | None) -> Sent:
        upload = InputFile(file.data, filename=file.name)
        async with asyncio.timeout(_FILE_SECONDS):
            return await bot.send_document(
                chat_id,
                upload,
                caption=words or None,
                parse_mode=mode,
                reply_markup=markup,
                disable_content_type_detection=True,
            )

    return await _formatted(call, caption)


async def _formatted(call: Callable[[str, str | None], Awaitable[Sent]], text: str) -> int:
    """Send as HTML; as plain text when that does not parse. Give the message's number."""
    try:
        return (await call(text, ParseMode.HTML)).message_id
    except Exception as error:
        if judge(error).meaning is not Meaning.BAD_MARKUP:
            raise
        log.warning("A message of %d characters did not parse as HTML and is sent as plain text.", len(text))
        return (await call(plain(text), None)).message_id


async def edit(bot: Bot, chat_id: int, message_id: int, text: str, buttons: Sequence[Any] = ()) -> bool:
    """Let a message of ours look like this. False when it is gone or cannot be edited."""
    markup = keyboard(buttons)

    async def call(words: str, mode: str | None) -> Meaning | None:
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                await bot.edit_message_text(
                    words, chat_id=chat_id, message_id=message_id, parse_mode=mode, reply_markup=markup
                )
        except Exception as error:
            meaning = judge(error).meaning
            if meaning not in _EXCUSES or (meaning is Meaning.BAD_MARKUP and mode is None):
                raise
            return meaning
        return None

    meaning = await call(text, ParseMode.HTML)
    if meaning is Meaning.BAD_MARKUP:
        log.warning("A card of %d characters did not parse as HTML and is shown as plain text.", len(text))
        meaning = await call(plain(text), None)
    return meaning is not Meaning.NOT_EDITABLE


async def delete(bot: Bot, chat_id: int, message_ids: Sequence[int]) -> None:
    """Delete up to 100 messages; what is gone or too old counts as done.

    One by one when the server does not know the call for several, or refuses it: one message that may not be deleted
    stops the whole batch.
    """
    if len(message_ids) > 1:
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                await bot.delete_messages(chat_id, message_ids)
            return
        except Exception as error:
            if judge(error).meaning not in (Meaning.NO_SUCH_METHOD, Meaning.REFUSED, Meaning.NOT_DELETABLE):
                raise
    for message_id in message_ids:
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                await bot.delete_message(chat_id, message_id)
        except Exception as error:
            if judge(error).meaning is not Meaning.NOT_DELETABLE:
                raise
            await _emptied(bot, chat_id, message_id)


async def _emptied(bot: Bot, chat_id: int, message_id: int) -> None:
    """After 48 hours no bot may delete a message, but its sender may still edit it: an old card of ours is left
    without words and buttons, and under a file of ours it is said that only they can delete it now. Best effort;
    somebody else's message is refused, and so is one that is gone."""
    try:
        async with asyncio.timeout(_CALL_SECONDS):
            await bot.edit_message_text(_NOTHING, chat_id=chat_id, message_id=message_id)
    except BadRequest as error:
        if _HAS_NO_TEXT in error.message.casefold():
            await _captioned(bot, chat_id, message_id)
    except Exception as error:
        log.debug("A message that cannot be deleted could not be emptied either: %s.", type(error).__name__)


async def _captioned(bot: Bot, chat_id: int, message_id: int) -> None:
    try:
        async with asyncio.timeout(_CALL_SECONDS):
            await bot.edit_message_caption(chat_id=chat_id, message_id=message_id, caption=_LEFT)
    except Exception as error:
        log.warning("A file that cannot be deleted has no word about it: %s.", type(error).__name__)


async def leave(bot: Bot, chat_id: int) -> None:
    """Leave a group; done as well when we are not in it any more."""
    try:
        async with asyncio.timeout(_CALL_SECONDS):
            await bot.leave_chat(chat_id)
    except Exception as error:
        if judge(error).meaning not in (Meaning.CHAT_CLOSED, Meaning.MOVED, Meaning.REFUSED):
            raise


async def answer_tap(bot: Bot, callback_id: str, text: str | None = None) -> None:
    """Answer a tap, so that its button stops spinning; ``text`` is a small notice of at most 200 characters.

    Best effort: after some seconds a tap is too old to be answered, which must not disturb the dialogue.
    """
    if not callback_id:
        return
    try:
        async with asyncio.timeout(_TAP_SECONDS):
            await bot.answer_callback_query(callback_id, text=text[:_TAP_TEXT] if text else None)
    except Exception as error:
        log.debug("A tap could not be answered: %s.", type(error).__name__)


async def show_window(bot: Bot, callback_id: str, text: str) -> bool:
    """Answer a tap with a window that must be closed, of at most 200 characters: no message, and kept nowhere. Whether
    Telegram took it."""
    try:
        async with asyncio.timeout(_TAP_SECONDS):
            return bool(await bot.answer_callback_query(callback_id, text=text[:_TAP_TEXT], show_alert=True))
    except Exception as error:
        log.info("A window could not be shown: %s.", type(error).__name__)
        return False


def keyboard(buttons: Sequence[Sequence[Mapping[str, str]]]) -> InlineKeyboardMarkup | None:
    """Make the buttons: rows of {"text": …, "data": …} or {"text": …, "url": …}; None without any."""
    rows = [
        [InlineKeyboardButton(one["text"], callback_data=one.get("data"), url=one.get("url")) for one in row]
        for row in buttons
        if row
    ]
    return InlineKeyboardMarkup(rows) if rows else None
