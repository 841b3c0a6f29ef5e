"""What the bot tells about itself: command menus per scope and language, name and descriptions."""

from __future__ import annotations

from typing import Any

from bot.practice.limits import COMMAND_NAME, Json, bad_request

_SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)
_TEXT_LIMITS = {"name": 64, "description": 512, "short_description": 120}
Key = tuple[str, int, int, str]


class Profile:
    """Menus and texts as the bot set them."""

    def __init__(self) -> None:
        self._menus: dict[Key, list[Json]] = {}
        self._texts: dict[tuple[str, str], str] = {}

    def set_commands(self, commands: Any, scope: Any, language: str) -> None:
        """Store a menu; raises ApiError 400 for names or descriptions that Telegram refuses."""
        if not isinstance(commands, list) or len(commands) > 100:
            raise bad_request("too many commands specified" if isinstance(commands, list) else "can't parse commands")
        checked = []
        for command in commands:
            name = str(command.get("command", "")).removeprefix("/").lower()
            text = str(command.get("description", ""))
            if not COMMAND_NAME.match(name):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(text) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
            checked.append({"command": name, "description": text})
        self._menus[self._key(scope, language)] = checked

    def commands(self, scope: Any, language: str) -> list[Json]:
        """Give the menu of exactly this scope and language."""
        return self._menus.get(self._key(scope, language), [])

    def delete_commands(self, scope: Any, language: str) -> None:
        """Forget the menu of exactly this scope and language."""
        self._menus.pop(self._key(scope, language), None)

    def menu_for(self, chat_id: int, language: str) -> list[Json]:
        """Give the menu a person sees in the private chat: the narrowest scope first, own language before none."""
        for scope, chat in (("chat", chat_id), ("all_private_chats", 0), ("default", 0)):
            for code in (language, ""):
                if menu := self._menus.get((scope, chat, 0, code)):
                    return menu
        return []

    def set_text(self, what: str, text: str, language: str) -> None:
        """Store `name`, `description` or `short_description`; raises ApiError 400 when it is too long."""
        if len(text) > _TEXT_LIMITS[what]:
            raise bad_request(f"bot {what.replace('_', ' ')} is too long")
        self._texts[what, language] = text

    def text(self, what: str, language: str) -> str:
        """Give `name`, `description` or `short_description`, falling back to the one without language."""
        return self._texts.get((what, language)) or self._texts.get((what, ""), "")

    @staticmethod
    def _key(scope: Any, language: str) -> Key:
        found = scope if isinstance(scope, dict) else {}
        kind = str(found.get("type", "default"))
        if kind not in _SCOPES:
            raise bad_request("can't parse BotCommandScope: Unsupported type specified")
        return (kind, int(found.get("chat_id", 0)), int(found.get("user_id", 0)), language)
