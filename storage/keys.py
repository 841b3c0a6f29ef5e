"""The key of the database: 32 random bytes, kept outside the database file, recoverable from 24 words on paper."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from pathlib import Path

from storage.database import BadKey, KeyMissing, KeyReadableByOthers

KEY_BYTES = 32
_WORDS = 24
_LONGEST = 4_096  # characters of a key file; 24 words are some 200
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Key:
    """A 256-bit key. Its text form never shows it, so that no log or traceback can."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        """Raises BadKey when ``secret`` is not 32 bytes."""
        if len(secret) != KEY_BYTES:
            raise BadKey(f"A key is {KEY_BYTES} bytes long; take the key that setup made.")
        self._secret = bytes(secret)

    @classmethod
    def new(cls) -> Key:
        """A fresh key from the system's random source."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def from_text(cls, text: str) -> Key:
        """The key from 64 hexadecimal digits or 24 words; spaces and case around them do not matter. Raises BadKey."""
        if len(text.split()) > 1:
            return cls.from_words(text)
        try:
            secret = bytes.fromhex(text.strip())
        except ValueError:
            secret = b""
        if len(secret) != KEY_BYTES:
            raise BadKey(
                "The key is neither 64 hexadecimal digits nor 24 words; copy it again from the recovery sheet."
            )
        return cls(secret)

    @classmethod
    def from_words(cls, words: str) -> Key:
        """The key that ``words`` gave. Raises BadKey when a word is unknown, missing, or the checksum is wrong."""
        from mnemonic import Mnemonic  # reads its word list from disk: not needed to start the bot

        tidy = " ".join(words.lower().split())
        if len(tidy.split()) != _WORDS:
            raise BadKey(f"The recovery sheet has {_WORDS} words; type them all, in order.")
        book = Mnemonic("english")
        if not book.check(tidy):
            raise BadKey("These are not the words of a recovery sheet; check spelling and order.")
        return cls(bytes(book.to_entropy(tidy)))

    def words(self) -> str:
        """The key as 24 English words with a checksum (BIP-39), for the recovery sheet."""
        from mnemonic import Mnemonic

        return str(Mnemonic("english").to_mnemonic(self._secret))

    def hex(self) -> str:
        """The key as 64 hexadecimal digits: for the key file and SQLCipher, never for showing."""
        return self._secret.hex()

    def sign(self, message: bytes) -> bytes:
        """HMAC-SHA256 of a message under this key."""
        return hmac.digest(self._secret, message, "sha256")

    def __repr__(self) -> str:
        return "Key(hidden)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and hmac.compare_digest(self._secret, other._secret)

    def __hash__(self) -> int:
        return hash(self._secret)


def read_key(value: str | None, file: Path | None) -> Key:
    """The key from a setting's value or from a file of which the path is given.

    Raises KeyMissing (neither given, or no such file), KeyReadableByOthers, and BadKey (not a key, or both given).
    """
    if value and file is not None:
        raise BadKey("EFTERTANKE_KEY and EFTERTANKE_KEY_FILE are both set; keep only one of them.")
    if value:
        return Key.from_text(value)
    if file is None:
        raise KeyMissing("There is no key; run `eftertanke setup`, or set EFTERTANKE_KEY_FILE to the key file.")
    return Key.from_text(_read_private(file))


def _read_private(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            # Asked of the open file, not of the path: nobody can put another file there in between.
            if stat.S_IMODE(os.fstat(stream.fileno()).st_mode) & _OTHERS:
                raise KeyReadableByOthers(f"Others can read the key file {file}; run: chmod 600 {file}")
            return stream.read(_LONGEST)
    except FileNotFoundError:
        raise KeyMissing(f"There is no key file {file}; run `eftertanke setup`, or give the right path.") from None
    except OSError as error:
        raise KeyMissing(
            f"The key file {file} cannot be read ({error.strerror}); let the bot's user read it."
        ) from None


def write_key_file(path: Path, key: Key) -> None:
    """Write the key to a new file that only its owner can read, safe on disk when this returns.

    Raises FileExistsError when there is a file already: a key is never overwritten, it may be the only one that opens
    a database.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        os.fchmod(descriptor, 0o600)  # a tight umask could have taken the owner's own rights
        stream.write(key.hex() + "\n")
        stream.flush()
        os.fsync(descriptor)
