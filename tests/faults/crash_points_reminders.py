"""A kill at every named point that a reminder passes, one reminder for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from bot.organisation import Organisation
from bot.service import remind_plan
from bot.service.tools import Tools
from bot.workdays import danish_holidays
from storage import followups, people
from tests.faults import crash_points as at
from tests.faults.audit import DOUBLED, LOST, Report
from tests.faults.crash_points_kills import Stage, until
from tests.faults.crowd import CrowdPhone
from tests.faults.storm import GUIDE

_APART = timedelta(minutes=10)  # far more than a slow machine needs for one of them
_IN_DOUBT = (at.SEND_ACCEPTED, at.MARK_BEFORE_COMMIT)


def said(number: int) -> str:
    """What the reminder of this number says."""
    return f"sag-{number}-slut"


async def ask_for_reminders(phone: CrowdPhone, count: int) -> None:
    """So many reminders of the first mentor's own, ten minutes from one to the next. The bot must be off."""
    now, tools = phone.world.now(), Tools(GUIDE, Organisation(), danish_holidays)
    db = await phone.open()
    async with db.transaction() as tx:
        mentor = await people.person_by_chat(tx, phone.mentors[0].id)
        assert mentor is not None
        made = [
            followups.add_own(
                tx, mentor_id=mentor.id, citizen_id=None, kind=remind_plan.OWN, text=said(number),
                due_at=now + (number + 1) * _APART, due_has_time=True, now=now,
            )
            for number in range(count)
        ]  # fmt: skip
        await remind_plan.sync(tx, tools, mentor, made, now)
        await tx.run("UPDATE reminders SET deliberate = 1, send_at = due_at WHERE person_id = ?", mentor.id)
    await db.close()


async def remind(stage: Stage, points: Sequence[str]) -> list[str]:
    """Let ten minutes pass for each of the points, and let the program die there; the points that were met."""
    begin, met = stage.phone.world.now(), []
    for number, point in enumerate(points):
        mark = stage.orders.length
        stage.orders.die_at(point)
        stage.phone.world.clock.move_to(begin + (number + 1) * _APART)
        if await until(lambda: stage.orders.died):
            met.append(point)
        stage.orders.take_back()
        await until(partial(sent, stage.phone, number))
        await stage.until_still(mark)
    return met


def sent(phone: CrowdPhone, number: int) -> int:
    """How often the reminder of this number was sent."""
    return sum(one.method == "sendMessage" and said(number) in one.text for one in phone.world.journal.entries)


def audit(phone: CrowdPhone, points: Sequence[str], report: Report) -> None:
    """Each was sent, and once; twice only when the kill fell between its being accepted and that being noted."""
    for number, point in enumerate(points):
        times = sent(phone, number)
        if times == 0:
            report.add(LOST, f"the reminder at {point} was never sent")
        elif times > 1 + (point in _IN_DOUBT):
            report.add(DOUBLED, f"the reminder at {point} was sent {times} times")
        report.figures["reminders sent again"] += times - 1
