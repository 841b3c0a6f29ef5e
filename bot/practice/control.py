"""The control API under /practice/<secret>/api: what the page's buttons and the tests' hands do.

The secret stands in the address, so no other page or program that merely finds the port can use it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.practice.clock import ZONE
from bot.practice.faults import Fault, Faults
from bot.practice.feed import Feed
from bot.practice.handside import HandSide
from bot.practice.limits import HandError, Json
from bot.practice.plug import Plug
from bot.practice.views import chat_view, newest_from_bot, overview
from bot.practice.waiting import Waiting
from bot.practice.world import GROUP_ID, World

Act = Callable[[Json], Awaitable[Json]]
# A page the bot sent is opened as Telegram's apps would, cut off from everything: no script, no origin, no net.
_PAGE_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'none'"
)
_SHOWABLE = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


class Control:
    """Answers the page and the tests."""

    def __init__(self, world: World, plug: Plug, feed: Feed, faults: Faults) -> None:
        self.world = world
        self.hands = HandSide(world)
        self.plug = plug
        self.feed = feed
        self.faults = faults
        self._seen: dict[int, int] = {}
        self._waiting = Waiting(world, plug, feed)

    def routes(self) -> list[Route]:
        """Give the routes, relative to the secret folder."""
        acts: dict[str, Act] = {
            "send": self._send,
            "start": self._start,
            "press": self._press,
            "press_data": self._press_data,
            "edit": self._edit,
            "remove": self._remove,
            "attach": self._attach,
            "group": self._group,
            "block": self._block,
            "unblock": self._unblock,
            "inject": self._inject,
            "clock": self._clock,
            "plug": self._plug,
            "faults": self._faults,
            "invites": self._invites,
        }
        posts = [Route(f"/api/{name}", self._act(act), methods=["POST"]) for name, act in acts.items()]
        return [
            *posts,
            Route("/api/state", self.state),
            Route("/api/journal", self.journal),
            Route("/api/file/{id}", self.file),
            Route("/api/events", self._waiting.events),
            Route("/api/changes", self._waiting.changes),
            Route("/api/settled", self._waiting.settled),
        ]

    def _act(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            before = self.world.journal.last
            try:
                result = await act(_object(await request.body()))
            except HandError as error:
                return JSONResponse({"ok": False, "error": str(error), "key": error.key}, status_code=409)
            except (KeyError, TypeError, ValueError) as error:
                said = f"The request is incomplete or wrong: {type(error).__name__} {error}"
                return JSONResponse({"ok": False, "error": said}, status_code=400)
            return JSONResponse({"ok": True, "after": before, **result})

        return endpoint

    async def state(self, request: Request) -> Response:
        """Give the overview, and the chat of `person` (or the group with person=group)."""
        wanted = request.query_params.get("person")
        last = int(request.query_params.get("last", "200"))
        body: Json = {"version": self.feed.version}
        try:
            if wanted == "group":
                body["chat"] = chat_view(self.world, self.world.group(), last)
            elif wanted:
                person = self.world.person(wanted)
                if request.query_params.get("seen"):
                    self._seen[person.id] = newest_from_bot(self.world, person)
                body["chat"] = chat_view(self.world, self.world.private(person), last)
        except HandError as error:
            return JSONResponse({"ok": False, "error": str(error)}, status_code=404)
        return JSONResponse({**body, **overview(self.world, self.plug, self._seen)})

    async def journal(self, request: Request) -> Response:
        """Give what the bot did after entry `after`."""
        after = int(request.query_params.get("after", "0"))
        entries = [entry.view() for entry in self.world.journal.after(after)]
        return JSONResponse({"last": self.world.journal.last, "entries": entries})

    async def file(self, request: Request) -> Response:
        """Give a file: pictures and pages to look at, everything else to save."""
        file = self.world.files.get(request.path_params["id"])
        if file is None:
            return Response("Not found", status_code=404)
        if file.name.lower().endswith((".html", ".htm")):
            return Response(file.data, media_type="text/html", headers={"Content-Security-Policy": _PAGE_POLICY})
        mime = next((mime for head, mime in _SHOWABLE.items() if file.data.startswith(head)), None)
        headers = {} if mime else {"Content-Disposition": _attachment(file.name)}
        return Response(file.data, media_type=mime or "application/octet-stream", headers=headers)

    async def _send(self, given: Json) -> Json:
        messages = self.hands.send(self.world.person(given["person"]), str(given["text"]))
        return {"message_ids": [message.id for message in messages]}

    async def _start(self, given: Json) -> Json:
        message = self.hands.start(self.world.person(given["person"]), str(given.get("code", "")))
        return {"message_ids": [message.id]}

    async def _press(self, given: Json) -> Json:
        person = self.world.person(given["person"])
        place = (int(given["message_id"]), int(given["row"]), int(given["column"]))
        return {"query_id": self.hands.press(person, *place).id}

    async def _press_data(self, given: Json) -> Json:
        person = self.world.person(given["person"])
        query = self.hands.press_data(person, int(given["message_id"]), str(given["data"]))
        return {"query_id": query.id}

    async def _edit(self, given: Json) -> Json:
        person = self.world.person(given["person"])
        self.hands.edit(person, int(given["message_id"]), str(given["text"]))
        return {}

    async def _remove(self, given: Json) -> Json:
        self.hands.remove(self.world.person(given["person"]), int(given["message_id"]))
        return {}

    async def _attach(self, given: Json) -> Json:
        person = self.world.person(given["person"])
        message = self.hands.attach(person, str(given["kind"]), str(given.get("caption", "")))
        return {"message_ids": [message.id]}

    async def _group(self, given: Json) -> Json:
        message = self.hands.say_in_group(self.world.person(given["person"]), str(given["text"]))
        return {"message_ids": [message.id], "chat_id": GROUP_ID}

    async def _block(self, given: Json) -> Json:
        self.hands.block(self.world.person(given["person"]))
        return {}

    async def _unblock(self, given: Json) -> Json:
        self.hands.unblock(self.world.person(given["person"]))
        return {}

    async def _inject(self, given: Json) -> Json:
        update = {key: value for key, value in dict(given["update"]).items() if key != "update_id"}
        if not update:
            raise HandError("An update needs a kind, such as message.")
        return {"update_id": self.world.tell_bot(update)}

    async def _clock(self, given: Json) -> Json:
        clock = self.world.clock
        if given.get("to") == "monday":
            clock.move_to(clock.next_weekday(0, int(given.get("hour", 8))))
        elif "to" in given:
            moment = datetime.fromisoformat(str(given["to"]))
            clock.move_to((moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC))
        else:
            clock.move(float(given["seconds"]))
        self.world.changed()
        return {"now": clock.now().isoformat(), "offset": clock.offset.total_seconds()}

    async def _plug(self, given: Json) -> Json:
        match given.get("action"):
            case "kill":
                await self.plug.kill()
            case "stop":
                await self.plug.stop()
            case "start":
                await self.plug.start()
            case other:
                raise HandError(f"The plug knows kill, stop and start, not {other}.")
        return {"bot": self.plug.view()}

    async def _faults(self, given: Json) -> Json:
        if given.get("clear"):
            self.faults.clear()
        if "kind" in given:
            known = {item.name for item in fields(Fault)}
            self.faults.add(Fault(**{key: value for key, value in given.items() if key in known}))
        return {}

    async def _invites(self, given: Json) -> Json:
        self.world.person(given["person"]).invites = [str(code) for code in given["codes"]]
        self.world.changed()
        return {}


def _object(body: bytes) -> Json:
    found: Any = json.loads(body or b"{}")
    if not isinstance(found, dict):
        raise TypeError("a JSON object is expected")
    return found


def _attachment(name: str) -> str:
    """Give the header that makes a browser save the file; the name reduced to what is safe in a header."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name) or "file"
    return f'attachment; filename="{plain}"'
