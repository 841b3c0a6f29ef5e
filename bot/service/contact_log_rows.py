"""From stored rows to the entries of a contact log. Pure; the words are those of the guide that was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.dialogue.codec import answer_from_data
from bot.dialogue.guide import Guide, Kind, Question
from bot.dialogue.state import Answer
from bot.service import contact_log as log
from bot.service.contact_log import Attempt, Event, Field, Happened, Meeting, Try, Was
from bot.service.contact_log_say import Say
from bot.service.reach_log import entries
from storage.answers import AnswerRow
from storage.attempts import Attempt as AttemptRow
from storage.contact import End
from storage.contact_log import Debrief, PassedOn
from storage.threads import Thread

SETTLING = timedelta(hours=1)
"""What the receipt assumed was said by nobody: changed this soon, it is no correction."""
_OWN_PLACE = frozenset({log.CITIZEN, log.OUTCOME, log.WHEN})


@dataclass(frozen=True)
class Told:
    """One debrief with what it says for the log, superseded answers too. ``hearing``: its shared answer. ``words``:
    whether what was typed may be shown. ``gone_at``: since then it is about another citizen."""

    debrief: Debrief
    guide: Guide
    say: Say
    rows: Sequence[AnswerRow]
    hearing: AnswerRow | None = None
    carried_over: bool = False
    recorded: datetime | None = None
    hearing_seen_to: datetime | None = None
    words: bool = True
    gone_at: datetime | None = None
    by_question: Mapping[str, list[AnswerRow]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found: dict[str, list[AnswerRow]] = {}
        for row in self.rows:
            if row.question_id in self.guide.by_id:
                found.setdefault(row.question_id, []).append(row)
        object.__setattr__(self, "by_question", found)

    @property
    def hides(self) -> bool:
        """Whether something that was typed is left out."""
        kept = [row for rows in self.by_question.values() for row in rows if row.text and row.superseded_at is None]
        questions = [self.guide[row.question_id] for row in kept]
        return not self.words and any(one.kind is Kind.TEXT or one.typed for one in questions)

    def now(self, question: str) -> AnswerRow | None:
        """What counts now, or counted last before it became about another citizen; None when skipped."""
        for row in reversed(self.by_question.get(question, [])):
            until = row.superseded_at
            if until is None or (self.gone_at is not None and row.answered_at <= self.gone_at <= until):
                return None if row.skipped else row
        return None

    def before(self, question: str) -> list[AnswerRow]:
        """What stood in the log before it was corrected: superseded after the debrief had ended for the first time."""
        ended = self.debrief.finished_at
        return [row for row in self.by_question.get(question, []) if _stood(row, ended)]


def _stood(row: AnswerRow, ended: datetime) -> bool:
    if row.superseded_at is None or row.skipped:
        return False
    return row.superseded_at > ended + (SETTLING if row.assumed else timedelta())


def _answer(row: AnswerRow) -> Answer:
    return answer_from_data(row.value or {}, skipped=row.skipped, assumed=row.assumed)


def meeting(told: Told) -> Meeting:
    """What a debrief tells of its meeting."""
    outcome, decision = _choice(told, log.OUTCOME), _choice(told, log.DECISION)
    times, has_time, moved = _times(told)
    minutes, travel = told.now(log.MINUTES), told.now(log.TRAVEL)
    gone = told.gone_at
    return Meeting(
        reflection_id=told.debrief.id,
        mentor_id=told.debrief.mentor_id,
        times=times,
        has_time=has_time,
        became=None if gone or outcome is None else log.became(_group(told.guide, outcome), outcome, decision),
        outcome=_field(told, told.guide[log.OUTCOME]) if log.OUTCOME in told.guide.by_id else None,
        minutes=None if gone else _number(minutes),
        minutes_assumed=minutes is not None and minutes.assumed,
        travel=None if gone else _number(travel),
        decision=None if gone else decision,
        fields=() if gone else _fields(told),
        moved=moved,
        elsewhere=gone,
        recorded=told.recorded,
        hearing_seen_to=told.hearing_seen_to if told.hearing is not None else None,
    )


def _choice(told: Told, question: str) -> str | None:
    row = told.now(question)
    value = _answer(row).value if row is not None else None
    return None if value is None else str(value)


def _group(guide: Guide, outcome: str) -> str | None:
    return next((name for name, choices in guide.groups.items() if outcome in choices), None)


def _number(row: AnswerRow | None) -> int | None:
    value = _answer(row).value if row is not None else None
    return value if isinstance(value, int) else None


def _times(told: Told) -> tuple[tuple[datetime, ...], bool, tuple[Was, ...]]:
    """Every time the contact was said to be at, the standing one last. A debrief that was never asked is about when it
    began, as everywhere else."""
    row = told.now(log.WHEN)
    stands = _answer(row) if row is not None else None
    at = stands.at if stands is not None and stands.at is not None else told.debrief.started_at
    has_time = stands.has_time if stands is not None and stands.at is not None else True
    shown = told.say.at(at, has_time)
    earlier, moved = [], []
    for old in told.before(log.WHEN):
        was = _answer(old)
        if was.at is None or old.superseded_at is None:
            continue
        earlier.append(was.at)
        if told.say.at(was.at, was.has_time) != shown:
            moved.append(Was(told.say.at(was.at, was.has_time), old.superseded_at))
    return (*earlier, at), has_time, tuple(moved)


def _fields(told: Told) -> tuple[Field, ...]:
    """What else it says for the log, in the guide's order."""
    found = []
    for question in told.guide:
        if question.id == log.HEARING and told.hearing is not None:
            said, typed = told.say.answer(question, _answer(told.hearing))
            found.append(Field(question.id, told.say.name(question.id), said, typed))
        elif question.id not in _OWN_PLACE:
            one = _field(told, question)
            found += [one] if one is not None else []
    return tuple(found)


