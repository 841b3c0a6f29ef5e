"""A file that lay in the chat for longer than a bot may delete: the person is told, not left to think it is gone."""

from __future__ import annotations

import pytest

from bot.telegram import delivery
from bot.telegram.requests import build_bot
from tests.integration.scripted_api import TOKEN, ScriptedApi, refused

TOO_OLD = refused(400, "Bad Request: message can't be deleted for everyone")
NO_TEXT = refused(400, "Bad Request: there is no text in the message to edit")


async def test_a_file_too_old_to_delete_says_so() -> None:
    """After 48 hours its caption says, in both languages, that only they can delete it now."""
    async with ScriptedApi() as api:
        bot = build_bot(TOKEN, api.url)
        api.script["deleteMessage"].append(TOO_OLD)
        api.script["editMessageText"].append(NO_TEXT)
        await delivery.delete(bot, 11, [7])
        (said,) = [one for one in api.calls if one.method == "editMessageCaption"]
        assert (said.chat_id, said.values["message_id"]) == (11, "7")
        assert "Slet den selv – jeg kan ikke længere" in said.values["caption"]
        assert "delete it yourself" in said.values["caption"]
        assert "reply_markup" not in said.values


@pytest.mark.parametrize("words", ["Bad Request: message to edit not found", "Bad Request: message can't be edited"])
async def test_what_is_gone_or_theirs_is_left(words: str) -> None:
    """A message that is gone, or that the person sent, gets no caption; nor does a card, which is emptied."""
    async with ScriptedApi() as api:
        bot = build_bot(TOKEN, api.url)
        for answers in ([refused(400, words)], []):
            api.script["deleteMessage"].append(TOO_OLD)
            api.script["editMessageText"].extend(answers)
            await delivery.delete(bot, 11, [7])
        assert [one.method for one in api.calls if one.method.startswith("edit")] == ["editMessageText"] * 2


async def test_trouble_with_the_caption_stops_nothing() -> None:
    """Where the caption is refused too, the other messages still go."""
    async with ScriptedApi() as api:
        bot = build_bot(TOKEN, api.url)
        api.script["deleteMessages"].append(TOO_OLD)
        api.script["deleteMessage"].append(TOO_OLD)
        api.script["editMessageText"].append(NO_TEXT)
        api.script["editMessageCaption"].append(refused(400, "Bad Request: what"))
        await delivery.delete(bot, 11, [7, 8])
        assert [one.values["message_id"] for one in api.calls if one.method == "deleteMessage"] == ["7", "8"]
