"""What must come of a mentor's updates: the ledger played through the pure dialogue, without bot, database or crash.

Only what surrounds a debrief is told again here (which one is open, who is meant by a pseudonym); what an event does to
a debrief is decided by ``bot.dialogue.engine.step`` alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.dialogue import engine, followups
from bot.dialogue.effects import Effect, Ended, NewCitizen, Save, Shared, TellLead, Withdrawn
from bot.dialogue.events import (
    Chose,
    ChoseCitizen,
    Edited,
    Event,
    Held,
    Named,
    Opened,
    Press,
    Pressed,
    SetAside,
    Typed,
)
from bot.dialogue.guide import Guide, Kind
from bot.dialogue.state import Answer, CitizenRef, Stage, State, Status
from bot.telegram.callbacks import CHOOSE, CITIZEN, UNTICK, DebriefButton, PageButton, read_data
from bot.telegram.minimise import Incoming, minimise
from storage.citizens import pseudonym_key
from tests.faults.crowd import ZONE, Told

Key = tuple[str, str, int]
RECENT = 6


@dataclass(frozen=True)
class Names:
    """Names that the program draws by lot, as they stand in the database: whose debrief a button's token is, which
    follow-up an id, and the ids of citizens by pseudonym."""

    tokens: Mapping[str, int]
    followups: Mapping[str, tuple[int, Key]]
    citizens: Mapping[str, str]


@dataclass
class Debrief:
    """What one debrief must have become. ``revisions``: every answer ever given, by question, oldest first."""

    state: State
    revisions: dict[str, list[Answer]] = field(default_factory=dict)
    followups: dict[Key, str] = field(default_factory=dict)
    audit: Counter[tuple[str, str]] = field(default_factory=Counter)
    typed: set[int] = field(default_factory=set)
    """The mentor's messages that must still be in the chat."""
    gone: set[int] = field(default_factory=set)
    """Those that must have left it."""


