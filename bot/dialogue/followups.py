"""What a debrief leaves to be done: derived from its answers, so that a changed answer changes it too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.guide import Guide, Kind, Question
from bot.dialogue.plan import may_change
from bot.dialogue.state import Answer, State

SAFETY_LEAD = "safety_lead"
_SAFETY, _REACHED = "safety", "safety_reached"  # the guide's words, the same for ever
# What a lead must hear of, by the guide's section on the mentor and the tough visit.
_HARM = frozenset({"threat", "threat_benefit", "violence", "suicide_risk", "fear_life_health"})
_KNOWS = frozenset({"lead", "tell_lead"})


@dataclass(frozen=True, slots=True)
class Due:
    """A follow-up to be. ``item`` numbers the lines of one answer; ``at`` is UTC or None when no date was said."""

    kind: str
    question: str
    item: int = 0
    text: str | None = None
    at: datetime | None = None
    has_time: bool = False


def leaves(guide: Guide, state: State) -> tuple[Due, ...]:
    """The follow-ups of a debrief, in the guide's order; last the lead to be told after something unsafe."""
    found: list[Due] = []
    for question in guide:
        answer = state.answers.get(question.id)
        if answer is not None:
            found += _of(question, answer)
        elif question.kind is Kind.ONE and question.follow_up and may_change(guide, state, question.id):
            # The short path does not ask it; the follow-up sees to it that it is not forgotten.
            found.append(Due(question.follow_up, question.id))
    if _lead_must_know(state):
        found.append(Due(SAFETY_LEAD, _REACHED))
    return tuple(found)


def _lead_must_know(state: State) -> bool:
    safety, reached = state.answers.get(_SAFETY), state.answers.get(_REACHED)
    if safety is None or not _HARM & {pick.choice for pick in safety.picks}:
        return False
    return reached is None or not _KNOWS & {pick.choice for pick in reached.picks}


def _of(question: Question, answer: Answer) -> list[Due]:
    if answer.skipped:
        return []
    match question.kind:
        case Kind.TEXT if question.follow_up:
            lines = [line.strip() for line in (answer.text or "").splitlines() if line.strip()]
            return [Due(question.follow_up, question.id, n, line) for n, line in enumerate(lines)]
        case Kind.WHEN if question.follow_up and answer.at is not None:
            return [Due(question.follow_up, question.id, at=answer.at, has_time=answer.has_time)]
        case Kind.ONE | Kind.MANY:
            picked = [str(answer.value)] if question.kind is Kind.ONE else [p.choice for p in answer.picks]
            own = [question.follow_up] if question.follow_up else []
            kinds = own + [choice.follow_up for choice in question.choices if choice.id in picked and choice.follow_up]
            return [Due(k, question.id, at=answer.at, has_time=answer.has_time) for k in kinds]
    return []
