"""What a lead reads of the words mentors shared, when the week shows them: noted, so that the mentor sees it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.dialogue.summary import SafetyEvent, SupervisionWish
from storage import audit, shares, supervision_shared
from storage.database import Reader, Transaction
from storage.people import Person

READ = "read"
_FOCUS, _SAFETY = "supervision_focus", "safety"


async def read(tx: Transaction, lead: Person, shown: Iterable[SupervisionWish | SafetyEvent], now: datetime) -> None:
    """The lead was shown these: note each whose focus, or what it was about, was shared and stood there."""
    for one in shown:
        question = _shared(one)
        if question is None or not one.reflection_id:
            continue
        for noted in await supervision_shared.note_read(tx, lead.id, one.reflection_id, now, only=question):
            audit.note(tx, lead.id, READ, f"{one.reflection_id}/{noted}", now)


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
