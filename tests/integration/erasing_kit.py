"""A database in which every table has something of everybody: invented weeks, and by hand what they leave out."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from bot.practice_sample import fill
from storage.database import Transaction
from storage.ids import new_id
from storage.sqlite_connect import connect
from storage.times import stamp
from tests.integration.sample_kit import KEY, TOOLS, UNTIL, opened

Cell = Any
Rows = dict[str, list[dict[str, Cell]]]
NOW = stamp(UNTIL)
LINKS = ("people", "citizens", "reflections")
_numbers = count(5_000_001)


@dataclass(frozen=True)
class Column:
    """A foreign key: ``table.name`` names a row of ``of``."""

    table: str
    name: str
    of: str


def filled(folder: Path) -> Path:
    """A folder with the full database."""
    folder.mkdir(parents=True)

    async def go() -> None:
        db = await opened(folder)
        await fill(db, TOOLS, until=UNTIL, weeks=2, mentors=3)
        async with db.transaction() as tx:
            await more(tx)
        await db.close()

    asyncio.run(go())
    return folder


def again(full: Path, folder: Path) -> Path:
    """A copy of it, to be spoilt."""
    shutil.copytree(full, folder)
    return folder


def do(folder: Path, work: Callable[[Transaction], Awaitable[object]]) -> None:
    """Something in one transaction."""

    async def go() -> None:
        db = await opened(folder)
        async with db.transaction() as tx:
            await work(tx)
        await db.close()

    asyncio.run(go())


def rows(folder: Path) -> Rows:
    """Everything stored, by table."""
    connection = connect(folder / "e.db", KEY)
    try:
        found: Rows = {}
        for table in _tables(connection):
            cursor = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - its own names
            names = [one[0] for one in cursor.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return found
    finally:
        connection.close()


def links(folder: Path) -> list[Column]:
    """Every foreign key of the schema, as the database itself tells it."""
    connection = connect(folder / "e.db", KEY)
    try:
        return [
            Column(table, one[3], one[2])
            for table in _tables(connection)
            for one in connection.execute(f'PRAGMA foreign_key_list("{table}")').fetchall()
        ]
    finally:
        connection.close()


def broken_links(folder: Path) -> int:
    """How many rows name a row that is not there."""
    connection = connect(folder / "e.db", KEY)
    try:
        return len(connection.execute("PRAGMA foreign_key_check").fetchall())
    finally:
        connection.close()


def _tables(connection: Any) -> list[str]:
    return [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]


def hanging(before: Rows, known: Sequence[Column], table: str, ids: Iterable[str], stops: set[str]) -> set[int]:
    """Identities of all rows that name one of these, or a row that does, and so on. ``stops``: "table.column" that may
    name them without going along."""
    found: set[int] = set()
    waiting = [(table, row) for row in before[table] if row.get("id") in set(ids)]
    while waiting:
        at, row = waiting.pop()
        if id(row) in found:
            continue
        found.add(id(row))
        for one in known:
            # A key of several columns names its row by the debrief, which is followed anyway.
            if one.of == at and "id" in row and f"{one.table}.{one.name}" not in stops:
                waiting += [(one.table, other) for other in before[one.table] if other[one.name] == row["id"]]
    return found


async def _add(tx: Transaction, table: str, **values: Cell) -> None:
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    tx.write(f"INSERT INTO {table} ({names}) VALUES ({marks})", *values.values())  # noqa: S608 - our own names


async def more(tx: Transaction) -> None:
    """By hand what invented weeks leave out: something of everybody in every table."""
    everybody = await tx.all("SELECT id, name, chat_id, telegram_id, role FROM people ORDER BY name")
    lead = next(one for one in everybody if one["role"] == "lead")
    for person in everybody:
        await _own(tx, dict(person))
        await _chat(tx, dict(person))
    for person in everybody:
        if person["role"] == "mentor":
            await _supervised(tx, person["id"], lead["id"])
            await _noted(tx, person["id"], lead["id"])
    await _was_about_another(tx)


async def _own(tx: Transaction, person: dict[str, Cell]) -> None:
    me, name = person["id"], person["name"]
    invite = new_id(UNTIL)
    await _add(tx, "invites", id=invite, code_hash=invite, role="mentor", name=name, created_at=NOW, expires_at=NOW,
               used_at=NOW, used_by=me)  # fmt: skip
    await _add(tx, "invites", id=new_id(UNTIL), code_hash=f"earlier {me}", role="mentor", name=name, created_at=NOW,
               expires_at=NOW)  # fmt: skip
    await _add(tx, "enrolments", chat_id=next(_numbers), telegram_id=next(_numbers), invite_id=invite, stage="read",
               language="da", updated_at=NOW)  # fmt: skip
    await _add(tx, "person_hours", person_id=me, weekdays="01234", opens="08:00", closes="15:00", updated_at=NOW)
    await _add(tx, "away", id=new_id(UNTIL), person_id=me, from_day="2027-01-01", until_day="2027-01-02",
               created_at=NOW)  # fmt: skip
    await _add(tx, "guard_names", id=new_id(UNTIL), person_id=me, name=f"Gadenavn {name}", name_key=f"gade {me}",
               added_at=NOW)  # fmt: skip
    await _add(tx, "guard_names", id=new_id(UNTIL), person_id=me, name="b22", name_key="b22", added_at=NOW)
    await _add(tx, "retention_told", person_id=me, run_on="2027-01-01", days=30, told_at=NOW)
    await _add(tx, "my_data_asked", person_id=me, asked_at=NOW)
    await _add(tx, "weekly_sent", person_id=me, week="2026-W46", sent_at=NOW, late=0)
    await _add(tx, "weekly_wanted", person_id=me, wanted=1, since=NOW)
    await _add(tx, "week_files", id=new_id(UNTIL), person_id=me, week="2026-W46", kind="report", asked_at=NOW)
    await _add(tx, "consents", id=new_id(UNTIL), person_id=me, kind="use", given=1, at=NOW)


async def _chat(tx: Transaction, person: dict[str, Cell]) -> None:
    """Messages come and gone, waiting and put aside. What waits names one of the person's own debriefs or citizens."""
    me, chat = person["id"], person["chat_id"]
    debrief = await tx.one("SELECT id, token, citizen_id FROM reflections WHERE mentor_id = ?", me)
    about = dict(debrief) if debrief is not None else {"id": None, "token": "", "citizen_id": ""}
    asked = f"n:{about['citizen_id']}" if about["citizen_id"] else "away"
    await _add(tx, "asked", person_id=me, page="citizens", what=asked, at=NOW)
    for number in range(3):
        await _add(tx, "chat_messages", chat_id=chat, message_id=900 + number, reflection_id=about["id"],
                   typed_at=NOW, remove_at=NOW if number else None)  # fmt: skip
    for status in ("pending", "done", "dead"):
        payload = None if status == "done" else json.dumps({"text": f"Indbakke fra {me}"})
        await _add(tx, "inbox", update_id=next(_numbers), payload_hash=status, chat_id=chat, payload=payload,
                   received_at=NOW, status=status)  # fmt: skip
    name = await tx.one("SELECT pseudonym FROM citizens WHERE id = ?", about["citizen_id"])
    said = name["pseudonym"] if name is not None else "Ingen"
    waiting: tuple[tuple[str, str | None, Cell], ...] = (
        ("send", None, {"text": f"Udbakke til {me}"}),
        ("send", None, {"text": f"Om <b>{said}</b>."}),
        ("card", "page:reach", {"text": "Kort", "buttons": [[{"data": f"p:citizens:c:{about['citizen_id']}"}]]}),
        ("card", "page:help", {"text": "Hjælp", "buttons": [[{"text": "Luk", "data": "p:help:x:"}]]}),
        ("delete", None, [901]),
    )
    for kind, card, payload in waiting:
        await _add(tx, "outbox", chat_id=chat, kind=kind, card=card, payload=json.dumps(payload), created_at=NOW,
                   status="pending")  # fmt: skip
    await _add(tx, "outbox", chat_id=chat, kind="send", created_at=NOW, status="sent")
    for card in (f"debrief:{about['id']}", "page:week", "page:help"):
        await _add(tx, "cards", chat_id=chat, card=card, message_id=next(_numbers), shown_at=NOW)
    await _add(tx, "strangers", chat_id=chat, told_at=NOW)
    await _add(tx, "invite_tries", chat_id=chat, at=NOW)


