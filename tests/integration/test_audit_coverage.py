"""What people do in the chat leaves its row, in the turn it happens; and a turn that fails leaves none."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.service import settings_page
from bot.service.who_saw import command
from storage import audit, people
from storage.people import Consent, Person
from tests.integration.supervision_kit import FOCUS, Talks, gets_unsafe, talks, wishes


async def rows(here: Talks, who: Person, *but: str) -> list[tuple[str, str]]:
    """Action and what follows the first id of each row this person left."""
    async with here.db.transaction() as tx:
        found = [one for one in await audit.entries(tx) if one.actor == who.id and one.action not in but]
    return [(one.action, (one.subject or "").partition("/")[2]) for one in found]


async def test_consent_to_coding_given_and_taken_back(tmp_path: Path) -> None:
    """Each change in the settings is noted with what was said; another setting is nobody's business."""
    async with talks(tmp_path) as (here, cast):
        async with here.db.transaction() as tx:
            for answer in ("1", "0"):
                await settings_page.change(tx, here.tools, cast.anna, "c", answer, here.now)
            await settings_page.change(tx, here.tools, cast.anna, "t", "never", here.now)
        assert await rows(here, cast.anna) == [("consent", "yes"), ("consent", "no")]


async def test_agreeing_to_use_the_bot_is_told_by_enrolling(tmp_path: Path) -> None:
    """Only consent to coding decides who else reads answers."""
    async with talks(tmp_path) as (here, cast):
        async with here.db.transaction() as tx:
            people.consent(tx, cast.anna.id, Consent.USE, True, here.now)
            people.consent(tx, cast.anna.id, Consent.CODING, False, here.now)
        assert await rows(here, cast.anna) == [("consent", "no")]


async def test_sharing_reading_and_taking_back(tmp_path: Path) -> None:
    """Each answer by its question, the reader's look, and that it was taken back."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07", focus=FOCUS, share=True)
        await here.send(cast.lea, "/supervision")
        await here.send(cast.anna, "/supervision")
        await here.press(cast.anna, "Tag det tilbage")
        assert ("share", "supervision_focus") in await rows(here, cast.anna)
        assert (await rows(here, cast.anna))[-1] == ("withdraw", "supervision_focus")
        assert await rows(here, cast.lea) == [("read", "supervision_focus")]


async def test_telling_the_lead(tmp_path: Path) -> None:
    """Asking the lead to call says that there is something to talk about: noted with the call."""
    async with talks(tmp_path) as (here, cast):
        await gets_unsafe(here, cast.anna)
        await here.press(cast.anna, "Bed min leder ringe")
        async with here.db.transaction() as tx:
            call = await tx.one("SELECT id FROM lead_calls")
        assert call is not None and ("tell_lead", call["id"]) in await rows(here, cast.anna)


async def test_a_turn_that_fails_leaves_no_row(tmp_path: Path) -> None:
    """The row and what it tells of are one transaction."""
    async with talks(tmp_path) as (here, cast):
        with pytest.raises(ZeroDivisionError):
            async with here.db.transaction() as tx:
                await settings_page.change(tx, here.tools, cast.anna, "c", "1", here.now)
                _ = 1 / 0
        assert await rows(here, cast.anna) == []
        async with here.db.transaction() as tx:
            assert (await people.latest_consents(tx, cast.anna.id)).get(Consent.CODING) is None


async def test_asking_who_saw_leaves_no_row(tmp_path: Path) -> None:
    """It is one's own: nobody is to wonder who asked."""
    async with talks(tmp_path) as (here, cast):
        async with here.db.transaction() as tx:
            await command(tx, here.tools, cast.anna, here.now)
        assert await rows(here, cast.anna) == []
