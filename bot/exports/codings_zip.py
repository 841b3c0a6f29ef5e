"""Looking into a ``.qdpx`` that somebody else made, without trusting it: nothing is unpacked, sizes are bounded."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.exports.codebook_reading import LARGEST_XML, UnreadableError

PROJECT = "project.qde"
LARGEST_TEXT = 16_000_000  # bytes; our longest debrief is a hundredth of it
LARGEST_ALL = 1_000_000_000
MOST_MEMBERS = 200_000
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, OSError)


class ProjectFile:
    """A ``.qdpx``, open. Members are read by name, each up to a limit of what it says and of what it really holds."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise UnreadableError("The project holds far more files than ours; export only the texts.")
        self._archive = archive
        # Programs differ in capitals, and some write a backslash. Names lead nowhere: no file is made from them.
        self._members = {member.filename.replace("\\", "/").casefold(): member for member in members}
        self._left = LARGEST_ALL

    def project(self) -> bytes:
        """``project.qde``. Raises UnreadableError."""
        content = self._read(PROJECT, LARGEST_XML)
        if content is None:
            raise UnreadableError("There is no project.qde in the file; export the project as .qdpx (REFI-QDA) again.")
        return content

    def source(self, path: str) -> bytes | None:
        """The text file that ``path`` (``internal://…``) names; None when there is none, or it lies outside.

        Raises UnreadableError.
        """
        inside, found, name = path.partition("internal://")
        return None if inside or not found else self._read(f"sources/{name}", LARGEST_TEXT)

    def _read(self, name: str, largest: int) -> bytes | None:
        member = self._members.get(name.casefold())
        if member is None:
            return None
        limit = min(largest, self._left)
        if member.file_size > limit:
            raise UnreadableError("A file in the project is larger than any of ours can be; do not trust it.")
        try:
            with self._archive.open(member) as stream:
                content = stream.read(limit + 1)
        except _BROKEN:
            raise UnreadableError("The project is damaged or locked with a password; export it again.") from None
        if len(content) > limit:
            raise UnreadableError("A file in the project is larger than it says; do not trust it.")
        self._left -= len(content)
        return content


@contextmanager
def open_qdpx(path: Path) -> Iterator[ProjectFile]:
    """The project in a file. Raises UnreadableError; OSError when the file itself cannot be read."""
    with path.open("rb") as stream:
        try:
            archive = zipfile.ZipFile(stream)
        except _BROKEN:
            raise UnreadableError("This is no .qdpx: it is not a ZIP file, or not whole; export it again.") from None
        with archive:
            yield ProjectFile(archive)