class Replay:
    """One mentor's chat. ``leads``: whether the team has a lead who can be told."""

    def __init__(
        self,
        guide: Guide,
        holidays: Callable[[datetime], frozenset[date]],
        citizens: Sequence[CitizenRef],
        names: Names,
    ) -> None:
        self._guide, self._holidays, self._names = guide, holidays, names
        self._citizens = list(citizens)  # the one used last stands first
        self.debriefs: list[Debrief] = []
        self.told_lead = 0
        self.strange: list[str] = []
        """What no chat without a fault can show, such as a button of a debrief that was never begun."""

    @property
    def open(self) -> int | None:
        """The open debrief's place."""
        return next((n for n, one in enumerate(self.debriefs) if one.state.status is Status.OPEN), None)

    def play(self, told: Told) -> None:
        """One update."""
        update = minimise({"update_id": told.update_id, **told.update})
        if update.kind == "callback_query" and update.tap is not None:
            self._tap(update, told.at)
        elif update.kind == "edited_message":
            self._edited(update, told.at)
        elif update.kind == "message":
            self._message(update, told.at)

    def _message(self, update: Incoming, now: datetime) -> None:
        text, message = update.text, update.message_id or 0
        if update.held and text is not None:
            if self.open is not None:
                self._step(self.open, Held(text, message, update.held), now)
        elif update.forwarded or text is None:
            return
        elif text == "/debrief":
            self._begin(now)
        elif text == "/stop" and self.open is not None:
            self._step(self.open, Pressed(self.debriefs[self.open].state.visit, Press.STOP), now)
        elif not text.startswith("/") and self.open is not None:
            self.debriefs[self.open].typed.add(message)
            self._step(self.open, self._typed(self.debriefs[self.open].state, text, message), now)

    def _typed(self, state: State, text: str, message: int) -> Event:
        asked = state.stage is Stage.QUESTION and self._guide[state.question].kind is Kind.CITIZEN
        if not asked:
            return Typed(text, message)
        key = pseudonym_key(text)
        exact = next((one for one in self._citizens if pseudonym_key(one.pseudonym) == key), None)
        matches = tuple(one for one in self._citizens if key in pseudonym_key(one.pseudonym))[:RECENT]
        name = " ".join(text.split())
        return Named(text, message, exact, matches, self._names.citizens.get(name, f"never added: {name}"))

    def _edited(self, update: Incoming, now: datetime) -> None:
        message = update.message_id or 0
        owner = next((n for n, one in enumerate(self.debriefs) if message in one.typed), None)
        if owner is not None and update.text is not None and not update.held and not update.text.startswith("/"):
            self._step(owner, Edited(update.text, message), now)

    def _tap(self, update: Incoming, now: datetime) -> None:
        match read_data(update.tap.data if update.tap else ""):
            case DebriefButton(token=token) as button:
                owner = self._names.tokens.get(token)
                event = self._pressed(button)
                if owner is None or owner >= len(self.debriefs):
                    self.strange.append(f"the button of debrief {token}, which was not begun by then")
                elif event is not None:
                    self._step(owner, event, now)
            case PageButton() as button:
                self._page(button, now)

    def _pressed(self, button: DebriefButton) -> Event | None:
        if button.verb in (CHOOSE, UNTICK):
            return Chose(button.visit, button.arg, button.verb == CHOOSE)
        if button.verb == CITIZEN:
            citizen = next((one for one in self._citizens if one.id == button.arg), None)
            if citizen is None:
                self.strange.append("the button of a citizen who was not added by then")
            return None if citizen is None else ChoseCitizen(button.visit, citizen)
        return Pressed(button.visit, Press(button.verb), button.arg)

    def _page(self, button: PageButton, now: datetime) -> None:
        if button.verb == "begin":
            self._begin(now)
        elif button.name == "choose" and button.verb == "n":
            if self.open in (None, self._names.tokens.get(button.arg)):  # else that has been done before
                self._set_aside(now)
                self._new(now)
        elif button.name in ("choose", "help") and button.verb == "g":
            self._go_on(self._names.tokens.get(button.arg), now)
        elif button.name == "done":
            owner, key = self._names.followups.get(button.arg, (None, None))
            if owner is not None and key is not None and self.debriefs[owner].followups.get(key) == "open":
                self.debriefs[owner].followups[key] = "done"

    def _begin(self, now: datetime) -> None:
        """A new one, unless one is open or set aside: then the mentor is asked first."""
        if not any(one.state.status in (Status.OPEN, Status.ASIDE) for one in self.debriefs):
            self._new(now)

    def _new(self, now: datetime) -> None:
        self.debriefs.append(Debrief(engine.begin(self._guide, now, ZONE)))

    def _set_aside(self, now: datetime) -> None:
        if self.open is not None:
            self._step(self.open, SetAside(), now)

    def _go_on(self, owner: int | None, now: datetime) -> None:
        if owner is None or owner >= len(self.debriefs):
            self.strange.append("the offer to go on with a debrief that was not begun by then")
            return
        if self.debriefs[owner].state.status is Status.ASIDE:
            self._set_aside(now)
        self._step(owner, Opened(), now)

    def _step(self, owner: int, event: Event, now: datetime) -> None:
        one, other = self.debriefs[owner], self.open
        state, effects = engine.step(self._guide, one.state, event, now, self._holidays(now))
        if state.status is Status.OPEN and one.state.status is not Status.OPEN and other not in (None, owner):
            return  # another is open: it must be ended or set aside first
        one.state = state
        for effect in effects:
            self._effect(one, effect)

    def _effect(self, one: Debrief, effect: Effect) -> None:
        match effect:
            case Save(question=question, answer=answer):
                one.revisions.setdefault(question, []).append(answer)
                if question == "citizen" and answer.value is not None and not answer.skipped:
                    self._citizens.sort(key=lambda citizen: citizen.id != answer.value)
            case NewCitizen(id=number, pseudonym=pseudonym):
                self._citizens.insert(0, CitizenRef(number, pseudonym))
            case Shared(questions=questions):
                one.audit.update(("share", question) for question in questions)
            case Withdrawn(questions=questions):
                one.audit.update(("withdraw", question) for question in questions)
            case TellLead():
                self.told_lead += 1
            case Ended():
                one.gone |= one.typed
                one.typed.clear()
                self._follow_up(one)

    def _follow_up(self, one: Debrief) -> None:
        wanted = {(due.kind, due.question, due.item) for due in followups.leaves(self._guide, one.state)}
        for key, status in one.followups.items():
            if status == "open" and key not in wanted:
                one.followups[key] = "lapsed"
        for key in wanted:
            if one.followups.get(key) in (None, "lapsed"):
                one.followups[key] = "open"
