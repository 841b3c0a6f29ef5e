"""/uge for a lead: one screen, every part a tap away, any week by name, and nobody else gets to see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.dialogue.summary import Week
from bot.service import week_pages
from storage import audit, shares, supervision, supervision_shared
from tests.integration.week_figures_kit import Moves, at
from tests.integration.week_kit import DAY, Team, WeekChats, fake_makers, team

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # ten o'clock, Monday of week 48
W47 = Week(2026, 47)
FOCUS = "Hvor langt går jeg? <b>&</b>"
HELD: Moves = {"outcome": ("as_agreed",), "minutes_used": ("m60",), "contact_when": ("now",), "toughness": ("2",),
               "adjusted": ("place",), "next_contact": ("no",)}  # fmt: skip
MISSED: Moves = {"outcome": ("did_not_come",), "contact_when": ("now",), "reach_tried": ("call", "no_answer"),
                 "absence_decision": ("lead_first",), "absence_reason": ("nothing_yet",),
                 "next_contact": ("no",)}  # fmt: skip


async def a_week(here: WeekChats, who: Team) -> None:
    """Anna wants supervision soon and shares why, Bo's citizen did not come, Cleo has had an ordinary week."""
    b07 = await who.desk.citizen(who.anna, "B07", at(W47, 0))
    k12 = await who.desk.citizen(who.bo, "K12", at(W47, 0))
    asked = {**HELD, "supervision": ("soon",), "supervision_focus": (FOCUS,)}
    made = await who.desk.debrief(who.anna, b07, at(W47, 1), asked, full=True)
    async with here.db.transaction() as tx:
        shares.share(tx, made, ["supervision_focus"], at(W47, 1, 13))
    await who.desk.debrief(who.bo, k12, at(W47, 2), MISSED)
    for day in range(3):
        await who.desk.debrief(who.cleo, None, at(W47, day), HELD)


def data(here: WeekChats, who: Team) -> list[str]:
    """What every button in the lead's chat sends."""
    return [sent for one in here.screen(who.lea) for _, sent in one.buttons]


async def test_one_screen_and_every_part_a_tap_away(tmp_path: Path) -> None:
    """The message fits one screen, sentences first; each part opens in the same message and leads back."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await a_week(here, who)
        await here.send(who.lea, "/uge")
        (shown,) = here.screen(who.lea)
        assert shown.text.startswith("Uge 47 · Nord\n16.–22. november 2026\n\n• Anna vil gerne have supervision snart.")
        assert "4 kontakter" in shown.text and len(shown.text) <= 900
        assert "Her er ugen" not in shown.text  # that is said on Mondays only
        for label, expected in (
            ("Supervision (1)", "Hvor langt går jeg? <b>&</b>"),
            ("Tryghed", "Ingen fortalte om noget utrygt"),
            ("Fravær (1)", "K12"),
            ("Ikke nået", "uden kontakt"),
            ("Over tiden", "Ingen huskeaftaler er over tiden"),
            ("Arbejdet", "4¼ timer"),
        ):
            await here.press(who.lea, label)
            (part,) = here.screen(who.lea)
            assert part.id == shown.id
            assert part.text.startswith("Uge 47 · ") and expected in part.text
            await here.press(who.lea, "◀ Ugen")
        assert here.screen(who.lea) == [shown]
        await here.press(who.lea, "Luk")
        assert here.screen(who.lea) == []


async def test_from_week_to_week(tmp_path: Path) -> None:
    """Back and forth one week at a time, in place, up to the week that runs and no further."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await here.send(who.lea, "/uge")
        await here.press(who.lea, "Uge 48 ▶")
        assert "Uge 48 · Nord" in here.last(who.lea).text
        assert "Ugen er ikke slut endnu" in here.last(who.lea).text
        assert not any("▶" in label for label in here.last(who.lea).labels)
        for number in (47, 46, 45):
            await here.press(who.lea, f"◀ Uge {number}")
        assert "Uge 45 · Nord" in here.last(who.lea).text
        assert "Der er ikke skrevet noget i uge 45" in here.last(who.lea).text
        assert len(here.screen(who.lea)) == 1


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("/uge", "Uge 47 · Nord"),
        ("/week", "Uge 47 · Nord"),
        ("/uge 47", "Uge 47 · Nord"),
        ("/uge uge 3", "Uge 3 · Nord"),
        ("/uge 2026-W47", "Uge 47 · Nord"),
        ("/uge 2020-w53", "28. december 2020 – 3. januar 2021"),
        ("/uge 53", "Den uge er ikke begyndt endnu."),  # the nearest one begins in five weeks
        ("/uge 50", "Den uge er ikke begyndt endnu."),
        ("/uge 20", "Uge 20 · Nord"),
        ("/uge 47.", "Uge 47 · Nord"),
        ("/uge 50/2025", "8.–14. december 2025"),
        ("/uge 50/2024", "9.–15. december 2024"),
        ("/uge denne uge", "Uge 48 · Nord"),
        ("/uge Sidste uge", "Uge 47 · Nord"),
        ("/uge 2026-W49", "Den uge er ikke begyndt endnu."),
        ("/uge 54", "Den uge kender jeg ikke."),
        ("/uge 0", "Den uge kender jeg ikke."),
        ("/uge 2025-W53", "Den uge kender jeg ikke."),
        ("/uge <b>{{7*7}}</b>", "Den uge kender jeg ikke."),
        ("/uge 0001-W01", "Den uge kender jeg ikke."),
    ],
)
async def test_any_week_by_name(tmp_path: Path, typed: str, shown: str) -> None:
    """A number, a number with its year, or a word; what is no week is answered with what to write."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await here.send(who.lea, typed)
        assert shown in here.last(who.lea).text
        assert here.toasts == []


async def test_in_english(tmp_path: Path) -> None:
    """The same in English, with English buttons."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await a_week(here, who)
        async with here.db.transaction() as tx:
            tx.write("UPDATE people SET language = 'en' WHERE id = ?", who.lea.id)
        await here.send(who.lea, "/week 47")
        assert here.last(who.lea).text.startswith(
            "Week 47 · Nord\n16–22 November 2026\n\n• Anna would like supervision"
        )
        await here.press(who.lea, "Supervision (1)")
        assert "Week 47 · Wishes for supervision" in here.last(who.lea).text
        await here.press(who.lea, "The week")
        await here.press(who.lea, "The report")
        await here.draw()
        assert (here.files[0].name, here.files[0].data) == ("week-2026-W47.html", b"2026-W47 en")


