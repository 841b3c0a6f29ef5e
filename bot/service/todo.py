"""/huskeliste: what there is to do – overdue, today, in the coming seven days, without a date – and one thing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import say_when
from bot.dialogue.reminders import Reminder, Status, due_list
from bot.service import reach, remind, remind_check_in, remind_lead
from bot.service.replies import Buttons, Page, PageButton, Reply, Say, Toast
from bot.service.tools import Tools
from storage import followups, reminders
from storage.database import Transaction
from storage.followups import Followup, FollowupStatus
from storage.people import Person, Role

PAGE = "todo"
_NOT_LISTED = (remind_check_in.KIND, remind_lead.KIND)
_MOST = 20  # buttons under one message that a thumb still finds its way in
_LABEL = 34


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to do. ``about``: a follow-up, or the reminder of a contact thread's next step; ``reminder``: the next
    one of it, if it has any."""

    about: Followup | Reminder
    reminder: Reminder | None

    @property
    def key(self) -> str:
        """How buttons call it: "f…" a follow-up, "r…" a reminder, with the id."""
        return f"{'f' if isinstance(self.about, Followup) else 'r'}{self.about.id}"

    @property
    def followup(self) -> Followup | None:
        """The follow-up it is, if it is one."""
        return self.about if isinstance(self.about, Followup) else None


async def show(tx: Transaction, tools: Tools, person: Person, now: datetime, *, fresh: bool = True) -> list[Reply]:
    """The list. Only the mentor's own; check-ins after a tough visit are not on it."""
    if person.role is not Role.MENTOR:
        return [Say(person.chat_id, person.language, "error.not_allowed")]
    standing, undated, known = await _standing(tx, tools, person, now)
    found = due_list(standing, now, ZoneInfo(person.zone))
    sections = [("overdue", found.overdue), ("today", found.today), ("coming", found.coming)]
    listed: list[Thing] = []
    told = []
    for name, ones in sections:
        things = [_thing(one, known) for one in ones]
        told.append((name, _lines(things, known, person, now, len(listed) + 1)))
        listed += things
    without = [Thing(one, None) for one in undated]
    told.append(("undated", _lines(without, known, person, now, len(listed) + 1)))
    listed += without
    shown = listed[:_MOST]
    values = dict(told) | {"beyond": found.beyond, "hidden": len(listed) - len(shown)}
    rows = tuple((_button(n, thing, known),) for n, thing in enumerate(shown, 1))
    close = ((PageButton("button.close", "x"),),)
    return [Page(person.chat_id, PAGE, person.language, "todo", values, (*rows, *close), fresh=fresh)]


async def _standing(
    tx: Transaction, tools: Tools, person: Person, now: datetime
) -> tuple[list[Reminder], list[Followup], remind.About]:
    """What is unfinished, one for each thing, the earliest that still waits; follow-ups without a reminder; names."""
    ones = [
        one for one in await reminders.standing_of(tx, person.id) if one.kind not in _NOT_LISTED and not one.private
    ]
    undated = await followups.undated_of(tx, person.id)
    known = await remind.about(tx, tools, {person.id: person}, ones, now, undated)
    first: dict[str, Reminder] = {}
    for one in sorted(ones, key=lambda one: (one.wanted_at, one.id)):
        if not known.is_over(one):
            first.setdefault(one.followup_id or one.thread_id or one.id, one)
    reminded = {one.followup_id for one in first.values()}
    return list(first.values()), [one for one in undated if one.id not in reminded], known


def _thing(one: Reminder, known: remind.About) -> Thing:
    return Thing(known.followups.get(one.followup_id or "") or one, one)


def _lines(
    things: Sequence[Thing], known: remind.About, person: Person, now: datetime, first: int
) -> list[dict[str, object]]:
    return [{"n": n, **_said(thing, known, person, now)} for n, thing in enumerate(things, first) if n <= _MOST]


def _said(thing: Thing, known: remind.About, person: Person, now: datetime) -> dict[str, object]:
    """A line in values."""
    when = remind.when(thing.reminder, known, person, now) if thing.reminder is not None else None
    return {**remind.what(thing.about, known), "when": when}


def _button(number: int, thing: Thing, known: remind.About) -> PageButton:
    about = remind.what(thing.about, known)
    said = about["what"]
    values = {**about, "n": number, "what": remind.cut(said, _LABEL) if isinstance(said, str) else said}
    return PageButton("todo.item", "i", thing.key, values)


async def find(tx: Transaction, tools: Tools, person: Person, key: str, now: datetime) -> Thing | None:
    """The thing a button is about, if it is this person's and still to be done."""
    if key.startswith("f"):
        found = await followups.get(tx, key[1:])
        if found is None or found.mentor_id != person.id or found.status is not FollowupStatus.OPEN:
            return None
        standing, _, _ = await _standing(tx, tools, person, now)
        return Thing(found, next((one for one in standing if one.followup_id == found.id), None))
    one = await reminders.get(tx, key[1:])
    if one is None or one.person_id != person.id or one.kind in _NOT_LISTED or one.private:
        return None
    return Thing(one, one) if one.status in remind.UNFINISHED else None


async def item(
    tx: Transaction, tools: Tools, person: Person, thing: Thing, now: datetime, *, fresh: bool = False
) -> list[Reply]:
    """One thing and what can be done with it. A step of a contact thread is looked at in its thread."""
    if thing.reminder is not None and thing.reminder.thread_id is not None:
        return await reach.show(tx, tools, person, thing.reminder.thread_id, now)
    one = thing.followup
    if one is None:
        return await show(tx, tools, person, now, fresh=fresh)
    ones = [thing.reminder] if thing.reminder else []
    known = await remind.about(tx, tools, {person.id: person}, ones, now, [one])
    agreed = say_when(one.due_at, now, ZoneInfo(person.zone), person.language, one.due_has_time) if one.due_at else None
    again = None
    if thing.reminder is not None and thing.reminder.status is not Status.SENT:
        moved = thing.reminder.snoozed_until is not None or one.due_at is None
        again = remind.say_day(thing.reminder.send_at, person, now) if moved else None
    values = {**_said(thing, known, person, now), "agreed": agreed, "again": again}
    return [Page(person.chat_id, PAGE, person.language, "todo_item", values, _choices(thing), fresh=fresh)]


def _choices(thing: Thing) -> Buttons:
    key = thing.key
    return (
        (PageButton("todo.done", "d", key),),
        (PageButton("todo.day", "p1", key), PageButton("todo.days3", "p3", key), PageButton("todo.week", "p7", key)),
        (PageButton("todo.when", "c", key), PageButton("todo.text", "e", key)),
        (PageButton("todo.drop", "s", key), PageButton("todo.back", "l")),
    )


def gone(person: Person) -> Toast:
    """It was dealt with meanwhile."""
    return Toast(person.language, "remind.over")
