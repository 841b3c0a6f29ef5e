"""`eftertanke guide …` at the terminal: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.guide_commands import guide_app
from prompts.graph import BEGIN, END
from tests.unit.guide_kit import DA, EN, GUIDE, RELEASED, edit, own_folder

runner = CliRunner(env={"EFTERTANKE_PROMPTS": None, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})


def test_check_is_silent_about_a_good_guide() -> None:
    """Exit 0, one sentence, nothing on stderr."""
    done = runner.invoke(guide_app, ["check"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "The guide and its wording are in order.\n"


def test_check_lists_mistakes_and_fails(tmp_path: Path) -> None:
    """Exit 1, one mistake a line on stdout, one sentence on stderr."""
    folder = own_folder(tmp_path, GUIDE)
    line = edit(folder / GUIDE, "kind: citizen", "kind: person")
    done = runner.invoke(guide_app, ["check", "--folder", str(folder)])
    assert done.exit_code == 1
    assert f"{folder / GUIDE}:{line}: questions.citizen.kind: 'person' is not possible here" in done.stdout
    assert done.stderr == "The guide has 1 mistake; correct what is listed and check again.\n"


def test_the_environment_names_the_folder(tmp_path: Path) -> None:
    """EFTERTANKE_PROMPTS does what --folder does."""
    folder = own_folder(tmp_path, GUIDE)
    edit(folder / GUIDE, "kind: citizen", "kind: person")
    done = runner.invoke(guide_app, ["check"], env={"EFTERTANKE_PROMPTS": str(folder)})
    assert done.exit_code == 1


def test_check_as_json(tmp_path: Path) -> None:
    """--json gives file, line, place, problem and remedy of each mistake, and nothing else on stdout."""
    folder = own_folder(tmp_path, GUIDE)
    line = edit(folder / GUIDE, "kind: citizen", "kind: person")
    done = runner.invoke(guide_app, ["check", "--json", "--folder", str(folder)])
    data = json.loads(done.stdout)
    assert data["ok"] is False
    assert data["mistakes"][0]["line"] == line
    assert set(data["mistakes"][0]) == {"file", "line", "place", "problem", "remedy"}
    assert json.loads(runner.invoke(guide_app, ["check", "--json"]).stdout) == {"ok": True, "mistakes": []}


def test_release_is_written_only_when_all_is_well(tmp_path: Path) -> None:
    """--release writes released.yaml beside the guide; with a mistake it writes nothing."""
    folder = own_folder(tmp_path, GUIDE, DA, EN)
    edit(folder / GUIDE, "kind: citizen", "kind: person")
    assert runner.invoke(guide_app, ["check", "--release", "--folder", str(folder)]).exit_code == 1
    assert not (folder / RELEASED).exists()
    edit(folder / GUIDE, "kind: person", "kind: citizen")
    done = runner.invoke(guide_app, ["check", "--release", "--folder", str(folder)])
    assert (done.exit_code, str(folder / RELEASED) in done.stdout) == (0, True)
    assert (folder / RELEASED).exists()


@pytest.mark.parametrize(
    ("language", "ask"),
    [("da", "Var der en åbning, og greb du den?"), ("en", "Was there an opening, and did you take it?")],
)
def test_show_prints_the_guide_for_reading(language: str, ask: str) -> None:
    """Questions in that language with id, condition, who sees the answer, and codes."""
    done = runner.invoke(guide_app, ["show", "--lang", language])
    assert done.exit_code == 0
    for expected in (ask, "opening · one", "when outcome in held", "A in aggregates only", "flexibility.seizing"):
        assert expected in done.stdout


def test_an_unknown_language_is_a_usage_error() -> None:
    """Exit 2 and one sentence that says which there are."""
    done = runner.invoke(guide_app, ["show", "--lang", "fr"])
    assert (done.exit_code, done.stderr) == (2, "There is no language 'fr'; write da or en.\n")


def test_a_broken_guide_cannot_be_shown(tmp_path: Path) -> None:
    """Exit 1 with one sentence that leads to the check."""
    folder = own_folder(tmp_path, GUIDE)
    edit(folder / GUIDE, "kind: citizen", "kind: person")
    done = runner.invoke(guide_app, ["show", "--folder", str(folder)])
    assert done.exit_code == 1
    assert "eftertanke guide check" in done.stderr


def test_graph_is_printed_or_written(tmp_path: Path) -> None:
    """Without a file the diagram goes to stdout; with one, the same diagram goes there."""
    printed = runner.invoke(guide_app, ["graph"])
    assert printed.stdout.splitlines()[1] == "flowchart LR"
    assert runner.invoke(guide_app, ["graph", str(tmp_path / "guide.mmd")]).exit_code == 0
    assert (tmp_path / "guide.mmd").read_text(encoding="utf-8") == printed.stdout


def test_graph_keeps_a_document_fresh(tmp_path: Path) -> None:
    """--check fails on a stale diagram and names the command that refreshes it; --write refreshes; --check passes."""
    document = tmp_path / "ARCHITECTURE.md"
    document.write_text(f"# How\n{BEGIN}\n{END}\n", encoding="utf-8")
    stale = runner.invoke(guide_app, ["graph", "--check", str(document)])
    assert stale.exit_code == 1
    assert stale.stderr.endswith(f"out of date; run 'eftertanke guide graph --write {document}'.\n")
    assert runner.invoke(guide_app, ["graph", "--write", str(document)]).exit_code == 0
    assert runner.invoke(guide_app, ["graph", "--check", str(document)]).exit_code == 0


@pytest.mark.parametrize("option", ["--check", "--write"])
def test_graph_needs_a_place_in_the_document(option: str, tmp_path: Path) -> None:
    """A document without markers, and one that is not there, each give one sentence and exit 1."""
    document = tmp_path / "README.md"
    assert runner.invoke(guide_app, ["graph", option, str(document)]).exit_code == 1
    document.write_text("# How\n", encoding="utf-8")
    done = runner.invoke(guide_app, ["graph", option, str(document)])
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1


def test_graph_does_one_thing_at_a_time(tmp_path: Path) -> None:
    """FILE together with --check is a usage error."""
    done = runner.invoke(guide_app, ["graph", "a.mmd", "--check", "b.md"])
    assert done.exit_code == 2


@pytest.mark.parametrize("command", ["check", "show", "graph"])
def test_help_has_an_example(command: str) -> None:
    """Every command shows how it is used."""
    done = runner.invoke(guide_app, [command, "--help"])
    assert done.exit_code == 0
    assert f"Example: eftertanke guide {command}" in done.stdout
