"""The Bot API methods of the practice phone, by name: parameters in, result out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.practice.botside import BotSide
from bot.practice.limits import PHOTO_BYTES, Json, bad_request
from bot.practice.messages import File
from bot.practice.params import Params
from bot.practice.samples import describe, picture_size

Method = Callable[[BotSide, Params], Any]


def get_me(bot: BotSide, _: Params) -> Json:
    """Tell who the bot is."""
    return bot.world.me()


def send_message(bot: BotSide, given: Params) -> Json:
    """Send a text."""
    message = bot.send(
        given.whole("chat_id"),
        given.text("text"),
        given.text("parse_mode") or None,
        given.data("entities"),
        given.data("reply_markup"),
        _reply(given),
    )
    return bot.world.api(message)


def edit_message_text(bot: BotSide, given: Params) -> Json:
    """Edit a text."""
    message = bot.edit_text(
        given.whole("chat_id"),
        given.whole("message_id"),
        given.text("text"),
        given.text("parse_mode") or None,
        given.data("entities"),
        given.data("reply_markup"),
    )
    return bot.world.api(message)


def edit_message_reply_markup(bot: BotSide, given: Params) -> Json:
    """Replace the buttons of a message."""
    message = bot.edit_markup(given.whole("chat_id"), given.whole("message_id"), given.data("reply_markup"))
    return bot.world.api(message)


def delete_message(bot: BotSide, given: Params) -> bool:
    """Delete one message."""
    bot.delete(given.whole("chat_id"), given.whole("message_id"))
    return True


def delete_messages(bot: BotSide, given: Params) -> bool:
    """Delete several messages."""
    numbers = given.data("message_ids")
    if not isinstance(numbers, list):
        raise bad_request("message identifiers are not specified")
    bot.delete_many(given.whole("chat_id"), [int(number) for number in numbers])
    return True


def answer_callback_query(bot: BotSide, given: Params) -> bool:
    """Answer a tap."""
    bot.answer(given.text("callback_query_id"), given.text("text"), given.flag("show_alert"))
    return True


def send_photo(bot: BotSide, given: Params) -> Json:
    """Send a picture."""
    return _send_file(bot, given, "sendPhoto", "photo")


def send_document(bot: BotSide, given: Params) -> Json:
    """Send a file."""
    return _send_file(bot, given, "sendDocument", "document")


def _send_file(bot: BotSide, given: Params, method: str, kind: str) -> Json:
    file = _file(bot, given, kind)
    if kind == "photo" and len(file.data) > PHOTO_BYTES:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    message = bot.send_file(
        method,
        given.whole("chat_id"),
        file,
        describe(file, kind),
        given.text("caption"),
        given.text("parse_mode") or None,
        given.data("caption_entities"),
        given.data("reply_markup"),
        _reply(given),
    )
    return bot.world.api(message)


def _file(bot: BotSide, given: Params, kind: str) -> File:
    """Find the file: one that came along, or one that was sent before, by its id."""
    upload = given.upload(kind)
    if upload is not None:
        if not upload.data:
            raise bad_request("file must be non-empty")
        width, height = picture_size(upload.data)
        return bot.world.keep(upload.name, upload.mime, upload.data, width, height)
    named = given.text(kind)
    if not named:
        raise bad_request(f"there is no {kind} in the request")
    if named in bot.world.files:
        return bot.world.files[named]
    if "://" in named:
        raise bad_request("failed to get HTTP URL content")  # the practice phone reaches nothing outside
    raise bad_request("wrong file identifier/HTTP URL specified")


def _reply(given: Params) -> Any:
    if "reply_parameters" in given.values:
        return given.data("reply_parameters")
    if "reply_to_message_id" in given.values:
        return {
            "message_id": given.whole("reply_to_message_id"),
            "allow_sending_without_reply": given.flag("allow_sending_without_reply"),
        }
    return None


def send_chat_action(bot: BotSide, given: Params) -> bool:
    """Show that the bot is at work."""
    bot.typing(given.whole("chat_id"), given.text("action"))
    return True


def leave_chat(bot: BotSide, given: Params) -> bool:
    """Leave a group."""
    bot.leave(given.whole("chat_id"))
    return True


def get_chat(bot: BotSide, given: Params) -> Json:
    """Tell about a chat."""
    chat = bot.world.chat_for_bot(given.whole("chat_id"))
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return {
        **chat.api(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


def set_my_commands(bot: BotSide, given: Params) -> bool:
    """Store a command menu."""
    bot.world.profile.set_commands(given.data("commands"), given.data("scope"), given.text("language_code"))
    bot.world.changed()
    return True


def get_my_commands(bot: BotSide, given: Params) -> list[Json]:
    """Give a command menu."""
    return bot.world.profile.commands(given.data("scope"), given.text("language_code"))


def delete_my_commands(bot: BotSide, given: Params) -> bool:
    """Forget a command menu."""
    bot.world.profile.delete_commands(given.data("scope"), given.text("language_code"))
    bot.world.changed()
    return True


def _text_setter(what: str) -> Method:
    def setter(bot: BotSide, given: Params) -> bool:
        bot.world.profile.set_text(what, given.text(what), given.text("language_code"))
        bot.world.changed()
        return True

    return setter


def _text_getter(what: str) -> Method:
    def getter(bot: BotSide, given: Params) -> Json:
        return {what: bot.world.profile.text(what, given.text("language_code"))}

    return getter


def delete_webhook(bot: BotSide, given: Params) -> bool:
    """There is no webhook here; waiting updates can be dropped."""
    if given.flag("drop_pending_updates"):
        bot.world.updates.clear()
    return True


def get_webhook_info(bot: BotSide, _: Params) -> Json:
    """Tell that there is no webhook, and how many updates wait."""
    return {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.world.updates),
    }


METHODS: dict[str, Method] = {
    "getme": get_me,
    "sendmessage": send_message,
    "editmessagetext": edit_message_text,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "deletemessages": delete_messages,
    "answercallbackquery": answer_callback_query,
    "sendphoto": send_photo,
    "senddocument": send_document,
    "sendchataction": send_chat_action,
    "leavechat": leave_chat,
    "getchat": get_chat,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    "setmyname": _text_setter("name"),
    "getmyname": _text_getter("name"),
    "setmydescription": _text_setter("description"),
    "getmydescription": _text_getter("description"),
    "setmyshortdescription": _text_setter("short_description"),
    "getmyshortdescription": _text_getter("short_description"),
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
}
