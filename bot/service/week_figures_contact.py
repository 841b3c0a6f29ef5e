"""The last contact with a team's citizens, by the rule of their contact threads, and what was tried since."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.dialogue.summary_counts import OUTCOME
from bot.dialogue.summary_rows import InContact, OpenThread
from bot.dialogue.threads import Result
from bot.service.reach_case import Marks
from storage import week_open
from storage.contact import End
from storage.database import Reader
from storage.week_open import Known, Since, Then


async def in_contact(tx: Reader, then: Then, held: Collection[str]) -> tuple[InContact, ...]:
    """The team's citizens at a moment. ``held``: outcomes of a meeting that took place."""
    known = await week_open.citizens(tx, then, outcome=OUTCOME, held=held)
    after = await week_open.since(tx, then, known)
    return tuple(_in_contact(one, since, then) for one, since in zip(known, after, strict=True))


def _in_contact(one: Known, since: Since, then: Then) -> InContact:
    reached = [tried.at for tried in since.tried if tried.result == Result.REACHED]
    ended = [t.closed_at for t in since.threads if t.ended == End.CONTACT and t.closed_at and t.closed_at < then.until]
    last = _latest(one.met, *reached, *ended)
    return InContact(
        id=one.id,
        pseudonym=one.pseudonym,
        mentor=one.mentor,
        since=one.since,
        last=last,
        dealt=_latest(last, one.told, *(tried.at for tried in since.tried)),
        channels=one.channels,
        tried=tuple(tried.channel for tried in since.tried if last is None or tried.at > last),
        thread=_thread(since, then),
    )


def _latest(*times: datetime | None) -> datetime | None:
    return max((at for at in times if at is not None), default=None)


def _thread(since: Since, then: Then) -> OpenThread | None:
    standing = [one for one in since.threads if one.closed_at is None or one.closed_at >= then.until]
    if not standing:
        return None
    thread = standing[-1]
    marks = Marks.from_json(thread.state)
    return OpenThread(
        told_lead=_by_then(then, marks.lead_told_at, thread.told_lead),
        told_caseworker=_by_then(then, marks.caseworker_told_at, thread.told_caseworker),
        paused_until=thread.paused_until,
    )


def _by_then(then: Then, last: datetime | None, first: datetime | None) -> datetime | None:
    """The last time it was done, or the first where the last came later than the moment asked about."""
    return next((at for at in (last, first) if at is not None and at < then.until), None)
