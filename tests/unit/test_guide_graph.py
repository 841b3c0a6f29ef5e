"""The guide as a diagram: complete, safe to render, and kept fresh in a document."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from prompts import load_guide
from prompts.graph import BEGIN, END, draw, embed, embedded
from tests.unit.guide_kit import EN, edit, own_folder

NODE = re.compile(r'^    q_(\w+)\["[^"]*"\]:::(short|full|receipt|offer)$')
EDGE = re.compile(r'^  (q_\w+|start\(\["[^"]*"\]\)) (-->|-\.->)(\|"[^"]*"\|)? (q_\w+|saved\(\["[^"]*"\]\))$')
OTHER = re.compile(r'^(%% .*|flowchart LR|  classDef \w+ [\w:,\- ]+|  subgraph t\d+\["[^"]*"\]|  end)$')


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_question_is_drawn_once_and_reached(language: str) -> None:
    """Each question is one node, and an arrow leads to each."""
    loaded = load_guide()
    lines = draw(loaded, language).splitlines()
    nodes = [found[1] for line in lines if (found := NODE.match(line))]
    assert sorted(nodes) == sorted(question.id for question in loaded.guide)
    reached = {found[4] for line in lines if (found := EDGE.match(line))}
    assert {f"q_{question.id}" for question in loaded.guide} <= reached


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_line_is_of_a_known_form(language: str) -> None:
    """Nothing but nodes, arrows and themes: no quote or bracket from the wording slips into the syntax."""
    for line in draw(load_guide(), language).splitlines():
        assert NODE.match(line) or EDGE.match(line) or OTHER.match(line), line


def test_signs_that_mean_something_to_mermaid_are_spelled_out(tmp_path: Path) -> None:
    """Quotes, brackets, hashes and backticks in the wording become entities."""
    folder = own_folder(tmp_path, EN)
    edit(folder / EN, "short: Citizen\n", "short: '\"A\" <b> #1 & `x`'\n")
    diagram = draw(load_guide(folder), "en")
    assert 'q_citizen["#quot;A#quot; #lt;b#gt; #35;1 #amp; #96;x#96;<br/>' in diagram


def test_conditions_stand_on_the_arrows() -> None:
    """The arrow to a branch says when it is taken, and the tough-visit steps hang from what triggers them."""
    diagram = draw(load_guide(), "en")
    assert "q_opening -->|\"opening in ['took_it', 'saw_it']\"| q_opening_note" in diagram
    assert 'q_toughness -.->|"toughness #gt;= 4 or outcome in unsafe or happened"| q_safe_now' in diagram


def test_put_into_a_document_and_read_back() -> None:
    """embed replaces what stands between the markers and leaves the rest alone; embedded reads it back."""
    document = f"# Title\n\n{BEGIN}\nold\n{END}\n\nThe rest.\n"
    diagram = draw(load_guide(), "en")
    fresh = embed(document, diagram)
    assert embedded(fresh) == diagram
    assert fresh.startswith("# Title\n")
    assert fresh.endswith("\nThe rest.\n")
    assert embed(fresh, diagram) == fresh


@pytest.mark.parametrize("document", ["no markers", f"{BEGIN} but no end", f"{END}{BEGIN}"])
def test_a_document_without_markers_is_refused(document: str) -> None:
    """Without both markers, in order, there is no place for a diagram."""
    assert embedded(document) is None
    with pytest.raises(ValueError, match="guide-graph:begin"):
        embed(document, "flowchart LR\n")
