"""``reflections.jsonl``: one JSON object a reflection, one a line."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.service.reading import ReadReflection
from bot.service.reading_answers import ReadAnswer
from storage.times import stamp, stamp_or_none

FILE = "reflections.jsonl"
# JSON lets them stand, but many programs take them for the end of a line.
_LINE_ENDS = {"\u2028": "\\u2028", "\u2029": "\\u2029", "\u0085": "\\u0085"}


@dataclass
class Written:
    """What an export holds."""

    reflections: int = 0
    answers: int = 0


async def write_jsonl(folder: Path, found: AsyncIterator[ReadReflection], *, revisions: bool) -> Written:
    """Write the file (0600) into ``folder``, one reflection at a time. With ``revisions`` an answer also says since
    when it is superseded."""
    written = Written()
    descriptor = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
        async for reflection in found:
            stream.write(line(reflection, revisions=revisions) + "\n")
            written.reflections += 1
            written.answers += len(reflection.answers)
    return written


def line(reflection: ReadReflection, *, revisions: bool) -> str:
    """One reflection as JSON without a line break; texts stand there as they were written."""
    told: dict[str, Any] = {
        "reflection_id": reflection.reflection_id,
        "mentor": reflection.mentor,
        "citizen": reflection.citizen,
        "team": reflection.team,
        "guide": reflection.guide,
        "guide_version": reflection.guide_version,
        "guide_hash": reflection.guide_hash,
        "length": reflection.length,
        "status": reflection.status,
        "started_at": stamp(reflection.started_at),
        "finished_at": stamp_or_none(reflection.finished_at),
        "minutes_used": reflection.minutes_used,
        "answers": [_answer(answer, revisions=revisions) for answer in reflection.answers],
    }
    text = json.dumps(told, ensure_ascii=False)
    for end, escape in _LINE_ENDS.items():
        text = text.replace(end, escape)
    return text


def _answer(answer: ReadAnswer, *, revisions: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "question_id": answer.question_id,
        "kind": answer.kind,
        "value": answer.value,
        "text": answer.text,
        "label": answer.label,
        "asked_at": stamp_or_none(answer.asked_at),
        "answered_at": stamp(answer.answered_at),
        "revision": answer.revision,
        "skipped": answer.skipped,
        "visibility": answer.visibility,
        "shared": answer.shared,
        "codes": list(answer.codes),
        "wording_hash": answer.wording_hash,
        "assumed": answer.assumed,
        "detail": answer.detail,
    }
    if revisions:
        told["superseded_at"] = stamp_or_none(answer.superseded_at)
    return told
