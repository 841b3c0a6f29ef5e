"""Agreement beyond chance: as in published examples, as another library counts it, and stated where there is none."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask

from bot.exports.agreement import Figure, Why, cohen_kappa, krippendorff_alpha

RELIABILITY_DATA = (  # Krippendorff's four observers, twelve units; a dot is a gap
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)


def units(*observers: str) -> list[list[str | None]]:
    """Unit after unit, from what each observer said of all of them."""
    rows = [[None if said == "." else said for said in one.split()] for one in observers]
    return [list(unit) for unit in zip(*rows, strict=True)]


def table(*rows: tuple[int, ...]) -> list[tuple[int, int]]:
    """Pairs of values from a square table of how often each came."""
    return [(i, j) for i, row in enumerate(rows) for j, count in enumerate(row) for _ in range(count)]


def test_krippendorff_with_gaps() -> None:
    """Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example C: nominal, gaps, alpha = .743."""
    found = krippendorff_alpha(units(*RELIABILITY_DATA))
    assert found.value == pytest.approx(0.743, abs=0.0005)
    assert found.units == 11  # the twelfth was seen by one observer only


def test_krippendorff_binary() -> None:
    """Krippendorff (2011), example A: two observers, binary data without gaps, alpha = .095."""
    found = krippendorff_alpha(units("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"))
    assert found.value == pytest.approx(0.095, abs=0.0005)


def test_krippendorff_nominal() -> None:
    """Krippendorff (2011), example B: two observers, five values, alpha = .692."""
    found = krippendorff_alpha(units("a a b b d c c c e d d a", "b a b b b c c c e d d d"))
    assert found.value == pytest.approx(0.692, abs=0.0005)


def test_cohen() -> None:
    """Cohen's own example, 200 cases in three categories, kappa = .492; the matrix as it stands in the documentation of
    ``cohen.kappa`` in R's package psych."""
    found = cohen_kappa(table((88, 14, 18), (10, 40, 10), (2, 6, 12)))
    assert found.value == pytest.approx(0.492, abs=0.0005)
    assert found.observed == pytest.approx(0.70)
    assert found.units == 200


def annotated(rows: list[list[int | None]]) -> AnnotationTask:
    """The same data for nltk."""
    return AnnotationTask(
        data=[(f"c{c}", f"u{u}", v) for u, row in enumerate(rows) for c, v in enumerate(row) if v is not None]
    )


@pytest.mark.parametrize("seed", range(25))
def test_kappa_is_that_of_nltk(seed: int) -> None:
    """On random data of two coders, with two to five values, kappa is nltk's to ten digits."""
    dice = random.Random(seed)
    values = range(dice.randint(2, 5))
    pairs = [(0, 1), *((dice.choice(values), dice.choice(values)) for _ in range(60))]
    assert cohen_kappa(pairs).value == pytest.approx(annotated([list(pair) for pair in pairs]).kappa(), abs=1e-10)


@pytest.mark.parametrize("seed", range(25))
def test_alpha_is_that_of_nltk(seed: int) -> None:
    """On random data of two to five coders with gaps, alpha is nltk's to ten digits."""
    dice = random.Random(seed)
    values, coders = range(dice.randint(2, 4)), dice.randint(2, 5)
    rows: list[list[int | None]] = [
        [None if dice.random() < 0.2 else dice.choice(values) for _ in range(coders)] for _ in range(80)
    ]
    paired = [row for row in rows if sum(value is not None for value in row) > 1]
    assert krippendorff_alpha(rows).value == pytest.approx(annotated(paired).alpha(), abs=1e-10)


def test_nothing_in_common_is_said() -> None:
    """Without a unit that two looked at there is no figure, and the reason is given."""
    none = Figure(None, Why.NO_OVERLAP, None, 0)
    assert cohen_kappa([]) == none
    assert krippendorff_alpha([]) == none
    assert krippendorff_alpha([[True, None], [None, False]]) == none


@pytest.mark.parametrize("value", [True, False])
def test_no_variation_is_said(value: bool) -> None:
    """Where all say the same of everything, chance would have done so too: full agreement, but no coefficient."""
    assert cohen_kappa([(value, value)] * 9) == Figure(None, Why.NO_VARIATION, 1.0, 9)
    assert krippendorff_alpha([[value, value, None]] * 9) == Figure(None, Why.NO_VARIATION, 1.0, 9)


def test_full_agreement_is_one() -> None:
    """Full agreement with some variation is 1; the same of two who never agree is below 0."""
    assert cohen_kappa([(True, True), (False, False)]).value == 1
    assert krippendorff_alpha([[True, True], [False, False]]).value == 1
    assert cohen_kappa([(True, False), (False, True)]).value == -1


@given(st.lists(st.lists(st.sampled_from([None, "a", "b", "c"]), min_size=1, max_size=5), max_size=30))
def test_alpha_is_a_number_or_a_reason(rows: list[list[str | None]]) -> None:
    """Whatever was said: either a number from -1 to 1 or a reason, and the order of coders does not matter."""
    found = krippendorff_alpha(rows)
    assert (found.value is None) != (found.why is None)
    assert found.value is None or -1 <= found.value <= 1 + 1e-12
    turned = krippendorff_alpha([row[::-1] for row in rows])
    assert turned.value == found.value and turned.why == found.why
