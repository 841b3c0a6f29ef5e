"""What an organisation says about itself: organisation.yaml, read and checked, every mistake with its line."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from yaml.nodes import MappingNode, Node, SequenceNode

from bot.organisation_example import EXAMPLE

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: Sequence[Weekday] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\Z", re.ASCII)

_QUOTED = re.compile(r"'([^']+)'")


class OrganisationError(Exception):
    """What is wrong with the file: ``problems`` has one sentence for each mistake, ``str()`` one a line."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Hours:
    """From and until, local time; ``until`` is later."""

    start: time
    end: time


def _clock(value: Any) -> time:
    found = _CLOCK.match(value.strip()) if isinstance(value, str) else None
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError('must be a time of day such as "07:30"')
    return time(int(found[1]), int(found[2] or 0))


def _hours(value: Any) -> Hours | None:
    if isinstance(value, Hours) or value in (None, ""):
        return value or None
    ends = re.split(r"\s*[-–]\s*", value.strip()) if isinstance(value, str) else []
    if len(ends) != 2:
        raise ValueError('must be hours such as "08:00-17:00", or "" for a day off')
    hours = Hours(_clock(ends[0]), _clock(ends[1]))
    if hours.end <= hours.start:
        raise ValueError('must end later than it begins, such as "08:00-17:00"')
    return hours


def _telephone(value: str) -> str:
    if not re.fullmatch(r"\+?[\d ()/-]{2,30}", value, re.ASCII) or not any(char.isdigit() for char in value):
        raise ValueError('must be a phone number such as "112" or "+45 12 34 56 78"')
    return value


def _growing(value: tuple[float, ...]) -> tuple[float, ...]:
    if list(value) != sorted(set(value)):
        raise ValueError("must be numbers of hours that grow, such as [2, 24]")
    return value


DayHours = Annotated[Hours | None, BeforeValidator(_hours)]
Clock = Annotated[time, BeforeValidator(_clock)]
_WORKDAY = Hours(time(8), time(17))


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class EmergencyLine(_Part):
    """One line of the emergency card."""

    label: Line
    number: Annotated[Line, AfterValidator(_telephone)]

    @property
    def example(self) -> bool:
        """True when the number is all zeros: an example that was not filled in must never be shown to anybody."""
        return set(re.sub(r"\D", "", self.number)) == {"0"}


class Support(_Part):
    """The workplace's own help after something hard; "" where there is none."""

    working_environment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    counselling: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    own: Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)] = ""


class WorkingHours(_Part):
    """When people work, day by day; None for a day off."""

    monday: DayHours = _WORKDAY
    tuesday: DayHours = _WORKDAY
    wednesday: DayHours = _WORKDAY
    thursday: DayHours = _WORKDAY
    friday: DayHours = _WORKDAY
    saturday: DayHours = None
    sunday: DayHours = None

    def on(self, weekday: int) -> Hours | None:
        """Give the hours of a weekday, Monday being 0."""
        hours: Hours | None = getattr(self, WEEKDAYS[weekday])
        return hours


class WeeklySummary(_Part):
    """When the lead's summary of the week before is sent, local time."""

    day: Weekday = "monday"
    time: Clock = time(8)


class Organisation(_Part):
    """All that organisation.yaml may say. Every field has a default, so that a missing file is no error."""

    name: Line = "Eftertanke"
    emergency_card: tuple[EmergencyLine, ...] = Field(
        default=(EmergencyLine(label="Alarm", number="112"),), max_length=12
    )
    support: Support = Support()
    working_hours: WorkingHours = WorkingHours()
    tidy: Literal["at_once", "at_end", "never"] = "at_end"
    retention_months: Annotated[int, Field(ge=1, le=120)] = 24
    weekly_summary: WeeklySummary = WeeklySummary()
    escalation_hours: Annotated[
        tuple[Annotated[float, Field(gt=0, le=720)], ...], Field(max_length=6), AfterValidator(_growing)
    ] = (2, 24)
    tell_lead_minutes: Annotated[int, Field(ge=2, le=120)] = 10
    guard_names: tuple[Line, ...] = ()

    @property
    def emergency(self) -> tuple[EmergencyLine, ...]:
        """The emergency card without examples that were not filled in."""
        return tuple(line for line in self.emergency_card if not line.example)

    @property
    def emergency_lines(self) -> tuple[str, ...]:
        """The emergency card as plain text, ``label: number`` each."""
        return tuple(f"{line.label}: {line.number}" for line in self.emergency)

    @property
    def support_lines(self) -> tuple[str, ...]:
        """The support texts that there are."""
        given = (self.support.working_environment, self.support.counselling, self.support.own)
        return tuple(text for text in given if text)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """Labels of emergency numbers that are still the example's zeros."""
        return tuple(line.label for line in self.emergency_card if line.example)


