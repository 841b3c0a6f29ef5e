"""`eftertanke export`: what was answered over the real use cases comes back whole, in the promised shape."""

from __future__ import annotations

import asyncio
import re

from bot.dialogue.events import Press
from tests.integration.cli_kit import TOOLS, Desk, Talk, by_question, desk
from tests.integration.export_kit import AWKWARD, HELD, WORDS, export, held_visit, no_show

__all__ = ["desk"]
REFLECTION = [
    "reflection_id", "mentor", "citizen", "team", "guide", "guide_version", "guide_hash", "length", "status",
    "started_at", "finished_at", "minutes_used", "answers",
]  # fmt: skip
ANSWER = {
    "question_id", "kind", "value", "text", "label", "asked_at", "answered_at", "revision", "skipped", "visibility",
    "shared", "codes", "wording_hash",
}  # fmt: skip
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def test_the_shape_of_a_reflection(desk: Desk) -> None:
    """The keys are those that others build on, and times are UTC with Z."""
    desk.set_up()
    held_visit(desk)
    [told] = export(desk, "--purpose", "record")
    assert list(told) == REFLECTION
    assert all(set(answer) == ANSWER | {"assumed", "detail"} for answer in told["answers"])
    assert (told["mentor"], told["citizen"], told["team"]) == ("Anna <i>Å</i>", "B07", "Nord")
    assert (told["guide"], told["guide_version"]) == ("efter_moedet", TOOLS.guide.guide.version)
    assert told["guide_hash"] == TOOLS.guide.guide.hash
    assert (told["length"], told["status"], told["minutes_used"]) == ("full", "saved", 90)
    times = [told["started_at"], told["finished_at"]]
    times += [answer[key] for answer in told["answers"] for key in ("asked_at", "answered_at") if answer[key]]
    assert all(UTC_TIME.fullmatch(time) for time in times)
    assert told["started_at"] == "2026-11-25T12:10:00.000000Z"


def test_every_question_that_was_asked_is_there_once(desk: Desk) -> None:
    """Nothing of a full debrief is missing: answered, skipped or taken for granted."""
    desk.set_up()
    held_visit(desk)
    [told] = export(desk, "--purpose", "record")
    ids = [answer["question_id"] for answer in told["answers"]]
    assert len(ids) == len(set(ids))
    assert set(ids) == {*HELD, *WORDS, "minutes_used", "distance"}
    given = by_question(told)
    assert given["distance"]["skipped"] is True and given["distance"]["value"] is None
    assert {id for id, answer in given.items() if answer["skipped"]} == {"distance"}


def test_values_by_kind(desk: Desk) -> None:
    """A string for one and citizen, a list for many, a number for scale and minutes, a time for when, null for text."""
    desk.set_up()
    held_visit(desk)
    given = by_question(export(desk, "--purpose", "record")[0])
    told = {id: (answer["kind"], answer["value"]) for id, answer in given.items()}
    assert told["citizen"] == ("citizen", "B07")
    assert told["outcome"] == ("one", "as_agreed")
    assert told["adjusted"] == ("many", ["time", "practical"])
    assert told["toughness"] == ("scale", 2)
    assert told["minutes_used"] == ("minutes", 90)
    assert told["contact_when"] == ("when", "2026-11-24T11:00:00.000000Z")
    assert told["next_contact"] == ("when", None)
    assert told["what_happened"] == ("text", None)
    assert given["contact_when"]["detail"] == {
        "choice": "yesterday",
        "at": "2026-11-24T11:00:00.000000Z",
        "has_time": False,
    }
    assert given["next_contact"]["detail"] == {"choice": "no"}
    assert given["outcome"]["detail"] is None


def test_words_as_the_mentor_read_them(desk: Desk) -> None:
    """Labels are in the language of the answer, and the wording hash is that of the question as it was shown."""
    desk.set_up()
    held_visit(desk)
    no_show(desk)
    anna, bo = (by_question(told) for told in export(desk, "--purpose", "record"))
    da, en = TOOLS.guide.wording["da"], TOOLS.guide.wording["en"]
    assert anna["outcome"]["label"] == da.choice("outcome", "as_agreed")
    assert anna["adjusted"]["label"] == f"{da.choice('adjusted', 'time')}, {da.choice('adjusted', 'practical')}"
    assert (anna["citizen"]["label"], anna["minutes_used"]["label"]) == ("B07", "90 min.")
    assert anna["what_happened"]["label"] is None
    assert bo["outcome"]["label"] == en.choice("outcome", "did_not_open") != da.choice("outcome", "did_not_open")
    assert anna["outcome"]["wording_hash"] == da.wording_hash("outcome")
    assert bo["outcome"]["wording_hash"] == en.wording_hash("outcome")


