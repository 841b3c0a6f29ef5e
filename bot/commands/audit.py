"""``eftertanke audit``: who saw, shared, exported, changed or erased what; and whether that list is whole."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.commands.shared import CommandError, clean_name, console, opened, settings_of_environment
from bot.commands.typed_days import typed_days
from bot.dialogue.calendar import utc
from bot.exports.log_html import plain
from bot.now import real_now
from bot.service.audit_words import Telling, ids_in
from bot.settings import Settings
from prompts import load_guide, load_messages
from storage import audit as stored
from storage import people
from storage.audit import Entry, Verified, Wanted
from storage.audit_names import things
from storage.database import Reader, Snapshot
from storage.times import stamp

_AT_ONCE = 500
_LINE = "\n"
_LANGUAGE = "en"  # as all that commands say; EFTERTANKE_LANGUAGE is for the chat and for what is handed on
_LEAST = 16  # hex digits that name a row for certain
_HEX = frozenset("0123456789abcdef")


def audit(
    *, verify: bool, head: str | None, days: tuple[str | None, str | None], person: str | None, as_json: bool
) -> None:
    """Print the audit, or whether it is whole. Raises CommandError, SettingsError, StorageError.

    ``head``: the hash of a row that was noted earlier, or its first 16 digits; ``days``: first and last local day, both
    included; ``person``: a name, an id, or "operator".
    """
    if verify:
        if person is not None or days != (None, None):
            raise CommandError("--verify looks at every row; leave --from, --to and --person out.", 2)
        _verify(None if head is None else _noted(head), as_json=as_json)
        return
    if head is not None:
        raise CommandError("--head belongs to --verify; give both.", 2)
    settings = settings_of_environment()
    since, until = _period(days, settings.timezone)
    asyncio.run(_show(settings, since, until, person, real_now(), as_json=as_json))


def _verify(noted: str | None, *, as_json: bool) -> None:
    found = asyncio.run(_verified(settings_of_environment(), noted))
    missed = noted is not None and found.noted is None
    if as_json:
        told = {
            "whole": found.whole and not missed,
            "rows": found.rows,
            "oldest_row": found.first,
            "first_broken": found.first_broken,
            "unguarded": list(found.unguarded),
            "head": found.head,
            "noted_row": found.noted,
        }
        console().print(json.dumps(told, indent=2))
    if not found.whole:
        raise CommandError(
            f"The audit is broken: {_broken(found)}; "
            "keep this database, compare it with a backup, and find out who had the key."
        )
    if missed:
        raise CommandError(_not_there(found))
    if not as_json:
        _whole(found)


async def _verified(settings: Settings, noted: str | None) -> Verified:
    async with opened(settings) as db, db.snapshot() as snapshot:
        return await stored.verify(snapshot, noted)


def _broken(found: Verified) -> str:
    if found.first_broken is not None:
        return f"row {found.first_broken} was changed or is missing, so that nothing from there on is proved"
    if found.emptied:
        return "it has no row although people have joined, so that all its rows were taken away"
    return (
        f"what keeps rows from being changed is missing in the database ({', '.join(found.unguarded)}), so that "
        "somebody wrote to it by other means than this program"
    )


def _whole(found: Verified) -> None:
    out = console()
    many = "1 row" if found.rows == 1 else f"{found.rows} rows"
    before = f"; rows 1 to {found.first - 1} were removed by age, as a row says" if found.first > 1 else ""
    out.print(f"The audit is whole: {many}{before}.")
    if found.noted is not None:
        out.print(f"The hash you noted is row {found.noted}.")
    out.print(f"Newest hash:  {found.head}")
    out.print("Note it, or its first 16 digits, on paper with the date: --head shows later that nothing is missing.")


def _not_there(found: Verified) -> str:
    if found.first > 1:
        return (
            "The hash you noted is not in the audit: its row was among those removed by age "
            f"(1 to {found.first - 1}), or rows are missing at the end; compare with the date you noted beside it."
        )
    return (
        "The hash you noted is not in the audit: rows are missing at the end, or this is another database; "
        "keep this database and compare it with a backup."
    )


def _noted(text: str) -> str:
    said = "".join(text.split()).replace("-", "").lower()
    if not _LEAST <= len(said) <= len(stored.BEGINNING) or not set(said) <= _HEX:
        raise CommandError("--head takes a hash that --verify printed, or at least its first 16 hexadecimal digits.", 2)
    if not said.strip("0"):
        raise CommandError("--head of only zeros stands for no row; give a hash that --verify printed.", 2)
    return said


def _period(days: tuple[str | None, str | None], zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    first, last = typed_days(*days)
    return (
        None if first is None else utc(first, time(0), zone),
        None if last is None else utc(last + timedelta(days=1), time(0), zone),
    )


async def _show(
    settings: Settings, since: datetime | None, until: datetime | None, person: str | None, now: datetime, *,
    as_json: bool,
) -> None:  # fmt: skip
    """The reading itself is noted first: nothing is shown of which the audit knows nothing."""
    async with opened(settings) as db:
        async with db.transaction() as tx:
            actor = None if person is None else await _actor(tx, person)
            stored.note(tx, stored.OPERATOR, "audit_read", actor, now)
        async with db.snapshot() as snapshot:
            entries = stored.stream(snapshot, Wanted(since, until, actor))
            if as_json:
                rows = [_data(one) async for one in entries]
                console().print(json.dumps(rows, ensure_ascii=False, indent=2))
            else:
                await _lines(snapshot, entries, settings)


async def _lines(snapshot: Snapshot, entries: AsyncIterator[Entry], settings: Settings) -> None:
    messages, guide = load_messages(settings.prompts, _LANGUAGE), load_guide(settings.prompts)
    out, shown = console(), 0
    async for batch in _batches(entries):
        known = await things(snapshot, ids_in(batch))
        telling = Telling(messages, guide, settings.timezone, known)
        for one in batch:
            at = one.at.astimezone(settings.timezone).strftime("%Y-%m-%d %H:%M")
            about = telling.about(one)
            said = f"{telling.who(one)}: {telling.what(one)}{f' – {about}' if about else ''}"
            out.print(f"{one.seq:>6}  {at}  {plain(said).replace(_LINE, ' ')}")
        shown += len(batch)
    if not shown:
        out.print("Nothing is noted there; leave --from, --to and --person out to see everything.")


async def _batches(entries: AsyncIterator[Entry]) -> AsyncIterator[list[Entry]]:
    batch: list[Entry] = []
    async for one in entries:
        batch.append(one)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _data(one: Entry) -> dict[str, object]:
    """Times in UTC, ids as they are stored."""
    return {"seq": one.seq, "at": stamp(one.at), "actor": one.actor, "action": one.action, "subject": one.subject}


async def _actor(reader: Reader, said: str) -> str:
    """The id of whom ``said`` names, also of somebody who has left."""
    name = clean_name(said, "The name")
    if name.casefold() == stored.OPERATOR:
        return stored.OPERATOR
    known = await people.people(reader)
    found = [one for one in known if name == one.id or one.name.casefold() == name.casefold()]
    if not found:
        raise CommandError(f"Nobody is called {name}; `eftertanke people` shows who there is.")
    if len(found) > 1:
        raise CommandError(f"There are {len(found)} called {name}; give the id that `eftertanke people --json` shows.")
    return found[0].id
