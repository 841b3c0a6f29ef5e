"""Telegram's small HTML: is a text made of its tags only, and are they closed?

https://core.telegram.org/bots/api#html-style
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

ALLOWED = {"b", "i", "u", "s", "code", "blockquote"}
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.found: list[tuple[int, str, str]] = []

    def _note(self, problem: str, remedy: str) -> None:
        self.found.append((self.getpos()[0], problem, remedy))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED or attrs:
            allowed = ", ".join(f"<{name}>" for name in sorted(ALLOWED))
            self._note(f"Telegram does not show {self.get_starttag_text()}", f"use only {allowed}, without attributes")
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif tag in ALLOWED:
            self._note(f"</{tag}> closes nothing", "close the tags in the order they were opened")

    def handle_data(self, data: str) -> None:
        if "<" in data or ">" in data or "&" in data:
            self._note("a bare <, > or & breaks the text", "write &lt;, &gt; or &amp;")


def markup_problems(source: str) -> list[tuple[int, str, str]]:
    """(line from 1, problem, remedy) for a template's own text; its placeholders are always escaped."""
    reader = _Reader()
    reader.feed(_JINJA.sub(lambda found: "\n" * found.group().count("\n"), source))
    reader.close()
    if reader.open:
        last = source.count("\n", 0, source.rfind(f"<{reader.open[-1]}")) + 1
        reader.found.append((last, f"<{reader.open[-1]}> is never closed", f"add </{reader.open[-1]}>"))
    return reader.found
