"""The auditor: compares the ledger, the database, the journal of the Bot API and the files, and names what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.dialogue.codec import answer_from_data, state_to_data
from bot.dialogue.guide import Guide
from bot.dialogue.state import Answer, CitizenRef
from storage.answers import AnswerRow
from tests.faults import stored
from tests.faults.alike import alike
from tests.faults.crowd import CITIZENS, Told
from tests.faults.replay import Debrief, Key, Names, Replay
from tests.faults.stored import Stored

NEXT_CONTACT = "next_contact"
LOST, DOUBLED, REORDERED, ALTERED, LEAKED, ASTRAY = "lost", "doubled", "reordered", "altered", "leaked", "astray"
KINDS = (LOST, DOUBLED, REORDERED, ALTERED, LEAKED, ASTRAY)


@dataclass(frozen=True)
class Violation:
    """One thing that must not be. ``kind`` is one of ``KINDS``; ASTRAY: the dialogue is not where it must be."""

    kind: str
    what: str


@dataclass
class Report:
    """What was found, and figures about what was looked at."""

    violations: list[Violation] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)

    def count(self, kind: str) -> int:
        """How many violations of this kind."""
        return sum(one.kind == kind for one in self.violations)

    def add(self, kind: str, what: str) -> None:
        """Name a violation."""
        self.violations.append(Violation(kind, what))

    def __str__(self) -> str:
        counted = [f"{kind} {self.count(kind)}" for kind in KINDS]
        told = [f"{name} {count}" for name, count in self.figures.items()]
        first = [f"\n  {one.kind}: {one.what}" for one in self.violations[:12]]
        return ", ".join(counted) + " · " + ", ".join(told) + "".join(first)


def compare(
    ledger: Sequence[Told],
    found: Stored,
    chats: Sequence[int],
    guide: Guide,
    holidays: Callable[[datetime], frozenset[date]],
) -> tuple[Report, dict[int, Replay]]:
    """Ledger against database: receipt of every update, and the effects of all of them."""
    report = Report()
    receipts(ledger, found, report)
    replays = {}
    for chat in chats:
        replay = Replay(guide, holidays, _first_citizens(found, chat), _names(found, chat))
        for told in ledger:
            if told.chat_id == chat:
                replay.play(told)
        for strange in replay.strange:
            report.add(ASTRAY, f"chat {chat}: {strange}")
        _debriefs(report, chat, replay, found.debriefs[chat])
        replays[chat] = replay
    return report, replays


def receipts(ledger: Sequence[Told], found: Stored, report: Report) -> None:
    """Every update of the ledger stands in the inbox once, done, in the order of its chat."""
    rows = Counter(row["update_id"] for row in found.inbox)
    report.figures["updates"] = len(ledger)
    for number, times in Counter(told.update_id for told in ledger).items():
        if rows[number] < times:
            report.add(LOST, f"update {number} was taken from Telegram and never stored")
        elif rows[number] > times:
            report.add(DOUBLED, f"update {number} was stored {rows[number]} times")
    for row in found.inbox:
        if row["status"] != "done":
            report.add(LOST, f"update {row['update_id']} is {row['status']} ({row['error']})")
    _in_order(ledger, found, report)
    for row in found.outbox:
        if row["status"] != "sent":
            report.add(LOST, f"message {row['seq']} ({row['kind']}) is {row['status']} ({row['error']})")


def _in_order(ledger: Sequence[Told], found: Stored, report: Report) -> None:
    """Each chat's updates were stored in the order in which they were made; a number may have been used twice."""
    places: dict[tuple[int, int], list[int]] = {}
    for told in reversed(ledger):
        places.setdefault((told.chat_id, told.update_id), []).append(told.place)
    latest: dict[int, int] = {}
    for row in found.inbox:
        own = places.get((row["chat_id"], row["update_id"]))
        place = own.pop() if own else -1
        if place < latest.get(row["chat_id"], -1):
            report.add(REORDERED, f"update {row['update_id']} was stored after a later one of its chat")
        latest[row["chat_id"]] = place


def _first_citizens(found: Stored, chat: int) -> list[CitizenRef]:
    return [one for name in CITIZENS for one in found.citizens[chat] if one.pseudonym == name]


def _names(found: Stored, chat: int) -> Names:
    debriefs = list(enumerate(found.debriefs[chat]))
    return Names(
        tokens={one.row.token: n for n, one in debriefs},
        followups={row["id"]: (n, _key(row)) for n, one in debriefs for row in one.followups},
        citizens={one.pseudonym: one.id for one in found.citizens[chat]},
    )


