"""``project.qdpx``: what programs need to find, and each thing that cost somebody data with one of them."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.exports import qdpx
from bot.exports.transcript import Dates, Transcript, transcript_of
from tests.unit.qdpx_kit import BOOK, NAMESPACE, Opened, hold_together, local, write
from tests.unit.transcript_kit import AT, DA, FAMILY, ORDER, a_visit, answer, reflection


def told(**changes: Any) -> Transcript:
    """A visit as a text."""
    return transcript_of(a_visit(**changes), DA, order=ORDER)


@pytest.fixture(scope="module")
def project() -> Opened:
    """A project with two visits of one citizen, by two mentors."""
    return write([told(), told(reflection_id="another", mentor="M02")])


def test_it_holds_together(project: Opened) -> None:
    """References resolve, GUIDs and names are unique, and every place holds its quote."""
    hold_together(project)
    assert len(project.all("PlainTextSelection")) == 18


def test_the_archive_is_flat_and_lower_case(project: Opened) -> None:
    """Exactly ``project.qde`` and ``sources/<GUID>.txt``: ``Sources`` or ``Project.qde`` are not found."""
    with zipfile.ZipFile(io.BytesIO(project.content)) as archive:
        names = archive.namelist()
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names[-1] == "project.qde"
    assert all(re.fullmatch(r"sources/[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\.txt", name) for name in names[:-1])


def test_text_files_are_utf8_with_lf_and_without_bom(project: Opened) -> None:
    """A BOM shifts every place by one, CRLF by one for each line."""
    with zipfile.ZipFile(io.BytesIO(project.content)) as archive:
        files = [archive.read(name) for name in archive.namelist()]
    for content in files:
        assert not content.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in content
        content.decode()


def test_texts_are_files_and_not_inline(project: Opened) -> None:
    """Text inside the XML makes a program crash."""
    assert project.all("PlainTextContent") == []
    assert set(project.texts) == {one.get("guid") for one in project.all("TextSource")}
    assert project.texts[told().guid] == told().text


def test_places_are_code_points(project: Opened) -> None:
    """After a sign of seven code points and an answer that ends with its last letter, the next ones still fit."""
    quotes = [text for _, text in project.selections()]
    assert f"Vi gik en tur.\nHun sagde: {FAMILY} <ja> & nej." in quotes
    assert "=Jeg ringer\nB07 tager bussen." in quotes


def test_the_order_in_a_project(project: Opened) -> None:
    """Children stand in the order of the standard."""
    assert [local(one) for one in project.root] == [
        "Users", "CodeBook", "Variables", "Cases", "Sources", "Sets", "Description"
    ]  # fmt: skip


def test_no_container_is_empty() -> None:
    """Without reflections there are users and codes, nothing that would be empty; without a book, not even codes."""
    assert [local(one) for one in write([]).root] == ["Users", "CodeBook", "Sets", "Description"]
    bare = write([], book=BOOK.model_copy(update={"codes": ()}))
    assert [local(one) for one in bare.root] == ["Users", "Description"]
    for one in write([told()]).root.iter():
        assert len(one) or one.text or one.attrib, one.tag


def test_origin_creators_and_dates_are_there(project: Opened) -> None:
    """A missing origin, or a missing creator, makes programs crash; times are UTC to the whole second."""
    assert project.root.get("origin") == "Eftertanke"
    made = [project.root.get("creationDateTime"), project.root.get("modifiedDateTime")]
    for tag in ("TextSource", "PlainTextSelection", "Coding"):
        for one in project.all(tag):
            made.append(one.get("creationDateTime"))
            assert one.get("creatingUser")
    assert set(made) == {"2026-11-23T09:30:15Z"}


def test_times_are_told_in_utc() -> None:
    """An export made in another zone has the same instant; a time without a zone is refused."""
    there = write([], at=datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=1))))
    assert there.root.get("creationDateTime") == "2026-11-23T09:00:00Z"
    with pytest.raises(ValueError, match="zone"):
        write([], at=AT.replace(tzinfo=None))


def test_the_first_user_is_the_export(project: Opened) -> None:
    """A program takes its first user for whoever sits there; mentors are no users."""
    assert [one.get("name") for one in project.all("User")] == ["Eftertanke"]


def test_there_are_no_notes_and_no_references_to_them(project: Opened) -> None:
    """A Note without dates crashes, and a NoteRef inside a Code loses every code."""
    assert [project.all(tag) for tag in ("Note", "Notes", "NoteRef", "Links", "Graphs")] == [[], [], [], [], []]


def test_folders_are_not_coded_with_and_leaves_are(project: Opened) -> None:
    """Two levels; what has codes in it is a folder, every coding names a leaf, nothing but Description is inside."""
    for top in project.root.find(f"{NAMESPACE}CodeBook/{NAMESPACE}Codes") or ():
        leaves = top.findall(f"{NAMESPACE}Code")
        assert top.get("isCodable") == ("false" if leaves else "true")
        for leaf in leaves:
            assert leaf.get("isCodable") == "true"
            assert {local(one) for one in leaf} <= {"Description"}
    assert all(re.fullmatch(r"#[0-9A-F]{6}", one.get("color") or "#000000") for one in project.all("Code"))


def test_automatic_codes_are_kept_apart(project: Opened) -> None:
    """Each answer has its question's code and the guide's, in folders of their own; no code of the book is used."""
    folders = {
        one.get("name"): [leaf.get("name") for leaf in one.iter(f"{NAMESPACE}Code")][1:] for one in project.all("Code")
    }
    assert folders["Spørgsmål (automatisk)"][:2] == ["Q01 Borger", "Q02 Mødet"]
    assert "auto flexibility.time" in folders["Guidens koder (automatisk)"]
    automatic = {*folders["Spørgsmål (automatisk)"], *folders["Guidens koder (automatisk)"]}
    names = {one.get("guid"): one.get("name") for one in project.all("Code")}
    used = {names[one.get("targetGUID")] for one in project.all("CodeRef")}
    assert used == automatic - {"Q16 Borgeren ville"}  # which was skipped, twice


def test_each_coding_has_one_code(project: Opened) -> None:
    """Several codes are several codings; the whole source has none, since that is ignored."""
    assert all([local(child) for child in one] == ["CodeRef"] for one in project.all("Coding"))
    for source in project.all("TextSource"):
        assert source.findall(f"{NAMESPACE}Coding") == []


def test_variables_come_last_in_a_source(project: Opened) -> None:
    """Another order is invalid, and their values are lost."""
    for source in project.all("TextSource"):
        tags = [local(one) for one in source]
        assert tags == sorted(tags, key=["Description", "PlainTextSelection", "VariableValue"].index)


def test_variables_are_typed(project: Opened) -> None:
    """Numbers are numbers and days are days, named by the question's number in the guide."""
    values = project.values()
    assert ("mentor", "TextValue", "M01") in values
    assert ("date", "DateValue", "2026-11-23") in values
    assert ("iso_year", "IntegerValue", "2026") in values
    assert ("iso_week", "IntegerValue", "48") in values
    assert ("Q02_value", "TextValue", "as_agreed") in values
    assert ("Q02_label", "TextValue", "✅ Som aftalt") in values
    assert ("Q03_value", "DateValue", "2026-11-23") in values
    assert (f"Q{ORDER.index('minutes_used') + 1:02}_value", "IntegerValue", "90") in values
    assert (f"Q{ORDER.index('adjusted') + 1:02}_value", "TextValue", "time; practical") in values
    types = {one.get("name"): one.get("typeOfVariable") for one in project.all("Variable")}
    assert all(kind == f"{types[name]}Value" for name, kind, _ in values)


