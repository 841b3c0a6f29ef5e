"""From a tap or a typed message on the live question to an answer, by kind of question."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue import calendar
from bot.dialogue.effects import Effect, NewCitizen, Note, Show, Tell, TellLead
from bot.dialogue.events import Chose, ChoseCitizen, Named
from bot.dialogue.guide import Choice, Companion, Kind, Length, Question
from bot.dialogue.moving import Setting, Step, advance, record, redraft
from bot.dialogue.phrases import Direction, When, WrongSide, read_when
from bot.dialogue.state import Answer, CitizenRef, Draft, Mode, Part, Pick, State

MAX_TEXT = 20_000
MAX_PSEUDONYM = 30
DAY_CHIPS = {"d1": 1, "d3": 3, "d7": 7}
NO_DATE = "none"
_WORKDAYS = frozenset(range(5))


def settle(here: Setting, state: State, answer: Answer) -> Step:
    """Write the answer to the live question down and go on."""
    after, effects = record(here, state, state.question, answer)
    moved, more = advance(here, after)
    return moved, (*effects, *more)


def chose(here: Setting, state: State, event: Chose) -> Step:
    """A choice button of the live question."""
    question = here.guide[state.question]
    match question.kind, state.draft.mode:
        case _, Mode.DATE:
            return _chose_date(here, state, question, event.choice)
        case _, Mode.RESULT:
            return _chose_result(here, state, question, event.choice)
        case Kind.SCALE, _ if event.choice in {"1", "2", "3", "4", "5"}:
            return settle(here, state, Answer(value=int(event.choice)))
    choice = question.choice(event.choice)
    if choice is None:
        return state, (Tell(Note.NOT_A_CHOICE), Show())
    match question.kind:
        case Kind.MANY:
            return _picked(here, state, question, choice, event.on)
        case Kind.MINUTES:
            return settle(here, state, Answer(value=choice.value))
        case Kind.WHEN:
            return _chose_when(here, state, question, choice)
        case _:
            return _chose_one(here, state, choice)


def _chose_one(here: Setting, state: State, choice: Choice) -> Step:
    if choice.companion is not Companion.DATE:
        return settle(here, state, Answer(value=choice.id))
    if state.length is Length.FULL or choice.assume_days is None or state.changing:
        return redraft(state, Draft(Mode.DATE, choice=choice.id)), (Show(),)
    # The short path never asks for a date: it takes one for granted and lets the receipt change it.
    day = here.now.astimezone(ZoneInfo(state.zone)).date()
    for _ in range(choice.assume_days):
        day = calendar.next_working_day(day, here.holidays, _WORKDAYS)
    at = calendar.at_local(day, 9, 0, ZoneInfo(state.zone))
    return settle(here, state, Answer(value=choice.id, at=at, has_time=False))


def _chose_when(here: Setting, state: State, question: Question, choice: Choice) -> Step:
    zone = ZoneInfo(state.zone)
    if choice.companion is Companion.DATE:
        return redraft(state, Draft(Mode.DATE, choice=choice.id)), (Show(),)
    if choice.exclusive or choice.value is None:
        return settle(here, state, Answer(value=choice.id))
    if choice.value == 0 and choice.id == "now":
        return settle(here, state, Answer(value=choice.id, at=here.now))
    day = here.now.astimezone(zone).date() + timedelta(days=choice.value)
    at = calendar.at_local(day, 9 if choice.value > 0 else 12, 0, zone)
    return settle(
        here, state, Answer(value=choice.id, at=min(at, here.now) if choice.value <= 0 else at, has_time=False)
    )


def _chose_date(here: Setting, state: State, question: Question, chip: str) -> Step:
    picked = state.draft.choice or ""
    if chip == NO_DATE and question.kind is not Kind.WHEN:
        return settle(here, state, Answer(value=picked))
    if chip not in DAY_CHIPS:
        return state, (Tell(Note.NOT_A_CHOICE), Show())
    sign = 1 if looks_ahead(question) else -1
    day = here.now.astimezone(ZoneInfo(state.zone)).date() + timedelta(days=sign * DAY_CHIPS[chip])
    at = calendar.at_local(day, 9 if sign > 0 else 12, 0, ZoneInfo(state.zone))
    return settle(here, state, Answer(value=picked, at=at, has_time=False))


def looks_ahead(question: Question) -> bool:
    """Whether its dates lie in the future. Only a ``when`` with no chip ahead looks back."""
    return question.kind is not Kind.WHEN or any((choice.value or 0) > 0 for choice in question.choices)


def _picked(here: Setting, state: State, question: Question, choice: Choice, on: bool) -> Step:
    if question.first_tap_goes_on and state.draft.mode is Mode.PLAIN:
        return settle(here, state, replace(_words(state), picks=(_first_pick(here, question, choice),)))
    if choice.exclusive and on and not state.draft.picks:
        # It stands alone, so there is nothing more to tick: one tap less for somebody who is shaken.
        return settle(here, state, replace(_words(state), picks=(Pick(choice.id),)))
    told: tuple[Effect, ...] = (TellLead(),) if choice.tells_lead and on and not _has(state, choice.id) else ()
    if on and question.results and not choice.exclusive:
        return redraft(state, replace(state.draft, mode=Mode.RESULT, choice=choice.id)), (Show(),)
    picks = toggled(question, state.draft.picks, Pick(choice.id, at=_stamp(here, question, choice)), on)
    return replace(state, draft=replace(state.draft, mode=Mode.SEVERAL, picks=picks)), (*told, Show())


def _words(state: State) -> Answer:
    before = state.answers.get(state.question)
    return Answer(parts=before.parts) if before else Answer()


def _has(state: State, choice: str) -> bool:
    before = state.answers.get(state.question)
    picks = (*state.draft.picks, *(before.picks if before else ()))
    return any(pick.choice == choice for pick in picks)


def _first_pick(here: Setting, question: Question, choice: Choice) -> Pick:
    result = question.results[0].id if question.results and not choice.exclusive else None
    return Pick(choice.id, result, _stamp(here, question, choice))


def _stamp(here: Setting, question: Question, choice: Choice) -> datetime | None:
    return here.now if question.results and not choice.exclusive else None


def toggled(question: Question, picks: tuple[Pick, ...], pick: Pick, on: bool) -> tuple[Pick, ...]:
    """Picks with one ticked or unticked; an exclusive choice stands alone. Ticking twice changes nothing."""
    kept = tuple(p for p in picks if p.choice != pick.choice)
    if not on:
        return kept
    chosen = question.choice(pick.choice)
    if chosen is not None and chosen.exclusive:
        return (pick,)
    alone = {c.id for c in question.choices if c.exclusive}
    return (*(p for p in kept if p.choice not in alone), pick)


def _chose_result(here: Setting, state: State, question: Question, result: str) -> Step:
    if result not in {r.id for r in question.results}:
        return state, (Tell(Note.NOT_A_CHOICE), Show())
    pick = Pick(state.draft.choice or "", result, here.now)
    picks = toggled(question, state.draft.picks, pick, True)
    return redraft(state, Draft(Mode.SEVERAL, picks=picks)), (Show(),)


def several(state: State) -> State:
    """Open a ``many`` for several picks, with what was picked before."""
    before = state.answers.get(state.question)
    return redraft(state, Draft(Mode.SEVERAL, picks=before.picks if before else ()))


def chose_citizen(here: Setting, state: State, event: ChoseCitizen) -> Step:
    """A citizen's button."""
    if here.guide[state.question].kind is not Kind.CITIZEN:
        return state, (Tell(Note.STALE), Show())
    return settle(here, state, Answer(value=event.citizen.id))


