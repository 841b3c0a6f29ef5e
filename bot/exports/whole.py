"""A whole export: all that was asked for, from one pass over the reflections, one of them in memory at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import local
from bot.dialogue.guide import Kind
from bot.exports.manual import ManualCoding
from bot.exports.transcript import Dates, Transcript, transcript_of
from bot.service.reading import GuideMissingError, Left, Purpose, ReadReflection, read
from bot.service.reading_answers import ReadAnswer
from prompts import Codebook, LoadedGuide, Wording
from storage import guides, people
from storage.database import Snapshot
from storage.reflections import Reflection

MADE = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands wherever a format wants to know when it was made: the same data give the same bytes on any day."""


class Form(StrEnum):
    """What an export can be made of."""

    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"
    QDPX = "qdpx"
    TRANSCRIPTS = "transcripts"


ALL = frozenset(Form)
Codings: TypeAlias = Callable[[Transcript], Awaitable[Sequence[ManualCoding]]]
"""Gives what people coded in a transcript."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be exported, and how.

    ``dates`` None: exact in the JSON Lines of purpose RECORD, to the day everywhere else. ``first``, ``last``: days of
    ``zone`` (IANA) on which a debrief was begun, both included. ``team``: its name; ``guide``: its id. ``separator``:
    "," or ";", of the CSV tables.
    """

    purpose: Purpose = Purpose.CODING
    dates: Dates | None = None
    language: str = "da"
    zone: str = "Europe/Copenhagen"
    first: date | None = None
    last: date | None = None
    team: str | None = None
    guide: str | None = None
    cases: bool = True
    revisions: bool = False
    forms: frozenset[Form] = ALL
    separator: str = ","

    @property
    def fine(self) -> Dates:
        """How finely times are told wherever they are not exact."""
        return self.dates or Dates.DAY

    @property
    def exact(self) -> bool:
        """Whether the JSON Lines may have exact times and the reflections' own ids."""
        return self.purpose is Purpose.RECORD and self.dates is None


class WishError(Exception):
    """There is no such team or guide; the text is one sentence that says which there are."""


@dataclass
class Result:
    """What an export holds. ``first``, ``last``: the first and last day told in it, None where days are not told.
    ``left_out``: reflections whose mentors did not agree to coding; ``codings_left_out``: of answers that changed
    since; ``rows_left_out``: of the workbook."""

    reflections: int = 0
    answers: int = 0
    left_out: int = 0
    codings: int = 0
    codings_left_out: int = 0
    rows_left_out: int = 0
    first: date | None = None
    last: date | None = None

    def met(self, transcript: Transcript) -> None:
        """Count one more."""
        self.reflections += 1
        self.answers += len(transcript.reflection.answers)
        if transcript.day is not None:
            self.first = min(self.first or transcript.day, transcript.day)
            self.last = max(self.last or transcript.day, transcript.day)


@dataclass(frozen=True, slots=True)
class Told:
    """One reflection on its way into every file. ``name``: how it is called there; ``reflection``: as it was read."""

    name: str
    reflection: ReadReflection
    transcript: Transcript
    wording: Wording
    codings: Sequence[ManualCoding] = ()


Sink: TypeAlias = Callable[[Told], None]


@dataclass(frozen=True)
class Setting:
    """What every file of an export needs to know. ``guides``: all that may come, by hash; ``order``: the question ids
    of each."""

    folder: Path
    wish: Wish
    codebook: Codebook
    guides: Mapping[str, LoadedGuide]
    result: Result
    order: Mapping[str, Sequence[str]] = field(default_factory=dict)


