"""The codebook's files: every mistake is told with file, line and remedy, and the shipped ones have none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from prompts.check import check
from prompts.checks.codebook import check_codebook
from prompts.codebook import CodebookError, load_codebook
from prompts.files import Folders
from tests.unit.guide_kit import GUIDE, edit, own_folder

BOOK, DA, EN, OWN = "codebook.yaml", "da/codebook.yaml", "en/codebook.yaml", "own/codebook.yaml"
MINE = """\
codes:
  - id: relation.silence
    name: Tavshed
    definition: At ingen siger noget.
    tension: meaning
    colour: "#102030"
    guid: 0A1B2C3D-0000-4000-8000-00000000000A
  - id: dogs
    name: Hunden
    guid: 0A1B2C3D-0000-4000-8000-00000000000B
"""
ID = "- {id: relation.meaning,"
TIME = "{id: flexibility, tension: time,"


@dataclass(frozen=True)
class Broken:
    """One edit that breaks a file. ``after``: lines from the edited text to the line of the mistake; None: what is
    missing altogether has no line of its own."""

    name: str
    file: str
    old: str
    new: str
    problem: str
    remedy: str
    after: int | None = 0


BROKEN = [
    Broken("yaml syntax", BOOK, "version: 1", "version: [1", "cannot be read as YAML", "bracket", 2),
    Broken("misspelt key", BOOK, f"{ID} colour", f"{ID} color", "'color' is not known", "write 'colour'"),
    Broken(
        "no colour",
        BOOK,
        '- {id: targetgroup, tension: across, colour: "#937725"}',
        "- {id: targetgroup, tension: across}",
        "'colour' is missing",
        "add it",
    ),
    Broken("bad id", BOOK, ID, "- {id: Relation.Mening,", "has the wrong form", "small letters"),
    Broken("three levels", BOOK, ID, "- {id: relation.meaning.deep,", "has the wrong form", "small letters"),
    Broken("id twice", BOOK, ID, "- {id: relation.affective,", "'relation.affective' is there twice", "rename"),
    Broken("no theme", BOOK, ID, "- {id: relatoin.meaning,", "no theme 'relatoin'", "correct the id"),
    Broken("colour in words", BOOK, '"#5DA0D0"', '"blue"', "'blue' is no colour", "#RRGGBB"),
    Broken("colour in small letters", BOOK, '"#5DA0D0"', '"#5da0d0"', "is no colour", "capitals"),
    Broken("colour twice", BOOK, '"#5DA0D0"', '"#3F9CC7"', "has the colour of 'relation.affective'", "another"),
    Broken("unknown tension", BOOK, TIME, "{id: flexibility, tension: clock,", "no tension 'clock'", "time"),
    Broken("theme without tension", BOOK, TIME, "{id: flexibility,", "'flexibility' names no tension", "add"),
    Broken("tension twice", BOOK, "[meaning, time,", "[meaning, time, time,", "'time' is there twice", "keep one"),
    Broken("tension unused", BOOK, "across]", "across, money]", "no code belongs to the tension 'money'", "remove"),
    Broken("version in words", BOOK, "version: 1", "version: one", "must be a whole number", "without quotes"),
    Broken(
        "code not worded",
        DA,
        "  relation.meaning:\n",
        "  relation.mening:\n",
        "'relation.meaning' has no wording",
        "add",
        None,
    ),
    Broken(
        "words without code", EN, "  relation.meaning:\n", "  relation.menaing:\n", "there is no code", "correct its id"
    ),
    Broken("tension not worded", EN, "  across:\n", "  along:\n", "the tension 'across' has no wording", "add", None),
    Broken("words without tension", DA, "  across:\n", "  langs:\n", "there is no tension 'langs'", "correct"),
    Broken("definition missing", DA, "    definition: Arbejds", "    # ", "'definition' is missing", "add it", -2),
    Broken(
        "use_when empty",
        EN,
        "use_when: The passage is about the relation",
        "use_when: '' # ",
        "the text is empty",
        "write",
    ),
    Broken("name twice", DA, "    name: Krydspres", "    name: RELATION", "also the name of 'relation'", "another"),
    Broken("name too long", EN, "    name: Cross-pressure", f"    name: C{'x' * 60}", "61 characters", "at most 60"),
    Broken(
        "name of two lines", DA, "    name: Krydspres", '    name: "Kryds\\npres"', "not one plain line", "one line"
    ),
    Broken("text too long", EN, "definition: Standing", f"definition: {'x' * 500}", "characters", "at most 500"),
    Broken(
        "key given twice",
        DA,
        "    name: Krydspres",
        "    name: Krydspres\n    name: Pres",
        "given twice",
        "keep one",
        1,
    ),
    Broken("own: shipped id", OWN, "id: dogs", "id: relation.meaning", "a code of the codebook itself", "another id"),
    Broken("own: id twice", OWN, "id: dogs", "id: relation.silence", "is there twice", "rename"),
    Broken("own: no theme", OWN, "id: relation.silence", "id: silence.long", "no theme 'silence'", "add it"),
    Broken("own: bad id", OWN, "id: dogs", "id: Hunden", "has the wrong form", "small letters"),
    Broken(
        "own: shipped name",
        OWN,
        "name: Hunden",
        "name: cross-pressure",
        "also the name of 'absence.crosspressure'",
        "another",
    ),
    Broken("own: name twice", OWN, "name: Hunden", "name: TAVSHED", "also the name of 'relation.silence'", "another"),
    Broken("own: no name", OWN, "    name: Hunden\n", "", "'name' is missing", "add it", -1),
    Broken("own: name too long", OWN, "name: Hunden", f"name: {'h' * 61}", "61 characters", "at most 60"),
    Broken("own: unknown tension", OWN, "tension: meaning", "tension: money", "no tension 'money'", "meaning"),
    Broken("own: colour in words", OWN, '"#102030"', "blue", "'blue' is no colour", "#RRGGBB"),
    Broken("own: bad guid", OWN, "0A1B2C3D-0000-4000-8000-00000000000B", "0a1b2c3d", "has the wrong form", "fit"),
    Broken("own: guid twice", OWN, "00000000000B", "00000000000A", "'relation.silence' has this guid too", "remove"),
    Broken("own: unknown key", OWN, "definition:", "defintion:", "'defintion' is not known", "write 'definition'"),
    Broken("own: no list", OWN, "codes:\n", "codes: none\nothers:\n", "must be a list", "one item a line"),
    Broken("own: yaml syntax", OWN, "name: Hunden", 'name: "Hunden', "cannot be read as YAML", "quote", None),
]


def folder_of(tmp_path: Path) -> Path:
    """Own prompts and own codes, all in order."""
    own_folder(tmp_path, BOOK, DA, EN)
    (tmp_path / "own").mkdir()
    (tmp_path / OWN).write_text(MINE, encoding="utf-8")
    return tmp_path


def test_the_shipped_codebook_has_no_mistakes() -> None:
    """What comes with the program can be used as it is."""
    assert check_codebook(Folders()) == []


def test_own_codes_in_order_have_no_mistakes(tmp_path: Path) -> None:
    """The file that the next test breaks is whole."""
    folder = folder_of(tmp_path)
    assert check_codebook(Folders(folder), folder / OWN) == []


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_every_mistake_is_told_with_file_line_and_remedy(broken: Broken, tmp_path: Path) -> None:
    """Breaking one thing reports that thing: the right file, its line, a remedy; and the codebook is refused."""
    folder = folder_of(tmp_path)
    line = edit(folder / broken.file, broken.old, broken.new)
    mistakes = check_codebook(Folders(folder), folder / OWN)
    told = [mistake for mistake in mistakes if broken.problem in mistake.problem]
    assert told, [str(mistake) for mistake in mistakes]
    assert told[0].file == str(folder / broken.file)
    assert broken.remedy in told[0].remedy
    if broken.after is not None:
        assert told[0].line == line + broken.after
    with pytest.raises(CodebookError, match="eftertanke guide check"):
        load_codebook(folder, folder / OWN)


@pytest.mark.parametrize(
    ("old", "new", "close"),
    [
        ("codes: [mentor.strain]", "codes: [mentor.strian]", "mentor.strain"),
        ("{id: time, codes: [flexibility.time]}", "{id: time, codes: [flexibilty.time]}", "flexibility.time"),
    ],
)
def test_a_code_that_only_the_guide_knows(old: str, new: str, close: str, tmp_path: Path) -> None:
    """A code of a question or a choice that the codebook does not have is told in the guide, at its line, with the one
    that was probably meant."""
    folder = own_folder(tmp_path, GUIDE)
    line = edit(folder / GUIDE, old, new)
    told = [mistake for mistake in check(folder) if "the codebook has no code" in mistake.problem]
    assert [(one.file, one.line) for one in told] == [(str(folder / GUIDE), line)]
    assert f"write '{close}'" in told[0].remedy


def test_an_own_code_is_not_for_the_guide(tmp_path: Path) -> None:
    """What researchers add stays apart from what the guide puts on answers by itself."""
    folder = folder_of(tmp_path)
    own_folder(folder, GUIDE)
    edit(folder / GUIDE, "codes: [mentor.strain]", "codes: [relation.silence]")
    assert any("no code 'relation.silence'" in one.problem for one in check(folder, folder / OWN))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b""])
def test_own_codes_that_cannot_be_read(content: bytes, tmp_path: Path) -> None:
    """A file in another encoding, or an empty one, is a mistake and no traceback."""
    file = tmp_path / "codebook.yaml"
    file.write_bytes(content)
    told = check_codebook(Folders(), file)
    assert [one.file for one in told] == [str(file)]
