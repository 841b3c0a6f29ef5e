"""/hvemharset: each sees who looked at what is theirs, and nothing of anybody else's."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.service.teams import change, hand_over
from storage import audit, citizens, people
from storage.people import Consent, Person, Role
from tests.integration.supervision_kit import FOCUS, Cast, Talks, talks, wishes

NOTHING = "Ingen har set noget"
DAY = timedelta(days=1)


async def seen(here: Talks, who: Person, command: str = "/hvemharset") -> str:
    """What the page says to this person."""
    await here.send(who, command)
    return here.last(who).text


async def noted(here: Talks, actor: str, action: str, subject: str | None) -> None:
    """Something is done now, as the program would note it; the next thing comes a minute later."""
    async with here.db.transaction() as tx:
        audit.note(tx, actor, action, subject, here.now)
    here.now += timedelta(minutes=1)


@pytest.mark.parametrize("name", ["anna", "lea", "ada", "kim"])
async def test_at_first_nobody_has_seen_anything(tmp_path: Path, name: str) -> None:
    """Every role may ask; the page says that there is nothing, what it cannot know, and how far back it looks."""
    async with talks(tmp_path) as (here, cast):
        text = await seen(here, getattr(cast, name))
        assert NOTHING in text and "har fået aktindsigt" in text and "de sidste 5 år" in text
        assert "den computer, jeg kører på" in text and "Telegram kan læse" in text
        await here.press(getattr(cast, name), "Luk")
        assert not here.screen(getattr(cast, name))


async def test_who_has_left_gets_the_strangers_line(tmp_path: Path) -> None:
    """Uffe is nobody here any more."""
    async with talks(tmp_path) as (here, cast):
        assert NOTHING not in await seen(here, cast.uffe)


async def test_a_mentor_sees_who_read_what_they_shared(tmp_path: Path) -> None:
    """Name, day, which answer, about whom, how often; Bo, Sif and the lead see none of it."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07", focus=FOCUS, share=True)
        await here.send(cast.lea, "/supervision")
        here.now += timedelta(minutes=1)
        await here.send(cast.lea, "/supervision")
        text = await seen(here, cast.anna)
        assert "Det, du har delt" in text and "Lea læste: dit fokus (refleksion" in text and "B07) (2 gange)" in text
        assert FOCUS not in text and NOTHING not in text
        for other in (cast.bo, cast.sif, cast.lea, cast.kim):
            assert NOTHING in await seen(here, other)


async def test_the_log_from_when_one_wrote_in_it(tmp_path: Path) -> None:
    """A lead's look at the log is told to the mentor who wrote in it by then, and to no other."""
    async with talks(tmp_path) as (here, cast):
        await noted(here, cast.lea.id, "log_read", cast.b07)
        assert NOTHING in await seen(here, cast.anna)
        await wishes(here, cast.anna, "B07")
        await here.send(cast.lea, "/log B07")
        text = await seen(here, cast.anna)
        assert text.count("Lea så loggen for B07") == 1 and "gange" not in text
        assert "B07" not in await seen(here, cast.bo)
        await noted(here, audit.OPERATOR, "log_hours", cast.nord.id)
        await noted(here, audit.OPERATOR, "log_hours", None)
        assert "Operatøren" not in await seen(here, cast.bo)
        assert "operatøren så teamets timer pr. borger (2 gange)" in await seen(here, cast.anna)


