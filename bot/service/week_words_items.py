"""One line for each thing that is open: who it is about, and what is known. For the chat and for the report."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.summary import (
    BANDS,
    Overdue,
    SafetyEvent,
    SupervisionWish,
    WaitingDecision,
    WeeklySummary,
    WithoutContact,
)
from bot.service.replies import Worded
from bot.service.week_words_base import day, listed
from bot.service.week_words_labels import Labels

UNDECIDED = "absence_decision"


@dataclass(frozen=True, slots=True)
class Item:
    """``head``: who or what it is; ``details``: what is known, to stand after each other; ``urgent``: it comes before
    others; ``quote``: what the mentor wrote and has shared, word for word."""

    head: str | Worded
    details: tuple[Worded, ...]
    urgent: bool = False
    quote: str | None = None


def wish(one: SupervisionWish, summary: WeeklySummary, labels: Labels) -> Item:
    """A wish for supervision."""
    details = [Worded("week.item.soon")] if one.soon else []
    details.append(Worded("week.item.wished", {"day": day(one.at, summary, labels.language)}))
    if one.pseudonym is not None:
        details.append(Worded("week.item.about", {"pseudonym": one.pseudonym}))
    if one.focus is None:
        details.append(Worded("week.item.no_focus"))
    return Item(one.mentor, tuple(details), one.soon, one.focus)


def waiting(one: WaitingDecision, summary: WeeklySummary, labels: Labels) -> Item:
    """An absence that waits for something."""
    by = None if one.by is None else day(one.by, summary, labels.language)
    deadline = Worded("week.item.deadline", {"day": by, "overdue": one.overdue})
    return Item(one.pseudonym, (kind(one.kind), deadline, _mentor(one.mentor)), one.overdue)


def not_reached(one: WithoutContact, summary: WeeklySummary, labels: Labels) -> Item:
    """A citizen nobody has been in contact with: for how long, what was tried, who was told."""
    details = [Worded("week.item.days", {"n": one.days, "never": one.never}), _mentor(one.mentor)]
    if one.paused:
        details.append(Worded("week.item.paused"))
    tried = [Worded(f"week.tried.{channel}", {"n": n}) for channel, n in one.tried if n]
    details.append(Worded("week.item.tried", {"ways": listed(tried)}) if tried else Worded("week.item.nothing_tried"))
    if one.untried:
        ways = listed(Worded(f"week.way.{channel}") for channel in one.untried)
        details.append(Worded("week.item.untried", {"ways": ways}))
    for key, at in (("week.item.told_lead", one.told_lead), ("week.item.told_caseworker", one.told_caseworker)):
        if at is not None:
            details.append(Worded(key, {"day": day(at, summary, labels.language)}))
    return Item(one.pseudonym, tuple(details), one.band >= BANDS[1])


def unsafe(one: SafetyEvent, summary: WeeklySummary, labels: Labels) -> Item:
    """A tough event the lead was let know of."""
    details = [Worded("week.item.on", {"day": day(one.at, summary, labels.language)})]
    if one.kinds:
        kinds = [Worded("week.quoted", {"text": labels.choice("safety", choice)}) for choice in one.kinds]
        details.append(Worded("week.item.kinds", {"kinds": listed(kinds)}))
    details.append(Worded("week.item.spoken" if one.spoken else "week.item.unspoken"))
    return Item(one.mentor, tuple(details), not one.spoken)


def late(one: Overdue, summary: WeeklySummary, labels: Labels) -> Item:
    """A follow-up whose day has passed."""
    details = [_mentor(one.mentor), Worded("week.item.late", {"n": one.days})]
    if one.pseudonym is not None:
        details.insert(0, Worded("week.item.about", {"pseudonym": one.pseudonym}))
    return Item(kind(one.kind), tuple(details))


def kind(name: str) -> Worded:
    """What a follow-up is called."""
    return Worded("week.item.undecided") if name == UNDECIDED else Worded(f"followup.kind.{name}")


def _mentor(name: str) -> Worded:
    return Worded("week.item.mentor", {"mentor": name})
