"""The doctor's look into the database: schema, damage, what waits too long, and the audit's chain."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

from bot.doctor import DATABASE_CHECKS, Check, awaited, bad, long, ok, sentence, skipped, troubled, warn
from bot.doctor_backup import backup, drill
from bot.doctor_files import key_trouble
from bot.keys import key_of
from bot.settings import Settings
from storage import audit, due, high_water, inbox, outbox, signs
from storage.database import Snapshot, StorageError
from storage.looking import Look, looked_into

POLL_LATE = timedelta(minutes=5)
STOPPED_LONG = timedelta(minutes=10)  # who stops it for an update or a restart has it back by then
WORK_LATE = timedelta(minutes=10)
WORK_FORGOTTEN = timedelta(hours=1)  # also where nobody works on it: people wait for it
DEAD_NEWS = timedelta(days=7)


async def database(settings: Settings, now: datetime) -> list[Check]:
    """Everything that stands in the database. ``now``: aware."""
    if trouble := key_trouble(settings):
        return skipped(["database", *DATABASE_CHECKS], trouble)
    try:
        async with looked_into(settings.database, key_of(settings)) as look:
            found = ok("database", f"{settings.database} opens with the key.")
            return [found, schema(look.version, look.newest), *await _contents(settings, look, now)]
    except (StorageError, OSError) as error:
        return [troubled("database", error), *skipped(DATABASE_CHECKS, "the database does not open")]


def schema(version: int, newest: int) -> Check:
    """Does the schema fit the program?"""
    if version == newest:
        return ok("schema", f"Schema {version}, as this program has it.")
    if version < newest:
        return warn(
            "schema",
            f"The database has schema {version}, this program {newest}.",
            "Start the bot: `eftertanke run` keeps a copy of a file and brings it up to date.",
        )
    return bad(
        "schema",
        f"The database has schema {version}, this program knows only {newest}.",
        "Install the newer version of the program again.",
    )


async def _contents(settings: Settings, look: Look, now: datetime) -> list[Check]:
    integrity = await awaited("integrity", lambda: _integrity(look))
    if look.version != look.newest:
        return [integrity, *skipped(DATABASE_CHECKS[2:], "the schema is not this program's")]
    return [
        integrity,
        await awaited("high_water", lambda: _high_water(settings.database, look, now)),
        *await at_work(look.view, now, running=signs.at_work(settings.database)),
        await awaited("backup", lambda: backup(settings, look.view, now)),
        await awaited("drill", lambda: drill(look.view, now)),
    ]


async def at_work(view: Snapshot, now: datetime, *, running: bool) -> list[Check]:
    """What does not depend on where the data is: is the work done, and is the audit whole?"""
    return [
        await awaited("poll", lambda: _poll(view, now, running=running)),
        await awaited("backlog", lambda: _backlog(view, now, running=running)),
        await awaited("dead_letters", lambda: _dead(view, now)),
        await awaited("audit", lambda: _audit(view)),
    ]


async def _integrity(look: Look) -> Check:
    begun = time.perf_counter()
    broken = await look.broken()
    took = f"{time.perf_counter() - begun:.1f} s"
    if not broken:
        return ok("integrity", f"Every page is whole ({took}).")
    return bad(
        "integrity",
        f"The file is damaged in at least {broken} {'place' if broken == 1 else 'places'} ({took}).",
        "Stop the bot, keep the file, and restore the last backup: `eftertanke restore`.",
    )


async def _high_water(database: Path, look: Look, now: datetime) -> Check:
    known, found = high_water.losses(database), await look.missing(now)
    if found is not None and all(one.mark != found.mark for one in known):
        known = [*known, found]
    if not known:
        return ok("high_water", "Nothing is missing of what was stored.")
    what, _, todo = high_water.sentence(database, known[-1]).partition("; ")
    more = f" (The newest of {len(known)} losses.)" if len(known) > 1 else ""
    return bad("high_water", f"{sentence(what)}{more}", sentence(todo))


async def _poll(view: Snapshot, now: datetime, *, running: bool) -> Check:
    last = await signs.last(view, signs.POLL)
    ago = "no poll has worked yet" if last is None else f"the last poll that worked was {long(now - last)} ago"
    if not running:
        # Who monitors this must hear of a bot that died; one that was never started is no news.
        dead = last is not None and now - last > STOPPED_LONG
        return (bad if dead else warn)("poll", f"The bot is not running; {ago}.", "Start it: `eftertanke run`.")
    if last is not None and now - last <= POLL_LATE:
        return ok("poll", f"The bot is running; {ago}.")
    return bad(
        "poll",
        f"The bot is running, but {ago}.",
        "If it was started this minute, wait; else look in its log and at the checks of token and webhook.",
    )


async def _backlog(view: Snapshot, now: datetime, *, running: bool) -> Check:
    oldest = {
        "message not worked on": await inbox.oldest_pending(view),
        "message not sent": await outbox.oldest_pending(view),
        "reminder not sent": await due.next_due(view),
    }
    waits = {what: now - at for what, at in oldest.items() if at is not None and now - at > WORK_LATE}
    if not waits:
        return ok("backlog", f"Nothing has waited for more than {long(WORK_LATE)}.")
    found = f"Waiting: {', '.join(f'a {what} for {long(span)}' for what, span in waits.items())}."
    if not running:
        forgotten = max(waits.values()) > WORK_FORGOTTEN
        return (bad if forgotten else warn)("backlog", found, "Start the bot: it goes on where it was.")
    return bad("backlog", found, "Look in the bot's log for what fails; starting it again is safe.")


async def _dead(view: Snapshot, now: datetime) -> Check:
    many, newest = await signs.dead_letters(view)
    if newest is None:
        return ok("dead_letters", "No message was given up.")
    found = f"{many} {'message was' if many == 1 else 'messages were'} given up, the newest {long(now - newest)} ago."
    todo = "The mentor was told and nothing is lost; report the mistake with the class names in the log of that time."
    return (bad if now - newest <= DEAD_NEWS else warn)("dead_letters", found, todo)


async def _audit(view: Snapshot) -> Check:
    chain = await audit.verify(view)
    if chain.whole:
        many = "1 row" if chain.rows == 1 else f"{chain.rows} rows"
        return ok("audit", f"The chain of {many} is whole; its newest hash is {chain.head[:16]}.")
    if chain.first_broken is not None:
        found = f"The chain is broken at row {chain.first_broken}: a row was changed or taken away from outside."
    elif chain.emptied:
        found = "The audit is empty although people have joined: all its rows were taken away from outside."
    else:
        found = f"What keeps the audit from being changed is missing ({', '.join(chain.unguarded)})."
    todo = "Keep a copy of the database, find out who had the key, and see `eftertanke audit --verify`."
    return bad("audit", found, todo)
