"""A coded project comes back: by GUID and place, with coder and time; twice is once; and all is exported again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.exports.transcript import Dates
from prompts import load_codebook
from storage import audit
from storage.audit import Entry
from storage.database import Transaction
from tests.integration.cli_kit import Desk, Said, desk
from tests.integration.codings_kit import AT, Work, marks, new_guid, q, stored, written
from tests.integration.export_kit import held_visit, no_show

__all__ = ["desk"]
MEMO = "Søsteren er vejen tilbage.\nTema: Familie"


@pytest.fixture
def reflection(desk: Desk) -> str:
    """Two debriefs; the id of the long one, which is the first text of an export."""
    desk.set_up()
    talk = held_visit(desk)
    no_show(desk)
    return talk.reflection_id


def bring(desk: Desk, file: Path, *options: str) -> dict[str, object]:
    """Import, and what the command tells a program."""
    said = desk.run("codings", "import", str(file), "--json", *options)
    assert said.err == "", said
    told: dict[str, object] = said.json
    return told


def coded(desk: Desk) -> Work:
    """An export in the hands of Kim and Lars."""
    work = Work.on(written(desk) / "project.qdpx")
    work.mark("Et ord om søsteren.", "relation.meaning", "Kim", memo=MEMO)
    work.mark("blev rørt", "mentor.reaction", "Kim")
    work.mark("🙂 ", "relation.affective", "Lars")
    return work


@pytest.mark.parametrize("dates", list(Dates))
@pytest.mark.parametrize("language", ["da", "en"])
def test_our_own_export_makes_no_difference(desk: Desk, reflection: str, language: str, dates: Dates) -> None:
    """Unchanged, in whichever language and however finely dates are told: nothing is new, nothing is refused."""
    told = bring(desk, written(desk, language=language, dates=dates) / "project.qdpx")
    assert told == {
        "written": False, "new": 0, "changed": 0, "same": 0, "not_in_file": 0, "texts": 2, "split": 0,
        "automatic": told["automatic"], "new_codes": [], "unknown_texts": [], "refused": [],
    }  # fmt: skip
    assert int(str(told["automatic"])) > 40
    assert desk.run("codings", "import", str(desk.folder / "ud" / "project.qdpx")).out.endswith("No difference.\n")


def test_codings_are_kept_with_coder_time_and_place(desk: Desk, reflection: str) -> None:
    """Each lies where the words lie in what the mentor typed, also behind an emoji, and says who coded it and when."""
    told = bring(desk, coded(desk).save(desk.folder / "kodet.qdpx"))
    assert (told["new"], told["refused"], told["written"]) == (3, [], True)
    found = {mark.code: mark for mark in marks(desk, reflection)}
    one = found["relation.meaning"]
    assert (one.question_id, one.revision, one.starts, one.ends) == ("opening_note", 1, 0, 19)
    assert (one.coder, one.coded_at) == ("Kim", datetime(2026, 11, 27, 9, 15, tzinfo=UTC))
    assert (one.condensation, one.theme) == ("Søsteren er vejen tilbage.", "Familie")
    assert (found["mentor.reaction"].starts, found["mentor.reaction"].ends) == (4, 13)
    assert found["relation.affective"].coder == "Lars"


def test_importing_twice_adds_nothing(desk: Desk, reflection: str) -> None:
    """The second time everything is as before, and no row is written; the import itself is in the audit log once."""
    file = coded(desk).save(desk.folder / "kodet.qdpx")
    bring(desk, file)
    told = bring(desk, file)
    assert (told["new"], told["same"], told["written"]) == (0, 3, False)
    assert len(stored(desk, reflection)) == 3

    async def log(tx: Transaction) -> list[Entry]:
        return [entry for entry in await audit.entries(tx) if entry.action == "codings_import"]

    assert len(desk.stored(log)) == 1


def test_a_program_that_keeps_no_guid_is_understood(desk: Desk, reflection: str) -> None:
    """New GUIDs for texts, codes, passages and users: texts are known by name and words, codes by name."""
    work = coded(desk)
    work.renew()
    told = bring(desk, work.save(desk.folder / "kodet.qdpx"))
    assert (told["new"], told["refused"], told["new_codes"]) == (3, [], [])
    assert {(mark.code, mark.coder) for mark in marks(desk, reflection)} == {
        ("relation.meaning", "Kim"),
        ("mentor.reaction", "Kim"),
        ("relation.affective", "Lars"),
    }


def _bom(content: bytes) -> bytes:
    return b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")


@pytest.mark.parametrize("counted", ["before", "after"])
def test_windows_line_ends_and_a_byte_order_mark(desk: Desk, reflection: str, counted: str) -> None:
    """A program that writes CRLF and a BOM, whether it counted before or after, is understood: the words decide."""
    work = coded(desk)
    if counted == "after":
        texts = {one.attrib["guid"]: work.text(one) for one in work.sources()}
        for source in work.sources():
            for selection in source.iter(q("PlainTextSelection")):
                for name in ("startPosition", "endPosition"):
                    place = int(selection.attrib[name])
                    lines = texts[source.attrib["guid"]].count("\n", 0, place)
                    selection.set(name, str(place + lines + 1))
    work.rewrite(_bom)
    told = bring(desk, work.save(desk.folder / "kodet.qdpx"))
    assert (told["new"], told["refused"]) == (3, [])
    assert {(mark.starts, mark.ends) for mark in marks(desk, reflection) if mark.coder == "Kim"} == {(0, 19), (4, 13)}


@pytest.mark.parametrize("change", [lambda text: text.rstrip(b"\n"), lambda text: text + b"\n\n"])
def test_line_ends_at_the_very_end_do_not_matter(desk: Desk, reflection: str, change: Callable[[bytes], bytes]) -> None:
    """Programs drop or add them; no answer moves by it."""
    work = coded(desk)
    work.rewrite(change)
    assert bring(desk, work.save(desk.folder / "kodet.qdpx"))["new"] == 3


def test_a_new_code_becomes_an_own_one(desk: Desk, reflection: str) -> None:
    """What a coder found gets its place in the organisation's own codes, with its GUID, and goes out again under it."""
    work = coded(desk)
    work.mark("søsteren", work.code("Søskende", inside="Relation"), "Lars")
    file = work.save(desk.folder / "kodet.qdpx")
    assert bring(desk, file)["new_codes"] == ["relation.soeskende"]
    own = load_codebook(own=desk.data / "codebook.yaml")["relation.soeskende"]
    assert own.own and own.guid is not None
    again = Work.on(written(desk, "igen") / "project.qdpx")
    assert [one.get("guid") for one in again.root.iter(q("Code")) if one.get("name") == "Søskende"] == [own.guid]
    assert bring(desk, file)["new_codes"] == []


