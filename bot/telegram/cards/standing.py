"""The live card when nothing is asked: resting, review, receipt, earlier answers, sharing, set aside."""

from __future__ import annotations

from datetime import datetime
from html import escape

from bot.dialogue.events import Press
from bot.dialogue.guide import Visibility
from bot.dialogue.plan import order
from bot.dialogue.state import Stage, Status
from bot.dialogue.view import View
from bot.organisation import Organisation
from bot.service.labels import label
from bot.service.replies import DebriefCard
from bot.telegram.callbacks import CHOOSE, UNTICK, page_data
from bot.telegram.cards.keyboard import Button, Keys, Rows, paired, tick
from bot.telegram.cards.question import emergency, head
from prompts import Messages

SNIPPET = 80


def lines(shown: View, card: DebriefCard, messages: Messages, organisation: Organisation, now: datetime) -> list[str]:
    """The card's text."""
    match shown.stage:
        case Stage.REST:
            return _rest(card, messages, organisation)
        case Stage.REVIEW:
            return [head(shown, card, messages), *_review(card, messages, now)]
        case Stage.RECEIPT:
            return _receipt(card, messages, now)
        case Stage.SHARE:
            return [messages.text("card.share_title"), messages.text("card.share_help")]
        case Stage.PREVIEW:
            return _preview(card, messages, now)
        case Stage.ANSWERS:
            return [messages.text("card.answers_title")]
        case _:
            about = _about(card)
            return [messages.text("card.aside_title") + about, messages.text("card.aside_help")]


def _about(card: DebriefCard) -> str:
    return f" · <b>{escape(card.pseudonym)}</b>" if card.pseudonym else ""


def _rest(card: DebriefCard, messages: Messages, organisation: Organisation) -> list[str]:
    found = [messages.text("card.rest_title"), messages.text("card.rest_help")]
    safety = card.state.answers.get("safety")
    if safety and any(pick.choice == "child_worry" for pick in safety.picks):
        found.append(messages.render("child_worry"))
    found.append(emergency(messages, organisation))
    found += [escape(text) for text in organisation.support_lines]
    return found


def _said(card: DebriefCard, question_id: str, now: datetime) -> str | None:
    """One answer in words, for the mentor's own eyes."""
    answer = card.state.answers[question_id]
    words = card.guide.wording[card.person.language]
    question = card.guide.guide[question_id]
    said = label(question, answer, words, now=now, zone=card.state.zone, pseudonym=card.pseudonym)
    typed = answer.text if question.kind == "text" or question.typed else None
    return " · ".join(part for part in (said, typed) if part) or None


def _review(card: DebriefCard, messages: Messages, now: datetime) -> list[str]:
    words = card.guide.wording[card.person.language]
    found = [f"<b>{messages.text('card.review_title')}</b>"]
    asked = order(card.guide.guide, card.state)
    for question_id in asked:
        said = _said(card, question_id, now) if question_id in card.state.answers else None
        if said is not None and question_id != "citizen":
            short = said if len(said) <= SNIPPET else said[: SNIPPET - 1] + "…"
            found.append(f"{escape(words.question(question_id).short)}: {escape(short)}")
    return ["\n".join(found), f"<i>{messages.text('card.review_lead_sees', fields=_log_fields(card))}</i>"]


def _log_fields(card: DebriefCard) -> str:
    words = card.guide.wording[card.person.language]
    logged = [q for q in card.guide.guide if q.visibility is Visibility.LOG and q.id in card.state.answers]
    kept = [words.question(q.id).short.lower() for q in logged if not card.state.answers[q.id].skipped]
    return ", ".join(kept)


_TITLES = {Status.SAVED: "card.receipt_title", Status.STOPPED: "card.stopped_title", Status.CLOSED: "card.closed_title"}


def _receipt(card: DebriefCard, messages: Messages, now: datetime) -> list[str]:
    words = card.guide.wording[card.person.language]
    found = [messages.text(_TITLES.get(card.state.status, "card.receipt_title")) + _about(card)]
    assumed = [q.id for q in card.guide.guide if q.id in card.state.answers and card.state.answers[q.id].assumed]
    taken = [f"{escape(words.question(q).short)}: {escape(_said(card, q, now) or '–')}" for q in assumed]
    decision = card.state.answers.get("absence_decision")
    if decision and decision.at and "absence_decision" not in assumed:
        short = escape(words.question("absence_decision").short)
        taken.append(f"{short}: {escape(_said(card, 'absence_decision', now) or '')}")
    if taken:
        found.append("\n".join([messages.text("card.assumed"), *taken]))
    found.append(_lead_sees(card, messages))
    if any(f.kind == "record_entry" and f.status == "open" for f in card.todo):
        found.append(messages.text("card.not_case_file"))
    return [line for line in found if line]


