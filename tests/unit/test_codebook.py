"""The codebook: complete in both languages, told apart by every program, and the guide's codes are in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from prompts import load_codebook, load_guide
from prompts.checks.codebook import check_codebook
from prompts.codebook_own import own_codes_text, read_own_codes, write_own_codes
from prompts.codebook_source import OwnCodeSource, name_key
from prompts.files import LANGUAGES, Folders

BOOK = load_codebook()
SHIPPED = {
    "relation": "cognitive affective meaning earlier_mentors persuasion",
    "flexibility": "time place form length order language practical accompanying available seizing waiting",
    "absence": "ground reach promotes crosspressure decision voice shielding deservingness demand trust_in_office"
    " benefit_dependency shame",
    "participation": "ownership codetermination heard informed none agency",
    "mentor": "reaction distance strain safety supervision",
    "targetgroup": "",
}


def own(*lines: str, at: Path) -> Path:
    """A file with own codes."""
    file = at / "codebook.yaml"
    file.write_text("codes:\n" + "".join(f"  - {line}\n" for line in lines), encoding="utf-8")
    return file


def test_all_codes_of_the_method_are_there() -> None:
    """Codings and the guide stand on these ids: none may be lost, and a theme comes before its codes."""
    wanted = [
        code for theme, codes in SHIPPED.items() for code in (theme, *(f"{theme}.{one}" for one in codes.split()))
    ]
    assert [code.id for code in BOOK.codes] == wanted
    assert not any(code.own for code in BOOK.codes)


def test_every_code_says_all_in_both_languages() -> None:
    """Name, definition, when to use it, when not, and its tension: in Danish and in English, and not the same words."""
    for code in BOOK.codes:
        for words in (code.name, code.definition, code.use_when, code.dont_use_when, code.tension):
            assert set(words) == set(LANGUAGES), code.id
            assert all(text.strip() for text in words.values()), code.id
        for words in (code.definition, code.use_when, code.dont_use_when):
            assert words["da"] != words["en"], code.id


def test_names_can_be_told_apart_everywhere() -> None:
    """In either language no two names look alike to a program, also not a theme's and a code's."""
    for language in LANGUAGES:
        names = [name_key(code.name[language]) for code in BOOK.codes]
        assert len(set(names)) == len(names)


def test_what_another_code_is_for_is_called_by_its_name() -> None:
    """ "Don't use when" points to other codes in brackets: each is the name of a code in that language."""
    seen = 0
    for language in LANGUAGES:
        names = {code.name[language] for code in BOOK.codes}
        for code in BOOK.codes:
            for part in code.dont_use_when[language].split("(")[1:]:
                named = part.split(")")[0]
                if named[0].isupper():
                    seen += 1
                    assert named in names, (code.id, language, named)
                    assert named != code.name[language], code.id
    assert seen > 80


def test_every_code_of_the_guide_is_in_the_book() -> None:
    """What the guide puts on answers by itself means something to a coder."""
    named = {code for question in load_guide().guide.questions for code in question.codes}
    named |= {code for question in load_guide().guide.questions for choice in question.choices for code in choice.codes}
    assert len(named) > 20
    assert all(BOOK.get(code) is not None for code in named)


@pytest.mark.parametrize(
    ("pattern", "count"), [("*", 45), ("flexibility.*", 11), ("relation", 1), ("targetgroup.*", 0), ("nothing", 0)]
)
def test_codes_are_chosen_by_pattern(pattern: str, count: int) -> None:
    """One code, a theme's codes, or all; nothing for what there is not."""
    assert len(BOOK.select(pattern)) == count


def test_own_codes_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    """They come after the theme's own codes, are marked, take the theme's tension, and have their words in each
    language; a colour is that of the theme if none is given."""
    file = own(
        "{id: relation.silence, name: Tavshed}", "{id: dogs, name: Hunden}", "{id: dogs.walk, name: Gåtur}", at=tmp_path
    )
    book = load_codebook(own=file)
    assert [code.id for code in book.children("relation")][-1] == "relation.silence"
    assert [code.id for code in book.codes][-2:] == ["dogs", "dogs.walk"]
    silence = book["relation.silence"]
    assert silence.own and silence.name == {"da": "Tavshed", "en": "Tavshed"}
    assert (silence.tension, silence.colour) == (book["relation"].tension, book["relation"].colour)
    assert book["dogs"].tension == {"da": "", "en": ""}
    assert [code for code in book.codes if not code.own] == list(BOOK.codes)


def test_a_file_that_is_not_there_means_no_own_codes(tmp_path: Path) -> None:
    """Most organisations have none."""
    assert load_codebook(own=tmp_path / "codebook.yaml") == BOOK


def test_own_codes_are_written_as_they_are_read(tmp_path: Path) -> None:
    """Whatever stands in a text (colons, quotes, lines, æøå, what looks like a number or a truth) comes back as it was;
    the file that was there is kept beside it."""
    file = tmp_path / "codebook.yaml"
    codes = (
        OwnCodeSource(id="one", name="no", definition="Linje: én\n\n  # to\n- tre", use_when="007", colour="#00FF00"),
        OwnCodeSource(id="one.two", name='»Ja« & "nej"', example="true", tension="time", not_when="x" * 400),
    )
    assert write_own_codes(file, codes[:1]) is None
    kept = write_own_codes(file, codes)
    assert kept is not None and "one.two" not in kept.read_text(encoding="utf-8")
    assert read_own_codes(file) == codes
    assert check_codebook(Folders(), file) == []
    assert file.stat().st_mode & 0o077 == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["codebook.yaml", "codebook.yaml.earlier"]


def test_no_own_codes_is_a_file_too() -> None:
    """An empty list is written so that it can be read again."""
    assert own_codes_text(()).endswith("\ncodes: []\n")
