"""Ways through the guide, step by step: what a mentor does next is read off the card that is there."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.dialogue.events import Press
from bot.dialogue.guide import Kind, Question
from bot.practice.messages import Message, Person
from bot.telegram.callbacks import CHOOSE, CITIZEN, DebriefButton, PageButton, read_data
from tests.faults.crowd import CrowdPhone
from tests.faults.storm import GUIDE
from tests.faults.texts import Texts

BEGIN, TEXT, HELD, EDIT, NAME = "/debrief", "a text", "a text that is held back", "another wording", "a new citizen"
"""What is done that is no tap. A tap is named by its verb, and its argument after a colon."""

REST = "rest"
"""Where a tough visit comes to: what is left can wait."""

_ASKS = {GUIDE.wording["da"].question(one.id).ask: one for one in GUIDE.guide}


@dataclass(frozen=True)
class Walk:
    """One way. ``asks``: the questions that it is there for; ``answers``: question → what is chosen or ticked
    (otherwise: whatever stands first); ``detours``: what is done when a question is asked, before it is answered;
    ``after``: what is done on the receipt."""

    name: str
    asks: str
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    full: bool = False
    detours: Mapping[str, Sequence[str]] = field(default_factory=dict)
    after: Sequence[str] = ()


SHORT = Walk(
    "met, short",
    "citizen outcome minutes_used toughness adjusted next_contact",
    {"toughness": ("2",)},
    detours={"citizen": (NAME, Press.NEW)},
)
WALKS = (
    SHORT,
    Walk(
        "no-show, short",
        "reach_tried absence_decision absence_reason",
        {"outcome": ("did_not_come",), "absence_decision": ("wait",)},
    ),
    Walk(
        "met, full",
        "contact_when what_happened contact_quality goal_agreement task_agreement whose_meaning citizen_wanted"
        " relation_note who_decided opening opening_note time_enough participation mentor_note distance supervision"
        " supervision_focus agreements",
        {"toughness": ("2",), "supervision": ("next",)},
        full=True,
        detours={
            "outcome": (Press.LATER, Press.RESUME),
            "toughness": (Press.BACK, Press.KEEP),
            "what_happened": (TEXT, EDIT),
            "citizen_wanted": (HELD, Press.REPHRASE),
            "relation_note": (Press.SKIP,),
        },
        after=(Press.SHARE, CHOOSE, Press.PREVIEW, Press.CONFIRM, Press.WITHDRAW),
    ),
    Walk(
        "no-show, full",
        "other_form absence_guess decision_basis absence_pressure hearing",
        {"outcome": ("did_not_come",), "reach_tried": ("call",), "absence_decision": ("register",)},
        full=True,
        detours={"reach_tried": (Press.MORE,)},
        after=(Press.ANSWERS, f"{Press.CHANGE}:absence_decision", f"{CHOOSE}:lead_first"),
    ),
    Walk(
        "left for safety",
        "safe_now safety safety_reached next_moved minutes_travel",
        {"outcome": ("left_for_safety",), "safety": ("threat", "violence"), "safety_reached": ("lead", "tell_lead")},
        detours={REST: (f"{Press.CHANGE}:mentor_note", TEXT, Press.KEEP)},
        after=(f"{Press.CHANGE}:minutes_travel", CHOOSE, f"{Press.CHANGE}:supervision", f"{CHOOSE}:next"),
    ),
)
"""Together they take every question of the guide, and every kind of button."""


class Mentor:
    """Somebody on a way through the guide, one step after the other."""

    def __init__(self, phone: CrowdPhone, person: Person, walk: Walk, texts: Texts) -> None:
        self.person = person
        self._phone, self._walk, self._texts = phone, walk, texts
        self._todo: deque[str] = deque([BEGIN])
        self._seen: set[str] = set()

    def next(self) -> str | None:
        """Name the next step; None when the way is at its end."""
        if not self._todo:
            self._todo += self._decided()
        return f"{self._where()}: {self._todo[0]}" if self._todo else None

    def act(self) -> None:
        """Do what ``next`` named."""
        what = self._todo.popleft()
        match what:
            case _ if what.startswith("/"):
                self._phone.hands.send(self.person, what)
            case str(words) if words in (TEXT, NAME, HELD):
                says = {TEXT: self._texts.text, NAME: self._texts.pseudonym, HELD: self._texts.held}[words]
                self._phone.hands.send(self.person, says())
            case str(words) if words == EDIT:
                messages = self._phone.world.private(self.person).messages.values()
                own = [one for one in messages if not one.from_bot and not one.deleted]
                self._phone.hands.edit(self.person, own[-1].id, self._texts.text())
            case _:
                self._press(what)

    def card(self) -> Message | None:
        """The newest message with buttons in the chat."""
        messages = self._phone.world.private(self.person).messages.values()
        return next((one for one in reversed(messages) if one.from_bot and not one.deleted and one.rows), None)

    def sight(self) -> object:
        """What the mentor sees of the card: something else after every step."""
        card = self.card()
        return None if card is None else (card.id, card.body.text, str(card.rows))

    def _press(self, what: str) -> None:
        card = self.card()
        assert card is not None
        verb, _, arg = what.partition(":")
        for row, line in enumerate(card.rows or []):
            for column, button in enumerate(line):
                data = read_data(str(button.get("callback_data", "")))
                if isinstance(data, DebriefButton | PageButton) and data.verb == verb and arg in ("", data.arg):
                    self._phone.hands.press(self.person, card.id, row, column)
                    return
        raise AssertionError(f"{self._walk.name}: there is no button {what} on\n{card.body.text}\n{card.rows}")

    def _asked(self) -> Question | None:
        card = self.card()
        found = [ask for ask in _ASKS if card is not None and ask in card.body.text]
        return _ASKS[max(found, key=len)] if found else None

    def _where(self) -> str:
        asked = self._asked()
        return asked.id if asked is not None else "-"

    def _buttons(self) -> list[tuple[str, str]]:
        card = self.card()
        every = [read_data(str(one.get("callback_data", ""))) for line in (card and card.rows) or [] for one in line]
        return [(one.verb, one.arg) for one in every if isinstance(one, DebriefButton)]

    def _decided(self) -> Sequence[str]:
        buttons, asked = self._buttons(), self._asked()
        verbs = [verb for verb, _ in buttons]
        if Press.SAVE in verbs:
            return (Press.SAVE,)
        if Press.ANSWERS in verbs:
            return self._once("the receipt", self._walk.after)
        if asked is None and CHOOSE in verbs:
            return (CHOOSE,)  # a day, or what came of an attempt
        if asked is None:
            return self._once(REST, self._walk.detours.get(REST, ())) or (Press.RESUME,)
        if self._walk.full and Press.FULL in verbs:
            return (Press.FULL,)
        if detour := self._once(asked.id, self._walk.detours.get(asked.id, ())):
            return detour
        return self._answer(asked, buttons)

    def _once(self, place: str, steps: Sequence[str]) -> Sequence[str]:
        new = place not in self._seen
        self._seen.add(place)
        return steps if new else ()

    def _answer(self, asked: Question, buttons: list[tuple[str, str]]) -> Sequence[str]:
        verbs = [verb for verb, _ in buttons]
        if Press.KEEP in verbs and Press.DONE not in verbs:
            return (Press.KEEP,)
        match asked.kind:
            case Kind.TEXT:
                return (TEXT,)
            case Kind.CITIZEN:
                return (CITIZEN if CITIZEN in verbs else Press.NEW,)
        offered = [arg for verb, arg in buttons if verb == CHOOSE]
        wanted = self._walk.answers.get(asked.id, offered[:1])
        left = [one for one in wanted if one in offered]
        if Press.DONE in verbs and not left:
            return (Press.DONE,)
        return (f"{CHOOSE}:{left[0]}",)
