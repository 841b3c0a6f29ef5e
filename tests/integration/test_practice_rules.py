"""Telegram's rules in the practice world: limits, ages, markup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.practice.botside import BotSide
from bot.practice.clock import PracticeClock
from bot.practice.handside import HandSide
from bot.practice.limits import ApiError, HandError, pieces, units
from bot.practice.markup import parse
from bot.practice.messages import Person
from bot.practice.updates import UpdateQueue
from bot.practice.world import World

START = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)


class Scene:
    """A world in which Anna has started the bot, at a fixed real time."""

    def __init__(self, file: Path | None = None) -> None:
        self.world = World(PracticeClock(file, real=lambda: START))
        self.bot = BotSide(self.world)
        self.hands = HandSide(self.world)
        self.anna: Person = self.world.person("Anna")
        self.first = self.hands.send(self.anna, "/start")[0]

    def pass_hours(self, hours: float) -> None:
        """Let time pass."""
        self.world.clock.move(hours * 3600)


@pytest.fixture
def scene() -> Scene:
    """Give a fresh scene."""
    return Scene()


def refused(error: pytest.ExceptionInfo[ApiError]) -> str:
    """Give the description of a refusal."""
    return error.value.description


def test_deletion_within_48_hours_only(scene: Scene) -> None:
    """Either side's message can be deleted until 48 hours old, and neither afterwards."""
    sent = scene.bot.send(scene.anna.id, "hej")
    scene.pass_hours(47.9)
    scene.bot.delete(scene.anna.id, scene.first.id)
    young = scene.bot.send(scene.anna.id, "ny")
    scene.pass_hours(0.2)
    with pytest.raises(ApiError) as error:
        scene.bot.delete(scene.anna.id, sent.id)
    assert refused(error) == "Bad Request: message can't be deleted for everyone"
    with pytest.raises(ApiError):
        scene.bot.delete_many(scene.anna.id, [young.id, sent.id])
    assert young.deleted is None
    scene.bot.delete_many(scene.anna.id, [young.id, 999_999, scene.first.id])
    assert young.deleted is not None and young.body.text == ""


def test_deleted_messages_are_gone(scene: Scene) -> None:
    """A deleted message can be neither deleted nor edited again, and its content is nowhere in the chat."""
    sent = scene.bot.send(
        scene.anna.id, "hemmeligt", markup={"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]}
    )
    scene.bot.delete(scene.anna.id, sent.id)
    with pytest.raises(ApiError, match="message to delete not found"):
        scene.bot.delete(scene.anna.id, sent.id)
    with pytest.raises(ApiError, match="message to edit not found"):
        scene.bot.edit_text(scene.anna.id, sent.id, "x")
    assert "hemmeligt" not in str(sent.view())
    scene.hands.press_data(scene.anna, sent.id, "a")
    tap = scene.world.updates.peek(9)[-1]["callback_query"]
    assert tap["message"]["date"] == 0 and "text" not in tap["message"]


def test_editing(scene: Scene) -> None:
    """An edit must change something, must be of the bot's own message, and drops the buttons unless given again."""
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]}
    sent = scene.bot.send(scene.anna.id, "<b>hej</b>", "HTML", markup=markup)
    with pytest.raises(ApiError, match="message is not modified"):
        scene.bot.edit_text(scene.anna.id, sent.id, "<b>hej</b>", "HTML", markup=markup)
    scene.bot.edit_text(scene.anna.id, sent.id, "hej")
    assert sent.rows is None and sent.edited == START
    with pytest.raises(ApiError, match="message can't be edited"):
        scene.bot.edit_text(scene.anna.id, scene.first.id, "x")
    with pytest.raises(ApiError, match="message is not modified"):
        scene.bot.edit_markup(scene.anna.id, sent.id, {"inline_keyboard": []})


def test_text_limits(scene: Scene) -> None:
    """4096 units of text are taken and one more is not; nothing and white space are refused."""
    scene.bot.send(scene.anna.id, "æ" * 4096)
    scene.bot.send(scene.anna.id, "<b>" + "x" * 4096 + "</b>", "HTML")
    for text, said in (
        ("x" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
        (" \n", "text is empty"),
    ):
        with pytest.raises(ApiError, match=said):
            scene.bot.send(scene.anna.id, text)


@pytest.mark.parametrize(("data", "fits"), [("x" * 64, True), ("æ" * 32, True), ("æ" * 33, False), ("", False)])
def test_callback_data_is_measured_in_bytes(scene: Scene, data: str, fits: bool) -> None:
    """Callback data has 1–64 bytes of UTF-8."""
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": data}]]}
    if fits:
        assert scene.bot.send(scene.anna.id, "x", markup=markup).rows == markup["inline_keyboard"]
        return
    with pytest.raises(ApiError, match="BUTTON_DATA_INVALID"):
        scene.bot.send(scene.anna.id, "x", markup=markup)


def test_taps_are_answered_once_and_in_time(scene: Scene) -> None:
    """A tap can be answered within 15 seconds and only once."""
    query = scene.hands.press_data(scene.anna, 1, "a")
    scene.world.clock.move(14)
    scene.bot.answer(query.id, "ok", True)
    late = scene.hands.press_data(scene.anna, 1, "a")
    scene.world.clock.move(16)
    for number in (query.id, late.id, "unknown"):
        with pytest.raises(ApiError, match="query is too old"):
            scene.bot.answer(number)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("æ <b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'expected "</b>", found "</i>"'),
        ("<b", 'Unclosed start tag "b"'),
        ("2 < 3", 'Unsupported start tag "" at byte offset 2'),
        ('<span class="x">y</span>', "must have class"),
    ],
)
def test_broken_markup_is_refused(scene: Scene, source: str, said: str) -> None:
    """Markup that Telegram cannot parse is a 400 that says where."""
    with pytest.raises(ApiError) as error:
        scene.bot.send(scene.anna.id, source, "HTML")
    assert refused(error).startswith("Bad Request: can't parse entities") and said in refused(error)