async def write_whole(
    folder: Path,
    snapshot: Snapshot,
    wish: Wish,
    codebook: Codebook,
    *,
    codings: Codings | None = None,
    seen: Callable[[int], None] = lambda _count: None,
) -> Result:
    """Write everything that ``wish`` asks for into ``folder``, README.md too.

    ``seen`` is told now and then how many stored debriefs were looked at. Raises WishError, GuideMissingError,
    StorageError, OSError.
    """
    from bot.exports.whole_files import finish, open_sinks

    left = Left()
    setting = await _setting(folder, snapshot, wish, codebook)
    with ExitStack() as stack:
        sinks = open_sinks(stack, setting)
        async for told in _told(snapshot, setting, left, codings):
            setting.result.met(told.transcript)
            for sink in sinks:
                sink(told)
            if setting.result.reflections % 25 == 0:
                seen(left.seen)
    setting.result.left_out = left.out
    seen(left.seen)
    finish(setting)
    return setting.result


async def _setting(folder: Path, snapshot: Snapshot, wish: Wish, codebook: Codebook) -> Setting:
    found: dict[str, LoadedGuide] = {}
    for hash, content in (await guides.kept(snapshot)).items():
        try:
            found[hash] = LoadedGuide.from_json(content)
        except ValueError:
            raise GuideMissingError(
                f"The guide {hash[:12]} that was answered cannot be read from the database; "
                "restore a backup, or report this mistake."
            ) from None
    if wish.guide is not None:
        found = {hash: loaded for hash, loaded in found.items() if loaded.guide.id == wish.guide}
        if not found:
            raise WishError(f"Nobody has answered a guide called {wish.guide}; leave --guide out, or correct it.")
    order = {hash: [question.id for question in loaded.guide.questions] for hash, loaded in found.items()}
    return Setting(folder, wish, codebook, found, Result(), order)


async def _told(snapshot: Snapshot, setting: Setting, left: Left, codings: Codings | None) -> AsyncIterator[Told]:
    """Every reflection that is wanted, as it may be told."""
    wish = setting.wish
    wanted = await _wanted(snapshot, wish)
    async for reflection in read(snapshot, wish.purpose, revisions=wish.revisions, left=left, wanted=wanted):
        loaded = setting.guides.get(reflection.guide_hash)
        if loaded is None:
            raise GuideMissingError(
                f"The guide {reflection.guide_hash[:12]} that was answered is not in the database; "
                "restore a backup, or report this mistake."
            )
        wording = loaded.wording.get(wish.language) or next(iter(loaded.wording.values()))
        shown = reflection if wish.exact else without_typed_times(reflection)
        order = setting.order[reflection.guide_hash]
        transcript = transcript_of(shown, wording, dates=wish.fine, zone=wish.zone, order=order)
        name = reflection.reflection_id if wish.exact else transcript.reference
        coded = await codings(transcript) if codings is not None else ()
        yield Told(name, shown, transcript, wording, coded)


async def _wanted(snapshot: Snapshot, wish: Wish) -> Callable[[Reflection], bool]:
    team_id: str | None = None
    if wish.team is not None:
        teams = {team.name: team.id for team in await people.teams(snapshot)}
        if wish.team not in teams:
            raise WishError(f"There is no team called {wish.team}; the teams are: {', '.join(teams) or 'none'}.")
        team_id = teams[wish.team]
    zone = ZoneInfo(wish.zone)

    def wanted(reflection: Reflection) -> bool:
        if team_id is not None and reflection.team_id != team_id:
            return False
        if wish.guide is not None and reflection.guide != wish.guide:
            return False
        if wish.first is None and wish.last is None:
            return True
        day = local(reflection.started_at, zone).date()
        return (wish.first is None or wish.first <= day) and (wish.last is None or day <= wish.last)

    return wanted


def without_typed_times(reflection: ReadReflection) -> ReadReflection:
    """The reflection without what was typed as the date beside a choice ("på fredag kl. 10"): it is finer than any
    export may tell. What a mentor wrote in a text of their own stays as it is."""
    if not any(_typed_time(answer) for answer in reflection.answers):
        return reflection
    given = [replace(answer, text=None) if _typed_time(answer) else answer for answer in reflection.answers]
    return replace(reflection, answers=tuple(given))


def _typed_time(answer: ReadAnswer) -> bool:
    if not answer.text:
        return False
    return answer.kind == Kind.WHEN or (answer.kind == Kind.ONE and bool((answer.detail or {}).get("at")))
