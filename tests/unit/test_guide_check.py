"""`guide check`: every kind of mistake is found, with its file, its line and what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from prompts.check import check
from prompts.mistakes import Mistake
from tests.unit.guide_breakages import Broken
from tests.unit.guide_breakages_logic import LOGIC
from tests.unit.guide_breakages_words import WORDS
from tests.unit.guide_kit import DA, DA_TEXTS, EN, GUIDE, edit, found, own_folder


@pytest.mark.parametrize("broken", [*LOGIC, *WORDS], ids=lambda broken: broken.name)
def test_every_mistake_is_told_with_file_line_and_remedy(broken: Broken, tmp_path: Path) -> None:
    """Breaking one thing reports that thing: the right file, its line, a remedy."""
    folder = own_folder(tmp_path, GUIDE, DA, EN, DA_TEXTS)
    line = edit(folder / broken.file, broken.old, broken.new)
    mistakes = found(folder, broken.problem)
    assert mistakes, [str(mistake) for mistake in check(folder)]
    mistake = mistakes[0]
    assert broken.remedy in mistake.remedy
    assert broken.place in mistake.place
    if broken.after is None:
        return
    assert mistake.file == str(folder / broken.file)
    assert mistake.line == line + broken.after


def test_many_mistakes_are_found_in_one_go(tmp_path: Path) -> None:
    """A wrong kind does not hide a wrong condition, a missing wording or a broken text elsewhere."""
    folder = own_folder(tmp_path, GUIDE, DA, EN, DA_TEXTS)
    edit(folder / GUIDE, "kind: citizen", "kind: person")
    edit(folder / GUIDE, "when: opening in ['took_it', 'saw_it']", "when: opning == 'took_it'")
    edit(folder / EN, "  distance:", "  distanc:")
    edit(folder / DA_TEXTS, "<b>Dine svar</b>", "<b>Dine svar")
    problems = "\n".join(mistake.problem for mistake in check(folder))
    for expected in ("'person'", "'opning'", "'distance'", "'distanc'", "<b> is never closed"):
        assert expected in problems


def test_one_mistake_is_reported_once(tmp_path: Path) -> None:
    """A misspelt name in a condition is one mistake, not a chain of consequences."""
    folder = own_folder(tmp_path, GUIDE)
    edit(folder / GUIDE, "when: opening in ['took_it', 'saw_it']", "when: opning == 'took_it'")
    assert len(check(folder)) == 1


def test_a_file_that_is_not_utf8_is_a_mistake(tmp_path: Path) -> None:
    """A guide saved in another encoding is named, with the remedy, instead of a traceback."""
    folder = own_folder(tmp_path, DA)
    (folder / DA).write_bytes("title: Efter mødet\n".encode("latin-1"))
    mistake = found(folder, "cannot be read")[0]
    assert mistake.file == str(folder / DA)
    assert "UTF-8" in mistake.remedy


@pytest.mark.parametrize("name", [GUIDE, DA, DA_TEXTS, "law.yaml"])
def test_an_empty_file_is_a_mistake(name: str, tmp_path: Path) -> None:
    """An empty file in one's own folder is told, since it would stand in for the shipped one."""
    folder = own_folder(tmp_path, name)
    (folder / name).write_text("", encoding="utf-8")
    assert [mistake for mistake in check(folder) if mistake.file == str(folder / name)]


def test_a_template_in_one_language_only_is_a_mistake(tmp_path: Path) -> None:
    """A *.html.j2 file must be there in every language."""
    (tmp_path / "da").mkdir()
    (tmp_path / "da" / "extra.html.j2").write_text("Hej", encoding="utf-8")
    mistake = found(tmp_path, "'extra.html.j2' is missing in the language 'en'")[0]
    assert mistake.file == str(tmp_path / "da" / "extra.html.j2")


def test_a_template_mistake_has_its_own_line(tmp_path: Path) -> None:
    """Inside a template the line is that of the mistake, not of the file's beginning."""
    name = "da/help.html.j2"
    folder = own_folder(tmp_path, name)
    line = edit(folder / name, "{% elif role == 'admin' %}", "{% elif role = 'admin' %}")
    mistake = found(folder, "placeholders cannot be read")[0]
    assert (mistake.file, mistake.line) == (str(folder / name), line)


def test_law_references_need_both_languages_and_a_date(tmp_path: Path) -> None:
    """A reference without an English wording, or with no real date, is a mistake."""
    folder = own_folder(tmp_path, "law.yaml")
    edit(folder / "law.yaml", "checked_on: 2024-10-02", "checked_on: last year")
    assert found(folder, "must be a date")
    own_folder(tmp_path, "law.yaml")
    edit(
        folder / "law.yaml",
        'reference: {da: barnets lov § 133, en: "barnets lov (Children\'s Act) section 133"}',
        "reference: {da: barnets lov § 133}",
    )
    assert found(folder, "the wording in 'en' is missing")


def test_a_mistake_reads_as_one_line() -> None:
    """What people see names file, line, place, problem and remedy in that order."""
    mistake = Mistake("guide.yaml", 7, "questions.outcome", "it is wrong", "put it right")
    assert str(mistake) == "guide.yaml:7: questions.outcome: it is wrong; put it right"


def test_an_unreadable_guide_does_not_blame_its_words(tmp_path: Path) -> None:
    """When guide.yaml cannot be read, that is the one thing to say about it."""
    folder = own_folder(tmp_path, GUIDE)
    edit(folder / GUIDE, "id: efter_moedet", "id: [efter")
    assert len(check(folder)) == 1
