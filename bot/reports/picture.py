"""The week as a picture for a phone: drawn 1080 pixels wide, with type that can be read when it is shown 390 wide.

    data = png(summary, labels, messages)

It has no names and no pseudonyms: what is open stands in the message and in the report. matplotlib is imported when
the first picture is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.summary import Distribution, Series, WeeklySummary
from bot.reports.charts import steps
from bot.reports.sheet import INK, LINE, SOFT, Sheet, broken, drawable, fitted, wide
from bot.reports.wording import Said
from bot.service.week_words import Labels
from bot.service.week_words_base import hours
from bot.service.week_words_work import meetings
from prompts import Messages

WIDTH, LEAST_HEIGHT = 1080, 1080
MARGIN = 60
FULL = WIDTH - 2 * MARGIN
HALF = (FULL - 60) / 2
RIGHT = MARGIN + HALF + 60
TITLE, HEAD, BODY, SMALL = 60, 36, 31, 28
NOW, BEFORE = "#1f5a84", "#a9bfcd"
# As in the report: different in lightness too. The second says what can be read on the first.
KINDS = {
    "as_agreed": ("#17486b", "#ffffff"),
    "otherwise": ("#4b8bb3", INK),
    "missed": ("#e3a94f", INK),
    "notified": ("#f4dfb4", INK),
    "mine": ("#c4c4c4", INK),
    "unsafe": ("#7a3b69", "#ffffff"),
}
STEPS = (("#17486b", "#ffffff"), ("#4b8bb3", INK), ("#98c1d9", INK), ("#f1d9a7", INK), ("#d08c2f", INK))
ASKED_FIRST = ("contact_quality", "participation")
DISTRIBUTIONS = 2
MOST_CHOICES = 5
WEEKS_BEFORE = 3


def png(summary: WeeklySummary, labels: Labels, messages: Messages) -> bytes:
    """The picture. The same week gives the same bytes.

    Raises UnknownTextError or jinja2.UndefinedError when the wording does not fit the program.
    """
    say = Said(messages, labels)
    sheet = Sheet(WIDTH)
    _title(sheet, summary, say)
    _columns(sheet, MARGIN, say("contacts"), summary.contacts, [str(n) for n in summary.contacts], summary)
    _columns(sheet, RIGHT, say("hours_short"), summary.minutes, [hours(n) for n in summary.minutes], summary)
    sheet.y += 326
    _meetings(sheet, summary, say)
    _open(sheet, summary, say)
    _answers(sheet, summary, say)
    sheet.y += 30
    return sheet.png(LEAST_HEIGHT)


def _title(sheet: Sheet, summary: WeeklySummary, say: Said) -> None:
    team = drawable(summary.team)
    week = say("week", week=summary.week.number)
    together = f"{week} · {team}"
    fits = wide(together, TITLE, bold=True) <= FULL
    sheet.text(MARGIN, 98, together if fits else week, TITLE, bold=True)
    sheet.y = 148
    if not fits:
        sheet.text(MARGIN, sheet.y, fitted(team, HEAD, FULL, bold=True), HEAD, bold=True)
        sheet.y += 46
    sheet.text(MARGIN, sheet.y, say.dates(summary), BODY, colour=SOFT)
    if when := say.as_of(summary):
        sheet.y += 42
        sheet.text(MARGIN, sheet.y, fitted(when, BODY, FULL), BODY, colour=SOFT)
    sheet.y += 38


def _columns(sheet: Sheet, x: float, title: str, series: Series, shown: Sequence[str], summary: WeeklySummary) -> None:
    """A column a week, its number above it and the week below."""
    top, highest, floor = sheet.y, 170, sheet.y + 262
    sheet.text(x, top + 36, fitted(title, HEAD, HALF, bold=True), HEAD, bold=True)
    place, most = HALF / max(len(series), 1), max(*series, 1)
    for at, (n, value) in enumerate(zip(series, shown, strict=True)):
        now, middle = at == len(series) - 1, x + (at + 0.5) * place
        height = highest * n / most
        looks = {"bold": now, "colour": INK if now else SOFT, "side": "center"}
        sheet.box(x + at * place + 5, floor - height, place - 10, height, NOW if now else BEFORE)
        sheet.text(middle, floor - height - 10, value, SMALL if len(value) < 3 else SMALL - 4, **looks)
        sheet.text(middle, floor + 34, str(summary.weeks[at].number), SMALL - 2, **looks)
    sheet.box(x, floor, HALF, 2, LINE)


def _meetings(sheet: Sheet, summary: WeeklySummary, say: Said) -> None:
    """What became of the agreed meetings: the week itself, and lower those before it."""
    sheet.text(MARGIN, sheet.y + 36, say("meetings"), HEAD, bold=True)
    sheet.y += 54
    groups = [(name, count.weeks[-1 - WEEKS_BEFORE :]) for name, count in meetings(summary, say.labels)]
    groups = [(name, weeks) for name, weeks in groups if any(weeks)]
    if not groups:
        _lines(sheet, say("none_meetings"))
        return
    legend = [(KINDS[name], say(f"became_{name}")) for name, _ in groups]
    for back in range(len(groups[0][1])):
        numbers = [weeks[-1 - back] for _, weeks in groups]
        name = say("week", week=summary.weeks[-1 - back].number)
        _divided(sheet, name, numbers, [colours for colours, _ in legend], now=back == 0)
    _legend(sheet, legend)


def _divided(sheet: Sheet, name: str, numbers: Sequence[int], colours: Sequence[tuple[str, str]], *, now: bool) -> None:
    height, size = (58, BODY) if now else (34, SMALL - 3)
    room, x = FULL - 150, float(MARGIN + 150)
    sheet.text(MARGIN, sheet.y + height / 2 + 10, name, SMALL, bold=now, colour=INK if now else SOFT)
    for n, (fill, ink) in zip(numbers, colours, strict=True):
        width = room * n / max(sum(numbers), 1)
        if n:
            sheet.box(x, sheet.y, max(width - 2, 1), height, fill)
        if n and width > wide(str(n), size) + 8:
            sheet.text(x + width / 2 - 1, sheet.y + height / 2 + size * 0.36, str(n), size, colour=ink, side="center")
        x += width
    if not any(numbers):
        sheet.text(x, sheet.y + height / 2 + 10, "0", SMALL, colour=SOFT)
    sheet.y += height + 8


def _legend(sheet: Sheet, legend: Sequence[tuple[tuple[str, str], str]]) -> None:
    x, y = float(MARGIN), sheet.y + 34
    for (fill, _), label in legend:
        needed = 34 + wide(label, SMALL)
        if x + needed > MARGIN + FULL and x > MARGIN:
            x, y = float(MARGIN), y + 40
        sheet.box(x, y - 21, 24, 24, fill)
        sheet.text(x + 34, y, label, SMALL, colour=SOFT)
        x += needed + 30
    sheet.y = y + 34


def _open(sheet: Sheet, summary: WeeklySummary, say: Said) -> None:
    """Who nobody was in contact with, and what was decided about absence."""
    sheet.y += 6
    made = [count for count in summary.absence.decisions if count.now]
    made = sorted(made, key=lambda count: -count.now)[:MOST_CHOICES]
    decided = [(say.labels.choice("absence_decision", count.choice), count.now) for count in made]
    ends = [
        _rows(sheet, MARGIN, say("without_contact"), say.bands(summary), ""),
        _rows(sheet, RIGHT, say("decisions"), decided, say("none_decisions")),
    ]
    sheet.y = max(ends) + 20


def _rows(sheet: Sheet, x: float, title: str, rows: Sequence[tuple[str, int]], otherwise: str) -> float:
    """A line for each: its words, its number, and a bar below them; gives how far down it reached."""
    y = sheet.y
    sheet.text(x, y + 36, fitted(title, HEAD, HALF, bold=True), HEAD, bold=True)
    y += 56
    if not rows:
        for line in broken(otherwise, BODY, HALF):
            y += 42
            sheet.text(x, y - 10, line, BODY, colour=SOFT)
        return y
    most = max(*(n for _, n in rows), 1)
    for label, n in rows:
        size = next((size for size in (BODY, SMALL) if wide(label, size) <= HALF - 50), SMALL - 3)
        sheet.text(x, y + 30, fitted(label, size, HALF - 50), size, colour=INK if n else SOFT)
        sheet.text(x + HALF, y + 30, str(n), BODY, bold=n > 0, side="right", colour=INK if n else SOFT)
        sheet.box(x, y + 40, HALF, 8, LINE)
        sheet.box(x, y + 40, HALF * n / most, 8, NOW)
        y += 60
    return y


def _answers(sheet: Sheet, summary: WeeklySummary, say: Said) -> None:
    """How the team answered, only where it is shown; otherwise why it is not."""
    asked = sorted(summary.distributions, key=lambda one: _place(one.question))[:DISTRIBUTIONS]
    for one in asked:
        question = say.labels.question(one.question)
        head = say("answered", question=question, n=one.total) if one.shown[-1] else question
        sheet.text(MARGIN, sheet.y + 36, head, HEAD, bold=True)
        sheet.y += 54
        if one.shown[-1]:
            _distribution(sheet, one, summary, say)
        else:
            _lines(sheet, say("hidden_short"))
        sheet.y += 6


def _distribution(sheet: Sheet, one: Distribution, summary: WeeklySummary, say: Said) -> None:
    colours = [STEPS[step % len(STEPS)] for step in steps(one)]
    name = say("week", week=summary.week.number)
    _divided(sheet, name, [count.now for count in one.counts], colours, now=True)
    named = [(say.labels.choice(one.question, count.choice), count.now) for count in one.counts]
    _legend(sheet, [(fill, label) for fill, (label, n) in zip(colours, named, strict=True) if n])


def _place(question: str) -> int:
    return ASKED_FIRST.index(question) if question in ASKED_FIRST else len(ASKED_FIRST)


def _lines(sheet: Sheet, text: str) -> None:
    for line in broken(text, BODY, FULL):
        sheet.text(MARGIN, sheet.y + 26, line, BODY, colour=SOFT)
        sheet.y += 42
    sheet.y += 10