def test_entities() -> None:
    """Nested tags, links and escaped characters become entities measured in UTF-16, without surrounding space."""
    found = parse(' 😀 <b>a<i>b</i></b> &lt;x&gt; &#65; &nope; <a href="https://e.dk/?a=1&amp;b=2">l</a>\n', "HTML")
    assert found.text == "😀 ab <x> A &nope; l"
    assert found.entities == [
        {"type": "bold", "offset": 3, "length": 2},
        {"type": "italic", "offset": 4, "length": 1},
        {"type": "text_link", "offset": 19, "length": 1, "url": "https://e.dk/?a=1&b=2"},
    ]
    assert parse('<a href="javascript:x">l</a>', "HTML").entities == []
    assert [e["type"] for e in parse("/uge se https://e.dk. <b>{{7*7}}</b>", None).entities] == ["bot_command", "url"]


def test_people_edit_their_own_for_48_hours(scene: Scene) -> None:
    """A person changes their own text only, and only while it is young; the bot is told."""
    sent = scene.bot.send(scene.anna.id, "fra botten")
    scene.hands.edit(scene.anna, scene.first.id, "/debrief")
    assert scene.world.updates.peek(9)[-1]["edited_message"]["text"] == "/debrief"
    with pytest.raises(HandError, match="one's own"):
        scene.hands.edit(scene.anna, sent.id, "x")
    scene.pass_hours(49)
    with pytest.raises(HandError, match="48 hours"):
        scene.hands.edit(scene.anna, scene.first.id, "for sent")


def test_strangers_and_groups_cannot_be_written_to_first(scene: Scene) -> None:
    """The bot reaches only people who wrote first."""
    for chat in (scene.world.person("Bo").id, 424_242, -1):
        with pytest.raises(ApiError, match="chat not found"):
            scene.bot.send(chat, "hej")
    scene.world.person("Bo").started = True  # enrolled before this world began
    assert scene.bot.send(scene.world.person("Bo").id, "hej").date == START


def test_updates_are_kept_for_a_day() -> None:
    """After 24 hours an update is gone; after a silent week ids jump, never backwards."""
    queue = UpdateQueue(first=10, seed=1)
    assert queue.put({"message": {}}, START) == 10
    assert queue.put({"message": {}}, START + timedelta(hours=2)) == 11
    assert queue.expire(START + timedelta(hours=25)) == 1
    assert [update["update_id"] for update in queue.peek(9)] == [11]
    jumped = queue.put({"message": {}}, START + timedelta(days=8))
    assert jumped is not None and jumped > 1000
    assert queue.confirm(jumped) == 1 and len(queue) == 1


def test_the_clock_goes_forward_only_and_is_shared(tmp_path: Path) -> None:
    """The offset is in the file at once, adds up, and never shrinks."""
    file = tmp_path / "clock_offset"
    scene = Scene(file)
    assert float(file.read_text()) == 0
    scene.world.clock.move(3600)
    scene.world.clock.move(0.5)
    assert float(file.read_text()) == 3600.5 and scene.world.now() == START + timedelta(seconds=3600.5)
    for step in (-1.0, float("nan"), float("inf"), 1e12):
        with pytest.raises(HandError):
            scene.world.clock.move(step)
    monday = scene.world.clock.next_weekday(0, 8)
    assert monday == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 8 o'clock in Denmark in winter
    scene.world.clock.move_to(monday)
    assert scene.world.clock.next_weekday(0, 8) == monday + timedelta(days=7)
    assert [path.name for path in tmp_path.iterdir()] == ["clock_offset"]


def test_long_texts_are_cut_between_characters() -> None:
    """Parts fit the limit, split no character, and make up the whole."""
    text = "a" + "😀" * 5000
    parts = pieces(text)
    assert "".join(parts) == text and max(map(units, parts)) <= 4096 and len(parts) == 3
