"""An export as one locked file: a 7z archive with AES-256, names of files included.

7z, because 7-Zip, Keka, The Unarchiver and others open it, and because its key comes of 2^19 rounds of SHA-256; a ZIP
with AES has 1,000 rounds of SHA-1 and shows the names of its files (7-Zip's 7zFormat.txt; WinZip AES).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import py7zr
from mnemonic import Mnemonic

WORDS = 7
"""Of 2048 each: 77 bits, out of reach even without the rounds."""
_FILTERS = [{"id": py7zr.FILTER_LZMA2, "preset": 2}, {"id": py7zr.FILTER_CRYPTO_AES256_SHA256}]


def pass_words() -> str:
    """New words to lock an archive with, joined by hyphens."""
    known = Mnemonic("english").wordlist
    return "-".join(secrets.choice(known) for _ in range(WORDS))


def pack(folder: Path, archive: Path, words: str) -> None:
    """Write ``folder`` with all that is in it to ``archive`` (0600), locked with ``words``. Raises OSError."""
    descriptor = os.open(archive, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(descriptor, "w+b") as stream,
        py7zr.SevenZipFile(stream, "w", filters=_FILTERS, password=words, header_encryption=True) as packed,
    ):
        packed.writeall(folder, folder.name)
