"""A citizen who cannot be reached, as conversations: from the no-show to the contact that closes the thread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.dialogue.threads import Channel, Result
from bot.service.reach import attempt
from tests.integration.reach_kit import MONDAY, Phone, Team, meets, misses, team


@pytest.fixture
async def nord(tmp_path: Path) -> AsyncIterator[Team]:
    """Anna has B07 and B12."""
    async with team(tmp_path, "B12", "B07") as found:
        yield found


@pytest.fixture
def anna(nord: Team) -> Phone:
    """Anna's phone."""
    return nord.phones["Anna"]


async def test_a_no_show_opens_the_thread_with_its_attempt(nord: Team, anna: Phone) -> None:
    """A missed contact opens a thread on its own day, with what was tried; nothing but the receipt is sent."""
    await misses(anna, "B07", "call")
    thread = await nord.thread("B07")
    assert thread is not None
    assert thread.opened_at == MONDAY
    assert thread.opened_by is not None
    assert await nord.standing("B07") == [("call", "no_answer")]
    assert anna.last == "debrief"
    assert "Kontaktforløbet er åbent" in anna.text


async def test_saving_the_same_debrief_again_logs_nothing_more(nord: Team, anna: Phone) -> None:
    """A debrief that ends anew after a look at its answers changes no thread and no attempt."""
    await misses(anna, "B07", "call")
    before, thread = await nord.log("B07"), await nord.thread("B07")
    await anna.taps("Se og ret svar", "Fraværet", "Syg eller afbud")
    assert "Gemt" in anna.text
    assert await nord.log("B07") == before
    assert await nord.thread("B07") == thread


async def test_a_changed_answer_puts_the_attempt_right_in_the_open(nord: Team, anna: Phone) -> None:
    """Another way of trying in the debrief: the old attempt stays to be seen, the new one counts."""
    await misses(anna, "B07", "call")
    await anna.taps("Se og ret svar", "Kontaktforsøg", "💬 Skrevet")
    assert [(one.channel, one.superseded_at is None) for one in await nord.log("B07")] == [
        ("call", False),
        ("text", True),
    ]


async def test_a_meeting_after_all_closes_what_the_debrief_opened(nord: Team, anna: Phone) -> None:
    """The outcome is changed from a no-show to a meeting: the thread is closed again."""
    await misses(anna, "B07", "call")
    await anna.taps("Se og ret svar", "Mødet", "Som aftalt")
    while not await _is_saved(anna):
        await anna.taps("Hop over")
    assert await nord.thread("B07") is None
    assert await nord.standing("B07") == []


async def _is_saved(phone: Phone) -> bool:
    return "Hop over" not in phone.labels


async def test_cancelled_by_the_mentor_opens_nothing(nord: Team, anna: Phone) -> None:
    """What the mentor called off is nobody's absence."""
    await anna.types("/debrief")
    await anna.taps("B07", "Afbud fra mig")
    while "💾 Gem" not in anna.labels:
        await anna.taps("Hop over")
    await anna.taps("💾 Gem")
    assert await nord.all_threads("B07") == []


async def test_worry_is_asked_first_and_a_yes_shows_acute_help(nord: Team, anna: Phone) -> None:
    """Before days are counted the mentor is asked; yes shows the numbers, and the lead gets what the mentor saw."""
    await anna.types("/kontakt b07")
    assert "Er du bekymret" in anna.text
    await anna.taps("Ja, jeg er bekymret")
    assert "112" in anna.text
    await anna.taps("Bed min leder ringe")
    assert "Anna beder dig ringe om en borger" in anna.text
    assert nord.phones["Lea"].told == []
    await anna.taps("Ja, send det")
    assert nord.phones["Lea"].text == "📣 Anna beder dig ringe om en borger, der ikke er til at få fat i (B07)."
    thread = await nord.thread("B07")
    assert thread is not None and thread.worried is True and thread.lead_told_at == nord.now