def _field(told: Told, question: Question) -> Field | None:
    if question.kind is Kind.TEXT and not told.words:
        return None
    row = told.now(question.id)
    said, typed = _said(told, question, row)
    before = _corrections(told, question, (said, typed))
    if said is None and typed is None and not before:
        return None
    return Field(question.id, told.say.name(question.id), said, typed, before)


def _said(told: Told, question: Question, row: AnswerRow | None) -> tuple[str | None, str | None]:
    if row is None:
        return None, None
    said, typed = told.say.answer(question, _answer(row))
    return said, typed if told.words else None


def _corrections(told: Told, question: Question, stands: tuple[str | None, str | None]) -> tuple[Was, ...]:
    """What was said before, each time it was something else than what came after."""
    rows = told.before(question.id)
    said = [_said(told, question, row) for row in rows]
    found = []
    for row, was, then in zip(rows, said, [*said, stands][1:], strict=True):
        text = " ".join(part for part in (was[0], told.say.quoted(was[1])) if part)
        if was != then and text and row.superseded_at is not None:
            found.append(Was(text, row.superseded_at))
    return tuple(found)


def attempts_told(told: Told) -> list[Attempt]:
    """Attempts that stand in the debrief only: those carried over to a contact thread are counted there."""
    if told.carried_over or told.gone_at is not None:
        return []
    row = told.now(log.TRIED)
    stands = _tries(row) if row is not None else []
    found = [Attempt(told.debrief.mentor_id, (one,)) for one in stands]
    for old in told.before(log.TRIED):
        for one in _tries(old):
            if one not in stands:
                gone = Try(one.channel, one.result, one.at, old.superseded_at)
                found.append(Attempt(told.debrief.mentor_id, (gone,)))
    return found


def _tries(row: AnswerRow) -> list[Try]:
    picks = [pick for pick in _answer(row).picks if pick.result is not None and pick.at is not None]
    return list(dict.fromkeys(Try(pick.choice, pick.result or "", pick.at or row.answered_at) for pick in picks))


def attempts_logged(rows: Sequence[AttemptRow]) -> list[Attempt]:
    """What was logged in a thread, each attempt once, with what it said before."""
    return [
        Attempt(
            entry.row.mentor_id,
            tuple(Try(one.channel, one.result, one.at, one.superseded_at) for one in (*entry.before, entry.row)),
        )
        for entry in entries(rows)
    ]


def events(
    threads: Sequence[tuple[Thread, End | None]],
    passed: Sequence[PassedOn],
    attempts: Sequence[Attempt],
    mentor_id: str,
) -> list[Event]:
    """Who was told when, contact that only its thread tells of, and who went on. ``mentor_id``: whose the citizen is
    now."""
    found = [Event(Happened.PASSED_ON, one.at, one.mentor_id, one.to_id) for one in passed]
    for thread, end in threads:
        told = ((Happened.LEAD_TOLD, thread.lead_told_at), (Happened.CASEWORKER_TOLD, thread.caseworker_told_at))
        happened = [(kind, at) for kind, at in told if at is not None]
        closed = thread.closed_at
        if closed is not None and thread.closed_by is None:
            if end is End.CONTACT and not log.explained(closed, attempts):
                happened.append((Happened.CONTACT, closed))
            elif end is End.ARCHIVED:
                happened.append((Happened.ENDED, closed))
        found += [Event(kind, at, _holder(at, passed, mentor_id)) for kind, at in happened]
    return found


def _holder(at: datetime, passed: Sequence[PassedOn], mentor_id: str) -> str:
    """Whose the citizen was then: the first who passed them on afterwards, else whose they are now."""
    return next((one.mentor_id for one in passed if one.at > at), mentor_id)
