"""The guard around a real program on a real database: what waits in memory, which names are looked for, and when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.app import Program, build_renderer, build_tools
from bot.guarding import Guarding
from bot.organisation import Organisation
from bot.service.guard_names_page import LONGEST, MOST
from bot.service.tools import keep_guide
from bot.settings import load_settings
from bot.telegram.minimise import Incoming
from bot.telegram.polling import Poller
from bot.telegram.requests import build_bot
from storage import audit, guard_names, inbox, outbox, people
from storage.database import Conflict, StorageGone, Transaction
from storage.inbox import Pending
from storage.people import Person, Role
from tests.integration.remind_kit import WEDNESDAY
from tests.integration.scripted_api import TOKEN
from tests.integration.storage_kit import KEY, citizen, opened

REMIND = "/paamind i morgen kl. 10 ring på 20 30 40 50"


@dataclass
class Talk:
    """Anna and Bo talk to the program; what it would send stands in ``said``."""

    program: Program
    anna: Person
    bo: Person
    said: list[str] = field(default_factory=list)
    _number: int = 100

    async def type(self, who: Person, text: str) -> int:
        """A message comes from Telegram and is worked on."""
        self._number += 1
        message = {"message_id": self._number, "date": int(WEDNESDAY.timestamp()), "text": text, **_who(who)}
        await self.comes({"update_id": self._number, "message": message})
        return self._number

    async def tap(self, who: Person, data: str) -> None:
        """A button is pressed."""
        self._number += 1
        tapped = {"id": f"t{self._number}", "data": data, **_who(who), "message": {"message_id": 1, **_who(who)}}
        await self.comes({"update_id": self._number, "callback_query": tapped})

    async def comes(self, update: dict[str, Any]) -> None:
        """As the poller and the worker do it."""
        await self.program.poller._store(await self.program.poller._kept([update]))
        for pending in await self.waiting():
            await self.works(pending)

    async def waiting(self) -> list[Pending]:
        """What stands in the inbox."""
        async with self.program.db.transaction() as tx:
            return list(await inbox.pending(tx, WEDNESDAY, 10))

    async def works(self, pending: Pending, *, fails: bool = False) -> None:
        """One turn; ``fails``: it is rolled back at the very end."""
        async with self.program.db.transaction() as tx:
            afters = await self.program.handle(tx, pending)
            inbox.done(tx, pending.seq)
            if fails:
                raise Conflict("as if")
            self.said += [row["payload"] or "" for row in await tx.all("SELECT payload FROM outbox ORDER BY seq")]
            for head in await outbox.pending(tx, WEDNESDAY, 100):
                await outbox.sent(tx, head.seq, head.version, WEDNESDAY)
        for after in afters:
            if "answer_tap" not in str(after):  # there is no Telegram
                await after()

    async def rows(self, sql: str, *values: Any) -> list[str]:
        """The first column of a query."""
        async with self.program.db.transaction() as tx:
            return [str(next(iter(row.values()))) for row in await tx.all(sql, *values)]

    async def reminders(self) -> list[str]:
        """The texts of the reminders there are."""
        return await self.rows("SELECT text FROM followups ORDER BY id")

    async def notes(self) -> list[str | None]:
        """The audit's rows about what was kept."""
        async with self.program.db.transaction() as tx:
            return [one.subject for one in await audit.entries(tx) if one.action == "guard_keep"]


def _who(who: Person) -> dict[str, Any]:
    return {"from": {"id": who.telegram_id, "is_bot": False}, "chat": {"id": who.chat_id, "type": "private"}}


