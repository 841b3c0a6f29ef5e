"""/paamind: what is typed, what is understood, what is said back, and one-tap corrections."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.dialogue.reminders import Reminder
from storage import reminders
from tests.integration.remind_kit import WEDNESDAY, Chats, Everybody, chats

# Typed on Wednesday 25 November 2026 at 13.10 · how the time is said back · about whom · the text.
UNDERSTOOD = [
    ("B07 torsdag kl. 14 ring til lægen", "torsdag 26. november kl. 14.00", "B07", "ring til lægen"),
    ("b07 torsdag kl. 14 ring til lægen", "torsdag 26. november kl. 14.00", "B07", "ring til lægen"),
    ("torsdag kl. 14 ring til lægen", "torsdag 26. november kl. 14.00", None, "ring til lægen"),
    ("torsdag kl. 14: ring til lægen", "torsdag 26. november kl. 14.00", None, "ring til lægen"),
    ("torsdag kl. 14, ring til lægen", "torsdag 26. november kl. 14.00", None, "ring til lægen"),
    ("B07: torsdag kl. 14 – ring til lægen", "torsdag 26. november kl. 14.00", "B07", "ring til lægen"),
    ("ring til lægen torsdag kl. 14", "torsdag 26. november kl. 14.00", None, "ring til lægen"),
    ("B07 ring til lægen torsdag kl. 14", "torsdag 26. november kl. 14.00", "B07", "ring til lægen"),
    ("Stjerne syv i morgen kl. 10 tag nøglen med", "torsdag 26. november kl. 10.00", "Stjerne syv", "tag nøglen med"),
    ("i morgen kl. 10 skriv til B07", "torsdag 26. november kl. 10.00", None, "skriv til B07"),
    ("i morgen ring til kommunen", "torsdag 26. november", None, "ring til kommunen"),
    ("i overmorgen kl 9.30 kaffe med teamet", "fredag 27. november kl. 09.30", None, "kaffe med teamet"),
    ("på fredag ring", "fredag 27. november", None, "ring"),
    ("næste mandag book lokalet", "mandag 30. november", None, "book lokalet"),
    ("om to timer hent bilen", "i dag kl. 15.10", None, "hent bilen"),
    ("om halvanden time hent bilen", "i dag kl. 14.40", None, "hent bilen"),
    ("om 3 dage følg op på brevet", "lørdag 28. november", None, "følg op på brevet"),
    ("om en uge spørg til lejligheden", "onsdag 2. december", None, "spørg til lejligheden"),
    ("fredag om en uge husk papirerne", "fredag 4. december", None, "husk papirerne"),
    ("24/12 kl 18 ring og sig glædelig jul", "torsdag 24. december kl. 18.00", None, "ring og sig glædelig jul"),
    ("24/12 køb kaffe", "torsdag 24. december", None, "køb kaffe"),
    ("d. 5. december kl 9 partshøring", "lørdag 5. december kl. 09.00", None, "partshøring"),
    ("den 1. december husleje", "tirsdag 1. december", None, "husleje"),
    ("i aften kl. 20 ring til nattevagten", "i dag kl. 20.00", None, "ring til nattevagten"),
    ("i eftermiddag skriv referat", "i dag kl. 14.00", None, "skriv referat"),
    ("halv otte sæt telefonen til opladning", "i dag kl. 19.30", None, "sæt telefonen til opladning"),
    ("kl. 15.30 ring til lægen", "i dag kl. 15.30", None, "ring til lægen"),
    ("14.45 kør hjem", "i dag kl. 14.45", None, "kør hjem"),
    ("tirsdag eftermiddag besøg", "tirsdag 1. december kl. 14.00", None, "besøg"),
    ("i morgen tidlig pak tasken", "torsdag 26. november kl. 08.00", None, "pak tasken"),
    ("uge 50 lav en plan for julen", "mandag 7. december", None, "lav en plan for julen"),
    ("B07 fredag", "fredag 27. november", "B07", None),
    ("torsdag den 26. november kl. 14.00 ring", "torsdag 26. november kl. 14.00", None, "ring"),
    (
        "torsdag kl. 14\nring til lægen\nhusk kortet",
        "torsdag 26. november kl. 14.00",
        None,
        "ring til lægen\nhusk kortet",
    ),
]

# Typed · a piece of the answer that says what to do.
REFUSED = [
    ("", "/paamind torsdag kl. 14 ring til lægen"),
    ("ring til lægen", "Skriv tidspunktet før resten"),
    ("B07 ring til lægen", "Skriv tidspunktet før resten"),
    ("i går ring til lægen", "er allerede gået"),
    ("24/11 kl. 9 ring", "er allerede gået"),
    ("i dag kl. 12.00 ring", "er allerede gået"),
    ("torsdag kl. 14", "Hvad skal jeg minde dig om?"),
    ("B99 torsdag kl. 14 ring til lægen", "Jeg kender ikke B99"),
    ("torsdag kl. 14 " + "ring " * 300, "for langt"),
]


async def standing(here: Chats, cast: Everybody) -> list[Reminder]:
    """What Anna is to be reminded of."""
    async with here.db.transaction() as tx:
        return await reminders.standing_of(tx, cast.anna.id)


@pytest.mark.parametrize(("typed", "said", "citizen", "text"), UNDERSTOOD)
async def test_understood_and_said_back(
    tmp_path: Path, typed: str, said: str, citizen: str | None, text: str | None
) -> None:
    """The time is said back so that it can mean only one thing, and nothing of the text is lost."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, f"/paamind {typed}")
        shown = here.last(cast.anna)
        about = " · ".join(part for part in (citizen, text) if part)
        assert shown.text.split("\n\n")[0] == f"⏰ Jeg minder dig om det {said}:\n{about}"
        (one,) = await standing(here, cast)
        assert (one.citizen_id == cast.b07) == (citizen == "B07")


