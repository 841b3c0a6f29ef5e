"""``eftertanke codings import``: coded files brought back."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.commands.codebook import own_codes_file, print_plan, write_codes
from bot.commands.shared import CommandError, console, opened, settings_of_environment
from bot.exports.codebook_plan import Fate
from bot.exports.codebook_reading import UnreadableError
from bot.exports.codings_import import Here, Prepared, prepare, take
from bot.exports.codings_match import Refusal
from bot.now import real_now
from bot.service import codings as service
from bot.service.reading import GuideMissingError
from bot.settings import Settings
from prompts import load_codebook
from prompts.codebook_own import read_own_codes

_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """How a file is to be brought in. ``coder``: who coded where the file does not say; ``dry_run``: only show;
    ``partly``: take what can be taken though something is refused; ``replace``: what the file lacks was taken away."""

    coder: str | None
    dry_run: bool
    partly: bool
    replace: bool
    as_json: bool


def import_codings(file: Path, asked: Asked) -> int:
    """Bring a coded file in; the exit code: 1 when something was refused.

    Raises SettingsError, StorageError, CodebookError, CommandError, OSError.
    """
    settings = settings_of_environment()
    try:
        return asyncio.run(_import(settings, file, asked, real_now()))
    except (UnreadableError, GuideMissingError) as error:
        raise CommandError(str(error)) from error


async def _import(settings: Settings, file: Path, asked: Asked, now: datetime) -> int:
    own = own_codes_file(settings)
    book = load_codebook(settings.prompts, own)
    taken = take(file)
    coder = " ".join((asked.coder or "").split()) or None
    here = Here(book, read_own_codes(own), settings.zone, coder, now)
    written = False
    async with opened(settings) as db:
        async with db.snapshot() as snapshot:
            prepared = await prepare(snapshot, taken, here)
        refusals = prepared.found.refusals
        if not asked.dry_run and (asked.partly or not refusals):
            if prepared.codes.writes:
                # Before the codings that name them: a code nobody uses yet does no harm.
                write_codes(settings, prepared.codes)
            async with db.transaction() as tx:
                made = service.apply(
                    tx, prepared.changes, file_hash=taken.hash, kind=taken.kind, remove=asked.replace, now=now
                )
            written = made is not None
    if asked.as_json:
        console().print(json.dumps(_told(prepared, written), ensure_ascii=False, indent=2))
    else:
        _print(prepared, asked, written)
    return 1 if refusals else 0


def _told(prepared: Prepared, written: bool) -> dict[str, Any]:
    changes, found = prepared.changes, prepared.found
    return {
        "written": written,
        "new": len(changes.new),
        "changed": len(changes.changed),
        "same": changes.same,
        "not_in_file": len(changes.missing),
        "texts": found.texts,
        "split": found.split,
        "automatic": found.automatic,
        "new_codes": [row.id for row in prepared.codes.rows if row.fate is Fate.NEW],
        "unknown_texts": list(prepared.unknown),
        "refused": [
            {"source": r.source, "line": r.line, "why": r.why, "expected": r.expected, "found": r.found}
            for r in found.refusals
        ],
    }


def _print(prepared: Prepared, asked: Asked, written: bool) -> None:
    out, changes, found = console(), prepared.changes, prepared.found
    print_plan(prepared.codes)
    for refusal in found.refusals[:_MOST_SHOWN]:
        out.print(_said(refusal))
    if len(found.refusals) > _MOST_SHOWN:
        out.print(f"… and {len(found.refusals) - _MOST_SHOWN} more.")
    if prepared.unknown:
        out.print(f"Left alone, not to be coded here or not ours: {', '.join(prepared.unknown[:_MOST_SHOWN])}.")
    out.print(
        f"{many(found.texts, 'reflection')}: {many(len(changes.new), 'new coding')}, {len(changes.changed)} changed, "
        f"{changes.same} as before."
    )
    if found.split:
        out.print(f"{many(found.split, 'passage')} over several answers: one coding for each answer.")
    if changes.missing and not (asked.replace and written):
        out.print(
            f"{many(len(changes.missing), 'coding')} of these coders are not in the file and stay; "
            "--replace takes them away."
        )
    out.print(_outcome(prepared, asked, written))


def _said(refusal: Refusal) -> str:
    line = f", line {refusal.line}" if refusal.line is not None else ""
    words = f" Expected: «{refusal.expected}». Found: «{refusal.found}»." if refusal.expected or refusal.found else ""
    return f"Refused: {refusal.source}{line}: {refusal.why}.{words}"


def _outcome(prepared: Prepared, asked: Asked, written: bool) -> str:
    if written:
        return "Written."
    changes = prepared.changes
    if prepared.found.refusals and not asked.partly:
        return "Nothing is written, since something was refused; put it right, or take the rest with --partly."
    if not (changes.new or changes.changed or (asked.replace and changes.missing)):
        return "No difference."
    return "Nothing is written: this was a dry run."


def many(number: int, what: str) -> str:
    """ "1 coding", "3 codings"."""
    return f"1 {what}" if number == 1 else f"{number} {what}s"
