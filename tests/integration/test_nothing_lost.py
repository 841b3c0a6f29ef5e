"""Nothing typed is gone without a word: what the chat says when something waits, and when a button leads nowhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.service import debrief
from bot.telegram.queueing import queue
from storage import reflections
from tests.integration.remind_kit import Chats, Everybody, chats

HELD = "Ring til hende på 20 30 40 50"
MASKED = "Ring til hende på [telefon]"


async def _at_a_text(here: Chats, cast: Everybody) -> None:
    """Anna is asked what happened, and typed something with a number in it."""
    await here.send(cast.anna, "/debrief")
    for label in ("B07", "Som aftalt", "Hele"):
        await here.press(cast.anna, label)
    for _ in range(9):
        if "Hvad skete der?" in here.text(cast.anna):
            break
        await here.press(cast.anna, "Hop over")
    await here.send(cast.anna, HELD)
    assert MASKED in here.last(cast.anna).text


async def _answer(here: Chats) -> str | None:
    async with here.db.transaction() as tx:
        row = await tx.one(
            "SELECT text FROM answers WHERE question_id = 'what_happened' AND superseded_at IS NULL AND skipped = 0"
        )
    return None if row is None else row["text"]


@pytest.mark.parametrize("leaving", ["/stop", "⚠", "week"])
async def test_leaving_keeps_the_masked_text_and_says_so(tmp_path: Path, leaving: str) -> None:
    """By command, by button and after a week: it is kept without the number, and the card says that."""
    async with chats(tmp_path) as (here, cast):
        await _at_a_text(here, cast)
        if leaving == "/stop":
            await here.send(cast.anna, leaving)
        elif leaving == "⚠":
            await here.press(cast.anna, leaving)
        else:
            async with here.db.transaction() as tx:
                (one,) = [r for r in [await reflections.open_of(tx, cast.anna.id)] if r is not None]
                queue(tx, here.renderer, await debrief.close(tx, here.tools, one, here.now), here.now)
            await here.deliver()
        assert await _answer(here) == MASKED
        assert "er gemt uden det, der kunne pege på en bestemt person" in here.text(cast.anna)


async def test_a_later_message_waits_for_nothing_and_drops_nothing(tmp_path: Path) -> None:
    """Both messages are there after one choice; letting the first go is a choice of its own."""
    async with chats(tmp_path) as (here, cast):
        await _at_a_text(here, cast)
        await here.send(cast.anna, "Bagefter gik vi en tur")
        said = here.last(cast.anna).text
        assert f"{MASKED}\nBagefter gik vi en tur" in said and "Det, du skrev bagefter, er gemt" in said
        assert "🗑 Slet det, der venter" in here.last(cast.anna).labels
        assert await _answer(here) == "Bagefter gik vi en tur"
        await here.press(cast.anna, "Behold")
        assert await _answer(here) == f"{MASKED}\nBagefter gik vi en tur"


async def test_nothing_says_that_all_is_saved_while_something_waits(tmp_path: Path) -> None:
    """Set aside, and after an hour of silence, the card says that something waits."""
    async with chats(tmp_path) as (here, cast):
        await _at_a_text(here, cast)
        async with here.db.transaction() as tx:
            one = await reflections.open_of(tx, cast.anna.id)
            assert one is not None
            nudged = await debrief.nudge(tx, here.tools, one, here.now + timedelta(hours=1))
            queue(tx, here.renderer, nudged, here.now)
        await here.deliver()
        assert "venter på dit valg" in here.last(cast.anna).text and "Alt er gemt" not in here.text(cast.anna)
        await here.press(cast.anna, "Senere")
        assert "Lagt til side" in here.text(cast.anna) and "Alt er gemt" not in here.text(cast.anna)


async def test_a_pseudonym_that_was_never_confirmed(tmp_path: Path) -> None:
    """Stopped before the confirming tap, the receipt says that it is not saved."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/debrief")
        await here.send(cast.anna, "Havblik")
        await here.send(cast.anna, "/stop")
        assert "Noget af det sidste, du skrev, er ikke gemt" in here.last(cast.anna).text


async def test_a_button_of_a_debrief_that_is_gone(tmp_path: Path) -> None:
    """Once retention deleted it, its own button is old, not somebody else's."""
    async with chats(tmp_path) as (here, cast):
        await here.tap(cast.anna, 1, "!choose:g:abcdefgh")
        assert here.toasts == [here.renderer.toast("da", "note.stale")]


async def test_a_box_to_tick_that_is_gone_or_somebody_elses(tmp_path: Path) -> None:
    """Each is answered with a word of its own; only one's own is ticked off."""
    async with chats(tmp_path) as (here, cast):
        own = await here.own(cast.anna, "ring", here.now + timedelta(days=1))
        for who, data, note in (
            (cast.anna, "!done:t:01aaaaaa-0000-7000-8000-000000000000", "note.stale"),
            (cast.bo, f"!done:t:{own.id}", "note.not_yours"),
        ):
            here.toasts.clear()
            await here.tap(who, 1, data)
            assert here.toasts == [here.renderer.toast("da", note)]
        async with here.db.transaction() as tx:
            row = await tx.one("SELECT status FROM followups WHERE id = ?", own.id)
        assert row is not None and row["status"] == "open"


@pytest.mark.parametrize("text", ["/kontakt 20 30 22 11", "/paamind i morgen ring på 20 30 22 11"])
async def test_what_a_role_may_not_do_is_no_choice(tmp_path: Path, text: str) -> None:
    """A lead who types a mentor's command with a number in it is refused at once and asked nothing about it."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.lea, text)
        assert here.last(cast.lea).text == here.renderer.words("da").text("error.not_allowed")
        assert "bestemt person" not in here.text(cast.lea)
        await here.send(cast.anna, text)
        assert "kan pege på en bestemt person" in here.last(cast.anna).text
