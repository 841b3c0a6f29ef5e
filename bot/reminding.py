"""Sending reminders. Each tick looks into the table; nothing that is due is remembered anywhere else.

Claim, plan, mark and the message to send are one commit for a group of people: a kill leaves all of it or nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from bot.dialogue.reminders import Bundle, Line, Reminder, Round, plan_round, replanned
from bot.dialogue.worktime import WorkTime
from bot.now import Now
from bot.service import reach_plan, remind, remind_lead
from bot.service.hours import works_of
from bot.service.remind import About
from bot.service.remind_plan import TELL_LEAD
from bot.service.remind_steps import LADDER
from bot.service.replies import Page
from bot.service.tools import Tools
from bot.telegram.cards.render import Renderer
from bot.telegram.queueing import queue
from storage import contact, due, people, remind_cards, reminders
from storage.database import Database, StorageError, Transaction
from storage.due import Recipient, Sending

log = logging.getLogger(__name__)

AT_ONCE = 400  # reminders claimed in one transaction: others want to write, too
_PEOPLE_AT_ONCE = 50
_A_BREATH = 12  # messages drawn before others get a turn on the loop
_STALE = timedelta(minutes=5)
_AFTER_A_FAILURE = timedelta(minutes=15)
_AGAIN_AFTER = timedelta(days=7)
_NOT_AGAIN = (LADDER, TELL_LEAD, remind_lead.KIND)  # these have steps of their own


@dataclass(frozen=True)
class Claimed:
    """What was claimed for one transaction, with all that is needed to send it."""

    reminders: Mapping[str, Sequence[Reminder]]  # by person
    recipients: Mapping[str, Recipient]
    works: Mapping[str, WorkTime]
    known: About


class Reminding:
    """``queued`` is called when something is to be sent."""

    def __init__(
        self,
        db: Database,
        tools: Tools,
        renderer: Renderer,
        now: Now,
        queued: Callable[[], None],
        at_once: int = AT_ONCE,
    ) -> None:
        self._db, self._tools, self._renderer, self._now, self._queued = db, tools, renderer, now, queued
        self._at_once = at_once
        self._looked_at: datetime | None = None

    async def run(self) -> None:
        """One look: everything due is queued, what lay unanswered for a week once more, and what lies untouched for
        too long is told to the leads."""
        await self._begin()
        async with self._db.transaction() as tx:
            await remind_lead.look(tx, self._tools, self._now())
            await due.again(tx, self._now(), self._now() - _AGAIN_AFTER, _NOT_AGAIN)
        while await self._group():
            pass
        await self._sweep()

    async def _begin(self) -> None:
        """Free what a killed process had claimed; after a start, and when the clock was set back, plan anew."""
        now = self._now()
        first = self._looked_at is None
        async with self._db.transaction() as tx:
            await due.back_to_pending(tx, now, timedelta() if first else _STALE)
        if first or (self._looked_at is not None and now < self._looked_at):
            await self._replan_all(now)
        self._looked_at = now

    async def _replan_all(self, now: datetime) -> None:
        async with self._db.transaction() as tx:
            waiting = await remind_cards.people_ahead(tx, now)
        for start in range(0, len(waiting), _PEOPLE_AT_ONCE):
            async with self._db.transaction() as tx:
                await self._replan(tx, waiting[start : start + _PEOPLE_AT_ONCE], now)

    async def _replan(self, tx: Transaction, people: Sequence[str], now: datetime) -> None:
        """Move what lies ahead of these people to where their hours and days away put it now. What is due already is
        planned when it is sent."""
        recipients = await due.recipients(tx, people)
        works = await works_of(tx, self._tools, [one.person for one in recipients.values()], now)
        waiting = await remind_cards.ahead_of(tx, people, now)
        for person_id, ones in groupby(waiting, key=lambda one: one.person_id):
            await asyncio.sleep(0)
            try:
                due.look_again(tx, replanned(ones, works[person_id]))
            except ValueError:
                log.warning("A person's working time is never open; their reminders wait.")

    async def _sweep(self) -> None:
        """An open contact thread whose last reminder was sent gets its next one: until contact happens, or the mentor
        says stop."""
        async with self._db.transaction() as tx:
            for thread_id, mentor_id in await contact.unreminded(tx, _PEOPLE_AT_ONCE):
                mentor = await people.person(tx, mentor_id)
                if mentor is not None:
                    await reach_plan.plan_next(tx, self._tools, mentor, thread_id, self._now())

    async def _group(self) -> bool:
        """Claim, plan and queue for a group of people; False when nothing was due."""
        now = self._now()
        try:
            async with self._db.transaction() as tx:
                claimed = await self._claim(tx, now)
                await self._send(tx, claimed, claimed.reminders, now)
        except StorageError:
            raise
        except Exception as error:
            log.error("Reminders could not be sent together (%s); trying one by one.", type(error).__name__)
            return await self._one_by_one(now)
        if claimed.reminders:
            self._queued()
        return bool(claimed.reminders)

    async def _one_by_one(self, now: datetime) -> bool:
        """One person whose message cannot be made must not keep everybody else's from being sent."""
        async with self._db.transaction() as tx:
            claimed = await self._claim(tx, now)
        for person_id, ones in claimed.reminders.items():
            try:
                async with self._db.transaction() as tx:
                    await self._send(tx, claimed, [person_id], now)
            except StorageError:
                raise
            except Exception as error:
                log.error("Reminders of a person wait after %s.", type(error).__name__, exc_info=error)
                async with self._db.transaction() as tx:
                    due.look_again(tx, [(one.id, now + _AFTER_A_FAILURE) for one in ones])
        self._queued()
        return bool(claimed.reminders)

    async def _claim(self, tx: Transaction, now: datetime) -> Claimed:
        found = await due.claim_due(tx, now, self._at_once)
        by_person = {person: tuple(ones) for person, ones in groupby(found, key=lambda one: one.person_id)}
        recipients = await due.recipients(tx, by_person)
        works = await works_of(tx, self._tools, [one.person for one in recipients.values()], now)
        whose = {person_id: one.person for person_id, one in recipients.items()}
        return Claimed(by_person, recipients, works, await remind.about(tx, self._tools, whose, found, now))

    async def _send(self, tx: Transaction, claimed: Claimed, who: Iterable[str], now: datetime) -> None:
        """Plan for these people, mark what is to go now, and queue the messages: all in this transaction."""
        bundles: list[tuple[Bundle, str]] = []
        for n, person in enumerate(who):
            await _breathe(n)
            planned = self._plan(claimed, person, now)
            due.look_again(tx, planned.wait)
            due.replaced(tx, planned.replaced, now)
            bundles += [(bundle, card_of(bundle)) for bundle in planned.send]
        sent = await self._mark(tx, claimed, bundles, now)
        for n, (bundle, card) in enumerate(bundles):
            await _breathe(n)
            self._queue(tx, claimed, bundle, card, sent, now)

    def _plan(self, claimed: Claimed, person_id: str, now: datetime) -> Round:
        recipient = claimed.recipients[person_id]
        return plan_round(claimed.reminders[person_id], now, claimed.works[person_id], recipient.debrief_touched_at)

    async def _mark(
        self, tx: Transaction, claimed: Claimed, bundles: Sequence[tuple[Bundle, str]], now: datetime
    ) -> frozenset[str]:
        """Mark them as sent, each asked once more whether it is still to be done."""
        lines = [(line, card) for bundle, card in bundles for line in bundle.lines]
        steps = claimed.known.steps
        sendings = [
            Sending(one.reminder.id, one.late, card, steps[one.reminder.id].about if one.reminder.id in steps else None)
            for one, card in lines
        ]
        return await due.mark_sent(tx, sendings, now) if sendings else frozenset()

    def _queue(
        self, tx: Transaction, claimed: Claimed, bundle: Bundle, card: str, sent: frozenset[str], now: datetime
    ) -> None:
        lines = [line for line in bundle.lines if line.reminder.id in sent]
        if not lines:
            return
        for line in lines:
            if line.reminder.kind == LADDER:
                reminders.replace_with(tx, line.reminder.series, line.reminder.id, now)
        ones = [_as_told(line) for line in lines]
        person = claimed.recipients[bundle.person_id].person
        page: Page = remind.page(person, card, ones, claimed.known, now, fresh=True)
        queue(tx, self._renderer, [page], now)


async def _breathe(count: int) -> None:
    """Give others a turn on the loop now and then."""
    if count % _A_BREATH == _A_BREATH - 1:
        await asyncio.sleep(0)


def _as_told(line: Line) -> Reminder:
    """The reminder with the lateness of this sending: it may have been sent before."""
    return line.reminder if line.reminder.late == line.late else replace(line.reminder, late=line.late)


def card_of(bundle: Bundle) -> str:
    """The message's own name, from the first of its lines and when that was due to go."""
    first = bundle.lines[0].reminder
    return f"remind:{first.id}:{first.send_at:%Y%m%d%H%M}"
