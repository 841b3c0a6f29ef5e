"""What a lead reads of the words mentors shared, when the week shows them: noted, so that the mentor sees it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.dialogue.summary import SafetyEvent, SupervisionWish, Week
from storage import audit, shares, supervision_shared
from storage.database import Reader, Transaction
from storage.people import Person

READ, WEEK = "read", "week"
_SAME_LOOK = timedelta(hours=1)
"""Turning the pages of a week is one look at it."""
_FOCUS, _SAFETY = "supervision_focus", "safety"


async def read(tx: Transaction, lead: Person, shown: Iterable[SupervisionWish | SafetyEvent], now: datetime) -> None:
    """The lead was shown these: note each whose focus, or what it was about, was shared and stood there."""
    for one in shown:
        question = _shared(one)
        if question is None or not one.reflection_id:
            continue
        for noted in await supervision_shared.note_read(tx, lead.id, one.reflection_id, now, only=question):
            audit.note(tx, lead.id, READ, f"{one.reflection_id}/{noted}", now)


async def looked(tx: Transaction, lead: Person, week: Week, now: datetime) -> None:
    """The lead was shown the week of their team, in which absence and missing contact stand citizen by citizen: noted,
    once an hour."""
    await audit.note_once(tx, lead.id, WEEK, f"{lead.team_id}/{week}", now, within=_SAME_LOOK)


async def stands(tx: Reader, shown: Iterable[SupervisionWish | SafetyEvent]) -> bool:
    """Whether everything shared in these is shared still: drawing takes a while, and a mentor may take it back."""
    for one in shown:
        question = _shared(one)
        if question is not None and one.reflection_id and question not in await shares.shared(tx, one.reflection_id):
            return False
    return True


def _shared(one: SupervisionWish | SafetyEvent) -> str | None:
    if isinstance(one, SupervisionWish):
        return None if one.focus is None else _FOCUS
    return _SAFETY if one.kinds else None
