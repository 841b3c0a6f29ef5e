"""/log as conversations on the real database: what stands there, for whom, and what never does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.telegram.parts import units
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


def _block(text: str, start: str) -> str:
    """The entry that begins like this."""
    found = [part for part in text.split("\n• ") if part.startswith(start)]
    assert len(found) == 1, text
    return found[0]


async def test_the_log_of_a_citizen(nord: Team, anna: Phone) -> None:
    """Outcome, time, minutes, attempt, decision and reason stand there, the newest first, and no other citizen's."""
    await misses(anna, "B07", "call")
    await misses(anna, "B12", "visit")
    nord.later(days=1)
    await meets(anna, "B07")
    await anna.types("/log B07")
    assert anna.text.index("24/11 2026 kl. 10.30 · <b>Som aftalt</b>") < anna.text.index("<b>Kom ikke</b>")
    missed = _block(anna.text, "23/11 2026 kl. 10.30 · <b>Kom ikke</b>")
    assert "Tid: 15 min. (skønnet)" in missed and "Fraværet: Er registreret" in missed
    assert anna.text.count("Ringet") == 1 and "Kørt forbi" not in anna.text
    assert "Eftertanke er ikke journalen" in anna.text


async def test_an_attempt_told_in_a_debrief_and_put_right_in_the_thread_stands_once(nord: Team, anna: Phone) -> None:
    """One entry with the old result struck out and the day of the correction; one attempt in the line."""
    await misses(anna, "B07", "call")
    nord.later(days=1)
    await anna.types("/kontakt B07")
    await anna.taps("Mere …", "✏️ Ret et forsøg")
    await anna.taps("23/11 kl. 10.30", "Et andet udfald", "Lagde besked")
    await anna.types("/log B07")
    entry = _block(anna.text, "23/11 2026 kl. 10.30 · <b>Ringet</b>")
    assert "Lagde besked" in entry
    assert "<s>23/11 2026 kl. 10.30 · Ringet · Intet svar</s> <i>(rettet 24/11 2026)</i>" in entry
    assert anna.text.count("<b>Ringet</b>") == 1
    await anna.taps("📋 Linje til journalen")
    assert "1 forsøg på kontakt: 1 opkald" in anna.text


async def test_a_debrief_changed_after_its_end_shows_what_it_was(nord: Team, anna: Phone) -> None:
    """The decision and its correction stand beside each other; what was changed before saving left no trace."""
    await anna.types("/debrief")
    await anna.taps("B07", choice("outcome", "did_not_come"), choice("reach_tried", "call"))
    await anna.taps(choice("absence_decision", "register"), "◀ Tilbage", choice("absence_decision", "lead_first"))
    await anna.taps("Hop over", choice("next_contact", "no"), "💾 Gem")
    await anna.types("/log B07")
    assert "Fraværet: Spørger min leder\n" in anna.text and "Registrerer" not in anna.text
    nord.later(days=2)
    anna.last = "debrief"
    await anna.taps("Se og ret svar", "Fraværet", choice("absence_decision", "already_registered"))
    await anna.types("/log B07")
    assert "Fraværet: Er registreret <s>Spørger min leder</s> <i>(rettet 25/11 2026)</i>" in anna.text
    await anna.taps("📋 Linje til journalen")
    assert "1 udeblivelse (1 registreret som fravær)" in anna.text


async def test_a_no_show_that_was_a_meeting_after_all(nord: Team, anna: Phone) -> None:
    """The outcome is corrected in the open; the attempt is taken back, and nothing of it counts as absence."""
    await misses(anna, "B07", "call")
    nord.later(hours=3)
    anna.last = "debrief"
    await anna.taps("Se og ret svar", "Mødet", choice("outcome", "moved_time"))
    while "Hop over" in anna.labels:
        await anna.taps("Hop over")
    await anna.types("/log B07")
    entry = _block(anna.text, "23/11 2026 kl. 10.30 · <b>Anden tid</b>")
    assert "<s>Kom ikke</s> <i>(rettet 23/11 2026)</i>" in entry
    assert "Fraværet: <s>Er registreret</s> <i>(taget tilbage 23/11 2026)</i>" in entry
    assert "<s>Ringet · Intet svar</s> <i>(taget tilbage 23/11 2026)</i>" in anna.text
    await anna.taps("📋 Linje til journalen")
    assert "1 aftalt møde, 1 holdt; ingen forsøg på kontakt" in anna.text


async def test_a_debrief_about_the_wrong_citizen(nord: Team, anna: Phone) -> None:
    """It stays in sight where it stood, struck out, and stands with the right citizen as if said there at once."""
    await misses(anna, "B07", "call")
    nord.later(days=1)
    anna.last = "debrief"
    await anna.taps("Se og ret svar", "Borger", "B12")
    await anna.types("/log B07")
    assert "<s>Kom ikke</s> <i>(rettet 24/11 2026: det handlede om en anden borger)</i>" in anna.text
    assert "B12" not in anna.text and "<b>" not in anna.text.split("\n\n")[1]
    await anna.taps("📋 Linje til journalen")
    assert "ingen møder og ingen forsøg på kontakt" in anna.text
    await anna.types("/log B12")
    assert "<b>Kom ikke</b>" in anna.text and anna.text.count("<b>Ringet</b>") == 1


