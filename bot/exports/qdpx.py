"""``project.qdpx``: a REFI-QDA project that NVivo, ATLAS.ti, MAXQDA and QualCoder open, each answer coded already.

Feed it one transcript at a time, in one pass, beside whatever else is written from the same stream::

    with open_project(folder, codebook, language="da", at=at, order=question_ids) as project:
        async for transcript in transcripts:
            project.add(transcript, codings)

or give ``write_project`` the whole stream. Sources are spooled to an unnamed file in ``folder`` until codes, variables
and cases are known, which stand before them. The same transcripts, codebook, codings and ``at`` give the same bytes.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from bot.exports.manual import ManualCoding
from bot.exports.qde_cases import Cases
from bot.exports.qde_codebook import codebook_tree, tension_name
from bot.exports.qde_codes import Names, leaves, named_once, sets_of_tensions, to_xml
from bot.exports.qde_questions import Questions
from bot.exports.qde_sources import Sources, fitting
from bot.exports.qde_variables import Variables
from bot.exports.qde_xml import DECLARATION, PROGRAM, attributes, described, element, second
from bot.exports.transcript import Transcript, guid, one_line
from prompts import Codebook

FILE = "project.qdpx"
_LEVEL = 6
_DAY_ONE = (1980, 1, 1, 0, 0, 0)  # the first that ZIP knows; the day of export would change the bytes
_BUFFER = 1 << 20

_ABOUT = {
    "da": "Refleksioner fra Eftertanke. Hvert svar er kodet med sit spørgsmål (automatiske koder); kodebogens koder er "
    "til jer. Borgere og mentorer står med dæknavn, men det er ikke det samme som anonymt.",
    "en": "Reflections from Eftertanke. Each answer is coded with its question (automatic codes); the codes of the "
    "codebook are yours to use. Citizens and mentors appear under pseudonyms, which is not the same as anonymous.",
}


@dataclass
class Written:
    """What a project holds. ``left_out``: codings by people of answers that are not there or are too short for them, or
    with codes that are not in the codebook."""

    sources: int = 0
    passages: int = 0
    codings: int = 0
    left_out: int = 0


class Project:
    """A project that is being written. Made by ``open_project``."""

    def __init__(
        self, archive: zipfile.ZipFile, spool: IO[bytes], codebook: Codebook, cases: bool, language: str, at: datetime,
        order: Sequence[str],
    ) -> None:  # fmt: skip
        self.written = Written()
        self._archive = archive
        self._spool = spool
        self._language = language
        self._at = second(at)
        self._book = codebook_tree(codebook, language)
        self._codes = {leaf.code: leaf.guid for leaf in leaves(self._book)}
        self._users = _Users()
        self._questions = Questions(order, language)
        self._variables = Variables()
        self._cases = Cases(language) if cases else None
        self._sources = Sources(self._questions, self._variables, self._codes, self._users.export, self._at, language)

    def add(self, transcript: Transcript, codings: Iterable[ManualCoding] = ()) -> None:
        """Write one reflection; ``codings``: what people coded in it, in any order."""
        good, left_out = fitting(codings, transcript, self._codes)
        self._archive.writestr(
            _member(f"sources/{transcript.guid}.txt"), transcript.text.encode(), compresslevel=_LEVEL
        )
        self._spool.write(self._sources.to_xml(transcript, good, self._users.coder).encode())
        if self._cases is not None:
            self._cases.meet(transcript)
        self.written.sources += 1
        self.written.passages += len(transcript.passages)
        self.written.codings += len(good)
        self.written.left_out += left_out

    def finish(self) -> None:
        """Write ``project.qde``, which is known only now."""
        before, after = self._before(), self._after()
        self._spool.seek(0)
        with self._archive.open(_member("project.qde"), "w", force_zip64=True) as qde:
            qde.write(before.encode())
            shutil.copyfileobj(self._spool, qde, _BUFFER)
            qde.write(after.encode())

    def _before(self) -> str:
        root = attributes(
            xmlns="urn:QDA-XML:project:1.0",
            name=PROGRAM,
            origin=PROGRAM,
            creatingUserGUID=self._users.export,
            creationDateTime=self._at,
            modifyingUserGUID=self._users.export,
            modifiedDateTime=self._at,
        )
        names = Names()  # the codebook's first, so that they are those of codebook.qdc
        codes = to_xml([*named_once(self._book, names), *named_once(self._questions.tree(), names)])
        return "\n".join(
            part
            for part in (
                f"{DECLARATION}<Project{root}>",
                self._users.to_xml(),
                f"<CodeBook>{codes}</CodeBook>" if codes else "",
                self._variables.to_xml(self._questions),
                self._cases.to_xml() if self._cases is not None else "",
                "<Sources>\n" if self.written.sources else "",
            )
            if part
        )

    def _after(self) -> str:
        end = "</Sources>\n" if self.written.sources else "\n"
        sets = sets_of_tensions(self._book, lambda tension: tension_name(tension, self._language))
        return f"{end}{sets}{described(_ABOUT.get(self._language, _ABOUT['da']))}</Project>\n"


class _Users:
    """The export first, since a program may take its first user for the one who sits there; then those who coded.
    Mentors are whom the data is about, not users."""

    def __init__(self) -> None:
        self.export = guid("user", "export")
        self._coders: dict[str, str] = {}

    def coder(self, name: str) -> str:
        return self._coders.setdefault(name, guid("user", "coder", name))

    def to_xml(self) -> str:
        names = Names()
        users = [(names.unique(PROGRAM), self.export)]
        users += [(names.unique(one_line(name), 200), of) for name, of in sorted(self._coders.items())]
        return f"<Users>{''.join(element('User', guid=of, name=name) for name, of in users)}</Users>"


@contextmanager
def open_project(
    folder: Path,
    codebook: Codebook,
    *,
    language: str,
    at: datetime,
    cases: bool = True,
    order: Sequence[str] = (),
) -> Iterator[Project]:
    """Give a project to add transcripts to; when the block ends well, ``project.qdpx`` (0600) is in ``folder``.

    ``at``: aware, the time of the export, the only time in the file besides those of coders. ``cases`` False leaves
    out mentors and citizens as cases: one known program drops codings of sources that are linked to cases.
    ``order``: the guide's question ids, which number the questions. Raises FileExistsError, OSError.
    """
    file = folder / FILE
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(descriptor, "w+b") as stream,
            tempfile.TemporaryFile(dir=folder) as spool,
            zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive,
        ):
            project = Project(archive, spool, codebook, cases, language, at, order)
            yield project
            project.finish()
    except BaseException:
        file.unlink(missing_ok=True)
        raise


async def write_project(
    folder: Path,
    transcripts: AsyncIterator[Transcript],
    codebook: Codebook,
    *,
    cases: bool = True,
    language: str,
    at: datetime,
    codings: Callable[[Transcript], Awaitable[Sequence[ManualCoding]]] | None = None,
    order: Sequence[str] = (),
) -> Written:
    """Write the project from a stream, one transcript in memory at a time; see ``open_project``.

    ``codings`` gives what people coded in a transcript.
    """
    with open_project(folder, codebook, language=language, at=at, cases=cases, order=order) as project:
        async for transcript in transcripts:
            project.add(transcript, await codings(transcript) if codings is not None else ())
    return project.written


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DAY_ONE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # the same on every system
    info.external_attr = 0o600 << 16
    return info
