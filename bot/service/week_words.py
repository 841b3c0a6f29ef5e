"""The week in sentences, before any numbers: the lead reads them in the chat and in the report.

    labels = labels_of(tools.guide, language)               # names and choices, as the guide words them
    said = sentences(summary, labels)                       # Sentences: a tuple of Worded for each part
    line = in_words(messages, said.now[0])                  # plain text in the language of ``messages``
    wishes = [wish(one, summary, labels) for one in summary.supervision]    # one line each: week_words_items.py

A ``Worded`` holds numbers, names and further ``Worded``; it becomes words when it is drawn, in the chat by the cards,
elsewhere by ``in_words``. All of its texts are plain, never markup. ``labels`` and the messages it is drawn with must
be of the same language. What asks for something to be done comes first; each figure stands beside the weeks before it;
nothing compares mentors, and nothing is said of a distribution that is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from bot.dialogue.summary import WeeklySummary
from bot.service.replies import Worded
from bot.service.week_words_labels import Labels, labels_of
from bot.service.week_words_now import now
from bot.service.week_words_open import absence, overdue, safety, supervision, without_contact
from bot.service.week_words_say import in_words
from bot.service.week_words_work import relation, work

__all__ = ["Labels", "Sentences", "in_words", "labels_of", "sentences"]

Lines = tuple[Worded, ...]


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of each part, in the order in which they are read. Every part has at least one, also when there is
    nothing to tell; ``now``: what asks for something to be done, at most one sentence for each thing."""

    now: Lines
    supervision: Lines
    absence: Lines
    without_contact: Lines
    safety: Lines
    work: Lines
    relation: Lines
    overdue: Lines

    def parts(self) -> tuple[tuple[str, Lines], ...]:
        """Name and sentences of each part, in order."""
        return tuple((field.name, getattr(self, field.name)) for field in fields(self))


def sentences(summary: WeeklySummary, labels: Labels) -> Sentences:
    """What the week amounts to, in words. ``labels``: of the language it is to be read in."""
    return Sentences(
        now=now(summary, labels.language),
        supervision=supervision(summary),
        absence=absence(summary, labels),
        without_contact=without_contact(summary),
        safety=safety(summary, labels),
        work=work(summary, labels),
        relation=relation(summary, labels),
        overdue=overdue(summary),
    )
