"""What cannot be taken is refused with its place; nothing is written then, and no word of it reaches a log."""

from __future__ import annotations

import asyncio
import logging
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from bot.exports import codings_zip
from storage import people
from storage.database import Transaction
from storage.people import Consent
from tests.integration.cli_kit import NOW, Desk, desk
from tests.integration.codings_kit import Work, marks, q, written
from tests.integration.export_kit import held_visit

__all__ = ["desk"]


@pytest.fixture
def reflection(desk: Desk) -> str:
    """One long debrief."""
    desk.set_up()
    return held_visit(desk).reflection_id


def opened(desk: Desk) -> Work:
    """An export in the hands of Kim, with one coding."""
    work = Work.on(written(desk) / "project.qdpx")
    work.mark("Et ord om søsteren.", "relation.meaning", "Kim")
    return work


def refused(desk: Desk, work: Work, *words: str) -> None:
    """The import says these words in one line, writes nothing and ends with 1."""
    said = desk.run("codings", "import", str(work.save(desk.folder / "kodet.qdpx")))
    assert (said.code, said.err) == (1, ""), said
    lines = [line for line in said.out.splitlines() if line.startswith("Refused: ")]
    assert len(lines) == 1, said.out
    for word in words:
        assert word in lines[0], lines[0]
    assert "Nothing is written" in said.out


def test_an_edited_text_is_refused_with_its_line(desk: Desk, reflection: str, caplog: pytest.LogCaptureFixture) -> None:
    """One changed letter: the text, its line, what was expected and what was found, for the operator only."""
    caplog.set_level(logging.DEBUG)
    work = opened(desk)
    name = work.sources()[0].attrib["name"]
    line = work.text(work.sources()[0]).split("\n").index("Et ord om søsteren.") + 1
    work.rewrite(lambda content: content.replace("søsteren".encode(), b"broderen"))
    refused(desk, work, name, f"line {line}", "not the one that was exported", "«Et ord om s", "broderen")
    assert marks(desk, reflection) == []
    assert "søsteren" not in caplog.text and "broderen" not in caplog.text


@pytest.mark.parametrize("change", [lambda text: text + b" ", lambda text: b"x" + text, lambda text: text[:-30]])
def test_any_edit_is_found(desk: Desk, reflection: str, change: object) -> None:
    """At the beginning, at the end, or cut off."""
    work = opened(desk)
    work.rewrite(change)  # type: ignore[arg-type] # a lambda
    refused(desk, work, "not the one that was exported")


@pytest.mark.parametrize("by", [1, -1, 7])
def test_shifted_places_are_refused(desk: Desk, reflection: str, by: int) -> None:
    """Every place moved, as by another way of counting: the automatic codes of the export give it away."""
    work = opened(desk)
    work.shift(by)
    refused(desk, work, "places are shifted" if by > 0 else "", work.sources()[0].attrib["name"])
    assert marks(desk, reflection) == []


def test_a_single_shifted_passage_is_refused(desk: Desk, reflection: str) -> None:
    """The coder's own passage is held against the words that the program gives for it."""
    work = opened(desk)
    selection = next(one for one in work.root.iter(q("PlainTextSelection")) if one.get("name") == "Et ord om søsteren.")
    selection.set("startPosition", str(int(selection.attrib["startPosition"]) + 2))
    selection.set("endPosition", str(int(selection.attrib["endPosition"]) + 2))
    line = work.text(work.sources()[0]).split("\n").index("Et ord om søsteren.") + 1
    refused(desk, work, f"line {line}", "hold other words than the program says", "«Et ord om søsteren.»")


@pytest.mark.parametrize(("start", "end"), [(-5, 3), (5, 5), (9, 4), (10, 10**6), (10**8, 10**8 + 1)])
def test_places_outside_the_text_are_refused(desk: Desk, reflection: str, start: int, end: int) -> None:
    """Empty, backwards, negative or beyond the end."""
    work = opened(desk)
    work.place(work.sources()[0], start, end, "relation", "Kim")
    said = desk.run("codings", "import", str(work.save(desk.folder / "kodet.qdpx")))
    assert said.code == 1
    assert "outside the text" in said.out or "no place in its text" in said.err
    assert marks(desk, reflection) == []


def test_the_words_around_cannot_be_coded(desk: Desk, reflection: str) -> None:
    """A question, or the title, is nobody's answer; neither is the text as a whole."""
    work = opened(desk)
    work.mark("Hvad skete der?", "relation", "Kim")
    refused(desk, work, "in no answer", "line 18")


def test_partly_takes_the_rest(desk: Desk, reflection: str) -> None:
    """Asked to, the import takes what it can, says what it could not, and still ends with 1."""
    work = opened(desk)
    work.mark("Hvad skete der?", "relation", "Kim")
    said = desk.run("codings", "import", str(work.save(desk.folder / "kodet.qdpx")), "--partly")
    assert said.code == 1 and "Refused: " in said.out and said.out.endswith("Written.\n")
    assert [mark.code for mark in marks(desk, reflection)] == ["relation.meaning"]


def test_a_dry_run_writes_nothing(desk: Desk, reflection: str) -> None:
    """It shows what would be new, codes too, and leaves file and database as they were."""
    work = opened(desk)
    work.mark("Kaffe.", work.code("Kaffe"), "Kim")
    said = desk.run("codings", "import", str(work.save(desk.folder / "kodet.qdpx")), "--dry-run")
    assert said.code == 0 and "2 new codings" in said.out and "dry run" in said.out
    assert marks(desk, reflection) == []
    assert not (desk.data / "codebook.yaml").exists()


