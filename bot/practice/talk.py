"""What an acceptance conversation needs of a phone, whoever provides it.

Conversations are written against these protocols, so that the same one runs against the practice phone and, through
an adapter, against a Bot API server that others wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Seen:
    """A message that is in the chat now. `text` is what is read; `html` what the bot sent."""

    id: int
    from_bot: bool
    text: str
    html: str
    buttons: tuple[tuple[str, ...], ...]
    data: tuple[tuple[str, ...], ...] = ()
    kind: str = "text"
    edited: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """Give all button labels in reading order."""
        return tuple(label for row in self.buttons for label in row)


@dataclass(frozen=True)
class Call:
    """A call of the bot that was carried out."""

    number: int
    at: datetime
    method: str
    chat_id: int | None
    message_id: int | None
    text: str
    html: str
    buttons: tuple[tuple[str, ...], ...] = ()


class Hand(Protocol):
    """One person's hand on the phone. `taps` counts presses and commands, `typed` counts written messages."""

    taps: int
    typed: int

    @property
    def id(self) -> int:
        """The person's Telegram user id."""

    async def send(self, text: str) -> list[int]:
        """Write a text or a command; gives the message ids."""

    async def start(self, code: str = "") -> list[int]:
        """Press START, or follow an invite link with its code."""

    async def press(self, label: str, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - a conversation reads better so
        """Tap the newest visible button whose label contains `label`, waiting for it to appear."""

    async def press_data(self, message_id: int, data: str) -> None:
        """Tap with any callback data, as an old or foreign button would."""

    async def edit(self, old: str | int, new: str) -> None:
        """Change one's own message, found by id or by its text."""

    async def screen(self) -> list[Seen]:
        """Give the messages in the chat now, oldest first."""

    async def live(self) -> Seen:
        """Give the newest message of the bot that has buttons."""

    async def buttons(self) -> list[str]:
        """Give the labels of the live message, in reading order; empty when there is none."""

    async def wait_for(self, text: str, timeout: float = 10.0) -> Seen:  # noqa: ASYNC109 - a conversation reads better so
        """Wait until a message of the bot contains `text`, and give it."""

    async def toasts(self) -> list[str]:
        """Give the notices that taps were answered with, oldest first."""

    async def send_sticker(self) -> list[int]:
        """Send a sticker."""

    async def send_photo(self, caption: str = "") -> list[int]:
        """Send a picture."""

    async def send_voice(self) -> list[int]:
        """Send a voice message."""

    async def send_document(self, caption: str = "") -> list[int]:
        """Send a file."""

    async def forward(self, text: str) -> list[int]:
        """Forward somebody else's message."""


class Phone(Protocol):
    """The whole phone: everybody's hands, the clock, the plug, and what the bot did."""

    def person(self, name: str) -> Hand:
        """Give the hand of Anna, Bo, Lea or Fremmed; the same object each time."""

    async def move(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Move the clock forward and give the new time (UTC)."""

    async def kill_bot(self) -> None:
        """Pull the plug (SIGKILL)."""

    async def start_bot(self) -> None:
        """Start the bot again."""

    async def journal(self, after: int = 0) -> list[Call]:
        """Give what the bot did after entry `after`, oldest first."""
