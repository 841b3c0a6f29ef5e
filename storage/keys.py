"""The key of the database: 32 random bytes, kept outside the database file, recoverable from 24 words on paper."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from pathlib import Path

from storage.database import BadKey, KeyMissing, KeyReadableByOthers, StorageError

KEY_BYTES = 32
_WORDS = 24
_ID_DIGITS = 8
_LONGEST = 4_096  # characters of a key file; 24 words are some 200
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_NOT_A_FILE = "The key cannot be read from {file}, which is not an ordinary file; give the path of the key file."


class UnknownWord(BadKey):
    """One of the words is on no sheet. Its text names the place only, since it may be logged and the word may be nearly
    a part of a key: ``word`` is for the eyes of who typed it."""

    def __init__(self, number: int, word: str) -> None:
        """``number``: its place, from 1."""
        super().__init__(f"Word {number} is not a word of these sheets; look at your paper, type all {_WORDS} again.")
        self.number, self.word = number, word


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
        """The key that ``words`` gave. Raises BadKey: UnknownWord, words missing, or a wrong checksum."""
        from mnemonic import Mnemonic  # reads its word list from disk: not needed to start the bot

        tidy = " ".join(words.lower().split())
        if len(tidy.split()) != _WORDS:
            raise BadKey(f"The recovery sheet has {_WORDS} words; type them all, in order.")
        book = Mnemonic("english")
        for number, word in enumerate(tidy.split(), start=1):
            if word not in book.wordlist:
                raise UnknownWord(number, word)
        if not book.check(tidy):
            raise BadKey("One of the words is wrong or two are swapped; check spelling and order on your paper.")
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

    @property
    def id(self) -> str:
        """Which key this is, as eight hexadecimal digits that tell nothing about it: printed on sheet and backups."""
        return self.sign(b"eftertanke key id").hex()[:_ID_DIGITS]

    def derived(self, info: bytes, salt: bytes, length: int = KEY_BYTES) -> bytes:
        """Another secret of ``length`` bytes (at most 8160) that this key gives, and that does not give it back.

        HKDF-SHA256 (RFC 5869): ``info`` says what the secret is for, ``salt`` makes each use a secret of its own.
        """
        # Only backups need it: not loaded at the start of every command.
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(self._secret)

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
    return read_key_file(file)


def read_key_file(file: Path) -> Key:
    """The key from its file: 64 hexadecimal digits or 24 words. Raises KeyMissing, KeyReadableByOthers, BadKey."""
    text = _read_private(file)
    try:
        return Key.from_text(text)
    except BadKey:
        raise BadKey(
            f"The key file {file} holds no key; give the right path, or write the 24 words of the recovery sheet in it."
        ) from None


def _read_private(file: Path) -> str:
    try:
        # Not blocking: a pipe in its place would be waited for without end.
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, encoding="utf-8", errors="replace") as stream:
            # Asked of the open file, not of the path: nobody can put another file there in between.
            if problem := _unfit(file, os.fstat(descriptor).st_mode):
                raise problem
            return stream.read(_LONGEST)
    except FileNotFoundError:
        raise KeyMissing(f"There is no key file {file}; run `eftertanke setup`, or give the right path.") from None
    except IsADirectoryError:
        raise KeyMissing(_NOT_A_FILE.format(file=file)) from None
    except OSError as error:
        raise KeyMissing(
            f"The key file {file} cannot be read ({error.strerror}); let the bot's user read it."
        ) from None


def _unfit(file: Path, mode: int) -> StorageError | None:
    if not stat.S_ISREG(mode):
        return KeyMissing(_NOT_A_FILE.format(file=file))
    if stat.S_IMODE(mode) & _OTHERS:
        return KeyReadableByOthers(f"Others can read the key file {file}; run: chmod 600 {file}")
    return None


def write_key_file(path: Path, key: Key) -> None:
    """Write the key to a new file that only its owner can read, safe on disk when this returns.

    Raises FileExistsError when there is a file already: a key is never overwritten, it may be the only one that opens
    a database.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            os.fchmod(descriptor, 0o600)  # a tight umask could have taken the owner's own rights
            stream.write(key.hex() + "\n")
            stream.flush()
            os.fsync(descriptor)
    except OSError:
        path.unlink()  # on a full disk: half a key would be in the way of the next try
        raise