def enrol(tx: Transaction, number: int, name: str, team: str, language: str = "da") -> Person:
    """A mentor."""
    return people.add_person(
        tx, telegram_id=number, chat_id=number, name=name, role=Role.MENTOR, team_id=team, language=language,
        zone="Europe/Copenhagen", now=WEDNESDAY,
    )  # fmt: skip


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    """The program with everybody in it; it does not run by itself."""
    settings = load_settings({"EFTERTANKE_TOKEN": TOKEN, "EFTERTANKE_DATA": str(tmp_path)})
    organisation = Organisation(guard_names=("Gerda Grusgrav",))
    async with opened(tmp_path) as db:
        async with db.transaction() as tx:
            team = await people.team_named(tx, "Nord", WEDNESDAY)
            anna, bo = enrol(tx, 11, "Anna", team.id), enrol(tx, 12, "Bo", team.id, "en")
            citizen(tx, anna, "B07", WEDNESDAY)
        tools, renderer = build_tools(settings, organisation), build_renderer(settings, organisation)
        async with db.transaction() as tx:
            keep_guide(tx, tools, WEDNESDAY)
        program = Program(
            settings, db, build_bot(TOKEN, "http://127.0.0.1:9/bot"), lambda: WEDNESDAY, tools, renderer, KEY
        )
        await program.guarding.renew()
        yield Talk(program, anna, bo)


async def test_a_turn_that_is_rolled_back_loses_nothing(talk: Talk) -> None:
    """What was held back is there for the next try, is kept once, and is forgotten only after the commit."""
    number = await talk.type(talk.anna, REMIND)
    assert await talk.reminders() == []
    keep = f"!held:z:{number}.command"
    update = {"update_id": 900, "callback_query": {"id": "t", "data": keep, **_who(talk.anna)}}
    update["callback_query"]["message"] = {"message_id": 1, **_who(talk.anna)}  # type: ignore[index]
    await talk.program.poller._store(await talk.program.poller._kept([update]))
    (pending,) = await talk.waiting()
    with pytest.raises(Conflict):
        await talk.works(pending, fails=True)
    assert await talk.reminders() == []
    assert talk.program.tools.holding.get(11, number) is not None
    await talk.works(pending)
    await talk.tap(talk.anna, keep)
    assert await talk.reminders() == ["ring på 20 30 40 50"]
    assert await talk.notes() == ["command/phone"]
    assert talk.program.tools.holding.get(11, number) is None


async def test_an_update_that_was_given_up_gives_back(talk: Talk) -> None:
    """When the turn failed for good, another tap may still keep it."""
    number = await talk.type(talk.anna, REMIND)
    assert talk.program.tools.holding.take(11, number, by=900)
    pending = Pending(
        seq=1,
        update_id=900,
        payload=Incoming(900, "callback_query").to_json(),
        attempts=4,
        chat_id=11,
        received_at=WEDNESDAY,
    )
    async with talk.program.db.transaction() as tx:
        await talk.program.on_dead(tx, pending)
    await talk.tap(talk.anna, f"!held:g:{number}.command")
    assert await talk.reminders() == ["ring på [telefon]"]


async def test_nobody_else_reaches_it(talk: Talk) -> None:
    """Bo, pressing what stands in Anna's button, finds nothing; neither does a forged or half a button."""
    number = await talk.type(talk.anna, REMIND)
    for data in (f"!held:z:{number}.command", f"!held:g:{number}.command", "!held:g:", "!held:z:x.command"):
        await talk.tap(talk.bo, data)
    for data in ("!held:g:", "!held:z:-1.command", f"!held:q:{number}.command", f"!held:g:{number}.todo"):
        await talk.tap(talk.anna, data)
    assert await talk.reminders() == []
    assert await talk.notes() == []


async def test_only_a_cpr_number_cannot_be_kept(talk: Talk) -> None:
    """Not even with a forged button."""
    number = await talk.type(talk.anna, "/paamind i morgen kl. 10 ring om 010190-1234")
    for verb in "uz":
        await talk.tap(talk.anna, f"!held:{verb}:{number}.command")
    assert (await talk.reminders(), await talk.notes()) == ([], [])
    await talk.tap(talk.anna, f"!held:g:{number}.command")
    assert await talk.reminders() == ["ring om [cpr-nummer]"]