def test_texts_are_literal(desk: Desk) -> None:
    """Formulas, HTML, templates, emoji and right-to-left marks come back byte for byte, and never break a line."""
    desk.set_up()
    held_visit(desk)
    given = by_question(export(desk, "--purpose", "record")[0])
    assert given["what_happened"]["text"] == AWKWARD
    assert {id: given[id]["text"] for id in WORDS} == WORDS
    assert given["minutes_used"]["text"] == "halvanden time"
    raw = (desk.folder / "ud" / "reflections.jsonl").read_bytes()
    assert raw.count(b"\n") == 1 and raw.endswith(b"}\n")
    assert len(raw.decode().splitlines()) == 1


def test_codes_of_questions_and_of_what_was_picked(desk: Desk) -> None:
    """The automatic codes are the question's and the picked choices'; a skipped question has none."""
    desk.set_up()
    held_visit(desk)
    codes = {id: answer["codes"] for id, answer in by_question(export(desk)[0]).items()}
    assert codes["adjusted"] == ["flexibility", "flexibility.time", "flexibility.practical"]
    assert codes["participation"] == ["participation", "participation.codetermination"]
    assert codes["citizen_wanted"] == ["relation.meaning", "participation"]
    assert codes["citizen"] == codes["distance"] == []


def test_visibility_and_sharing(desk: Desk) -> None:
    """Each answer says who may see it, and only what the mentor shared, and has not taken back, is marked as shared."""
    desk.set_up()
    talk = held_visit(desk)
    given = by_question(export(desk, "--purpose", "record")[0])
    shared = {"what_happened", "supervision", "supervision_focus"}  # supervision is ticked to begin with
    assert {id for id, answer in given.items() if answer["shared"]} == shared
    assert {id: answer["visibility"] for id, answer in given.items()} == {
        id: TOOLS.guide.guide[id].visibility.value for id in given
    }
    asyncio.run(_again(desk, talk, Press.SHARE, "mentor_note", Press.PREVIEW, Press.CONFIRM, Press.WITHDRAW))
    [told] = export(desk, "--purpose", "record", name="igen")
    assert not any(answer["shared"] for answer in told["answers"])


async def _again(desk: Desk, talk: Talk, *moves: Press | str) -> None:
    """Somebody comes back to a debrief."""
    async with desk.database() as db:
        talk.db = db
        await talk.tap(*moves)


def test_a_no_show_with_its_attempts(desk: Desk) -> None:
    """Attempts keep channel, result and time; a wait keeps its date; what the receipt assumed says so."""
    desk.set_up()
    no_show(desk)
    [told] = export(desk, "--purpose", "record")
    given = by_question(told)
    assert given["reach_tried"]["value"] == ["call", "visit"]
    assert given["reach_tried"]["detail"] == {
        "attempts": [
            {"channel": "call", "result": "no_answer", "at": "2026-11-25T12:16:00.000000Z"},
            {"channel": "visit", "result": "message_left", "at": "2026-11-25T12:18:00.000000Z"},
        ]
    }
    assert given["absence_decision"]["value"] == "wait"
    assert given["absence_decision"]["detail"] == {"at": "2026-11-30T08:00:00.000000Z", "has_time": False}
    assert given["absence_reason"]["value"] == ["ill"]
    assert given["next_contact"]["value"] == "2026-11-27T09:00:00.000000Z"
    assert given["next_contact"]["text"] == "på fredag kl. 10"
    assert given["next_contact"]["detail"]["has_time"] is True
    assert {id for id, answer in given.items() if answer["assumed"]} == {
        "contact_when",
        "minutes_used",
        "supervision",
    }
    assert given["contact_when"]["asked_at"] is None
    assert told["minutes_used"] == given["minutes_used"]["value"] == 15
