"""What changed, what is unfinished, and what stays inside when reflections are exported."""

from __future__ import annotations

import asyncio

import pytest

from bot.dialogue.events import Press
from tests.integration.cli_kit import Desk, Talk, by_question, desk, enrol
from tests.integration.export_kit import answer_all, export, held_visit, texts_in

__all__ = ["desk"]


def test_revisions_only_when_wished(desk: Desk) -> None:
    """A changed answer appears once; with --revisions the earlier one too, with the time it was superseded."""
    desk.set_up()
    anna = held_visit(desk).person

    async def change() -> None:
        async with desk.database() as db:
            talk = await Talk(db, anna).begin()
            await answer_all(talk, {"citizen": ["B12", Press.NEW], "outcome": ["did_not_come"]}, {})
            await talk.tap(Press.SAVE)
            await talk.tap((Press.CHANGE, "absence_decision"), "register")
            await talk.tap((Press.CHANGE, "outcome"), "cancelled_by_me")

    asyncio.run(change())
    plain = export(desk, "--purpose", "record")[1]
    assert all("superseded_at" not in answer for answer in plain["answers"])
    given = by_question(plain)
    assert (given["outcome"]["value"], given["outcome"]["revision"]) == ("cancelled_by_me", 2)
    assert "absence_decision" not in given and len(given) == len(plain["answers"])
    whole = export(desk, "--purpose", "record", "--revisions", name="alt")[1]
    outcomes = [answer for answer in whole["answers"] if answer["question_id"] == "outcome"]
    assert [(answer["value"], answer["revision"], bool(answer["superseded_at"])) for answer in outcomes] == [
        ("did_not_come", 1, True),
        ("cancelled_by_me", 2, False),
    ]
    decided = [answer for answer in whole["answers"] if answer["question_id"] == "absence_decision"]
    assert [answer["value"] for answer in decided] == [None, "register"]
    assert all(answer["superseded_at"].endswith("Z") for answer in decided)


def test_a_branch_that_closed_and_opened_again(desk: Desk) -> None:
    """What was answered in it before stays on record, and the new answer is its next revision."""
    desk.set_up()

    async def go() -> None:
        async with desk.database() as db:
            async with db.transaction() as tx:
                anna = await enrol(tx, "Anna", 500)
            talk = await (await Talk(db, anna).begin()).type("B07")
            await talk.tap(Press.NEW, "did_not_come", "call", "wait", "ill", "tomorrow", Press.SAVE)
            await talk.tap((Press.CHANGE, "outcome"), "cancelled_by_me", "m15")
            await talk.tap((Press.CHANGE, "outcome"), "did_not_come")
            await answer_all(talk, {"absence_decision": ["register"]}, {})

    asyncio.run(go())
    [told] = export(desk, "--purpose", "record", "--revisions")
    decided = [answer for answer in told["answers"] if answer["question_id"] == "absence_decision"]
    assert [(answer["value"], answer["revision"], answer["superseded_at"] is None) for answer in decided] == [
        ("wait", 1, False),
        ("register", 2, True),
    ]


def test_an_open_debrief_is_exported_as_it_stands(desk: Desk) -> None:
    """What is not finished is not lost: it says that it is open, and has no end."""
    desk.set_up()

    async def go() -> None:
        async with desk.database() as db:
            async with db.transaction() as tx:
                anna = await enrol(tx, "Anna", 500)
            await (await Talk(db, anna).begin()).type("B07")

    asyncio.run(go())
    [told] = export(desk, "--purpose", "record")
    assert (told["status"], told["finished_at"], told["citizen"], told["answers"]) == ("open", None, None, [])


@pytest.mark.parametrize("purpose", ["record", "coding"])
def test_no_id_of_telegram_is_exported(desk: Desk, purpose: str) -> None:
    """Account, chat and message numbers stay inside, whatever the export is for."""
    desk.set_up()
    held_visit(desk)
    export(desk, "--purpose", purpose, "--revisions")
    for file, text in texts_in(desk.folder / "ud").items():
        for canary in ("987654321", "987654322", "700000"):
            assert canary not in text, file
