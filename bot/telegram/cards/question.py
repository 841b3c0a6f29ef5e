"""The live card while something is asked: where am I, the question, its buttons."""

from __future__ import annotations

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.dialogue.answering import DAY_CHIPS, NO_DATE, looks_ahead
from bot.dialogue.calendar import say_when
from bot.dialogue.events import Press
from bot.dialogue.guide import Kind, Question
from bot.dialogue.state import Mode
from bot.dialogue.view import View, is_several
from bot.organisation import Organisation
from bot.service.replies import DebriefCard
from bot.telegram.callbacks import CHOOSE, CITIZEN, UNTICK
from bot.telegram.cards.keyboard import Button, Keys, Rows, paired, tick
from prompts import Messages
from prompts.wording import Wording

QUOTE = 600  # letters of a typed answer shown on the card


def head(shown: View, card: DebriefCard, messages: Messages) -> str:
    """▰▰▰▱▱ 4 of about 9 · B07"""
    filled = round(8 * shown.place / shown.about) if shown.about else 0
    bar = "▰" * filled + "▱" * (8 - filled)
    about = f" · <b>{escape(card.pseudonym)}</b>" if card.pseudonym else ""
    return f"{bar} {messages.text('card.progress', done=shown.place, about=shown.about)}{about}"


def body(
    shown: View, question: Question, card: DebriefCard, messages: Messages, organisation: Organisation
) -> list[str]:
    """The lines under the head."""
    words = card.guide.wording[card.person.language]
    said = words.question(question.id)
    lines = [f"<b>{escape(_asked(shown, question, card, words))}</b>"]
    if shown.mode in (Mode.DATE,) or question.kind is Kind.WHEN:
        lines.append(
            f"<i>{messages.text('card.date_hint_ahead' if looks_ahead(question) else 'card.date_hint_back')}</i>"
        )
    elif shown.mode is Mode.NEW:
        lines.append(f"<i>{messages.text('card.new_citizen_hint')}</i>")
    elif said.help:
        lines.append(f"<i>{escape(said.help)}</i>")
    lines += _extras(shown, question, card, messages, words, organisation)
    return lines


def _asked(shown: View, question: Question, card: DebriefCard, words: Wording) -> str:
    draft = card.state.draft
    if shown.mode is Mode.DATE and draft.choice and question.kind is not Kind.WHEN:
        return words.date(question.id, draft.choice)
    if shown.mode is Mode.RESULT and draft.choice:
        return f"{words.choice(question.id, draft.choice)}: {words.question(question.id).result_ask}"
    return words.question(question.id).ask


def _extras(
    shown: View, question: Question, card: DebriefCard, messages: Messages, words: Wording, organisation: Organisation
) -> list[str]:
    lines: list[str] = []
    if question.kind is Kind.SCALE:
        lines.append(" · ".join(escape(f"{n} {words.step(question.id, n)}") for n in (1, 5)))
    if shown.mode is Mode.MASKED and card.state.draft.part:
        lines += [messages.text("card.masked"), f"<blockquote>{_cut(card.state.draft.part.text)}</blockquote>"]
    elif shown.mode is Mode.FOUND and card.state.draft.part:
        lines.append(messages.text("card.unknown_citizen", pseudonym=card.state.draft.part.text))
    elif shown.answer and shown.answer.text and (question.kind is Kind.TEXT or question.typed):
        lines += [f"<blockquote>{_cut(shown.answer.text)}</blockquote>", messages.text("card.write_more")]
    if question.id in card.guide.guide.tough.questions:
        lines += _safety_lines(question, card, messages, organisation)
    return lines


def _cut(text: str) -> str:
    # Cut before escaping, so that no entity is torn; a cut inside a cluster only shows a plainer sign at the end.
    return escape(text if len(text) <= QUOTE else text[: QUOTE - 1] + "…")


