"""The shipped test client: conversations with the bot over the practice phone's control API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx

from bot.practice.hand import IDS, HttpHand
from bot.practice.limits import Json
from bot.practice.reading import Deadline, answer_of, call_of
from bot.practice.talk import Call


class HttpPhone:
    """A phone over HTTP. After each act of a person it waits until the bot has reacted and been quiet for `quiet`
    seconds, at most `patience` seconds (not at all while the bot is switched off).
    """

    def __init__(self, url: str, quiet: float = 0.1, patience: float = 3.0) -> None:
        self.quiet = quiet
        self.patience = patience
        self._http = httpx.AsyncClient(base_url=url, timeout=90.0, trust_env=False)
        self._hands: dict[str, HttpHand] = {}

    def person(self, name: str) -> HttpHand:
        """Give the hand of Anna, Bo, Lea or Fremmed; the same object each time."""
        if name not in IDS:
            raise AssertionError(f"There is nobody called {name}; there are {', '.join(IDS)}.")
        return self._hands.setdefault(name, HttpHand(self, name))

    async def move(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Move the clock forward and give the new time (UTC)."""
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        moved = await self.post("clock", seconds=step.total_seconds())
        return datetime.fromisoformat(moved["now"])

    async def move_to(self, moment: datetime) -> datetime:
        """Move the clock to an aware moment and give the new time (UTC)."""
        moved = await self.post("clock", to=moment.isoformat())
        return datetime.fromisoformat(moved["now"])

    async def now(self) -> datetime:
        """Give the world's time (UTC)."""
        state = await self.get("state")
        return datetime.fromisoformat(state["clock"]["now"])

    async def kill_bot(self) -> None:
        """Pull the plug (SIGKILL)."""
        await self.post("plug", action="kill")

    async def stop_bot(self) -> None:
        """Ask the bot to stop (SIGTERM) and wait until it has."""
        await self.post("plug", action="stop")

    async def start_bot(self) -> None:
        """Start the bot again; returns at once, before it listens (`wait_until_listening`)."""
        await self.post("plug", action="start")

    async def bot_state(self) -> str:
        """Give "on", "off", "died", or "none" when no bot belongs to the phone."""
        return str((await self.get("state"))["bot"]["state"])

    async def wait_until_listening(self, timeout: float = 15.0) -> None:  # noqa: ASYNC109 - asked of the server
        """Wait until the bot has asked for updates (once more than when this was called)."""
        state = await self.get("state")
        before, version = state["bot"]["polls"], state["version"]
        until = Deadline(timeout)
        while state["bot"]["polls"] <= before:
            if until.passed:
                raise AssertionError(f"The bot did not ask for updates within {timeout} s; it is {state['bot']}.")
            await self.changes(version, until.left)
            state = await self.get("state")
            version = state["version"]

    async def journal(self, after: int = 0) -> list[Call]:
        """Give what the bot did after entry `after`, oldest first."""
        found = await self.get("journal", after=after)
        return [call_of(entry) for entry in found["entries"]]

    async def invite(self, name: str, *codes: str) -> None:
        """Show deep-link codes in a person's empty chat."""
        await self.post("invites", person=name, codes=list(codes))

    async def inject(self, update: Json) -> int | None:
        """Give the bot a raw update (without update_id); gives its id, None when the bot does not want the kind."""
        found = (await self.post("inject", update=update))["update_id"]
        return None if found is None else int(found)

    async def fault(self, kind: str, count: int = 1, method: str = "", **more: object) -> None:
        """Let the next calls fail; see `bot.practice.faults.Fault` for the kinds."""
        await self.post("faults", kind=kind, count=count, method=method, **more)

    async def clear_faults(self) -> None:
        """Take all faults back."""
        await self.post("faults", clear=True)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def get(self, path: str, **query: Any) -> Json:
        """Ask the control API."""
        return answer_of(await self._http.get(path, params=query))

    async def post(self, path: str, **body: Any) -> Json:
        """Tell the control API; raises AssertionError with its sentence when it refuses."""
        return answer_of(await self._http.post(path, json=body))

    async def changes(self, since: int, seconds: float) -> None:
        """Wait until something changed after version `since`, at most `seconds`."""
        await self.get("changes", since=since, timeout=max(0.0, seconds))

    async def settle(self, who: str, after: int) -> None:
        """Wait for the bot's reaction in that person's chat."""
        if self.patience > 0:
            await self.get("settled", person=who, after=after, timeout=self.patience, quiet=self.quiet)