async def test_what_is_not_asked_for_any_more(talk: Talk) -> None:
    """A page asked for a pseudonym, and then the debrief was taken up: what was held back goes nowhere."""
    await talk.tap(talk.anna, "!citizens:a:")
    number = await talk.type(talk.anna, "Hus 20304050")
    assert any("20304050" not in said and f"!held:u:{number}.citizens" in said for said in talk.said)
    assert not any(f"!held:g:{number}" in said for said in talk.said)
    await talk.type(talk.anna, "/debrief")
    async with talk.program.db.transaction() as tx:
        tx.write("UPDATE reflections SET touched_at = '2026-11-25T12:10:01.000000Z'")
    await talk.tap(talk.anna, f"!held:z:{number}.citizens")
    assert (await talk.rows("SELECT pseudonym FROM citizens"), await talk.notes()) == (["B07"], [])


async def test_a_pseudonym_that_was_a_false_alarm(talk: Talk) -> None:
    """On the page of citizens it is added as typed, and that is noted."""
    await talk.tap(talk.anna, "!citizens:a:")
    number = await talk.type(talk.anna, "Hus 20304050")
    await talk.tap(talk.anna, f"!held:z:{number}.citizens")
    assert "Hus 20304050" in await talk.rows("SELECT pseudonym FROM citizens")
    assert await talk.notes() == ["citizens/phone"]


async def test_names_of_the_organisation_and_ones_own(talk: Talk) -> None:
    """Everybody's guard knows the organisation's names; Anna's own are known to hers only, in each one's language."""
    async with talk.program.db.transaction() as tx:
        guard_names.add(tx, talk.anna.id, "Torkil Dunk", WEDNESDAY)
    await talk.program.guarding.renew()
    of = talk.program.guarding.of
    assert (of(11)[1], of(12)[1], of(99)[1], of(None)[1]) == ("da", "en", "da", "da")
    for chat in (11, 12, 99, None):
        assert [one.kind for one in of(chat)[0].find("Så kom gerda  grusgrav")] == ["name"]
    assert [len(of(chat)[0].find("Torkil Dunk kom")) for chat in (11, 12)] == [1, 0]
    assert of(11)[0] is of(11)[0]
    async with talk.program.db.transaction() as tx:
        people.mark_left(tx, talk.anna.id, WEDNESDAY)
    await talk.program.guarding.renew()
    assert (talk.program.guarding.knows(11), talk.program.guarding.knows(12)) == (False, True)
    assert of(11)[0].find("Torkil Dunk kom") == []


async def test_another_process_adds_a_name(talk: Talk) -> None:
    """Whatever else a process does, it soon knows what another one wrote; trouble with the database ends nothing."""
    stop, guarding = asyncio.Event(), Guarding(talk.program.db, (), "da")
    renew, fails = guarding.renew, True

    async def at_first_fails() -> None:
        nonlocal fails
        if fails:
            fails = False
            raise StorageGone("The server does not answer.")
        await renew()

    guarding.renew = at_first_fails  # type: ignore[method-assign] # where the server would be gone
    task = asyncio.create_task(guarding.keep_renewed(0.02, stop))
    async with talk.program.db.transaction() as tx:
        guard_names.add(tx, talk.anna.id, "Torkil Dunk", WEDNESDAY)
    async with asyncio.timeout(10):
        while not guarding.of(11)[0].find("Torkil Dunk kom"):  # noqa: ASYNC110 - as a turn would look
            await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(task, 5)
    assert not fails


