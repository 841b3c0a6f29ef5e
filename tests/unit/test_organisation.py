"""organisation.yaml: the example loads, every mistake is named with its line."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.organisation import (
    Organisation,
    OrganisationError,
    default_organisation_text,
    load_organisation,
    read_organisation,
)
from bot.organisation_parts import Hours


def problems(text: str) -> tuple[str, ...]:
    """Give what is wrong with a file."""
    with pytest.raises(OrganisationError) as caught:
        read_organisation(text)
    return caught.value.problems


@given(st.text(min_size=1, max_size=80).filter(lambda name: name.split() and name.isprintable()))
def test_the_example_loads_for_any_name(name: str) -> None:
    """What setup writes is valid as it stands, whatever the organisation is called."""
    assert read_organisation(default_organisation_text(name)).name == " ".join(name.split())


def test_the_example_agrees_with_the_defaults() -> None:
    """The example says what happens without a file, but for the emergency card."""
    shown = read_organisation(default_organisation_text("Eksempel"))
    assert shown.model_dump(exclude={"name", "emergency_card"}) == Organisation().model_dump(
        exclude={"name", "emergency_card"}
    )


def test_example_numbers_are_never_shown() -> None:
    """A number of zeros that nobody filled in is not on the card, and is named as unfinished."""
    organisation = read_organisation(default_organisation_text("Eksempel"))
    assert [line.number for line in organisation.emergency] == ["112", "114"]
    assert not any("00 00" in line for line in organisation.emergency_lines)
    assert len(organisation.unfinished) == 2


def test_what_is_read() -> None:
    """Hours with dot or colon, unquoted times and numbers, and lists are read as a Dane would write them."""
    organisation = read_organisation(
        "name: Eksempelhuset\nworking_hours:\n  monday: 8-15.30\n  friday: ''\n"
        "weekly_summary: {day: friday, time: 16:30}\n"
        "emergency_card:\n  - {label: Leder, number: +45 12 34 56 78}\n  - {label: Vagt, number: 112}\n"
        "tidy: never\nretention: {answers: 6}\nescalation_hours: [0.5, 4]\nguard_names: [No, Ja]\n"
        "support: {own: Ring bare}\n"
    )
    assert organisation.working_hours.on(0) == Hours(time(8), time(15, 30))
    assert organisation.working_hours.on(4) is None
    assert organisation.working_hours.on(1) == Hours(time(8), time(17))
    assert (organisation.weekly_summary.day, organisation.weekly_summary.time) == ("friday", time(16, 30))
    assert organisation.emergency_lines == ("Leder: +45 12 34 56 78", "Vagt: 112")
    assert organisation.escalation_hours == (0.5, 4)
    assert organisation.guard_names == ("No", "Ja")
    assert organisation.support_lines == ("Ring bare",)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name: x\nnam: y", 2, "nam is not a name that is used here"),
        ("tidy: x", 1, "must be one of at_once, at_end, never"),
        ("\n\nworking_hours:\n  monday: 16-8", 4, "must end later"),
        ("working_hours:\n  monday: nine", 2, 'hours such as "08:00-17:00"'),
        ("working_hours: 8-16", 1, "must have lines of its own"),
        ("emergency_card:\n  - label: x\n    number: y", 3, "must be a phone number"),
        ("emergency_card:\n  - label: x", 2, "number is missing"),
        ("emergency_card: 112", 1, "must be a list"),
        ("retention: {answers: 0}", 1, "retention.answers must be a whole number from 1 to 240."),
        ("retention:\n  audit: many", 2, "retention.audit must be a whole number from 1 to 240."),
        ("backup: {weekly: 61}", 1, "backup.weekly must be a whole number from 0 to 60."),
        ("tell_lead_minutes: 7.5", 1, "tell_lead_minutes must be a whole number from 2 to 120."),
        ("escalation_hours: [0]", 1, "escalation_hours must be a number above 0, at most 720."),
        ("escalation_hours: [nan]", 1, "must be a number above 0, at most 720."),
        ("guard_names: ['']", 1, "guard_names must not be empty"),
        ("escalation_hours: [1, 2, 3, 4, 5, 6, 7]", 1, "at most 6 lines"),
        ("support: {own: " + "x" * 601 + "}", 1, "at most 600 characters"),
        ("weekly_summary:\n  time: 25:00", 2, "must be a time of day"),
        ("escalation_hours: [4, 2]", 1, "that grow"),
        ("name: x\ntidy: never\nname: y", 3, "name stands there twice"),
        ("support:\n  own: [1]", 2, "must be a text"),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, line: int, words: str) -> None:
    """One mistake gives one sentence with file, line and what to do."""
    (problem,) = problems(text)
    assert problem.startswith(f"organisation.yaml, line {line}: ")
    assert words in problem
    assert problem.endswith(".")


def test_all_mistakes_are_named_at_once() -> None:
    """Several mistakes are listed together, in the order of the file."""
    found = problems("tidy: x\ntell_lead_minutes: many\nnothing: 1\n")
    assert [one.split(":")[0] for one in found] == [f"organisation.yaml, line {line}" for line in (1, 2, 3)]


@pytest.mark.parametrize(
    "text", ["a: [", "- a\n- b", "just words", "a: &a [*a]", "a: !!python/object:os.system {}", "[" * 5000]
)
def test_what_is_no_such_file_is_refused(text: str) -> None:
    """Broken YAML, lists, words, and tricks give a sentence, not a traceback."""
    assert all(problem.startswith("organisation.yaml") for problem in problems(text))


def test_a_missing_file_means_the_defaults(tmp_path: Path) -> None:
    """Without a file the defaults hold, with 112 on the card; a file that was named must be there."""
    assert load_organisation(tmp_path / "organisation.yaml").emergency_lines == ("Alarm: 112",)
    with pytest.raises(OrganisationError, match="There is no file"):
        load_organisation(tmp_path / "organisation.yaml", must_exist=True)


def test_files_are_read_as_utf8(tmp_path: Path) -> None:
    """A file with a byte order mark is read; one in another encoding, or a folder, is refused with a sentence."""
    file = tmp_path / "organisation.yaml"
    file.write_text("name: Åhuset", encoding="utf-8-sig")
    assert load_organisation(file).name == "Åhuset"
    file.write_bytes("name: Åhuset".encode("latin-1"))
    with pytest.raises(OrganisationError, match="save it as UTF-8"):
        load_organisation(file)
    with pytest.raises(OrganisationError, match="cannot be read"):
        load_organisation(tmp_path)
