"""Long texts are cut where a reader would, and lose nothing."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.parts import plain, split, units

FAMILY = "👩‍👩‍👧‍👦"


def test_a_short_text_stays_whole() -> None:
    """What fits is not touched."""
    assert split("<b>kort</b>") == ["<b>kort</b>"]


def test_the_cut_is_at_a_line_then_at_a_space() -> None:
    """A line's end in the second half is preferred, then a space, then any character."""
    assert split("aaaa bbbb\ncc dddd", 12) == ["aaaa bbbb\n", "cc dddd"]
    assert split("aaaa bbbb cc dddd", 12) == ["aaaa bbbb ", "cc dddd"]
    assert split("a" * 25, 12) == ["a" * 12, "a" * 12, "a"]


def test_open_tags_are_closed_and_opened_again() -> None:
    """Each part stands alone: tags that are open at the cut are closed there and opened in the next."""
    parts = split('<b>aa <a href="https://example.invalid/">bb cc dd ee</a> ff</b>', 50)
    assert len(parts) > 1
    for part in parts:
        assert part.count("<b>") == part.count("</b>")
        assert part.count("<a ") == part.count("</a>")
    assert "".join(map(plain, parts)) == "aa bb cc dd ee ff"


@pytest.mark.parametrize("character", [FAMILY, "👍🏽", "🇩🇰", "e\u0301", "&amp;"])
def test_what_is_one_character_is_not_cut(character: str) -> None:
    """Joined emoji, skin colours, flags, accents and entities stay whole wherever the limit falls."""
    for before in range(10):
        parts = split("x" * before + character * 10, 30)
        assert "".join(parts) == "x" * before + character * 10
        for part in parts:
            assert part.strip("x").replace(character, "") == ""


def test_plain_text_keeps_what_is_no_tag() -> None:
    """Only Telegram's own tags are formatting; anything else is what somebody wrote."""
    assert plain("<b>1 &lt; 2</b> <script>{{7*7}}</script> a<c") == "1 < 2 <script>{{7*7}}</script> a<c"


@given(st.text(st.sampled_from("ab \n<>&;🙂\u200d\u0301🇩🇰"), max_size=300), st.integers(20, 60))
def test_nothing_is_lost(text: str, longest: int) -> None:
    """Whatever the text, the parts together are the text, and each is short; only blank parts are left out."""
    parts = split(html.escape(text), longest)
    assert "".join("".join(map(plain, parts)).split()) == "".join(text.split())
    assert all(units(part) <= longest + 70 for part in parts)


@given(st.lists(st.sampled_from(["<b>", "</b>", "<i>", "</i>", "ord ", "linje\n"]), max_size=80))
def test_each_part_is_balanced(pieces: list[str]) -> None:
    """Well-formed formatting stays well-formed in every part."""
    markup = ""
    opened: list[str] = []
    for piece in pieces:
        if piece.startswith("</"):
            if not opened or opened[-1] != piece[2:-1]:
                continue
            opened.pop()
        elif piece.startswith("<"):
            opened.append(piece[1:-1])
        markup += piece
    markup += "".join(f"</{name}>" for name in reversed(opened))
    for part in split(markup, 40):
        for name in ("b", "i"):
            assert part.count(f"<{name}>") == part.count(f"</{name}>")
