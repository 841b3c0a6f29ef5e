"""Without its key file every command says the same sentence: what to do depends on whether there is a database."""

from __future__ import annotations

import pytest

from tests.integration.cli_kit import Desk, desk

__all__ = ["desk"]
COMMANDS = (("people",), ("run",), ("backup",), ("audit", "--verify"), ("rekey", "--yes"))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("left", ["database and check", "only the check"])
def test_where_there_is_a_database_the_old_key_is_needed(desk: Desk, command: tuple[str, ...], left: str) -> None:
    """A new key could not open it: the file must come back, or the words of the sheet."""
    desk.set_up()
    desk.env(EFTERTANKE_TOKEN="770001:INVENTED-token-for-tests")
    desk.key_file.unlink()
    if left == "only the check":
        (desk.data / "eftertanke.db").unlink()
    said = desk.run(*command)
    assert said.code == 1
    said.sentence("put the key file back", "EFTERTANKE_KEY to the words of the recovery sheet", str(desk.key_file))
    assert "eftertanke setup" not in said.err


def test_on_an_empty_machine_there_are_two_ways(desk: Desk) -> None:
    """Nothing is there yet: begin anew, or bring a backup back."""
    desk.run("people").refused("no key file", "eftertanke setup", "eftertanke restore")


def test_a_key_file_that_cannot_be_read_is_another_trouble(desk: Desk) -> None:
    """It is there: nobody is told to look for it."""
    desk.set_up()
    desk.key_file.unlink()
    desk.key_file.mkdir()
    desk.run("people").refused("not an ordinary file")