@pytest.mark.parametrize(("language", "dates"), [("da", Dates.DAY), ("en", Dates.NONE), ("en", Dates.WEEK)])
def test_everything_is_exported_again(desk: Desk, reflection: str, language: str, dates: Dates) -> None:
    """Coder, time, code, exact words and memo are in the next export, in any language; which then changes nothing."""
    work = coded(desk)
    work.mark("God [good]", "relation.affective", "Kim")
    bring(desk, work.save(desk.folder / "kodet.qdpx"))
    again = Work.on(written(desk, "igen", language=language, dates=dates) / "project.qdpx")
    names = {one.attrib["guid"]: one.attrib["name"] for one in again.root.iter(q("User"))}
    text = again.text(again.sources()[0])
    found = {}
    for selection in again.root.iter(q("PlainTextSelection")):
        if names[selection.attrib["creatingUser"]] in ("Kim", "Lars"):
            words = text[int(selection.attrib["startPosition"]) : int(selection.attrib["endPosition"])]
            found[words] = (names[selection.attrib["creatingUser"]], selection.get("creationDateTime"))
    closed = {"da": "God [good]", "en": "Good [good]"}[language]
    assert found == {
        "Et ord om søsteren.": ("Kim", AT), "blev rørt": ("Kim", AT), "🙂 ": ("Lars", AT), closed: ("Kim", AT)
    }  # fmt: skip
    told = bring(desk, desk.folder / "igen" / "project.qdpx")
    assert (told["new"], told["changed"], told["same"], told["refused"]) == (0, 0, 4, [])