def _lead_sees(card: DebriefCard, messages: Messages) -> str:
    words = card.guide.wording[card.person.language]
    fields = _log_fields(card)
    logged = messages.text("card.lead_sees_log", fields=fields) if fields else ""
    if not card.state.shared:
        return "\n".join(line for line in (logged, messages.text("card.nothing_shared")) if line)
    names = ", ".join(words.question(q.id).short.lower() for q in card.guide.guide if q.id in card.state.shared)
    return "\n".join(line for line in (logged, messages.text("card.shared", fields=names)) if line)


def _preview(card: DebriefCard, messages: Messages, now: datetime) -> list[str]:
    words = card.guide.wording[card.person.language]
    picks = [q.id for q in card.guide.guide if q.id in card.state.share_picks and q.id in card.state.answers]
    if not picks:
        return [messages.text("card.preview_title"), messages.text("card.preview_nothing")]
    found = [messages.text("card.preview_title")]
    room = 3000 // len(picks)
    for question_id in picks:
        said = _said(card, question_id, now) or "–"
        kept = said if len(said) <= room else said[: room - 1] + "…"
        found.append(f"<b>{escape(words.question(question_id).short)}</b>\n<blockquote>{escape(kept)}</blockquote>")
    return found


def rows(shown: View, card: DebriefCard, messages: Messages) -> Rows:
    """The keyboard."""
    keys = Keys(card.token, card.state.visit, messages)
    match shown.stage:
        case Stage.REST:
            return _rest_rows(shown, card, keys)
        case Stage.REVIEW:
            return [
                keys.row([Press.SAVE], shown.presses),
                keys.row([Press.BACK, Press.ANSWERS, Press.LATER], shown.presses),
                keys.row([Press.HAPPENED, Press.FULL], shown.presses),
            ]
        case Stage.RECEIPT:
            return _receipt_rows(shown, card, keys)
        case Stage.SHARE:
            return _share_rows(shown, card, keys)
        case Stage.PREVIEW:
            return [[keys.press(Press.CONFIRM)], [keys.press(Press.BACK)]]
        case Stage.ANSWERS:
            words = card.guide.wording[card.person.language]
            found = [keys.press_change(words.question(q).short, q) for q in shown.changeable]
            return [*paired(found), [keys.press(Press.BACK)]]
        case _:
            return [[keys.press(Press.RESUME)], [keys.press(Press.STOP), keys.press(Press.HAPPENED)]]


def _rest_rows(shown: View, card: DebriefCard, keys: Keys) -> Rows:
    words = card.guide.wording[card.person.language]
    notes = [[keys.press_change(f"✏️ {words.question(q).short}", q)] for q in shown.changeable if q == "mentor_note"]
    return [[keys.press(Press.STOP, key="stop_here")], [keys.press(Press.RESUME, key="go_on")], *notes]


def _receipt_rows(shown: View, card: DebriefCard, keys: Keys) -> Rows:
    words = card.guide.wording[card.person.language]
    done = keys.messages.plain
    ticks = [
        [Button(tick(done(f"followup.{f.kind}"), f.status == "done"), page_data("done", "t", f.id))]
        for f in card.todo
        if f.kind == "record_entry"
    ]
    decision = card.state.answers.get("absence_decision")
    extra = ("absence_decision",) if decision and decision.at else ()
    changes = [q for q in (*shown.changeable, *extra) if q != "mentor_note" or shown.tough]
    found = [keys.press_change(words.question(q).short, q) for q in changes]
    longer = keys.row([Press.RESUME], shown.presses) if Press.RESUME in shown.presses else []
    return [
        *ticks,
        *paired(found),
        *[row for row in (keys.row([Press.SHARE, Press.WITHDRAW], shown.presses),) if row],
        keys.row([Press.ANSWERS, Press.HAPPENED], shown.presses),
        *[row for row in (longer, keys.row([Press.FULL], shown.presses)) if row],
    ]


def _share_rows(shown: View, card: DebriefCard, keys: Keys) -> Rows:
    words = card.guide.wording[card.person.language]
    found = []
    for question_id in shown.shareable:
        on = question_id in card.state.share_picks
        short = words.question(question_id).short
        found.append([keys.verb(tick(short, on), UNTICK if on else CHOOSE, question_id)])
    return [*found, [keys.press(Press.BACK), keys.press(Press.PREVIEW)]]
