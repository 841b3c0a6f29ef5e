"""Charts of the report as shapes to draw: what stands where, in the units of the drawing. The layout draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue.summary import Distribution

WIDTH = 320
_BEST_LAST = frozenset({"goal_agreement", "task_agreement"})
"""Scales on which the last step is the good one. Elsewhere it is the first: the colours go the same way everywhere."""
_TOP = 18  # room for the number above the highest column
_HEIGHT = 96
_FOOT = 20
_GAP = 0.28  # of a column's place
_ROW = 30
_BAR = 24
_LABEL = 58
_DIGIT = 7.5  # how wide a digit is inside its part of the bar


def steps(one: Distribution) -> tuple[int, ...]:
    """The colour of each answer of a question, 0 for the good end."""
    places = range(len(one.counts))
    return tuple(reversed(places)) if one.question in _BEST_LAST else tuple(places)


@dataclass(frozen=True, slots=True)
class Column:
    """A week's column. ``middle``: where its number and its name stand; ``now``: it is the week itself."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    value: str
    name: str
    now: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """A column a week. ``text``: the same in words; ``floor``: where the columns stand."""

    id: str
    title: str
    text: str
    columns: tuple[Column, ...]
    width: int = WIDTH
    height: int = _TOP + _HEIGHT + _FOOT
    floor: int = _TOP + _HEIGHT


def columns(
    chart_id: str, title: str, text: str, numbers: Sequence[int], shown: Sequence[str], names: Sequence[str]
) -> Columns:
    """``numbers`` give the heights, ``shown`` what stands above them, ``names`` what stands below."""
    place = WIDTH / max(len(numbers), 1)
    highest = max(*numbers, 1) if numbers else 1
    made = []
    for at, (n, value, name) in enumerate(zip(numbers, shown, names, strict=True)):
        height = round(_HEIGHT * n / highest, 1)
        x = round(at * place + place * _GAP / 2, 1)
        middle = round((at + 0.5) * place, 1)
        last = at == len(numbers) - 1
        made.append(Column(x, _TOP + _HEIGHT - height, round(place * (1 - _GAP), 1), height, middle, value, name, last))
    return Columns(chart_id, title, text, tuple(made))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar. ``kind``: which of the colours; ``value``: its number, empty where there is no room for it."""

    x: float
    width: float
    middle: float
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A week's bar; ``said`` stands in its place when it has no parts."""

    y: int
    name: str
    parts: tuple[Part, ...]
    said: str
    now: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar a week, all of the same length: how something is divided. ``legend``: kind and label of each part."""

    id: str
    title: str
    text: str
    bars: tuple[Bar, ...]
    legend: tuple[tuple[str, str], ...]
    height: int
    width: int = WIDTH
    bar: int = _BAR
    start: int = _LABEL


@dataclass(frozen=True, slots=True)
class Divided:
    """A week's numbers, in the order of the legend; ``said`` instead of them when there is nothing to draw."""

    name: str
    numbers: tuple[int, ...]
    said: str = ""


def bars(chart_id: str, title: str, text: str, legend: Sequence[tuple[str, str]], weeks: Sequence[Divided]) -> Bars:
    """``weeks`` from top to bottom: the week itself first."""
    drawn = tuple(
        Bar(at * _ROW, week.name, _parts(week.numbers, legend), week.said, at == 0) for at, week in enumerate(weeks)
    )
    return Bars(chart_id, title, text, drawn, tuple(legend), _ROW * len(weeks))


def _parts(numbers: Sequence[int], legend: Sequence[tuple[str, str]]) -> tuple[Part, ...]:
    total, room = sum(numbers), WIDTH - _LABEL
    made, start = [], float(_LABEL)
    for n, (kind, _) in zip(numbers, legend, strict=True):
        if n:
            width = room * n / total
            value = str(n) if width >= _DIGIT * len(str(n)) + 3 else ""
            made.append(Part(round(start, 1), round(width, 1), round(start + width / 2, 1), kind, value))
            start += width
    return tuple(made)
