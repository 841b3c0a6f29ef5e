"""The mentor's own citizens, as conversations: the list, what is agreed, another name, another mentor, put away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.reach_kit import Phone, Team, meets, misses, team


@pytest.fixture
async def nord(tmp_path: Path) -> AsyncIterator[Team]:
    """Anna has three citizens."""
    async with team(tmp_path, "Stjerne", "B12", "B07") as found:
        yield found


@pytest.fixture
def anna(nord: Team) -> Phone:
    """Anna's phone."""
    return nord.phones["Anna"]


async def _at(phone: Phone, pseudonym: str) -> None:
    await phone.types("/borgere")
    await phone.taps(pseudonym)


async def test_the_list_has_those_first_who_need_it(nord: Team, anna: Phone) -> None:
    """Worry first, then an open thread, then who has been longer without contact than agreed; with days and step."""
    await meets(anna, "B12")
    await meets(anna, "Stjerne")
    nord.later(days=9)
    await meets(anna, "B12")
    await misses(anna, "B07", "call")
    await anna.types("/borgere")
    lines = [line for line in anna.text.splitlines() if "<b>" in line][1:]
    assert [line.split("<b>")[1].split("</b>")[0] for line in lines] == ["B07", "Stjerne", "B12"]
    assert "9 dage siden kontakt" in lines[1] and "kontakt i dag" in lines[2]
    assert "Hør, om alt er vel" in anna.text


async def test_a_citizen_is_added_and_renamed(nord: Team, anna: Phone) -> None:
    """A typed pseudonym adds; another one takes its place; one that is taken is refused, also a colleague's."""
    await anna.types("/borgere")
    await anna.taps("Ny borger")
    await anna.types("B07")
    assert "allerede en borger" in anna.text
    await anna.types("Måne")
    assert "Borgeren er oprettet" in anna.text
    bo = nord.phones["Bo"]
    await bo.types("/borgere")
    await bo.taps("Ny borger")
    await bo.types("måne")
    assert "kollega" in bo.text
    await bo.types("Sol")
    await anna.taps("Nyt dæknavn")
    await anna.types("SOL")
    assert "kollega" in anna.text
    await anna.types("x" * 31)
    assert "kort ord" in anna.text
    await anna.types("Stjerne")
    assert "allerede en borger" in anna.text
    await anna.types("måne")
    assert "<b>måne</b>" in anna.text
    assert (await nord.citizen("Måne")).pseudonym == "måne"


async def test_a_held_text_is_no_pseudonym(nord: Team, anna: Phone) -> None:
    """A CPR number typed as a pseudonym is not stored, and the page still waits for a word."""
    await anna.types("/borgere")
    await anna.taps("Ny borger")
    await anna.types("010190-1234")
    await anna.types("/borgere")
    assert "cpr" not in anna.text.lower() and "0190" not in anna.text


async def test_agreed_channels_are_the_ones_proposed(nord: Team, anna: Phone) -> None:
    """What is not agreed on is not proposed, one way must stay, and what was tried otherwise can still be logged."""
    await anna.types("/kontakt B07")
    await anna.taps("Nej")
    await _at(anna, "B07")
    await anna.taps("Aftalte måder", "✓ 📞 Ringet", "✓ 🚪 Kørt forbi", "✓ Gennem en anden", "✓ Brev via sagsbehandler")
    await anna.taps("✓ 💬 Skrevet")
    assert anna.toasts == ["Lad mindst én måde stå. Ellers holder du pause i stedet."]
    await anna.types("/kontakt B07")
    assert "Aftalt: 💬 Skrevet" in anna.text
    assert "📞 Ringet" not in anna.labels
    await anna.taps("Andre måder", "📞 Ringet", "Intet svar")
    assert await nord.standing("B07") == [("call", "no_answer")]


async def test_the_cap_is_kept_kindly(nord: Team, anna: Phone) -> None:
    """At the cap nothing more is proposed for now, and the page says why; what was tried can still be logged."""
    await _at(anna, "B07")
    await anna.taps("Højst om ugen", "2", "Hvor tit", "to uger", "Åbn kontaktforløb", "Nej")
    await anna.taps("📞 Ringet", "Intet svar", "🚪 Kørt forbi", "Intet svar")
    assert "ro" in anna.text
    assert not any("–" in label for label in anna.labels)
    await anna.taps("💬 Skrevet", "Sendt")
    assert len(await nord.standing("B07")) == 3


async def test_passing_a_citizen_on(nord: Team, anna: Phone) -> None:
    """After a confirming tap the citizen, the thread and its reminders are the other mentor's, who is told plainly."""
    await anna.types("/kontakt B07")
    await anna.taps("Nej", "📞 Ringet", "Intet svar")
    old = anna.data("🚪 Kørt forbi")
    await _at(anna, "B07")
    await anna.taps("Giv videre")
    assert "Sif" not in anna.labels and "Lea" not in anna.labels
    await anna.taps("Bo", "Ja, giv videre")
    bo = nord.phones["Bo"]
    assert bo.told == [
        "👋 Anna har givet <b>B07</b> videre til dig. Du finder borgeren med /borgere. "
        "Et åbent kontaktforløb er fulgt med."
    ]
    thread = await nord.thread("B07")
    assert thread is not None and thread.mentor_id == bo.person.id
    assert {one.person_id for one in await nord.planned(thread.id)} == {bo.person.id}
    await anna.sends(old)
    assert anna.toasts == ["Den knap hører ikke til dig."]
    await bo.taps("Borgerens side", "Til kontaktforløbet", "🚪 Kørt forbi", "Intet svar")
    assert [one.mentor_id for one in await nord.log("B07")] == [anna.person.id, bo.person.id]


async def test_archiving_ends_the_thread_and_old_buttons_write_nothing(nord: Team, anna: Phone) -> None:
    """Put away: the thread closes without contact, reminders stop, buttons write nothing; it can come back."""
    await anna.types("/kontakt B07")
    await anna.taps("Nej")
    old = anna.data("Ringet – intet svar")
    thread = await nord.thread("B07")
    assert thread is not None
    await _at(anna, "B07")
    old_name = anna.data("Nyt dæknavn")
    await anna.taps("Arkivér", "Ja, arkivér")
    assert await nord.thread("B07") is None
    assert await nord.planned(thread.id) == []
    await anna.sends(old)
    await anna.sends(old_name)
    await anna.types("Noget andet")
    assert await nord.log("B07") == []
    assert (await nord.citizen("B07")).archived_at == nord.now
    await anna.types("/borgere")
    assert "B07" not in anna.labels
    await anna.taps("Arkiverede", "B07", "Tag frem igen")
    await anna.types("/kontakt B07")
    assert "begyndt i dag" in anna.text


async def test_a_colleague_s_citizen_cannot_be_changed(nord: Team, anna: Phone) -> None:
    """Forwarded buttons of a citizen's page change nothing for anybody but their mentor."""
    await _at(anna, "B07")
    labels = ("Nyt dæknavn", "Arkivér", "Giv videre", "Åbn kontaktforløb", "Hvor tit")
    held = [anna.data(label) for label in labels]
    for name in ("Bo", "Lea", "Sif"):
        for data in held:
            await nord.phones[name].sends(data)
            assert nord.phones[name].cards == {}
    assert await nord.all_threads("B07") == []
