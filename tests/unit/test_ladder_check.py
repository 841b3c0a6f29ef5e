"""The ladder's files: every mistake is told with file, line and remedy, and the shipped ones have none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from prompts.checks.ladder import check_ladder
from prompts.files import Folders, shipped_folder
from prompts.ladder import LadderError, load_ladder
from tests.unit.guide_kit import edit, own_folder

LADDER, DA, EN = "ladder.yaml", "da/ladder.yaml", "en/ladder.yaml"
WAY = "    from_day: 1\n    to_day: 2\n"


@dataclass(frozen=True)
class Broken:
    """One edit that breaks a shipped file. ``after``: lines from the edited text to the line of the mistake."""

    name: str
    file: str
    old: str
    new: str
    problem: str
    remedy: str
    after: int = 0


BROKEN = [
    Broken("yaml syntax", LADDER, "rhythm_days: 7", "rhythm_days: [7", "cannot be read as YAML", "bracket", 1),
    Broken(
        "unknown kind", LADDER, "kind: tell_lead\n", "kind: tell_boss\n", "'tell_boss' is not possible", "tell_lead"
    ),
    Broken("unknown channel", LADDER, "[call, text]\n", "[call, fax]\n", "'fax' is not possible", "'letter'"),
    Broken("misspelt key", LADDER, "other_hour: true\n", "other_houer: true\n", "'other_houer' is not known", ""),
    Broken("day in words", LADDER, "from_day: 7\n", "from_day: seven\n", "must be a whole number", "without quotes"),
    Broken("day below 0", LADDER, "from_day: 7\n", "from_day: -7\n", "greater than or equal to 0", "correct"),
    Broken("bad id", LADDER, "- id: lead\n", "- id: Leder\n", "'Leder' has the wrong form", "small letters"),
    Broken("id twice", LADDER, "- id: caseworker\n", "- id: lead\n", "the step 'lead' is there twice", "rename"),
    Broken(
        "no worry first", LADDER, "kind: worry\n\n", "kind: joint_talk\n\n", "whether they are worried", "first", -1
    ),
    Broken("worry later", LADDER, "kind: worry\n\n", "kind: worry\n    from_day: 1\n\n", "on day 0", "remove", -1),
    Broken("worry lasts", LADDER, "kind: worry\n\n", "kind: worry\n    to_day: 2\n\n", "on day 0", "remove", -1),
    Broken("worry twice", LADDER, "kind: joint_talk\n", "kind: worry\n", "asked twice", "keep the first", -1),
    Broken("each in words", LADDER, WAY, WAY + "    each: no\n", "must be true or false", "without quotes", 2),
    Broken("no channels", LADDER, "    channels: [call, text]\n", "", "'first_try' names no channel", "add", -3),
    Broken("channel twice", LADDER, "[call, text]\n", "[call, call]\n", "'call' is there twice", "keep one"),
    Broken(
        "channels elsewhere",
        LADDER,
        "kind: tell_lead\n",
        "kind: tell_lead\n    channels: [call]\n",
        "'channels' does nothing for kind tell_lead",
        "remove",
        1,
    ),
    Broken("each elsewhere", LADDER, "to_day: 13\n", "each: true\n", "'each' does nothing", "remove"),
    Broken("other_hour elsewhere", LADDER, "to_day: 29\n", "other_hour: true\n", "'other_hour' does nothing", "remove"),
    Broken("backwards", LADDER, "to_day: 13\n", "to_day: 6\n", "ends on day 6, before it begins", "day 7 or later"),
    Broken("overlapping", LADDER, "to_day: 13\n", "to_day: 14\n", "when 'lead' still lasts", "begin on day 15", 4),
    Broken("unordered", LADDER, "from_day: 14\n", "from_day: 6\n", "but stands after 'lead' of day 7", "in the order"),
    Broken("gap", LADDER, "to_day: 13\n", "to_day: 10\n", "from day 11 to day 13 there is no step", "until day 13", 4),
    Broken("late start", LADDER, "from_day: 0\n", "from_day: 1\n", "nothing is tried before day 1", "begin on day 0"),
    Broken("cap below 1", LADDER, "cap_a_week: 4", "cap_a_week: 0", "greater than or equal to 1", "correct"),
    Broken("cap too low", LADDER, "cap_a_week: 4", "cap_a_week: 3", "4 attempts within a week, but the cap is 3", "4"),
    Broken("no cap", LADDER, "cap_a_week: 4\n", "", "'cap_a_week' is missing", "add it", -99),
    Broken("step not worded", DA, "  lead:\n", "  leder:\n", "the step 'lead' has no wording", "add 'lead:'", -99),
    Broken("words without step", EN, "  lead:\n", "  boss:\n", "there is no step 'boss'", "correct its id"),
    Broken("name missing", DA, "    name: Tal med din leder\n", "", "'name' is missing", "add it", -1),
    Broken("why empty", EN, "why_worried: You are", 'why_worried: "" # You are', "the text is empty", "write it"),
    Broken(
        "channel not worded", DA, "      visit: Kør forbi på", "      besøg: Kør forbi på", "'besøg'", "correct its id"
    ),
    Broken(
        "worded channel missing", DA, "      call: Ring, og", "      cal: Ring, og", "'call' has no wording", "add", -1
    ),
    Broken(
        "one text for an attempt",
        EN,
        "    do:\n      call: Call, and ask how things are.\n"
        "      text: Write a few friendly lines, and ask whether you should find a new time.\n",
        "    do: Try.\n",
        "worded for each of its channels",
        "'call: …'",
    ),
    Broken(
        "channels for a talk",
        EN,
        "do: Tell your lead what",
        "do:\n      call: Tell your lead what",
        "has no channels to word",
        "one text",
    ),
    Broken("no words for worry", DA, "    why_worried:", "    # ", "'why_worried' is missing", "add it", -4),
    Broken(
        "worry elsewhere", DA, '    do: "Spørg', '    why_worried: Nu.\n    do: "Spørg', "does nothing here", "remove"
    ),
    Broken(
        "unknown placeholder",
        DA,
        "i {{ without_contact | span }}. En",
        "i {{ dage | span }}. En",
        "no placeholder 'dage'",
        "days",
    ),
    Broken("unknown filter", DA, "i {{ without_contact | span }}. En", "i {{ days | spand }}. En", "'spand'", "| span"),
    Broken(
        "broken placeholder",
        EN,
        "{{ without_contact | span }}. A",
        "{{ days | span }. A",
        "cannot be read",
        "{{ days | span }}",
    ),
    Broken(
        "not to be filled in",
        EN,
        "{{ without_contact | span }}. A",
        "{{ days + 'x' }}. A",
        "cannot be filled in",
        "lists",
    ),
    Broken("placeholder in do", DA, "do: Fortæl din leder", "do: Fortæl {{ days }} din leder", "only 'why'", "itself"),
    Broken("name too long", DA, "name: Tal med din leder", f"name: Tal {'x' * 40}", "the name has 44", "at most 40"),
    Broken("text too long", EN, "do: Tell your lead", f"do: Tell {'x' * 400}", "characters", "at most 400"),
    Broken(
        "span without rest", DA, '  other: "{{ n }} dage"', '  "9": ni dage', "'other' is missing", "add 'other", -7
    ),
    Broken("span of no number", EN, '  "7": a week', "  week: a week", "'week' is no number of days", "in quotes"),
    Broken("span with another name", EN, '"{{ n }} days"', '"{{ d }} days"', "{{ n }} here", "write {{ n }}"),
    Broken("pause not worded", DA, "  pause:", "  # pause:", "'pause' is missing", "add it", -2),
]


def test_the_shipped_ladder_has_no_mistakes() -> None:
    """What comes with the program can be used as it is."""
    assert check_ladder(Folders()) == []


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_every_mistake_is_told_with_file_line_and_remedy(broken: Broken, tmp_path: Path) -> None:
    """Breaking one thing reports that thing: the right file, its line, a remedy; and the ladder is refused."""
    folder = own_folder(tmp_path, LADDER, DA, EN)
    line = edit(folder / broken.file, broken.old, broken.new)
    mistakes = check_ladder(Folders(folder))
    told = [m for m in mistakes if broken.problem in m.problem]
    assert told, [str(mistake) for mistake in mistakes]
    assert told[0].file == str(folder / broken.file)
    assert broken.remedy in told[0].remedy
    assert told[0].remedy
    if broken.after != -99:  # what is missing altogether has no line of its own
        assert told[0].line == line + broken.after
    with pytest.raises(LadderError) as refused:
        load_ladder(folder)
    assert list(refused.value.mistakes) == mistakes


@pytest.mark.parametrize("kind", ["attempt", "tell_lead"])
def test_a_ladder_needs_attempts_and_the_lead(kind: str, tmp_path: Path) -> None:
    """Without a step of that kind it is no ladder: somebody is tried, and worry has somewhere to go."""
    folder = own_folder(tmp_path, LADDER)
    text = (folder / LADDER).read_text(encoding="utf-8")
    (folder / LADDER).write_text(text.replace(f"kind: {kind}\n", "kind: joint_talk\n"), encoding="utf-8")
    assert [m for m in check_ladder(Folders(folder)) if f"add a step with 'kind: {kind}'" == m.remedy]


def test_one_mistake_hides_no_other(tmp_path: Path) -> None:
    """A wrong kind, an unworded step and a broken text elsewhere are all told in one go."""
    folder = own_folder(tmp_path, LADDER, DA, EN)
    edit(folder / LADDER, "kind: tell_caseworker\n", "kind: call_boss\n")
    edit(folder / EN, "  joint_talk:\n", "  talk:\n")
    edit(folder / DA, "i {{ without_contact | span }}. En", "i {{ dage | span }}. En")
    problems = "\n".join(m.problem for m in check_ladder(Folders(folder)))
    for expected in ("'call_boss'", "'joint_talk'", "'talk'", "'dage'"):
        assert expected in problems


@pytest.mark.parametrize(
    ("old", "new"), [("kind: tell_lead\n", "kind: tell_boss\n"), ("cap_a_week: 4", "cap_a_week: 0")]
)
def test_one_mistake_is_told_once(old: str, new: str, tmp_path: Path) -> None:
    """A misspelt kind or a cap of 0 is one mistake: words, days and neighbours are left in peace."""
    folder = own_folder(tmp_path, LADDER)
    edit(folder / LADDER, old, new)
    assert len(check_ladder(Folders(folder))) == 1


def test_the_cap_is_held_against_any_seven_days(tmp_path: Path) -> None:
    """Attempts on day 0 and on day 7 are not in one week; on days 1 to 7 they are."""
    folder = own_folder(tmp_path, LADDER)
    week = "  - id: lead\n    kind: attempt\n    channels: [call, text]\n    each: true\n    from_day: 7\n"
    edit(folder / LADDER, "  - id: lead\n    kind: tell_lead\n    from_day: 7\n", week)
    assert not [m for m in check_ladder(Folders(folder)) if m.place == "cap_a_week"]
    edit(
        folder / LADDER,
        "channels: [call, text]\n    each: true\n    from_day: 7",
        "channels: [call, text, visit]\n    each: true\n    from_day: 7",
    )
    assert [m.problem for m in check_ladder(Folders(folder)) if m.place == "cap_a_week"] == [
        "the steps ask for 5 attempts within a week, but the cap is 4"
    ]


@pytest.mark.parametrize("name", [LADDER, DA, EN])
@pytest.mark.parametrize(
    "text", ["", "[]", "- x", "steps: 3", "steps: [1, {}, {id: 3}]", "x", "span: [1]\nsteps: {lead: 1}"]
)
def test_nonsense_is_a_mistake_and_no_traceback(name: str, text: str, tmp_path: Path) -> None:
    """Whatever stands in a file, the answer is a list of mistakes in that file."""
    folder = own_folder(tmp_path, name)
    (folder / name).write_text(text, encoding="utf-8")
    assert [m for m in check_ladder(Folders(folder)) if m.file == str(folder / name)]


def test_an_organisation_can_write_its_own(tmp_path: Path) -> None:
    """A ladder of one's own stands in for the shipped one, with the shipped words where they fit."""
    folder = own_folder(tmp_path, LADDER)
    edit(folder / LADDER, "rhythm_days: 7", "rhythm_days: 14")
    edit(folder / LADDER, "to_day: 13\n", "to_day: 12\n")
    loaded = load_ladder(folder)
    assert (loaded.ladder.rhythm_days, loaded.ladder.cap_a_week) == (14, 4)
    assert loaded.words["da"].name("lead") == "Tal med din leder"
    assert shipped_folder().is_dir()
