"""Two people code the same debriefs: agreement is printed, the disagreements are listed, words only when asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.exports.agreement import Why
from bot.exports.codings_agreement import Answered, work_out
from storage import audit
from storage.database import Transaction
from tests.integration.cli_kit import Desk, desk
from tests.integration.codings_kit import Work, written
from tests.integration.export_kit import held_visit, no_show

__all__ = ["desk"]


@pytest.fixture
def project(desk: Desk) -> Path:
    """An export of two debriefs."""
    desk.set_up()
    held_visit(desk)
    no_show(desk)
    return written(desk) / "project.qdpx"


def coded(desk: Desk, project: Path, coder: str, **codes: str) -> None:
    """One coder's file is brought in; ``codes``: code (with __ for the dot) → words."""
    work = Work.on(project)
    for code, words in codes.items():
        work.mark(words, code.replace("__", "."), coder)
    said = desk.run("codings", "import", str(work.save(desk.folder / f"{coder}.qdpx")))
    assert (said.code, said.err) == (0, ""), said


def test_agreement_of_two(desk: Desk, project: Path) -> None:
    """Kappa and alpha for each code and over all, by hand: 22 answers, one code given alike, one by Kim only."""
    coded(desk, project, "Kim", relation__meaning="Ro på.", mentor__reaction="blev rørt", relation="Kaffe.")
    coded(desk, project, "Lars", relation__meaning="Ro", mentor__reaction="Jeg blev rørt.")
    told = desk.run("codings", "agreement", "--json").json
    units = told["answers"]
    assert told["coders"] == ["Kim", "Lars"] and units > 20
    assert set(told["codes"]) == {"relation", "relation.meaning", "mentor.reaction"}
    assert told["codes"]["relation.meaning"]["kappa"]["value"] == 1  # other borders, the same answer
    assert told["codes"]["relation"]["kappa"] == {
        "value": 0.0, "why": None, "observed": (units - 1) / units, "units": units
    }  # fmt: skip
    n = 3 * units  # overall: both gave 2 codes, Kim one more
    chance = (3 * 2 + (n - 3) * (n - 2)) / n**2
    assert told["overall"]["kappa"]["value"] == pytest.approx(((n - 1) / n - chance) / (1 - chance))
    assert 0.7 < told["overall"]["alpha"]["value"] < 0.81
    assert [(one["question_id"], one["code"], one["coded"], one["not_coded"]) for one in told["disagreements"]] == [
        ("relation_note", "relation", ["Kim"], ["Lars"])
    ]
    assert "text" not in told["disagreements"][0]


def test_words_are_shown_only_when_asked_for(desk: Desk, project: Path) -> None:
    """Without --texts no word of an answer is printed; with it they are, and that is noted in the audit log."""
    coded(desk, project, "Kim", relation="Kaffe.")
    coded(desk, project, "Lars", mentor__reaction="Jeg blev rørt.")

    async def log(tx: Transaction) -> int:
        return sum(entry.action == "codings_agreement" for entry in await audit.entries(tx))

    plain = desk.run("codings", "agreement").out
    assert "relation_note: relation given by Kim, not by Lars" in plain and "Kaffe" not in plain
    assert desk.stored(log) == 0
    assert "not by Lars: Kaffe." in desk.run("codings", "agreement", "--texts").out
    assert desk.stored(log) == 1


def test_three_coders_have_alpha_and_kappa_in_pairs(desk: Desk, project: Path) -> None:
    """With more than two there is alpha over all of them, and kappa of each pair; two can be chosen."""
    for coder in ("Kim", "Lars", "Mia"):
        coded(desk, project, coder, relation="Kaffe.", mentor__reaction="Jeg blev rørt.")
    told = desk.run("codings", "agreement", "--json").json
    assert told["overall"]["alpha"]["value"] == 1 and told["overall"]["kappa"] is None
    assert [one["coders"] for one in told["pairs"]] == [["Kim", "Lars"], ["Kim", "Mia"], ["Lars", "Mia"]]
    two = desk.run("codings", "agreement", "--coder", "Kim", "--coder", "Mia", "--json").json
    assert two["coders"] == ["Kim", "Mia"] and two["overall"]["kappa"]["value"] == 1
    desk.run("codings", "agreement", "--coder", "Ole").refused("no codings by Ole")


def test_nobody_and_one_are_said(desk: Desk, project: Path) -> None:
    """Before two people have coded there is nothing to count, and that is what stands there."""
    assert "Nobody has coded" in desk.run("codings", "agreement").out
    coded(desk, project, "Kim", relation="Kaffe.")
    assert "Only Kim has coded" in desk.run("codings", "agreement").out
    assert desk.run("codings", "agreement", "--json").json["overall"]["alpha"]["why"] == "no_overlap"


def test_no_overlap_is_said(desk: Desk, project: Path) -> None:
    """Two who coded different debriefs have nothing in common: a sentence, and no figure."""
    coded(desk, project, "Kim", relation="Kaffe.")
    work = Work.on(project)
    work.mark("Syg", "absence.ground", "Lars", source=1) if "Syg" in work.text(work.sources()[1]) else work.mark(
        "Ill", "absence.ground", "Lars", source=1
    )
    desk.run("codings", "import", str(work.save(desk.folder / "lars.qdpx")))
    out = desk.run("codings", "agreement").out
    assert "no answer was coded by two coders" in out and "nan" not in out.lower()


def answered(number: int, **given: str) -> Answered:
    """An answer with the codes that each coder gave, with a blank between."""
    return Answered("r", f"q{number}", {coder: frozenset(codes.split()) for coder, codes in given.items()}, "")


def test_one_code_on_everything_is_said() -> None:
    """When everybody gives one code to every answer there is full agreement and no coefficient, with the reason."""
    found = work_out([answered(n, kim="a", lars="a") for n in range(5)])
    figure = found.codes["a"].alpha
    assert (figure.value, figure.why, figure.observed, figure.units) == (None, Why.NO_VARIATION, 1.0, 5)
    assert found.overall.kappa is not None and found.overall.kappa.why is Why.NO_VARIATION


def test_a_gap_is_not_a_no() -> None:
    """An answer that a coder never looked at counts neither for nor against."""
    both = [answered(1, kim="a", lars="a"), answered(2, kim="", lars="")]
    assert work_out([*both, answered(3, kim="a")]).codes["a"].alpha.value == 1
    assert work_out([*both, answered(3, kim="a", lars="")]).codes["a"].alpha.value != 1
    assert work_out([*both, answered(3, kim="a")]).answers == 2


def test_nothing_at_all() -> None:
    """No answers: stated, not divided by zero."""
    found = work_out([])
    assert (found.coders, found.codes, found.overall.alpha.why) == ((), {}, Why.NO_OVERLAP)
