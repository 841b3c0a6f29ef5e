"""Codes that do not fit: few are looked up, all get the same answer and the same work, and nobody fills the audit."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.service import enrolment
from bot.service.replies import Page, Reply, Say
from storage import audit, invites
from storage.audit import Entry
from storage.database import Reader, Row, Transaction
from storage.people import Role
from tests.integration.storage_kit import MINUTE, NOW, opened
from tests.integration.supervision_kit import Talks, talks

BAD = [Say(77, "da", "enrol.bad_code")]
HOUR = timedelta(hours=1)


async def code_of(here: Talks, name: str = "Ida") -> str:
    """A good invitation."""
    async with here.db.transaction() as tx:
        return invites.add_invite(tx, role=Role.MENTOR, name=name, team_id=None, now=here.now)[0]


async def follow(here: Talks, code: str, chat: int = 77) -> list[Reply]:
    """A code typed in a chat, a second after the one before."""
    here.now += timedelta(seconds=1)
    async with here.db.transaction() as tx:
        return await enrolment.follow_invite(tx, here.tools, chat, chat, code, "da", here.now)


async def failed(here: Talks) -> list[Entry]:
    """The rows about codes that did not fit."""
    async with here.db.transaction() as tx:
        return [one for one in await audit.entries(tx) if one.action == "enrol_failed"]


async def test_after_five_a_good_code_is_not_looked_up(tmp_path: Path) -> None:
    """Five do not fit: then the good one gets their answer, too, unused; an hour after the first it opens."""
    async with talks(tmp_path) as (here, _):
        good, begun = await code_of(here), here.now
        for number in range(5):
            assert await follow(here, f"forkert-{number}") == BAD
        assert await follow(here, good) == BAD
        here.now = begun + HOUR - MINUTE
        assert await follow(here, good) == BAD
        here.now = begun + HOUR + MINUTE
        assert isinstance((await follow(here, good))[0], Page)


async def test_four_do_no_harm_and_chats_do_not_count_together(tmp_path: Path) -> None:
    """A good code after four slips opens; so it does in another chat, whatever happens in the first."""
    async with talks(tmp_path) as (here, _):
        good = await code_of(here)
        for number in range(4):
            await follow(here, f"forkert-{number}")
        assert isinstance((await follow(here, good))[0], Page)
        for number in range(9):
            await follow(here, f"forkert-{number}")
        assert await follow(here, good) == BAD
        assert isinstance((await follow(here, good, chat=78))[0], Page)


async def test_trying_on_does_not_make_it_longer(tmp_path: Path) -> None:
    """Codes that were not looked up are not counted: the table cannot be filled, and who waits an hour gets in."""
    async with talks(tmp_path) as (here, _):
        good = await code_of(here)
        for number in range(50):
            await follow(here, f"forkert-{number}")
        async with here.db.transaction() as tx:
            assert len(await tx.all("SELECT * FROM invite_tries")) == 5
        here.now += HOUR
        assert isinstance((await follow(here, good))[0], Page)


class Counted:
    """A transaction that keeps what it was asked, without the values."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.only_free = tx.only_free
        self.asked: list[str] = []

    async def all(self, sql: str, *params: object) -> list[Row]:
        """See ``Transaction.all``."""
        self.asked.append(sql)
        return await self.tx.all(sql, *params)

    async def one(self, sql: str, *params: object) -> Row | None:
        """See ``Transaction.one``."""
        self.asked.append(sql)
        return await self.tx.one(sql, *params)

    async def several(self, *asked: tuple[object, ...]) -> list[list[Row]]:
        """See ``Transaction.several``."""
        self.asked += [str(one[0]) for one in asked]
        return await self.tx.several(*asked)

    async def ahead(self, *asked: tuple[object, ...]) -> None:
        """See ``Transaction.ahead``."""
        self.asked += [str(sql) for sql, *_ in asked]
        await self.tx.ahead(*asked)

    @property
    def aside(self) -> Reader:
        """See ``Transaction.aside``."""
        return self

    async def run(self, sql: str, *params: object) -> int:
        """See ``Transaction.run``."""
        self.asked.append(sql)
        return await self.tx.run(sql, *params)

    def write(self, sql: str, *params: object) -> None:
        """See ``Transaction.write``."""
        self.asked.append(sql)
        self.tx.write(sql, *params)


