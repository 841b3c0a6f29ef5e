"""A mentor's own week: what they did, what is open, what they wrote; theirs alone, and gone again from the chat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.dialogue.events import Press
from bot.dialogue.summary import Week
from storage import reflections
from storage.times import stamp
from tests.integration.week_figures_kit import Moves, at
from tests.integration.week_kit import Team, WeekChats, fake_makers, team

FRIDAY = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
W48 = Week(2026, 48)
SECRET = "Jeg kunne ikke slippe det igen. <b>{{7*7}}</b> æøå 🙂"
HELD: Moves = {"outcome": ("as_agreed",), "minutes_used": ("m60",), "contact_when": ("now",), "toughness": ("2",),
               "adjusted": (Press.MORE, "place", "going_along", Press.DONE), "next_contact": ("no",)}  # fmt: skip
MISSED: Moves = {"outcome": ("did_not_come",), "contact_when": ("now",), "reach_tried": ("call", "no_answer"),
                 "absence_decision": ("wait",), "absence_reason": ("nothing_yet",),
                 "next_contact": ("tomorrow",)}  # fmt: skip


async def a_week(here: WeekChats, who: Team) -> None:
    """Anna met B07 twice, once acutely, and did not meet K12; Bo wrote something of his own."""
    b07 = await who.desk.citizen(who.anna, "B07", at(W48, 0))
    k12 = await who.desk.citizen(who.anna, "K12", at(W48, 0))
    await who.desk.debrief(who.anna, b07, at(W48, 0), {**HELD, "mentor_note": (SECRET,)}, full=True)
    await who.desk.debrief(who.anna, b07, at(W48, 1), {**HELD, "outcome": ("acute",)})
    await who.desk.debrief(who.anna, k12, at(W48, 2), MISSED)
    await who.desk.debrief(who.anna, b07, at(W48.moved(-1), 2), {**HELD, "mentor_note": ("Ugen før.",)}, full=True)
    await who.desk.debrief(who.bo, None, at(W48, 2), {**HELD, "mentor_note": ("Bos egne ord.",)}, full=True)


async def test_what_i_did_and_what_is_open(tmp_path: Path) -> None:
    """Without a week it is the one that runs: contacts, hours, adjustments, threads, what is overdue and coming."""
    async with team(tmp_path, FRIDAY) as (here, who):
        await a_week(here, who)
        await here.own(who.anna, "Ring til lægen", FRIDAY - timedelta(days=2))
        await here.own(who.anna, "Køb busbillet", FRIDAY + timedelta(days=2))
        await here.send(who.anna, "/uge")
        text = here.last(who.anna).text
        assert text.startswith("Din uge 48\n23.–29. november 2026\n\n3 refleksioner · 2 kontakter, én af dem akut\n")
        assert "2¼ timer med borgerne eller for dem" in text
        assert "»Stedet« (2)" in text and "»Tog med borgeren« (2)" in text
        assert "Åbne kontaktforløb lige nu\nK12 (begyndt for 2 dage siden) · /kontakt" in text
        overdue, coming = text.split("De næste syv dage\n")
        assert "Skulle være gjort\n" in overdue and "Ring til lægen" in overdue and "K12 · Næste kontakt" in overdue
        assert "Køb busbillet" in coming
        assert len(text) <= 900


async def test_what_was_put_off_past_its_day_is_late(tmp_path: Path) -> None:
    """The reminder comes again on Sunday, but the day was Wednesday: it stands under what should be done."""
    async with team(tmp_path, FRIDAY) as (here, who):
        await here.own(who.anna, "Ring til lægen", FRIDAY - timedelta(days=2))
        async with here.db.transaction() as tx:
            until = FRIDAY + timedelta(days=2)
            tx.write("UPDATE reminders SET snoozed_until = ?, send_at = ?", stamp(until), stamp(until))
        await here.send(who.anna, "/uge")
        text = here.last(who.anna).text
        assert "Skulle være gjort\n• Ring til lægen – onsdag" in text and "De næste syv dage" not in text


async def test_an_empty_week_and_the_weeks_beside_it(tmp_path: Path) -> None:
    """Nothing written is said plainly; from week to week in place, not into weeks that have not begun."""
    async with team(tmp_path, FRIDAY) as (here, who):
        await a_week(here, who)
        await here.send(who.anna, "/uge 45")
        assert "Du har ikke gemt refleksioner fra den uge." in here.last(who.anna).text
        await here.press(who.anna, "Uge 46 ▶")
        await here.press(who.anna, "Uge 47 ▶")
        assert "Én refleksion · én kontakt" in here.last(who.anna).text
        await here.press(who.anna, "Uge 48 ▶")
        assert here.last(who.anna).labels == ("📖 Det, du skrev (1)", "◀ Uge 47", "Luk")
        assert len(here.screen(who.anna)) == 1
        await here.send(who.cleo, "/uge")
        assert "Du har ikke gemt refleksioner fra ugen endnu." in here.last(who.cleo).text
        assert "Der er ikke noget, der venter på dig lige nu." in here.last(who.cleo).text


async def test_what_i_wrote_is_read_one_at_a_time_and_removed(tmp_path: Path) -> None:
    """The texts of one debrief come in a message of their own, word for word; the next one takes its place; "Luk"
    removes it and leaves the week."""
    async with team(tmp_path, FRIDAY) as (here, who):
        await a_week(here, who)
        await here.send(who.anna, "/uge 47")
        await here.press(who.anna, "Det, du skrev (1)")
        await here.press(who.anna, "onsdag 18. november · B07")
        assert "Ugen før." in here.last(who.anna).text
        await here.press(who.anna, "◀ Ugen")
        await here.press(who.anna, "Uge 48 ▶")
        await here.press(who.anna, "Det, du skrev (1)")
        await here.press(who.anna, "mandag 23. november · B07")
        week, text = here.screen(who.anna)
        assert SECRET in text.text and text.text.startswith("📖 Mandag 23. november · B07")
        assert "Ugen før." not in here.text(who.anna)
        await here.press(who.anna, "Luk")
        assert here.screen(who.anna) == [week]


async def test_it_goes_by_itself_after_an_hour(tmp_path: Path) -> None:
    """Left standing, what was read again is taken out of the chat an hour later; the week stays."""
    async with team(tmp_path, FRIDAY) as (here, who):
        await a_week(here, who)
        await here.send(who.anna, "/uge")
        await here.press(who.anna, "Det, du skrev")
        await here.press(who.anna, "B07")
        await here.look(FRIDAY + timedelta(minutes=59))
        assert SECRET in here.text(who.anna)
        await here.look(FRIDAY + timedelta(minutes=61))
        assert SECRET not in here.text(who.anna)
        assert len(here.screen(who.anna)) == 1


async def test_long_texts_come_in_pages(tmp_path: Path) -> None:
    """Everything is there, in order, and no page is too long for a message."""
    words = [f"ord{number}" for number in range(700)]
    async with team(tmp_path, FRIDAY) as (here, who):
        parts = [" ".join(words[start : start + 350]) for start in (0, 350)]
        await who.desk.debrief(who.anna, None, at(W48, 0), {**HELD, "mentor_note": tuple(parts)}, full=True)
        await here.send(who.anna, "/uge")
        await here.press(who.anna, "Det, du skrev")
        await here.press(who.anna, "mandag 23. november")
        read: list[str] = []
        while True:
            text = here.last(who.anna).text
            assert len(text) <= 3500
            read += [word for word in text.split() if word.startswith("ord")]
            if not any("Flere" in label for label in here.last(who.anna).labels):
                break
            await here.press(who.anna, "Flere ▶")
        assert read == words
        assert len(here.screen(who.anna)) == 2


async def test_nobody_elses(tmp_path: Path) -> None:
    """Bo cannot open what Anna wrote, nor can the lead, whatever button they have; Anna does not see Bo's."""
    async with team(tmp_path, FRIDAY, drawn_by=fake_makers()) as (here, who):
        await a_week(here, who)
        await here.send(who.anna, "/uge")
        await here.press(who.anna, "Det, du skrev")
        (sent,) = [data for label, data in here.last(who.anna).buttons if "B07" in label]
        for person in (who.bo, who.lea, who.adam, who.kaja, who.sif):
            await here.tap(person, 1, sent)
            await here.send(person, "/uge 48")
            assert SECRET not in here.text(person) and "B07" not in here.text(person)
        assert "Bos egne ord." not in here.text(who.anna)
        async with here.db.transaction() as tx:
            token = sent.split(".")[1]
            made = await reflections.by_token(tx, token)
            assert made is not None and made.mentor_id == who.anna.id


async def test_a_debrief_that_is_going_on_is_not_among_them(tmp_path: Path) -> None:
    """What is still being written is not looked back at yet."""
    async with team(tmp_path, FRIDAY) as (here, who):
        await who.desk.debrief(who.anna, None, at(W48, 0), {**HELD, "what_happened": (SECRET,)}, full=True, end=None)
        await here.send(who.anna, "/uge")
        assert "ikke gemt refleksioner" in here.last(who.anna).text


async def test_twelve_debriefs_are_listed_in_two_pages(tmp_path: Path) -> None:
    """More than fit under a message are reached with one more tap."""
    async with team(tmp_path, FRIDAY) as (here, who):
        for number in range(12):
            moves = {**HELD, "mentor_note": (f"Nr. {number}",)}
            await who.desk.debrief(who.anna, None, at(W48, number // 3, 8 + number % 3), moves, full=True)

        def listed() -> int:
            return sum(data.startswith("!week:d") for _, data in here.last(who.anna).buttons)

        await here.send(who.anna, "/uge")
        await here.press(who.anna, "Det, du skrev (12)")
        assert listed() == 10
        await here.press(who.anna, "Flere ▶")
        assert listed() == 2
        await here.press(who.anna, "◀ Forrige")
        assert listed() == 10