async def test_the_list_of_names(talk: Talk) -> None:
    """Names come on the list by typing, one a line; what is there already, no name or too many is said; a tap takes
    one away; each change is known to the guard at once, and nobody else sees or changes it."""
    await talk.tap(talk.anna, "!names:a:")
    await talk.type(
        talk.anna, f"Torkil  Dunk\n\ntorkil dunk\nGerda Grusgrav\n20304050\n{'x' * (LONGEST + 1)}\nÅse Æble"
    )
    # The organisation's name was masked, and so was the number: that one must be chosen about first.
    number = talk._number
    assert await talk.rows("SELECT name FROM guard_names") == []
    await talk.tap(talk.anna, f"!held:z:{number}.names")
    assert sorted(await talk.rows("SELECT name FROM guard_names")) == ["Torkil Dunk", "Åse Æble"]
    assert talk.program.guarding.of(11)[0].find("Nu ringer Åse Æble")
    await talk.tap(talk.anna, "!names:a:")
    await talk.type(talk.anna, "Torkil Dunk\nBirthe Bumse")
    assert len(await talk.rows("SELECT name FROM guard_names")) == 3
    async with talk.program.db.transaction() as tx:
        (torkil,) = [one.id for one in await guard_names.of_person(tx, talk.anna.id) if one.name == "Torkil Dunk"]
    await talk.tap(talk.bo, f"!names:d:{torkil}.0")
    assert len(await talk.rows("SELECT name FROM guard_names")) == 3
    await talk.tap(talk.anna, f"!names:d:{torkil}.0")
    assert talk.program.guarding.of(11)[0].find("Nu ringer Torkil Dunk") == []


async def test_at_most_so_many_names(talk: Talk) -> None:
    """The list holds a hundred; what is over is said and not kept. Its pages lead to all of them."""
    await talk.tap(talk.anna, "!names:a:")
    letters = "abcdefghijklmnopqrstuvwxyz"
    await talk.type(talk.anna, "\n".join(f"Navnus {one}{two}rup" for one in letters[:11] for two in letters[:10]))
    assert len(await talk.rows("SELECT id FROM guard_names")) == MOST
    assert any(f"{MOST} skrevet" in said and "10 var der ikke plads til" in said for said in talk.said)
    await talk.tap(talk.anna, "!names:p:12")
    assert "Navnus jjrup" in talk.said[-1]


async def test_many_long_messages_do_not_hold_the_loop(talk: Talk) -> None:
    """A hundred messages of 4096 letters, full of what looks like something: others have a turn in between."""
    async with talk.program.db.transaction() as tx:
        for number in range(MOST):
            guard_names.add(tx, talk.anna.id, f"Navnus {chr(97 + number % 26)}{chr(97 + number // 26)}rup", WEDNESDAY)
    await talk.program.guarding.renew()
    kept: list[Incoming] = []

    async def store(updates: Any) -> None:
        kept.extend(updates)

    poller = Poller(talk.program.bot, store, watching=talk.program.guarding.of)
    text = ("Vi sås kl. 12.30 d. 12/11 på Torvet 4, ring 20 30 40 50, Navnus aarup, sag 2026-11-4471. " * 60)[:4096]
    updates = [{"update_id": n, "message": {"message_id": n, "text": text, **_who(talk.anna)}} for n in range(1, 101)]
    longest, running = 0.0, True

    async def watch() -> None:
        nonlocal longest
        while running:
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - before)

    watching = asyncio.create_task(watch())
    started = time.perf_counter()
    found = await poller._kept(updates)
    took, running = time.perf_counter() - started, False
    await watching
    assert all("name" in one.held and "phone" in one.held for one in found)
    assert longest < 1.0 and took < 15


async def test_an_unknown_chat_is_not_remembered(talk: Talk) -> None:
    """What strangers type is masked, and waits nowhere."""
    stranger = {"from": {"id": 77, "is_bot": False}, "chat": {"id": 77, "type": "private"}}
    await talk.comes({"update_id": 500, "message": {"message_id": 5, "text": "Ring 20 30 40 50", **stranger}})
    assert len(talk.program.tools.holding) == 0


async def test_guarding_waits_for_its_first_look(tmp_path: Path) -> None:
    """Before it has read who is here it guards with what counts for everybody."""
    async with opened(tmp_path) as db:
        guarding = Guarding(db, ("Gerda Grusgrav",), "en")
        guard, language = guarding.of(11)
        assert ([one.kind for one in guard.find("Gerda Grusgrav, 20 30 40 50")], language) == (["name", "phone"], "en")
