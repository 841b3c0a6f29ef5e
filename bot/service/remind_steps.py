"""What a reminder of a contact thread is about: the ladder's step, in words, and the way that it proposes.

The step is fixed when the reminder is sent, so that what is answered later is what was asked, and the log says nothing
that nobody said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.ladder import Proposal, StepKind
from bot.dialogue.reminders import Reminder, Status
from bot.dialogue.threads import Channel
from bot.service import reach_case
from bot.service.reach_case import Case
from bot.service.reach_codes import LIKELY
from bot.service.reach_log import saying_for
from bot.service.reach_pages import words_of, worry_of
from bot.service.tools import Tools
from storage.database import Transaction
from storage.people import Person

LADDER = "ladder"
_TO_BE_SENT = (Status.PENDING, Status.CLAIMED)


@dataclass(frozen=True, slots=True)
class Step:
    """``about``: how it is stored with the reminder. Of an attempt ``channel``: the proposed way; ``tried`` and
    ``came``: what was done then, and what most likely came of it, in words. ``why``: only while it is the step of the
    day; ``worry``: the question that is open."""

    about: str
    name: str
    kind: StepKind
    do: str | None = None
    why: str | None = None
    worry: str | None = None
    channel: Channel | None = None
    tried: str = ""
    came: str = ""

    @property
    def sign(self) -> str:
        """``tried`` in as few letters as possible: its picture, or its first word."""
        return self.tried.split(" ")[0]


async def steps_of(
    tx: Transaction, tools: Tools, people: Mapping[str, Person], ones: Sequence[Reminder], now: datetime
) -> dict[str, Step]:
    """The steps of those of these reminders that have one, by the reminder's id; ``people``: whose they are, by id."""
    cases: dict[str, Case | None] = {}
    found: dict[str, Step] = {}
    for one in ones:
        if one.kind != LADDER or one.thread_id is None:
            continue
        if one.thread_id not in cases:
            cases[one.thread_id] = await reach_case.load(tx, tools, one.thread_id, now)
        step = _step(tools, cases[one.thread_id], people[one.person_id], one, now)
        if step is not None:
            found[one.id] = step
    return found


def _step(tools: Tools, case: Case | None, person: Person, one: Reminder, now: datetime) -> Step | None:
    day = case.by_day(tools, now) if case is not None and case.is_open else None
    worry = worry_of(tools, case, now) if case is not None else None
    if one.about is None or one.status in _TO_BE_SENT:
        return None if day is None else _of_day(tools, person, day, worry)
    step_id, _, way = one.about.partition(".")
    if day is not None and day.step == step_id:
        return _of_day(tools, person, day, worry, Channel(way) if way else None)
    return _of_then(tools, person, step_id, Channel(way) if way else None, one.about, worry)


def _of_day(tools: Tools, person: Person, day: Proposal, worry: str | None, channel: Channel | None = None) -> Step:
    words = words_of(tools, person)
    channel = channel or (day.channels[0] if day.channels else None)
    return Step(
        about=f"{day.step}.{channel.value if channel else ''}",
        name=words.name(day.step),
        kind=day.kind,
        do=words.do(day.step, channel),
        why=words.why(day),
        worry=worry,
        channel=channel,
        **_likely(tools, person, channel),
    )


def _of_then(
    tools: Tools, person: Person, step_id: str, channel: Channel | None, about: str, worry: str | None
) -> Step | None:
    """A step that the ladder has left behind since the reminder was sent; None when it no longer has such a step."""
    step = next((one for one in tools.ladder.ladder.steps if one.id == step_id), None)
    if step is None:
        return None
    name, said = words_of(tools, person).name(step_id), _likely(tools, person, channel)
    return Step(about, name, step.kind, worry=worry, channel=channel, **said)


def _likely(tools: Tools, person: Person, channel: Channel | None) -> dict[str, str]:
    if channel is None:
        return {}
    saying = saying_for(tools, person)
    return {"tried": saying.channel(channel.value), "came": saying.result(LIKELY[channel][0].value).lower()}
