"""A message with reminders: its lines, its buttons, and what it looks like once some of them are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local, say_when
from bot.dialogue.reminders import Reminder, Status
from bot.dialogue.worktime import WorkTime
from bot.service import remind_check_in, remind_lead
from bot.service.remind_buttons import EACH_ITS_BUTTONS, several, single, snoozes
from bot.service.remind_plan import TELL_LEAD
from bot.service.remind_steps import LADDER, Step, steps_of
from bot.service.replies import Buttons, Page, PageButton, Worded
from bot.service.tools import Tools
from storage import citizens, followups
from storage import overdue as due
from storage.database import Transaction
from storage.followups import Followup, FollowupStatus
from storage.people import Person

PAGE = "remind"
UNFINISHED = (Status.PENDING, Status.CLAIMED, Status.SENT)
_SHOWN = 12  # lines of a message; Telegram takes 4096 letters, and a person fewer
_LETTERS = 140


@dataclass(frozen=True, slots=True)
class About:
    """What reminders are about, by id: follow-ups, the citizens' pseudonyms, the mentors that a lead hears of; and the
    steps of contact threads, by the reminder's id."""

    followups: Mapping[str, Followup]
    names: Mapping[str, str]
    mentors: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, Step] = field(default_factory=dict)

    def is_over(self, one: Reminder) -> bool:
        """Whether its follow-up is done, dropped, or not asked for any more."""
        found = self.followups.get(one.followup_id or "")
        return found is not None and found.status is not FollowupStatus.OPEN


async def about(
    tx: Transaction,
    tools: Tools,
    people: Mapping[str, Person],
    ones: Sequence[Reminder],
    now: datetime,
    more: Sequence[Followup] = (),
) -> About:
    """Look up what these reminders, and ``more`` follow-ups, are about; ``people``: whose they are, by id."""
    found = await followups.by_ids(tx, [one.followup_id for one in ones if one.followup_id])
    known = {**found, **{one.id: one for one in more}}
    ids = [*(one.citizen_id for one in ones), *(one.citizen_id for one in known.values())]
    names = await citizens.names_by_id(tx, [one for one in ids if one])
    overdue = [remind_lead.mentor_of(one) for one in ones if one.kind == remind_lead.KIND]
    return About(known, names, await due.names_of(tx, overdue), await steps_of(tx, tools, people, ones, now))


def what(one: Reminder | Followup, known: About) -> dict[str, object]:
    """A line in values: ``citizen``, and ``what`` in the mentor's own words or those of its kind."""
    found = known.followups.get(one.followup_id or "") if isinstance(one, Reminder) else one
    citizen = known.names.get((found.citizen_id if found else one.citizen_id) or "")
    if found is not None and found.text:
        return {"citizen": citizen, "what": cut(found.text, _LETTERS)}
    if isinstance(one, Reminder) and (step := known.steps.get(one.id)) is not None:
        return {"citizen": citizen, "what": step.name}
    return {"citizen": citizen, "what": Worded(f"followup.kind.{one.kind}")}


def cut(text: str, room: int) -> str:
    """The text in one line of at most ``room`` letters."""
    line = " ".join(text.split())
    return line if len(line) <= room else line[: room - 1] + "…"


def when(one: Reminder, known: About, person: Person, now: datetime) -> str | None:
    """When it is for: as agreed, or until when it was put off; None when nobody said when."""
    zone = ZoneInfo(person.zone)
    found = known.followups.get(one.followup_id or "")
    if one.snoozed_until is not None and one.status is not Status.SENT:
        return say_day(one.wanted_at, person, now)
    if found is not None:
        return say_when(found.due_at, now, zone, person.language, found.due_has_time) if found.due_at else None
    return say_day(one.due_at, person, now)


def say_day(at: datetime, person: Person, now: datetime) -> str:
    """A moment in words; midnight is the day alone."""
    zone = ZoneInfo(person.zone)
    return say_when(at, now, zone, person.language, local(at, zone).time() != time.min)


def page(
    person: Person, card: str, ones: Sequence[Reminder], known: About, now: datetime, *, focus: str = "",
    snooze: WorkTime | None = None, fresh: bool = False,
) -> Page:  # fmt: skip
    """The message called ``card``. ``focus``: the one line that its buttons are about; ``snooze``: the person's
    working time when they are to choose until when."""
    ordered = sorted(ones, key=lambda one: (one.due_at, one.id))
    first = ordered[0]
    if first.kind == remind_check_in.KIND:
        return replace(remind_check_in.page(person, card, first), fresh=fresh)
    if first.kind == remind_lead.KIND:
        return replace(remind_lead.page(person, card, ordered, known.mentors, now), fresh=fresh)
    values = {
        "lines": [_line(one, known, person, now) for one in ordered[:_SHOWN]],
        "more": len(ordered[_SHOWN:]),
        "focus": next((n for n, one in enumerate(ordered) if one.id == focus), None),
        "lead": any(one.kind == TELL_LEAD and is_open(one, known) for one in ordered),
    }
    buttons = _buttons(ordered, known, now, focus, snooze)
    return Page(person.chat_id, PAGE, person.language, "remind", values, buttons, fresh=fresh, card=card)


def _line(one: Reminder, known: About, person: Person, now: datetime) -> dict[str, object]:
    over = one.status in (Status.DONE, Status.DROPPED, Status.LAPSED) or known.is_over(one)
    step = known.steps.get(one.id)
    later = one.status is Status.PENDING and one.snoozed_until is not None
    return {
        **what(one, known),
        "when": None if one.kind == LADDER else when(one, known, person, now),
        "do": step.do if step is not None else None,
        "why": step.why if step is not None else None,
        "worry": step.worry if step is not None else None,
        "late": one.late and not over and not later,
        "done": one.status is Status.DONE,
        "open": not over and not later,
        "again": say_day(one.send_at, person, now) if later and not over else None,
    }


def is_open(one: Reminder, known: About) -> bool:
    """Whether it lies in the chat unanswered."""
    return one.status in (Status.SENT, Status.CLAIMED) and not known.is_over(one)


def _buttons(ordered: Sequence[Reminder], known: About, now: datetime, focus: str, snooze: WorkTime | None) -> Buttons:
    waiting = [one for one in ordered if is_open(one, known)]
    chosen = next((one for one in waiting if one.id == focus), None)
    if chosen is not None or (len(waiting) == 1 and len(ordered) == 1):
        one = chosen or waiting[0]
        back = ((PageButton("remind.back", "b", one.id),),) if len(ordered) > 1 or snooze is not None else ()
        shown = snoozes(one, now, snooze) if snooze is not None else single(one, known.steps.get(one.id))
        return (*shown, *back)
    if len(waiting) > EACH_ITS_BUTTONS or any(one in waiting for one in ordered[_SHOWN:]):
        return ((PageButton("remind.list", "l"),),)
    return several([(n, one) for n, one in enumerate(ordered, 1) if one in waiting], known.steps)