async def test_who_was_told_and_when_there_was_contact(nord: Team, anna: Phone) -> None:
    """The lead, the caseworker, and contact that only the thread tells of, each with its time."""
    await misses(anna, "B07")
    await anna.types("/kontakt B07")
    await anna.taps("Ja, jeg er bekymret", "✓ Min leder ved det")
    nord.later(days=1)
    await anna.types("/kontakt B07")
    await anna.taps("Mere …", "Talt med sagsbehandler")
    nord.later(days=1)
    await anna.types("/kontakt B07")
    await anna.taps("✅ Vi fik kontakt")
    await anna.types("/log B07")
    assert "23/11 2026 kl. 10.30 · <b>Lederen fik besked</b>" in anna.text
    assert "24/11 2026 kl. 10.30 · <b>Talt med sagsbehandleren</b>" in anna.text
    assert "25/11 2026 kl. 10.30 · <b>Der var kontakt</b>" in anna.text
    assert "bekymret" not in anna.text.lower()


async def test_contact_that_an_attempt_tells_of_stands_once(nord: Team, anna: Phone) -> None:
    """Reached by phone: the attempt says it, and no second line does."""
    await misses(anna, "B07")
    await anna.types("/kontakt B07")
    await anna.taps("📞 Ringet", "Fik kontakt")
    await anna.types("/log B07")
    assert "<b>Ringet</b> · Fik kontakt" in anna.text and "Der var kontakt" not in anna.text


async def test_transferred(nord: Team, anna: Phone) -> None:
    """The mark is kept with its day, and a second tap at once adds no second one."""
    await meets(anna, "B07")
    await anna.types("/log B07")
    await anna.taps("📋 Linje til journalen")
    done = anna.data("✓ Overført")
    await anna.sends(done)
    assert "Loggen viser, at den er overført" in anna.text
    await anna.sends(done)
    async with nord.db.transaction() as tx:
        assert [one.action for one in await audit.entries(tx)].count("log_transferred") == 1
    nord.later(days=1)
    await anna.types("/log B07")
    assert "Overført til journalen 23/11 2026." in anna.text


async def test_the_days_shown(nord: Team, anna: Phone) -> None:
    """Thirty days first; three months and everything are a tap away."""
    await meets(anna, "B07")
    nord.later(days=40)
    await meets(anna, "B07")
    nord.later(days=60)
    await anna.types("/log B07")
    assert "Der er ikke noteret noget i den tid." in anna.text
    await anna.taps("3 måneder")
    assert anna.text.count("Som aftalt") == 1
    await anna.taps("Det hele")
    assert anna.text.count("Som aftalt") == 2
    assert "I perioden 23. november 2026–3. marts 2027" in anna.text
    await anna.taps("30 dage")
    assert "Der er ikke noteret noget" in anna.text


async def test_a_long_log_goes_page_by_page(nord: Team, anna: Phone) -> None:
    """Each page fits into a message, and every attempt stands on exactly one of them."""
    await misses(anna, "B07")
    await anna.types("/kontakt B07")
    for _ in range(55):
        nord.later(hours=1)
        await anna.types("/kontakt B07")
        await anna.taps("📞 Ringet", "Intet svar")
    await anna.types("/log B07")
    seen, pages = anna.text.count("<b>Ringet</b>"), 1
    assert "side 1 af" in anna.text
    while "Ældre ▶" in anna.labels:
        await anna.taps("Ældre ▶")
        assert units(anna.text) <= 3500
        seen, pages = seen + anna.text.count("<b>Ringet</b>"), pages + 1
    assert seen == 55 and f"side {pages} af {pages}" in anna.text
    await anna.taps("◀ Nyere")
    assert f"side {pages - 1} af {pages}" in anna.text


async def test_from_and_to_the_citizen_s_page(nord: Team, anna: Phone) -> None:
    """The citizen's page leads to the log and back, on one card; an archived citizen's log can still be read."""
    await meets(anna, "B07")
    await anna.types("/borgere")
    await anna.taps("B07", "Kontakt og fravær")
    assert anna.last == "reach" and "Som aftalt" in anna.text
    await anna.taps("Borgerens side", "Arkivér", "Ja, arkivér")
    await anna.types("/log b07")
    assert "Som aftalt" in anna.text
    await anna.taps("Borgerens side", "Kontakt og fravær")
    assert "Som aftalt" in anna.text


async def test_choosing_whose_log(nord: Team, anna: Phone) -> None:
    """Without a name the mentor's citizens are buttons; a wrong name gets the nearest ones; English is understood."""
    await anna.types("/log")
    assert {"B07", "B12", "Stjerne"} <= set(anna.labels)
    await anna.taps("B12")
    assert "Kontakt og fravær · B12" in anna.text
    await anna.types("/log <b>B7</b>")
    assert "&lt;b&gt;B7&lt;/b&gt;" in anna.text
    await anna.types("/log stjrne")
    assert "Mente du Stjerne?" in anna.text


async def test_odd_buttons_do_no_harm(nord: Team, anna: Phone) -> None:
    """Forged arguments show the first page, or say that the button is old."""
    await meets(anna, "B07")
    citizen = await nord.citizen("B07")
    for data in (f"!log:v:{citizen.id}", f"!log:v:{citizen.id}.z.99999999", f"!log:v:{citizen.id}.m.9"):
        anna.cards.clear()
        await anna.sends(data)
        assert "Som aftalt" in anna.text
    await anna.sends(f"!log:q:{citizen.id}.m.0")
    assert anna.toasts and "Som aftalt" in anna.text
    await anna.sends("!log:v:nobody.m.0")
    assert anna.toasts == ["Den knap hører ikke til dig."]