def named(here: Setting, state: State, event: Named) -> Step:
    """A typed pseudonym: a known one is taken, an unknown one is shown for a confirming tap, so that a slip of the
    thumb makes no new citizen; after "new citizen" it is taken as typed."""
    name = " ".join(event.text.split())
    if event.exact is not None:
        return settle(here, state, Answer(value=event.exact.id, parts=()))
    if not name or len(name) > MAX_PSEUDONYM or name.startswith("/"):
        return state, (Show(fresh=True, note=Note.BAD_PSEUDONYM),)
    if event.taken:
        return state, (Show(fresh=True, note=Note.TAKEN),)
    if state.draft.mode is Mode.NEW:
        return _add_citizen(here, state, CitizenRef(event.new_id, name))
    draft = Draft(Mode.FOUND, part=Part(event.message, name), found=event.matches, choice=event.new_id)
    return redraft(state, draft), (Show(fresh=True),)


def _add_citizen(here: Setting, state: State, citizen: CitizenRef) -> Step:
    after, effects = settle(here, state, Answer(value=citizen.id))
    return after, (NewCitizen(citizen.id, citizen.pseudonym), *effects)


def add_typed_citizen(here: Setting, state: State) -> Step:
    """The confirming tap under an unknown pseudonym."""
    draft = state.draft
    if draft.part is None or draft.choice is None:
        return state, (Tell(Note.STALE), Show())
    return _add_citizen(here, state, CitizenRef(draft.choice, draft.part.text))