def test_somebody_must_have_coded(desk: Desk, reflection: str) -> None:
    """Where a file names no user, the operator says who it was."""
    work = opened(desk)
    for element in work.root.iter():
        element.attrib.pop("creatingUser", None)
    refused(desk, work, "name no coder", "--coder")
    said = desk.run("codings", "import", str(desk.folder / "kodet.qdpx"), "--coder", "  Kim ")
    assert said.code == 0
    assert [mark.coder for mark in marks(desk, reflection)] == ["Kim"]


def test_a_withdrawn_consent_counts(desk: Desk, reflection: str) -> None:
    """Codings of a mentor who has said no since are not taken in."""
    work = opened(desk)

    async def no(tx: Transaction) -> None:
        anna = (await people.people(tx))[0]
        people.consent(tx, anna.id, Consent.CODING, False, NOW + timedelta(days=3))

    desk.stored(no)
    said = desk.run("codings", "import", str(work.save(desk.folder / "kodet.qdpx")))
    assert said.code == 0 and "Left alone" in said.out and "No difference." in said.out
    assert marks(desk, reflection) == []


def test_an_answer_that_was_changed_since(desk: Desk, reflection: str) -> None:
    """What was coded before the mentor changed the answer is kept with that revision, and is not in later exports,
    where those words are no more."""
    work = opened(desk)

    async def change() -> None:
        async with desk.database() as db, db.transaction() as tx:
            await tx.run(
                "UPDATE answers SET superseded_at = '2026-11-28T10:00:00.000000Z', superseded_by = 'ny'"
                " WHERE question_id = 'relation_note'"
            )
            await tx.run(
                "INSERT INTO answers SELECT 'ny', reflection_id, question_id, 2, NULL, NULL, kind, value, 'Et nyt',"
                " skipped, assumed, asked_at, '2026-11-28T10:00:00.000000Z', guide_version, guide_hash, wording_hash,"
                " language, visibility, NULL FROM answers WHERE question_id = 'relation_note'"
            )

    work.mark("Kaffe.", "relation", "Kim")
    asyncio.run(change())
    file = work.save(desk.folder / "kodet.qdpx")
    said = desk.run("codings", "import", str(file))
    assert (said.code, said.err) == (0, ""), said
    assert {(mark.question_id, mark.revision) for mark in marks(desk, reflection)} == {
        ("opening_note", 1),
        ("relation_note", 1),
    }
    again = Work.on(written(desk, "igen") / "project.qdpx")
    kims = [one for one in again.root.iter(q("PlainTextSelection")) if one.get("creatingUser") == again.user("Kim")]
    assert [one.get("name") for one in kims] == ["Et ord om søsteren."]


def member(file: Path, name: str, content: bytes) -> Path:
    """A ZIP with one file."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(8))
    + b']><Project xmlns="urn:QDA-XML:project:1.0">&i;</Project>'
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (BOMB, "defines entities"),
        (b'<!DOCTYPE p SYSTEM "file:///etc/hostname"><Project/>', "defines entities"),
        (b"<Project", "not whole XML"),
        (b"<Other/>", "no REFI-QDA project"),
    ],
)
def test_hostile_or_broken_projects(desk: Desk, reflection: str, content: bytes, why: str) -> None:
    """Entity bombs, files that point elsewhere and broken XML end in one sentence."""
    file = member(desk.folder / "kodet.qdpx", "project.qde", content)
    desk.run("codings", "import", str(file)).refused(why)


def test_a_project_without_its_heart(desk: Desk, reflection: str) -> None:
    """A ZIP without project.qde, and a .qdpx that is no ZIP, are told apart."""
    desk.run("codings", "import", str(member(desk.folder / "a.qdpx", "x.txt", b"x"))).refused("no project.qde")
    (desk.folder / "b.qdpx").write_bytes(b"PK\x03\x04 cut off")
    desk.run("codings", "import", str(desk.folder / "b.qdpx")).refused("not a whole ZIP")


def test_a_bomb_in_the_zip(desk: Desk, reflection: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that is larger than a text can be is refused before it is unpacked."""
    work = opened(desk)
    monkeypatch.setattr(codings_zip, "LARGEST_TEXT", 100_000)
    work.rewrite(lambda content: content + b" " * 200_000)
    file = work.save(desk.folder / "kodet.qdpx")
    assert file.stat().st_size < 50_000
    desk.run("codings", "import", str(file)).refused("larger than any of ours")


def test_a_path_leads_nowhere(desk: Desk, reflection: str) -> None:
    """A text that is said to lie elsewhere on the disk is not looked for there."""
    work = opened(desk)
    secret = desk.folder / "hemmelig.txt"
    secret.write_text("hemmelig", encoding="utf-8")
    for path in (f"absolute://{secret}", f"internal://../../{secret}", f"relative://{secret}", str(secret)):
        work.sources()[0].set("plainTextPath", path)
        said = desk.run("codings", "import", str(work.save(desk.folder / "kodet.qdpx")))
        assert said.code == 1 and "its text is missing" in said.out and "hemmelig" not in said.out
    assert sorted(one.name for one in desk.folder.iterdir()) == [
            "data", "data-backups", "data.key", "hemmelig.txt", "kodet.qdpx",
            *sorted(one.name for one in desk.folder.glob("r*")), "ud",
    ]  # fmt: skip
