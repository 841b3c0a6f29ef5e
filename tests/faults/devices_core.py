"""Two phones of one mentor on the pure dialogue: what each did last saw decides what its thumb can press, and every act
is compared with what its phone showed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from bot.dialogue import engine
from bot.dialogue.codec import answer_from_data, answer_to_data, state_from_data, state_to_data
from bot.dialogue.effects import Effect, Save, Shared, Show, Tell
from bot.dialogue.events import Chose, ChoseCitizen, Edited, Event, Held, Named, Opened, Press, Pressed, SetAside, Typed
from bot.dialogue.guide import Guide, Kind, Length
from bot.dialogue.state import HOLDING, Answer, CitizenRef, Mode, Stage, State
from bot.dialogue.view import view

Tap: TypeAlias = Chose | ChoseCitizen | Pressed
Step: TypeAlias = Callable[[Guide, State, Event, datetime, frozenset[date]], tuple[State, tuple[Effect, ...]]]
"""``bot.dialogue.engine.step``, or a weaker one."""

BEGAN = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)
CITIZENS = (CitizenRef("citizen-birk", "Birk"), CitizenRef("citizen-havblik", "Havblik"))
OVERWRITTEN, ELSEWHERE, WORDLESS, UNSEEN = "overwritten", "written elsewhere", "refused without a word", "shared unseen"
"""What must not be: an answer replaced by somebody who did not see it; a tap that answers another question than the one
it stood under; one that is refused in silence; words shared that were not on the card when sharing was confirmed."""
_OFTEN = {
    Press.DONE: 3, Press.SKIP: 2, Press.KEEP: 3, Press.SAVE: 3, Press.BACK: 2, Press.SHARE: 3, Press.PREVIEW: 3,
    Press.CONFIRM: 3,
}  # fmt: skip
_DATES = ("d1", "d3", "d7", "none")
_WORDS = ("45", "1 time", "i går", "om 3 dage", "Vi talte længe.", "Birk", "Sten 4")


@dataclass(frozen=True)
class Act:
    """What one phone did, for replaying: ``seen`` is the state whose card it had on its screen."""

    event: Event
    seen: State
    minutes: int

    @property
    def at(self) -> datetime:
        """When."""
        return BEGAN + timedelta(seconds=20 * self.minutes)


@dataclass
class Found:
    """What came of one interleaving: ``violations`` as (kind, what), ``figures`` about what was done, and for each act
    its effects and the state it led to."""

    begun: State
    violations: list[tuple[str, str]] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)
    acts: list[Act] = field(default_factory=list)
    effects: list[tuple[Effect, ...]] = field(default_factory=list)
    states: list[State] = field(default_factory=list)


class Devices:
    """Both phones and the dialogue, from ``state`` on. ``step`` is what decides; ``attentive``: each phone shows what
    is new at once."""

    def __init__(
        self, guide: Guide, chance: random.Random, state: State, *, step: Step = engine.step, attentive: bool = False
    ) -> None:
        self._guide, self._chance, self._step = guide, chance, step
        self.state = state
        self._screens = [state, state]
        self._shows = 1.0 if attentive else 0.5
        self._number = max(own_messages(state), default=0)
        self.found = Found(state)

    def run(self, acts: int) -> Found:
        """So many acts, now on the one phone and now on the other; each shows what is new when it gets to it."""
        for minutes in range(acts):
            phone = self._chance.randrange(2)
            if self._chance.random() < self._shows:
                self._screens[phone] = self.state
            seen = self._screens[phone]
            self.happens(Act(self._event(seen), seen, minutes))
        return self.found

    def happens(self, act: Act) -> None:
        """One act, judged by what its phone showed; afterwards the state is stored and read as the program does."""
        before, found = self.state, self.found
        after, effects = self._step(self._guide, before, act.event, act.at, frozenset())
        found.acts.append(act)
        found.effects.append(effects)
        for kind, what in judged(self._guide, act, before, effects):
            found.violations.append((kind, f"act {len(found.acts)}, {type(act.event).__name__}: {what}"))
        self._count(act, before, effects)
        self.state = stored_and_read(after)
        found.states.append(self.state)

    def _count(self, act: Act, before: State, effects: Sequence[Effect]) -> None:
        figures = self.found.figures
        figures["acts"] += 1
        if isinstance(act.event, Tap):
            stale = act.event.visit != before.visit
            figures["stale taps"] += stale
            figures["of these one behind, who only see the card"] += stale and act.event.visit == before.visit - 1
        figures["answers replaced"] += sum(1 for _ in replaced(before, effects))
        typed = isinstance(act.event, Typed | Named)
        figures["typed while another question was asked"] += typed and act.seen.question != before.question

    def _event(self, seen: State) -> Event:
        dice = self._chance.random()
        if dice < 0.22:
            return self._typed()
        own = own_messages(self.state)
        if dice < 0.32 and own:
            return Edited(f"rettet {self._chance.randrange(1000)}", self._chance.choice(own))
        if dice < 0.34:
            return self._chance.choice((Opened(), SetAside()))
        return self._chance.choice(list(buttons(self._guide, seen)))

    def _typed(self) -> Event:
        self._number += 1
        if self._chance.random() < 0.05:
            return Held("Ring på [telefon].", self._number, ("phone",))
        text = self._chance.choice((*_WORDS, f"besked {self._number}"))
        asked = self.state.stage is Stage.QUESTION and self._guide[self.state.question].kind is Kind.CITIZEN
        if not asked:
            return Typed(text, self._number)
        exact = next((one for one in CITIZENS if one.pseudonym == text), None)
        return Named(text, self._number, exact, (), f"new-{self._number}")


def beginnings(guide: Guide, chance: random.Random, walks: int, acts: int = 70) -> list[State]:
    """States of debriefs of which nobody had two phones in hand yet: from the first question to after the end."""
    found: list[State] = []
    for _ in range(walks):
        length = chance.choice((Length.SHORT, Length.FULL, Length.FULL))
        begun = engine.begin(guide, BEGAN - timedelta(hours=1), "Europe/Copenhagen", length)
        found += [begun, *Devices(guide, chance, begun, attentive=True).run(acts).states]
    return found


def own_messages(state: State) -> list[int]:
    """The numbers of the messages of which the answers are made."""
    return [part.message for answer in state.answers.values() for part in answer.parts]


def buttons(guide: Guide, seen: State) -> Iterator[Tap]:
    """Every button on the card of this state; those that lead on are more likely pressed, so they come twice."""
    shown, visit = view(guide, seen), seen.visit
    question = shown.question
    if question is not None and shown.mode is Mode.DATE:
        yield from (Chose(visit, chip) for chip in _DATES)
    elif question is not None and shown.mode is Mode.RESULT:
        yield from (Chose(visit, result.id) for result in question.results)
    elif question is not None and question.kind is Kind.CITIZEN:
        yield from (ChoseCitizen(visit, one) for one in (*CITIZENS, *CITIZENS))
    elif question is not None and question.kind is Kind.SCALE:
        yield from (Chose(visit, str(number)) for number in range(1, 6))
    elif question is not None and shown.mode not in (*HOLDING, Mode.NEW):
        for choice in question.choices:
            yield Chose(visit, choice.id, not (shown.mode is Mode.SEVERAL and choice.id in shown.picked))
    if seen.stage is Stage.SHARE:
        yield from (Chose(visit, one, one not in seen.share_picks) for one in shown.shareable)
    for press in sorted(shown.presses):
        yield from [Pressed(visit, press)] * _OFTEN.get(press, 1)
    yield from (Pressed(visit, Press.CHANGE, one) for one in shown.changeable)


def judged(guide: Guide, act: Act, before: State, effects: Sequence[Effect]) -> Iterator[tuple[str, str]]:
    """What an act did that its phone did not show."""
    event, seen = act.event, act.seen
    if isinstance(event, Tap):
        yield from _tapped(event, seen, before, effects)
    else:
        for question, old, new in replaced(before, effects):
            # A date or a number that is typed anew is a later word on the same; messages add up.
            in_words = guide[question].kind is Kind.TEXT or guide[question].typed
            if isinstance(event, Edited | Typed) and in_words and not keeps(old, new, event.message):
                yield OVERWRITTEN, f"{question}: what was typed before is gone"
    for shared in (one for one in effects if isinstance(one, Shared)):
        for question in shared.questions:
            if seen.answers.get(question) != before.answers.get(question):
                yield UNSEEN, f"{question} was changed after it was shown, and is shared all the same"


def _tapped(event: Tap, seen: State, before: State, effects: Sequence[Effect]) -> Iterator[tuple[str, str]]:
    for save in (one for one in effects if isinstance(one, Save) and not one.answer.assumed):
        if save.question != seen.question:
            yield ELSEWHERE, f"pressed under {seen.question or seen.stage}, and answers {save.question}"
    for question, old, new in replaced(before, effects):
        if old != seen.answers.get(question) and not keeps(old, new):
            yield OVERWRITTEN, f"{question}, answered meanwhile, is replaced by one who did not see that"
    told = any(isinstance(one, Tell) for one in effects)
    if event.visit < before.visit - 1 and not told and not any(isinstance(one, Save | Shared) for one in effects):
        yield WORDLESS, f"pressed on visit {event.visit} while it was at {before.visit}"
    if not any(isinstance(one, Show) for one in effects):
        yield WORDLESS, "the card is not shown"


def replaced(before: State, effects: Sequence[Effect]) -> Iterator[tuple[str, Answer, Answer]]:
    """Question, the answer that counted (and was given, not assumed), and the one that counts now."""
    for one in effects:
        old = before.answers.get(one.question) if isinstance(one, Save) else None
        if isinstance(one, Save) and old is not None and not old.assumed and old != one.answer:
            yield one.question, old, one.answer


def keeps(old: Answer, new: Answer, but: int | None = None) -> bool:
    """Whether everything of the one stands in the other still, but for what that message said."""
    parts = {part for part in old.parts if part.message != but}
    picked = {pick.choice for pick in old.picks} <= {pick.choice for pick in new.picks}
    return parts <= set(new.parts) and picked and (old.value in (None, new.value)) and not new.skipped


def stored_and_read(state: State) -> State:
    """The state as the program would find it at the next update."""
    given = {
        q: answer_from_data(answer_to_data(a), skipped=a.skipped, assumed=a.assumed) for q, a in state.answers.items()
    }
    return state_from_data(state_to_data(state), given)


def replayed(guide: Guide, found: Found, step: Step = engine.step) -> bool:
    """Whether the same acts once more have the same effects and lead to the same states."""
    state, same = found.begun, True
    for act, effects, led_to in zip(found.acts, found.effects, found.states, strict=True):
        after, again = step(guide, state, act.event, act.at, frozenset())
        state = stored_and_read(after)
        same = same and again == effects and state == led_to
    return same
