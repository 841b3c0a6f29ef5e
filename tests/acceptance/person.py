"""A person in a conversation: what they press, write and read, named by the guide's ids and the wording's keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from bot.practice.client import HttpPhone
from bot.practice.hand import HttpHand
from bot.practice.reading import Deadline, drawn, live_of
from bot.practice.talk import Call, Seen
from tests.acceptance.words import Words, lines

PATIENCE = 10.0  # seconds; only a failing test waits that long
_FAR = 10**9
T = TypeVar("T")


class Person:
    """Somebody's hand and eyes. Each act waits for the bot's reaction; each look waits for what it looks for."""

    def __init__(self, phone: HttpPhone, hand: HttpHand, words: Words) -> None:
        self.phone = phone
        self.hand = hand
        self.words = words

    # What they do

    async def debriefs(self, pseudonym: str = "", outcome: str = "") -> Seen:
        """/debrief, and the first answers if they are given; one left open by another conversation is set aside."""
        card = await self.commands("/debrief")
        if self.words.button("go_on") in card.labels:
            await self.presses("set_aside_new" if self.words.button("set_aside_new") in card.labels else "start")
            card = await self.sees_below(card.id, self._asks_who)
        if pseudonym:
            await self.hand.press(pseudonym)
        if outcome:
            await self.answers("outcome", outcome)
        return card

    async def commands(self, command: str) -> Seen:
        """Sends a command, and gives what answers it: a page, a choice, or a new debrief's first card."""
        pages = {self.words.button("close"), self.words.button("go_on")}

        def answers(card: Seen) -> bool:
            return bool(pages & {*card.labels}) or self._asks_who(card)

        return await self.sees_below((await self.hand.send(command))[0], answers)

    def _asks_who(self, card: Seen) -> bool:
        return self.words.ask("citizen") in card.text

    async def enrols(self, code: str, name: str, *, coding: str = "coding_no") -> None:
        """Follows an invitation as a mentor, says yes, and answers the question about coding."""
        await self.hand.start(code)
        await self.presses("enrol_yes")
        await self.presses(coding)
        await self.hand.wait_for(lines(self.words.page("welcome", name=name, role="mentor"))[0])

    async def finishes(self) -> Seen:
        """Goes on past what is answered, skips what is not, saves, and gives the receipt."""
        while not self._saves(card := await self.hand.live()):
            await self._goes_on(card, "keep" if self.words.button("keep") in card.labels else "skip")
        await self.presses("save")
        return await self.has_receipt()

    async def answers(self, question_id: str, *choice_ids: str) -> None:
        """Presses a choice of the question that is asked now; one after the other where several may be ticked."""
        await self.is_asked(question_id)
        for choice_id in choice_ids:
            await self.hand.press(self.words.choice(question_id, choice_id))

    async def skips_to(self, question_id: str) -> None:
        """Skips whatever is asked before this question."""
        while self.words.ask(question_id) not in (card := await self.hand.live()).text:
            await self._goes_on(card, "skip")

    async def _goes_on(self, card: Seen, key: str) -> None:
        """Presses, and waits until something else is asked: then every button sends something else."""
        await self.presses(key)
        await self.sees(lambda shown: (live := live_of(shown)) is not None and live.data != card.data)

    async def presses(self, key: str, **values: Any) -> None:
        """Presses a fixed button: ``back``, ``skip``, ``save`` …"""
        await self.hand.press(self.words.button(key, **values))

    async def changes(self, question_id: str) -> None:
        """Presses a pencil on the receipt."""
        await self.presses("change", name=self.words.short(question_id))

    async def changes_in_list(self, question_id: str) -> None:
        """Presses an answer in the list of answers."""
        await self.reads("card.answers_hint")
        await self.hand.press(self.words.short(question_id))

    async def writes(self, text: str) -> int:
        """Types a message; gives its number."""
        return (await self.hand.send(text))[0]

    async def taps(self, message_id: int, *data: str) -> None:
        """Taps with this callback data, one right after the other, and waits until every tap is answered.

        Unlike a press it does not expect to see something: a tap that changes nothing is answered all the same.
        """
        before = await self.mark()
        patience, self.phone.patience = self.phone.patience, 0.0
        try:
            for one in data:
                await self.hand.press_data(message_id, one)
        finally:
            self.phone.patience = patience
        await self.until(lambda calls: len(_answered(calls)) >= len(data), before)

    # What they see

    async def is_asked(self, question_id: str) -> Seen:
        """Waits until the card asks this."""
        return await self.hand.wait_for(self.words.ask(question_id))

    async def reads(self, key: str, **values: Any) -> Seen:
        """Waits for a message that holds this text of the wording files."""
        return await self.hand.wait_for(self.words.said(key, **values))

    async def is_told(self, key: str) -> None:
        """Waits for the small notice a tap is answered with."""
        wanted = self.words.plain(key)[:200]
        until = Deadline(PATIENCE)
        while (await self.hand.toasts())[-1:] != [wanted]:
            assert not until.passed, f"{wanted!r} was not said; {await self.hand.toasts()} was"
            await self.something()

    async def has_receipt(self, message_id: int | None = None) -> Seen:
        """Waits until the live card is a receipt, and gives it; with a number: until that message is one."""

        def found(shown: list[Seen]) -> list[Seen]:
            cards = [one for one in shown if one.buttons and one.from_bot]
            wanted = [one for one in cards if one.id == message_id] if message_id else cards[-1:]
            return [one for one in wanted if self.words.button("answers") in one.labels and not self._saves(one)]

        return (await self.sees(found))[0]

    def _saves(self, card: Seen) -> bool:
        return self.words.button("save") in card.labels

    async def sees_gone(self, message_id: int) -> None:
        """Waits until this message is no longer in the chat."""
        await self.sees(lambda shown: message_id not in [one.id for one in shown])

    async def sees_below(self, message_id: int, holds: Callable[[Seen], bool]) -> Seen:
        """Waits for a card of the bot below this message of which this is true, and gives the newest."""
        found = await self.sees(
            lambda shown: [one for one in shown if one.buttons and one.id > message_id and holds(one)]
        )
        return found[-1]

    async def sees_button(self, label: str) -> Seen:
        """Waits until the live card has this button, and gives the card."""

        def found(shown: list[Seen]) -> Seen | None:
            live = live_of(shown)
            return live if live is not None and label in live.labels else None

        return await self.sees(found) or await self.hand.live()

    async def has_nothing_left(self) -> None:
        """Waits until none of the person's own messages is in the chat."""
        await self.sees(lambda shown: all(one.from_bot for one in shown))

    async def sees(self, holds: Callable[[list[Seen]], T]) -> T:
        """Waits until this is true of the messages in the chat, and gives what it gives."""
        until = Deadline(PATIENCE)
        while not (found := holds(shown := await self.hand.screen())):
            assert not until.passed, f"{self.hand.name} waited in vain and sees:\n{drawn(shown)}"
            await self.something(until.left)
        return found

    async def from_bot(self) -> list[Seen]:
        """The bot's messages that are in the chat now."""
        return [one for one in await self.hand.screen() if one.from_bot]

    async def own(self) -> list[Seen]:
        """The person's own messages that are in the chat now."""
        return [one for one in await self.hand.screen() if not one.from_bot]

    async def data(self, label: str) -> str:
        """What a button of the live card sends; its label is given whole or in part."""
        live = await self.hand.live()
        found = dict(zip(live.labels, (one for row in live.data for one in row), strict=True))
        return found.get(label) or next(data for text, data in found.items() if label in text)

    # What the bot did

    async def mark(self) -> int:
        """Where the bot's journal stands now."""
        return int((await self.phone.get("journal", after=_FAR))["last"])

    async def calls(self, since: int) -> list[Call]:
        """What the bot did in this person's chat since then."""
        return [call for call in await self.phone.journal(since) if call.chat_id == self.hand.id]

    async def until(self, holds: Callable[[list[Call]], bool], since: int = 0, *, everywhere: bool = False) -> None:
        """Waits until this holds for what the bot did since then in this chat, or in all."""
        until = Deadline(PATIENCE)
        while not holds(await (self.phone.journal(since) if everywhere else self.calls(since))):
            assert not until.passed, "waited for the bot in vain"
            await self.something(until.left)

    async def something(self, seconds: float = 0.2) -> None:
        """Waits until anything changes, a short while at most."""
        await self.phone.changes((await self.phone.get("state"))["version"], min(seconds, 0.2))


def _answered(calls: list[Call]) -> list[Call]:
    return [call for call in calls if call.method == "answerCallbackQuery"]
