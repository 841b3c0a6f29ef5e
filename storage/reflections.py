"""Debriefs: whose, about whom, under which guide, and where the dialogue stands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from storage.answers import STANDING, Standing, standing_of
from storage.database import Reader, Row, Snapshot, Transaction
from storage.people import Person, person_of
from storage.sealing import sealed
from storage.times import moment, moment_or_none, stamp, stamp_or_none


@dataclass(frozen=True, slots=True)
class Known:
    """What a turn learns of its open debrief along with it: its current ``answers``, the ``pseudonym`` of its citizen,
    ``shown``, the chat message that shows its card, and ``asked``: whether a page has asked for what is typed next."""

    answers: tuple[Standing, ...]
    pseudonym: str | None
    shown: int | None
    asked: bool


@dataclass(frozen=True, slots=True)
class Reflection:
    """One debrief. ``token``: its short name in buttons. ``state``: JSON, without the answers. Times in UTC.

    ``status`` and ``length`` are the words of the dialogue (``Status``, ``Length``).
    """

    id: str
    token: str
    mentor_id: str
    team_id: str | None
    citizen_id: str | None
    guide: str
    guide_version: int
    guide_hash: str
    length: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    touched_at: datetime
    nudged_at: datetime | None
    state: str
    known: Known | None = field(default=None, compare=False, repr=False)
    """As it was when the turn began; None when the debrief was looked up in another way."""


def _reflection(row: Row, prefix: str = "", known: Known | None = None) -> Reflection:
    return Reflection(
        id=row[prefix + "id"],
        token=row["token"],
        mentor_id=row["mentor_id"],
        team_id=row[prefix + "team_id"],
        citizen_id=row["citizen_id"],
        guide=row["guide"],
        guide_version=row["guide_version"],
        guide_hash=row["guide_hash"],
        length=row["length"],
        status=row["status"],
        started_at=moment(row["started_at"]),
        finished_at=moment_or_none(row["finished_at"]),
        touched_at=moment(row["touched_at"]),
        nudged_at=moment_or_none(row["nudged_at"]),
        state=row["state"],
        known=known,
    )


async def turn_context(tx: Reader, chat_id: int) -> tuple[Person | None, Reflection | None]:
    """Who talks in this chat, and their open debrief: what every turn begins with, asked in one go."""
    found, given = await tx.several((_TALKING, chat_id), (_ANSWERED, chat_id))
    if not found:
        return None, None
    row = found[0]
    if row["reflection_id"] is None:
        return person_of(row), None
    known = Known(tuple(map(standing_of, given)), row["pseudonym"], row["shown"], bool(row["is_asked"]))
    return person_of(row), _reflection(row, "reflection_", known)


async def look_ahead(tx: Transaction, chat_ids: Sequence[int]) -> None:
    """Ask in one go what ``turn_context`` will ask for each of these chats in this transaction."""
    await tx.ahead(*((sql, chat_id) for chat_id in chat_ids for sql in (_TALKING, _ANSWERED)))


_TALKING = (
    "SELECT p.*, r.id AS reflection_id, r.token, r.mentor_id, r.team_id AS reflection_team_id, r.citizen_id,"
    " r.guide, r.guide_version, r.guide_hash, r.length, r.status, r.started_at, r.finished_at, r.touched_at,"
    " r.nudged_at, r.state, z.pseudonym, c.message_id AS shown,"
    " EXISTS (SELECT 1 FROM asked AS q WHERE q.person_id = p.id) AS is_asked"
    " FROM people AS p LEFT JOIN reflections AS r ON r.mentor_id = p.id AND r.status = 'open'"
    " LEFT JOIN citizens AS z ON z.id = r.citizen_id"
    " LEFT JOIN cards AS c ON c.chat_id = p.chat_id AND c.card = 'debrief:' || r.id"
    " WHERE p.chat_id = ?"
)
_ANSWERED = (
    f"SELECT {STANDING} FROM people AS p JOIN reflections AS r ON r.mentor_id = p.id AND r.status = 'open'"  # noqa: S608 - a constant
    " JOIN answers AS a ON a.reflection_id = r.id AND a.superseded_at IS NULL"
    " WHERE p.chat_id = ? ORDER BY a.id"
)


async def get(tx: Reader, reflection_id: str) -> Reflection | None:
    """The debrief with this id."""
    row = await tx.one("SELECT * FROM reflections WHERE id = ?", reflection_id)
    return None if row is None else _reflection(row)


async def by_token(tx: Reader, token: str) -> Reflection | None:
    """The debrief of a button. The caller checks whose it is: a button can be forwarded."""
    row = await tx.one("SELECT * FROM reflections WHERE token = ?", token)
    return None if row is None else _reflection(row)


async def open_of(tx: Reader, mentor_id: str) -> Reflection | None:
    """The mentor's open debrief; there is at most one."""
    row = await tx.one("SELECT * FROM reflections WHERE mentor_id = ? AND status = 'open'", mentor_id)
    return None if row is None else _reflection(row)