async def test_a_week_of_attempts_and_then_the_lead(nord: Team, anna: Phone) -> None:
    """Three attempts with one tap each over a week; the ladder proposes the visit, then the lead, each with its why;
    contact closes the thread and its reminders stop."""
    await misses(anna, "B07")
    await anna.types("/kontakt B07")
    await anna.taps("Nej")
    await anna.taps("Ringet – intet svar")
    assert "Noteret: 📞 Ringet" in anna.text
    nord.later(days=1, hours=6)
    await anna.types("/kontakt B07")
    await anna.taps("– intet svar")
    nord.later(days=2)
    await anna.types("/kontakt B07")
    assert "Et besøg eller en neutral hilsen" in anna.text
    await anna.taps("🚪 Kørt forbi – intet svar")
    nord.later(days=4)
    await anna.types("/kontakt B07")
    assert "Tal med din leder" in anna.text
    assert "Det skal du ikke stå alene med" in anna.text
    assert len(await nord.standing("B07")) == 3
    thread = await nord.thread("B07")
    assert thread is not None
    assert await nord.planned(thread.id) != []
    await anna.taps("Vi fik kontakt")
    assert "Kontakt med B07" in anna.text
    assert await nord.thread("B07") is None
    assert await nord.planned(thread.id) == []


async def test_a_meeting_closes_the_thread_and_asks_for_next_time(nord: Team, anna: Phone) -> None:
    """A debrief of a meeting closes the open thread; the note is shown the next time, and to nobody else."""
    await misses(anna, "B07", "call")
    nord.later(days=2)
    await meets(anna, "B07")
    assert await nord.thread("B07") is None
    assert "Kontaktforløbet er lukket" in anna.text
    await anna.taps("Hvad gør du næste gang?")
    await anna.types("Ring om formiddagen")
    assert "Ring om formiddagen" in anna.text
    nord.later(days=7)
    await anna.types("/kontakt B07")
    assert "Ring om formiddagen" in anna.text


async def test_an_attempt_made_earlier(nord: Team, anna: Phone) -> None:
    """A typed time is understood, said back and logged; one without a time of day is asked for."""
    await anna.types("/kontakt B07")
    await anna.taps("🚪 Kørt forbi", "Det var tidligere")
    await anna.types("i går")
    assert "Hvad tid" in anna.text
    await anna.types("i morgen kl. 9")
    assert "ikke sket endnu" in anna.text
    await anna.types("i går kl. 14.15")
    assert "i går kl. 14.15" in anna.text
    await anna.taps("Lagde besked")
    assert "22/11 kl. 14.15" in anna.text
    (made,) = await nord.log("B07")
    assert made.at == MONDAY - timedelta(days=1) + timedelta(hours=3, minutes=45)
    await anna.taps("🚪 Kørt forbi", "Det var tidligere", "1 time siden", "Intet svar")
    assert (await nord.log("B07"))[-1].at == nord.now - timedelta(hours=1)


async def test_a_correction_stays_to_be_seen(nord: Team, anna: Phone) -> None:
    """What was logged wrongly is struck through beside what it was; taken back, it still stands there."""
    await anna.types("/kontakt B07")
    await anna.taps("📞 Ringet", "Intet svar")
    await anna.taps("Mere", "Ret et forsøg", "Intet svar", "En anden måde", "💬 Skrevet")
    assert "<s>23/11 kl. 10.30 · 📞 Ringet · Intet svar</s> → 23/11 kl. 10.30 · 💬 Skrevet · Intet svar" in anna.text
    await anna.taps("Mere", "Ret et forsøg", "Intet svar", "Et andet tidspunkt")
    await anna.types("kl. 9")
    assert "23/11 kl. 09.00" in anna.text
    await anna.taps("Mere", "Ret et forsøg", "Intet svar", "Det skete ikke")
    assert "taget tilbage" in anna.text
    assert await nord.standing("B07") == []
    assert len(await nord.log("B07")) == 3


async def test_a_wrong_reached_opens_the_thread_again(nord: Team, anna: Phone) -> None:
    """Reached by mistake: the thread goes on, its reminders come back, and the mistake can be seen."""
    await anna.types("/kontakt B07")
    await anna.taps("Nej", "📞 Ringet", "Fik kontakt")
    assert await nord.thread("B07") is None
    await anna.taps("Nej, ikke endnu")
    thread = await nord.thread("B07")
    assert thread is not None
    assert await nord.planned(thread.id) != []
    assert await nord.standing("B07") == []
    assert "<s>" in anna.text


async def test_the_line_for_the_record_names_nobody(nord: Team, anna: Phone) -> None:
    """Counts by channel and result, ready to be copied, without the pseudonym; and that this is not the case file."""
    await anna.types("/kontakt B07")
    await anna.taps("📞 Ringet", "Intet svar")
    nord.later(days=1)
    await anna.taps("📞 Ringet", "Lagde besked", "🚪 Kørt forbi", "Intet svar", "Mere", "Til journalen")
    line = anna.text.split("<code>")[1].split("</code>")[0]
    assert (
        line == "Kontaktforsøg 23/11 2026–24/11 2026: opkald 2 (intet svar 1, lagde besked 1), besøg 1 (intet svar 1)."
    )
    assert "ikke journalen" in anna.text