def test_no_variable_is_used_for_cases_and_sources(project: Opened) -> None:
    """It would be dropped for one of them: cases have none."""
    assert [one for case in project.all("Case") for one in case.iter(f"{NAMESPACE}VariableValue")] == []


def test_cases_are_mentors_and_citizens(project: Opened) -> None:
    """Each with its sources."""
    cases = {one.get("name"): len(one) for one in project.all("Case")}
    assert cases == {"Mentor M01": 1, "Mentor M02": 1, "Borger B07": 2}


def test_a_pseudonym_in_two_teams_is_two_people() -> None:
    """It is unique within its team only."""
    two = write([told(), told(reflection_id="another", team="Syd")])
    assert [one.get("name") for one in two.all("Case")][1:] == ["Borger B07 (Nord)", "Borger B07 (Syd)"]


def test_cases_can_be_switched_off() -> None:
    """One program drops codings of sources that are linked to cases."""
    assert write([told()], cases=False).all("Cases") == []


def test_numbers_of_questions_do_not_depend_on_what_is_exported() -> None:
    """A question has its place in the guide; one that is not in the guide comes after."""
    foreign = replace(answer("outcome", "as_agreed"), question_id="asked_before")
    two = write([transcript_of(reflection(answer("outcome", "acute"), foreign), DA)])
    names = [str(one.get("name")) for one in two.all("Variable")]
    assert [one for one in names if one.endswith("_value")] == ["Q02_value", f"Q{len(ORDER) + 1:02}_value"]