def _key(row: Mapping[str, object]) -> Key:
    return str(row["kind"]), str(row["question_id"]), int(str(row["item"]))


def _debriefs(report: Report, chat: int, replay: Replay, there: Sequence[stored.Debrief]) -> None:
    wanted = replay.debriefs
    report.figures["debriefs"] += len(there)
    for n in range(len(there), len(wanted)):
        report.add(LOST, f"chat {chat}: debrief {n} was begun and is not there")
    for n in range(len(wanted), len(there)):
        report.add(DOUBLED, f"chat {chat}: debrief {n} is there and was not begun")
    for n, (must, has) in enumerate(zip(wanted, there, strict=False)):
        where = f"chat {chat}, debrief {n}"
        _answers(report, where, must, has)
        _state(report, where, must, has)
        _followups(report, where, must, has)
        audited = Counter((entry.action, (entry.subject or "").partition("/")[2]) for entry in has.audit)
        for what in (must.audit - audited).elements():
            report.add(LOST, f"{where}: {what} is not in the audit")
        for what in (audited - must.audit).elements():
            report.add(DOUBLED, f"{where}: {what} stands in the audit too often")


def _answers(report: Report, where: str, must: Debrief, has: stored.Debrief) -> None:
    for question in sorted({*must.revisions, *has.revisions}):
        wanted, rows = must.revisions.get(question, []), has.revisions.get(question, [])
        report.figures["answers"] += len(rows)
        report.figures["texts"] += sum(row.text is not None for row in rows)
        given = [_answer(row) for row in rows]
        for kind, what in _differences(wanted, given):
            report.add(kind, f"{where}, {question}: {what}")
        for answer, row in zip(given, rows, strict=True):
            if answer.text != row.text:
                report.add(ALTERED, f"{where}, {question}: text and parts of revision {row.revision} differ")
        current = [row for row in rows if row.superseded_at is None]
        if (len(current) == 1) != (question in must.state.answers) or len(current) > 1:
            report.add(ASTRAY, f"{where}, {question}: {len(current)} answers count")
        if [row.revision for row in rows] != list(range(1, len(rows) + 1)):
            report.add(REORDERED, f"{where}, {question}: revisions are numbered {[row.revision for row in rows]}")


def _answer(row: AnswerRow) -> Answer:
    return answer_from_data(row.value, skipped=row.skipped, assumed=row.assumed)


def _differences(wanted: Sequence[Answer], given: Sequence[Answer]) -> Iterator[tuple[str, str]]:
    """Name what differs between what must be stored for a question and what is, revision by revision."""
    left = list(given)
    missing = []
    for answer in wanted:
        twin = next((n for n, one in enumerate(left) if alike(answer, one)), None)
        if twin is None:
            missing.append(answer)
        else:
            del left[twin]
    for extra in left:
        same_message = next((one for one in missing if _messages(one) == _messages(extra) != ()), None)
        if same_message is not None:
            missing.remove(same_message)
            yield ALTERED, f"message {_messages(extra)} reads {len(extra.text or '')} characters, not as typed"
        else:
            yield DOUBLED, f"a revision too many ({extra.value}, messages {_messages(extra)})"
    for answer in missing:
        yield LOST, f"a revision is missing ({answer.value}, messages {_messages(answer)})"
    if not left and not missing and not all(map(alike, wanted, given)):
        yield REORDERED, "revisions stand in another order"


def _messages(answer: Answer) -> tuple[int, ...]:
    return tuple(part.message for part in answer.parts)


def _state(report: Report, where: str, must: Debrief, has: stored.Debrief) -> None:
    wanted, given = state_to_data(must.state), stored.state_of(has)
    for name in wanted:
        if name not in ("started_at", "asked_at") and not alike(wanted[name], given.get(name)):
            report.add(ASTRAY, f"{where}: {name} is {given.get(name)!r}, and must be {wanted[name]!r}")
    if (has.row.status, has.row.length) != (must.state.status.value, must.state.length.value):
        report.add(ASTRAY, f"{where}: the columns say {has.row.status}, {has.row.length}")


def _followups(report: Report, where: str, must: Debrief, has: stored.Debrief) -> None:
    given = {_key(row): row["status"] for row in has.followups}
    for key in sorted({*given, *must.followups}):
        if key[0] == NEXT_CONTACT and (given.get(key), must.followups.get(key)) == ("done", "open"):
            continue  # contact with the citizen, told by another debrief, has ended "when do you try again?"
        if given.get(key) != must.followups.get(key):
            kind = LOST if key not in given else DOUBLED if key not in must.followups else ASTRAY
            report.add(kind, f"{where}: follow-up {key} is {given.get(key)}, and must be {must.followups.get(key)}")
