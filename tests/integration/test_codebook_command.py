"""`eftertanke codebook`: printed in both languages; codes are shown before they are written, and only then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prompts import load_codebook
from tests.integration.cli_kit import Desk, desk
from tests.integration.codings_kit import written
from tests.integration.export_kit import held_visit

__all__ = ["desk"]
CSV = "name,parent,description\nStilhed,relation,Når ingen siger noget.\nKrydspres,absence,Noget andet.\n"


def test_the_codebook_is_printed(desk: Desk) -> None:
    """Without key or data folder: every code with its words, in Danish or English."""
    danish = desk.run("codebook")
    assert (danish.code, danish.err) == (0, "")
    for code in load_codebook().codes:
        assert code.name["da"] in danish.out and code.id in danish.out
    english = desk.run("codebook", "absence.*", "--language", "en").out
    assert "Cross-pressure" in english and "Don't use when" in english and "relation.meaning" not in english


def test_json_is_for_programs(desk: Desk) -> None:
    """One object a code, with everything in it."""
    told = desk.run("codebook", "relation.meaning", "--json").json
    assert [one["id"] for one in told] == ["relation.meaning"]
    assert told[0]["theme"] == "relation" and told[0]["own"] is False
    assert all(told[0][key] for key in ("name", "definition", "use_when", "dont_use_when", "tension", "colour"))
    assert len(desk.run("codebook", "--json").json) == 45


def test_there_is_no_such_code(desk: Desk) -> None:
    """A wrong pattern says what to do."""
    desk.run("codebook", "relatoin.*").refused("There is no code relatoin.*", code=2)


def test_codes_are_shown_first_and_written_with_yes(desk: Desk) -> None:
    """The first time nothing is written; with --yes it is; the third time there is no difference. A shipped code is
    refused each time, and stays what it was."""
    desk.set_up()
    file = desk.folder / "koder.csv"
    file.write_text(CSV, encoding="utf-8")
    own = desk.data / "codebook.yaml"
    shown = desk.run("codebook", "--import", str(file))
    assert shown.code == 1 and not own.exists()
    assert "relation.stilhed" in shown.out and "refused" in shown.out and "with --yes" in shown.out
    done = desk.run("codebook", "--import", str(file), "--yes")
    assert done.code == 1 and f"Written to {own}" in done.out
    book = load_codebook(own=own)
    assert book["relation.stilhed"].definition["da"] == "Når ingen siger noget."
    assert book["absence.crosspressure"] == load_codebook()["absence.crosspressure"]
    again = desk.run("codebook", "--import", str(file), "--yes", "--json").json
    assert again["written"] is False
    assert [row["fate"] for row in again["codes"]] == ["same", "refused"]
    assert "Stilhed" in desk.run("codebook", "relation.*").out


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_codebook_of_an_export_makes_no_difference(desk: Desk, language: str) -> None:
    """codebook.qdc and project.qdpx of our own export, own codes in it: nothing is new, changed or refused."""
    desk.set_up()
    held_visit(desk)
    (desk.data / "codebook.yaml").write_text("codes:\n  - {id: dogs, name: Hunden}\n", encoding="utf-8")
    folder = written(desk, language=language)
    for name in ("codebook.qdc", "project.qdpx"):
        said = desk.run("codebook", "--import", str(folder / name), "--json")
        assert said.code == 0
        assert {row["fate"] for row in said.json["codes"]} == {"same"}, name


def test_a_mistake_in_own_codes_is_told_with_its_line(desk: Desk) -> None:
    """By every command that needs them, and by `guide check`, which lists them all."""
    desk.data.mkdir()
    (desk.data / "codebook.yaml").write_text("codes:\n  - {id: relation, name: Min}\n", encoding="utf-8")
    desk.run("codebook").refused("codebook.yaml:2", "another id", "eftertanke guide check")
    said = desk.run("guide", "check")
    assert said.code == 1 and "codebook.yaml:2" in said.out
    told = json.loads(desk.run("guide", "check", "--json").out)
    assert [one["line"] for one in told["mistakes"]] == [2]


@pytest.mark.parametrize("name", ["x.qdc", "x.qdpx", "x.csv"])
def test_what_cannot_be_read_is_one_sentence(desk: Desk, name: str, tmp_path: Path) -> None:
    """Whatever the name promises."""
    file = tmp_path / name
    file.write_bytes(b"\x00\x01 nothing of the kind")
    desk.run("codebook", "--import", str(file)).refused()