def test_no_dates_where_none_may_be_told() -> None:
    """With weeks, no day; with none, neither, whatever the kind of value. The export's own time is another thing."""
    weekly = write([transcript_of(a_visit(), DA, dates=Dates.WEEK)])
    assert {name for name, *_ in weekly.values()} & {"date", "iso_week", "Q03_value"} == {"iso_week"}
    without = write([transcript_of(a_visit(), DA, dates=Dates.NONE)])
    assert {name for name, *_ in without.values()} & {"date", "iso_year", "iso_week", "Q03_value"} == set()
    assert all(one.get("typeOfVariable") != "Date" for one in without.all("Variable"))


def test_supervision_remarks_are_the_sources_description() -> None:
    """They are read as a memo of the source; without any there is no element, since an empty one reads as "None"."""
    noted = write([transcript_of(a_visit(), DA, remarks="Talt igennem <her> & nu.\r\n")])
    source = noted.all("TextSource")[0]
    assert source.findtext(f"{NAMESPACE}Description") == "Talt igennem <her> & nu.\n"
    assert write([told()]).all("TextSource")[0].find(f"{NAMESPACE}Description") is None


def test_a_pseudonym_is_no_path() -> None:
    """A source's name becomes a file's name: no slash, no dots in a row, nothing but plain letters."""
    wild = write([told(mentor="../Åse", citizen="..\\C:")])
    assert re.fullmatch(r"R[0-9A-F]{12} Aase C 2026-11-23", str(wild.all("TextSource")[0].get("name")))


def test_no_id_of_ours_is_told(project: Opened) -> None:
    """Nothing but pseudonyms and GUIDs: the id of a reflection holds the time it was begun."""
    assert b"01935a3c" not in project.qde.lower()
    assert a_visit().reflection_id.encode() not in project.content


def test_the_same_input_gives_the_same_bytes() -> None:
    """Two exports of the same reflections at the same time are one file."""
    assert write([told()]).content == write([told()]).content
    assert write([told()]).content != write([told(status="open")]).content


def test_the_file_is_for_its_owner_and_nothing_else_stays(tmp_path: Path) -> None:
    """Mode 0600; the spool leaves nothing behind."""
    write([told()], folder=tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["project.qdpx"]
    assert stat.S_IMODE((tmp_path / "project.qdpx").stat().st_mode) == 0o600


def test_a_project_that_fails_is_not_there(tmp_path: Path) -> None:
    """No half file that a coder could take for whole; and one that is there is not written over."""
    with pytest.raises(RuntimeError), qdpx.open_project(tmp_path, BOOK, language="da", at=AT) as project:
        project.add(told())
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    write([told()], folder=tmp_path)
    with pytest.raises(FileExistsError):
        write([told()], folder=tmp_path)


async def test_a_stream_is_written_in_one_pass(tmp_path: Path) -> None:
    """``write_project`` takes what a stream gives, once, and says what it wrote."""

    async def stream() -> AsyncIterator[Transcript]:
        yield told()
        yield told(reflection_id="another")

    written = await qdpx.write_project(tmp_path, stream(), BOOK, language="en", at=datetime(2026, 11, 23, tzinfo=UTC))
    assert (written.sources, written.passages, written.codings, written.left_out) == (2, 18, 0, 0)
