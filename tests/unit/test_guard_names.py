"""Names on a list are found in their usual spellings, and parts of words are not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard import Guard, mask
from bot.guard_names import NAME, detector, find_username

NAMES = ["Åse", "Bo", "Anne-Marie Prøve", "Søren", "Jens", "Kirsten Prøvesen", "Zoë", "K", "Hans", "Bjørn", "Rose"]
GUARD = Guard((detector(NAMES),))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("åse ringede", "[navn] ringede"),
        ("ÅSES mor", "[navn] mor"),
        ("Aase og Aases", "[navn] og [navn]"),
        ("A\u030ase", "[navn]"),
        ("Soeren, SØREN, Sören, sørens", "[navn], [navn], [navn], [navn]"),
        ("S\u200børen", "[navn]"),
        ("Zoe og zoë", "[navn] og [navn]"),
        ("Jens' bil, Jens's bil, Jenses bil", "[navn]' bil, [navn] bil, [navn] bil"),
        ("Bo, Bos, Bo's og at bo, BO", "[navn], [navn], [navn] og at bo, BO"),
        ("K og K’s, k", "[navn] og [navn], k"),
        ("anne marie prøve", "[navn]"),
        ("Anne-Marie\u00a0 Prøves hus", "[navn] hus"),
        ("annemarie-prøve", "[navn]"),
        ("Anne Marie\nPrøve", "[navn]"),
        ("Kirsten Prøvesen kom", "[navn] kom"),
        ("Kirsten kom, Prøvesen gik, Anne-Marie", "Kirsten kom, Prøvesen gik, Anne-Marie"),
        ("Hans bror, hans bror, HANS", "[navn] bror, hans bror, [navn]"),
        ("Bjørn så en bjørn med en rose", "[navn] så en bjørn med en rose"),
        ("Åsested, Sørensen, Jensen, Boris, ros", "Åsested, Sørensen, Jensen, Boris, ros"),
        ("(Jens),Jens/Jens_Jens-Jens", "([navn]),[navn]/[navn]_[navn]-[navn]"),
        ("ingen", "ingen"),
        ("", ""),
    ],
)
def test_listed_names(text: str, masked: str) -> None:
    """Whole words in any case and spelling, with the genitive; short names and everyday words in their own case."""
    assert mask(text, GUARD.find(text), "da") == masked


def test_names_may_be_nothing() -> None:
    """An empty list, and names without letters, find nothing."""
    for names in ([], [""], [" - "], ["."]):
        assert list(detector(names)("Anna - . og Bo")) == []


def test_the_longest_name_counts() -> None:
    """With a first name and the whole name on the list, the whole name is one finding."""
    guard = Guard((detector(["Anna", "Anna Prøve"]),))
    assert mask("Anna Prøve, Anna Andersen", guard.find("Anna Prøve, Anna Andersen"), "da") == "[navn], [navn] Andersen"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("skriv til @proeve_1 i dag", "skriv til [navn] i dag"),
        ("(@ProeveNavn).", "([navn])."),
        ("t.me/proeve og https://www.instagram.com/proeve.navn/", "[navn] og https://[navn]/"),
        ("facebook.com/proeve.navn", "[navn]"),
        ("@sted, @ torvet, @1prøve, a@proevenavn", "@sted, @ torvet, @1prøve, a@proevenavn"),
        ("/ret@proeve_bot, @caféen.dk, @example.dk", "/ret@proeve_bot, @caféen.dk, @example.dk"),
    ],
)
def test_user_names(text: str, masked: str) -> None:
    """An @ and 5 to 32 letters, digits and underscores lead to one person; so does the address of a profile."""
    guard = Guard((find_username,))
    assert mask(text, guard.find(text), "da") == masked


@given(
    name=st.text(alphabet=st.sampled_from("abdefgiklmnoprtuvæøå"), min_size=5, max_size=10),
    before=st.sampled_from(["", "så ", "(", "\n"]),
    after=st.sampled_from(["", "s", "'s", ".", " kom", "-"]),
    change=st.sampled_from([str.lower, str.upper, str.capitalize, lambda text: text.replace("å", "aa")]),
)
def test_no_listed_name_survives(name: str, before: str, after: str, change: object) -> None:
    """Whatever the name, it is found in any case, from its first letter."""
    assert callable(change)
    text = f"{before}{change(name)}{after}"
    found = detector([name])(text)
    assert [(finding.start, finding.kind) for finding in found] == [(len(before), NAME)]


def test_many_names_take_little_time() -> None:
    """Two hundred names in a text of 4,096 characters: the list costs no search of its own for each name."""
    names = [f"{first}{second}" for first in ("Anna", "Bodil", "Carla", "Dorte") for second in map(str, range(50))]
    look = detector(names)
    text = ("Anna1 og Bodil og prøv og Carla77 så " * 120)[:4096]
    started = time.perf_counter()
    found = list(look(text))
    assert time.perf_counter() - started < 0.5
    assert {text[one.start : one.end] for one in found} == {"Anna1"}
