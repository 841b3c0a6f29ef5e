"""What a receipt knows from the tables besides the debrief itself: the thread it has to do with, and check-ins."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.plan import is_tough
from bot.dialogue.state import Stage
from bot.service import remind_check_in
from bot.service.loaded import Loaded
from storage import contact, threads
from storage.database import Transaction
from storage.followups import Followup, of_reflection
from storage.reflections import Reflection
from storage.threads import Thread


@dataclass(frozen=True)
class Receipt:
    """``todo``: what the debrief left to be done; ``thread_id``: the citizen's contact thread, when this debrief has to
    do with it and it is open, or when the debrief closed it (``thread_closed``); ``check_in``: whether the mentor
    asked to be asked how they are, None when it is not offered."""

    todo: tuple[Followup, ...] = ()
    thread_id: str | None = None
    thread_closed: bool = False
    check_in: bool | None = None


async def receipt_of(tx: Transaction, loaded: Loaded) -> Receipt:
    """What to show beside a debrief; nothing before its end."""
    reflection, state = loaded.reflection, loaded.state
    if state.stage is not Stage.RECEIPT:
        return Receipt()
    tough = is_tough(loaded.guide.guide, state)
    thread = await _thread(tx, reflection)
    return Receipt(
        tuple(await of_reflection(tx, reflection.id)),
        thread.id if thread else None,
        thread is not None and thread.closed_at is not None,
        await remind_check_in.standing(tx, reflection.id) if tough else None,
    )


async def _thread(tx: Transaction, reflection: Reflection) -> Thread | None:
    """The newest thread that the debrief opened, added to or closed, if it is the mentor's."""
    for thread_id in reversed(await contact.threads_of_reflection(tx, reflection.id)):
        found = await threads.get(tx, thread_id)
        if found is not None and found.mentor_id == reflection.mentor_id and _shown(found, reflection):
            return found
    return None


def _shown(thread: Thread, reflection: Reflection) -> bool:
    return thread.closed_at is None or thread.closed_by == reflection.id