async def test_weeks_and_reports_that_count_one_in(tmp_path: Path) -> None:
    """From the week of the first debrief on; another team's weeks are another team's."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07")
        here.now += 7 * DAY
        for action in ("week", "report"):
            await noted(here, cast.lea.id, action, f"{cast.nord.id}/2026-W48")
        await noted(here, cast.lea.id, "week", f"{cast.nord.id}/2026-W40")
        await noted(here, cast.tue.id, "week", f"{cast.syd.id}/2026-W48")
        await noted(here, cast.lea.id, "report", "week/2026-W49")  # as it was noted before teams stood in it
        text = await seen(here, cast.anna)
        assert "Lea så uge 48, 2026" not in text  # two stand on the first page, the newest ones
        assert "Lea fik rapporten for uge 49, 2026" in text and "Lea fik rapporten for uge 48, 2026" in text
        await here.press(cast.anna, "Alt om teamets uger (3)")
        text = here.last(cast.anna).text
        assert "Lea så uge 48, 2026" in text and "uge 40" not in text and "Tue" not in text
        assert NOTHING in await seen(here, cast.bo) and NOTHING in await seen(here, cast.sif)


async def test_opening_the_week_is_told(tmp_path: Path) -> None:
    """The lead's own command leaves what the mentor reads."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07")
        await here.send(cast.lea, "/uge 48")
        await here.press(cast.lea, "Fravær")
        assert "Lea så uge 48, 2026" in await seen(here, cast.anna)


async def test_exports_that_may_hold_ones_answers(tmp_path: Path) -> None:
    """For coding only while one had said yes; of everything always; the coder sees the ones they made."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07")
        await noted(here, cast.kim.id, "export", "coding")
        assert NOTHING in await seen(here, cast.anna)
        async with here.db.transaction() as tx:
            people.consent(tx, cast.anna.id, Consent.CODING, True, here.now)
        here.now += DAY
        await noted(here, cast.kim.id, "export", "coding")
        async with here.db.transaction() as tx:
            people.consent(tx, cast.anna.id, Consent.CODING, False, here.now)
        here.now += DAY
        await noted(here, cast.kim.id, "export", "coding")
        await noted(here, audit.OPERATOR, "codings_agreement", None)
        text = await seen(here, cast.anna)
        assert text.count("udtræk til kodning") == 1 and "kodede svar igennem" not in text
        await noted(here, audit.OPERATOR, "export", "record")
        assert "operatøren lavede et udtræk af alt" in await seen(here, cast.anna)
        assert NOTHING in await seen(here, cast.bo)  # has written nothing
        own = await seen(here, cast.kim)
        assert own.count("Du lavede et udtræk til kodning") == 2 and "Anna" not in own


async def test_a_citizen_passed_on(tmp_path: Path) -> None:
    """Who gave and who got see it; what becomes of the citizen after that is not theirs to know."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07")
        carl = await _mentor(here, cast, "Carl", 40)
        for frm, to in ((cast.anna, cast.bo), (cast.bo, carl)):
            async with here.db.transaction() as tx:
                citizen = await citizens.get(tx, cast.b07)
                assert citizen is not None
                await hand_over(tx, here.tools, citizen, frm, to, here.now, by=frm.id)
            here.now += timedelta(minutes=1)
        anna, bo, new = await seen(here, cast.anna), await seen(here, cast.bo), await seen(here, carl)
        assert "Du gav B07 videre til Bo" in anna and "Carl" not in anna
        assert "B07 blev givet videre til dig (Anna)" in bo and "Du gav B07 videre til Carl" in bo
        assert "B07 blev givet videre til dig (Bo)" in new and "Anna" not in new


async def _mentor(here: Talks, cast: Cast, name: str, number: int) -> Person:
    async with here.db.transaction() as tx:
        return people.add_person(
            tx, telegram_id=number, chat_id=number, name=name, role=Role.MENTOR, team_id=cast.nord.id, language="da",
            zone="Europe/Copenhagen", now=here.now,
        )  # fmt: skip


async def test_what_was_done_about_oneself(tmp_path: Path) -> None:
    """Team, role and the operator's look, in plain words; a word of a newer program is left out."""
    async with talks(tmp_path) as (here, cast):
        async with here.db.transaction() as tx:
            await change(tx, here.tools, cast.lea, role=Role.LEAD, team=cast.syd, citizens_to=None, now=here.now)
        await noted(here, audit.OPERATOR, "role", f"{cast.lea.id}/coder")
        await noted(here, audit.OPERATOR, "audit_read", cast.lea.id)
        await noted(here, audit.OPERATOR, "from_a_newer_program", cast.lea.id)
        text = await seen(here, cast.lea)
        assert "operatøren så, hvad du har gjort" in text and "Du fik en ny rolle: koder (operatøren)" in text
        await here.press(cast.lea, "Alt om dig (3)")
        assert "Du kom i teamet Syd (operatøren)" in here.last(cast.lea).text
        assert NOTHING in await seen(here, cast.anna)


