"""Reads an encrypted database's pages by hand, without SQLite: what really stands in the bytes, used or not.

SQLCipher 4 with a raw key (https://www.zetetic.net/sqlcipher/design/): every page is encrypted by itself with AES-256
in CBC mode; the last 80 bytes of a page hold its initialisation vector (16) and its HMAC-SHA512 (64); the first page
begins with 16 bytes of salt in the clear. A write-ahead log has a header of 32 bytes, and each of its pages one of 24
(https://sqlite.org/fileformat2.html#walformat).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE = 4096
RESERVED = 80
SALT = 16
_IV = 16
_LOG_HEADER, _FRAME_HEADER = 32, 24


def opened(page: bytes, key: bytes, *, first: bool) -> bytes:
    """One page in the clear, without what is reserved at its end; ``first``: of the first page also without its salt.

    ``key``: the raw key, 32 bytes. With another key what comes back is noise.
    """
    body = page[SALT if first else 0 : PAGE - RESERVED]
    vector = page[PAGE - RESERVED :][:_IV]
    reading = Cipher(algorithms.AES256(key), modes.CBC(vector)).decryptor()
    return reading.update(body) + reading.finalize()


def file_pages(database: Path, key: bytes) -> Iterator[bytes]:
    """Every page of the database file, also those that no table uses any more."""
    data = database.read_bytes()
    assert len(data) % PAGE == 0
    for at in range(0, len(data), PAGE):
        yield opened(data[at : at + PAGE], key, first=at == 0)


def log_pages(database: Path, key: bytes) -> Iterator[bytes]:
    """Every page in the write-ahead log, also those of transactions that were carried over long ago."""
    log = database.with_name(f"{database.name}-wal")
    data = log.read_bytes() if log.exists() else b""
    for at in range(_LOG_HEADER, len(data) - PAGE - _FRAME_HEADER + 1, PAGE + _FRAME_HEADER):
        number = int.from_bytes(data[at : at + 4], "big")
        yield opened(data[at + _FRAME_HEADER :][:PAGE], key, first=number == 1)


def every_page(database: Path, key: bytes) -> Iterator[bytes]:
    """Every page of both."""
    yield from file_pages(database, key)
    yield from log_pages(database, key)


def found(pages: Iterable[bytes], pattern: bytes) -> set[bytes]:
    """Everything that matches anywhere. What is longer than a page is cut, so look for something short that repeats."""
    looked_for = re.compile(pattern)
    return {hit for page in pages for hit in looked_for.findall(page)}
