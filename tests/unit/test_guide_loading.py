"""Loading a guide, keeping it, and getting it back exactly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prompts import GuideError, LoadedGuide, load_guide
from tests.unit.guide_kit import DA, EN, GUIDE, edit, own_folder


def test_stored_and_loaded_again_it_is_the_same() -> None:
    """to_json and from_json lose nothing: same hash, same text, same logic, same words."""
    loaded = load_guide()
    again = LoadedGuide.from_json(loaded.to_json())
    assert again.guide.hash == loaded.guide.hash
    assert again.to_json() == loaded.to_json()
    assert [q.id for q in again.guide] == [q.id for q in loaded.guide]
    assert again.guide.tough.when.source == loaded.guide.tough.when.source
    for before, after in zip(loaded.guide, again.guide, strict=True):
        assert (before.choices, before.results, before.codes) == (after.choices, after.results, after.codes)
        assert before.when.source == after.when.source
        assert again.wording["da"].wording_hash(after.id) == loaded.wording["da"].wording_hash(before.id)


def test_the_stored_text_is_plain_json() -> None:
    """What is kept in the database can be read without this program."""
    data = json.loads(load_guide().to_json())
    assert data["wording"]["da"]["questions"]["opening"]["ask"] == "Var der en åbning, og greb du den?"
    assert len(load_guide().guide.hash) == 64


@pytest.mark.parametrize("text", ["{}", "[]", '{"guide": {}, "wording": {}}', "not json"])
def test_something_else_is_not_taken_for_a_guide(text: str) -> None:
    """A damaged row is a ValueError, not half a guide."""
    with pytest.raises(ValueError):
        LoadedGuide.from_json(text)


def test_the_hash_covers_logic_and_every_language(tmp_path: Path) -> None:
    """A changed condition and a changed word, also in English alone, each give another hash."""
    shipped = load_guide().guide.hash
    for name, old, new in (
        (GUIDE, "toughness >= 4", "toughness >= 5"),
        (DA, "Hvad skete der?", "Hvad var det, der skete?"),
        (EN, "ask: What happened?", "ask: What was it that happened?"),
    ):
        folder = own_folder(tmp_path / name.replace("/", "_"), name)
        edit(folder / name, old, new)
        assert load_guide(folder).guide.hash != shipped


def test_comments_do_not_change_the_hash(tmp_path: Path) -> None:
    """A comment is not content: the hash stays."""
    folder = own_folder(tmp_path, GUIDE)
    edit(folder / GUIDE, "id: efter_moedet", "# a remark\nid: efter_moedet")
    assert load_guide(folder).guide.hash == load_guide().guide.hash


def test_the_same_letter_in_two_spellings_is_one(tmp_path: Path) -> None:
    """å as one sign or as a with a ring is the same wording with the same hash."""
    folder = own_folder(tmp_path, DA)
    text = (folder / DA).read_text(encoding="utf-8")
    (folder / DA).write_text(text.replace("å", "a\u030a"), encoding="utf-8")
    assert load_guide(folder).guide.hash == load_guide().guide.hash


def test_the_wording_hash_is_of_what_was_shown(tmp_path: Path) -> None:
    """Another button label changes it; the name used in lists does not; the languages differ."""
    shipped = load_guide().wording["da"]
    folder = own_folder(tmp_path, DA)
    edit(folder / DA, "acute: ⚡ Akut samtale", "acute: ⚡ Akut")
    edit(folder / DA, "short: Hvor hårdt", "short: Hårdhed")
    changed = load_guide(folder).wording["da"]
    assert changed.wording_hash("outcome") != shipped.wording_hash("outcome")
    assert changed.wording_hash("toughness") == shipped.wording_hash("toughness")
    assert load_guide().wording["en"].wording_hash("outcome") != shipped.wording_hash("outcome")


def test_own_files_stand_in_one_by_one(tmp_path: Path) -> None:
    """A folder with only da.yaml changes the Danish words and nothing else."""
    folder = own_folder(tmp_path, DA)
    edit(folder / DA, "Hvad skete der?", "Hvad var det, der skete?")
    loaded = load_guide(folder)
    assert loaded.wording["da"].question("what_happened").ask == "Hvad var det, der skete?"
    assert loaded.wording["en"].question("what_happened").ask == "What happened?"


def test_a_broken_guide_is_refused_with_all_its_mistakes(tmp_path: Path) -> None:
    """Loading fails in one sentence that names the first mistake and says how to see the rest."""
    folder = own_folder(tmp_path, GUIDE)
    edit(folder / GUIDE, "kind: citizen", "kind: person")
    edit(folder / GUIDE, "when: opening in ['took_it', 'saw_it']", "when: opning")
    with pytest.raises(GuideError, match="eftertanke guide check") as caught:
        load_guide(folder)
    assert len(caught.value.mistakes) == 2
    assert str(folder) in str(caught.value)


def test_an_unknown_guide_is_refused() -> None:
    """A guide that is not there is a GuideError that names the missing file."""
    with pytest.raises(GuideError, match=r"guides/nowhere/guide\.yaml"):
        load_guide(guide_id="nowhere")


def test_no_is_an_answer_not_a_truth_value(tmp_path: Path) -> None:
    """An unquoted no in the guide stays the answer "no"."""
    folder = own_folder(tmp_path, GUIDE)
    edit(folder / GUIDE, 'choices: ["no", next, soon]', "choices: [no, next, soon]")
    edit(folder / GUIDE, 'assume: {value: "no"}', "assume: {value: no}")
    assert load_guide(folder).guide.hash == load_guide().guide.hash


def test_a_step_without_words_of_its_own_is_its_end_or_its_number(tmp_path: Path) -> None:
    """A scale needs words for its ends only."""
    folder = own_folder(tmp_path, DA)
    edit(folder / DA, "    steps: [let, til at være i, krævende, hårdt, meget hårdt]\n", "")
    words = load_guide(folder).wording["da"]
    assert [words.step("toughness", step) for step in range(1, 6)] == ["let", "2", "3", "4", "meget hårdt"]
