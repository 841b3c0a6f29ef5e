"""The auditor of odd texts: wherever one is shown, it must stand there word for word, and do nothing."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import ElementTree

from bot.telegram.parts import split
from tests.faults.odd_texts import Planted
from tests.faults.texts import MARKER

ALTERED = "not word for word"
INTERPRETED = "taken for markup"
FORMULA = "a formula"
FORGED = "a line or a cursor of its own"
BROKEN = "a file that cannot be read"
MISSING = "missing"
KINDS = (ALTERED, INTERPRETED, FORMULA, FORGED, BROKEN, MISSING)

# Telegram's HTML as our texts use it: tags without attributes, and entities (core.telegram.org/bots/api#html-style).
_TOKEN = re.compile(r"</?(b|i|u|s|code|pre|blockquote)>|&(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+);|[^<&]", re.DOTALL)
_ACTIVE = {"script", "img", "iframe", "object", "embed", "form", "base", "meta", "x"}
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_FORMULA = tuple("=+-@\t\r＝＋－＠")
_SOURCE_NAME = re.compile(r"R[0-9A-F]{12} [A-Za-z0-9_ -]+(?:\.\w+)?")  # names of files: letters only, on purpose
_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


@dataclass
class Report:
    """What was found; ``seen``: field and sink → how many odd texts stood there as they must."""

    violations: list[tuple[str, str]] = field(default_factory=list)
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, kind: str, what: str) -> None:
        """Name a violation."""
        self.violations.append((kind, what))

    @property
    def kinds(self) -> Counter[str]:
        """How many of each."""
        return Counter(kind for kind, _ in self.violations)

    def __str__(self) -> str:
        first = {what.partition(":")[0]: (kind, what) for kind, what in reversed(self.violations)}
        sinks = Counter[str]()
        for (_, sink), count in self.seen.items():
            sinks[sink] += count
        told = ", ".join(f"{sink} {count}" for sink, count in sorted(sinks.items()))
        counted = ", ".join(f"{kind} {self.kinds[kind]}" for kind in KINDS if self.kinds[kind]) or "0 violations"
        return f"{counted} · seen in: {told}" + "".join(f"\n  {kind}: {what}" for kind, what in first.values())


class Auditor:
    """Looks at texts as they come out of a sink, each decoded as its reader would decode it."""

    def __init__(self, planted: Iterable[Planted]) -> None:
        self._known: Mapping[str, Planted] = {one.marker: one for one in planted}
        self.report = Report()

    def exact(self, sink: str, leaves: Iterable[str]) -> None:
        """Every letter, white space too."""
        for leaf in leaves:
            for marker in MARKER.findall(leaf):
                one = self._known[marker]
                self._counts(sink, one, one.literal in leaf or _line(one) in leaf, leaf)

    def shown(self, sink: str, leaves: Iterable[str]) -> None:
        """Every letter that can be seen; what is too long may end in "…"."""
        for leaf in leaves:
            if MARKER.search(leaf) is None:
                continue
            seen = visible(leaf)
            for found in MARKER.finditer(seen):
                one = self._known.get(found[0])
                if one is None and _SOURCE_NAME.fullmatch(leaf):
                    continue  # a file's name is cut short: half a marker and the beginning of the next read as one
                if one is None:
                    self.report.add(ALTERED, f"{sink}: {found[0]!r} was never planted")
                    continue
                place = found.start()
                right = (
                    _stands(seen, place, one, one.literal)
                    or _stands(seen, place, one, _line(one))
                    or _stands(seen, place, one, _joined(one))
                )
                self._counts(sink, one, right or bool(_SOURCE_NAME.fullmatch(leaf)), leaf)

    def _counts(self, sink: str, one: Planted, right: bool, leaf: str) -> None:
        if right:
            self.report.seen[one.field, sink] += 1
        else:
            place = leaf.find(one.marker)
            around = leaf[max(0, place - 30) : place + 50]
            self.report.add(ALTERED, f"{sink}: {one.field} {one.literal[:60]!r} reads {around!r}")

    def telegram(self, sink: str, markup: str) -> None:
        """A message in Telegram's HTML, in the parts in which it is sent."""
        for part in split(markup):
            if _TOKEN.sub("", part) or not _nested(part):
                self.report.add(INTERPRETED, f"{sink}: not Telegram's HTML: {_TOKEN.sub('', part)[:60]!r}")
        reader = _Reader()
        reader.feed(markup)
        reader.close()
        self.shown(sink, ["".join(reader.texts)])

    def page(self, sink: str, markup: str) -> None:
        """A page of HTML: nothing in it may act, or ask anything of another place."""
        reader = _Reader()
        reader.feed(markup)
        reader.close()
        for what in reader.active:
            self.report.add(INTERPRETED, f"{sink}: {what[:80]!r}")
        self.shown(sink, ["".join(reader.texts), *reader.values])

    def table(self, sink: str, text: str, delimiter: str = ",") -> None:
        """A CSV file, as a spreadsheet opens it."""
        for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter):
            for cell in row:
                if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
                    self.report.add(FORMULA, f"{sink}: {cell[:60]!r}")
            self.shown(sink, row)

    def workbook(self, sink: str, file: Path) -> None:
        """A workbook: text cells only."""
        book = openpyxl.load_workbook(file, read_only=True)
        try:
            for row in (row for sheet in book.worksheets for row in sheet.iter_rows()):
                for cell in row:
                    if cell.data_type == "f":
                        self.report.add(FORMULA, f"{sink}: {str(cell.value)[:60]!r}")
                self.shown(sink, [cell.value for cell in row if isinstance(cell.value, str)])
        except ParseError as error:
            self.report.add(BROKEN, f"{sink}: {error}")
        finally:
            book.close()

    def project(self, sink: str, file: Path) -> None:
        """A REFI-QDA project: XML without a document type, and plain texts."""
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                text = archive.read(name).decode("utf-8-sig")
                if name.endswith(".txt"):
                    self.shown(sink, [text])
                    continue
                try:
                    elements = list(ElementTree.fromstring(text, forbid_dtd=True).iter())
                except ParseError as error:
                    self.report.add(BROKEN, f"{sink}: {name}: {error}")
                    continue
                for element in elements:
                    self.shown(sink, [element.text or "", *element.attrib.values()])

    def terminal(self, sink: str, text: str) -> None:
        """What stands on a terminal or in a log: no letter moves the cursor, and no line is anybody else's."""
        for line in text.split("\n"):
            strange = [sign for sign in line if unicodedata.category(sign) == "Cc" or sign in "\u2028\u2029"]
            if strange or line.startswith(("CRITICAL bot: forged", "forged: yes")):
                self.report.add(FORGED, f"{sink}: {line[:80]!r} {strange}")

    def must(self, wanted: Mapping[str, Iterable[str]]) -> None:
        """Each field was seen in each of these sinks."""
        for what, sinks in wanted.items():
            for sink in sinks:
                if not self.report.seen[what, sink]:
                    self.report.add(MISSING, f"no {what} was seen in {sink}")


