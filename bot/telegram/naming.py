"""What names an update, so that one that comes again is known: where and when it was, and never what it says.

A hash of what it says would tell it: short texts are few enough to be tried one after the other by who has a copy of
a server's tables, where the text itself is sealed. And it would change with the names that the guard masks, so that an
update that comes again after somebody added a name would be another one.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from storage.inbox import NAMED

if TYPE_CHECKING:
    from bot.telegram.minimise import Incoming


def name_of(update: Incoming) -> str:
    """The name, beside the update's number: after a quiet week Telegram draws numbers anew
    (https://core.telegram.org/bots/api#update), and what then has an old number is another message, or another moment.

    A tap has an id that is its own, so its data, which says what was chosen, is left out. What is malformed is named by
    as much of this as it has: then two of one number may count as one, but never one of them as a sound update.
    """
    tap, membership = update.tap, update.membership
    named = [
        update.kind,
        update.chat_id,
        update.sender.id if update.sender else None,
        update.message_id,
        update.date,
        update.edit_date,
        [tap.id, tap.message_id] if tap else None,
        [membership.old, membership.new] if membership else None,
    ]
    return NAMED + hashlib.sha256(json.dumps(named, separators=(",", ":")).encode()).hexdigest()
