"""The buttons of a reminder: what was done about it in one tap, later, no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.dialogue.ladder import StepKind
from bot.dialogue.reminder_times import SnoozeKey, snooze_options
from bot.dialogue.reminders import Reminder
from bot.dialogue.threads import Channel
from bot.dialogue.worktime import WorkTime
from bot.service.reach_codes import CHANNELS
from bot.service.reach_log import Saying
from bot.service.remind_plan import NEXT_CONTACT
from bot.service.remind_steps import Step
from bot.service.replies import Buttons, PageButton

Row = tuple[PageButton, ...]
EACH_ITS_BUTTONS = 4
_SEEN_TO = {
    StepKind.TELL_LEAD: "reach.lead_told",
    StepKind.TELL_CASEWORKER: "reach.caseworker_told",
    StepKind.JOINT_TALK: "reach.talk_had",
}


def single(one: Reminder, step: Step | None) -> Buttons:
    """Of a reminder that stands alone."""
    seen_to = _SEEN_TO.get(step.kind) if step is not None else None
    later = PageButton("remind.snooze", "z", one.id)
    thread = (PageButton("remind.open_thread", "u", one.id),) if one.thread_id else ()
    return (
        *_worry(one, step),
        *_contact(one, step),
        (PageButton(seen_to or "remind.done", "d", one.id), later),
        (*thread, PageButton("remind.stop", "s", one.id)),
    )


def _worry(one: Reminder, step: Step | None) -> tuple[Row, ...]:
    if step is None or not step.worry:
        return ()
    return ((PageButton("reach.worried_yes", "W", one.id), PageButton("reach.worried_no", "N", one.id)),)


def _contact(one: Reminder, step: Step | None) -> tuple[Row, ...]:
    """What came of an attempt. The way is named before it is logged; where none is proposed, it is asked for."""
    if one.citizen_id is None or (step is None and one.kind != NEXT_CONTACT):
        return ()
    reached = PageButton("remind.reached", "r", one.id)
    if step is not None and step.channel is not None:
        said = {"channel": step.tried, "result": step.came}
        return ((PageButton("reach.quick", "n", _way(one, step.channel), said),), (reached,))
    if step is not None and step.kind is StepKind.TELL_LEAD:
        return ((PageButton("reach.tell_lead", "B", one.id),), (reached,))
    return ((reached, PageButton("remind.which_way", "i", one.id)),)


def _way(one: Reminder, channel: Channel) -> str:
    return f"{one.id}.{CHANNELS[channel]}"


def ways(one: Reminder, saying: Saying) -> Buttons:
    """How it was tried, when nobody got hold of the citizen."""
    found = [
        PageButton("reach.label", "n", _way(one, channel), {"text": saying.channel(channel.value)})
        for channel in Channel
    ]
    rows = tuple(tuple(found[start : start + 2]) for start in range(0, len(found), 2))
    return (*rows, (PageButton("remind.back", "b", one.id),))


def several(waiting: Sequence[tuple[int, Reminder]], steps: Mapping[str, Step]) -> Buttons:
    """Of reminders in one message: a row for each, by its number."""
    return tuple(_numbered(number, one, steps.get(one.id)) for number, one in waiting)


def _numbered(number: int, one: Reminder, step: Step | None) -> Row:
    n = {"n": number}
    more = PageButton("remind.n_more", "o", one.id, n)
    if step is not None and step.channel is not None:
        said = {**n, "sign": step.sign, "result": step.came}
        tried = PageButton("remind.n_no_answer", "n", _way(one, step.channel), said)
        return PageButton("remind.n_reached", "r", one.id, n), tried, more
    return PageButton("remind.n_done", "d", one.id, n), PageButton("remind.n_snooze", "z", one.id, n), more


_SNOOZE = {
    SnoozeKey.HOUR: ("remind.hour", "h"),
    SnoozeKey.AFTERNOON: ("remind.afternoon", "a"),
    SnoozeKey.TOMORROW: ("remind.tomorrow", "t"),
    SnoozeKey.NEXT_WORKDAY: ("remind.next_workday", "t"),
    SnoozeKey.CHOOSE: ("remind.choose", "c"),
}


def snoozes(one: Reminder, now: datetime, work: WorkTime) -> Buttons:
    """Until when."""
    offered = [_SNOOZE[option.key] for option in snooze_options(now, work)]
    found = [PageButton(key, verb, one.id) for key, verb in offered]
    return tuple(tuple(found[n : n + 2]) for n in range(0, len(found), 2))


def until(verb: str, now: datetime, work: WorkTime) -> tuple[datetime, bool] | None:
    """What a snooze button means now: until when (UTC), and whether exactly then. None: it is not offered any more."""
    for option in snooze_options(now, work):
        if _SNOOZE[option.key][1] == verb and option.at is not None:
            return option.at, option.deliberate
    return None
