"""The live card while something is asked: where am I, the question, its buttons."""

from __future__ import annotations

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.dialogue.answering import DAY_CHIPS, NO_DATE, looks_ahead
from bot.dialogue.calendar import say_when
from bot.dialogue.events import Press
from bot.dialogue.guide import Kind, Question
from bot.dialogue.state import HOLDING, Mode
from bot.dialogue.view import View, is_several
from bot.service.replies import DebriefCard
from bot.telegram.callbacks import CHOOSE, CITIZEN, UNTICK
from bot.telegram.cards import held
from bot.telegram.cards.held import QUOTE, cut
from bot.telegram.cards.keyboard import Button, Keys, Rows, paired, tick
from bot.telegram.cards.words import Words
from prompts.wording import Wording

__all__ = ["QUOTE", "body", "cut", "head", "navigation", "rows", "understood"]


def head(shown: View, card: DebriefCard, words: Words) -> str:
    """▰▰▰▱▱ 4 of about 9 · B07"""
    filled = round(8 * shown.place / shown.about) if shown.about else 0
    bar = "▰" * filled + "▱" * (8 - filled)
    place = words.text("card.progress", bar=bar, place=shown.place, about=shown.about)
    return f"{place} · <b>{escape(card.pseudonym)}</b>" if card.pseudonym else place


def body(shown: View, question: Question, card: DebriefCard, words: Words) -> list[str]:
    """The lines under the head."""
    said = card.guide.wording[card.person.language]
    tough = [words.text("card.tough")] if question.id in card.guide.guide.tough.questions else []
    asked = f"<b>{escape(_asked(shown, question, card, said, words))}</b>"
    hint = _hint(shown, question, card, said, words)
    return [*tough, asked, *([f"<i>{hint}</i>"] if hint else []), *_extras(shown, question, card, words)]


def _asked(shown: View, question: Question, card: DebriefCard, said: Wording, words: Words) -> str:
    choice = card.state.draft.choice
    if shown.mode is Mode.DATE and choice:
        return said.date(question.id, choice)
    if shown.mode is Mode.RESULT and choice:
        asked = said.question(question.id).result_ask or ""
        return words.plain("card.result", choice=said.choice(question.id, choice), question=asked)
    return said.question(question.id).ask


def _hint(shown: View, question: Question, card: DebriefCard, said: Wording, words: Words) -> str:
    """One or two short lines: what the question means, and how it is answered."""
    help_line = said.question(question.id).help
    match shown.mode:
        case Mode.DATE:
            return words.text("card.date_hint" if looks_ahead(question) else "card.date_hint_back")
        case Mode.NEW:
            return words.text("card.new_citizen")
        case Mode.RESULT | Mode.FOUND | Mode.MASKED | Mode.SURE:
            return ""
    lines = [escape(help_line)] if help_line else []
    if question.kind is Kind.TEXT and not (shown.answer and shown.answer.text):
        lines.append(words.text("card.type_hint"))
    if question.kind is Kind.CITIZEN and card.more_citizens:
        lines.append(words.text("card.search_hint"))
    if is_several(question, card.state):
        lines.append(words.text("card.several_hint"))
    if question.kind is Kind.SCALE:
        ends = said.question(question.id)
        lines.append(words.text("card.scale", low=ends.low, high=ends.high))
    return "\n".join(lines)


def _extras(shown: View, question: Question, card: DebriefCard, words: Words) -> list[str]:
    part, lines = card.state.draft.part, []
    if shown.mode in HOLDING:
        lines += held.lines(question, card, words)
    elif shown.mode is Mode.FOUND and part:
        lines.append(words.text("card.found" if card.state.draft.found else "card.not_found", name=part.text))
    elif shown.answer and shown.answer.text and (question.kind is Kind.TEXT or question.typed):
        quote = [] if card.veiled else [f"<blockquote>{escape(cut(shown.answer.text, QUOTE))}</blockquote>"]
        lines += [*quote, words.text("card.write_more")]
    if question.id in ("safe_now", "safety_reached"):
        lines.append(words.emergency())
    if any(choice.tells_lead for choice in question.choices):
        lines.append(words.text("card.tell_lead_shows", mentor=card.person.name))
    if question.id == "safety" and "child_worry" in shown.picked:
        lines.append(words.child_worry())
    return lines


def understood(card: DebriefCard, words: Words, now: datetime) -> str | None:
    """A typed date said back as it was understood."""
    answer = card.state.answers.get(card.echo) if card.echo else None
    if answer is None or answer.at is None:
        return None
    said = say_when(answer.at, now, ZoneInfo(card.state.zone), card.person.language, answer.has_time)
    return words.text("card.understood", when=said)


def rows(shown: View, question: Question, card: DebriefCard, words: Words) -> Rows:
    """The whole keyboard."""
    keys = Keys(card.token, card.state.visit, words)
    own = _own_rows(shown, question, card, keys, card.guide.wording[card.person.language])
    act = keys.row([Press.DONE, Press.MORE], shown.presses)
    if act:
        own.append(act)
    own += [[keys.press(press, key=held.key_of(press, card))] for press in held.PRESSES if press in shown.presses]
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
        case Mode.MASKED | Mode.SURE | Mode.NEW:
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
    found = [keys.verb(keys.words.plain(f"button.{chip}_{ahead}"), CHOOSE, chip) for chip in DAY_CHIPS]
    if question.kind is not Kind.WHEN:
        found.append(keys.verb(keys.words.plain("button.no_date"), CHOOSE, NO_DATE))
    return paired(found)


def _citizen_rows(card: DebriefCard, keys: Keys) -> Rows:
    found = paired(keys.verb(citizen.pseudonym, CITIZEN, citizen.id) for citizen in card.citizens)
    adding = card.state.draft.mode is Mode.FOUND and card.state.draft.part is not None
    if adding and card.state.draft.part:
        name = card.state.draft.part.text
        label = keys.words.plain("button.add_citizen", name=name)
        return [*found, [keys.verb(label, Press.NEW.value)]]
    return [*found, [keys.press(Press.NEW)]]
