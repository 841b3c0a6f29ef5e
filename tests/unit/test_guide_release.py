"""What a released version promised is kept: no question and no choice is lost, and changes have a new version."""

from __future__ import annotations

from pathlib import Path

import pytest

from prompts import load_guide
from prompts.check import check, release
from tests.unit.guide_kit import DA, EN, GUIDE, RELEASED, edit, found, own_folder

VERSION = load_guide().guide.version
NOW, NEXT, LATER = (f"version: {VERSION + more}" for more in range(3))


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A folder whose guide was released as it is shipped."""
    folder = own_folder(tmp_path, GUIDE, DA, EN)
    assert release(folder) == [folder / RELEASED]
    return folder


def test_an_unchanged_guide_is_in_order(released: Path) -> None:
    """After a release, and after a second one of the same version, there is nothing to say."""
    assert check(released) == []
    first = (released / RELEASED).read_text(encoding="utf-8")
    release(released)
    assert (released / RELEASED).read_text(encoding="utf-8") == first


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [(GUIDE, "toughness >= 4", "toughness >= 5"), (DA, "Hvad skete der?", "Hvad var det?")],
    ids=["logic", "words"],
)
def test_a_change_needs_a_new_version(released: Path, file: str, old: str, new: str) -> None:
    """Logic or words changed under the same version is a mistake; raising the version settles it."""
    edit(released / file, old, new)
    mistake = found(released, f"changed since version {VERSION} was released")[0]
    assert mistake.file == str(released / GUIDE)
    assert mistake.remedy == f"raise it to {VERSION + 1}"
    line = edit(released / GUIDE, NOW, NEXT)
    assert mistake.line == line
    assert check(released) == []


def test_a_choice_is_never_lost(released: Path) -> None:
    """A choice that is gone since the last release is named, even under a new version."""
    edit(released / GUIDE, NOW, NEXT)
    edit(released / GUIDE, "choices: [took_it, saw_it, none]", "choices: [took_it, saw_it]")
    for words in (DA, EN):
        edit(released / words, "      none: ", "      # ")
    mistake = found(released, f"'none' of version {VERSION} is gone")[0]
    assert mistake.place == "questions.opening.choices"
    assert "never removed" in mistake.remedy


def test_a_choice_may_be_added(released: Path) -> None:
    """A new choice under a new version is fine."""
    edit(released / GUIDE, NOW, NEXT)
    edit(released / GUIDE, "choices: [took_it, saw_it, none]", "choices: [took_it, saw_it, none, later]")
    edit(released / DA, "      none: Ikke i dag", "      none: Ikke i dag\n      later: Måske senere")
    edit(released / EN, "      none: Not today", "      none: Not today\n      later: Perhaps later")
    assert check(released) == []


def test_a_result_is_never_lost(released: Path) -> None:
    """The same holds for the results of contact attempts."""
    edit(released / GUIDE, "results: [no_answer, message_left,", "results: [no_answer,")
    assert found(released, f"'message_left' of version {VERSION} is gone")


def test_a_question_is_never_lost(released: Path) -> None:
    """A renamed question is a lost one."""
    edit(released / GUIDE, "- id: distance", "- id: how_close")
    mistake = found(released, f"the question 'distance' of version {VERSION} is gone")[0]
    assert "ask: offer" in mistake.remedy


def test_a_question_can_be_laid_to_rest(released: Path) -> None:
    """The remedy works: `ask: offer` without an offer keeps a question and never asks it."""
    edit(released / GUIDE, NOW, NEXT)
    edit(released / GUIDE, "- id: distance\n", "- id: distance\n    ask: offer\n")
    assert check(released) == []


def test_a_kind_never_changes(released: Path) -> None:
    """Answers of another kind could not be read together."""
    edit(released / GUIDE, "kind: scale\n    visibility: A", "kind: text\n    visibility: A")
    assert found(released, f"the kind of 'goal_agreement' was scale in version {VERSION}")


def test_versions_only_go_up(released: Path) -> None:
    """A version below the last released one is a mistake."""
    edit(released / GUIDE, NOW, LATER)
    release(released)
    edit(released / GUIDE, LATER, NEXT)
    assert found(released, f"version {VERSION + 2} is released already")[0].remedy == f"write {VERSION + 3}"


def test_a_damaged_release_file_is_told(released: Path) -> None:
    """A version whose hash was edited away is a mistake in released.yaml itself."""
    edit(released / RELEASED, "  hash: ", "  hush: ")
    assert {mistake.file for mistake in check(released)} == {str(released / RELEASED)}
