"""One person's hand on the practice phone, over its control API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.practice.messages import cast
from bot.practice.reading import Deadline, drawn, find_button, live_of, seen_of
from bot.practice.talk import Hand, Seen

if TYPE_CHECKING:
    from bot.practice.client import HttpPhone

IDS = {person.name: person.id for person in cast()}


class HttpHand(Hand):
    """One person's hand on the phone. `taps` counts presses and commands, `typed` counts written messages."""

    def __init__(self, phone: HttpPhone, name: str) -> None:
        self.name = name
        self.taps = 0
        self.typed = 0
        self._phone = phone

    @property
    def id(self) -> int:
        """The person's Telegram user id."""
        return IDS[self.name]

    async def send(self, text: str) -> list[int]:
        """Write a text or a command; gives the message ids."""
        if text.startswith("/"):
            self.taps += 1
        else:
            self.typed += 1
        return await self._act("send", text=text)

    async def start(self, code: str = "") -> list[int]:
        """Press START, or follow an invite link with its code."""
        self.taps += 1
        return await self._act("start", code=code)

    async def press(self, label: str, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - asked of the server
        """Tap the newest visible button whose label contains `label` (an exact one first), waiting for it to appear."""
        until = Deadline(timeout)
        while True:
            version, messages = await self._look()
            place = find_button(messages, label)
            if place is not None:
                break
            if until.passed:
                raise AssertionError(f"No button contains {label!r}. {self.name} sees:\n{drawn(messages)}")
            await self._phone.changes(version, until.left)
        self.taps += 1
        message_id, row, column = place
        await self._act("press", message_id=message_id, row=row, column=column)

    async def press_data(self, message_id: int, data: str) -> None:
        """Tap with any callback data, as an old or foreign button would."""
        self.taps += 1
        await self._act("press_data", message_id=message_id, data=data)

    async def edit(self, old: str | int, new: str) -> None:
        """Change one's own message, found by id or by its text (the newest that contains it)."""
        number = old if isinstance(old, int) else await self._own(old)
        await self._act("edit", message_id=number, text=new)

    async def remove(self, old: str | int) -> None:
        """Delete one's own message, found by id or by its text; bots hear nothing of it."""
        number = old if isinstance(old, int) else await self._own(old)
        await self._phone.post("remove", person=self.name, message_id=number)

    async def screen(self) -> list[Seen]:
        """Give the messages in the chat now, oldest first."""
        return (await self._look())[1]

    async def deleted(self) -> list[int]:
        """Give the ids of messages that were deleted from the chat."""
        chat = (await self._phone.get("state", person=self.name))["chat"]
        return [int(message["id"]) for message in chat["messages"] if message["deleted"]]

    async def live(self) -> Seen:
        """Give the newest message of the bot that has buttons."""
        messages = await self.screen()
        found = live_of(messages)
        if found is None:
            raise AssertionError(f"No message has buttons. {self.name} sees:\n{drawn(messages)}")
        return found

    async def buttons(self) -> list[str]:
        """Give the labels of the live message, in reading order; empty when there is none."""
        found = live_of(await self.screen())
        return list(found.labels) if found else []

    async def wait_for(self, text: str, timeout: float = 10.0) -> Seen:  # noqa: ASYNC109 - asked of the server
        """Wait until a message of the bot contains `text`, and give the newest such."""
        until = Deadline(timeout)
        while True:
            version, messages = await self._look()
            for message in reversed(messages):
                if message.from_bot and text in message.text:
                    return message
            if until.passed:
                raise AssertionError(f"Nothing said {text!r} in {timeout} s. {self.name} sees:\n{drawn(messages)}")
            await self._phone.changes(version, until.left)

    async def wait_gone(self, text: str, timeout: float = 10.0) -> None:  # noqa: ASYNC109 - asked of the server
        """Wait until no visible message, of either side, contains `text`."""
        until = Deadline(timeout)
        while True:
            version, messages = await self._look()
            if not any(text in message.text for message in messages):
                return
            if until.passed:
                raise AssertionError(f"{text!r} is still there after {timeout} s:\n{drawn(messages)}")
            await self._phone.changes(version, until.left)

    async def toasts(self) -> list[str]:
        """Give the notices that taps were answered with, oldest first."""
        chat = (await self._phone.get("state", person=self.name, last=1))["chat"]
        return [str(toast["text"]) for toast in chat["toasts"]]

    async def menu(self) -> list[str]:
        """Give the names of the command menu that the person is shown."""
        chat = (await self._phone.get("state", person=self.name, last=1))["chat"]
        return [str(command["command"]) for command in chat["menu"]]

    async def send_sticker(self) -> list[int]:
        """Send a sticker."""
        return await self._act("attach", kind="sticker")

    async def send_photo(self, caption: str = "") -> list[int]:
        """Send a picture."""
        return await self._act("attach", kind="photo", caption=caption)

    async def send_voice(self) -> list[int]:
        """Send a voice message."""
        return await self._act("attach", kind="voice")

    async def send_document(self, caption: str = "") -> list[int]:
        """Send a file."""
        return await self._act("attach", kind="document", caption=caption)

    async def forward(self, text: str) -> list[int]:
        """Forward somebody else's message."""
        return await self._act("attach", kind="forward", caption=text)

    async def say_in_group(self, text: str) -> list[Seen]:
        """Write in the practice group and give what is then seen there."""
        done = await self._phone.post("group", person=self.name, text=text)
        await self._phone.settle("group", done["after"])
        return seen_of(await self._phone.get("state", person="group"))

    async def block(self) -> None:
        """Block the bot."""
        await self._phone.post("block", person=self.name)

    async def unblock(self) -> None:
        """Let the bot write again."""
        await self._phone.post("unblock", person=self.name)

    async def _act(self, act: str, **body: object) -> list[int]:
        done = await self._phone.post(act, person=self.name, **body)
        await self._phone.settle(self.name, done["after"])
        return [int(number) for number in done.get("message_ids", [])]

    async def _look(self) -> tuple[int, list[Seen]]:
        state = await self._phone.get("state", person=self.name)
        return int(state["version"]), seen_of(state)

    async def _own(self, text: str) -> int:
        messages = await self.screen()
        for message in reversed(messages):
            if not message.from_bot and text in message.text:
                return message.id
        raise AssertionError(f"No message of one's own contains {text!r}:\n{drawn(messages)}")
