"""The doctor's look at backups and drills: made, verified, still there, and tried."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.doctor import Check, bad, long, ok, warn
from bot.settings import Settings
from storage import backup_rows
from storage.backup_rows import Backup, MadeBy, in_words
from storage.database import Reader

BACKUP_LATE = timedelta(hours=26)  # once a day, and two hours for a clock that changes or a machine that was off
DRILL_LATE = timedelta(days=180)
_BY_ITSELF = (MadeBy.CLOCK, MadeBy.SETUP, MadeBy.REKEY)
_AGAIN = "Run `eftertanke backup`, and see that the bot runs at the time of organisation.yaml."


async def backup(settings: Settings, reader: Reader, now: datetime) -> Check:
    """Is there a verified backup of the last day, and is its file where backups go? ``now``: aware.

    An operator's own may lie anywhere, as on a disk that was taken away: it counts only where it is in the folder, and
    never hides that the nightly ones are missing.
    """
    if not settings.backups.is_dir():
        return bad(
            "backup",
            f"There is no backup folder {settings.backups}.",
            "Attach its disk, or set EFTERTANKE_BACKUPS to where the backups are; else `eftertanke backup` makes it.",
        )
    newest = await backup_rows.newest_backup(reader, verified=False, by=_BY_ITSELF)
    own = await backup_rows.newest_backup(reader, verified=True, by=(MadeBy.OPERATOR,))
    if own is not None and _is_there(settings, own) and (newest is None or own.made_at > newest.made_at):
        newest = own
    if newest is None:
        return bad("backup", f"There is no backup in {settings.backups}.", _AGAIN)
    if newest.verified_at is None or newest.problem is not None:
        return await _failed(settings, reader, newest, now)
    if not _is_there(settings, newest):
        return bad("backup", f"{newest.file} is no longer in {settings.backups}.", f"Put it back, or: {_AGAIN}")
    if now - newest.made_at > BACKUP_LATE:
        return bad("backup", f"The newest backup is from {long(now - newest.made_at)} ago.", _AGAIN)
    return ok("backup", f"{newest.file}, verified, from {long(now - newest.made_at)} ago.")


async def _failed(settings: Settings, reader: Reader, newest: Backup, now: datetime) -> Check:
    good = await backup_rows.newest_backup(reader, verified=True, by=_BY_ITSELF)
    why = "was not verified" if newest.problem is None else f"failed ({in_words(newest.problem)})"
    before = "there is no good one"
    if good is not None and _is_there(settings, good):
        before = f"the last good one is from {long(now - good.made_at)} ago"
    return bad("backup", f"The newest backup {why}; {before}.", f"Check room and rights of its folder. {_AGAIN}")


def _is_there(settings: Settings, one: Backup) -> bool:
    return (settings.backups / one.file).is_file()


async def drill(reader: Reader, now: datetime) -> Check:
    """Was a backup brought back lately, into nowhere, to see that it can be done?"""
    last = await backup_rows.newest_drill(reader)
    again = "Try to restore the newest backup: `eftertanke restore FILE --drill` touches nothing of yours."
    if last is None:
        return bad("drill", "No backup was ever tried.", again)
    ago = long(now - last.at)
    if last.problem is not None:
        return bad("drill", f"The last try to restore failed {ago} ago: {in_words(last.problem)}.", again)
    if now - last.at > DRILL_LATE:
        return warn("drill", f"A backup was last tried {ago} ago.", again)
    return ok("drill", f"A backup was tried {ago} ago, and was whole.")
