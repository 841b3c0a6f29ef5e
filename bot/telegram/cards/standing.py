"""The live card when nothing is asked: resting, review, receipt, earlier answers, sharing, set aside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import say_when
from bot.dialogue.events import Press
from bot.dialogue.guide import Kind, Visibility
from bot.dialogue.plan import order
from bot.dialogue.state import Stage
from bot.dialogue.summary_counts import JUST_HARD, OUTCOME, REACHED, SAFETY, UNSAFE
from bot.dialogue.summary_rows import picked
from bot.dialogue.view import View
from bot.service.labels import label
from bot.service.replies import DebriefCard
from bot.telegram.callbacks import CHOOSE, UNTICK, page_data
from bot.telegram.cards.keyboard import Button, Keys, Rows, paired, tick
from bot.telegram.cards.question import cut, head
from bot.telegram.cards.words import Moment, Words
from storage.followups import Followup, FollowupStatus

SNIPPET = 80
RECORD = "record_entry"


def lines(shown: View, card: DebriefCard, words: Words, now: datetime) -> list[str]:
    """The card's text."""
    match shown.stage:
        case Stage.REST:
            return _rest(card, words)
        case Stage.REVIEW:
            return [head(shown, card, words), *_review(card, words, now)]
        case Stage.RECEIPT:
            return [_receipt(card, words, now)]
        case Stage.SHARE:
            return [words.text("card.share"), words.text("card.share_hint")]
        case Stage.PREVIEW:
            return [_preview(card, words, now)]
        case Stage.ANSWERS:
            return [words.text("card.answers"), words.text("card.answers_hint")]
        case _:
            about = f"<b>{escape(card.pseudonym)}</b>\n" if card.pseudonym else ""
            began = Moment(card.state.started_at, now) if card.state.started_at else None
            aside = words.text("guard.aside" if card.state.draft.waiting else "card.aside")
            return [aside, about + (words.text("card.aside_since", date=began) if began else "")]


def _rest(card: DebriefCard, words: Words) -> list[str]:
    safety = card.state.answers.get("safety")
    worried = safety is not None and any(pick.choice == "child_worry" for pick in safety.picks)
    found = [words.text("card.rest"), words.text("card.rest_offer")]
    return [*found, *([words.child_worry()] if worried else []), words.emergency()]


def _said(card: DebriefCard, question_id: str, now: datetime) -> str | None:
    """One answer in words, for the mentor's own eyes."""
    answer = card.state.answers[question_id]
    said_in = card.guide.wording[card.person.language]
    question = card.guide.guide[question_id]
    said = label(question, answer, said_in, now=now, zone=card.state.zone, pseudonym=card.pseudonym)
    typed = answer.text if (question.kind is Kind.TEXT or question.typed) and not card.veiled else None
    return " · ".join(part for part in (said, typed) if part) or None


def _short(card: DebriefCard, question_id: str) -> str:
    return card.guide.wording[card.person.language].question(question_id).short


def _review(card: DebriefCard, words: Words, now: datetime) -> list[str]:
    asked = [q for q in order(card.guide.guide, card.state) if q in card.state.answers and q != "citizen"]
    said = [(q, _said(card, q, now)) for q in asked]
    given = [f"{escape(_short(card, q))}: {escape(cut(text, SNIPPET))}" for q, text in said if text]
    logged = _log(card, words)
    sees = words.text("card.review_lead_sees", fields=", ".join(logged)) if logged else ""
    return [
        "\n".join([words.text("card.review"), *given]),
        f"<i>{sees}</i>" if sees else "",
        words.text("card.review_hint"),
    ]


def _log(card: DebriefCard, words: Words) -> list[str]:
    """Names of what goes into the contact and absence log; and what the lead knows besides: that there is a wish for
    supervision, that something unsafe happened."""
    kept = [q for q in card.guide.guide if q.visibility is Visibility.LOG and q.id in card.state.answers]
    wish = card.state.answers.get("supervision")
    wished = [words.plain("supervision.lead_sees")] if wish is not None and wish.value in ("next", "soon") else []
    unsafe = [words.plain("card.lead_knows_unsafe")] if _lead_knows_unsafe(card) else []
    return [*(_short(card, q.id).lower() for q in kept if not card.state.answers[q.id].skipped), *wished, *unsafe]


def _lead_knows_unsafe(card: DebriefCard) -> bool:
    """Whether the lead was called or told, and so sees in the week that something unsafe happened, and to whom."""
    reached, safety, outcome = (picked(card.state.answers.get(q)) for q in (REACHED, SAFETY, OUTCOME))
    unsafe = set(safety) - {JUST_HARD} or set(outcome) & card.guide.guide.groups.get(UNSAFE, frozenset())
    return bool(("lead" in reached and unsafe) or ("tell_lead" in reached and (unsafe or not safety)))