async def _supervised(tx: Transaction, mentor: str, lead: str) -> None:
    """A lead read what was shared, took a wish up with a remark, spoke about something unsafe; answers were coded."""
    debriefs = await tx.all(
        "SELECT id FROM reflections WHERE mentor_id = ? AND finished_at IS NOT NULL AND citizen_id IS NOT NULL"
        " ORDER BY id LIMIT 3",
        mentor,
    )
    batch = new_id(UNTIL)
    await _add(tx, "coding_imports", id=batch, file_hash="0" * 64, kind="csv", imported_at=NOW)
    for one in debriefs:
        share = new_id(UNTIL)
        await _add(tx, "shares", id=share, reflection_id=one["id"], question_id="invented", shared_at=NOW)
        await _add(tx, "supervision_reads", reader_id=lead, share_id=share, first_at=NOW, last_at=NOW)
        tx.write(
            "INSERT INTO supervision_notices (reflection_id, lead_id, told_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            one["id"], lead, NOW,
        )  # fmt: skip
        await _add(tx, "safety_spoken", id=new_id(UNTIL), reflection_id=one["id"], lead_id=lead, marked_at=NOW)
        for answer in await tx.all("SELECT * FROM answers WHERE reflection_id = ? LIMIT 2", one["id"]):
            await _add(tx, "codings", id=new_id(UNTIL), import_id=batch, reflection_id=one["id"],
                       question_id=answer["question_id"], revision=answer["revision"], code="a", coder="Kodekilde",
                       coded_at=NOW, condensation=f"Kondensat {mentor}")  # fmt: skip
        remark = f"Bemærkning fra {lead} til {mentor}"
        await _add(tx, "supervision_taken", id=new_id(UNTIL), reflection_id=one["id"], wish_id=answer["id"],
                   lead_id=lead, day="2026-11-20", remark=remark, marked_at=NOW)  # fmt: skip


