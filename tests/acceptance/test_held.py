"""What points to one person: shown, chosen about, and nowhere unless it was kept on purpose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count

import pytest

from storage.keys import read_key
from storage.sqlite_connect import connect
from tests.acceptance.person import Person
from tests.acceptance.stage import Stage
from tests.integration.page_reader import every_page

MASKED = "Ring til hende på [telefon] i aften"
_numbers = count(4151)


@dataclass(frozen=True)
class Secret:
    """A phone number that no other test types, and how many audit rows there were before."""

    digits: str
    stage: Stage
    noted: int

    @property
    def phone(self) -> str:
        """As it is typed."""
        return " ".join(self.digits[at : at + 2] for at in (0, 2, 4, 6))

    @property
    def text(self) -> str:
        """A sentence with it."""
        return f"Ring til hende på {self.phone} i aften"

    def is_nowhere(self) -> None:
        """It stands nowhere."""
        nowhere(self.stage, self.phone, self.digits, self.phone[3:])

    def notes(self) -> list[str]:
        """The subjects of the audit rows about what was kept since."""
        return kept_notes(self.stage)[self.noted :]


@pytest.fixture
def secret(stage: Stage) -> Secret:
    """A new number."""
    return Secret(f"2030{next(_numbers)}", stage, len(kept_notes(stage)))


async def at_a_text(anna: Person) -> None:
    """A full debrief at a question that waits for words."""
    await anna.debriefs("B07", "as_agreed")
    await anna.presses("full")
    await anna.skips_to("what_happened")


async def is_shown(anna: Person, *kinds: str) -> None:
    """The card says what was found."""
    await anna.reads("guard.found", kinds=[anna.words.plain(f"guard.kind_{kind}") for kind in kinds])


def nowhere(stage: Stage, *forms: str) -> None:
    """What was typed stands in no table, no page of the database or its write-ahead log, no log and no other file."""
    told = stage.everything_stored() + stage.log
    assert len(told) > 1000
    assert not [form for form in forms if form in told]
    key = bytes.fromhex(stage.folders.key_file.read_text(encoding="ascii"))
    pages = b"".join(every_page(stage.folders.data / "eftertanke.db", key))
    assert b"CREATE TABLE answers" in pages  # they were read in the clear
    assert not [form for form in forms if form.encode() in pages]
    for file in stage.folders.data.rglob("*"):
        raw = file.read_bytes() if file.is_file() else b""
        assert not [form for form in forms if form.encode() in raw], file.name


def kept_notes(stage: Stage) -> list[str]:
    """The subjects of the audit rows about what was kept."""
    connection = connect(stage.folders.data / "eftertanke.db", read_key(None, stage.folders.key_file))
    try:
        rows = connection.execute("SELECT subject FROM audit WHERE action = 'guard_keep' ORDER BY seq")
        return [str(row[0]) for row in rows]
    finally:
        connection.close()


async def test_a_phone_number_is_kept_masked(stage: Stage, anna: Person, secret: Secret) -> None:
    """In a text the number is shown as it would be stored, and kept without it; it was never anywhere."""
    await at_a_text(anna)
    number = await anna.writes(secret.text)
    await is_shown(anna, "phone")
    await anna.reads("guard.would_be", text=MASKED)
    await anna.sees_gone(number)
    secret.is_nowhere()
    await anna.presses("keep_masked")
    await anna.is_asked("what_happened")
    assert (await stage.newest()).current["what_happened"].text == MASKED
    secret.is_nowhere()
    assert secret.notes() == []


async def test_on_the_short_path(stage: Stage, anna: Person, secret: Secret) -> None:
    """A phone number typed beside the reasons on the short path is caught, and the reason is kept masked."""
    await anna.debriefs("B07", "cancelled_by_citizen")
    await anna.is_asked("absence_reason")
    await anna.writes(secret.text)
    await is_shown(anna, "phone")
    await anna.presses("keep_masked")
    await anna.hand.wait_for(MASKED)
    await anna.presses("keep")
    assert (await stage.newest()).current["absence_reason"].text == MASKED
    secret.is_nowhere()


async def test_a_false_alarm_is_confirmed_and_noted(stage: Stage, anna: Person, secret: Secret) -> None:
    """Kept as typed only after being asked once more; that it was kept is noted, not what. Two taps keep it once."""
    await at_a_text(anna)
    await anna.writes(secret.text)
    await anna.presses("false_alarm")
    card = await anna.reads("guard.sure", cpr=False)
    secret.is_nowhere()
    data = await anna.data(anna.words.button("keep_typed"))
    await anna.taps(card.id, data, data)
    await anna.hand.wait_for(secret.text)
    newest = await stage.newest()
    assert [one.text for one in newest.history("what_happened")] == [secret.text]
    assert secret.notes() == [f"{newest.read.reflection_id}/what_happened/phone"]
    assert secret.phone not in stage.log


async def test_a_cpr_number_is_never_kept(stage: Stage, anna: Person, secret: Secret) -> None:
    """Alone it offers no false alarm; with something else, that can be kept, and the number stays masked."""
    await at_a_text(anna)
    await anna.writes("Hun er 010190-1234")
    await is_shown(anna, "cpr")
    assert anna.words.button("false_alarm") not in (await anna.hand.live()).labels
    await anna.presses("rephrase")
    await anna.reads("note.write_again")
    await anna.writes(f"Hun er 010190-1234, ring {secret.phone}")
    await is_shown(anna, "cpr", "phone")
    await anna.reads("guard.never_cpr", others=True)
    await anna.presses("false_alarm")
    await anna.reads("guard.sure", cpr=True)
    await anna.presses("keep_typed")
    await anna.hand.wait_for(f"Hun er [cpr-nummer], ring {secret.phone}")
    nowhere(stage, "010190", "0101901234", "-1234")


async def test_writing_it_again(stage: Stage, anna: Person, secret: Secret) -> None:
    """What is written next is kept, and what was held back is let go when that is said."""
    await at_a_text(anna)
    await anna.writes(secret.text)
    await is_shown(anna, "phone")
    await anna.writes("Ring til hende i aften")
    await anna.reads("guard.followed")
    await anna.presses("let_go")
    await anna.reads("note.let_go")
    await anna.presses("keep")
    assert (await stage.newest()).current["what_happened"].text == "Ring til hende i aften"
    secret.is_nowhere()


async def test_a_long_text_is_held_as_one(stage: Stage, anna: Person, secret: Secret) -> None:
    """What Telegram cut into several messages loses nothing, though numbers stand in two of them."""
    await at_a_text(anna)
    long = f"Begyndelsen {secret.phone} " + "vi talte længe om det " * 300 + f"slutningen {secret.phone}"
    numbers = await anna.hand.send(long)
    assert len(numbers) == 2
    for number in numbers:
        await anna.sees_gone(number)
    await anna.presses("keep_masked")
    await anna.presses("keep")
    await anna.is_asked("contact_quality")
    kept = (await stage.newest()).current["what_happened"].text or ""
    assert kept.count("vi talte længe om det") >= 299
    assert (kept.startswith("Begyndelsen [telefon]"), kept.endswith("slutningen [telefon]")) == (True, True)
    secret.is_nowhere()


async def test_a_pseudonym(stage: Stage, anna: Person, secret: Secret) -> None:
    """A name with an address is no pseudonym: it is written again, and what was typed is nowhere."""
    await anna.debriefs()
    await anna.presses("new")
    number = await anna.writes("Anders And, Paradisæblevej 111")
    await anna.reads("guard.pseudonym")
    await anna.sees_gone(number)
    assert anna.words.button("keep_masked") not in (await anna.hand.live()).labels
    await anna.presses("rephrase")
    await anna.writes("Fjer")
    await anna.is_asked("outcome")
    nowhere(stage, "Paradisæblevej 111", "blevej 111")


async def test_a_pseudonym_that_was_a_false_alarm(stage: Stage, anna: Person, secret: Secret) -> None:
    """It is looked up like any other, and that it was kept is noted."""
    await anna.debriefs()
    await anna.presses("new")
    await anna.writes(f"Hus {secret.digits}")
    await anna.presses("false_alarm")
    await anna.presses("keep_typed")
    await anna.is_asked("outcome")
    assert f"Hus {secret.digits}" in stage.everything_stored()
    assert [one.endswith("/citizen/phone") for one in secret.notes()] == [True]


@pytest.mark.parametrize("way", ["keep_masked", "false_alarm"])
async def test_an_edited_message(stage: Stage, anna: Person, secret: Secret, way: str) -> None:
    """A number that is edited into a message takes it out of the chat; the answer changes only when Anna says so."""
    await at_a_text(anna)
    number = await anna.writes("Ring til hende")
    await anna.hand.wait_for("Ring til hende")
    await anna.hand.edit(number, secret.text)
    await anna.sees_gone(number)
    await anna.hand.wait_for(MASKED)
    assert (await stage.newest()).current["what_happened"].text == "Ring til hende"
    secret.is_nowhere()
    await anna.presses(way)
    if way == "false_alarm":
        await anna.presses("keep_typed")
    await anna.reads("note.edited")
    newest = await stage.newest()
    assert newest.current["what_happened"].text == (secret.text if way == "false_alarm" else MASKED)
    noted = [f"{newest.read.reflection_id}/what_happened/phone"] if way == "false_alarm" else []
    assert secret.notes() == noted


async def test_a_command_with_a_number(stage: Stage, anna: Person, secret: Secret) -> None:
    """/paamind with a number in it waits for Anna's choice, and is then done as if it had come like that, once."""
    await anna.debriefs()
    number = await anna.writes(f"/paamind i morgen kl. 10 ring på {secret.phone}")
    card = await anna.hand.wait_for("ring på [telefon]")
    await anna.sees_gone(number)
    secret.is_nowhere()
    data = await anna.data(anna.words.button("keep_masked"))
    await anna.taps(card.id, data, data)
    await anna.is_told("guard.already")
    stored = stage.everything_stored()
    assert re.search(r"ring på \[telefon\]", stored)
    await anna.commands("/huskeliste")
    assert (await anna.hand.live()).text.count("ring på [telefon]") == 1
    secret.is_nowhere()


