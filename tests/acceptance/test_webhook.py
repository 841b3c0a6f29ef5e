"""The real program behind a webhook, on a Bot API server that others wrote; and from polling to a webhook and back."""

from __future__ import annotations

import asyncio
import builtins
import re
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest
import telegram.error
from prometheus_client.parser import text_string_to_metric_families

from bot.health import ROLES
from storage import database
from tests.acceptance.conversations import EDITED, FIRST, SECOND, answers, enrols, everything, meets
from tests.acceptance.emulator import EmulatorPhone, emulated, verdict
from tests.acceptance.emulator_hand import IDS
from tests.acceptance.test_emulator import WITHOUT, is_stored, kept_of
from tests.acceptance.words import Words

pytestmark = pytest.mark.skipif(find_spec("lo_bot_api_emulator") is None, reason=WITHOUT)
OUTCOMES = {"stored", "done", "failed", "dead", "sent"}
LABELS = {"outcome", "error", "role", "le"}


async def asked(phone: EmulatorPhone, path: str) -> httpx.Response:
    """What the bot says of itself on its health port."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(f"http://127.0.0.1:{phone.health_port}{path}")


async def test_a_whole_conversation_by_webhook(tmp_path: Path) -> None:
    """Enrolment, three debriefs, a crash and an edit go as well as by polling; nobody polled, every post was answered
    with 200 once it was stored, and the figures name nobody."""
    async with emulated(tmp_path, by_webhook=True) as (phone, folders, codes):
        told = await everything(phone, "Bo", codes["Bo"][0])
        await phone.settled()
        await is_stored(folders, "Bo", told)
        assert phone.record.problems == [] and phone.record.unanswered == []
        assert len(phone.proxy.posted) >= 30 and set(phone.proxy.posted) == {200}
        health = await asked(phone, "/healthz")
        assert (health.status_code, health.json()["status"]) == (200, "ok")
        assert health.json()["role"] == ["clock", "draw", "send", "webhook"]
        assert health.json()["seconds_since_webhook"] < 60
        names_nobody((await asked(phone, "/metrics")).text)
        outside = phone.proxy.webhook.partition("/hook")[0]
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{outside}/healthz")).status_code == 200
            assert (await client.get(f"{outside}/metrics")).status_code == 404
    said = verdict(tmp_path)
    assert said["ok"], said


def names_nobody(text: str) -> None:
    """Every label value is a word of the program's; no name, pseudonym, text or number of a person is anywhere."""
    looked_at = 0
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            assert sample.labels.keys() <= LABELS, sample
            for label, value in sample.labels.items():
                looked_at += 1
                assert is_of_the_program(label, value), sample
    assert looked_at > 25
    told = [word for said in (FIRST, SECOND, EDITED) for word in re.findall(r"[\w]{5,}", said)]
    for word in ("Havørn", "Anna", "Lea", "Fremmed", *told, *map(str, IDS.values())):
        assert word not in text, word


def is_of_the_program(label: str, value: str) -> bool:
    """Whether a label may have this value."""
    match label:
        case "outcome":
            return value in OUTCOMES
        case "role":
            return value in ROLES
        case "le":
            return value == "+Inf" or float(value) > 0
        case _:
            return any(hasattr(module, value) for module in (telegram.error, database, builtins))


async def test_from_polling_to_a_webhook_and_back(tmp_path: Path) -> None:
    """What is written while the bot is on, off, and on in the other way is one answer with every line once."""
    async with emulated(tmp_path) as (phone, folders, codes):
        person, words = phone.person("Bo"), Words("da")
        await enrols(person, words, codes["Bo"][0])
        await meets(person, words)
        await person.send("/debrief")
        await person.press(words.button("full"))
        await person.press("Havørn")
        given = {"outcome": "by_phone", "contact_when": "earlier_today", "minutes_used": "m45", "toughness": "3"}
        await answers(person, words, given)
        await person.wait_for(words.ask("what_happened"))
        lines = [f"linje {number}" for number in range(12)]
        await person.send(lines[0])

        await phone.stop_bot()
        for line in lines[1:4]:
            await person.send(line)
        phone.use_webhook()
        await phone.start_bot()
        polls = phone.proxy.polls
        await person.wait_for(lines[3])
        await person.send(lines[4])
        assert phone.proxy.posted == [200] * 4
        assert phone.proxy.polls == polls, "it does not poll"

        await phone.kill_bot()
        for line in lines[5:8]:
            await person.send(line)
        phone.use_polling()
        await phone.start_bot()
        await person.wait_for(lines[7])
        await person.send(lines[8])
        assert phone.proxy.posted == [200] * 4

        writing = asyncio.create_task(sends(phone, lines[9:]))
        await phone.kill_bot()
        phone.use_webhook()
        await phone.start_bot()
        await writing
        await person.wait_for(lines[11])
        await person.press(words.button("keep"))
        await person.wait_for(words.ask("contact_quality"))
        await person.send("/stop")
        kept = await kept_of(folders, "Bo")
        assert [one.text for one in kept[-1].answers if one.question_id == "what_happened"] == ["\n".join(lines)]


async def sends(phone: EmulatorPhone, lines: list[str]) -> None:
    """Write these, whatever becomes of the bot meanwhile."""
    for line in lines:
        await phone.person("Bo").send(line)
