"""``eftertanke erase``: everything about a mentor or a citizen, for good. It says first what that is, and asks."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

import typer

from bot.app import build_renderer, build_tools
from bot.commands.erase_words import lines_after, lines_before
from bot.commands.people_leave import clock, empty_menu
from bot.commands.shared import CommandError, console, opened, settings_of_environment
from bot.commands.typed_name import typed_name
from bot.organisation import Organisation, load_organisation
from bot.service import erasing
from bot.service.erasing import Subject
from bot.service.tools import keep_guide
from bot.settings import Settings
from bot.telegram.queueing import queue
from storage import citizens, erasing_find, erasure_register, rewriting, wiping
from storage.citizens import Citizen
from storage.database import Transaction
from storage.erasure_register import Entry
from storage.people import Person

_LOG_SECONDS = 10.0


@dataclass(frozen=True)
class _Asked:
    mentor: str | None
    citizen: str | None
    team: str | None


@dataclass(frozen=True)
class _Done:
    """``log_empty``: nothing of it is in the write-ahead log; ``copies``: old copies of the database removed."""

    subject: Subject
    backups_until: date
    log_empty: bool
    copies: int


class _Listed:
    """The list of erasures in its files."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        self._files = files
        self._added: Entry | None = None

    def add(self, entry: Entry) -> None:
        """Raises CommandError: then nothing may be erased."""
        try:
            erasure_register.append(self._files, entry)
        except OSError as error:
            folders = " and ".join(str(one.parent) for one in self._files)
            raise CommandError(
                f"Nothing was erased: the list of erasures cannot be written ({error.strerror}); "
                f"give access to {folders}."
            ) from error
        self._added = entry

    def take_back(self) -> None:
        """The transaction was not committed."""
        if self._added is not None:
            erasure_register.take_back(self._files, self._added)


def erase(*, mentor: str | None, citizen: str | None, team: str | None, yes: bool, as_json: bool) -> None:
    """Erase one person or one citizen. Raises CommandError, SettingsError, StorageError."""
    asked = _Asked(mentor, citizen, team)
    if (mentor is None) == (citizen is None):
        raise CommandError("Erase whom? Give either --mentor NAME or --citizen PSEUDONYM.", 2)
    if mentor is not None and team is not None:
        raise CommandError("--team is for citizens; of two people with one name give the id.", 2)
    if as_json and not yes:
        raise CommandError("With --json nothing is asked; add --yes.", 2)
    settings = settings_of_environment()
    organisation = load_organisation(settings.organisation, must_exist=settings.organisation_named)
    subject = asyncio.run(_look(settings, asked))
    now = clock(settings)()
    until = erasing.gone_on(now, organisation.backup, settings.timezone)
    if not as_json:
        for line in lines_before(subject, until):
            console().print(line)
    if not yes and typer.prompt("Type the name to erase it, or anything else to leave it") != subject.name:
        raise CommandError("Nothing was erased.")
    done = asyncio.run(_erase(settings, organisation, subject, until, now))
    if as_json:
        console().print(json.dumps(_told(done), ensure_ascii=False, indent=2))
        return
    for line in lines_after(done.subject, log_empty=done.log_empty, copies=done.copies):
        console().print(line)


async def _look(settings: Settings, asked: _Asked) -> Subject:
    async with opened(settings) as db, db.transaction() as tx:
        subject = await erasing.look(tx, await _found(tx, asked))
        _refuse(subject)
        return subject


async def _found(tx: Transaction, asked: _Asked) -> Person | Citizen:
    if asked.mentor is not None:
        return await _person(tx, asked.mentor)
    wanted = typed_name(asked.citizen or "", "The pseudonym")
    found = await erasing_find.citizens_named(tx, wanted, asked.team)
    if not found:
        where = f" in {asked.team}" if asked.team else ""
        raise CommandError(f"There is no citizen {wanted}{where}; write the pseudonym as the mentor does.")
    if len(found) > 1:
        raise CommandError(f"{len(found)} teams have a citizen {wanted}; say whose with --team.", 2)
    return found[0]


async def _person(tx: Transaction, name: str) -> Person:
    wanted = typed_name(name, "The name")
    found = await erasing_find.people_named(tx, wanted)
    if not found:
        raise CommandError(f"Nobody is called {wanted}; `eftertanke people` shows who there is.")
    if len(found) > 1:
        raise CommandError(
            f"There are {len(found)} called {wanted}; give the id that `eftertanke people --json` shows."
        )
    return found[0]


def _refuse(subject: Subject) -> None:
    if isinstance(subject.about, Person) and subject.about.left_at is None and subject.active:
        have = "1 active citizen" if len(subject.active) == 1 else f"{len(subject.active)} active citizens"
        raise CommandError(
            f"{subject.name} has {have}; hand them over first: eftertanke people leave {subject.id} --citizens-to NAME."
        )


async def _erase(settings: Settings, organisation: Organisation, subject: Subject, until: date, now: datetime) -> _Done:
    tools, renderer = build_tools(settings, organisation), build_renderer(settings, organisation)
    listed = _Listed(erasure_register.paths(settings.database, settings.backups))
    async with opened(settings) as db:
        try:
            async with db.transaction() as tx:
                about = await _again(tx, subject)
                fresh = await erasing.look(tx, about)
                _refuse(fresh)
                keep_guide(tx, tools, now)
                queue(tx, renderer, await erasing.erase(tx, tools, about, now, listed.add), now)
        except BaseException:
            listed.take_back()
            raise
        empty = await rewriting.settle(db, _LOG_SECONDS)
    copies = wiping.drop_copies(settings.database)
    if isinstance(about, Person):
        await empty_menu(settings, about.chat_id)
    return _Done(fresh, until, empty, copies)


async def _again(tx: Transaction, subject: Subject) -> Person | Citizen:
    """As it is now: the bot may have gone on while the operator read."""
    if isinstance(subject.about, Person):
        return await _person(tx, subject.id)
    found = await citizens.get(tx, subject.id)
    if found is None:
        raise CommandError("It is gone already.")
    return found


def _told(done: _Done) -> dict[str, object]:
    return {
        "kind": "mentor" if isinstance(done.subject.about, Person) else "citizen",
        "id": done.subject.id,
        "counts": asdict(done.subject.counts),
        "citizens_without_mentor": len(done.subject.active),
        "team_without_lead": done.subject.leaderless,
        "backups_until": done.backups_until.isoformat(),
        "log_empty": done.log_empty,
        "old_copies_removed": done.copies,
    }