async def test_what_was_shared_is_noted_as_read(tmp_path: Path) -> None:
    """The first screen notes a look at the week and no more, and turning its pages nothing; the part that shows the
    focus notes that it was read, and so does the report; taken back, the focus is gone from both."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await a_week(here, who)

        async def read() -> list[str]:
            async with here.db.transaction() as tx:
                return [one.action for one in await audit.entries(tx) if one.actor == who.lea.id]

        await here.send(who.lea, "/uge")
        assert await read() == ["week"]
        await here.press(who.lea, "Supervision")
        assert await read() == ["week", "read"]
        await here.press(who.lea, "◀ Ugen")
        await here.press(who.lea, "Rapporten")
        await here.draw()
        assert await read() == ["week", "read", "read", "report"]
        async with here.db.transaction() as tx:
            rows = await tx.all("SELECT reflection_id FROM shares")
            (reflection_id,) = {row["reflection_id"] for row in rows}
            readings = await supervision_shared.readings(tx, [reflection_id])
            assert [one.reader for one in readings[reflection_id]] == ["Lea"]
            shares.withdraw(tx, reflection_id, ["supervision_focus"], here.now)
        await here.press(who.lea, "Supervision")
        shown = here.screen(who.lea)[0].text
        assert "Hvor langt" not in shown and "fokus er ikke delt" in shown
        assert await read() == ["week", "read", "read", "report"]


async def test_what_was_taken_up_since_says_so(tmp_path: Path) -> None:
    """A week that is over shows the wish as it stood, says as of when, and that it was taken up on the Monday after."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await a_week(here, who)
        await here.send(who.lea, "/uge 47")
        await here.press(who.lea, "Supervision (1)")
        assert "Sådan stod det" not in here.last(who.lea).text
        async with here.db.transaction() as tx:
            (wish,) = await supervision.open_wishes(tx, who.lea.team_id or "", here.now)
            day = MONDAY.date()
            await supervision.take_up(tx, wish, lead_id=who.lea.id, day=day, remark=None, chip=None, now=here.now)
        await here.send(who.lea, "/uge 47")
        await here.press(who.lea, "Supervision (1)")
        text = here.last(who.lea).text
        assert "Sådan stod det søndag aften." in text and "✓ Taget op 23. november" in text


