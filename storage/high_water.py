"""How far the database has come, kept outside it: so that it shows when something that was stored is missing.

SQLite plays a damaged write-ahead log back up to the damage and says nothing, and an older copy of the file opens as
well as the newest. So the database counts (in ``application_id``, a number of the file's header that is written with
a transaction like any row), and beside it lies the mark: the highest count that was ever durable. A log loses its end
and nothing else; where the count in the database is below the mark, everything committed after that count is gone.

What is guaranteed: a loss of anything older than the mark is noticed by whoever opens the database next, or by
``eftertanke doctor``. The mark rises a second after something was committed, and when the database is closed; later
while somebody else writes, while the file is written anew, or while the disk is full. What was committed after the
last mark before a crash may be missing unnoticed when the log was damaged as well.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.database import StorageError
from storage.keycheck import settle_folder
from storage.keys import Key
from storage.sqlite_connect import BUSY_MS, CHECKPOINT_PAGES, Connection
from storage.times import moment, moment_or_none, stamp, stamp_or_none

log = logging.getLogger(__name__)

_FORMAT = 1
_PARTIAL = ".new-"  # and the writer's process id
_EARLIER = 60  # so many earlier marks are kept, to say since when something is missing
_ABANDONED = timedelta(minutes=10)  # no writer takes so long over a few lines
_PATIENCE_MS = 100  # nobody's turn shall wait behind the mark
_SEEN_TO = "ask those who wrote then or restore a backup, and remove {file} when it has been seen to."


@dataclass(frozen=True, slots=True)
class Mark:
    """``count``: what the database had come to; ``at``: when (UTC); ``earlier``: the marks before it, oldest first."""

    count: int
    at: datetime
    earlier: tuple[tuple[int, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """What was stored after ``since`` (None: nobody knows) and up to ``until`` is gone; noticed at ``noticed``, all in
    UTC. ``mark``: its count. Without a mark, the mark itself cannot be read, and nobody can tell what is gone."""

    noticed: datetime
    mark: int | None = None
    since: datetime | None = None
    until: datetime | None = None


class SpoiltMark(StorageError):  # noqa: N818 - as the other storage errors
    """The mark is there and was not written like this under this key."""


def real_now() -> datetime:
    """When it is, for files on a disk: whatever the clock of a practice says."""
    return datetime.now(UTC)


def path_of(database: Path) -> Path:
    """Where the mark of a database lies."""
    return database.with_name(database.name + ".mark")


def losses_path(database: Path) -> Path:
    """Where the losses are noted that nobody has seen to yet."""
    return database.with_name(database.name + ".losses")


def read(database: Path, key: Key) -> Mark | None:
    """The mark of a database; None when there is none. Raises SpoiltMark, OSError."""
    try:
        body, *seals = path_of(database).read_text(encoding="ascii").splitlines()
        if not any(hmac.compare_digest(_seal(key, body), seal) for seal in seals):
            raise SpoiltMark("The high-water mark has no good seal.")
        told = json.loads(body)
        earlier = tuple((int(count), moment(at)) for count, at in told["earlier"])
        return Mark(int(told["count"]), moment(told["at"]), earlier)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise SpoiltMark("The high-water mark cannot be read.") from None


def write(database: Path, mark: Mark, *keys: Key) -> None:
    """Put the mark beside the database, whole or not at all, sealed with each of the keys. Raises OSError.

    What a writer that was killed has left of its own is removed a while later."""
    earlier = [(count, stamp(at)) for count, at in mark.earlier]
    body = json.dumps({"format": _FORMAT, "count": mark.count, "at": stamp(mark.at), "earlier": earlier})
    path = path_of(database)
    _sweep(path)
    partial = path.with_name(f"{path.name}{_PARTIAL}{os.getpid()}")  # a command may be writing one, too
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write("\n".join([body, *(_seal(key, body) for key in keys)]) + "\n")
        stream.flush()
        os.fsync(descriptor)
    # That the new name is safe at a power loss is not waited for: an older mark warns of less, and of nothing wrongly.
    partial.replace(path)


def _sweep(path: Path) -> None:
    """Remove partial marks that nobody writes any more. Best effort: the mark itself must not fail for it."""
    # By age, not by the process id in the name: containers that share the folder count theirs apart, ids come again,
    # and not every system can be asked for one. Should a writer have been suspended for that long, its replacing
    # raises, the mark stays where it is, and it is written again.
    before = (real_now() - _ABANDONED).timestamp()
    with suppress(OSError):
        for file in path.parent.iterdir():
            if file.name.startswith(path.name + _PARTIAL):
                with suppress(OSError):  # somebody else has removed it, or has it open on a system that minds
                    if file.stat().st_mtime < before:
                        file.unlink()


def _seal(key: Key, body: str) -> str:
    return key.sign(b"eftertanke high water " + body.encode("ascii")).hex()


def carry_over(database: Path, old: Key, new: Key) -> None:
    """The key is about to change: either will fit the mark from now on. Raises OSError."""
    try:
        mark = read(database, old)
    except SpoiltMark:
        return  # who opens the database next says so
    if mark is not None:
        write(database, mark, old, new)


def hand_over(source: Path, database: Path) -> None:
    """The database at ``source`` is about to take this place: it comes with its own mark, whatever mark was here."""
    path_of(database).unlink(missing_ok=True)
    if path_of(source).exists():
        path_of(source).rename(path_of(database))
    settle_folder(database.parent)


def missing(connection: Connection, database: Path, key: Key, now: datetime) -> Loss | None:
    """What the mark knows of and the database does not; None when all is there, or nothing was marked yet. Changes
    nothing. Raises OSError and SQLCipher's own errors."""
    return compared(connection, seen(database, key), now)


