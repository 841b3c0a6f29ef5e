"""Replies into the outbox, inside the turn's transaction; toasts come back to be said once it is committed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.service.replies import DebriefCard, Document, Leave, Menu, Page, Picture, Remove, Reply, Say, Toast
from bot.telegram.cards.render import Renderer
from storage import outbox
from storage.database import Transaction


def queue(tx: Transaction, renderer: Renderer, replies: Iterable[Reply], now: datetime) -> tuple[list[str], list[Menu]]:
    """Queue everything; the texts of toasts, and the menus to set, come back: of each chat the last one, since they are
    set at the same time and any might be the last to arrive."""
    toasts: list[str] = []
    menus: dict[int, Menu] = {}
    for reply in replies:
        match reply:
            case DebriefCard():
                payload = _json(renderer.debrief(reply, now))
                _card(tx, reply.person.chat_id, debrief_card(reply.reflection_id), payload, reply.fresh, now)
            case Page():
                payload = _json(renderer.page(reply, now))
                _card(tx, reply.chat_id, page_card(reply.card or reply.name), payload, reply.fresh, now)
            case Say():
                outbox.queue_send(tx, chat_id=reply.chat_id, payload=_json(renderer.say(reply, now)), now=now)
            case Picture() | Document():
                payload = _json(renderer.file(reply, now))
                outbox.queue_file(tx, chat_id=reply.chat_id, payload=payload, file=reply.data, now=now, card=reply.card)
            case Remove():
                outbox.queue_delete(tx, chat_id=reply.chat_id, message_ids=reply.message_ids, now=now)
            case Leave():
                outbox.queue_leave(tx, chat_id=reply.chat_id, now=now)
            case Toast():
                toasts.append(renderer.toast(reply.language, reply.key))
            case Menu():
                menus[reply.chat_id] = reply
    return toasts, list(menus.values())


def debrief_card(reflection_id: str) -> str:
    """The name under which a debrief's live card is known in its chat."""
    return f"debrief:{reflection_id}"


def page_card(name: str) -> str:
    """The name under which a page of its own is known in its chat."""
    return f"page:{name}"


def _card(tx: Transaction, chat_id: int, card: str, payload: str, fresh: bool, now: datetime) -> None:
    outbox.queue_card(tx, chat_id=chat_id, card=card, payload=payload, fresh=fresh, now=now)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _json(payload: dict[str, Any]) -> str:
    return _ENCODER.encode(payload)
