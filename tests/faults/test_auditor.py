"""The auditor judges everybody else here: whatever is wrong, it must see it and call it by its name."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio

from bot.practice.journal import Journal
from storage.answers import AnswerRow
from tests.faults.audit import ALTERED, ASTRAY, DOUBLED, LEAKED, LOST, REORDERED, Report
from tests.faults.stored import Debrief, Stored
from tests.faults.storm import Aftermath, Storm
from tests.faults.texts import HELD
from tests.faults.troubles import nothing_until

Harm = Callable[[Stored], Stored]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def calm(tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    """Some debriefs of four mentors in a few seconds, in which nothing goes wrong."""
    return await Storm(7, nothing_until(messages=80), harm=0, mentors=4).run(tmp_path_factory.mktemp("calm"))


def audited(calm: Aftermath, harm: Harm) -> Report:
    """What the auditor says when the database is harmed like this."""
    return replace(calm, stored=harm(deepcopy(calm.stored))).audit()


def test_nothing_is_found_where_nothing_is_wrong(calm: Aftermath) -> None:
    """Without harm there is no violation, and enough was there to look at."""
    report = calm.audit()
    assert not report.violations, report
    assert report.figures["texts"] > 10 and report.figures["answers"] > 50, report


def _inbox(change: Callable[[list[dict[str, object]]], object]) -> Harm:
    def harm(found: Stored) -> Stored:
        rows = [dict(row) for row in found.inbox]
        change(rows)
        return replace(found, inbox=tuple(rows))

    return harm


def _give_up(found: Stored) -> Stored:
    first, *others = found.outbox
    return replace(found, outbox=({**first, "status": "failed"}, *others))


def _swap_neighbours(rows: list[dict[str, object]]) -> None:
    first = next(n for n, (one, next_) in enumerate(pairwise(rows)) if one["chat_id"] == next_["chat_id"])
    rows[first], rows[first + 1] = rows[first + 1], rows[first]


RECEIPTS: list[tuple[str, str, Harm]] = [
    ("an update less", LOST, _inbox(lambda rows: rows.pop(40))),
    ("an update put aside", LOST, _inbox(lambda rows: rows[40].update(status="dead"))),
    ("an update twice", DOUBLED, _inbox(lambda rows: rows.append(rows[-1]))),
    ("two updates exchanged", REORDERED, _inbox(_swap_neighbours)),
    ("a message given up", LOST, _give_up),
]


@pytest.mark.parametrize(("kind", "harm"), [row[1:] for row in RECEIPTS], ids=[row[0] for row in RECEIPTS])
def test_receipts(calm: Aftermath, kind: str, harm: Harm) -> None:
    """An update that is missing, doubled or out of order is named."""
    assert audited(calm, harm).count(kind) >= 1


def _typed(found: Stored) -> list[AnswerRow]:
    """The revisions of an answer in words that was given in several messages."""
    every = (rows for debriefs in found.debriefs.values() for one in debriefs for rows in one.revisions.values())
    return max(every, key=lambda rows: len(rows) if all(row.text for row in rows) else 0)


def _alter(change: Callable[[str], str]) -> Harm:
    def harm(found: Stored) -> Stored:
        rows = _typed(found)
        value = deepcopy(rows[-1].value)
        value["parts"][-1][1] = change(value["parts"][-1][1])
        text = "\n".join(text for _, text in value["parts"])
        rows[-1] = replace(rows[-1], value=value, text=text)
        return found

    return harm


@pytest.mark.parametrize(
    "change",
    [lambda text: text + " ", lambda text: text[:-1], lambda text: text.replace("e", "é", 1), str.upper],
    ids=["a space more", "cut", "an accent", "shouted"],
)
def test_an_altered_text(calm: Aftermath, change: Callable[[str], str]) -> None:
    """A text that is not byte for byte what was typed is named, and nothing else is."""
    report = audited(calm, _alter(change))
    assert (report.count(ALTERED), len(report.violations)) == (1, 1), report


def _lose(found: Stored) -> Stored:
    del _typed(found)[-1]
    return found


def _double(found: Stored) -> Stored:
    rows = _typed(found)
    rows.append(replace(rows[-1], revision=len(rows) + 1))
    return found


def _reorder(found: Stored) -> Stored:
    rows = _typed(found)
    rows[0], rows[1] = replace(rows[1], revision=1), replace(rows[0], revision=2)
    return found


@pytest.mark.parametrize(("kind", "harm"), [(LOST, _lose), (DOUBLED, _double), (REORDERED, _reorder)])
def test_answers(calm: Aftermath, kind: str, harm: Harm) -> None:
    """An answer that is missing, there twice, or out of order is named."""
    assert audited(calm, harm).count(kind) >= 1


def _whole(change: Callable[[list[Debrief]], object]) -> Harm:
    def harm(found: Stored) -> Stored:
        change(max(found.debriefs.values(), key=len))
        return found

    return harm


def _elsewhere(debriefs: list[Debrief]) -> None:
    row = debriefs[-1].row
    assert '"visit": ' in row.state
    debriefs[-1] = replace(debriefs[-1], row=replace(row, state=row.state.replace('"visit": ', '"visit": 9')))


DEBRIEFS: list[tuple[str, str, Harm]] = [
    ("one less", LOST, _whole(lambda debriefs: debriefs.pop())),
    ("one twice", DOUBLED, _whole(lambda debriefs: debriefs.append(debriefs[-1]))),
    ("at another question", ASTRAY, _whole(_elsewhere)),
]


@pytest.mark.parametrize(("kind", "harm"), [row[1:] for row in DEBRIEFS], ids=[row[0] for row in DEBRIEFS])
def test_debriefs(calm: Aftermath, kind: str, harm: Harm) -> None:
    """A debrief that is missing, there twice, or not where it must be is named."""
    assert audited(calm, harm).count(kind) >= 1


def test_words_in_a_foreign_chat(calm: Aftermath, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one mentor wrote and another is shown is a leak; so is what the guard held back, wherever it is shown."""
    world, entries = calm.phone.world, calm.phone.world.journal.entries
    shown = next(entry for entry in entries if "zqxj" in entry.source)
    other = next(mentor.id for mentor in calm.phone.mentors if mentor.id != shown.chat_id)
    for harmed in (replace(shown, chat_id=other), replace(shown, source=HELD)):
        journal = Journal()
        journal.entries = [*entries, harmed]
        monkeypatch.setattr(world, "journal", journal)
        assert calm.audit().count(LEAKED) == 1


