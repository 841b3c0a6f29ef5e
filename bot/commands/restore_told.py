"""What ``eftertanke restore`` says when it is over: figures, and what the operator still has to do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.commands.shared import console
from bot.dialogue.calendar import local
from bot.restoring import CaughtUp, Restored
from bot.settings import Settings
from storage.backup_file import Header
from storage.erasure_register import Entry
from storage.times import stamp


@dataclass(frozen=True, slots=True)
class Erasures:
    """``entries``: what was erased on purpose, and who left; ``found``: whether there was any list to look in;
    ``skipped``: how many of its lines could not be read."""

    entries: Sequence[Entry]
    found: bool
    skipped: int = 0


def tell(
    settings: Settings, header: Header, restored: Restored, listed: Erasures, took: float, *, drill: bool, as_json: bool
) -> None:
    """Print it. ``took``: seconds."""
    out, done = console(), restored.caught_up
    if as_json:
        told = {
            "drill": drill,
            "made_at": stamp(header.made_at),
            "rows": restored.rows,
            "erased": done.erased,
            "left": done.left,
            "erasures_found": listed.found,
            "erasures_unreadable": listed.skipped,
            "told": done.told,
            "seconds": round(took, 2),
        }
        out.print(json.dumps(told, indent=2))
        return
    made = f"{local(header.made_at, settings.timezone):%Y-%m-%d %H:%M}"
    figures = f"{restored.rows} rows of the backup from {made}, in {took:.1f} s"
    if drill:
        out.print(f"The drill went well: {figures}. Nothing of yours was touched.")
    else:
        out.print(f"Restored {figures}, into {settings.data}.")
        out.print(f"When the bot starts, {done.told} people get one message that says so; nothing is sent again.")
        out.print(f"Who joined or changed role after {made} stands as before: look with `eftertanke people`.")
    for line in of_the_list(done, listed, made, drill=drill):
        out.print(line)


def of_the_list(done: CaughtUp, listed: Erasures, made: str, *, drill: bool = False) -> Iterator[str]:
    """What was erased and who left since ``made``, in sentences."""
    if listed.skipped:
        lines = "1 line" if listed.skipped == 1 else f"{listed.skipped} lines"
        yield f"Erased again: {done.erased}. But {lines} of the list of erasures cannot be read: it is not whole."
    elif listed.found:
        yield f"Erasures seen to: {done.erased}."
    elif not drill:
        yield "There was no list of erasures, neither beside the copy nor among the backups."
    if done.left:
        yield f"Had left after {made}, and are out again: {done.left}; who has come back needs a new invitation."
        yield "  Hand their citizens over again:  eftertanke people leave NAME --citizens-to NAME"
    if done.without and not drill:
        yield "Erased mentors whose citizens have nobody now; hand them to somebody, who can also archive them:"
        for mentor in done.without:
            yield f"  eftertanke people leave {mentor} --citizens-to NAME"
    if not drill and (listed.skipped or not listed.found):
        yield f"What was erased after {made} must be erased again before the bot starts: `eftertanke erase`."
        yield (
            f"Whoever left after {made} can get in again: close it with `eftertanke people leave NAME` before the bot "
            "starts."
        )