async def test_what_one_kept_against_the_guard(tmp_path: Path) -> None:
    """The kinds by name, and in which debrief; nobody else is told."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07")
        async with here.db.transaction() as tx:
            row = await tx.one("SELECT id FROM reflections")
        assert row is not None
        await noted(here, cast.anna.id, "guard_keep", f"{row['id']}/what_happened/phone,address")
        assert "Du beholdt noget, vagten havde fundet: telefonnummer, adresse" in await seen(here, cast.anna)
        assert NOTHING in await seen(here, cast.lea)
        await noted(here, cast.bo.id, "guard_keep", "todo/name")
        assert "• i dag: Du beholdt noget, vagten havde fundet: navn\n" in await seen(here, cast.bo)


async def test_a_reader_who_is_gone_stays_unnamed(tmp_path: Path) -> None:
    """Of somebody erased nothing is left but that it was somebody."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07")
        await noted(here, "0193aaaa-0000-7000-8000-0000deadbeef", "log_read", cast.b07)
        assert "En, der ikke findes her mere så loggen for B07" in await seen(here, cast.anna)


async def test_one_screen_and_the_rest_behind_buttons(tmp_path: Path) -> None:
    """Years of looks: two lines of each kind, then eight on a page, the newest first, and back; forged buttons do
    nothing."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07")
        for _ in range(20):
            here.now += DAY
            await noted(here, cast.lea.id, "log_read", cast.b07)
            await noted(here, audit.OPERATOR, "export", "record")
            await noted(here, cast.lea.id, "week", f"{cast.nord.id}/2026-W48")
        text = await seen(here, cast.anna)
        cards = len(here.screen(cast.anna))
        assert text.count("•") == 6 and len(text) < 1500
        await here.press(cast.anna, "Alt om loggen (20)")
        first = here.last(cast.anna)
        assert first.text.count("•") == 8 and first.labels == ("Ældre ▶", "◀ Tilbage", "Luk")
        await here.press(cast.anna, "Ældre ▶")
        await here.press(cast.anna, "Ældre ▶")
        last = here.last(cast.anna)
        assert last.text.count("•") == 4 and last.labels == ("◀ Nyere", "◀ Tilbage", "Luk")
        assert not set(first.text.splitlines()[2:]) & set(last.text.splitlines()[2:])
        assert len(here.screen(cast.anna)) == cards
        await here.press(cast.anna, "◀ Tilbage")
        assert here.last(cast.anna).text == text
        for data in ("!who_saw:g:s", "!who_saw:g:z.0", "!who_saw:g:l.99999", "!who_saw:q:"):
            await here.tap(cast.anna, here.last(cast.anna).id, data)
            assert here.last(cast.anna).text == text
        await here.tap(cast.anna, here.last(cast.anna).id, "!who_saw:g:l.9999")
        assert here.last(cast.anna).text == first.text
        await here.tap(cast.bo, 1, "!who_saw:g:l.0")
        assert NOTHING in here.last(cast.bo).text and "B07" not in here.last(cast.bo).text


async def test_in_english(tmp_path: Path) -> None:
    """The same page for who chose English."""
    async with talks(tmp_path, language="en") as (here, cast):
        assert "Nobody has seen anything you wrote" in await seen(here, cast.anna, "/whosaw")
        await noted(here, audit.OPERATOR, "role", f"{cast.anna.id}/mentor")
        assert "You got a new role: mentor (the operator)" in await seen(here, cast.anna, "/whosaw")
