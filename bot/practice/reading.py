"""Reading the control API's answers into what conversations talk about."""

from __future__ import annotations

import time
from datetime import datetime

import httpx

from bot.practice.limits import Json
from bot.practice.talk import Call, Seen


class Deadline:
    """A moment so many seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Give the seconds left, 0 at least."""
        return max(0.0, self._until - time.monotonic())

    @property
    def passed(self) -> bool:
        """Tell whether the moment is over."""
        return self.left == 0.0


def answer_of(response: httpx.Response) -> Json:
    """Give the JSON of an answer; raises AssertionError with the sentence of a refusal."""
    body: Json = response.json()
    if response.is_error:
        raise AssertionError(str(body.get("error", f"The practice phone answered {response.status_code}.")))
    return body


def seen_of(state: Json) -> list[Seen]:
    """Give the messages which are still in the chat, oldest first."""
    return [_seen(message) for message in state["chat"]["messages"] if not message["deleted"]]


def _seen(message: Json) -> Seen:
    rows = message["buttons"]
    return Seen(
        id=int(message["id"]),
        from_bot=bool(message["from_bot"]),
        text=str(message["text"]),
        html=str(message["html"]),
        buttons=tuple(tuple(str(button["text"]) for button in row) for row in rows),
        data=tuple(tuple(str(button.get("callback_data", "")) for button in row) for row in rows),
        kind=str(message["kind"]),
        edited=message["edited"] is not None,
    )


def call_of(entry: Json) -> Call:
    """Give a journal entry."""
    return Call(
        number=int(entry["number"]),
        at=datetime.fromisoformat(entry["at"]),
        method=str(entry["method"]),
        chat_id=entry["chat_id"],
        message_id=entry["message_id"],
        text=str(entry["text"]),
        html=str(entry["html"]),
        buttons=tuple(tuple(str(label) for label in row) for row in entry.get("buttons", ())),
    )


def live_of(messages: list[Seen]) -> Seen | None:
    """Give the newest message of the bot that has buttons."""
    return next((message for message in reversed(messages) if message.from_bot and message.buttons), None)


def find_button(messages: list[Seen], label: str) -> tuple[int, int, int] | None:
    """Find message id, row and column of the newest button with that label; an exact one first."""
    for message in reversed(messages):
        places = [
            (text, (message.id, row, column))
            for row, labels in enumerate(message.buttons)
            for column, text in enumerate(labels)
        ]
        for fits in (lambda text: text == label, lambda text: label in text):
            for text, place in places:
                if fits(text):
                    return place
    return None


def drawn(messages: list[Seen], last: int = 6) -> str:
    """Draw the newest messages for a failing test."""
    lines = []
    for message in messages[-last:]:
        lines.append(f"  {'bot' if message.from_bot else 'me '} #{message.id}: {message.text[:300]!r}")
        lines += [f"      [{'] ['.join(row)}]" for row in message.buttons]
    return "\n".join(lines) or "  (an empty chat)"
