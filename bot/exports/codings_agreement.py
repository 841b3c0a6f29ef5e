"""Agreement between coders, from what is stored: one unit is one code on one answer, given or not.

A coder is taken to have looked at every answer of a debrief in which they coded anything; elsewhere there is a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.exports.agreement import Figure, cohen_kappa, krippendorff_alpha
from bot.exports.transcript import source_guid
from bot.service.reading import Purpose, ReadReflection, read
from bot.service.reading_answers import ReadAnswer
from storage import codings
from storage.codings import Mark
from storage.database import Snapshot


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer that could be coded. ``given``: for each coder who looked at it, the codes they gave."""

    reflection_id: str
    question_id: str
    given: dict[str, frozenset[str]]
    text: str


@dataclass(frozen=True, slots=True)
class Coefficients:
    """``kappa`` None: there are not exactly two coders."""

    alpha: Figure
    kappa: Figure | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One code on one answer that some gave and others, who looked at it too, did not."""

    reflection: str
    question_id: str
    code: str
    coded: tuple[str, ...]
    not_coded: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """``coders``: all of them; ``answers``: how many answers two coders or more looked at; ``codes``: by code id, in
    their order; ``pairs``: kappa of every two coders over all codes; ``earlier``: codings of words that were changed
    since, which do not count."""

    coders: tuple[str, ...]
    answers: int
    overall: Coefficients
    codes: dict[str, Coefficients]
    pairs: dict[tuple[str, str], Figure]
    disagreements: tuple[Disagreement, ...]
    earlier: int


async def agreement_of(snapshot: Snapshot, *, coders: Sequence[str] = ()) -> Agreement:
    """Work it out over everything that may be coded. ``coders``: only these; none: all. Raises StorageError."""
    marks: dict[str, list[Mark]] = {}
    async for one in codings.stream(snapshot):
        if not coders or one.mark.coder in coders:
            marks.setdefault(one.mark.reflection_id, []).append(one.mark)
    answers: list[Answered] = []
    earlier = 0
    async for reflection in read(snapshot, Purpose.CODING, revisions=False, wanted=lambda one: one.id in marks):
        found, left = _answered(reflection, marks[reflection.reflection_id])
        answers += found
        earlier += left
    return work_out(answers, earlier)


def _answered(reflection: ReadReflection, marks: Sequence[Mark]) -> tuple[list[Answered], int]:
    current = {answer.question_id: answer for answer in reflection.answers if not answer.skipped}
    standing = [mark for mark in marks if _stands(mark, current)]
    coders = sorted({mark.coder for mark in standing})
    found = []
    for question_id, answer in current.items():
        given = {
            coder: frozenset(m.code for m in standing if m.coder == coder and m.question_id == question_id)
            for coder in coders
        }
        found.append(Answered(reflection.reflection_id, question_id, given, answer.text or answer.label or ""))
    return found, len(marks) - len(standing)


def _stands(mark: Mark, current: dict[str, ReadAnswer]) -> bool:
    answer = current.get(mark.question_id)
    return answer is not None and answer.revision == mark.revision


def work_out(answers: Iterable[Answered], earlier: int = 0) -> Agreement:
    """Agreement over these answers. Pure."""
    told = list(answers)
    coders = tuple(sorted({coder for one in told for coder in one.given}))
    codes = sorted({code for one in told for given in one.given.values() for code in given})
    by_code = {code: [[_said(one, coder, code) for coder in coders] for one in told] for code in codes}
    every = [unit for units in by_code.values() for unit in units]
    return Agreement(
        coders=coders,
        answers=sum(len(one.given) > 1 for one in told),
        overall=_coefficients(every),
        codes={code: _coefficients(units) for code, units in by_code.items()},
        pairs={
            (coders[one], coders[other]): cohen_kappa(_pairs(every, one, other))
            for one, other in combinations(range(len(coders)), 2)
        },
        disagreements=tuple(_disagreements(told, codes)),
        earlier=earlier,
    )


def _said(answer: Answered, coder: str, code: str) -> bool | None:
    given = answer.given.get(coder)
    return None if given is None else code in given


def _coefficients(units: Sequence[Sequence[bool | None]]) -> Coefficients:
    two = bool(units) and len(units[0]) == 2
    return Coefficients(krippendorff_alpha(units), cohen_kappa(_pairs(units, 0, 1)) if two else None)


def _pairs(units: Iterable[Sequence[bool | None]], one: int, other: int) -> list[tuple[bool, bool]]:
    return [(a, b) for unit in units if (a := unit[one]) is not None and (b := unit[other]) is not None]


def _disagreements(answers: Iterable[Answered], codes: Sequence[str]) -> Iterable[Disagreement]:
    for one in answers:
        for code in codes:
            yes = tuple(coder for coder, given in sorted(one.given.items()) if code in given)
            no = tuple(coder for coder, given in sorted(one.given.items()) if code not in given)
            if yes and no:
                reference = f"R{source_guid(one.reflection_id).replace('-', '')[:12]}"
                yield Disagreement(reference, one.question_id, code, yes, no, one.text)
