"""A life with the bot in which every secret and every text is a canary of its own."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storage.keys import Key
from tests.acceptance.person import Person
from tests.acceptance.stage import ROOT, Stage
from tests.acceptance.test_logs import everything_fails
from tests.faults.texts import Texts

TYPED = ("absence", "private", "edited", "late", "focus", "agreement", "reminder", "note", "remark", "guard name",
         "pseudonym", "name")  # fmt: skip
NEVER = ("wrong code", "command", "caption", "forwarded", "stranger", "webhook secret")
"""Typed or given somewhere, and kept nowhere."""


@dataclass
class Canaries:
    """``of``: secret → its value. ``said``: what operator's commands printed, by command."""

    of: dict[str, str | bytes]
    said: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        value = self.of[name]
        assert isinstance(value, str)
        return value


def canaries(chance: random.Random) -> Canaries:
    """New ones; those of the installation come with it."""
    texts = Texts(chance)
    found: dict[str, str | bytes] = {name: texts.marker() for name in (*TYPED, *NEVER)}
    number = chance.randrange(10_000)
    found |= {
        "masked e-mail": texts.marker(),
        "watched name": texts.marker(),
        "masked phone": f"2030{number:04}",
        "masked cpr": f"010190{number:04}",
        "masked cpr as typed": f"010190-{number:04}",
    }
    return Canaries(found)


def of_installation(stage: Stage, known: Canaries) -> None:
    """Add the installation's own secrets."""
    key = Key.from_text(stage.folders.key_file.read_text(encoding="ascii"))
    known.of |= {
        "token": stage.token.partition(":")[2],
        "key": key.hex(),
        "key as bytes": bytes.fromhex(key.hex()),
        "recovery words": key.words(),
    }


async def operator(env: Mapping[str, str], *words: str) -> str:
    """A command at the terminal, with the bot's environment; everything that it printed."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, cwd=ROOT, env={**os.environ, **env},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await child.communicate()
    assert child.returncode == 0, out.decode()
    return out.decode()


async def joins(stage: Stage, known: Canaries) -> Person:
    """Somebody with an odd name follows an invitation; somebody else guesses a code."""
    code = await stage.invite(known["name"])
    known.of["invite code"] = code
    mentor, guesser = stage.person("Fremmed"), stage.person("Bo")
    await mentor.hand.send(known["stranger"])
    await mentor.enrols(code, known["name"], coding="coding_yes")
    await guesser.hand.start(known["wrong code"])
    return mentor


async def misses(stage: Stage, mentor: Person, known: Canaries) -> None:
    """The short path with a new pseudonym, and a reason in words."""
    await mentor.debriefs()
    await mentor.writes(known["pseudonym"])
    await mentor.presses("add_citizen", name=known["pseudonym"])
    await mentor.answers("outcome", "did_not_come")
    await mentor.skips_to("absence_reason")
    await mentor.writes(known["absence"])
    await mentor.hand.wait_for(known["absence"])
    await mentor.presses("keep")
    await mentor.finishes()


async def tells_all(stage: Stage, mentor: Person, known: Canaries) -> None:
    """A full debrief with names to watch, guard hits, failures of the network, and the plug pulled in the middle."""
    await mentor.hand.send("/indstillinger")
    await mentor.hand.press("Navne, jeg holder øje med")
    await mentor.hand.press("Tilføj navne")
    await mentor.writes(f"{known['guard name']}\n{known['watched name']}")
    await mentor.hand.wait_for("skrevet på listen")
    await mentor.presses("close")
    await mentor.debriefs(known["pseudonym"], "as_agreed")
    await mentor.presses("full")
    await mentor.skips_to("what_happened")
    await everything_fails(stage)
    number = await mentor.writes(known["private"])
    await mentor.hand.wait_for(known["private"])
    await mentor.hand.edit(number, f"{known['private']} {known['edited']}")
    await mentor.reads("note.edited")
    phone, cpr = known["masked phone"], known["masked cpr as typed"]
    for held in (f"{known['masked e-mail']}@firma.dk", f"ring {phone}", cpr, known["watched name"]):
        await mentor.writes(f"Det var {held} i går")
        await mentor.presses("keep_masked")
        await mentor.is_asked("what_happened")
    await mentor.hand.send(f"/{known['command']}")
    await mentor.presses("close")
    await mentor.hand.send_photo(known["caption"])
    await mentor.hand.forward(known["forwarded"])
    await mentor.presses("close")
    await stage.restart()
    await mentor.commands("/debrief")
    await mentor.presses("go_on")
    await mentor.presses("keep")
    await mentor.skips_to("mentor_note")
    await mentor.writes(known["late"])
    await mentor.hand.wait_for(known["late"])
    await mentor.presses("keep")
    await mentor.skips_to("supervision")
    await mentor.answers("supervision", "soon")
    for question, name in (("supervision_focus", "focus"), ("agreements", "agreement")):
        await mentor.skips_to(question)
        await mentor.writes(known[name])
        await mentor.hand.wait_for(known[name])
        await mentor.presses("keep")
    await mentor.finishes()


async def is_reminded_and_read(stage: Stage, mentor: Person, known: Canaries) -> None:
    """A reminder comes, the lead takes up what was shared, and has the week."""
    await mentor.hand.press("Hvad gør du næste gang?")
    await mentor.writes(known["note"])
    await mentor.reads("reach.noted")
    await mentor.presses("share")
    await mentor.presses("preview")  # the wish and its focus are ticked
    await mentor.presses("confirm")
    await mentor.hand.send(f"/paamind i morgen kl. 10 {known['reminder']}")
    await mentor.hand.wait_for("Jeg minder dig om det")
    lea = stage.person("Lea")
    await lea.hand.send("/supervision")
    for label in (known["name"], "Taget op i dag", "Skriv selv"):
        await lea.hand.press(label)
    await lea.writes(known["remark"])
    await mentor.hand.wait_for(known["remark"])
    await stage.phone.move(days=1)
    await stage.to_next_reminder()
    await mentor.hand.wait_for(known["reminder"])
    await lea.hand.send("/uge")
    for label in ("Billedet", "Rapporten"):
        await lea.hand.press(label)
    await mentor.hand.send("/minedata")
    await mentor.hand.press("Ja, send mig filerne")
    await mentor.sees(lambda shown: len([one for one in shown if one.kind == "document"]) >= 2)
    for person in (mentor, lea):
        for command in ("/hvemharset", "/hjaelp", "/uge", "/log"):
            await person.hand.send(command)


async def is_looked_after(stage: Stage, known: Canaries, folder: Path) -> None:
    """Everything that an operator can do beside the running bot, each file in a folder of its own."""
    week = (await stage.phone.now()).strftime("%G-W%V")
    for words in (
        ("people",),
        ("audit",),
        ("doctor",),
        ("week", week, "--json", "--html", str(folder / "week" / "week.html")),
        ("backup", str(folder / "backup" / "one.backup")),
        ("export", str(folder / "record" / "files"), "--purpose", "record"),
        ("export", str(folder / "coding" / "files"), "--purpose", "coding"),
    ):
        if words[0] not in ("people", "audit", "doctor"):
            Path(next(one for one in words if one.startswith(str(folder)))).parent.mkdir()
        try:
            known.said[words[0]] = known.said.get(words[0], "") + await operator(stage.env, *words)
        except AssertionError as error:
            if words[0] != "doctor":  # which has something to complain of, and says it with its exit code
                raise
            known.said[words[0]] = str(error)