@pytest.mark.parametrize(("typed", "told"), REFUSED)
async def test_refused_with_what_works(tmp_path: Path, typed: str, told: str) -> None:
    """What is not understood, or has passed, is stored nowhere and answered with what works."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, f"/paamind {typed}")
        assert told in here.last(cast.anna).text
        assert await standing(here, cast) == []


async def test_held_by_the_guard(tmp_path: Path) -> None:
    """A CPR number is kept nowhere, also while a debrief is open: it does not become an answer there either."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/debrief")
        await here.send(cast.anna, "/paamind torsdag kl. 14 ring om 010190-1234")
        assert "kan pege på en bestemt person" in here.last(cast.anna).text
        assert await standing(here, cast) == []
        async with here.db.transaction() as tx:
            assert await tx.all("SELECT 1 FROM reflections WHERE state LIKE '%ring om%'") == []


async def test_one_tap_corrections(tmp_path: Path) -> None:
    """An hour earlier and later, the next day, and delete: each says anew what is now true."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/paamind B07 torsdag kl. 14 ring")
        for label, said in [
            ("−1 t", "torsdag 26. november kl. 13.00"),
            ("+1 t", "torsdag 26. november kl. 14.00"),
            ("+1 t", "torsdag 26. november kl. 15.00"),
            ("+1 dag", "fredag 27. november kl. 15.00"),
        ]:
            await here.press(cast.anna, label)
            assert said in here.last(cast.anna).text
        (one,) = await standing(here, cast)
        assert one.due_at == datetime(2026, 11, 27, 14, tzinfo=UTC)
        await here.press(cast.anna, "Slet")
        assert await standing(here, cast) == []
        await here.walk(WEDNESDAY + timedelta(days=4), minutes=120)
        assert "ring" not in here.text(cast.anna)


async def test_another_time_by_typing(tmp_path: Path) -> None:
    """ "Another time" reads the next message; what it does not understand it asks for again."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/paamind torsdag kl. 14 ring")
        await here.press(cast.anna, "Anden tid")
        await here.send(cast.anna, "når det passer")
        assert "forstod jeg ikke" in here.last(cast.anna).text
        await here.send(cast.anna, "i går")
        assert "allerede gået" in here.last(cast.anna).text
        await here.send(cast.anna, "mandag kl. 9")
        assert "mandag 30. november kl. 09.00" in here.last(cast.anna).text
        (one,) = await standing(here, cast)
        assert one.due_at == datetime(2026, 11, 30, 8, tzinfo=UTC)
        await here.send(cast.anna, "tirsdag kl. 9")
        assert "ikke gemt" in here.last(cast.anna).text, "it was answered; nobody waits for more"


