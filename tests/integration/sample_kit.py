"""Invented weeks in a database of their own, read back as an export reads them."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.organisation import Organisation
from bot.practice_sample import Filled, fill
from bot.service.reading import Purpose, ReadReflection, read
from bot.service.reading_answers import ReadAnswer
from bot.service.tools import Tools
from bot.workdays import danish_holidays
from prompts import load_guide
from storage.database import Database
from storage.keys import Key
from tests.integration import engines

UNTIL = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # Monday 7.00 in Copenhagen; the newest full week is 2026-W47
NEWEST = (2026, 47)
ZONE = ZoneInfo("Europe/Copenhagen")
TOOLS = Tools(load_guide(), Organisation(), danish_holidays)
KEY = Key(bytes(range(32)))
Week = tuple[int, int]


@dataclass(frozen=True)
class Sample:
    """``records``: every debrief, changed answers too. ``rows``: what the queries of ``asked`` found, by their name."""

    filled: Filled
    records: tuple[ReadReflection, ...]
    rows: dict[str, list[dict[str, Any]]]

    def of(self, week: Week, team: str = "Øvelsesteamet") -> list[ReadReflection]:
        """The debriefs begun in this ISO week."""
        return [one for one in self.records if one.team == team and week_of(one.started_at) == week]

    def values(self, week: Week, question: str, team: str = "Øvelsesteamet") -> Counter[Any]:
        """What was answered to this question in the week, as it stands now."""
        found: Counter[Any] = Counter()
        for record in self.of(week, team):
            for answer in standing(record, question):
                found.update(answer.value if isinstance(answer.value, list) else [answer.value])
        return found

    def mentors(self, week: Week, question: str) -> set[str]:
        """Who answered it."""
        return {record.mentor for record in self.of(week) if standing(record, question)}


def week_of(at: datetime) -> Week:
    """The ISO week of a moment, on Danish clocks."""
    year, number, _ = at.astimezone(ZONE).isocalendar()
    return year, number


def weeks_back(week: Week, count: int) -> Week:
    """The week so many weeks before."""
    year, number, _ = date.fromordinal(date.fromisocalendar(*week, 1).toordinal() - 7 * count).isocalendar()
    return year, number


def standing(record: ReadReflection, question: str) -> list[ReadAnswer]:
    """The answer that counts, unless it was skipped or nobody gave it."""
    return [
        one
        for one in record.answers
        if one.question_id == question and one.superseded_at is None and not one.skipped and not one.assumed
    ]


ASKED = {
    "waiting": "SELECT kind, status FROM reminders WHERE status IN ('pending', 'claimed') AND send_at <= ?",
    "soon": "SELECT p.name FROM reminders AS r JOIN people AS p ON p.id = r.person_id"
    " WHERE r.status = 'pending' AND substr(r.send_at, 1, 10) <= substr(?, 1, 10)",
    "orphans": "SELECT r.id FROM reminders AS r JOIN followups AS f ON f.id = r.followup_id"
    " WHERE f.status <> 'open' AND r.kind <> 'overdue' AND r.status IN ('pending', 'claimed', 'sent')",
    "threads": "SELECT t.*, c.pseudonym, m.name FROM contact_threads AS t JOIN citizens AS c ON c.id = t.citizen_id"
    " JOIN people AS m ON m.id = t.mentor_id ORDER BY t.opened_at",
    "attempts": "SELECT a.*, c.pseudonym FROM contact_attempts AS a JOIN citizens AS c ON c.id = a.citizen_id",
    "followups": "SELECT kind, status, due_at FROM followups",
    "people": "SELECT p.telegram_id, p.name, p.role, t.name AS team FROM people AS p JOIN teams AS t"
    " ON t.id = p.team_id ORDER BY p.telegram_id",
    "consents": "SELECT person_id, kind FROM consents WHERE given = 1",
    "citizens": "SELECT c.pseudonym, t.name AS team FROM citizens AS c JOIN teams AS t ON t.id = c.team_id",
    "texts": "SELECT text FROM answers WHERE text IS NOT NULL UNION SELECT text FROM followups WHERE text IS NOT NULL"
    " UNION SELECT text FROM next_time_notes UNION SELECT pseudonym FROM citizens",
    "notes": "SELECT text FROM next_time_notes",
    "taken": "SELECT remark FROM supervision_taken",
    "open": "SELECT id FROM reflections WHERE status IN ('open', 'aside')",
    "inbox": "SELECT seq FROM inbox",
    "outbox": "SELECT seq FROM outbox",
    "chat": "SELECT message_id FROM chat_messages",
    "asked": "SELECT page FROM asked",
}


def sampled(folder: Path, until: datetime = UNTIL, **size: int) -> Sample:
    """Fill a fresh database in this folder, made at need, and read it back."""
    folder.mkdir(parents=True, exist_ok=True)
    return asyncio.run(_sampled(folder, until, **size))


async def opened(folder: Path) -> Database:
    """An empty database."""
    return await engines.open_database(folder, KEY)


async def _sampled(folder: Path, until: datetime, **size: int) -> Sample:
    db = await opened(folder)
    try:
        filled = await fill(db, TOOLS, until=until, **size)
        stamp = f"{until:%Y-%m-%dT%H:%M:%S.%fZ}"
        async with db.snapshot() as snapshot:
            records = [one async for one in read(snapshot, Purpose.RECORD, revisions=True)]
            rows = {}
            for name, sql in ASKED.items():
                rows[name] = [dict(row) for row in await snapshot.all(sql, *[stamp] * sql.count("?"))]
    finally:
        await db.close()
    return Sample(filled, tuple(records), rows)


def content(records: Sequence[ReadReflection]) -> str:
    """A hash over all that was said, without ids and without the times at which it was written."""
    return hashlib.sha256(json.dumps([_said(one) for one in records], default=str).encode()).hexdigest()


def _said(record: ReadReflection) -> list[Any]:
    return [
        record.mentor, record.citizen, record.team, record.guide, record.length, record.status, record.minutes_used,
        week_of(record.started_at),
        [
            [one.question_id, one.value if one.kind != "when" else None, one.text, one.revision, one.skipped,
             one.assumed, one.shared, one.superseded_at is None]
            for one in record.answers
        ],
    ]  # fmt: skip