@pytest.mark.parametrize("name", ["bot.log", "data/left_behind.tmp"])
def test_words_in_a_file(calm: Aftermath, tmp_path: Path, name: str) -> None:
    """A text, what was held back, the token or the key in the clear in a log or a file is a leak."""
    phone = copy(calm.phone)
    phone.folder, phone.data, phone.log = tmp_path, tmp_path / "data", tmp_path / "bot.log"
    phone.data.mkdir()
    for secret in ("zqxjbcdfgh", HELD, phone.token, phone.key.hex()):
        phone.log.write_text("nothing", encoding="utf-8")
        (tmp_path / name).write_text(f"… {secret} …", encoding="utf-8")
        assert replace(calm, phone=phone).audit().count(LEAKED) == 1


def test_a_card_that_does_not_follow(calm: Aftermath, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newest card of another visit than the dialogue's is named: the mentor would be asked the wrong question."""
    monkeypatch.setattr(calm.phone.world, "chats", deepcopy(calm.phone.world.chats))
    for chat in calm.phone.world.chats.values():
        for button in (one for message in chat.messages.values() for row in message.rows or [] for one in row):
            token, _, rest = str(button.get("callback_data", "")).partition(":")
            if rest.count(":") == 2:
                button["callback_data"] = f"{token}:zz:{rest.partition(':')[2]}"
    report = calm.audit()
    assert report.count(ASTRAY) >= len(calm.phone.mentors) and not report.count(LOST), report
