"""YAML with line numbers.

A dialect of YAML 1.1 without its surprises: only ``true`` and ``false`` are truth values (``no`` is the answer no),
dates stay texts, and a key given twice is a mistake instead of silently winning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from prompts.files import TextFile
from prompts.mistakes import Mistake

Place: TypeAlias = tuple[str | int, ...]
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is some ten times faster, where it is there
WHOLE_NUMBER = re.compile(r"[-+]?\d{1,9}")
TRUTH = {"true": True, "false": False}
NOTHING = {"", "~", "null"}
QUOTED = {"'", '"', "|", ">"}


@dataclass(slots=True)
class Document:
    """A YAML file: its plain ``data``, the line (from 1) of every place in it, and what was wrong already."""

    file: str
    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """The line of ``place``, or of the nearest place around it that exists."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def mistake(self, place: Place, problem: str, remedy: str) -> Mistake:
        """A mistake at ``place`` of this file."""
        return Mistake(self.file, self.line(place), spell(self.data, place), problem, remedy)


def spell(data: Any, place: Place) -> str:
    """``questions.outcome.choices.acute.group``: list items are named by their id where they have one."""
    names: list[str] = []
    for step in place:
        data = _inside(data, step)
        named = data.get("id") if isinstance(step, int) and isinstance(data, dict) else None
        plain = data if isinstance(step, int) and isinstance(data, str) else None
        names.append(str(named or plain or step))
    return ".".join(names) or "file"


def _inside(data: Any, step: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def read_yaml(file: TextFile) -> Document:
    """Read a file. What cannot be read ends up in ``mistakes``; then ``data`` is None."""
    document = Document(file.shown)
    try:
        node = yaml.compose(file.text, Loader=Loader)
    except yaml.YAMLError as error:
        document.mistakes.append(_syntax(file.shown, error))
        return document
    if node is not None:
        document.data = _plain(node, (), document)
    return document


def _syntax(shown: str, error: yaml.YAMLError) -> Mistake:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it is not YAML"
    return Mistake(
        shown,
        mark.line + 1 if mark else 1,
        "file",
        f"the file cannot be read as YAML ({problem})",
        "look for a missing quote, colon or bracket, or wrong indentation, on this line or the one before",
    )


def _plain(node: yaml.Node, place: Place, document: Document) -> Any:
    document.lines[place] = node.start_mark.line + 1
    match node:
        case yaml.MappingNode():
            return _mapping(node, place, document)
        case yaml.SequenceNode():
            return [_plain(item, (*place, index), document) for index, item in enumerate(node.value)]
        case _:
            return _scalar(node)


def _mapping(node: yaml.MappingNode, place: Place, document: Document) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in found:
            document.mistakes.append(
                Mistake(
                    document.file,
                    line,
                    ".".join(map(str, (*place, key))),
                    f"'{key}' is given twice",
                    "keep one of the two",
                )
            )
        found[key] = _plain(value_node, (*place, key), document)
        document.lines[(*place, key)] = line
    return found


def _scalar(node: yaml.Node) -> str | int | bool | None:
    text = str(node.value)
    if getattr(node, "style", None) in QUOTED:
        return text
    if text in NOTHING:
        return None
    if text in TRUTH:
        return TRUTH[text]
    return int(text) if WHOLE_NUMBER.fullmatch(text) else text
