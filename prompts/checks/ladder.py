"""Everything that can be wrong in the ladder's steps; its words are looked at in ``ladder_words``."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from pydantic import ValidationError

from bot.dialogue.ladder import StepKind
from prompts.checks.ladder_words import check_ladder_words
from prompts.checks.shape import check_shape
from prompts.files import Folders
from prompts.ladder_source import LadderFiles, LadderSource, LadderWordsSource, StepSource, read_ladder_files
from prompts.mistakes import Mistake
from prompts.yamlfile import Document, Place

LONGEST_REST = 2  # days between two steps: a weekend; longer, and nobody notices that nothing happens
DAYS_OF_CAP = 7
ONE_OF_EACH = (
    (StepKind.ATTEMPT, "no step tries to reach the citizen", "add a step with 'kind: attempt'"),
    (StepKind.TELL_LEAD, "no step goes to the lead, and worry has nowhere to go", "add a step with 'kind: tell_lead'"),
)
Finding = tuple[Place, str, str]
Placed = tuple[Place, StepSource]


def check_ladder(folders: Folders) -> list[Mistake]:
    """All mistakes in ladder.yaml and its words: the shipped files, or an organisation's own in their place."""
    return check_files(read_ladder_files(folders))


def check_files(files: LadderFiles) -> list[Mistake]:
    """All mistakes in these files, in their order."""
    document = files.ladder
    steps = _readable(document)
    mistakes = [*document.mistakes, *check_shape(document, LadderSource)]
    mistakes += [document.mistake(place, problem, remedy) for place, problem, remedy in _findings(document, steps)]
    found = sorted(set(mistakes), key=lambda mistake: mistake.line)
    ids = _ids(document)
    for words in files.words.values():
        mistakes = [*words.mistakes, *check_shape(words, LadderWordsSource)]
        if isinstance(words.data, dict) and ids:
            mistakes += check_ladder_words([step for _, step in steps], ids, words)
        found += sorted(set(mistakes), key=lambda mistake: mistake.line)
    return found


def _raw(document: Document) -> list[object]:
    data = document.data.get("steps") if isinstance(document.data, dict) else None
    return data if isinstance(data, list) else []


def _ids(document: Document) -> list[str]:
    """The ids of all steps, also of those that are wrong otherwise."""
    return [str(item["id"]) for item in _raw(document) if isinstance(item, dict) and item.get("id") is not None]


def _readable(document: Document) -> list[Placed]:
    """The steps whose every key can be read."""
    found: list[Placed] = []
    for index, item in enumerate(_raw(document)):
        try:
            found.append((("steps", index), StepSource.model_validate(item)))
        except ValidationError:
            continue  # told by the shape
    return found


def _findings(document: Document, steps: list[Placed]) -> Iterable[Finding]:
    seen: set[str] = set()
    for place, step in steps:
        if step.id in seen:
            yield (*place, "id"), f"the step '{step.id}' is there twice", "rename one of the two"
        seen.add(step.id)
        yield from _own(place, step)
    if len(steps) < len(_raw(document)) or not steps:
        return  # with a step missing, what follows would be told about the wrong ones
    yield from _worry_first(steps)
    for kind, problem, remedy in ONE_OF_EACH:
        if all(step.kind is not kind for _, step in steps):
            yield ("steps",), problem, remedy
    yield from _days(steps)
    yield from _cap(document, steps)


def _own(place: Place, step: StepSource) -> Iterable[Finding]:
    if step.last_day < step.from_day:
        problem = f"'{step.id}' ends on day {step.last_day}, before it begins on day {step.from_day}"
        yield (*place, "to_day"), problem, f"write day {step.from_day} or later"
    if step.kind is not StepKind.ATTEMPT:
        for key in ("channels", "each", "other_hour"):
            if getattr(step, key):
                yield (*place, key), f"'{key}' does nothing for kind {step.kind}", "remove it, or use kind attempt"
        return
    if not step.channels:
        yield place, f"'{step.id}' names no channel, so nothing can be proposed", "add 'channels: [call, text]'"
    for index, channel in enumerate(step.channels):
        if channel in step.channels[:index]:
            yield (*place, "channels", index), f"'{channel}' is there twice", "keep one of the two"


def _worry_first(steps: list[Placed]) -> Iterable[Finding]:
    (place, first), *others = steps
    if first.kind is not StepKind.WORRY:
        problem = f"'{first.id}' comes before anybody is asked whether they are worried"
        yield place, problem, "put a step with 'kind: worry' first"
    elif first.last_day != 0:
        yield place, "worry is asked at once, on day 0", "remove 'from_day' and 'to_day'"
    asked = first.kind is StepKind.WORRY
    for where, step in others:
        if step.kind is StepKind.WORRY and asked:
            yield where, "worry is asked twice", "keep the first one; the mentor can say it at any time"
        asked = asked or step.kind is StepKind.WORRY


def _days(steps: list[Placed]) -> Iterable[Finding]:
    by_day = [(place, step) for place, step in steps if step.kind is not StepKind.WORRY]
    if by_day and by_day[0][1].from_day != 0:
        place, step = by_day[0]
        yield (*place, "from_day"), f"nothing is tried before day {step.from_day}", "let the first step begin on day 0"
    for (_, one), (place, other) in pairwise(by_day):
        between = other.from_day - one.last_day - 1
        where = (*place, "from_day")
        if other.from_day < one.from_day:
            problem = f"'{other.id}' begins on day {other.from_day}, but stands after '{one.id}' of day {one.from_day}"
            yield where, problem, "put the steps in the order of their days"
        elif between < 0:
            problem = f"'{other.id}' begins on day {other.from_day}, when '{one.id}' still lasts"
            yield where, problem, f"begin on day {one.last_day + 1}, or let '{one.id}' end earlier"
        elif between > LONGEST_REST:
            problem = f"from day {one.last_day + 1} to day {other.from_day - 1} there is no step"
            yield (
                where,
                problem,
                f"let '{one.id}' last until day {other.from_day - 1} ('to_day'), or add a step between",
            )


def _cap(document: Document, steps: list[Placed]) -> Iterable[Finding]:
    """A ladder that itself asks for more attempts than a week may have would stand still in the middle of it."""
    cap = document.data.get("cap_a_week")
    if not isinstance(cap, int):
        return
    wanted = [(s.from_day, len(s.channels) if s.each else 1) for _, s in steps if s.kind is StepKind.ATTEMPT]
    most = max((sum(n for d, n in wanted if day <= d < day + DAYS_OF_CAP) for day, _ in wanted), default=0)
    if 1 <= cap < most:
        problem = f"the steps ask for {most} attempts within a week, but the cap is {cap}"
        yield ("cap_a_week",), problem, f"write {most} or more, or take out attempts"