def test_a_condensation_is_changed_and_never_lost(desk: Desk, reflection: str) -> None:
    """Other words supersede the row; a program that carries no memo takes none away."""
    file = coded(desk).save(desk.folder / "kodet.qdpx")
    bring(desk, file)
    work = Work.on(file)
    for selection in work.root.iter(q("PlainTextSelection")):
        for memo in selection.findall(q("Description")):
            selection.remove(memo)
    assert bring(desk, work.save(desk.folder / "uden.qdpx"))["changed"] == 0
    work.mark("Et ord om søsteren.", "relation.meaning", "Kim", memo="Hun savner søsteren.")
    told = bring(desk, work.save(desk.folder / "ny.qdpx"))
    assert (told["new"], told["changed"]) == (0, 1)
    rows = [one for one in stored(desk, reflection) if one.mark.code == "relation.meaning"]
    assert [(row.mark.condensation, row.mark.theme) for row in rows] == [
        ("Søsteren er vejen tilbage.", "Familie"),
        ("Hun savner søsteren.", "Familie"),
    ]
    assert rows[0].superseded_by == rows[1].id and rows[1].superseded_at is None
    assert rows[0].file_hash != rows[1].file_hash


def test_what_a_coder_took_away_stays_unless_said(desk: Desk, reflection: str) -> None:
    """A file without a coding removes nothing by itself: it may be an old one. With --replace it does, for its own
    coders only, and the row stays on record."""
    bring(desk, coded(desk).save(desk.folder / "kodet.qdpx"))
    work = Work.on(written(desk, "ren") / "project.qdpx")
    for source in work.sources():
        for selection in source.findall(q("PlainTextSelection")):
            if selection.get("name") in ("blev rørt", "🙂 "):
                source.remove(selection)
    file = work.save(desk.folder / "mindre.qdpx")
    assert bring(desk, file)["not_in_file"] == 1
    assert len(marks(desk, reflection)) == 3
    said: Said = desk.run("codings", "import", str(file), "--replace")
    assert (said.code, said.err) == (0, "")
    assert {mark.code for mark in marks(desk, reflection)} == {"relation.meaning", "relation.affective"}
    assert len(stored(desk, reflection)) == 3


def test_a_passage_over_two_answers_becomes_two(desk: Desk, reflection: str) -> None:
    """One coding for each answer it touches; the question between them belongs to nobody."""
    work = Work.on(written(desk) / "project.qdpx")
    work.mark("Ro på.", "relation.meaning", "Kim", end="Kaff")
    told = bring(desk, work.save(desk.folder / "kodet.qdpx"))
    assert (told["new"], told["split"], told["refused"]) == (2, 1, [])
    assert [(mark.question_id, mark.starts, mark.ends) for mark in marks(desk, reflection)] == [
        ("citizen_wanted", 0, 6),
        ("relation_note", 0, 4),
    ]


def test_a_text_that_is_not_ours_is_left_alone(desk: Desk, reflection: str) -> None:
    """A coder may keep other material in the same project: it is named and not touched."""
    work = coded(desk)
    other = work.sources()[1]
    guid = new_guid()
    work.texts[f"sources/{guid}.txt"] = b"Noget andet.\n"
    other.attrib.update({"guid": guid, "name": "Andet materiale", "plainTextPath": f"internal://{guid}.txt"})
    for selection in other.findall(q("PlainTextSelection")):
        other.remove(selection)
    work.place(other, 0, 5, "relation", "Kim")
    told = bring(desk, work.save(desk.folder / "kodet.qdpx"))
    assert (told["new"], told["unknown_texts"], told["refused"]) == (3, ["Andet materiale"], [])
