"""``transcripts/``: Markdown and HTML, read by the programs that read such files."""

from __future__ import annotations

import stat
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from bot.exports.transcript import Transcript, clean, transcript_of
from bot.exports.transcripts import Transcripts, html, markdown, paragraphs
from bot.service.reading import ReadReflection
from tests.unit.transcript_kit import AWKWARD, DA, EN, a_visit, answer, reflection, reflections, written


class Page(HTMLParser):
    """The headings of a page, its text, and the tags it uses."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.headings: list[tuple[str, str]] = []
        self.tags: set[str] = set()
        self.said: list[str] = []
        self._in: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._in.append(tag)
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings.append((tag, ""))
        if tag == "br":
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._in.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if self._in and self._in[-1] in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings[-1] = (self.headings[-1][0], self.headings[-1][1] + data)
        elif "title" not in self._in[-1:]:
            self.said.append(data)


def headings(told: Transcript) -> list[tuple[str, str]]:
    """The headings there should be."""
    return [("h1", told.title), *(("h2", one.heading) for one in told.sections)]


def flat(text: str) -> str:
    """The text as these formats tell it: white space of any kind counts as one space, or as none at the ends."""
    return " ".join(text.split())


def spoken(told: Transcript) -> str:
    """What stands between the headings, in one line."""
    return flat("\n".join(one.passage.text if one.passage else one.silence for one in told.sections))


def rendered(told: Transcript) -> Page:
    """The Markdown, as a CommonMark reader shows it."""
    return Page(MarkdownIt("commonmark").render(markdown(told)))


def test_markdown_has_a_heading_for_every_question() -> None:
    """Level one for the reflection, level two for each question, in order: NVivo codes by them."""
    told = transcript_of(a_visit(), DA)
    lines = markdown(told).split("\n")
    assert lines[0] == f"# {told.title}"
    assert "## Mødet: Hvad blev mødet til?" in lines
    assert rendered(told).headings == headings(told)


def test_html_says_that_it_is_utf8() -> None:
    """Taguette shows "Ã¦" without; the page is whole and in the reader's language."""
    page = html(transcript_of(a_visit(), EN))
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    assert page.endswith("</html>")


@settings(deadline=None)
@given(reflections())
def test_nothing_anybody_wrote_is_markup(read: ReadReflection) -> None:
    """The same headings, the same words, and no other tags, whatever was written, in both formats."""
    told = transcript_of(read, DA)
    page, text = Page(html(told)), rendered(told)
    for one in (page, text):
        assert [(tag, flat(said)) for tag, said in one.headings] == [(tag, flat(said)) for tag, said in headings(told)]
        assert flat("".join(one.said)) == spoken(told)
    assert page.tags <= {"html", "head", "meta", "title", "body", "h1", "h2", "p", "br", "em"}
    assert text.tags <= {"h1", "h2", "p", "br", "em"}


@pytest.mark.parametrize(
    "text", [*AWKWARD, "* * *", "1) et", "i. et", "> citat", "[a]: b", "~~~\nx", "a\\", "&amp;", "*a* _b_ `c`"]
)
def test_markup_in_an_answer_stays_text(text: str) -> None:
    """Headings, lists, quotes, links and code are what the mentor's keyboard happened to give."""
    told = transcript_of(reflection(answer("what_happened", text=f"{text}\n{text}")), DA)
    page = rendered(told)
    assert flat("".join(page.said)) == spoken(told)
    assert page.headings == headings(told)


@given(written())
def test_paragraphs_keep_every_line(text: str) -> None:
    """Only empty lines are lost between paragraphs."""
    kept = [line for block in paragraphs(clean(text)) for line in block]
    assert [line for line in kept if line.strip(" \t")] == [
        line for line in clean(text).split("\n") if line.strip(" \t")
    ]


def test_the_files(tmp_path: Path) -> None:
    """Two for each reflection, under the name it has in the project, for their owner only."""
    told = transcript_of(a_visit(), DA)
    files = Transcripts(tmp_path)
    files.add(told)
    assert stat.S_IMODE((tmp_path / "transcripts").stat().st_mode) == 0o700
    assert sorted(one.name for one in (tmp_path / "transcripts").iterdir()) == [f"{told.name}.html", f"{told.name}.md"]
    for one in (tmp_path / "transcripts").iterdir():
        assert stat.S_IMODE(one.stat().st_mode) == 0o600
        assert not one.read_bytes().startswith(b"\xef\xbb\xbf")
        assert b"\r" not in one.read_bytes()