def _receipt(card: DebriefCard, words: Words, now: datetime) -> str:
    """Without what was answered, except what was taken for granted and what stands in the log's own dates."""
    answers = card.state.answers
    taken = [q.id for q in card.guide.guide if q.id in answers and answers[q.id].assumed]
    if decided_with_date(card):
        taken.append("absence_decision")
    todo = [f for f in card.todo if f.status is FollowupStatus.OPEN]
    record = words.law["record_duty"].reference if any(f.kind == RECORD for f in todo) else None
    return words.text(
        "receipt",
        status=card.state.status.value,
        pseudonym=card.pseudonym,
        answered=[],
        assumed=[{"name": _short(card, q), "value": _said(card, q, now) or "–"} for q in taken],
        todo=[_todo(f, card, words, now) for f in todo],
        log=_log(card, words),
        shared=[_short(card, q.id).lower() for q in card.guide.guide if q.id in card.state.shared],
        tidied=any(a.parts for a in answers.values()) and card.tidied,
        record=record,
        check_in=card.check_in,
        thread=None if card.thread_id is None else "closed" if card.thread_closed else "open",
    )


def decided_with_date(card: DebriefCard) -> bool:
    """Whether the short path took a date for granted beside the decision ("wait until …")."""
    decision = card.state.answers.get("absence_decision")
    return decision is not None and decision.at is not None and not decision.parts


def _todo(followup: Followup, card: DebriefCard, words: Words, now: datetime) -> str:
    zone, language = ZoneInfo(card.state.zone), card.person.language
    when = say_when(followup.due_at, now, zone, language, followup.due_has_time) if followup.due_at else None
    return words.plain("followup.line", what=words.plain(f"followup.kind.{followup.kind}"), when=when)


def _preview(card: DebriefCard, words: Words, now: datetime) -> str:
    picks = [q.id for q in card.guide.guide if q.id in card.state.share_picks and q.id in card.state.answers]
    room = 2400 // max(1, len(picks))
    items = [{"name": _short(card, q), "value": cut(_said(card, q, now) or "–", room)} for q in picks]
    return words.text("preview", pseudonym=card.pseudonym, items=items)


def rows(shown: View, card: DebriefCard, words: Words) -> Rows:
    """The keyboard."""
    keys = Keys(card.token, card.state.visit, words)
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
            return [[keys.press(Press.CONFIRM)], keys.row([Press.BACK, Press.HAPPENED], shown.presses)]
        case Stage.ANSWERS:
            found = [keys.press_change(_short(card, q), q) for q in shown.changeable]
            return [*paired(found), keys.row([Press.BACK, Press.HAPPENED], shown.presses)]
        case _:
            return [[keys.press(Press.RESUME)], [keys.press(Press.STOP), keys.press(Press.HAPPENED)]]


def _rest_rows(shown: View, card: DebriefCard, keys: Keys) -> Rows:
    notes = [[_change(card, keys, q)] for q in shown.changeable if q == "mentor_note"]
    return [[keys.press(Press.STOP, key="rest_stop")], [keys.press(Press.RESUME, key="rest_on")], *notes]


def _change(card: DebriefCard, keys: Keys, question_id: str) -> Button:
    return keys.press_change(keys.words.plain("button.change", name=_short(card, question_id)), question_id)


def _receipt_rows(shown: View, card: DebriefCard, keys: Keys) -> Rows:
    plain = keys.words.plain
    open_entry = next((f for f in card.todo if f.kind == RECORD and f.status is FollowupStatus.OPEN), None)
    ticked = [[Button(plain("record.transferred"), page_data("done", "t", open_entry.id))]] if open_entry else []
    changes = [q for q in shown.changeable if q != "mentor_note" or shown.tough]
    if decided_with_date(card):
        changes.append("absence_decision")
    found = [_change(card, keys, q) for q in changes]
    fixed = [
        keys.row([Press.SHARE, Press.WITHDRAW], shown.presses),
        keys.row([Press.ANSWERS, Press.HAPPENED], shown.presses),
        keys.row([Press.RESUME, Press.FULL], shown.presses),
        [Button(plain("button.start"), page_data("receipt", "begin"))],
    ]
    return [*_offered(card, plain), *ticked, *paired(found), *fixed]


def _offered(card: DebriefCard, plain: Callable[..., str]) -> Rows:
    """What leads on from here: to be asked how one is after a tough visit, and the citizen's contact thread."""
    found: Rows = []
    if card.check_in is not None:
        key, verb = ("remind.check_no", "q") if card.check_in else ("remind.check_yes", "w")
        found.append([Button(plain(key), page_data("remind", verb, card.reflection_id))])
    if card.thread_id is not None:
        key, verb = ("reach.next_time", "n") if card.thread_closed else ("reach.to_thread", "o")
        found.append([Button(plain(key), page_data("thread", verb, card.thread_id))])
    return found


def _share_rows(shown: View, card: DebriefCard, keys: Keys) -> Rows:
    found = []
    for question_id in shown.shareable:
        on = question_id in card.state.share_picks
        found.append([keys.verb(tick(_short(card, question_id), on), UNTICK if on else CHOOSE, question_id)])
    return [*found, [keys.press(Press.BACK), keys.press(Press.PREVIEW)], [keys.press(Press.HAPPENED)]]
