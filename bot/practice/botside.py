"""What the bot may do in the world, with Telegram's rules and errors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.practice.keyboards import Rows, inline_rows
from bot.practice.limits import (
    CALLBACK_ANSWER_UNITS,
    CALLBACK_LIFETIME,
    CAPTION_UNITS,
    DELETE_AT_ONCE,
    DELETE_LIMIT,
    NOT_MODIFIED,
    QUERY_TOO_OLD,
    TEXT_UNITS,
    Json,
    bad_request,
    units,
)
from bot.practice.markup import Formatted, parse
from bot.practice.messages import Chat, File, Message, Toast
from bot.practice.world import World

TYPING = timedelta(seconds=5)


class BotSide:
    """The bot's hands. Every method raises ApiError where Telegram would refuse, and writes to the journal."""

    def __init__(self, world: World) -> None:
        self.world = world

    def send(
        self,
        chat_id: int,
        text: str,
        parse_mode: str | None = None,
        entities: list[Json] | None = None,
        markup: Any = None,
        reply: Any = None,
    ) -> Message:
        """Send a text."""
        chat = self.world.chat_for_bot(chat_id)
        body = _checked(text, parse_mode, entities)
        rows = inline_rows(markup)
        message = self.world.put(
            chat,
            None,
            body,
            source=_source(text, parse_mode),
            rows=rows,
            reply_to=_reply(chat, reply),
        )
        return self._done("sendMessage", chat, message)

    def send_file(
        self,
        method: str,
        chat_id: int,
        file: File,
        extra: Json,
        caption: str = "",
        parse_mode: str | None = None,
        entities: list[Json] | None = None,
        markup: Any = None,
        reply: Any = None,
    ) -> Message:
        """Send a photo or document with a caption; `extra` is what the Bot API says about the file."""
        chat = self.world.chat_for_bot(chat_id)
        body = parse(caption, parse_mode, entities)
        if units(body.text) > CAPTION_UNITS:
            raise bad_request("message caption is too long")
        message = self.world.put(
            chat,
            None,
            body,
            source=_source(caption, parse_mode),
            kind="photo" if method == "sendPhoto" else "document",
            rows=inline_rows(markup),
            file=file,
            extra=extra,
            reply_to=_reply(chat, reply),
        )
        return self._done(method, chat, message)

    def edit_text(
        self,
        chat_id: int,
        message_id: int,
        text: str,
        parse_mode: str | None = None,
        entities: list[Json] | None = None,
        markup: Any = None,
    ) -> Message:
        """Edit a text; without `markup` the buttons go away, as in Telegram."""
        chat, message = self._editable(chat_id, message_id)
        if message.kind != "text":
            raise bad_request("there is no text in the message to edit")
        body = _checked(text, parse_mode, entities)
        return self._edit("editMessageText", chat, message, body, _source(text, parse_mode), inline_rows(markup))

    def edit_markup(self, chat_id: int, message_id: int, markup: Any = None) -> Message:
        """Replace the buttons only."""
        chat, message = self._editable(chat_id, message_id)
        rows = inline_rows(markup)
        return self._edit("editMessageReplyMarkup", chat, message, message.body, message.source, rows)

    def delete(self, chat_id: int, message_id: int) -> None:
        """Delete one message of either side, while it is under 48 hours old."""
        chat = self.world.chat_for_bot(chat_id)
        message = chat.messages.get(message_id)
        if message is None or message.deleted:
            raise bad_request("message to delete not found")
        self._check_deletable(chat, message)
        self._wipe("deleteMessage", chat, [message])

    def delete_many(self, chat_id: int, message_ids: list[int]) -> None:
        """Delete up to 100; those not found are skipped, one that may not be deleted stops all."""
        chat = self.world.chat_for_bot(chat_id)
        if not message_ids:
            raise bad_request("message identifiers are not specified")
        if len(message_ids) > DELETE_AT_ONCE:
            raise bad_request("too many message identifiers specified")
        wanted = [chat.messages[number] for number in message_ids if number in chat.messages]
        found = [message for message in wanted if not message.deleted]
        for message in found:
            self._check_deletable(chat, message)
        self._wipe("deleteMessages", chat, found)

    def answer(self, query_id: str, text: str = "", alert: bool = False) -> None:
        """Answer a tap; too old after 15 seconds, and only once."""
        query = self.world.queries.get(query_id)
        now = self.world.now()
        if query is None or query.answered or now - query.at > CALLBACK_LIFETIME:
            raise bad_request(QUERY_TOO_OLD)
        if units(text) > CALLBACK_ANSWER_UNITS:
            raise bad_request("MESSAGE_TOO_LONG")
        query.answered = True
        if text:
            toast = Toast(self.world.next_toast(), text, alert, now)
            self.world.private(query.person).toasts.append(toast)
        self.world.journal.note(
            now, "answerCallbackQuery", query.person.id, query.message_id, text, query_id=query_id, alert=alert
        )
        self.world.changed()

    def typing(self, chat_id: int, action: str) -> None:
        """Show that the bot is at work, for five seconds."""
        chat = self.world.chat_for_bot(chat_id)
        now = self.world.now()
        chat.typing_until = now + TYPING
        self.world.journal.note(now, "sendChatAction", chat.id, action=action)
        self.world.changed()

    def leave(self, chat_id: int) -> None:
        """Leave a group."""
        chat = self.world.chat_for_bot(chat_id)
        if chat.kind == "private":
            raise bad_request("chat is not a group or channel")
        chat.member = False
        self.world.journal.note(self.world.now(), "leaveChat", chat.id)
        self.world.changed()

    def _editable(self, chat_id: int, message_id: int) -> tuple[Chat, Message]:
        chat = self.world.chat_for_bot(chat_id)
        message = chat.messages.get(message_id)
        if message is None or message.deleted:
            raise bad_request("message to edit not found")
        if not message.from_bot:
            raise bad_request("message can't be edited")
        return chat, message

    def _edit(
        self, method: str, chat: Chat, message: Message, body: Formatted, source: str, rows: Rows | None
    ) -> Message:
        if body == message.body and rows == message.rows:
            raise bad_request(NOT_MODIFIED)
        message.body, message.source, message.rows = body, source, rows
        message.edited = self.world.now()
        message.revision += 1
        return self._done(method, chat, message)

    def _check_deletable(self, chat: Chat, message: Message) -> None:
        if self.world.now() - message.date > DELETE_LIMIT:
            raise bad_request("message can't be deleted for everyone")
        if chat.kind != "private" and not message.from_bot:
            raise bad_request("message can't be deleted")  # the bot is no administrator of the practice group

    def _wipe(self, method: str, chat: Chat, messages: list[Message]) -> None:
        now = self.world.now()
        for message in messages:
            message.wipe(now, "bot")
            self.world.journal.note(now, method, chat.id, message.id)
        self.world.changed()

    def _done(self, method: str, chat: Chat, message: Message) -> Message:
        chat.typing_until = None
        labels = [[str(button["text"]) for button in row] for row in message.rows or []]
        self.world.journal.note(
            self.world.now(), method, chat.id, message.id, message.body.text, message.source, buttons=labels
        )
        self.world.changed()
        return message


def _checked(text: str, parse_mode: str | None, entities: list[Json] | None) -> Formatted:
    body = parse(text, parse_mode, entities)
    if not body.text:
        raise bad_request("message text is empty")
    if units(body.text) > TEXT_UNITS:
        raise bad_request("message is too long")
    return body


def _source(text: str, parse_mode: str | None) -> str:
    return text if parse_mode else ""


def _reply(chat: Chat, reply: Any) -> int | None:
    if not isinstance(reply, dict) or "message_id" not in reply:
        return None
    number = int(reply["message_id"])
    message = chat.messages.get(number)
    if message is None or message.deleted:
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    return number
