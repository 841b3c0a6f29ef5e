"""What a lead reads of the words mentors shared, when the week shows them: noted, so that the mentor sees it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.dialogue.summary import SupervisionWish
from storage import audit, supervision_shared
from storage.database import Transaction
from storage.people import Person

READ = "read"
_FOCUS = "supervision_focus"


async def read(tx: Transaction, lead: Person, wishes: Iterable[SupervisionWish], now: datetime) -> None:
    """The lead was shown these wishes: note each whose focus was among it."""
    for wish in wishes:
        if wish.focus is None:
            continue
        for question in await supervision_shared.note_read(tx, lead.id, wish.reflection_id, now, only=_FOCUS):
            audit.note(tx, lead.id, READ, f"{wish.reflection_id}/{question}", now)
