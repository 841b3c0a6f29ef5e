"""What is kept of an update: only what we use, whatever was sent."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.guard import GUARD, Guard
from bot.guard_names import detector
from bot.telegram.minimise import Chat, Incoming, Membership, Sender, Sifted, Tap, minimise, sift, unreadable

ANNA = {"id": 1001, "is_bot": False, "first_name": "Annaxyz", "username": "annaxyz", "language_code": "da"}
PRIVATE = {"id": 1001, "type": "private", "first_name": "Annaxyz", "username": "annaxyz"}


def message(**fields: Any) -> dict[str, Any]:
    """Give an update with a message from Anna."""
    body = {"message_id": 7, "from": ANNA, "chat": PRIVATE, "date": 1_790_000_000, **fields}
    return {"update_id": 42, "message": body}


def test_a_text_message() -> None:
    """A typed message keeps its text, sender, chat and times, and no name."""
    kept = minimise(message(text="Det gik godt 🙂"))
    assert kept == Incoming(
        42, "message", sender=Sender(1001, False, "da"), chat=Chat(1001, "private"), message_id=7,
        date=1_790_000_000, text="Det gik godt 🙂",
    )  # fmt: skip
    assert "annaxyz" not in kept.to_json().lower()


def test_an_edited_message() -> None:
    """An edited message is told apart and says when it was edited."""
    kept = minimise({"update_id": 1, "edited_message": {**message(text="nyt")["message"], "edit_date": 1_790_000_060}})
    assert (kept.kind, kept.text, kept.message_id, kept.edit_date) == ("edited_message", "nyt", 7, 1_790_000_060)


def test_a_tap() -> None:
    """A tap keeps its id, data and the card's message, but nothing of the card's text."""
    query = {"id": "991", "from": ANNA, "data": "t:1", "message": {**message(text="Hemmeligt kort")["message"]}}
    kept = minimise({"update_id": 3, "callback_query": query})
    assert kept.tap == Tap("991", "t:1", 7)
    assert kept.chat == Chat(1001, "private")
    assert "Hemmeligt" not in kept.to_json()


@pytest.mark.parametrize(("data", "left"), [("å" * 32, "å" * 32), ("å" * 33, ""), (5, ""), (None, "")])
def test_tap_data_over_64_bytes_is_dropped(data: object, left: str) -> None:
    """Data that Telegram could not have carried, or that is no text, is not kept."""
    query = {"id": "1", "from": ANNA, "data": data, "message": message()["message"]}
    kept = minimise({"update_id": 3, "callback_query": query})
    assert kept.tap is not None
    assert kept.tap.data == left


def test_blocking() -> None:
    """That a person blocked the bot is kept."""
    body = {
        "from": ANNA, "chat": PRIVATE, "date": 5,
        "old_chat_member": {"status": "member"}, "new_chat_member": {"status": "kicked"},
    }  # fmt: skip
    kept = minimise({"update_id": 4, "my_chat_member": body})
    assert kept.membership == Membership("member", "kicked")
    assert kept.chat_id == 1001


@pytest.mark.parametrize(
    ("fields", "media"),
    [
        ({"voice": {"file_id": "x"}}, "voice"),
        ({"photo": [{"file_id": "x"}], "caption": "010180-1234"}, "photo"),
        ({"animation": {}, "document": {}}, "animation"),
        ({"venue": {}, "location": {}}, "venue"),
        ({"sticker": {}}, "sticker"),
        ({"pinned_message": {}}, "service"),
    ],
)
def test_media_is_only_named(fields: dict[str, Any], media: str) -> None:
    """Of a picture, a voice message and the like only the kind is kept; a caption is dropped."""
    kept = minimise(message(**fields))
    assert (kept.media, kept.text) == (media, None)
    assert "x" not in kept.to_json().split() and "010180" not in kept.to_json()


@pytest.mark.parametrize("field", ["forward_origin", "forward_date", "forward_from", "forward_sender_name"])
def test_forwarded_messages_are_marked(field: str) -> None:
    """A forwarded message is recognised in both of the Bot API's ways."""
    assert minimise(message(text="hej", **{field: {"type": "user"}})).forwarded
    assert not minimise(message(text="hej")).forwarded


def test_via_bot_is_marked() -> None:
    """A message written through another bot is recognised."""
    assert minimise(message(text="hej", via_bot={"id": 5})).via_bot


def test_a_cpr_number_is_masked_before_storing() -> None:
    """A CPR number is masked and noted; its digits are nowhere in what is stored."""
    row = minimise(message(text="Han hedder 010180-1234")).to_row()
    kept = Incoming.from_json(row.payload)
    assert (kept.text, kept.held) == ("Han hedder [cpr-nummer]", ("cpr",))
    assert "1234" not in row.payload


def test_the_hash_does_not_tell_the_number() -> None:
    """Two messages that differ only in the masked number have one hash: it cannot be guessed back."""
    one, other = (minimise(message(text=f"Se {number}")).to_row() for number in ("010180-1234", "020270-4321"))
    assert one == other


def sifted(text: str, guard: Guard = GUARD) -> Sifted:
    """A message from Anna after the guard, with what it held back."""
    return sift(message(text=text), lambda _chat: (guard, "da"))


