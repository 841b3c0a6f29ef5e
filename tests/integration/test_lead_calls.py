""" "Tell my lead now": it reaches the leads at once, the mentor hears that it was seen, or plainly that it was not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.organisation import Organisation, OrganisationError, default_organisation_text, read_organisation
from bot.supervising import Supervising
from storage import people
from tests.integration.supervision_kit import Cast, Talks, gets_unsafe, second_lead, talks

ASK = "Bed min leder ringe"
MESSAGE = "📣 Anna beder dig ringe nu, efter et møde. Der er ikke skrevet mere her."
SEEN, CANNOT = "Jeg har set det", "Jeg kan ikke nu"
NIGHT = datetime(2026, 11, 28, 22, 30, tzinfo=UTC)  # a Saturday


async def asks(here: Talks, cast: Cast) -> None:
    """Anna asks for her lead in the tough-visit steps."""
    await gets_unsafe(here, cast.anna)
    await here.press(cast.anna, ASK)


async def test_seen_and_the_mentor_knows(tmp_path: Path) -> None:
    """At once, also on a Saturday night: a name and no more, one tap, and Anna hears who calls, and since when."""
    async with talks(tmp_path, NIGHT) as (here, cast):
        await asks(here, cast)
        assert here.text(cast.lea) == MESSAGE and here.last(cast.lea).labels == (f"✓ {SEEN} – jeg ringer", CANNOT)
        assert here.screen(cast.bo) == [] and here.screen(cast.tue) == [] and here.screen(cast.ada) == []
        await here.tick(minutes=4)
        await here.press(cast.lea, SEEN)
        assert here.last(cast.anna).text == "✓ Lea har set det kl. 23.34 og ringer."
        assert "Du har set det kl. 23.34. Anna ved, at du ringer." in here.text(cast.lea)
        await here.tick(minutes=30)
        assert "Ingen leder" not in here.text(cast.anna) and here.count(cast.lea) == 1


async def test_nobody_has_seen_it(tmp_path: Path) -> None:
    """After ten minutes, and not before, Anna gets the numbers, and the lead gets it once more; both once only."""
    async with talks(tmp_path) as (here, cast):
        await asks(here, cast)
        await here.tick(minutes=9)
        assert "Ring selv" not in here.text(cast.anna)
        # What stands on the card stays true when nobody answers.
        assert "Jeg siger til, så snart nogen svarer – og også, hvis ingen gør." in here.text(cast.anna)
        await here.tick(minutes=1)
        told = here.last(cast.anna).text
        assert "Ingen leder har set det endnu" in told and "Du bad om det kl. 13.10." in told
        assert "Ring selv nu." in told and "+45 00 11 22 33" in told and "psykologordningen" in told
        assert here.count(cast.lea) == 2 and len(here.screen(cast.lea)) == 1  # in place of the first
        assert MESSAGE in here.text(cast.lea) and "Det var kl. 13.10, og ingen har set det endnu." in here.text(
            cast.lea
        )
        before = here.count(cast.anna)
        await here.walk(datetime(2026, 11, 25, 15, tzinfo=UTC))
        assert (here.count(cast.anna), here.count(cast.lea)) == (before, 2)
        await here.press(cast.lea, SEEN)
        assert here.last(cast.anna).text == "✓ Lea har set det kl. 16.00 og ringer."
        assert "Ingen leder har set det endnu" not in here.text(cast.anna)


async def test_the_minutes_are_the_organisation_s(tmp_path: Path) -> None:
    """An organisation that says three minutes gets three."""
    async with talks(tmp_path, minutes=3) as (here, cast):
        await asks(here, cast)
        await here.tick(minutes=2)
        assert "Ring selv" not in here.text(cast.anna)
        await here.tick(minutes=1)
        assert "Ring selv" in here.text(cast.anna)


async def test_it_survives_a_restart(tmp_path: Path) -> None:
    """A program that starts anew, hours late, tells it once: nothing is remembered outside the tables."""
    async with talks(tmp_path) as (here, cast):
        await asks(here, cast)
        before = here.count(cast.anna)
        here.leads = Supervising(here.db, here.tools, here.renderer, lambda: here.now, lambda: None)
        await here.tick(hours=7)
        here.leads = Supervising(here.db, here.tools, here.renderer, lambda: here.now, lambda: None)
        await here.tick(minutes=20)
        assert here.count(cast.anna) == before + 1 and here.text(cast.anna).count("Ring selv nu.") == 1


async def test_two_leads(tmp_path: Path) -> None:
    """Both get it; the first to answer has it, the other sees who, and a late tap changes nothing."""
    async with talks(tmp_path) as (here, cast):
        ole = await second_lead(here, cast)
        await asks(here, cast)
        message, data = here.labelled(ole, SEEN)
        await here.press(cast.lea, SEEN)
        assert "✓ Lea har set det kl. 13.10 og ringer til Anna." in here.text(ole)
        await here.tap(ole, message.id, data)
        assert here.text(cast.anna).count("har set det") == 1 and "Ole" not in here.text(cast.anna)
        assert "✓ Lea har set det" in here.text(ole)


async def test_not_now(tmp_path: Path) -> None:
    """One lead who cannot is not told of to anybody while another may; when nobody can, Anna hears at once. Who could
    not may after all."""
    async with talks(tmp_path) as (here, cast):
        ole = await second_lead(here, cast)
        await asks(here, cast)
        await here.press(cast.lea, CANNOT)
        assert "Du kan ikke lige nu." in here.text(cast.lea) and "Ring selv" not in here.text(cast.anna)
        await here.press(ole, CANNOT)
        assert "Din leder kan ikke ringe lige nu" in here.text(cast.anna) and "+45 00 11 22 33" in here.text(cast.anna)
        before = here.count(cast.anna)
        await here.tick(minutes=15)
        assert here.count(cast.anna) == before and here.count(ole) == 1  # told already, and nobody is asked again
        await here.press(cast.lea, SEEN)
        assert here.last(cast.anna).text.startswith("✓ Lea har set det")


async def test_a_lead_telegram_no_longer_delivers_to(tmp_path: Path) -> None:
    """Found out while sending: Anna hears at once. When it comes through at last, it says from when it is."""
    async with talks(tmp_path) as (here, cast):
        here.closed.add(cast.lea.chat_id)
        await asks(here, cast)
        assert "Jeg kan ikke få fat i din leder" in here.text(cast.anna) and "Ring selv nu." in here.text(cast.anna)
        assert here.screen(cast.lea) == []
        before = here.count(cast.anna)
        await here.tick(days=1, minutes=20)
        assert here.count(cast.anna) == before
        await here.unblock(cast.lea)
        assert "onsdag 25. november kl. 13.10" in here.text(cast.lea)
        await here.press(cast.lea, SEEN)
        assert "Lea har set det" in here.last(cast.anna).text


async def test_one_of_two_is_out_of_reach(tmp_path: Path) -> None:
    """While the other lead may still answer, there is no alarm before its time."""
    async with talks(tmp_path) as (here, cast):
        await second_lead(here, cast)
        here.closed.add(cast.lea.chat_id)
        await asks(here, cast)
        assert "Ring selv" not in here.text(cast.anna)
        await here.tick(minutes=10)
        assert "Ingen leder har set det endnu" in here.text(cast.anna)


async def test_nobody_to_reach_is_said_at_once(tmp_path: Path) -> None:
    """With the only lead known to block the bot nothing is sent, and the card says so with the numbers."""
    async with talks(tmp_path) as (here, cast):
        async with here.db.transaction() as tx:
            people.set_blocked(tx, cast.lea.id, here.now)
        await asks(here, cast)
        assert "Ring selv" in here.text(cast.anna) and "+45 00 11 22 33" in here.text(cast.anna)
        assert here.screen(cast.lea) == []


async def test_worried_about_a_citizen(tmp_path: Path) -> None:
    """From a contact thread with worry: the words Anna said yes to, and the same answer back. Without worry it is a
    message like any other, that nobody waits for."""
    async with talks(tmp_path) as (here, cast):
        await here.send(cast.anna, "/kontakt B07")
        for label in ("Ja, jeg er bekymret", ASK, "Ja, send det"):
            await here.press(cast.anna, label)
        said = "📣 Anna beder dig ringe om en borger, der ikke er til at få fat i (B07)."
        assert here.text(cast.lea) == said
        await here.press(cast.lea, SEEN)
        assert "✓ Lea har set det kl. 13.10 og ringer." in here.text(cast.anna)
        await here.send(cast.bo, "/kontakt K12")
        for label in ("Nej", "Mere …", ASK, "Ja, send det"):
            await here.press(cast.bo, label)
        assert "K12" in here.last(cast.lea).text and here.last(cast.lea).labels == ()
        await here.tick(minutes=30)
        assert "Ring selv" not in here.text(cast.bo)


async def test_somebody_else_s_button(tmp_path: Path) -> None:
    """A lead of another team, a colleague, an admin and the mentor herself can answer for nobody."""
    async with talks(tmp_path) as (here, cast):
        await asks(here, cast)
        message, data = here.labelled(cast.lea, SEEN)
        for who in (cast.tue, cast.bo, cast.ada, cast.kim, cast.anna):
            for one in (data, data.replace(":s:", ":n:")):
                await here.tap(who, message.id, one)
                assert here.toasts[-1] == "Den knap hører ikke til dig."
        assert "har set det" not in here.text(cast.anna) and here.text(cast.lea) == MESSAGE


async def test_a_check_in_is_not_given_away(tmp_path: Path) -> None:
    """Asked for from a check-in, it says that Anna would like to talk, and is answered like the others."""
    async with talks(tmp_path) as (here, cast):
        await gets_unsafe(here, cast.anna)
        for label in ("Min leder", "Færdig", "Nej, jeg tager den", "Det er nok for nu", "Spørg til mig"):
            await here.press(cast.anna, label)
        await here.walk(datetime(2026, 11, 26, 8, 15, tzinfo=UTC))
        for label in ("tale med nogen", ASK):
            await here.press(cast.anna, label)
        assert here.text(cast.lea) == "📣 Anna vil gerne tale med dig i dag. Der er ikke skrevet mere her."
        await here.press(cast.anna, ASK)
        assert here.count(cast.lea) == 1  # a thumb that taps twice calls once
        await here.press(cast.lea, SEEN)
        assert "✓ Lea har set det kl. 09.15 og ringer." in here.text(cast.anna)


async def test_in_english(tmp_path: Path) -> None:
    """The same words in English."""
    async with talks(tmp_path, language="en") as (here, cast):
        await here.send(cast.anna, "/kontakt B07")
        for label in ("Yes, I am worried", "Ask my lead to call", "Yes, send it"):
            await here.press(cast.anna, label)
        await here.tick(minutes=10)
        assert "You asked for it at 13:10." in here.text(cast.anna)
        await here.press(cast.lea, "I have seen it")
        assert here.last(cast.anna).text == "✓ Lea saw it at 13:20 and is calling."


def test_the_setting() -> None:
    """Ten minutes unless the organisation says otherwise, from two to two hours; setup's file names it."""
    assert Organisation().tell_lead_minutes == 10
    assert read_organisation(default_organisation_text("Øvelse")).tell_lead_minutes == 10
    assert read_organisation("tell_lead_minutes: 3").tell_lead_minutes == 3
    for wrong in ("1", "121", "snart"):
        with pytest.raises(OrganisationError, match="tell_lead_minutes"):
            read_organisation(f"tell_lead_minutes: {wrong}")
