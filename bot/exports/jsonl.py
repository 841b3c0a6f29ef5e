"""``reflections.jsonl``: one JSON object a reflection, one a line; nothing is lost but what may not be told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from bot.dialogue.calendar import iso_week, local
from bot.dialogue.guide import Kind
from bot.exports.transcript import Dates
from bot.exports.transcript_words import said_words
from bot.service.reading import ReadReflection
from bot.service.reading_answers import ReadAnswer
from prompts import Wording
from storage.times import moment, stamp_or_none

FILE = "reflections.jsonl"
# JSON lets them stand, but many programs take them for the end of a line.
_LINE_ENDS = {"\u2028": "\\u2028", "\u2029": "\\u2029", "\u0085": "\\u0085"}


When: TypeAlias = Callable[[datetime | None], str | None]
"""How a time is told."""


@dataclass(frozen=True, slots=True)
class Coarse:
    """Times no finer than ``dates``, on the days of ``zone`` (IANA), labels in ``wording``'s language, and ``name``
    instead of the reflection's own id, which tells the millisecond it was begun. ``said``: labels that are known
    already, by the ``id()`` of their answers."""

    name: str
    dates: Dates
    zone: str
    wording: Wording
    said: Mapping[int, str] = field(default_factory=dict)

    def label(self, answer: ReadAnswer) -> str | None:
        """The value in words; None where it has none."""
        known = self.said.get(id(answer))
        if known is None:
            words = said_words(self.wording.language)
            known = words.said(answer, self.wording, fine=self.dates.value, zone=self.zone).label
        return known or None

    def when(self, at: datetime | None) -> str | None:
        """The day (2026-11-25), the ISO week (2026-W48), or nothing."""
        if at is None or self.dates is Dates.NONE:
            return None
        day = local(at, ZoneInfo(self.zone)).date()
        return day.isoformat() if self.dates is Dates.DAY else "{}-W{:02}".format(*iso_week(day))


def line(reflection: ReadReflection, *, revisions: bool, coarse: Coarse | None = None) -> str:
    """One reflection as JSON without a line break; texts stand there as they were written.

    Without ``coarse`` times are exact, in UTC, and labels are in the language of the answer.
    """
    when: When = stamp_or_none if coarse is None else coarse.when
    told: dict[str, Any] = {
        "reflection_id": reflection.reflection_id if coarse is None else coarse.name,
        "mentor": reflection.mentor,
        "citizen": reflection.citizen,
        "team": reflection.team,
        "guide": reflection.guide,
        "guide_version": reflection.guide_version,
        "guide_hash": reflection.guide_hash,
        "length": reflection.length,
        "status": reflection.status,
        "started_at": when(reflection.started_at),
        "finished_at": when(reflection.finished_at),
        "minutes_used": reflection.minutes_used,
        "answers": [
            _answer(answer, when, coarse) | ({"superseded_at": when(answer.superseded_at)} if revisions else {})
            for answer in reflection.answers
        ],
    }
    text = json.dumps(told, ensure_ascii=False)
    for end, escape in _LINE_ENDS.items():
        if end in text:
            text = text.replace(end, escape)
    return text


def _answer(answer: ReadAnswer, when: When, coarse: Coarse | None) -> dict[str, Any]:
    value, text, label, detail = answer.value, answer.text, answer.label, answer.detail
    if coarse is not None:
        label = coarse.label(answer)
        if answer.kind == Kind.WHEN:
            value = when(moment(value)) if isinstance(value, str) else None
            text = None  # "i går kl. 14": what was typed for a time is one
        detail = None if detail is None else _coarser(detail, when)
    return {
        "question_id": answer.question_id,
        "kind": answer.kind,
        "value": value,
        "text": text,
        "label": label,
        "asked_at": when(answer.asked_at),
        "answered_at": when(answer.answered_at),
        "revision": answer.revision,
        "skipped": answer.skipped,
        "visibility": answer.visibility,
        "shared": answer.shared,
        "codes": list(answer.codes),
        "wording_hash": answer.wording_hash,
        "assumed": answer.assumed,
        "detail": detail,
    }


def _coarser(detail: Any, when: When) -> Any:
    """The detail with its times told by ``when``; none of them has a clock time then."""
    if isinstance(detail, list):
        return [_coarser(one, when) for one in detail]
    if not isinstance(detail, dict):
        return detail
    times = {"at": when(moment(detail["at"])) if detail.get("at") else None} if "at" in detail else {}
    day_only = {"has_time": False} if "has_time" in detail else {}
    return {key: _coarser(value, when) for key, value in detail.items()} | times | day_only
