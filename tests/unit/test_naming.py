"""What names an update: where and when it was; never what it says, and never under which guard it was stored."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.guard import GUARD, Guard
from bot.guard_names import detector
from bot.telegram.minimise import Incoming, minimise, unreadable

ANNA = {"id": 1001, "is_bot": False, "first_name": "Anna", "language_code": "da"}
PRIVATE = {"id": 1001, "type": "private"}
CARD = {"message_id": 9, "date": 1_790_000_000, "chat": PRIVATE, "text": "Et kort"}
Json = dict[str, Any]


def message(kind: str = "message", sender: object = ANNA, **fields: Any) -> Json:
    """A message from Anna, or her correction of one."""
    body = {"message_id": 7, "date": 1_790_000_000, "chat": PRIVATE, "from": sender, "text": "hej", **fields}
    return {"update_id": 42, kind: {name: value for name, value in body.items() if value is not None}}


def tap(**fields: Any) -> Json:
    """Anna presses a button."""
    body = {"id": "991", "from": ANNA, "data": "t:1:a:0", "message": CARD, **fields}
    return {"update_id": 42, "callback_query": {name: value for name, value in body.items() if value is not None}}


def member(new: str = "kicked", sender: object = ANNA, **fields: Any) -> Json:
    """Anna blocks the bot."""
    states = {"old_chat_member": {"status": "member"}, "new_chat_member": {"status": new}}
    return {"update_id": 42, "my_chat_member": {"from": sender, "chat": PRIVATE, "date": 5, **states, **fields}}


def name(update: object, guard: Guard = GUARD) -> str:
    """What stands in the row beside the update's number."""
    return minimise(update, guard).to_row().payload_hash


def without_words(update: Incoming) -> str:
    """A hash of the whole payload, as somebody would make it who guesses what was written."""
    return hashlib.sha256(update.to_json().encode()).hexdigest()


@pytest.mark.parametrize("text", ["ja", "nej", "Ring 20 30 40 50", "010190-1234", "", "x" * 5000, None])
def test_what_was_written_does_not_matter(text: str | None) -> None:
    """Whatever it says, also when it says nothing or is a picture, it has the name of its place and its moment."""
    assert name(message(text=text)) == name(message())
    assert name(message(text=None, photo=[{"file_id": "x"}])) == name(message())


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=100)
def test_no_text_can_be_found_out(one: str, other: str) -> None:
    """Two texts in the same place cannot be told from each other, so no guess can be tried."""
    assert name(message(text=one)) == name(message(text=other))
    assert name(message(text=one)) not in (without_words(minimise(message(text=one))), "2:")


def test_other_names_on_the_guard_s_list_change_nothing() -> None:
    """What comes again after a name was added is masked otherwise, and is still the same update."""
    guard = Guard((*GUARD.detectors, detector(["Anders And"])))
    update = message(text="Anders And kom")
    assert minimise(update, guard).text != minimise(update).text
    assert name(update, guard) == name(update)


@pytest.mark.parametrize(
    "other",
    [
        message(message_id=8),
        message(date=1_790_000_001),
        message(chat={"id": 1002, "type": "private"}),
        message("edited_message", edit_date=1_790_000_060),
        tap(),
        member(),
        {"update_id": 42},
        {"update_id": 42, "message": None},
        message(message_id=None),
        message(date=None),
        message(chat=None),
        message(sender=None),
        message(message_id="7"),
    ],
)
def test_another_place_or_moment_is_another_update(other: Json) -> None:
    """A number that Telegram has drawn anew does not make it the same, nor does what is missing of it."""
    assert name(other) != name(message())


def test_each_tap_edit_and_block_has_its_own_name() -> None:
    """A tap is named by its id, an edit by its moment, a block by what it made of the bot and when."""
    distinct = [
        tap(), tap(id="992"), tap(id=None), tap(id=None, message={**CARD, "message_id": 10}), tap(message=None),
        message("edited_message", edit_date=1), message("edited_message", edit_date=2),
        member(), member("member"), member(date=6), member(sender={**ANNA, "id": 1002}),
    ]  # fmt: skip
    assert len({name(update) for update in distinct}) == len(distinct)
    assert name(tap(data="t:1:b:1")) == name(tap()), "what was chosen is not in it"


def test_what_cannot_be_read_is_not_taken_for_what_can() -> None:
    """A number under which nothing could be read is still free for the update that can be read later."""
    broken = unreadable(42).to_row()
    assert broken.payload_hash == name({"update_id": 42, "channel_post": {}})
    assert broken.payload_hash not in {name(message()), name(tap()), name(member()), name(message(date=None))}


@given(st.dictionaries(st.sampled_from(["message_id", "date", "chat", "from", "edit_date"]), st.none() | st.integers()))
def test_malformed_ones_have_a_name_of_the_same_form(fields: Json) -> None:
    """Whatever is missing or odd, the name is version 2's and the same each time."""
    update = {"update_id": 42, "message": {"text": "hej", **fields}}
    assert re.fullmatch("2:[0-9a-f]{64}", name(update)) and name(update) == name(update)
