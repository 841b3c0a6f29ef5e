"""Street addresses are found with their number; streets alone, times, dates and counts are left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard import Guard, mask
from bot.guard_address import ADDRESS, find_address

GUARD = Guard((find_address,))

FOUND = [
    "Ågade 3", "Åboulevarden 23, 3.", "vesterbro torv 3", "prøves vej 12", "Stranden 4, st. th", "Prøvegade 12, 1 sal",
    "Prøvegade 12", "prøvegade 12", "PRØVEGADE 12", "prøvegade12", "Prøvegade nr. 12", "Prøvegade 12B",
    "Prøvegade 12 B", "prøvegade 12 b", "Prøvegade 12-14", "Prøvegade 12, 3. tv", "Prøvegade 12 3 tv",
    "Prøvegade 12, st. th", "Prøvegade 12, kld. tv", "prøvegade 12 2. sal", "Prøvegade 12, 3. dør 4",
    "Prøvegade 12, 8000 Aarhus C", "prøvegade 12, 8000 aarhus c", "Prøvegade 12, 2. th, 2200 København N",
    "Proevegade 12", "Pro\u0308vegade 12", "Prøve\u00adgade\u00a012", "Prøvegade １２", "Prøvevej 7", "prøvevejen 7",
    "Prøvestræde 2A", "Prøveallé 5", "prøvealle 5", "Prøveboulevarden 1", "prøvevænget 3", "Prøvehaven 12",
    "Prøvepladsen 1", "Prøvetorv 2", "Prøveparken 8", "Prøvebakken 9", "Prøvevang 4", "Prøvesvinget 2",
    "Prøvetoften 6", "Prøvehøj 3", "Prøvekajen 10", "Prøvekvarteret 2", "Prøvebrygge 3", "Prøvegd. 12",
    "Sdr. Prøvegade 3", "Gl. Prøvevej 10", "Skt. Prøves Gade 4", "Prøve Allé 12", "Prøves Vej 12", "P. Prøves Vej 12",
    "Peter Prøves Vej 12", "Prøve Boulevard 2", "Prøves Plads 5", "Torvet 5, 2. tv", "Vænget 3, 8000 Aarhus",
    "Prøvehavn 17, 2. th", "Nytorv 8", "Kongens Nytorv 8", "kongens nytorv 8",
    "Kgs. Nytorv 8", "Skovbrynet 31", "Prøvebryn 3", "Åbrinken 12", "Søparken 3", "Ved Kirken 4", "Ved Stadion 6",
    "Ved Prøvekirken 4, 2. tv", "Ved Åen 7", "Postboks 123", "postboks nr. 7", "P.O. Box 12", "nr. 12 i Prøvegade",
]  # fmt: skip

LEFT = [
    "prøvegade", "Prøvegade 12.30", "Prøvegade kl. 12", "Prøvegade 24/12", "prøvegade 12. november",
    "Prøvegade 2. sal", "Prøvegade 3 gange", "Prøvegade 3-4 gange", "prøvegade 10 minutter", "Prøvegade 2026",
    "Prøvegade. 12 borgere kom", "Prøvegade 12 km", "Prøvegade 5 %", "vej 3", "vej 3 km", "på vej 3", "På vej 3",
    "Min vej 12", "vejen 12", "gaden 2 gange", "plads 3", "stue 4", "bus 12", "linje 5, 2 th", "2. sal",
    "på torvet kl. 12", "de kom alle 12", "alle 12", "Kalle 12", "Palle 3", "børnehaven 3", "parkeringsplads 3",
    "arbejdspladsen 2", "legepladsen 14", "motorvej 45", "gågaden 5 minutter", "drengen 12", "teenager 15",
    "i parken 3 timer", "en tur i haven 2 gange", "Danmark 3", "København 12", "uge 12", "8000 Aarhus",
    "Klager 3", "Øjenbrynet 2", "Nytorv kl. 8", "Ved Kirken 4 gange", "Ved Mødet 4. maj", "ved mødet 4",
    "ved kirken 4", "Ved Afdeling 4", "Ved møde 2", "Ved Stuen 3", "værelse 12, 2. tv",
    "12.500 kr.", "[adresse] 12", "",
]  # fmt: skip


@pytest.mark.parametrize("address", FOUND)
@pytest.mark.parametrize("around", ["{}", "Hun bor {}, sagde hun", "Hun bor på {}\nog sover der"])
def test_every_spelling_is_found(address: str, around: str) -> None:
    """An address goes with its number, letter, floor, door and town, and only it."""
    text = around.format(address)
    assert mask(text, GUARD.find(text), "da") == around.format("[adresse]")


@pytest.mark.parametrize("text", LEFT)
def test_what_is_no_address_is_left(text: str) -> None:
    """A street without a number, and a number that tells a time, a date or how many, are no address."""
    assert GUARD.find(text) == []


def test_places_need_a_hint_in_lower_case() -> None:
    """An ending that everyday words have makes an address with a capital, after "bor", or before a floor."""
    assert GUARD.find("vi gik prøvelunden 12 rundt") == []
    assert mask("hun bor prøvelunden 12", GUARD.find("hun bor prøvelunden 12"), "da") == "hun bor [adresse]"
    assert mask("så prøvelunden 12, 2. tv", GUARD.find("så prøvelunden 12, 2. tv"), "da") == "så [adresse]"


_endings = st.sampled_from(["gade", "vej", "vejen", "stræde", "allé", "boulevard", "vænget"])


@given(
    name=st.text(alphabet=st.sampled_from("abdefgiklmnoprstuvæøå"), min_size=3, max_size=10),
    ending=_endings,
    number=st.integers(1, 499),
    capital=st.booleans(),
)
def test_no_street_with_a_number_survives(name: str, ending: str, number: int, capital: bool) -> None:
    """Whatever the street is called, with a number after it is found."""
    street = f"{name}{ending}"
    text = f"{street.capitalize() if capital else street} {number}"
    assert [(one.start, one.end, one.kind) for one in find_address(text)] == [(0, len(text), ADDRESS)]
