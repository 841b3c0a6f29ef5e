"""What the commands are called."""

from __future__ import annotations

from bot.service import export_chat
from bot.service.permissions import Action

COMMANDS = {
    "debrief": "debrief", "hjaelp": "help", "help": "help", "indstillinger": "settings", "settings": "settings",
    "stop": "stop", "start": "start", "paamind": "remind", "påmind": "remind", "remind": "remind",
    "huskeliste": "todo", "todo": "todo", "kontakt": "contact", "contact": "contact", "borgere": "citizens",
    "citizens": "citizens", "uge": "week", "week": "week", "supervision": "supervision", "log": "log",
    "hvemharset": "who_saw", "whosaw": "who_saw", "minedata": "my_data", "mydata": "my_data",
    **export_chat.COMMANDS,
}  # fmt: skip

ACTIONS = {name: Action.HELP if name == "start" else Action(name) for name in COMMANDS.values()}


def command_of(text: str) -> tuple[str | None, str]:
    """Which command this is, None when there is no such, and what stands after it."""
    word, rest = [*text.split(maxsplit=1), "", ""][:2]
    return COMMANDS.get(word[1:].partition("@")[0].lower()), rest