async def test_many_open_things_come_page_by_page(tmp_path: Path) -> None:
    """Twenty citizens without contact are all there, a page at a time, and no page is longer than a message."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        for number in range(20):
            await who.desk.citizen(who.anna, f"Dæknavn-{number:02}", MONDAY - 30 * DAY)
        await here.send(who.lea, "/uge")
        await here.press(who.lea, "Ikke nået (20)")
        seen: set[str] = set()
        for _ in range(3):
            text = here.last(who.lea).text
            seen |= {f"{number:02}" for number in range(20) if f"Dæknavn-{number:02}" in text}
            assert len(text) < 4096 and text.count("Dæknavn-") <= week_pages.SHOWN
            if any("Flere" in label for label in here.last(who.lea).labels):
                await here.press(who.lea, "Flere ▶")
        assert len(seen) == 20
        assert "15–20 af 20" in here.last(who.lea).text
        await here.press(who.lea, "◀ Forrige")
        assert "8–14 af 20" in here.last(who.lea).text


async def test_only_leads_get_the_teams_week(tmp_path: Path) -> None:
    """An admin and a coder get one kind sentence; a lead of another team sees only theirs; a forwarded or forged button
    shows nobody anything."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await a_week(here, who)
        await here.send(who.lea, "/uge")
        buttons = [sent for sent in data(here, who) if sent.startswith("!week")]
        for person in (who.adam, who.kaja):
            await here.send(person, "/uge")
            assert [one.text for one in here.screen(person)] == [
                "Det kan din rolle ikke her. Skriv /hjaelp, så viser jeg, hvad du kan."
            ]
            for sent in buttons:
                if not sent.startswith("!week:x"):
                    await here.tap(person, here.last(person).id, sent)
            assert "Nord" not in here.text(person) and "Anna" not in here.text(person)
        for sent in buttons:
            await here.tap(who.sif, 1, sent)
            await here.tap(who.anna, 1, sent)
        assert "Syd" in here.text(who.sif) and "Anna" not in here.text(who.sif)
        assert "Nord" not in here.text(who.anna) and "K12" not in here.text(who.anna)
        await here.draw()
        assert {one.chat_id for one in here.files} <= {who.sif.chat_id}


@pytest.mark.parametrize("arg", ["", "2026-W54", "2027-W01", "2026-W47.x", "2026-W47.99999999999", "æ", "W47"])
async def test_odd_buttons_do_no_harm(tmp_path: Path, arg: str) -> None:
    """Whatever a button carries: an answer, and no mistake."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await here.send(who.lea, "/uge")
        for verb in ("w", "a", "s", "p", "r", "d", "l", "æ"):
            await here.tap(who.lea, here.last(who.lea).id, f"!week:{verb}:{arg}")
        assert len(here.screen(who.lea)) == 1


async def test_two_taps_are_one_picture(tmp_path: Path) -> None:
    """A thumb that taps twice gets one picture; asked for again later, another one; both say that they are coming."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await here.send(who.lea, "/uge")
        await here.press(who.lea, "Billedet")
        await here.press(who.lea, "Billedet")
        assert here.toasts == ["Jeg tegner billedet. Det kommer om lidt."] * 2
        await here.draw()
        assert len(here.files) == 1
        await here.press(who.lea, "Luk")
        await here.press(who.lea, "Billedet")
        await here.draw()
        assert len(here.files) == 2
        assert [one.labels for one in here.screen(who.lea)][1:] == [("Luk",)]


async def test_the_commands_stand_in_menu_and_help(tmp_path: Path) -> None:
    """/uge is offered to leads and mentors, and to nobody else."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        for person, offered in ((who.lea, True), (who.anna, True), (who.adam, False), (who.kaja, False)):
            await here.send(person, "/hjaelp")
            assert ("/uge – Ugen i overblik" in here.last(person).text) is offered


async def test_an_old_card_is_drawn_anew_below(tmp_path: Path) -> None:
    """A button on a message that is no longer the card brings the week below, instead of nothing."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await here.send(who.lea, "/uge")
        old = here.last(who.lea)
        here.now += timedelta(hours=1)
        await here.send(who.lea, "/uge 46")
        await here.tap(who.lea, old.id, dict(old.buttons)["🧭 Arbejdet"])
        assert here.last(who.lea).text.startswith("Uge 47 · Arbejdet")
        assert len(here.screen(who.lea)) == 1