async def aside_of(tx: Reader, mentor_id: str) -> list[Reflection]:
    """The debriefs the mentor set aside, the newest first."""
    rows = await tx.all(
        "SELECT * FROM reflections WHERE mentor_id = ? AND status = 'aside' ORDER BY started_at DESC, id DESC",
        mentor_id,
    )
    return [_reflection(row) for row in rows]


async def quiet_since(tx: Reader, before: datetime) -> list[Reflection]:
    """Open debriefs and those set aside that nobody touched since ``before``, the quietest first."""
    rows = await tx.all(
        "SELECT * FROM reflections WHERE status IN ('open', 'aside') AND touched_at < ? ORDER BY touched_at, id",
        stamp(before),
    )
    return [_reflection(row) for row in rows]


async def stream(snapshot: Snapshot) -> AsyncIterator[Reflection]:
    """Every debrief ever begun, by id: the order in which ``answers.stream`` gives its answers."""
    async for row in snapshot.rows("SELECT * FROM reflections ORDER BY id"):
        yield _reflection(row)


def add(tx: Transaction, made: Reflection) -> None:
    """Begin a debrief (queued). The transaction fails with Conflict when the mentor has an open one."""
    tx.write(
        "INSERT INTO reflections (id, token, mentor_id, team_id, citizen_id, guide, guide_version, guide_hash, length,"
        " status, started_at, finished_at, touched_at, nudged_at, state, met_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        made.id,
        made.token,
        made.mentor_id,
        made.team_id,
        made.citizen_id,
        made.guide,
        made.guide_version,
        made.guide_hash,
        made.length,
        made.status,
        stamp(made.started_at),
        stamp_or_none(made.finished_at),
        stamp(made.touched_at),
        stamp_or_none(made.nudged_at),
        sealed(made.state),
        stamp(made.started_at),
    )


def put(
    tx: Transaction,
    reflection_id: str,
    *,
    state: str,
    status: str,
    length: str,
    citizen_id: str | None,
    finished_at: datetime | None,
    touched_at: datetime,
    met_at: datetime | None = None,
) -> None:
    """Where the dialogue stands now (queued). ``nudged_at`` stays: a debrief is nudged once.

    ``met_at``: when the meeting took place, which decides the week it belongs to; None leaves it as it is, which spares
    most turns an index.
    """
    met, values = ("", ()) if met_at is None else (", met_at = ?", (stamp(met_at),))
    tx.write(
        "UPDATE reflections SET state = ?, status = ?, length = ?, citizen_id = ?, finished_at = ?, touched_at = ?"  # noqa: S608 - a constant
        f"{met} WHERE id = ?",
        sealed(state),
        status,
        length,
        citizen_id,
        stamp_or_none(finished_at),
        stamp(touched_at),
        *values,
        reflection_id,
    )


def nudged(tx: Transaction, reflection_id: str, now: datetime) -> None:
    """The mentor was reminded of this open debrief (queued)."""
    tx.write("UPDATE reflections SET nudged_at = ? WHERE id = ?", stamp(now), reflection_id)


async def count(tx: Reader) -> int:
    """How many debriefs were ever begun."""
    row = await tx.one("SELECT count(*) AS n FROM reflections")
    return 0 if row is None else int(row["n"])
