"""What an organisation says about itself: organisation.yaml, read and checked, every mistake with its line."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, Field, ValidationError
from yaml.nodes import MappingNode, Node, SequenceNode

from bot.organisation_example import EXAMPLE
from bot.organisation_parts import (
    Backup,
    EmergencyLine,
    Line,
    Part,
    Retention,
    Support,
    WeeklySummary,
    WorkingHours,
    growing,
)

_QUOTED = re.compile(r"'([^']+)'")
_OF_A_NUMBER = frozenset({
    "int_parsing", "int_parsing_size", "int_type", "int_from_float", "float_parsing", "float_type", "finite_number",
    "greater_than", "greater_than_equal", "less_than", "less_than_equal",
})  # fmt: skip


class OrganisationError(Exception):
    """What is wrong with the file: ``problems`` has one sentence for each mistake, ``str()`` one a line."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Organisation(Part):
    """All that organisation.yaml may say. Every field has a default, so that a missing file is no error."""

    name: Line = "Eftertanke"
    emergency_card: tuple[EmergencyLine, ...] = Field(
        default=(EmergencyLine(label="Alarm", number="112"),), max_length=12
    )
    support: Support = Support()
    working_hours: WorkingHours = WorkingHours()
    tidy: Literal["at_once", "at_end", "never"] = "at_end"
    retention: Retention = Retention()
    backup: Backup = Backup()
    weekly_summary: WeeklySummary = WeeklySummary()
    escalation_hours: Annotated[
        tuple[Annotated[float, Field(gt=0, le=720)], ...], Field(max_length=6), AfterValidator(growing)
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
        found += [_worded(one, root) for one in error.errors(include_url=False)]
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
        case "too_long" | "string_too_long":
            most = error["ctx"]["max_length"]
            said = f"must have at most {most} {'lines' if error['type'] == 'too_long' else 'characters'}; shorten it"
        case "string_too_short":
            said = "must not be empty; write something, or take the line away"
        case kind if kind in _OF_A_NUMBER:
            said = _number(place)
        case _:
            said = f"is wrong: {said[0].lower()}{said[1:]}"
    return _line(root, place), f"{where} {said}."


def _number(place: Sequence[Hashable]) -> str:
    """What a number at this place must be, from the very limits that it is checked against."""
    whole, least, most, above = _limits(place)
    if most is None:
        return "must be a whole number" if whole else "must be a number"
    kind = "a whole number" if whole else "a number"
    return (
        f"must be {kind} above {least:g}, at most {most:g}" if above else f"must be {kind} from {least:g} to {most:g}"
    )


def _limits(place: Sequence[Hashable]) -> tuple[bool, float, float | None, bool]:
    """Whether the number is whole, the lowest and highest (None: there is none), and whether the lowest is too low."""
    shape: Any = Organisation.model_json_schema()
    parts: Any = shape.get("$defs", {})
    for part in place:
        shape = parts.get(str(shape.get("$ref", "")).rpartition("/")[2], shape)
        shape = shape.get("items", {}) if isinstance(part, int) else shape.get("properties", {}).get(part, {})
    above = "exclusiveMinimum" in shape
    least = shape.get("exclusiveMinimum" if above else "minimum", 0)
    return shape.get("type") == "integer", least, shape.get("maximum"), above


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