async def test_a_pause_holds_everything_back(nord: Team, anna: Phone) -> None:
    """Nothing is proposed or reminded of before the pause ends; it can be ended at once."""
    await anna.types("/kontakt B07")
    await anna.taps("Nej", "Pause", "To uger")
    thread = await nord.thread("B07")
    assert thread is not None and thread.paused_until is not None
    assert "Holder pause" in anna.text
    assert all(one.send_at >= thread.paused_until for one in await nord.planned(thread.id))
    await anna.taps("Slut med pausen")
    assert "Holder pause" not in anna.text
    await anna.taps("Pause")
    await anna.types("i går")
    assert "allerede gået" in anna.text
    await anna.types("mandag")
    assert "Pause til mandag 30. november" in anna.text


async def test_a_button_pressed_twice_logs_once(nord: Team, anna: Phone) -> None:
    """The second tap on the same button finds a thread that has moved on, and writes nothing."""
    await anna.types("/kontakt B07")
    await anna.taps("Nej")
    data = anna.data("Ringet – intet svar")
    await anna.sends(data)
    await anna.sends(data)
    assert await nord.standing("B07") == [("call", "no_answer")]
    assert any("gammel" in toast for toast in anna.toasts)


async def test_other_people_s_buttons_write_nothing(nord: Team, anna: Phone) -> None:
    """A colleague, a lead and a mentor elsewhere get nothing to see and change nothing with a forwarded button."""
    await anna.types("/kontakt B07")
    held = [anna.data("Nej"), anna.data("Vi fik kontakt"), anna.data("Mere")]
    before = await nord.thread("B07")
    for name in ("Bo", "Lea", "Sif"):
        other = nord.phones[name]
        for data in held:
            await other.sends(data)
            assert other.cards == {}
            assert other.toasts == ["Den knap hører ikke til dig."]
    assert await nord.thread("B07") == before


async def test_leads_have_no_such_commands(nord: Team) -> None:
    """Contact threads and citizens are the mentor's own: a lead is told that their role cannot."""
    lea = nord.phones["Lea"]
    await lea.types("/kontakt B07")
    await lea.types("/borgere")
    assert [text.split(".")[0] for text in lea.told] == ["Det kan din rolle ikke her"] * 2


async def test_an_attempt_from_elsewhere(nord: Team, anna: Phone) -> None:
    """A reminder logs through the same door: in the own open thread only."""
    await anna.types("/kontakt B07")
    await anna.taps("Nej")
    thread = await nord.thread("B07")
    assert thread is not None
    for name in ("Bo", "Anna"):
        async with nord.db.transaction() as tx:
            person = nord.phones[name].person
            await attempt(tx, nord.tools, person, thread.id, Channel.VISIT, Result.NO_ANSWER, nord.now, nord.now)
    assert await nord.standing("B07") == [("visit", "no_answer")]


async def test_reminders_stand_in_the_table_for_every_day_of_the_ladder(nord: Team, anna: Phone) -> None:
    """With nothing done there is a reminder for each day of the ladder, in working time, and none for this minute."""
    await anna.types("/kontakt B07")
    await anna.taps("Nej")
    thread = await nord.thread("B07")
    assert thread is not None
    due = [one.due_at for one in await nord.planned(thread.id)]
    assert due[0] == nord.now + timedelta(hours=2)
    assert [(at - MONDAY).days for at in due[1:]] == [0, 2, 6, 13, 29]
    assert len(set(due)) == len(due)


async def test_unknown_taken_and_held_pseudonyms(nord: Team, anna: Phone) -> None:
    """An unknown one is added by a confirming tap; a colleague's is refused; one with a CPR number is not read."""
    await anna.types("/kontakt Stjerne")
    assert "Jeg kender ikke <b>Stjerne</b>" in anna.text
    await anna.taps("Opret Stjerne")
    assert "Kontaktforløb · Stjerne" in anna.text
    await nord.phones["Bo"].types("/kontakt stjerne")
    assert "kollega" in nord.phones["Bo"].text
    await anna.types("/kontakt 010190-1234")
    assert "Kontaktforløb" not in anna.text