def typed(here: Setting, state: State, part: Part) -> Step:
    """A typed message on the live question."""
    question = here.guide[state.question]
    if not part.text.strip():
        return state, (Show(fresh=True, note=Note.EMPTY),)
    if state.draft.mode is Mode.DATE or question.kind is Kind.WHEN:
        return _typed_when(here, state, question, part)
    if question.kind is Kind.MINUTES:
        return _typed_minutes(here, state, part)
    if question.kind is Kind.TEXT or question.typed:
        return add_part(here, state, state.question, part)
    return state, (Show(fresh=True, note=Note.NO_TEXT_HERE),)


def add_part(here: Setting, state: State, question_id: str, part: Part) -> Step:
    """Add a message to an answer, or replace the part it once was; the question stays until the mentor goes on,
    because people write in several messages."""
    before = state.answers.get(question_id, Answer())
    picks = state.draft.picks if question_id == state.question and state.draft.picks else before.picks
    parts = _with_part(before.parts, part)
    answer = Answer(value=before.value, picks=picks, at=before.at, has_time=before.has_time, parts=parts)
    if sum(len(one.text) for one in parts) > MAX_TEXT:  # not the line ends between messages: nobody typed those
        return state, (Show(fresh=True, note=Note.TOO_LONG),)
    after, effects = record(here, state, question_id, answer)
    return after, (*effects, Show(fresh=True))


def _with_part(parts: tuple[Part, ...], part: Part) -> tuple[Part, ...]:
    if any(old.message == part.message for old in parts):
        return tuple(part if old.message == part.message else old for old in parts)
    # By number: the rest of a long text may have been kept while its beginning was held back.
    return tuple(sorted((*parts, part), key=lambda one: one.message))


def _typed_when(here: Setting, state: State, question: Question, part: Part) -> Step:
    direction = Direction.FUTURE if looks_ahead(question) else Direction.PAST
    zone = ZoneInfo(state.zone)
    match read_when(part.text, here.now, zone, direction):
        case When(at=at, has_time=has_time):
            value = state.draft.choice if state.draft.mode is Mode.DATE else _date_choice(question)
            after, effects = settle(here, state, Answer(value=value, at=at, has_time=has_time, parts=(part,)))
            said_back = Show(fresh=True, echo=question.id)
            return after, (*(e for e in effects if not isinstance(e, Show)), said_back)
        case WrongSide():
            ahead = direction is Direction.FUTURE
            note = Note.IN_THE_PAST if ahead else Note.IN_THE_FUTURE
            return state, (Show(fresh=True, note=note),)
        case _:
            return state, (Show(fresh=True, note=Note.NOT_A_DATE),)


def _date_choice(question: Question) -> str | None:
    return next((c.id for c in question.choices if c.companion is Companion.DATE), None)


_MINUTES = re.compile(r"(\d{1,4})\s*(?:min\w*|m\.?)?", re.IGNORECASE)
_HOURS = re.compile(
    r"(\d{1,2}(?:[.,]\d{1,2})?)\s*(?:timer?|t|h|hours?|hrs?)\.?(?:\s*(?:og|and)?\s*(\d{1,2})\s*(?:min\w*|m)?)?\.?",
    re.IGNORECASE,
)
_WORDED = {"et kvarter": 15, "en halv time": 30, "halv time": 30, "trekvart": 45, "tre kvarter": 45, "en time": 60,
           "halvanden time": 90, "to timer": 120, "an hour": 60, "half an hour": 30}  # fmt: skip
MAX_MINUTES = 24 * 60


def read_minutes(text: str) -> int | None:
    """Minutes from "45", "45 min", "1,5 time", "1 t 30", "halvanden time"; None when not understood or over a day."""
    said = " ".join(text.lower().split()).rstrip(".")
    if said in _WORDED:
        return _WORDED[said]
    if match := _MINUTES.fullmatch(said):
        minutes = int(match[1])
    elif match := _HOURS.fullmatch(said):
        minutes = round(float(match[1].replace(",", ".")) * 60) + int(match[2] or 0)
    else:
        return None
    return minutes if minutes <= MAX_MINUTES else None


def _typed_minutes(here: Setting, state: State, part: Part) -> Step:
    minutes = read_minutes(part.text)
    if minutes is None:
        return state, (Show(fresh=True, note=Note.NOT_MINUTES),)
    return settle(here, state, Answer(value=minutes, parts=(part,)))
