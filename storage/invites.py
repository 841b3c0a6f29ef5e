"""Invitations, who is reading one, and strangers who had none."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.database import Reader, Transaction
from storage.ids import new_id
from storage.people import Role
from storage.times import moment, stamp

INVITE_LIFE = timedelta(hours=72)
STRANGER_REST = timedelta(hours=24)
TRIES = 5  # codes that do not fit, from one chat within TRY_REST; more are not looked up
TRY_REST = timedelta(hours=1)
MANY_TRIES = 200  # from everybody together within TRY_REST: then each chat has one instead of five
_CODE_BYTES = 18  # 144 bits; 24 characters of A–Z a–z 0–9 _ -, of the 64 that Telegram's start parameter takes


@dataclass(frozen=True, slots=True)
class Invite:
    """An invitation; its code is known only to whom it was given. ``expires_at`` in UTC."""

    id: str
    role: Role
    name: str
    team_id: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Somebody has followed an invitation and not yet said yes. ``stage`` belongs to the service."""

    chat_id: int
    telegram_id: int
    invite_id: str
    stage: str
    language: str


def add_invite(
    tx: Transaction, *, role: Role, name: str, team_id: str | None, now: datetime, ttl: timedelta = INVITE_LIFE
) -> tuple[str, Invite]:
    """A new invitation (queued) and its code, of which only a hash is kept: it cannot be shown again."""
    code = secrets.token_urlsafe(_CODE_BYTES)
    invite = Invite(new_id(now), role, name, team_id, now + ttl)
    tx.write(
        "INSERT INTO invites (id, code_hash, role, name, team_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        invite.id,
        _hash(code),
        role.value,
        name,
        team_id,
        stamp(now),
        stamp(invite.expires_at),
    )
    return code, invite


async def open_invite(tx: Reader, code: str, now: datetime) -> Invite | None:
    """The invitation of a code. None for an unknown, a used and an expired one alike: a guesser learns nothing."""
    row = await tx.one(
        "SELECT * FROM invites WHERE code_hash = ? AND used_at IS NULL AND expires_at > ?", _hash(code), stamp(now)
    )
    if row is None:
        return None
    return Invite(row["id"], Role(row["role"]), row["name"], row["team_id"], moment(row["expires_at"]))


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a code: the invitation, or None; ``many``: far too many codes from everywhere did not fit lately."""

    invite: Invite | None
    many: bool


async def try_code(tx: Transaction, chat_id: int, code: str, now: datetime) -> Tried:
    """Look a code up, unless this chat has had too many within the hour that did not fit. What did not fit is counted.

    Unknown, used, expired and not looked up take the same statements, so that neither the answer nor how long it takes
    tells them apart. That everybody together is limited softly, and never to nothing, is on purpose: 144 random bits
    are not guessed, but a full stop would let one stranger with many accounts keep out all who are invited. Whoever
    comes with a good link for the first time always gets in.
    """
    since = stamp(now - TRY_REST)
    row = await tx.one(
        "SELECT (SELECT count(*) FROM invite_tries WHERE chat_id = ? AND at > ?) AS own,"
        " (SELECT count(*) FROM invite_tries WHERE at > ?) AS everybody",
        chat_id,
        since,
        since,
    )
    own, everybody = (0, 0) if row is None else (int(row["own"]), int(row["everybody"]))
    many = everybody >= MANY_TRIES
    limited = own >= (1 if many else TRIES)
    invite = await open_invite(tx, "" if limited else code, now)
    if invite is None:
        # One that was not looked up is not counted: else who keeps trying would never be let in again.
        tx.write("INSERT INTO invite_tries (chat_id, at) SELECT ?, ? WHERE ? = 0", chat_id, stamp(now), int(limited))
    return Tried(invite, many)


async def invite_by_id(tx: Reader, invite_id: str, now: datetime) -> Invite | None:
    """The invitation that somebody is reading; None when it was used or has expired meanwhile."""
    row = await tx.one(
        "SELECT * FROM invites WHERE id = ? AND used_at IS NULL AND expires_at > ?", invite_id, stamp(now)
    )
    if row is None:
        return None
    return Invite(row["id"], Role(row["role"]), row["name"], row["team_id"], moment(row["expires_at"]))


async def use_invite(tx: Transaction, invite_id: str, person_id: str, now: datetime) -> bool:
    """Use an invitation up. False when it was used before or has expired: then nobody may be enrolled by it."""
    changed = await tx.run(
        "UPDATE invites SET used_at = ?, used_by = ? WHERE id = ? AND used_at IS NULL AND expires_at > ?",
        stamp(now),
        person_id,
        invite_id,
        stamp(now),
    )
    return changed == 1


async def enrolment(tx: Reader, chat_id: int) -> Enrolment | None:
    """Where the enrolment in this chat stands, if one is under way."""
    row = await tx.one("SELECT * FROM enrolments WHERE chat_id = ?", chat_id)
    if row is None:
        return None
    return Enrolment(row["chat_id"], row["telegram_id"], row["invite_id"], row["stage"], row["language"])


def set_enrolment(tx: Transaction, told: Enrolment, now: datetime) -> None:
    """Begin an enrolment or move it on (queued)."""
    tx.write(
        "INSERT INTO enrolments (chat_id, telegram_id, invite_id, stage, language, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (chat_id) DO UPDATE SET telegram_id = excluded.telegram_id,"
        " invite_id = excluded.invite_id, stage = excluded.stage, language = excluded.language,"
        " updated_at = excluded.updated_at",
        told.chat_id,
        told.telegram_id,
        told.invite_id,
        told.stage,
        told.language,
        stamp(now),
    )


def drop_enrolment(tx: Transaction, chat_id: int) -> None:
    """Forget an enrolment: it was finished or declined (queued)."""
    tx.write("DELETE FROM enrolments WHERE chat_id = ?", chat_id)


async def stranger_told(tx: Transaction, chat_id: int, now: datetime) -> bool:
    """Did this stranger get the polite line within the last 24 hours? If not, it is noted that they get it now."""
    row = await tx.one(
        "INSERT INTO strangers (chat_id, told_at, tries) VALUES (?, ?, 1) ON CONFLICT (chat_id) DO UPDATE SET"
        " tries = CASE WHEN strangers.told_at <= ? THEN 1 ELSE strangers.tries + 1 END,"
        " told_at = CASE WHEN strangers.told_at <= ? THEN excluded.told_at ELSE strangers.told_at END"
        " RETURNING tries",
        chat_id,
        stamp(now),
        stamp(now - STRANGER_REST),
        stamp(now - STRANGER_REST),
    )
    return row is not None and int(row["tries"]) > 1


def forget_strangers(tx: Transaction, now: datetime) -> None:
    """Remove what was noted about strangers more than 24 hours ago, their codes that did not fit too (queued)."""
    tx.write("DELETE FROM strangers WHERE told_at <= ?", stamp(now - STRANGER_REST))
    tx.write("DELETE FROM invite_tries WHERE at <= ?", stamp(now - STRANGER_REST))


def _hash(code: str) -> str:
    # A plain hash is enough: the code is 144 random bits, so there is nothing to guess from a dictionary.
    return hashlib.sha256(code.encode("utf-8", errors="replace")).hexdigest()
