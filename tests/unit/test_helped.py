"""What the command line says about itself, and how it words what was typed wrongly."""

from __future__ import annotations

import pytest

from bot.cli import main


@pytest.mark.parametrize("group", [(), ("guide",), ("codings",), ("people",)])
def test_each_group_of_commands_has_an_example(group: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Help says what a call looks like, for the program and for each group."""
    assert main([*group, "--help"]) == 0
    assert "Example: eftertanke " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["people", "role", "Anna", "chef"], "'chef' is not one of 'mentor', 'lead', 'admin', 'coder'"),
        (["try", "--port", "99999"], "it must be less than or equal to 65535"),
    ],
)
def test_mistyped_arguments_are_said_plainly(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence with what is allowed, without a library's own words."""
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert word in said and "Value error" not in said and "Input should" not in said
