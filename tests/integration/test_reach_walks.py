"""Whatever a thumb does on the pages of contact threads and citizens: nothing breaks, and nothing is left hanging."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot.telegram.callbacks import LIMIT
from storage import people
from tests.integration.reach_kit import Phone, Team, team

TYPED = ("/kontakt", "/kontakt B07", "/borgere", "i går kl. 14", "mandag", "Måne", "hvad?", "010190-1234", "", "B12")
STEPS = 60


@pytest.mark.parametrize("seed", range(12))
async def test_no_sequence_of_taps_breaks_anything(tmp_path: Path, seed: int) -> None:
    """Taps on what is shown, on what was shown long ago, typed texts, and time passing, in both languages: never an
    error, one open thread a citizen at most, and reminders only for open threads of whoever has them."""
    chance = random.Random(seed)
    async with team(tmp_path, "B12", "B07") as nord:
        async with nord.db.transaction() as tx:
            people.set_language(tx, nord.phones["Bo" if seed % 2 else "Anna"].person.id, "en")
        phones = [nord.phones["Anna"], nord.phones["Anna"], nord.phones["Bo"]]
        seen: list[str] = []
        tapped = 0
        for _ in range(STEPS):
            phone = chance.choice(phones)
            tapped += await _something(phone, chance, seen)
            nord.later(minutes=chance.choice((0, 1, 90, 60 * 26)))
        assert tapped > STEPS / 3
        assert max(len(data.encode()) for data in seen) <= LIMIT
        await _holds_together(nord)


async def _something(phone: Phone, chance: random.Random, seen: list[str]) -> bool:
    """A tap on the newest card mostly; else an old button, or something typed."""
    shown = [data for card in phone.cards.values() for row in card["buttons"] for data in (one["data"] for one in row)]
    shown = [data for data in shown if data.startswith(("!thread:", "!citizens:"))]
    seen.extend(shown)
    dice = chance.random()
    if shown and dice < 0.8:
        await phone.sends(chance.choice(shown))
        return True
    if seen and dice < 0.9:
        await phone.sends(chance.choice(seen))
        return True
    await phone.types(chance.choice(TYPED))
    return False


async def _holds_together(nord: Team) -> None:
    async with nord.db.transaction() as tx:
        doubled = await tx.all(
            "SELECT citizen_id FROM contact_threads WHERE closed_at IS NULL GROUP BY citizen_id HAVING count(*) > 1"
        )
        loose = await tx.all(
            "SELECT r.id FROM reminders AS r JOIN contact_threads AS t ON t.id = r.thread_id"
            " WHERE r.status = 'pending' AND (t.closed_at IS NOT NULL OR t.mentor_id <> r.person_id)"
        )
        unsaid = await tx.all("SELECT id FROM contact_threads WHERE (closed_at IS NULL) <> (ended IS NULL)")
        strange = await tx.all(
            "SELECT t.id FROM contact_threads AS t JOIN citizens AS c ON c.id = t.citizen_id"
            " WHERE t.closed_at IS NULL AND (c.mentor_id <> t.mentor_id OR c.archived_at IS NOT NULL)"
        )
    assert (doubled, loose, unsaid, strange) == ([], [], [], [])