def visible(text: str) -> str:
    """The text without white space, control characters and marks that only turn the direction, accents composed."""
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    return "".join(sign for sign in text if not sign.isspace() and unicodedata.category(sign) not in ("Cc", "Cs"))


def strings(data: Any) -> Iterator[str]:
    """Every text in what JSON was."""
    match data:
        case str():
            yield data
        case dict():
            for key, value in data.items():
                yield key
                yield from strings(value)
        case list():
            for value in data:
                yield from strings(value)


def json_lines(text: str) -> Iterator[str]:
    """Every text in lines of JSON."""
    for line in filter(None, text.split("\n")):  # not splitlines: U+2028 ends no line of JSON
        yield from strings(json.loads(line))


def _joined(one: Planted) -> str:
    """As a line of the log quotes it, which names where the lines of the text end."""
    return " / ".join(line.strip() for line in one.literal.splitlines())


def _line(one: Planted) -> str:
    """What is agreed becomes things to do, one for each line."""
    if one.field != "agreements":
        return one.literal
    return next(line for line in one.literal.splitlines() if one.marker in line).strip()


def _stands(seen: str, place: int, one: Planted, literal: str) -> bool:
    literal = visible(literal)
    before = literal.index(one.marker)
    start = place - before
    if start < 0 or not seen.startswith(literal[: before + len(one.marker)], start):
        return False
    for offset in range(before + len(one.marker), len(literal)):
        if seen[start + offset : start + offset + 1] != literal[offset]:
            return seen.startswith("…", start + offset)
    return True


def _nested(markup: str) -> bool:
    waiting: list[str] = []
    for close, name in re.findall(r"<(/?)(\w+)>", markup):
        if not close:
            waiting.append(name)
        elif not waiting or waiting.pop() != name:
            return False
    return not waiting


def _tame_meta(attrs: list[tuple[str, str | None]]) -> bool:
    """Of the words that a page says about itself, only a refresh acts."""
    told = dict(attrs)
    return (
        bool(told) and (told.get("http-equiv") or "").lower() != "refresh" and ("content" in told or "charset" in told)
    )


class _Reader(HTMLParser):
    """What a browser would show, and what it would do."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.values: list[str] = []
        self.active: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        if tag in _ACTIVE and not _tame_meta(attrs):
            self.active.append(f"<{tag}>")
        for name, value in attrs:
            self.values.append(value or "")
            local = name not in ("src", "href", "srcdoc", "action") or (value or "").startswith(("#", "data:,"))
            if name.startswith("on") or not local:
                self.active.append(f"<{tag} {name}={value}>")

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.active.append(f"<!--{data}")

    def unknown_decl(self, data: str) -> None:
        self.active.append(f"<![{data}")

    def handle_pi(self, data: str) -> None:
        self.active.append(f"<?{data}")
