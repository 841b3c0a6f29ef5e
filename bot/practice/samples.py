"""Small invented files that a person can send: a picture, a voice message, a sticker, a document."""

from __future__ import annotations

import struct
import zlib

from bot.practice.limits import HandError, Json
from bot.practice.messages import File
from bot.practice.world import World

_NAMES = {
    "photo": ("billede.png", "image/png"),
    "sticker": ("klistermaerke.png", "image/png"),
    "voice": ("tale.ogg", "audio/ogg"),
    "document": ("noter.txt", "text/plain"),
}


def sample(world: World, kind: str) -> tuple[File, Json]:
    """Make a sample of `kind` and give it with the Bot API fields of the message; raises HandError for other kinds."""
    if kind not in _NAMES:
        raise HandError(f"Cannot send a {kind}; a photo, voice, sticker, document or forward can be sent.")
    name, mime = _NAMES[kind]
    data = _picture() if mime == "image/png" else b"Practice sample, invented.\n"
    size = 96 if mime == "image/png" else 0
    file = world.keep(name, mime, data, size, size)
    return file, describe(file, kind)


def describe(file: File, kind: str) -> Json:
    """Give the fields that a Bot API Message has for this file."""
    base: Json = {"file_id": file.id, "file_unique_id": file.id[-12:], "file_size": len(file.data)}
    square: Json = {"width": file.width or 1, "height": file.height or 1}
    named: Json = {"file_name": file.name, "mime_type": file.mime}
    if kind == "photo":
        return {"photo": [{**base, **square}]}
    if kind == "voice":
        return {"voice": {**base, "duration": 3, "mime_type": file.mime}}
    if kind == "sticker":
        flags = {"type": "regular", "is_animated": False, "is_video": False, "emoji": "🙂"}
        return {"sticker": {**base, **square, **flags}}
    return {"document": {**base, **named}}


def _picture(side: int = 96) -> bytes:
    """Draw a plain PNG: a soft diagonal in two greens."""
    rows = b"".join(
        b"\x00" + b"".join(b"\x8f\xc1\xa9" if (x + y) // 16 % 2 else b"\x5f\x9b\x86" for x in range(side))
        for y in range(side)
    )
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture_size(data: bytes) -> tuple[int, int]:
    """Read width and height of a PNG; (0, 0) for anything else."""
    if data[:8] != b"\x89PNG\r\n\x1a\n" or len(data) < 24:
        return (0, 0)
    width, height = struct.unpack(">II", data[16:24])
    return (width, height)