async def test_what_is_typed_belongs_to_what_was_touched_last(tmp_path: Path) -> None:
    """With a debrief open, the page that asked last gets the answer; a tap in the debrief gives it back."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/paamind torsdag kl. 14 ring")
        await here.press(cast.anna, "Anden tid")
        here.now += timedelta(seconds=5)
        await here.send(cast.anna, "/debrief")
        await here.send(cast.anna, "C12")
        assert "Opret C12" in "".join(here.last(cast.anna).labels)


async def test_outside_working_time_is_kept_and_said(tmp_path: Path) -> None:
    """Who asks for a time in the evening gets it then, and is told that it is outside the hours."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/paamind i aften kl. 20 ring")
        assert "uden for din arbejdstid" in here.last(cast.anna).text
        before = here.count(cast.anna)
        await here.walk(datetime(2026, 11, 25, 18, 59, tzinfo=UTC))
        assert here.count(cast.anna) == before
        await here.tick(at=datetime(2026, 11, 25, 19, 0, tzinfo=UTC))
        assert here.count(cast.anna) == before + 1
        assert "ring" in here.last(cast.anna).text and "forsinket" not in here.last(cast.anna).text


async def test_a_day_off_moves_to_the_next_working_day(tmp_path: Path) -> None:
    """A day alone that nobody works on: it is said when it comes instead, and it comes then."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.anna, "/paamind lørdag køb kaffe")
        assert "så det bliver mandag 30. november kl. 08.00" in here.last(cast.anna).text
        before = here.count(cast.anna)
        await here.walk(datetime(2026, 11, 30, 6, 59, tzinfo=UTC), minutes=60)
        assert here.count(cast.anna) == before
        await here.tick(at=datetime(2026, 11, 30, 7, 0, tzinfo=UTC))
        assert "køb kaffe" in here.last(cast.anna).text and "forsinket" not in here.last(cast.anna).text


async def test_english(tmp_path: Path) -> None:
    """/remind does the same in English."""
    async with chats(tmp_path, language="en") as (here, cast):
        await here.send(cast.anna, "/remind B07 tomorrow at 10 call the doctor")
        assert "Thursday 26 November at 10:00" in here.last(cast.anna).text
        assert "B07 · call the doctor" in here.last(cast.anna).text


async def test_only_mentors_and_only_their_own(tmp_path: Path) -> None:
    """A lead has no reminders of this kind, Bo cannot name Anna's citizen, and a forwarded button writes nothing."""
    async with chats(tmp_path) as (here, cast):
        await here.send(cast.lea, "/paamind torsdag kl. 14 ring")
        assert "Det kan din rolle ikke" in here.last(cast.lea).text
        await here.send(cast.bo, "/paamind B07 torsdag kl. 14 ring")
        assert "Jeg kender ikke B07" in here.last(cast.bo).text
        await here.send(cast.anna, "/paamind torsdag kl. 14 ring")
        (one,) = await standing(here, cast)
        delete = dict(here.last(cast.anna).buttons)["🗑 Slet"]
        await here.tap(cast.bo, here.last(cast.bo).id, delete)
        assert await standing(here, cast) == [one]
        assert here.toasts[-1] == "Den knap hører ikke til dig."
