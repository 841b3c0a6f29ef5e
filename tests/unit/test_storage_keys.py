"""The key: never shown, recoverable from paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.database import BadKey
from storage.keys import Key, UnknownWord

KEY = Key(bytes(range(32)))


@given(st.binary(min_size=32, max_size=32))
def test_the_words_give_the_key_back(secret: bytes) -> None:
    """24 words bring back the very key, also typed in capitals with odd spaces."""
    key = Key(secret)
    words = key.words()
    assert len(words.split()) == 24
    assert Key.from_words("  " + words.upper().replace(" ", "\n ")) == key


def test_hexadecimal_gives_the_key_back() -> None:
    """The text of the key file is read with or without a line end."""
    assert Key.from_text(KEY.hex() + "\n") == KEY
    assert Key.from_text(KEY.words()) == KEY


def test_two_swapped_words_are_noticed() -> None:
    """The checksum finds words in the wrong order."""
    words = KEY.words().split()
    words[0], words[5] = words[5], words[0]
    with pytest.raises(BadKey, match="One of the words is wrong or two are swapped"):
        Key.from_words(" ".join(words))


def test_a_word_that_is_on_no_sheet_is_named_by_its_place() -> None:
    """Who typed it can be shown the word; the sentence, which may be logged, has its place only."""
    words = KEY.words().split()
    words[20] = "picnik"
    with pytest.raises(UnknownWord, match=r"^Word 21 is not a word of these sheets") as caught:
        Key.from_words(" ".join(words))
    assert (caught.value.number, caught.value.word) == (21, "picnik")
    assert "picnik" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "abc", "g" * 64, "00" * 31, "00" * 33, "one two three", "ø" * 64])
def test_what_is_no_key_is_refused_without_repeating_it(text: str) -> None:
    """The sentence says what to do and does not show what was typed: it may be nearly the key."""
    with pytest.raises(BadKey) as caught:
        Key.from_text(text)
    assert not text or text not in str(caught.value)


def test_a_key_is_never_shown() -> None:
    """Neither repr nor str nor formatting gives the key away."""
    assert KEY.hex()[:8] not in f"{KEY} {KEY!r} {[KEY]}"
    assert "hidden" in repr(KEY)


def test_new_keys_differ() -> None:
    """Keys come from the system's random source."""
    assert len({Key.new() for _ in range(100)}) == 100