def test_what_was_typed_stands_beside_and_is_not_stored() -> None:
    """The text as typed is given beside the update; in what is stored, its hash and what is printed it is nowhere."""
    found = sifted("Ring til hende på 20 30 40 50 i aften")
    assert found.typed == "Ring til hende på 20 30 40 50 i aften"
    assert (found.update.text, found.update.held) == ("Ring til hende på [telefon] i aften", ("phone",))
    other = sifted("Ring til hende på 20 30 40 60 i aften")
    assert found.update.to_row() == other.update.to_row()
    assert not any("30 40 50" in said for said in (found.update.to_json(), repr(found), str(found)))
    assert sifted("Det gik godt").typed is None


@pytest.mark.parametrize(
    "text",
    [
        "Hun er 010190-1234, ring 20 30 40 50",
        "010190-1234",
        "Ring 20 30 40 50 om 010190 - 1234",
        "010190-1234, 010190 1234",
        "anna@eksempel.dk010190-1234",
    ],
)
def test_a_cpr_number_is_masked_also_in_what_waits(text: str) -> None:
    """Whatever may be kept as typed, a CPR number in it never can: it is masked in memory too."""
    found = sifted(text)
    assert found.typed is not None and "cpr" in found.update.held
    assert "1234" not in found.typed.replace("[cpr-nummer]", "")


def test_each_chat_has_its_own_guard() -> None:
    """The guard and the language of its placeholders are asked for by chat, also for what is edited."""
    asked: list[int | None] = []

    def watching(chat: int | None) -> tuple[Guard, str]:
        asked.append(chat)
        return Guard((*GUARD.detectors, detector(["Anders And"]))), "en"

    edited = {"update_id": 1, "edited_message": {**message(text="Anders And kom")["message"], "edit_date": 5}}
    found = sift(edited, watching)
    assert (found.update.text, found.update.held, asked) == ("[name] kom", ("name",), [1001])
    assert sift({"update_id": 1, "message": {"text": "20 30 40 50"}}, watching).typed is not None
    assert asked[-1] is None


def test_an_invitation_code_is_left_alone() -> None:
    """Ten digits within an invitation's code are no CPR number; with anything else around they are."""
    assert minimise(message(text="/start ab-0101801234-kdjfhgkd")).held == ()
    assert minimise(message(text="/start 010180-1234")).held == ("cpr",)


@pytest.mark.parametrize(
    "text", ["a\u200db", "👩‍👩‍👧‍👦", "שלום עולם", "linje\r\n\tto  ", "<b>{{7*7}}</b>", "'; DROP TABLE x;--"]
)
def test_text_is_byte_identical(text: str) -> None:
    """Text that holds nothing to mask comes through storing unchanged."""
    assert Incoming.from_json(minimise(message(text=text)).to_row().payload).text == text


def test_half_an_emoji_is_cleaned() -> None:
    """What no database can store is replaced; a pair that JSON split is put together again."""
    update = json.loads('{"update_id": 1, "message": {"text": "x\\ud83d\\ude42y\\ud83dz\\u0000"}}')
    assert minimise(update).text == "x🙂y\ufffdz\ufffd"
    assert minimise({"update_id": 1, "message": {"text": "\ud83d" + "\ude42"}}).text == "🙂"


@pytest.mark.parametrize(
    "update",
    [
        None, 5, "text", [], {}, {"update_id": "7"}, {"update_id": True}, {"update_id": 2**70}, {"message": None},
        {"update_id": 1, "message": []}, {"update_id": 1, "message": {"chat": 5, "from": [], "text": {}}},
        {"update_id": 1, "callback_query": {"message": "x", "id": 5}}, {"update_id": 1, "channel_post": {}},
    ],
)  # fmt: skip
def test_malformed_updates_become_small(update: object) -> None:
    """Whatever has the wrong type counts as not there, and the result can still be stored."""
    kept = minimise(update)
    assert Incoming.from_json(kept.to_json()) == kept
    assert len(kept.to_json()) < 200


def test_deep_nesting_is_no_matter() -> None:
    """An update nested 100,000 levels deep is minimised without falling."""
    deep: Any = {}
    for _ in range(100_000):
        deep = {"message": deep}
    assert minimise({"update_id": 9, "message": deep}).update_id == 9


def test_a_megabyte_takes_little_time() -> None:
    """A megabyte of digits is done in under a second, and what is stored stays small."""
    started = time.perf_counter()
    kept = minimise(message(text="010180 " * 150_000, photo=[{"file_id": "x" * 1000}] * 1000))
    assert time.perf_counter() - started < 1
    assert kept.text is not None
    assert len(kept.text) <= 20_000


def test_of_a_text_longer_than_telegram_sends_the_beginning_is_kept() -> None:
    """Four times the longest that comes from Telegram."""
    assert minimise(message(text="å" * 16_384)).text == "å" * 16_384 == minimise(message(text="å" * 16_385)).text


def test_unreadable_updates_have_a_place() -> None:
    """An update that could not be read at all is stored as one that nobody reacts to."""
    assert unreadable(8).to_row().update_id == 8
    assert unreadable(8).kind == "other"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_names = [
    "update_id",
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "from",
    "chat",
    "id",
    "type",
    "text",
    "data",
    "date",
    "message_id",
    "language_code",
    "new_chat_member",
    "status",
    "voice",
    "is_bot",
]
_updates = st.recursive(_json, lambda inner: st.dictionaries(st.sampled_from(_names), inner, max_size=6), max_leaves=20)


@given(_updates)
@settings(max_examples=300)
def test_any_json_can_be_minimised_and_stored(update: object) -> None:
    """Nothing that can come as JSON makes it fail; what is kept is the same after storing, and is valid UTF-8."""
    kept = minimise(update)
    row = kept.to_row()
    row.payload.encode()
    assert Incoming.from_json(row.payload) == kept
    assert minimise(update).to_row() == row
