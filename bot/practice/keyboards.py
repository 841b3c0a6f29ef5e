"""Inline keyboards: what Telegram accepts, and finding a button by place or by label."""

from __future__ import annotations

from typing import Any

from bot.practice.limits import CALLBACK_BYTES, Json, bad_request

Rows = list[list[Json]]
_ACTIONS = ("callback_data", "url", "switch_inline_query", "switch_inline_query_current_chat", "copy_text")


def inline_rows(markup: Any) -> Rows | None:
    """Give the rows of an inline keyboard; None when there is none (other kinds of markup are accepted and not shown).

    Raises ApiError 400 as Telegram does: callback data of 1–64 bytes, a label and an action on every button.
    """
    if markup in (None, "", {}):
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    checked = [[_button(button) for button in row] for row in rows if row]
    if sum(len(row) for row in checked) > 100:
        raise bad_request("reply markup is too long")
    return checked or None


def _button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request("can't parse inline keyboard button: button text must be non-empty")
    if not any(action in button for action in _ACTIONS):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not (isinstance(data, str) and 1 <= len(data.encode()) <= CALLBACK_BYTES):
        raise bad_request("BUTTON_DATA_INVALID")
    return dict(button)


def button_at(rows: Rows | None, row: int, column: int) -> Json | None:
    """Give the button in that place, counted from 0, or None."""
    if rows is None or not 0 <= row < len(rows) or not 0 <= column < len(rows[row]):
        return None
    return rows[row][column]
