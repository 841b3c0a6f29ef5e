"""The report as one file: complete, escaped, self-contained, and silent about what is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from bot.dialogue.summary import Count, Distribution, WeeklySummary
from bot.reports.page import write
from bot.reports.pictures import answers
from bot.reports.wording import Said
from tests.unit.week_report_kit import (
    CONTACT,
    PARTICIPATION,
    STRAIN,
    ago,
    distribution,
    empty,
    full,
    labels,
    large,
    messages,
)

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{ 7*7 }} &amp;"


def page(summary: WeeklySummary, language: str = "da") -> str:
    """The report of a week."""
    return write(summary, labels(language), messages(language))


class Read(HTMLParser):
    """What a reader of the file finds: its tags, its text by section, and its tables by caption."""

    VOID = frozenset({"meta", "link", "rect", "line"})

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.section = "outside"
        self.text: dict[str, str] = {}
        self.tables: dict[str, list[list[str]]] = {}
        self._caption = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where we are."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "section":
            self.section = dict(attrs)["id"] or ""
        if tag == "tr":
            self.tables.setdefault(self._caption, []).append([])
        if tag in ("th", "td"):
            self.tables[self._caption][-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Drawn shapes close themselves."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Every tag closes the one that was opened last."""
        assert self.open.pop() == tag, f"</{tag}> closes another tag"
        if tag == "section":
            self.section = "outside"

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        if self.open and self.open[-1] == "style":
            return
        self.text[self.section] = self.text.get(self.section, "") + data
        if "caption" in self.open:
            self._caption = data
        elif self.open and ("td" in self.open or "th" in self.open):
            self.tables[self._caption][-1][-1] += data

    def row(self, caption: str, label: str) -> list[str]:
        """The cells of the row with this label."""
        return next(row[1:] for row in self.tables[caption] if row[0] == label)


def written(numbers: Sequence[int]) -> list[str]:
    """Numbers as they stand in a table."""
    return [str(n) for n in numbers]


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("summary", [empty(), full(), large()])
def test_the_file_stands_alone(summary: WeeklySummary, language: str) -> None:
    """No address outside the file, no script, the language said, one main heading, every heading below another."""
    source = page(summary, language)
    read = Read(source)
    assert read.open == []
    assert source.startswith("<!doctype html>")
    assert re.search(r"(?i)https?:|//\w|url\(|@import|javascript:", source) is None
    assert not {"script", "iframe", "img", "object", "form", "a"} & set(read.tags)
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert ("lang", language) in read.attributes
    assert read.tags.count("h1") == 1
    assert read.tags.count("h2") == 9  # eight parts and the foot
    assert {"h3", "h4"} & set(read.tags) == set()


