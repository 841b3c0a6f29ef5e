"""What the page and the tests see of the world, as JSON."""

from __future__ import annotations

import time

from bot.practice.limits import CALLBACK_LIFETIME, UPDATE_LIFETIME, Json
from bot.practice.messages import Chat, Person
from bot.practice.plug import Plug
from bot.practice.world import BOT_USERNAME, World

TOASTS_KEPT = 50


def overview(world: World, plug: Plug, seen: dict[int, int]) -> Json:
    """Give what is the same for everybody: people with unread counts, the clock, the bot's state."""
    now = world.now()
    return {
        "people": [_person(world, person, seen.get(person.id, 0)) for person in world.people.values()],
        "clock": {"now": now.isoformat(), "offset": world.clock.offset.total_seconds()},
        "bot": {
            **plug.view(),
            "username": BOT_USERNAME,
            "name": world.me()["first_name"],
            "description": world.profile.text("description", "da"),
            "polls": world.polls,
            "listening": plug.listening(world.heard),
            "seconds_since_poll": seconds_since_poll(world),
        },
        "updates": {"waiting": len(world.updates), "kept_hours": UPDATE_LIFETIME.total_seconds() / 3600},
    }


def seconds_since_poll(world: World) -> float | None:
    """Give how long ago the bot asked for updates, in real seconds, whatever the practice clock says."""
    return None if world.heard is None else round(time.monotonic() - world.heard, 1)


def chat_view(world: World, chat: Chat, last: int) -> Json:
    """Give one chat: its newest messages (deleted ones as shells), notices, menu."""
    person = chat.person
    messages = list(chat.messages.values())
    typing = chat.typing_until is not None and chat.typing_until > world.now()
    return {
        "id": chat.id,
        "kind": chat.kind,
        "member": chat.member,
        "messages": [message.view() for message in messages[-last:]],
        "earlier": max(0, len(messages) - last),
        "toasts": [
            {"number": toast.number, "text": toast.text, "alert": toast.alert, "at": toast.at.isoformat()}
            for toast in chat.toasts[-TOASTS_KEPT:]
        ],
        "typing": typing,
        "waiting": _unanswered(world, chat),
        "menu": world.profile.menu_for(chat.id, person.language) if person else [],
        "invites": list(person.invites) if person else [],
        "blocked": person.blocked if person else False,
        "started": person.started if person else True,
    }


def newest_from_bot(world: World, person: Person) -> int:
    """Give the id of the newest message of the bot in the person's chat; 0 when there is none."""
    chat = world.chats.get(person.id)
    return max((m.id for m in chat.messages.values() if m.from_bot), default=0) if chat else 0


def _unanswered(world: World, chat: Chat) -> list[int]:
    """Give the messages whose button was tapped and not answered yet."""
    now = world.now()
    return [
        query.message_id
        for query in list(world.queries.values())[-50:]
        if query.person.id == chat.id and not query.answered and now - query.at <= CALLBACK_LIFETIME
    ]


def _person(world: World, person: Person, seen: int) -> Json:
    chat = world.chats.get(person.id)
    bots = [m for m in chat.messages.values() if m.from_bot and not m.deleted] if chat else []
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role,
        "blocked": person.blocked,
        "started": person.started,
        "unread": sum(1 for message in bots if message.id > seen),
        "invites": len(person.invites),
    }