def load_organisation(path: Path, *, must_exist: bool = False) -> Organisation:
    """Read the file; the defaults when there is none, unless it ``must_exist``.

    Raises OrganisationError that names every mistake with its line. Unknown names are mistakes.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if not must_exist:
            return Organisation()
        raise OrganisationError([f"There is no file {path}: correct the path, or make it with setup."]) from None
    except UnicodeDecodeError:
        raise OrganisationError([f"{path.name} is not UTF-8 text: save it as UTF-8."]) from None
    except OSError:
        raise OrganisationError([f"{path} cannot be read: correct its rights."]) from None
    return read_organisation(text, path.name)


def read_organisation(text: str, name: str = "organisation.yaml") -> Organisation:
    """Read the text of the file called ``name``. Raises OrganisationError."""
    try:
        # Everything as text: otherwise YAML makes 990 of 16:30, and False of "no".
        root = yaml.compose(text, Loader=yaml.BaseLoader)
        data = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes only texts, lists and mappings
    except yaml.YAMLError as error:
        raise OrganisationError(
            [f"{name}{_yaml_place(error)}: this is not valid YAML; check indents, quotes, colons."]
        ) from None
    except RecursionError:
        raise OrganisationError([f"{name}: this is nested too deeply to be an organisation's file."]) from None
    found = list(_doubled(root))
    if data in (None, ""):
        data = {}
    if not isinstance(data, dict):
        raise OrganisationError([f"{name}, line 1: the file must consist of lines such as name: …"])
    try:
        organisation = Organisation.model_validate(_without_empty(data))
    except ValidationError as error:
        found += [_worded(one, root) for one in error.errors(include_url=False, include_context=False)]
    if found:
        raise OrganisationError([f"{name}, line {line}: {problem}" for line, problem in sorted(found)])
    return organisation


def default_organisation_text(name: str) -> str:
    """Write a commented organisation.yaml for ``name``, in Danish, that loads as it is."""
    quoted = yaml.safe_dump(" ".join(name.split())[:200], allow_unicode=True, default_style='"', width=10_000).strip()
    return EXAMPLE.replace("{name}", quoted)


def _without_empty(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out names without a value: such a line is one whose example was taken away."""
    return {key: value for key, value in data.items() if value != ""}


def _worded(error: Any, root: Node | None) -> tuple[int, str]:
    """Make one sentence of pydantic's error, and find the line that it is about."""
    place = [part for part in error["loc"] if part not in ("function-before", "nullable")]
    where = ".".join(part for part in place if isinstance(part, str))
    said = error["msg"]
    match error["type"]:
        case "extra_forbidden":
            said = "is not a name that is used here; correct it or take the line away"
        case "missing":
            said = "is missing; add it"
        case "value_error":
            said = said.removeprefix("Value error, ")
        case "literal_error":
            said = f"must be one of {', '.join(_QUOTED.findall(said))}"
        case "model_type" | "dict_type" | "model_attributes_type":
            said = "must have lines of its own below it, indented"
        case "tuple_type":
            said = "must be a list: one line each, beginning with a dash"
        case "string_type":
            said = "must be a text"
        case _:
            said = f"is wrong: {said[0].lower()}{said[1:]}"
    return _line(root, place), f"{where} {said}."


def _line(node: Node | None, place: Sequence[Hashable]) -> int:
    """Find the line (from 1) of the deepest part of ``place`` that the file has."""
    line = 1 if node is None else node.start_mark.line + 1
    for part in place:
        found = None
        if isinstance(node, MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == part), None)
        elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = (node.value[part], node.value[part])
        if found is None:
            return line
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def _doubled(node: Node | None) -> Iterator[tuple[int, str]]:
    """Find names that stand twice in one place: YAML silently takes the last."""
    if isinstance(node, MappingNode):
        seen: set[Any] = set()
        for key, value in node.value:
            if isinstance(key.value, str) and key.value in seen:
                yield key.start_mark.line + 1, f"{key.value} stands there twice; keep one of them."
            elif isinstance(key.value, str):
                seen.add(key.value)
            yield from _doubled(value)
    elif isinstance(node, SequenceNode):
        for value in node.value:
            yield from _doubled(value)


def _yaml_place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark is not None else ""
