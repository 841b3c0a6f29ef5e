"""A sheet to draw on, in pixels from the top left corner. What is drawn is kept until the height is known."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cache
from typing import Any

PAPER, INK, SOFT, LINE = "#fcfbf8", "#1d2329", "#56606b", "#dedad1"
FONT = "DejaVu Sans"
"""The one that matplotlib brings along: the picture looks the same on every machine."""


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words with their baseline at ``y``; ``side``: which side of them is at ``x``: left, center, right."""

    x: float
    y: float
    text: str
    size: float
    colour: str = INK
    bold: bool = False
    side: str = "left"


@dataclass
class Sheet:
    """``width`` in pixels; ``y``: how far down it is drawn on."""

    width: int
    y: float = 0
    things: list[Box | Text] = field(default_factory=list)

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Draw a rectangle."""
        self.things.append(Box(x, y, width, height, colour))

    def text(self, x: float, y: float, text: str, size: float, **looks: Any) -> None:
        """Write a line. ``looks``: colour, bold, side."""
        self.things.append(Text(x, y, text, size, **looks))

    def png(self, least_height: int) -> bytes:
        """The sheet as a PNG, at least so high. The same sheet gives the same bytes."""
        # Imported here: it takes most of a second, and only who draws should wait for it.
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.patches import Rectangle

        height = max(round(self.y), least_height)
        figure = Figure(figsize=(self.width / 100, height / 100), dpi=100, facecolor=PAPER)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, self.width)
        axes.set_ylim(height, 0)
        for one in self.things:
            if isinstance(one, Box):
                axes.add_patch(Rectangle((one.x, one.y), one.width, one.height, facecolor=one.colour, linewidth=0))
            else:
                axes.text(one.x, one.y, one.text, va="baseline", **_looks(one))
        drawn = io.BytesIO()
        figure.savefig(drawn, format="png", dpi=100, metadata={"Software": None})
        return drawn.getvalue()


def _looks(one: Text) -> dict[str, Any]:
    return {
        "family": FONT,
        "size": one.size * 0.72,  # points, at 100 dots an inch
        "weight": "bold" if one.bold else "normal",
        "color": one.colour,
        "ha": one.side,
        "parse_math": False,  # a team may have a $ in its name
    }


@cache
def _font(bold: bool) -> Any:
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    weight = "bold" if bold else "normal"
    return get_font(fontManager.findfont(FontProperties(family=FONT, weight=weight), fallback_to_default=True))


def drawable(text: str) -> str:
    """The text without what the font has no picture of: an emoji in a team's name would be a hollow box."""
    known = _font(False).get_charmap()
    return " ".join("".join(sign if ord(sign) in known else " " for sign in text).split())


def wide(text: str, size: float, bold: bool = False) -> float:
    """How wide a line is, in pixels."""
    font = _font(bold)
    font.set_size(size, 72)
    font.set_text(text, 0.0)
    return float(font.get_width_height()[0]) / 64


def fitted(text: str, size: float, room: float, bold: bool = False) -> str:
    """The text, cut with … where it is wider than ``room``."""
    if wide(text, size, bold) <= room:
        return text
    while text and wide(f"{text}…", size, bold) > room:
        text = text[:-1].rstrip()
    return f"{text}…"


def broken(text: str, size: float, room: float) -> list[str]:
    """The text in lines that fit ``room``, broken between words."""
    lines: list[str] = []
    for word in text.split():
        if lines and wide(f"{lines[-1]} {word}", size) <= room:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines
