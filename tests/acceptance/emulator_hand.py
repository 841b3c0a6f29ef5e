"""One person's hand for the emulator: makes the updates that Telegram would make, and reads the recorded chat."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bot.practice.messages import cast
from bot.practice.reading import Deadline, drawn, find_button, live_of
from bot.practice.talk import Hand, Seen

if TYPE_CHECKING:
    from tests.acceptance.emulator import EmulatorPhone

Json = dict[str, Any]
IDS = {person.name: person.id for person in cast()}
_MEDIA: dict[str, Json] = {
    "photo": {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]},
    "voice": {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}},
    "document": {"document": {"file_id": "d", "file_unique_id": "d", "file_name": "noter.txt"}},
    "sticker": {
        "sticker": {
            "file_id": "s", "file_unique_id": "s", "type": "regular", "width": 9, "height": 9, "is_animated": False,
            "is_video": False,
        }
    },
}  # fmt: skip


class EmulatorHand(Hand):
    """A person; see the protocol for what each method does."""

    def __init__(self, phone: EmulatorPhone, name: str) -> None:
        self.name = name
        self.taps = 0
        self.typed = 0
        self._phone = phone

    @property
    def id(self) -> int:
        """The person's Telegram user id."""
        return IDS[self.name]

    async def send(self, text: str) -> list[int]:
        """Write a text or a command."""
        if text.startswith("/"):
            self.taps += 1
        else:
            self.typed += 1
        return [await self._write(text, {"text": text})]

    async def start(self, code: str = "") -> list[int]:
        """Press START, or follow an invite link with its code."""
        self.taps += 1
        text = f"/start {code}".strip()
        return [await self._write(text, {"text": text})]

    async def press(self, label: str, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - as the protocol has it
        """Tap the newest visible button whose label contains `label`."""
        until = Deadline(timeout)
        while (place := find_button(await self.screen(), label)) is None:
            if until.passed:
                raise AssertionError(f"No button contains {label!r}. {self.name} sees:\n{drawn(await self.screen())}")
            await self._phone.something(until.left)
        number, row, column = place
        shown = next(one for one in await self.screen() if one.id == number)
        await self.press_data(number, shown.data[row][column])

    async def press_data(self, message_id: int, data: str) -> None:
        """Tap with any callback data."""
        self.taps += 1
        bubble = self._phone.record.chats[self.id].get(message_id)
        message: Json = {"message_id": message_id, "date": 0, "chat": self._chat()}
        if bubble is not None and not bubble.gone:
            message |= {"date": int(bubble.at.timestamp()), "text": bubble.seen.text}
        query = {"id": self._phone.number("tap"), "from": self._from(), "message": message, "data": data}
        await self._act({"callback_query": {**query, "chat_instance": str(self.id)}})

    async def edit(self, old: str | int, new: str) -> None:
        """Change one's own message."""
        own = [one for one in await self.screen() if not one.from_bot]
        shown = next(one for one in reversed(own) if one.id == old or (isinstance(old, str) and old in one.text))
        await self._write(new, {"text": new, "edit_date": int(self._phone.clock.now().timestamp())}, shown.id)

    async def screen(self) -> list[Seen]:
        """Give the messages in the chat now, in the order in which they were made."""
        return [bubble.seen for bubble in self._phone.record.chats.get(self.id, {}).values() if not bubble.gone]

    async def live(self) -> Seen:
        """Give the newest message of the bot that has buttons."""
        found = live_of(await self.screen())
        if found is None:
            raise AssertionError(f"No message has buttons. {self.name} sees:\n{drawn(await self.screen())}")
        return found

    async def buttons(self) -> list[str]:
        """Give the labels of the live message."""
        found = live_of(await self.screen())
        return list(found.labels) if found else []

    async def wait_for(self, text: str, timeout: float = 10.0) -> Seen:  # noqa: ASYNC109 - as the protocol has it
        """Wait until a message of the bot contains `text`."""
        until = Deadline(timeout)
        while True:
            found = [one for one in await self.screen() if one.from_bot and text in one.text]
            if found:
                return found[-1]
            if until.passed:
                raise AssertionError(f"Nothing said {text!r}. {self.name} sees:\n{drawn(await self.screen())}")
            await self._phone.something(until.left)

    async def toasts(self) -> list[str]:
        """Give the notices that taps were answered with."""
        return list(self._phone.record.toasts.get(self.id, ()))

    async def send_sticker(self) -> list[int]:
        """Send a sticker."""
        return [await self._write("", _MEDIA["sticker"])]

    async def send_photo(self, caption: str = "") -> list[int]:
        """Send a picture."""
        return [await self._write(caption, {**_MEDIA["photo"], "caption": caption})]

    async def send_voice(self) -> list[int]:
        """Send a voice message."""
        return [await self._write("", _MEDIA["voice"])]

    async def send_document(self, caption: str = "") -> list[int]:
        """Send a file."""
        return [await self._write(caption, {**_MEDIA["document"], "caption": caption})]

    async def forward(self, text: str) -> list[int]:
        """Forward somebody else's message."""
        origin = {"type": "hidden_user", "sender_user_name": "En anden", "date": 1}
        return [await self._write(text, {"text": text, "forward_origin": origin})]

    def _from(self) -> Json:
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": "da"}

    def _chat(self) -> Json:
        return {"id": self.id, "type": "private", "first_name": self.name}

    async def _write(self, shown: str, body: Json, number: int | None = None) -> int:
        now = self._phone.clock.now()
        number = number if number is not None else self._phone.number("message")
        self._phone.record.said(self.id, number, shown, now)
        date = {"message_id": number, "date": int(now.timestamp())}
        await self._act({"message": {**date, "from": self._from(), "chat": self._chat(), **body}})
        return number

    async def _act(self, update: Json) -> None:
        """Hand the update over, and wait until the bot has reacted and been quiet for a moment."""
        mark = len(self._phone.record.calls)
        await self._phone.enqueue(update)
        until = Deadline(self._phone.patience)
        while not self._reacted(mark) and not until.passed and self._phone.listens:
            await self._phone.something(until.left)
        while len(self._phone.record.calls) > mark and not until.passed:
            mark = len(self._phone.record.calls)
            await asyncio.sleep(self._phone.quiet)

    def _reacted(self, mark: int) -> bool:
        calls = self._phone.record.calls[mark:]
        return any(call.chat_id == self.id and (call.method != "answerCallbackQuery" or call.text) for call in calls)