async def test_after_a_restart_it_is_written_again(stage: Stage, anna: Person, secret: Secret) -> None:
    """Pulled between the finding and the choice: what was typed is gone and Anna is told so; the masked text is not."""
    await at_a_text(anna)
    await anna.writes(secret.text)
    await anna.presses("false_alarm")
    await anna.reads("guard.sure", cpr=False)
    await stage.restart()
    await anna.presses("keep_typed")
    await anna.reads("note.not_remembered")
    secret.is_nowhere()
    await anna.presses("keep_masked")
    await anna.hand.wait_for(MASKED)
    await anna.presses("keep")
    assert (await stage.newest()).current["what_happened"].text == MASKED
    assert secret.notes() == []
    await anna.hand.send("/stop")
    await anna.writes(f"/paamind i morgen kl. 10 ring på {secret.phone}")
    await anna.hand.wait_for("ring på [telefon]")
    await stage.restart()
    await anna.presses("keep_masked")
    await anna.reads("guard.gone")
    secret.is_nowhere()


async def test_names_that_anna_looks_out_for(stage: Stage, anna: Person, secret: Secret) -> None:
    """A name on her list is caught from then on, also after a restart; on the list already, it says so."""
    await anna.debriefs()
    await anna.commands("/indstillinger")
    await anna.hand.press(anna.words.plain("names.open"))
    await anna.hand.press(anna.words.plain("names.add"))
    number = await anna.writes("Rasmine Klattemose\nTorkil Dunk")
    await anna.sees_gone(number)
    await anna.sees_button(anna.words.plain("names.remove", name="Torkil Dunk"))
    await anna.hand.press(anna.words.plain("names.add"))
    await anna.writes("Torkil Dunk\nBirthe Bumse")
    await anna.sees_button(anna.words.plain("names.remove", name="Birthe Bumse"))
    assert "1 stod der i forvejen" in (await anna.hand.live()).text
    await anna.presses("close")
    await at_a_text(anna)
    await anna.writes("Jeg mødte Torkil Dunk")
    await is_shown(anna, "name")
    await anna.presses("keep_masked")
    await anna.hand.wait_for("Jeg mødte [navn]")
    await stage.restart()
    await anna.writes("Og Birthe Bumse")
    await is_shown(anna, "name")
    assert stage.everything_stored().count("Birthe Bumse") == 1  # on her list, and nowhere else
    await anna.presses("rephrase")
