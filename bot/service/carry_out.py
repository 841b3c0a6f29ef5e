"""Carrying out the effects of a step: rows for answers, shares, follow-ups, and the chat to tidy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.dialogue.codec import answer_to_data, state_to_data
from bot.dialogue.effects import Effect, Ended, NewCitizen, Save, Shared, Supersede, TellLead, Withdrawn
from bot.dialogue.state import Answer, State, Status
from bot.dialogue.summary_met import met_anew
from bot.service import lead_calls, reach_debrief, remind_plan, supervision_own
from bot.service.loaded import Loaded
from bot.service.replies import Remove, Reply, Toast
from bot.service.tools import Tools
from storage import answers, audit, chat, citizens, followups, reflections, shares
from storage.answers import AnswerRow, Standing
from storage.database import Transaction
from storage.ids import new_id
from storage.lead_calls import Kind
from storage.people import Person
from storage.reflections import Reflection

LEAD_TOLD, NO_LEAD = "note.lead_told", "note.no_lead"
LEAD_NOTES = (LEAD_TOLD, NO_LEAD)


async def carry_out(
    tx: Transaction,
    tools: Tools,
    person: Person,
    before: Loaded,
    state: State,
    effects: Sequence[Effect],
    now: datetime,
) -> list[Reply]:
    """Store what a step did, its state last; what must be said to others comes back."""
    replies: list[Reply] = []
    reflection, current = before.reflection, dict(before.rows)
    citizen_id = reflection.citizen_id
    for effect in effects:
        match effect:
            case NewCitizen(id=citizen, pseudonym=pseudonym):
                citizens.add(
                    tx, id=citizen, team_id=person.team_id or "", mentor_id=person.id, pseudonym=pseudonym, now=now
                )
            case Save(question=question, answer=answer):
                row = _row(tools, person, before, question, answer, current.get(question), now)
                earlier = current.get(question)
                current[question] = answers.put_answer(tx, row, earlier.id if earlier else None)
                if question == "citizen":
                    citizen_id = _citizen_of(tx, answer, now)
            case Supersede(question=question) if question in current:
                answers.supersede(tx, current.pop(question).id, now)
            case Shared(questions=questions):
                shares.share(tx, reflection.id, questions, now)
                _note_all(tx, person, "share", reflection, questions, now)
            case Withdrawn(questions=questions):
                replies += await _withdraw(tx, person, reflection, questions, now)
            case TellLead():
                replies += await _tell_lead(tx, person, now)
            case Ended():
                replies += await _ended(tx, tools, person, before, current, citizen_id, state, now)
    if state.status is Status.ASIDE and reflection.status != Status.ASIDE.value:
        await reach_debrief.after_debrief(tx, tools, person, before, current, citizen_id, state, now)
    _put(tx, reflection, state, effects, citizen_id, now)
    return replies


def _put(
    tx: Transaction,
    reflection: Reflection,
    state: State,
    effects: Sequence[Effect],
    citizen_id: str | None,
    now: datetime,
) -> None:
    reflections.put(
        tx,
        reflection.id,
        state=json.dumps(state_to_data(state), ensure_ascii=False),
        status=state.status.value,
        length=state.length.value,
        citizen_id=citizen_id,
        finished_at=_finished(reflection, state, now),
        touched_at=now,
        met_at=met_anew(state, effects, reflection.started_at, now),
    )


async def _ended(
    tx: Transaction,
    tools: Tools,
    person: Person,
    before: Loaded,
    current: Mapping[str, Standing],
    citizen_id: str | None,
    state: State,
    now: datetime,
) -> list[Reply]:
    """The end of a debrief, also after a change: what it leaves to be done, and what it means for contact threads."""
    reflection = before.reflection
    _leave_followups(tx, person, before, citizen_id, state, current, now)
    await remind_plan.after_debrief(tx, tools, person, reflection.id, now)
    await reach_debrief.after_debrief(tx, tools, person, before, current, citizen_id, state, now)
    return await _tidy(tx, tools, person, reflection)


def _finished(reflection: Reflection, state: State, now: datetime) -> datetime | None:
    if not state.status.ended:
        return reflection.finished_at
    return reflection.finished_at or now


def _row(
    tools: Tools,
    person: Person,
    before: Loaded,
    question_id: str,
    answer: Answer,
    earlier: Standing | None,
    now: datetime,
) -> AnswerRow:
    guide, asked = before.guide, before.state.question == question_id
    question = guide.guide[question_id]
    return AnswerRow(
        id=new_id(now),
        reflection_id=before.reflection.id,
        question_id=question_id,
        revision=earlier.revision + 1 if earlier else 1,
        superseded_at=None,
        superseded_by=None,
        kind=question.kind.value,
        value=answer_to_data(answer),
        text=answer.text,
        skipped=answer.skipped,
        assumed=answer.assumed,
        asked_at=before.state.asked_at if asked else None,
        answered_at=now,
        guide_version=guide.guide.version,
        guide_hash=guide.guide.hash,
        wording_hash=tools.wording_hash(guide, person.language, question_id),
        language=person.language,
        visibility=question.visibility.value,
        message_id=answer.parts[-1].message if answer.parts else None,
    )


def _citizen_of(tx: Transaction, answer: Answer, now: datetime) -> str | None:
    if answer.skipped or answer.value is None:
        return None
    citizens.touch(tx, str(answer.value), now)
    return str(answer.value)


def _note_all(
    tx: Transaction, person: Person, action: str, reflection: Reflection, questions: Sequence[str], now: datetime
) -> None:
    for question in questions:
        audit.note(tx, person.id, action, f"{reflection.id}/{question}", now)


async def _withdraw(
    tx: Transaction, person: Person, reflection: Reflection, questions: Sequence[str], now: datetime
) -> list[Reply]:
    shares.withdraw(tx, reflection.id, questions, now)
    _note_all(tx, person, "withdraw", reflection, questions, now)
    return await supervision_own.hide(tx, reflection.id, questions)


async def _tell_lead(tx: Transaction, person: Person, now: datetime) -> list[Reply]:
    """Tell every lead of the team at once; if there is none who can be reached, say so, so that the mentor phones."""
    told = await lead_calls.call(tx, person, Kind.NOW, now)
    return [Toast(person.language, NO_LEAD)] if told is None else [*told, Toast(person.language, LEAD_TOLD)]


def _leave_followups(
    tx: Transaction,
    person: Person,
    before: Loaded,
    citizen_id: str | None,
    state: State,
    current: Mapping[str, Standing],
    now: datetime,
) -> None:
    wanted = remind_plan.wanted(before.guide.guide, state, current, ZoneInfo(person.zone), person.language)
    followups.reconcile(
        tx,
        mentor_id=person.id,
        citizen_id=citizen_id,
        reflection_id=before.reflection.id,
        wanted=wanted,
        now=now,
    )


async def _tidy(tx: Transaction, tools: Tools, person: Person, reflection: Reflection) -> list[Reply]:
    """At the end the mentor's own messages leave the chat, unless they chose to keep them."""
    if tools.tidy_of(person) == "never":
        return []
    typed = await chat.of_reflection(tx, reflection.id)
    if not typed:
        return []
    ids = tuple(message_id for _, message_id in typed)
    chat.forget(tx, person.chat_id, ids)
    return [Remove(person.chat_id, ids)]
