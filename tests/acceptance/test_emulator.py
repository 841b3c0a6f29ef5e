"""Outside judge: the same conversation on our practice phone and on a Bot API server that others wrote."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot.practice.start import PracticeFolders
from bot.service.reading import Purpose, ReadReflection, read
from storage.keys import read_key
from storage.sqlite import open_sqlite
from tests.acceptance.conversations import Told, everything
from tests.acceptance.emulator import emulated, verdict
from tests.acceptance.emulator_rules import Html, Record
from tests.acceptance.stage import running

WITHOUT = "the outside judge is not installed: pip install '.[test]' brings lo-bot-api-emulator"


async def kept_of(folders: PracticeFolders, name: str) -> list[ReadReflection]:
    """Somebody's stored debriefs, the oldest first."""
    db = await open_sqlite(folders.data / "eftertanke.db", read_key(None, folders.key_file), create=False)
    try:
        async with db.snapshot() as snapshot:
            return [one async for one in read(snapshot, Purpose.RECORD, revisions=False) if one.mentor == name]
    finally:
        await db.close()


async def is_stored(folders: PracticeFolders, name: str, told: Told) -> None:
    """What was answered is in the database, with the typed words byte for byte, in three debriefs that ended."""
    kept = await kept_of(folders, name)
    assert [one.status for one in kept] == ["saved", "saved", "stopped"]
    for one, answers in zip(kept, told.answers, strict=True):
        values = {answer.question_id: answer.value for answer in one.answers} | {"citizen": one.citizen}
        assert {question: values[question] for question in answers} == answers
    assert [answer.text for answer in kept[-1].answers if answer.question_id == "what_happened"] == [told.text]


async def test_on_the_practice_phone(tmp_path: Path) -> None:
    """The conversation goes well on the practice phone, and all of it is stored."""
    async with running(tmp_path) as stage:
        told = await everything(stage.phone, "Bo", stage.codes["Bo"][0])
        await is_stored(stage.folders, "Bo", told)


@pytest.mark.skipif(find_spec("lo_bot_api_emulator") is None, reason=WITHOUT)
async def test_on_a_server_that_others_wrote(tmp_path: Path) -> None:
    """The conversation goes well on the emulator too; neither the emulator nor the proxy has anything to object to:
    every text and button is one that Telegram takes, what is edited and deleted exists, every tap was answered."""
    async with emulated(tmp_path) as (phone, folders, codes):
        told = await everything(phone, "Bo", codes["Bo"][0])
        await phone.settled()
        await is_stored(folders, "Bo", told)
        record = phone.record
        assert record.problems == []
        assert record.unanswered == []
        assert len(record.taps) >= 25 and len(record.calls) >= 50
        assert record.menus[phone.person("Bo").id][0] == "debrief"
        assert record.unchanged == 0
    said = verdict(tmp_path)
    assert said["ok"], said


@pytest.mark.parametrize(
    ("source", "text", "problem"),
    [
        ("<b>a</b> &lt;&amp;&gt; &#39;", "a <&> '", ""),
        ("<b>a", "a", "<b> is not closed"),
        ("<b><i>a</b></i>", "a", "</b> closes what is not open"),
        ("<font>a</font>", "a", "<font> is no tag of Telegram's"),
        ("1 < 2", "1 < 2", "an unescaped < or &"),
        ("a & b", "a & b", "an unescaped < or &"),
        ("&nbsp;a", "a", "&nbsp; is no entity of Telegram's"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", "a quote within a quote"),
    ],
)
def test_the_judge_of_html(source: str, text: str, problem: str) -> None:
    """The judge reads Telegram's HTML, and names what is none."""
    html = Html(source)
    assert html.text == text
    assert html.problems[:1] == ([problem] if problem else [])


NOW = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)


def recorded(*calls: tuple[str, dict[str, str]]) -> Record:
    """Person 7 wrote message 900 and tapped "tap1"; the bot sent message 1 and made these calls."""
    record = Record()
    record.said(7, 900, "hej", NOW)
    record.given({"callback_query": {"id": "tap1", "message": {"chat": {"id": 7}}}})
    first = {"chat_id": "7", "text": "et kort", "parse_mode": "HTML"}
    for number, (method, given) in enumerate((("sendMessage", first), *calls), start=1):
        answer: dict[str, object] = {"ok": True, "result": {"message_id": number}}
        record.happened(method, given, answer, NOW + timedelta(hours=24 * (number - 1)))
    return record


@pytest.mark.parametrize(
    ("method", "given", "problem"),
    [
        ("editMessageText", {"message_id": "1", "text": "nyt"}, ""),
        ("editMessageText", {"message_id": "5", "text": "nyt"}, "editMessageText: message 5 does not exist"),
        ("editMessageText", {"message_id": "900", "text": "nyt"}, "editMessageText: message 900 is not the bot’s own"),
        ("sendMessage", {"text": "æ" * 4096}, ""),
        ("sendMessage", {"text": "æ" * 4097}, "sendMessage: 4097 units"),
        ("sendMessage", {"text": "<b> </b>", "parse_mode": "HTML"}, "sendMessage: 0 units"),
        ("sendMessage", {"text": "a", "parse_mode": "Markdown"}, "sendMessage: parse mode Markdown"),
        ("deleteMessage", {"message_id": "900"}, ""),
        ("deleteMessage", {"message_id": "5"}, "deleteMessage: there is no message 5"),
        ("answerCallbackQuery", {"callback_query_id": "tap1"}, ""),
        ("answerCallbackQuery", {"callback_query_id": "tap2"}, "answerCallbackQuery: tap2 was unknown"),
        ("getMe", {}, "getMe lacks"),
    ],
)
def test_the_judge_of_calls(method: str, given: dict[str, str], problem: str) -> None:
    """The judge objects to a call that Telegram would refuse, and to nothing else."""
    problems = recorded((method, {"chat_id": "7", **given})).problems
    assert len(problems) == (1 if problem else 0)
    assert all(one.startswith(problem) for one in problems)


def test_the_judge_of_what_came_before() -> None:
    """Whether a call is right depends on earlier ones: a deleted message, an old one, a tap answered twice."""
    delete, edit = ("deleteMessage", {"chat_id": "7", "message_id": "1"}), {"chat_id": "7", "message_id": "1"}
    assert recorded(delete, ("editMessageText", {**edit, "text": "nyt"})).problems == [
        "editMessageText: message 1 is deleted"
    ]
    same = ("editMessageText", {**edit, "text": "et kort", "parse_mode": "HTML"})
    assert recorded(same).unchanged == 1
    assert recorded(same, same, delete).problems == ["deleteMessage: 1 is over 48 hours old"]
    tap = ("answerCallbackQuery", {"callback_query_id": "tap1"})
    assert recorded(tap, tap).problems == ["answerCallbackQuery: tap1 was answered before"]
    assert (recorded().unanswered, recorded(tap).unanswered) == (["tap1"], [])


@pytest.mark.parametrize(("size", "problems"), [(64, []), (65, ["sendMessage: callback data of 65 bytes"])])
def test_the_judge_of_buttons(size: int, problems: list[str]) -> None:
    """A button's data has 64 bytes at most."""
    markup = json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": "x" * size}]]})
    assert recorded(("sendMessage", {"chat_id": "7", "text": "a", "reply_markup": markup})).problems == problems