def seen(database: Path, key: Key) -> Mark | SpoiltMark | None:
    """The mark as ``read`` gives it, or what is wrong with it. Raises OSError."""
    try:
        return read(database, key)
    except SpoiltMark as error:
        return error


def compared(connection: Connection, mark: Mark | SpoiltMark | None, now: datetime) -> Loss | None:
    """As ``missing``, with a mark that was read before the connection's snapshot was taken: a later one would tell of
    what the snapshot cannot hold."""
    if isinstance(mark, SpoiltMark):
        return Loss(now)
    there = _count(connection)
    if mark is None or there >= mark.count:
        return None
    return Loss(now, mark.count, dict(mark.earlier).get(there), mark.at)


def noticed(connection: Connection, database: Path, key: Key, now: datetime) -> Loss | None:
    """As ``missing``; and it is noted beside the database, once, until somebody removes the note."""
    loss = missing(connection, database, key, now)
    if loss is not None and not any(one.mark == loss.mark for one in losses(database)):
        told = {
            "noticed": stamp(loss.noticed),
            "mark": loss.mark,
            "since": stamp_or_none(loss.since),
            "until": stamp_or_none(loss.until),
        }
        path = losses_path(database)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="ascii") as stream:
            stream.write(f"\n{json.dumps(told)}\n")  # a line that was cut off before stays a line of its own
            stream.flush()
            os.fsync(descriptor)
        settle_folder(path.parent)
    return loss


def losses(database: Path) -> list[Loss]:
    """What was noticed and not seen to yet, oldest first. Raises OSError."""
    try:
        lines = losses_path(database).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [found for line in lines if line.strip() and (found := _loss(line)) is not None]


def _loss(line: str) -> Loss | None:
    try:
        told = json.loads(line)
        mark, since, until = told["mark"], moment_or_none(told["since"]), moment_or_none(told["until"])
        return Loss(moment(told["noticed"]), None if mark is None else int(mark), since, until)
    except (ValueError, KeyError, TypeError):
        return None  # cut off by a crash: whoever was writing it has noticed it again since


def sentence(database: Path, loss: Loss) -> str:
    """What is gone and what to do."""
    todo = _SEEN_TO.format(file=losses_path(database))
    if loss.until is None:
        path = path_of(database)
        return f"The high-water mark {path} was spoilt, so nobody can tell whether anything stored is missing; {todo}"
    span = f"up to {_said(loss.until)}"
    if loss.since is not None:
        span = f"between {_said(loss.since)} and {_said(loss.until)}"
    return (
        f"The database {database} has lost what was stored {span}: it or its write-ahead log was damaged, or an "
        f"older copy took its place; {todo}"
    )


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def look(connection: Connection, database: Path, key: Key, now: datetime) -> None:
    """For who opens it: note what is missing, and say what nobody has seen to yet. Never keeps from opening."""
    try:
        found = missing(connection, database, key, now)
        told = losses(database)
        if found is not None and all(one.mark != found.mark for one in told):
            told.append(found)  # also when it cannot be noted: a full disk is likely just then
        for loss in told:
            log.error(sentence(database, loss))
        noticed(connection, database, key, now)
    except OSError as error:
        log.error("The high-water mark of %s cannot be looked at (%s).", database, error.strerror)


def rise(connection: Connection, database: Path, key: Key, now: datetime) -> None:
    """Count on in the database, and when that is durable, move the mark there. The connection is between two
    transactions. Raises SQLCipher's own errors and OSError; then the mark is where it was.

    It moves nothing from the write-ahead log into the file. Somebody's commit does that now and then, and until the
    next one begins the log anew, a torn log would put older pages over newer ones of the file; so the mark, which
    comes within a second of any commit, must be that next one, and never the one before.
    """
    loss = noticed(connection, database, key, now)  # first: the new mark would hide it
    before = None if loss is not None and loss.mark is None else read(database, key)
    _set(connection, _PATIENCE_MS, 0)
    try:
        count = _count_on(connection, before.count if before else 0)
    finally:
        _set(connection, BUSY_MS, CHECKPOINT_PAGES)
    earlier = (*before.earlier, (before.count, before.at)) if before else ()
    write(database, Mark(count, now, earlier[-_EARLIER:]), key)


def _set(connection: Connection, patience: int, checkpoint: int) -> None:
    connection.execute(f"PRAGMA busy_timeout = {patience}").fetchall()
    connection.execute(f"PRAGMA wal_autocheckpoint = {checkpoint}").fetchall()


def _count_on(connection: Connection, least: int) -> int:
    connection.execute("BEGIN IMMEDIATE")
    try:
        count = max(_count(connection), least) + 1
        connection.execute(f"PRAGMA application_id = {count}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return count


def _count(connection: Connection) -> int:
    return int(connection.execute("PRAGMA application_id").fetchall()[0][0])
