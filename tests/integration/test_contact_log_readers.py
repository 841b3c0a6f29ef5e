"""Who may read a contact log, what of it, and what is noted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import audit
from tests.integration.reach_kit import Phone, Team, choice, meets, misses, team


@pytest.fixture
async def nord(tmp_path: Path) -> AsyncIterator[Team]:
    """Anna has three citizens."""
    async with team(tmp_path, "B07", "B12", "Stjerne") as found:
        yield found


@pytest.fixture
def anna(nord: Team) -> Phone:
    """Anna's phone."""
    return nord.phones["Anna"]


async def _readings(nord: Team) -> list[tuple[str, str | None]]:
    async with nord.db.transaction() as tx:
        return [(one.actor, one.subject) for one in await audit.entries(tx) if one.action == "log_read"]


async def test_a_colleague_is_refused_kindly(nord: Team, anna: Phone) -> None:
    """Neither by name nor with a forwarded button; nothing is drawn, nothing noted."""
    await meets(anna, "B07")
    await anna.types("/log B07")
    shown, line = anna.data("Det hele"), anna.data("Linje til journalen")
    bo, sif = nord.phones["Bo"], nord.phones["Sif"]
    await bo.types("/log B07")
    assert "følger en kollega" in bo.text and "Som aftalt" not in bo.text
    await sif.types("/log B07")
    assert "Jeg kender ikke <b>B07</b>" in sif.text
    for phone in (bo, sif):
        phone.cards.clear()
        for data in (shown, line, line.replace(":s:", ":t:")):
            await phone.sends(data)
            assert phone.cards == {} and phone.toasts == ["Den knap hører ikke til dig."]
    assert await _readings(nord) == []


async def test_a_lead_reads_the_team_s_log_and_it_is_noted(nord: Team, anna: Phone) -> None:
    """By pseudonym, with the mentor's name at each line, an audit row each time, and no mark to set."""
    await misses(anna, "B07", "call")
    lea = nord.phones["Lea"]
    await lea.types("/log")
    assert "noteret, at du har set loggen" in lea.text and lea.labels == ["Luk"]
    await lea.types("/log B07")
    assert "<b>Kom ikke</b> · Anna" in lea.text and "Borgerens side" not in lea.labels
    await lea.taps("📋 Linje til journalen")
    assert "Overført" not in " ".join(lea.labels) and "1 udeblivelse" in lea.text
    citizen = await nord.citizen("B07")
    assert await _readings(nord) == [(lea.person.id, citizen.id)] * 2
    await lea.sends(f"!log:t:{citizen.id}.m.0")
    async with nord.db.transaction() as tx:
        assert "log_transferred" not in [one.action for one in await audit.entries(tx)]
    await lea.types("/log B99")
    assert "Jeg kender ikke <b>B99</b>" in lea.text


async def test_a_citizen_passed_on(nord: Team, anna: Phone) -> None:
    """The new mentor sees the facts, who did what, and when the citizen was passed on; never the other's own words."""
    await anna.types("/debrief")
    await anna.taps("B07", choice("outcome", "did_not_come"), choice("reach_tried", "call"))
    await anna.taps(choice("absence_decision", "known_ground"), "Flere …", choice("absence_reason", "ill"))
    await anna.types("Feber siden i går")
    await anna.taps("✓ Færdig" if "✓ Færdig" in anna.labels else "Videre ▶")
    await anna.taps(choice("next_contact", "no"), "💾 Gem")
    await anna.types("/log B07")
    assert "Borgerens grund: Syg »Feber siden i går«" in anna.text and "Anna" not in anna.text
    nord.later(days=1)
    await anna.types("/borgere")
    await anna.taps("B07", "Giv videre", "Bo", "Ja, giv videre")
    await anna.types("/log B07")
    assert "følger en kollega" in anna.text
    nord.later(days=1)
    bo = nord.phones["Bo"]
    await meets(bo, "B07")
    await bo.types("/log B07")
    assert "<b>Som aftalt</b>\n" in bo.text and "<b>Kom ikke</b> · Anna" in bo.text
    assert "24/11 2026 kl. 10.30 · <b>Givet videre fra Anna til Bo</b>" in bo.text
    assert "Borgerens grund: Syg\n" in bo.text and "Feber" not in bo.text
    assert "Det, kolleger selv har skrevet, er ikke med." in bo.text
    citizen = await nord.citizen("B07")
    assert (bo.person.id, citizen.id) in await _readings(nord)
    lea = nord.phones["Lea"]
    await lea.types("/log B07")
    assert "»Feber siden i går«" in lea.text
