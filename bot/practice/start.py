"""`eftertanke try`: the practice phone with the real bot behind it, on data of its own that begin afresh."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import socket
import sys
import webbrowser
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console

from bot.practice.clock import PracticeClock
from bot.practice.feed import Feed
from bot.practice.limits import HandError
from bot.practice.messages import Person
from bot.practice.plug import Launch, Plug
from bot.practice.server import HOST, PhoneServer, PortTakenError, create_app, open_port, server_for
from bot.practice.world import World

MARKER = "PRACTICE"
MARKER_TEXT = "Eftertanke practice data: invented people, deleted at the next start.\n"
Prepare = Callable[[Path, Path], Awaitable[Mapping[str, Sequence[str]]]]


class PracticeError(Exception):
    """The practice phone cannot start; one plain sentence that says what to do."""


@dataclass(frozen=True)
class PracticeFolders:
    """Where a practice keeps its things: `data` for the bot, `key_file` outside of it."""

    data: Path
    key_file: Path

    @property
    def offset_file(self) -> Path:
        """Give the file that holds the clock's offset."""
        return self.data / "clock_offset"


def try_phone(
    settings_folder: Path,
    port: int,
    browser: bool = True,
    headless: bool = False,
    *,
    prepare: Prepare,
    command: Sequence[str] = (sys.executable, "-m", "bot", "run"),
    env: Mapping[str, str] | None = None,
    people: Sequence[Person] | None = None,
    begins: datetime | None = None,
) -> int:
    """Run the practice phone until Ctrl-C or SIGTERM; gives the exit code.

    `settings_folder` is the data folder; the practice lives in `practice` and `practice-key` below it.
    `prepare(folder, key_file)` makes the people and gives deep-link codes by name; somebody with an empty list is
    enrolled already, so the bot may write to them first.
    `people` have phones; without it the usual four. `begins` (aware, not past): what the practice clock shows at first.
    Problems go to stderr as one sentence.
    """
    errors = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        listener = open_port(port)
        try:
            folders = fresh_folders(settings_folder)
            world = World(PracticeClock(folders.offset_file), list(people) if people is not None else None)
            if begins is not None:
                world.clock.move_to(begins)
            asyncio.run(_run(listener, folders, world, browser and not headless, headless, prepare, command, env or {}))
        finally:
            listener.close()
    except (PortTakenError, PracticeError, HandError) as problem:
        errors.print(str(problem), markup=False)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def fresh_folders(base: Path) -> PracticeFolders:
    """Make empty practice folders below `base`; raises PracticeError rather than delete what is not ours."""
    data, key_folder = base / "practice", base / "practice-key"
    try:
        for folder in (data, key_folder):
            _refuse_foreign(folder)
        for folder in (data, key_folder):
            if folder.exists():
                shutil.rmtree(folder)
            folder.mkdir(parents=True, mode=0o700)
            (folder / MARKER).write_text(MARKER_TEXT, encoding="utf-8")
        key_file = key_folder / "practice.key"
        descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
    except OSError as error:
        raise PracticeError(
            f"The practice folder {data} cannot be written ({error.strerror}); "
            "choose a folder of your own with EFTERTANKE_DATA."
        ) from error
    return PracticeFolders(data, key_file)


def _refuse_foreign(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise PracticeError(f"{folder} is not a folder of the practice phone; move it away and start again.")
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise PracticeError(
            f"{folder} holds something that is not practice data, so it is left alone; "
            "move it away, or set EFTERTANKE_DATA to another folder."
        )


async def _run(
    listener: socket.socket,
    folders: PracticeFolders,
    world: World,
    browser: bool,
    headless: bool,
    prepare: Prepare,
    command: Sequence[str],
    env: Mapping[str, str],
) -> None:
    port = listener.getsockname()[1]
    token, secret = f"770001:OEVELSE-{secrets.token_urlsafe(16)}", secrets.token_urlsafe(16)
    feed = Feed()
    for name, codes in (await prepare(folders.data, folders.key_file)).items():
        person = world.person(name)
        person.invites, person.started = list(codes), not codes
    own = bot_environment(folders, token, f"http://{HOST}:{port}/bot")
    plug = Plug(Launch(list(command), {**env, **own}), folders.data / "bot.log", feed.bump)
    server = server_for(create_app(world, token, plug, secret, feed))
    stopping = _stop_on_signals(server)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await plug.start()
        await _announce(f"http://{HOST}:{port}/practice/{secret}/", browser, headless)
        await serving
    finally:
        await plug.stop()
        server.finish()
        await serving
        stopping.close()


def bot_environment(folders: PracticeFolders, token: str, api_url: str) -> dict[str, str]:
    """Give the settings that make the real program a practice bot."""
    return {
        "EFTERTANKE_TOKEN": token,
        "EFTERTANKE_API_URL": api_url,
        "EFTERTANKE_DATA": str(folders.data),
        "EFTERTANKE_KEY_FILE": str(folders.key_file),
        "EFTERTANKE_CLOCK_OFFSET_FILE": str(folders.offset_file),
    }


async def _announce(address: str, browser: bool, headless: bool) -> None:
    console = Console(soft_wrap=True, highlight=False)
    if headless:
        console.print(address, markup=False)
        return
    console.print("[bold]Eftertanke – øvelsestelefon[/bold]")
    console.print("Opfundne borgere; intet sendes til Telegram.  ·  Invented citizens; nothing is sent to Telegram.")
    console.print(f"\n  [bold green]{address}[/bold green]\n")
    console.print("Stop: Ctrl-C", style="dim")
    if browser:
        await asyncio.to_thread(webbrowser.open, address)


def _stop_on_signals(server: PhoneServer) -> contextlib.ExitStack:
    """Let Ctrl-C and SIGTERM end the server quietly; close the result to take the handlers back."""
    loop = asyncio.get_running_loop()
    stack = contextlib.ExitStack()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C then arrives as KeyboardInterrupt
            loop.add_signal_handler(number, server.finish)
            stack.callback(loop.remove_signal_handler, number)
    return stack
