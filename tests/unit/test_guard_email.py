"""E-mail addresses are found as they are and spelled out; an @ alone is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard import Guard, mask
from bot.guard_email import EMAIL, find_email

GUARD = Guard((find_email,))

FOUND = [
    "anna@example.dk", "a@b.dk", "anna.h-2@sub.example.co.uk", "ANNA@EXAMPLE.DK", "søren@blåbær.dk",
    "l33_t+x@example.org", "anna@kommune", "anna＠example.dk", "anna@\u200bexample.dk", "anna\u00ad@example.dk",
    "anna @ example.dk", "anna @example.dk", "anna@ example.dk", "anna@example .dk", "anna@example . dk",
    "anna(at)example.dk", "anna (at) example.dk", "anna [at] example.dk", "anna{at}example.dk",
    "anna <at> example.dk", "anna (@) example.dk", "anna (a) example.dk", "anna_at_example.dk",
    "anna[at]gmail[dot]com", "anna at gmail dot com", "anna at gmail.com", "anna at example punktum dk",
    "anna snabel-a example.dk", "anna snabela gmail", "anna (snabel a) example prik dk",
    "anna punktum holm snabel-a hotmail punktum com", "anna.holm@gmail punktum com", "anna@[192.0.2.1]",
    "anna@192.0.2.1",
]  # fmt: skip

LEFT = [
    "han siger at example.dk skriver", "det er godt at live.dk er nede", "@sted", "@torvet kl. 12", "vi ses @ torvet",
    "vi ses @ kl. 10", "@", "a@", "/start@the_bot", "/rettelser@the_bot", "3 kaffe @ 20 kr.", "kl 12@13",
    "der er et snabel-a i adressen", "punkt (a) skal med", "www.example.dk/side", "se example.dk", "dot com",
    "han sagde at gå. dk", "at sætte punktum nu", "at en prik er nok", "[e-mail]", "",
]  # fmt: skip


@pytest.mark.parametrize("address", FOUND)
@pytest.mark.parametrize("around", ["{}", "mail: {}, tak", "({})", "skriv til\n{}."])
def test_every_spelling_is_found(address: str, around: str) -> None:
    """An address goes whole, and only it."""
    text = around.format(address)
    assert mask(text, GUARD.find(text), "da") == around.format("[e-mail]")


@pytest.mark.parametrize("text", LEFT)
def test_what_is_no_address_is_left(text: str) -> None:
    """An @ without two words around it, a web address, a command and the Danish word "at" are no e-mail."""
    assert GUARD.find(text) == []


def test_two_addresses_are_two_findings() -> None:
    """What stands between two addresses stays."""
    text = "a@example.dk;b@example.dk og c@example.dk"
    assert mask(text, GUARD.find(text), "da") == "[e-mail];[e-mail] og [e-mail]"


_word = st.text(alphabet=st.sampled_from("abcæøåxyz0123456789"), min_size=1, max_size=12).map(lambda text: f"b{text}")


@given(
    local=_word,
    host=_word,
    ending=st.sampled_from(["dk", "com", "org"]),
    before=st.sampled_from(["", "til ", "<", "("]),
)
def test_no_well_formed_address_survives(local: str, host: str, ending: str, before: str) -> None:
    """Whatever the words of it, an address is found from its first character to its last."""
    text = f"{before}{local}@{host}.{ending}"
    [finding] = find_email(text)
    assert (finding.start, finding.end, finding.kind) == (len(before), len(text), EMAIL)
