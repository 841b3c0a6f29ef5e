"""The seals (HMAC) of a database file's pages, looked at while others write."""

from __future__ import annotations

import re
import struct
import time
from pathlib import Path

from storage.sqlite_connect import Connection

_PAGE = re.compile(r"page (\d+)")
_LOOKS = 3
_A_MOMENT = 0.05  # seconds
_LOG_HEADER = struct.Struct(">8I")  # sqlite.org/fileformat.html §4.1: magic, version, page size, counter, 2 salts, sums
_FRAME_HEADER = struct.Struct(">6I")  # page, size after commit, 2 salts, sums; neither header is encrypted


def broken_pages(connection: Connection, database: Path) -> set[int]:
    """Numbers of the pages whose seal is broken; 0 for what cannot be told by a page. ``connection``: one that has a
    read transaction open, so that the write-ahead log does not begin anew meanwhile.

    The seals are read from the file beside SQLite's locks, and a file under traffic has pages without a good one: a
    checkpoint first makes the file long enough, with zeros, and then writes page by page, as far as no reader is in the
    way. All of these stand in the write-ahead log, from where everybody reads them: they are no damage.
    """
    broken: set[int] | None = None
    for _ in range(_LOOKS):
        said = [str(row[0]) for row in connection.execute("PRAGMA cipher_integrity_check").fetchall()]
        found = {int(page[1]) if (page := _PAGE.search(one)) else 0 for one in said}
        if found:
            found -= _in_the_log(database)
        broken = found if broken is None else broken & found
        if not broken:
            return set()
        time.sleep(_A_MOMENT)
    return broken or set()


def damage(connection: Connection, database: Path) -> int:
    """In how many places the file is damaged, as ``broken_pages`` and SQLite's own look at its structure tell."""
    broken = len(broken_pages(connection, database))
    if broken:
        return broken
    return sum(row[0] != "ok" for row in connection.execute("PRAGMA quick_check").fetchall())


def _in_the_log(database: Path) -> set[int]:
    """The pages of which the write-ahead log has a version, also one not committed: whoever wrote it has read it."""
    pages: set[int] = set()
    try:
        stream = database.with_name(database.name + "-wal").open("rb")
    except FileNotFoundError:
        return pages
    with stream:
        head = stream.read(_LOG_HEADER.size)
        if len(head) < _LOG_HEADER.size:
            return pages
        _, _, size, _, *salts, _, _ = _LOG_HEADER.unpack(head)
        while len(frame := stream.read(_FRAME_HEADER.size)) == _FRAME_HEADER.size:
            page, _, *own, _, _ = _FRAME_HEADER.unpack(frame)
            if own != salts:
                break  # left over from before the log began anew
            pages.add(page)
            stream.seek(size, 1)
    return pages
