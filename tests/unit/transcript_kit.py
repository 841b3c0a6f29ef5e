"""Reflections to make texts of: the shipped guide's questions, answered as awkwardly as people write. All invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from bot.dialogue.guide import Kind, Question
from bot.service.reading import ReadReflection
from bot.service.reading_answers import ReadAnswer
from prompts import load_guide
from storage.times import stamp

GUIDE = load_guide()
DA, EN = GUIDE.wording["da"], GUIDE.wording["en"]
ORDER = tuple(question.id for question in GUIDE.guide)
AT = datetime(2026, 11, 23, 9, 30, 15, 987_654, tzinfo=UTC)
STARTED = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # already Monday the 23rd in Copenhagen, ISO week 48
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # one sign of seven code points
AWKWARD = [
    FAMILY, "🇩🇰👍🏽", "שלום \u202eBagfra\u202c", "مرحبا", "=1+1", "@SUM(A1)", "+45", "-2", '"citat" \'æøå\'',
    "<b>&amp;{{7*7}}</b>", "]]>", "<!-- -->", "a\r\nb", "a\rb", "\ufeffBOM", "nul\x00nul", "\x0bfane\x0c", "\x1b[31m",
    "e\u0301 é", "\u2028linje\x85", "\ud83d", "\uffff\ufffe", "# Ikke en overskrift", "Titel\n===", "\n\n\n",
    "    kode", "- punkt\n1. et", "\t", 'B07; "x"\n;y', "🙂" * 30,
]  # fmt: skip


def answer(question_id: str, value: Any = None, text: str | None = None, **changes: Any) -> ReadAnswer:
    """An answer to a question of the shipped guide, with its codes."""
    question = GUIDE.guide[question_id]
    fields: dict[str, Any] = {
        "question_id": question_id,
        "kind": question.kind.value,
        "value": value,
        "text": text,
        "label": "label of another language, with the time 23:17",
        "asked_at": STARTED,
        "answered_at": STARTED,
        "revision": 1,
        "superseded_at": None,
        "skipped": False,
        "assumed": False,
        "visibility": question.visibility.value,
        "shared": False,
        "codes": question.codes,
        "wording_hash": "0" * 64,
        "detail": None,
    }
    return ReadAnswer(**{**fields, **changes})


def reflection(*answers: ReadAnswer, **changes: Any) -> ReadReflection:
    """A debrief with these answers."""
    fields: dict[str, Any] = {
        "reflection_id": "01935a3c-0000-7000-8000-000000000001",
        "mentor": "M01",
        "citizen": "B07",
        "team": "Nord",
        "guide": GUIDE.guide.id,
        "guide_version": 1,
        "guide_hash": "f" * 64,
        "length": "full",
        "status": "saved",
        "started_at": STARTED,
        "finished_at": None,
        "minutes_used": None,
        "answers": tuple(answers),
    }
    return ReadReflection(**{**fields, **changes})


def a_visit(**changes: Any) -> ReadReflection:
    """A debrief with an answer of every kind, a skipped one and an assumed one."""
    return reflection(
        answer("citizen", "B07"),
        answer("outcome", "as_agreed"),
        answer("contact_when", stamp(STARTED), detail={"choice": "yesterday", "at": stamp(STARTED), "has_time": True}),
        answer("minutes_used", 90, text="halvanden time"),
        answer("toughness", 4),
        answer("what_happened", text=f"Vi gik en tur.\r\nHun sagde: {FAMILY} <ja> & nej."),
        answer("citizen_wanted", skipped=True, codes=()),
        answer("adjusted", ["time", "practical"], codes=("flexibility", "flexibility.time", "flexibility.practical")),
        answer("supervision", "no", assumed=True),
        answer("agreements", text="=Jeg ringer\nB07 tager bussen."),
        **changes,
    )


def written() -> st.SearchStrategy[str]:
    """What people write: any characters at all, mixed with what has broken other programs."""
    any_text = st.text(st.characters(), max_size=40)
    return st.lists(st.one_of(st.sampled_from(AWKWARD), any_text), max_size=6).map("".join)


@st.composite
def answers(draw: st.DrawFn, question: Question) -> ReadAnswer:
    """An answer of the question's kind."""
    if draw(st.integers(0, 7)) == 0:
        return answer(question.id, skipped=True, codes=())
    choices = [choice.id for choice in question.choices] or ["?"]
    at = draw(st.datetimes(datetime(2025, 12, 20), datetime(2027, 1, 10), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
    text = draw(st.none() | written())
    match question.kind:
        case Kind.TEXT:
            return answer(question.id, text=draw(written()))
        case Kind.ONE:
            return answer(question.id, draw(st.sampled_from(choices)), text)
        case Kind.MANY:
            return answer(question.id, draw(st.lists(st.sampled_from(choices), unique=True)), text)
        case Kind.SCALE:
            return answer(question.id, draw(st.integers(1, 5)))
        case Kind.MINUTES:
            return answer(question.id, draw(st.integers(0, 600)), text)
        case Kind.CITIZEN:
            return answer(question.id, draw(st.none() | written().map(lambda name: name[:40])))
    return answer(question.id, draw(st.none() | st.just(stamp(at))), text, detail={"choice": choices[0]})


@st.composite
def reflections(draw: st.DrawFn, number: int = 0) -> ReadReflection:
    """A debrief with some of the guide's questions, people and times as they may be."""
    asked: Sequence[Question] = draw(st.lists(st.sampled_from(GUIDE.guide.questions), unique_by=lambda one: one.id))
    return reflection(
        *[draw(answers(question)) for question in asked],
        reflection_id=f"01935a3c-0000-7000-8000-{number:012x}",
        mentor=draw(st.one_of(st.sampled_from(["M01", "M02", "..", "Anna/Å"]), written()).filter(str.strip)),
        citizen=draw(st.none() | st.sampled_from(["B07", "B07 ", "../etc", "Stjerne"]) | written()),
        team=draw(st.none() | st.sampled_from(["Nord", "Syd"])),
        started_at=draw(st.datetimes(datetime(2025, 12, 20), datetime(2027, 1, 10), timezones=st.just(UTC))),  # noqa: DTZ001 - bounds
    )
