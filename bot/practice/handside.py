"""What people may do in the world: write, tap, edit, block; each becomes an update for the bot."""

from __future__ import annotations

from bot.practice.keyboards import button_at
from bot.practice.limits import PERSON_EDIT_LIMIT, START_PARAMETER, HandError, Json, pieces
from bot.practice.markup import Formatted, typed
from bot.practice.messages import Chat, Message, Person
from bot.practice.samples import sample
from bot.practice.world import Query, World


class HandSide:
    """People's hands. Methods raise HandError with one plain sentence when a phone would not allow it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def send(self, person: Person, text: str) -> list[Message]:
        """Write to the bot; a long text goes as several messages, as Telegram's apps send it."""
        chat = self._open_chat(person)
        if not text.strip():
            raise HandError("There is nothing to send.")
        return [self._say(chat, person, typed(piece)) for piece in pieces(text.strip())]

    def start(self, person: Person, code: str = "") -> Message:
        """Press START, or follow an invite link with its code."""
        if code and not START_PARAMETER.match(code):
            raise HandError("A start code has 1–64 characters of A–Z, a–z, 0–9, _ and -.")
        if person.blocked:
            self.unblock(person)
        return self.send(person, f"/start {code}".strip())[0]

    def attach(self, person: Person, kind: str, caption: str = "") -> Message:
        """Send a photo, voice message, sticker, document, or a forwarded text (`kind` "forward")."""
        chat = self._open_chat(person)
        if kind == "forward":
            origin = {"type": "hidden_user", "sender_user_name": "En anden", "date": self._seconds()}
            return self._say(chat, person, typed(caption or "Videresendt tekst"), extra={"forward_origin": origin})
        file, extra = sample(self.world, kind)
        return self._say(chat, person, typed(caption), kind=kind, extra=extra, file_id=file.id)

    def say_in_group(self, person: Person, text: str) -> Message:
        """Write in the practice group; the first time the bot is told that it was added."""
        fresh = self.world.group()
        if not fresh.messages:
            self.world.tell_bot({"my_chat_member": self._membership(fresh, person, "left", "member")})
        return self._say(fresh, person, typed(text))

    def press(self, person: Person, message_id: int, row: int, column: int) -> Query:
        """Tap the button in that place (from 0) of a message in the person's own chat."""
        message = self.world.private(person).messages.get(message_id)
        button = button_at(message.rows, row, column) if message is not None else None
        if button is None:
            raise HandError("There is no such button.", "gone")
        if "callback_data" not in button:
            raise HandError("That button is a link; nothing is sent to the bot.")
        return self.press_data(person, message_id, str(button["callback_data"]))

    def press_data(self, person: Person, message_id: int, data: str) -> Query:
        """Send any callback data from any message id, also one that is deleted or another person's."""
        chat = self._open_chat(person)
        query = Query(f"{person.id}{len(self.world.queries) + 1:06d}", person, message_id, self.world.now())
        self.world.queries[query.id] = query
        message = chat.messages.get(message_id)
        # date 0 is how the Bot API marks a message that can no longer be reached (InaccessibleMessage)
        shown: Json = {"chat": chat.api(), "message_id": message_id, "date": 0}
        if message is not None and not message.deleted:
            shown = self.world.api(message)
        payload = {
            "id": query.id,
            "from": person.api(),
            "message": shown,
            "chat_instance": str(chat.id),
            "data": data,
        }
        self.world.tell_bot({"callback_query": payload})
        return query

    def edit(self, person: Person, message_id: int, text: str) -> Message:
        """Change one's own text, while it is under 48 hours old."""
        message = self._own(person, message_id)
        if message.kind != "text" or "forward_origin" in message.extra:
            raise HandError("Only a text of one's own can be edited.")
        if self.world.now() - message.date > PERSON_EDIT_LIMIT:
            raise HandError("A message can be edited for 48 hours only.", "edit_old")
        body = typed(pieces(text.strip())[0]) if text.strip() else Formatted("")
        if not body.text:
            raise HandError("A message cannot be edited to nothing.")
        if body == message.body:
            raise HandError("The text is the same as before.", "edit_same")
        message.body, message.edited = body, self.world.now()
        message.revision += 1
        self.world.tell_bot({"edited_message": self.world.api(message)})
        return message

    def remove(self, person: Person, message_id: int) -> Message:
        """Delete one's own message; Telegram tells bots nothing of it."""
        message = self._own(person, message_id)
        message.wipe(self.world.now(), person.name)
        self.world.changed()
        return message

    def block(self, person: Person) -> None:
        """Stop the bot."""
        if not person.blocked:
            person.blocked = True
            self._tell_membership(person, "member", "kicked")

    def unblock(self, person: Person) -> None:
        """Let the bot write again."""
        if person.blocked:
            person.blocked = False
            self._tell_membership(person, "kicked", "member")

    def _own(self, person: Person, message_id: int) -> Message:
        message = self._open_chat(person).messages.get(message_id)
        if message is None or message.deleted:
            raise HandError("That message is not in the chat any more.", "gone")
        if message.sender is not person:
            raise HandError("Only one's own messages can be changed.")
        return message

    def _open_chat(self, person: Person) -> Chat:
        if person.blocked:
            raise HandError(f"{person.name} has blocked the bot; unblock it first.", "blocked")
        return self.world.private(person)

    def _say(
        self,
        chat: Chat,
        person: Person,
        body: Formatted,
        kind: str = "text",
        extra: Json | None = None,
        file_id: str = "",
    ) -> Message:
        if chat.kind == "private":
            person.started = True
        file = self.world.files.get(file_id)
        message = self.world.put(chat, person, body, kind=kind, extra=extra, file=file)
        self.world.tell_bot({"message": self.world.api(message)})
        return message

    def _tell_membership(self, person: Person, old: str, new: str) -> None:
        chat = self.world.private(person)
        self.world.tell_bot({"my_chat_member": self._membership(chat, person, old, new)})

    def _membership(self, chat: Chat, person: Person, old: str, new: str) -> Json:
        def member(status: str) -> Json:
            ban = {"until_date": 0} if status == "kicked" else {}
            return {"user": self.world.me_short(), "status": status, **ban}

        return {
            "chat": chat.api(),
            "from": person.api(),
            "date": self._seconds(),
            "old_chat_member": member(old),
            "new_chat_member": member(new),
        }

    def _seconds(self) -> int:
        return int(self.world.now().timestamp())
