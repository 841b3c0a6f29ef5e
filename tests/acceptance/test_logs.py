"""The log says what happens and never what anybody wrote."""

from __future__ import annotations

from tests.acceptance.person import Person
from tests.acceptance.stage import Stage

CANARY = "Kanariefugl"


async def test_no_text_and_no_token_in_the_log(stage: Stage, anna: Person, stranger: Person) -> None:
    """At DEBUG, with everything failing that can fail, the log holds no word that was typed, no pseudonym, no token."""
    await anna.debriefs()
    await anna.presses("full")
    await anna.writes(f"{CANARY}01")
    await anna.presses("add_citizen", name=f"{CANARY}01")
    await anna.answers("outcome", "did_not_come")
    await anna.is_asked("contact_when")
    await anna.writes(f"{CANARY}02")
    await anna.reads("note.not_a_date")
    await anna.presses("skip")
    await everything_fails(stage)
    await anna.skips_to("what_happened")
    number = await anna.writes(f"{CANARY}03")
    await anna.hand.wait_for(f"{CANARY}03")
    await anna.hand.edit(number, f"{CANARY}04")
    await anna.reads("note.edited")
    await anna.writes(f"{CANARY}05 010190-1234")
    await anna.reads("guard.found", kinds=[anna.words.plain("guard.kind_cpr")])
    await anna.hand.send(f"/{CANARY}06")
    await anna.presses("close")
    await anna.hand.send_photo(f"{CANARY}07")
    await anna.hand.forward(f"{CANARY}08")
    await anna.presses("close")
    await stranger.hand.send(f"{CANARY}09")
    await stranger.hand.start(f"{CANARY}10")
    await stage.restart()
    await anna.hand.send("/stop")
    await anna.writes(f"{CANARY}11")
    await anna.reads("open.nothing")
    await stage.phone.stop_bot()
    await stage.phone.start_bot()
    told = stage.log
    for expected in ("Row", "Telegram", "DEBUG"):
        assert expected in told
    number_part, _, secret = stage.token.partition(":")
    key = stage.folders.key_file.read_text(encoding="ascii").strip()
    for forbidden in (CANARY.lower(), CANARY, secret, stage.token, key, "1234"):
        assert forbidden not in told
    assert number_part not in told.replace(str(stage.folders.data), "")


async def everything_fails(stage: Stage) -> None:
    """The next call of each kind fails, so that there is something to log."""
    for method, kind in (("sendMessage", "502"), ("deleteMessage", "500"), ("answerCallbackQuery", "500"),
                         ("getUpdates", "502")):  # fmt: skip
        await stage.phone.fault(kind, method=method)
    await stage.phone.fault(
        "error", method="editMessageText", description="Bad Request: can't parse entities: invented"
    )
    await stage.phone.fault("drop", method="editMessageText")