async def _noted(tx: Transaction, mentor: str, lead: str) -> None:
    """Something confided to nobody but oneself, and a call for the lead about a citizen."""
    thread = await tx.one("SELECT id, citizen_id, team_id FROM contact_threads WHERE mentor_id = ?", mentor)
    if thread is None:
        return
    await _add(tx, "next_time_notes", id=new_id(UNTIL), citizen_id=thread["citizen_id"], thread_id=thread["id"],
               mentor_id=mentor, text=f"Næste gang {mentor}", written_at=NOW)  # fmt: skip
    call = new_id(UNTIL)
    await _add(tx, "lead_calls", id=call, mentor_id=mentor, team_id=thread["team_id"], kind="citizen",
               citizen_id=thread["citizen_id"], asked_at=NOW, seen_by=lead, seen_at=NOW)  # fmt: skip
    await _add(tx, "lead_call_leads", call_id=call, lead_id=lead)
    await _add(tx, "reminders", id=new_id(UNTIL), person_id=lead, thread_id=thread["id"], kind="overdue",
               series_key=f"overdue:2:{mentor}:{thread['id']}:{lead}", due_at=NOW, status="sent", send_at=NOW,
               created_at=NOW)  # fmt: skip


async def _was_about_another(tx: Transaction) -> None:
    """Each mentor has a debrief that was about another of their citizens first, and a search that found that one."""
    for row in await tx.all(
        "SELECT min(r.id) AS id, r.mentor_id FROM reflections AS r WHERE r.citizen_id IS NOT NULL GROUP BY r.mentor_id"
    ):
        stands = (await tx.all("SELECT citizen_id, state FROM reflections WHERE id = ?", row["id"]))[0]
        other = await tx.one(
            "SELECT id, pseudonym FROM citizens WHERE mentor_id = ? AND id <> ?", row["mentor_id"], stands["citizen_id"]
        )
        now = await tx.one(
            "SELECT * FROM answers WHERE reflection_id = ? AND question_id = 'citizen' ORDER BY revision DESC LIMIT 1",
            row["id"],
        )
        assert other is not None and now is not None
        old = dict(now) | {
            "id": new_id(UNTIL), "revision": now["revision"] + 1, "superseded_at": NOW, "superseded_by": now["id"],
            "value": json.dumps({"value": other["id"]}), "message_id": None,
        }  # fmt: skip
        await _add(tx, "answers", **old)
        state = json.loads(stands["state"])
        state["draft"]["found"] = [[other["id"], other["pseudonym"]]]
        tx.write("UPDATE reflections SET state = ? WHERE id = ?", json.dumps(state), row["id"])