def _safety_lines(question: Question, card: DebriefCard, messages: Messages, organisation: Organisation) -> list[str]:
    lines = []
    if question.id in ("safe_now", "safety_reached"):
        lines.append(emergency(messages, organisation))
    if any(choice.tells_lead for choice in question.choices):
        lines.append(messages.text("card.tell_lead_shows", mentor=card.person.name))
    if question.id == "safety" and any(pick.choice == "child_worry" for pick in card.state.draft.picks):
        lines.append(messages.render("child_worry"))
    return lines


def emergency(messages: Messages, organisation: Organisation) -> str:
    """The organisation's own numbers."""
    numbers = "\n".join(f"{escape(line.label)}: <b>{escape(line.number)}</b>" for line in organisation.emergency)
    return f"{messages.text('card.emergency')}\n{numbers}"


def understood(card: DebriefCard, messages: Messages, now: datetime) -> str | None:
    """A typed date said back as it was understood."""
    answer = card.state.answers.get(card.echo) if card.echo else None
    if answer is None or answer.at is None:
        return None
    said = say_when(answer.at, now, ZoneInfo(card.state.zone), card.person.language, answer.has_time)
    return messages.text("card.understood", when=said)


def rows(shown: View, question: Question, card: DebriefCard, messages: Messages) -> Rows:
    """The whole keyboard."""
    keys = Keys(card.token, card.state.visit, messages)
    own = _own_rows(shown, question, card, keys, card.guide.wording[card.person.language])
    act = keys.row([Press.KEEP_MASKED], shown.presses) + keys.row([Press.DONE, Press.MORE], shown.presses)
    if act:
        own.append(act)
    return [*own, *navigation(shown, keys)]


def navigation(shown: View, keys: Keys) -> Rows:
    """Back, skip or go on, later; then "something happened" and the other length."""
    first = keys.row([Press.BACK, Press.SKIP, Press.KEEP, Press.LATER], shown.presses)
    second = keys.row([Press.HAPPENED, Press.FULL, Press.SHORT], shown.presses)
    return [row for row in (first, second) if row]


def _own_rows(shown: View, question: Question, card: DebriefCard, keys: Keys, words: Wording) -> Rows:
    match shown.mode:
        case Mode.DATE:
            return _date_rows(question, keys)
        case Mode.RESULT:
            return paired(keys.verb(words.result(question.id, r.id), CHOOSE, r.id) for r in question.results)
        case Mode.MASKED | Mode.NEW:
            return []
    match question.kind:
        case Kind.CITIZEN:
            return _citizen_rows(card, keys)
        case Kind.SCALE:
            return [[keys.verb(tick(str(n), str(n) in shown.picked), CHOOSE, str(n)) for n in range(1, 6)]]
        case _:
            return paired(_choices(shown, question, card, keys, words))


def _choices(shown: View, question: Question, card: DebriefCard, keys: Keys, words: Wording) -> list[Button]:
    several = is_several(question, card.state)
    buttons = []
    for choice in question.choices:
        on = choice.id in shown.picked
        verb = UNTICK if several and on else CHOOSE
        buttons.append(keys.verb(tick(words.choice(question.id, choice.id), on), verb, choice.id))
    return buttons


def _date_rows(question: Question, keys: Keys) -> Rows:
    ahead = "ahead" if looks_ahead(question) else "back"
    found = [keys.verb(keys.messages.plain(f"button.{chip}_{ahead}"), CHOOSE, chip) for chip in DAY_CHIPS]
    if question.kind is not Kind.WHEN:
        found.append(keys.verb(keys.messages.plain("button.no_date"), CHOOSE, NO_DATE))
    return paired(found)


def _citizen_rows(card: DebriefCard, keys: Keys) -> Rows:
    found = paired(keys.verb(citizen.pseudonym, CITIZEN, citizen.id) for citizen in card.citizens)
    adding = card.state.draft.mode is Mode.FOUND and card.state.draft.part is not None
    if adding and card.state.draft.part:
        name = card.state.draft.part.text
        label = keys.messages.plain("button.add_citizen", pseudonym=name)
        return [*found, [keys.verb(label, Press.NEW.value)]]
    return [*found, [keys.press(Press.NEW)]]
