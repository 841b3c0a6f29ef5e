"""Free text that is encrypted in its column, where the engine does not encrypt the whole file.

A storage module hands such a value over as ``sealed(text)``. SQLCipher encrypts every page already and stores it as it
is; the PostgreSQL engine seals it on the way in and opens it on the way out.
"""

from __future__ import annotations

import hmac
import json
import os
import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from types import MappingProxyType
from typing import overload

from storage.keys import Key

MARK = "sealed1:"
"""What stands in every text that was sealed, and in JSON with such parts."""
_QUOTED = f'"{MARK}'
_WITHIN = re.compile(f'"({MARK}[A-Za-z0-9+/=]+)"')
_NONCE_BYTES = 12
_INFO = b"eftertanke columns 1"
_INFO_COMPARED = b"eftertanke compared columns 1"


SEALED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "answers": ("text",),
        "asked": ("what",),
        "codings": ("condensation", "theme"),
        "followups": ("text",),
        "guard_names": ("name",),
        "inbox": ("payload",),
        "next_time_notes": ("text",),
        "outbox": ("payload", "file"),
        "reflections": ("state",),
        "supervision_taken": ("remark",),
    }
)
"""Table → columns that storage modules hand over as ``sealed``."""
SEALED_WITHIN: Mapping[str, tuple[str, ...]] = MappingProxyType({"answers": ("value",)})
"""Table → columns that they hand over as ``sealed_parts``."""
KEYED: Mapping[str, tuple[str, ...]] = MappingProxyType({"guard_names": ("name_key",)})
"""Table → columns that they hand over as ``keyed``."""


class Sealed(str):
    """A text that must not stand in the database as it is."""

    __slots__ = ()


@overload
def sealed(text: str) -> Sealed: ...
@overload
def sealed(text: None) -> None: ...
def sealed(text: str | None) -> Sealed | None:
    """Mark a value of a statement as free text; None stays None."""
    return None if text is None else Sealed(text)


class SealedParts(str):
    """JSON of an answer, in which what was typed must not stand as it is; the rest is asked for and counted."""

    __slots__ = ()


def sealed_parts(answer: str) -> SealedParts:
    """Mark a value of a statement as the JSON of an answer."""
    return SealedParts(answer)


class Keyed(str):
    """A text that is only ever compared: where it must not stand as it is, its HMAC stands."""

    __slots__ = ()


def keyed(text: str) -> Keyed:
    """Mark a value of a statement as free text that must be unique. It comes back as something else, and sorts as
    nobody can tell."""
    return Keyed(text)


class Seal:
    """Seals and opens texts under a key derived from the installation's (AES-256-GCM, a fresh nonce each time)."""

    def __init__(self, key: Key) -> None:
        # Takes a while to load, and an installation on SQLite never needs it.
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher, self._broken = AESGCM(key.derived(_INFO, b"")), InvalidTag
        self._compared = key.derived(_INFO_COMPARED, b"")

    def close(self, text: str) -> str:
        """The text as it may be stored; an empty one tells nothing and stays empty."""
        if not text:
            return text
        nonce = os.urandom(_NONCE_BYTES)
        return MARK + b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), None)).decode("ascii")

    def close_parts(self, answer: str) -> str:
        """The JSON of an answer with its typed parts sealed, each a number and a text; all else stays as it is."""
        if '"parts"' not in answer:
            return answer
        told = json.loads(answer)
        told["parts"] = [[number, self.close(text)] for number, text in told["parts"]]
        return json.dumps(told, ensure_ascii=False)

    def digest(self, text: str) -> str:
        """What stands for a text that is only compared: the same for the same text, and it tells nothing about it."""
        return hmac.digest(self._compared, text.encode(), "sha256").hex()

    def open(self, stored: str) -> str:
        """The text that was sealed, or JSON with its parts opened; what never was sealed, or not under this key, is
        given as it is."""
        if not stored.startswith(MARK):
            return _WITHIN.sub(self._opened_within, stored) if _QUOTED in stored else stored
        return self._opened(stored)

    def _opened_within(self, found: re.Match[str]) -> str:
        return json.dumps(self._opened(found[1]), ensure_ascii=False)

    def _opened(self, stored: str) -> str:
        try:
            raw = b64decode(stored[len(MARK) :], validate=True)
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None).decode()
        except (self._broken, Error, ValueError):
            return stored