def test_who_cannot_see_it_is_told_the_same() -> None:
    """Charts have a title and their numbers in words, tables a caption, and each number a row and a column it is in."""
    read = Read(page(full()))
    assert read.tags.count("figure") == 5
    assert read.tags.count("desc") == read.tags.count("figcaption") == 5
    assert "Uge 40: 11; uge 41: 13;" in read.text["work"]
    assert "Uge 47: Tæt og tryg 3, God 6, Op og ned 3, Fjern 1, Anspændt 1;" in read.text["relation"]
    assert read.tags.count("caption") == read.tags.count("table") == 8
    assert [value for name, value in read.attributes if name == "scope"].count("row") > 30
    ids = [value for name, value in read.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    wanted = [one for name, value in read.attributes if name == "aria-labelledby" for one in value.split()]
    assert set(wanted) <= set(ids)


def test_every_figure_is_there() -> None:
    """Each number of the summary stands in a table, beside the weeks before it."""
    week, read = full(), Read(page(full()))
    assert read.row("Tallene uge for uge", "Kontakter") == written(week.contacts)
    assert read.row("Tallene uge for uge", "Refleksioner") == written(week.debriefs)
    assert read.row("Tallene uge for uge", "Akutte") == written(week.acute)
    assert read.row("Tallene uge for uge", "Timer") == ["10", "12", "11¾", "15", "8", "14", "13¼", "14½"]
    assert read.row("Tallene uge for uge", "Timer undervejs") == ["2", "2½", "2", "3", "1½", "2¾", "2½", "3¼"]
    assert read.row("Hvad det handlede om", "Gange i alt") == written(week.safety.events)
    said = labels("da")
    for caption, question, counts in (
        ("Hvad møderne blev til", "outcome", week.outcomes),
        ("Hvad der blev tilpasset", "adjusted", week.flexibility),
        ("Valg ved fravær", "absence_decision", week.absence.decisions),
    ):
        for count in counts:
            if any(count.weeks):
                assert read.row(caption, said.choice(question, count.choice)) == written(count.weeks)


def test_kinds_of_what_was_unsafe_have_a_dash_where_they_are_left_out() -> None:
    """In a week with few events the kinds could be laid beside a name: the number of events stands, no kind does."""
    read = Read(page(full()))
    hidden = "–vises ikke"
    for choice, shown in (("threat", ("2", "3")), ("fear_life_health", ("1", "1"))):
        cells = ["0", hidden, "0", "0", shown[0], "0", hidden, shown[1]]
        assert read.row("Hvad det handlede om", labels("da").choice("safety", choice)) == cells
    assert "mindst tre gange fra mindst to mentorer" in read.text["safety"]
    none = replace(full(), safety=replace(full().safety, kinds=(), shown=(False,) * 8))
    assert labels("da").choice("safety", "fear_life_health") not in Read(page(none)).text["safety"]


def test_the_colours_go_the_same_way_on_every_scale() -> None:
    """Five is the good end of the two scales of agreement, the first choice everywhere else: both are the same blue."""
    steps = {str(step): 3 for step in range(1, 6)}
    agreed = [distribution(name, steps, steps) for name in ("goal_agreement", "task_agreement")]
    for one in (CONTACT, PARTICIPATION, *agreed):
        chart = answers(one, full(), Said(messages("da"), labels("da")))
        assert chart is not None
        good = labels("da").choice(one.question, one.counts[-1 if one in agreed else 0].choice)
        assert (chart.legend[0], chart.legend[-1])[one in agreed] == ("s0", good)
        assert sorted(kind for kind, _ in chart.legend) == ["s0", "s1", "s2", "s3", "s4"]
        assert [part.kind for part in chart.bars[0].parts if part.kind == "s0"] == ["s0"]


def test_everything_open_is_there() -> None:
    """Each wish, waiting decision, citizen without contact, known event and overdue follow-up has its line."""
    week, read = full(), Read(page(full()))
    for one in week.absence.waiting:
        assert one.pseudonym in read.text["absence"]
    for citizen in week.without_contact:
        assert f"{citizen.pseudonym} {citizen.days} dage" in " ".join(read.text["without_contact"].split())
    assert "Hvor tæt på må jeg gå, når der er trusler?" in read.text["supervision"]
    assert "fokus er ikke delt" in read.text["supervision"]
    assert "ingen kontakt endnu" in read.text["without_contact"]
    assert "Dina" in read.text["safety"]
    assert "9 dage over tiden" in read.text["overdue"]


def test_a_distribution_that_is_left_out_leaves_nothing_behind() -> None:
    """Whatever numbers came with a week that is not shown, the file has none of them, and says that it is left out."""
    counts = tuple(
        Count(one.choice, tuple(n if seen else 7717 for n, seen in zip(one.weeks, STRAIN.shown, strict=True)))
        for one in STRAIN.counts
    )
    leaking = Distribution("toughness", counts, STRAIN.shown)
    source = page(replace(full(), distributions=(CONTACT, leaking)))
    assert "77" not in source
    read = Read(source)
    assert read.row("Hvor hårdt: antal svar", "1 · let") == ["4", "4", "–vises ikke", "4", "4", "4", "4", "–vises ikke"]
    assert "»Hvor hårdt« vises ikke i denne uge." in read.text["relation"]
    never = replace(leaking, shown=(False,) * 8)
    assert "Hvor hårdt: antal svar" not in Read(page(replace(full(), distributions=(never,)))).tables


def test_texts_from_people_stay_texts() -> None:
    """Team, names, pseudonyms and focus texts cannot become markup or templates."""
    week = full()
    wishes = tuple(replace(one, mentor=HOSTILE, focus=HOSTILE, pseudonym=HOSTILE) for one in week.supervision)
    lost = tuple(replace(one, pseudonym=HOSTILE, mentor=HOSTILE) for one in week.without_contact)
    source = page(replace(week, team=HOSTILE, supervision=wishes, without_contact=lost))
    read = Read(source)
    assert "script" not in read.tags
    assert "img" not in read.tags
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert "49" not in read.text["supervision"]
    assert HOSTILE in read.text["supervision"]
    assert HOSTILE in read.text["outside"]


def test_mentors_are_named_only_where_something_of_theirs_is_open() -> None:
    """No name stands among the figures of the work or the answers, nor in the foot."""
    read = Read(page(full()))
    for part in ("work", "relation", "outside"):
        assert not any(re.search(rf"\b{name}\b", read.text[part]) for name in ("Anna", "Bo", "Carl", "Dina"))


def test_the_foot_says_what_is_left_out_and_what_it_is_not_for() -> None:
    """Thresholds, private answers, and that it is not for controlling staff, in both languages."""
    danish, english = Read(page(empty())).text["outside"], Read(page(empty(), "en")).text["outside"]
    assert "ikke til kontrol af medarbejdere" in danish
    assert "mindst ti svar fra mindst tre mentorer" in danish
    assert "privat" in danish
    assert "not for controlling staff" in english
    assert "at least ten answers from at least three mentors" in english


def test_the_dates_are_the_weeks() -> None:
    """Monday to Sunday, also over a change of month and of year; a week that is not over says as of when."""
    assert "16.–22. november 2026" in page(empty())
    assert "16–22 November 2026" in page(empty(), "en")
    week = empty().week
    assert "30. november – 6. december 2026" in page(replace(empty(), week=week.moved(2)))
    assert "28. december 2026 – 3. januar 2027" in page(replace(empty(), week=week.moved(6)))
    half = replace(full(), at=ago(2))
    assert "Gjort op lørdag 21. november kl. 00.00" in page(half)