async def test_equal_answers_and_equal_work(tmp_path: Path) -> None:
    """Unknown, used, expired and not looked up: word for word the same, and statement for statement."""
    async with talks(tmp_path) as (here, cast):
        good, used = await code_of(here, "Ida"), await code_of(here, "Jo")
        async with here.db.transaction() as tx:
            invite = await invites.open_invite(tx, used, here.now)
            assert invite is not None and await invites.use_invite(tx, invite.id, cast.bo.id, here.now)
            old = invites.add_invite(tx, role=Role.LEAD, name="Ib", team_id=None, now=here.now - 80 * HOUR)[0]
        await follow(here, "den første lægger en linje i loggen")
        work = []
        for code in ("ukendt", used, old, "", "x" * 200, good):
            if code == good:  # the sixth: not looked up
                await follow(here, "fylder op")
            here.now += timedelta(seconds=1)
            async with here.db.transaction() as tx:
                counted = Counted(tx)
                assert await enrolment.follow_invite(counted, here.tools, 77, 77, code, "da", here.now) == BAD
            work.append(counted.asked)
        assert len(work[0]) >= 3 and all(one == work[0] for one in work)


async def test_the_audit_gets_one_row_an_hour_a_chat(tmp_path: Path) -> None:
    """It says a chat by four digits, nothing of the code; the operator is not flooded by one who keeps trying."""
    async with talks(tmp_path) as (here, _):
        for number in range(20):
            await follow(here, f"hemmelig-{number}", chat=123456789)
        found = await failed(here)
        assert [(one.actor, one.subject) for one in found] == [("stranger", "chat/6789")]
        assert "hemmelig" not in repr(found) and "12345" not in repr(found)
        here.now += HOUR
        await follow(here, "igen", chat=123456789)
        assert len(await failed(here)) == 2


async def test_many_strangers_cannot_keep_out_who_is_invited(tmp_path: Path) -> None:
    """After 200 codes from everywhere each chat has one try, the audit one row for all; a good code still opens."""
    async with talks(tmp_path) as (here, _):
        good, other = await code_of(here, "Ida"), await code_of(here, "Jo")
        for chat in range(1000, 1000 + invites.MANY_TRIES):
            await follow(here, "forkert", chat=chat)
            here.now -= timedelta(seconds=1)
        rows = len(await failed(here))
        for chat in range(3000, 3050):
            await follow(here, "forkert", chat=chat)
        assert [one.subject for one in (await failed(here))[rows:]] == ["chat/many"]
        assert await follow(here, other, chat=3000) == [Say(3000, "da", "enrol.bad_code")]
        assert isinstance((await follow(here, good, chat=5000))[0], Page)


async def test_a_no_and_an_invitation_that_ran_out_are_noted(tmp_path: Path) -> None:
    """Declined: by nobody known, with the invitation; gone while it was read: as a code that did not fit."""
    async with talks(tmp_path) as (here, _):
        good = await code_of(here)
        for verb, after in (("n", timedelta()), ("y", 73 * HOUR)):
            await follow(here, good)
            here.now += after
            async with here.db.transaction() as tx:
                found = await invites.enrolment(tx, 77)
                assert found is not None
                await enrolment.answer(tx, here.tools, found, verb, "", here.now)
        async with here.db.transaction() as tx:
            invite = await tx.one("SELECT id FROM invites")
            last = [(one.actor, one.action, one.subject) for one in await audit.entries(tx)]
        assert invite is not None
        assert last == [("stranger", "enrol_declined", invite["id"]), ("stranger", "enrol_failed", "chat/77")]


@pytest.mark.parametrize(("hours", "left"), [(23, 1), (24, 0)])
async def test_tries_are_forgotten_after_a_day(tmp_path: Path, hours: int, left: int) -> None:
    """The same chore that forgets strangers forgets their codes."""
    async with opened(tmp_path) as db, db.transaction() as tx:
        await invites.try_code(tx, 77, "forkert", NOW)
        invites.forget_strangers(tx, NOW + timedelta(hours=hours))
        assert len(await tx.all("SELECT * FROM invite_tries")) == left
