"""`eftertanke log`: the log as a table, a CSV file and a page; hours for the invoice; and what never stands there."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import stat
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine

from bot.dialogue.events import Press
from storage import audit
from storage.audit import Entry
from tests.integration.cli_kit import NOW, Desk, Talk, desk, enrol
from tests.integration.export_kit import WORDS, answer_all, held_visit, no_show

__all__ = ["desk"]
EVIL = "=1+1</td><script>alert(1)</script>;\"x\" 'y' \u202eשלום\u202c\x1b[31m"
PRIVATE = ("what_happened", "citizen_wanted", "relation_note", "opening_note", "mentor_note", "supervision_focus")


@pytest.fixture
def nord(desk: Desk) -> Desk:
    """A desk where everything is set up, and the clock stands an hour after the debriefs."""
    desk.set_up()
    return desk


def run(desk: Desk, *arguments: str, at: datetime = NOW + timedelta(hours=6)) -> Any:
    """Run ``eftertanke log`` at a time of its own."""
    with time_machine.travel(at, tick=True):
        return desk.run("log", *arguments)


def read_csv(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    """The rows by heading."""
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def debrief(
    desk: Desk,
    moves: dict[str, list[Any]],
    typed: dict[str, str],
    *,
    full: bool = False,
    after: tuple[Any, ...] = (),
) -> Talk:
    """Anna joins and debriefs; ``after``: what she taps on the receipt."""

    async def go() -> Talk:
        async with desk.database() as db:
            async with db.transaction() as tx:
                anna = await enrol(tx, "Anna", 100)
            talk = await Talk(db, anna).begin()
            if full:
                await talk.tap(Press.FULL)
            await answer_all(talk, moves, typed)
            await talk.tap(Press.SAVE, *after)
            return talk

    return asyncio.run(go())


def noted(desk: Desk) -> list[Entry]:
    """The audit rows of reading."""

    async def go(tx: Any) -> list[Entry]:
        return [one for one in await audit.entries(tx) if one.action.startswith("log_")]

    return desk.stored(go)


def test_a_table_for_the_terminal(nord: Desk) -> None:
    """A no-show with its attempts, decision and reason, the line for the record, the hours, the duty to record."""
    no_show(nord)
    said = run(nord, "stjerne")
    assert (said.code, said.err) == (0, "")
    for word in (
        "Kontakt og fravær · Stjerne", "Lukkede ikke op", "Ringet", "Intet svar", "Kørt forbi", "Lagde besked",
        "Fraværet: Venter lidt: 30/11 2026", "Borgerens grund: Syg",
        "1 aftalt møde, 1 udeblivelse; 2 forsøg på kontakt: 1 opkald, 1 besøg", "2026-W48",
        "Eftertanke er ikke journalen", "offentlighedsloven § 13",
    ):  # fmt: skip
        assert word in said.out, word
    assert [(one.actor, one.action) for one in noted(nord)] == [("operator", "log_read")]
    assert "Næste kontakt: 27/11 2026 kl. 10.00" in run(nord, "Stjerne", "--csv").out


def test_private_answers_stand_nowhere(nord: Desk) -> None:
    """Of a whole debrief with a private answer even shared, in every form: only what is for the log."""
    held_visit(nord)
    whole = "".join(run(nord, "B07", *form).out for form in ((), ("--csv",), ("--html",), ("--language", "en")))
    assert "Jeg ringer." in whole and "Som aftalt" in whole
    for question in PRIVATE:
        for line in WORDS[question].splitlines():
            assert len(line) < 5 or line not in whole, question
    for label in ("Hvor hårdt", "Supervision", "Kontakten", "Medbestemmelse", "Tilpasset", "God", "Tid nok"):
        assert label not in whole


def test_a_hearing_stands_there_only_while_it_is_shared(nord: Desk) -> None:
    """Its answer is for supervision: until the mentor shares it, and after it is taken back, the log is silent."""
    moves: dict[str, list[Any]] = {
        "citizen": ["B07", Press.NEW], "outcome": ["did_not_come"], "reach_tried": ["call"],
        "absence_decision": ["register"], "hearing": ["knows_has_help", "d3"], "next_contact": ["no"],
    }  # fmt: skip
    talk = debrief(nord, moves, {"absence_guess": "HEMMELIGT", "decision_basis": "TIL_LEDER"}, full=True)
    before = run(nord, "B07", "--csv").out
    assert "Partshøring" not in before and "28/11" not in before
    assert "HEMMELIGT" not in before and "TIL_LEDER" not in before

    async def again(*moves: Any) -> None:
        async with nord.database() as db:
            talk.db = db
            await talk.tap(*moves)

    asyncio.run(again(Press.SHARE, "hearing", Press.PREVIEW, Press.CONFIRM))
    assert "Partshøring: Ja, og har hjælp: 28/11 2026" in run(nord, "B07", "--csv").out
    asyncio.run(again(Press.WITHDRAW))
    assert "Partshøring" not in run(nord, "B07", "--csv").out


def test_csv_is_safe_and_complete(nord: Desk) -> None:
    """Words become no formula in any column, quotes and semicolons survive, with either delimiter; headings speak."""
    debrief(
        nord,
        {"citizen": ["=SUM(A1)", Press.NEW], "outcome": ["as_agreed"], "minutes_used": ["m45"], "next_contact": ["no"]},
        {"agreements": EVIL},
        full=True,
    )
    for options, delimiter in (((), ","), (("--semicolon",), ";")):
        said = run(nord, "=SUM(A1)", "--csv", *options)
        (row,) = read_csv(said.out, delimiter)
        assert row["Hvad"] == "Som aftalt" and row["Minutter"] == "45" and row["Tæller med"] == "ja"
        assert "</td><script>alert(1)</script>;\"x\" 'y'" in row["Mere"] and "\x1b" not in said.out
        cells = [cell for line in csv.reader(io.StringIO(said.out), delimiter=delimiter) for cell in line]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
    (week,) = read_csv(run(nord, "--hours", "--semicolon").out, ";")
    assert (week["Borger"], week["Timer"], week["Uge"]) == ("'=SUM(A1)", "0,75", "2026-W48")
    (week,) = read_csv(run(nord, "--hours").out)
    assert week["Timer"] == "0.75"


class _Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_safe(nord: Desk) -> None:
    """One file: language, captions, headings by column and row, no script, no address outside, nothing unescaped."""
    debrief(
        nord,
        {"citizen": ["<b>B&7</b>", Press.NEW], "outcome": ["as_agreed"], "next_contact": ["no"]},
        {"agreements": EVIL},
        full=True,
    )
    out = nord.folder / "log.html"
    said = run(nord, "<b>b&7</b>", "--out", str(out))
    assert (said.code, said.err) == (0, "") and said.out.startswith(f"Wrote {out}, ")
    text = out.read_text(encoding="utf-8")
    page = _Page(text)
    names = [tag for tag, _ in page.tags]
    assert page.open == [] and names.count("caption") == 2 and {"script", "b", "img", "link"} & set(names) == set()
    assert dict(page.tags)["html"] == {"lang": "da"}
    assert {attrs.get("scope") for tag, attrs in page.tags if tag == "th"} == {"col", "row"}
    assert not [attrs for _, attrs in page.tags if {"src", "href"} & set(attrs)] and "url(" not in text
    assert "&lt;script&gt;" in text and "\x1b" not in text and "\u202e" not in text and "שלום" in text
    assert "prefers-color-scheme: dark" in text and "size: A4" in text and "default-src 'none'" in text
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert 'lang="en"' in run(nord, "<b>b&7</b>", "--html", "--language", "en").out


def test_a_file_is_never_written_over(nord: Desk) -> None:
    """An existing file stops the command before anything is read; a CSV file begins with a BOM."""
    no_show(nord)
    out = nord.folder / "log.csv"
    assert run(nord, "Stjerne", "--out", str(out)).code == 0
    kept = out.read_bytes()
    assert kept.startswith(b"\xef\xbb\xbf") and len(read_csv(kept.decode("utf-8-sig"))) == 3
    run(nord, "Stjerne", "--out", str(out)).refused("log.csv", "already")
    assert out.read_bytes() == kept and len(noted(nord)) == 1


def test_who_is_meant(nord: Desk) -> None:
    """An unknown pseudonym gets the nearest ones, one that two teams have needs the team, an unknown team is named."""
    debrief(nord, {"citizen": ["B07", Press.NEW], "outcome": ["as_agreed"], "next_contact": ["no"]}, {})

    async def go(tx: Any) -> None:
        from storage import citizens
        from storage.ids import new_id

        sif = await enrol(tx, "Sif", 900, team="Syd")
        for name in ("b07", "Måne"):
            citizens.add(tx, id=new_id(NOW), team_id=sif.team_id or "", mentor_id=sif.id, pseudonym=name, now=NOW)

    nord.stored(go)
    run(nord, "B70").refused("There is no citizen called B70", "B07 (Nord)", "b07 (Syd)")
    run(nord, "qqqq").refused("qqqq", "check the spelling")
    run(nord, "B07").refused("several teams", "Nord, Syd", "--team")
    run(nord, "B07", "--team", "Øst").refused("no team", "Øst", "Nord, Syd")
    run(nord, "Måne", "--team", "Nord").refused("Måne", "in the team Nord")
    assert noted(nord) == []
    assert "Som aftalt" in run(nord, "B07", "--team", "nord").out
    assert "Der er ikke noteret noget." in run(nord, "B07", "--team", "Syd").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ("pseudonym", "--hours")),
        (("B07", "--hours"), ("pseudonym", "--hours")),
        (("B07", "--csv", "--html"), ("--csv", "--html")),
        (("--hours", "--html"), ("CSV",)),
        (("B07", "--from", "1/11"), ("--from", "2026-11-01")),
        (("B07", "--to", "2026-02-30"), ("--to",)),
        (("B07", "--from", "2026-11-02", "--to", "2026-11-01"), ("--to", "before")),
        (("B07", "--language", "de"), ("de",)),
        (("",), ("pseudonym",)),
    ],
)
def test_asked_wrongly(nord: Desk, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    """Each mistake is one sentence that says what to do, and exit code 2."""
    run(nord, *arguments).refused(*words, code=2)


def test_a_period_ends_at_local_midnight(nord: Desk) -> None:
    """A debrief at 13.10 on 25 November is in that day's log and in no neighbour's; the line names the period."""
    no_show(nord)
    for since, until, inside in (
        ("2026-11-25", "2026-11-25", True), ("2026-11-01", "2026-11-24", False), ("2026-11-26", "2026-12-31", False),
    ):  # fmt: skip
        said = run(nord, "Stjerne", "--from", since, "--to", until)
        assert ("Lukkede ikke op" in said.out) is inside
        assert len(read_csv(run(nord, "--hours", "--from", since, "--to", until).out)) == inside
    assert "I perioden 26. november–31. december 2026: ingen møder" in said.out


def test_hours_for_the_invoice(nord: Desk) -> None:
    """Each citizen and week with minutes, travel and what was only assumed; one team when asked; noted."""
    held_visit(nord)
    no_show(nord)
    rows = read_csv(run(nord, "--hours").out)
    assert [(row["Borger"], row["Minutter"], row["Heraf skønnet (min.)"], row["Timer"]) for row in rows] == [
        ("B07", "90", "0", "1.50"), ("Stjerne", "15", "15", "0.25"),
    ]  # fmt: skip
    assert {row["Fra"] for row in rows} == {"2026-11-23"} and {row["Til"] for row in rows} == {"2026-11-29"}
    run(nord, "--hours", "--team", "Syd").refused("no team", "Nord")
    assert [one.action for one in noted(nord)] == ["log_hours"]
    assert "Hours" in run(nord, "--hours", "--language", "en").out.splitlines()[0]


def test_corrections_are_in_every_form(nord: Desk) -> None:
    """What was said first, and the day it was corrected, in the table, the file and the page."""
    moves: dict[str, list[Any]] = {
        "citizen": ["B07", Press.NEW], "outcome": ["did_not_come"], "reach_tried": ["call"],
        "absence_decision": ["wait"], "next_contact": ["no"],
    }  # fmt: skip
    debrief(nord, moves, {}, after=((Press.CHANGE, "absence_decision"), "register"))
    for form in ((), ("--csv",), ("--html",)):
        out = re.sub(r"\s+", " ", run(nord, "B07", *form).out)
        assert "Registrerer det" in out and "(rettet 25/11 2026)" in out, form
    (row, attempt) = read_csv(run(nord, "B07", "--csv").out)
    assert (row["Tidspunkt"], attempt["Slags"]) == ("2026-11-25 13:10", "Kontaktforsøg")
    assert row["Rettelser"] == "Fraværet: Venter lidt: 30/11 2026 (rettet 25/11 2026)"


def test_a_pseudonym_of_joined_emoji_can_be_asked_for(nord: Desk) -> None:
    """Whatever a mentor may call a citizen, log and erase find; a control character is refused."""
    family = "\U0001f469\u200d\U0001f467"
    debrief(nord, {"citizen": [family, Press.NEW], "outcome": ["as_agreed"], "next_contact": ["no"]}, {}, full=True)
    assert run(nord, family).code == 0
    run(nord, "B\x0707").refused("readable characters", code=2)
    assert nord.run("erase", "--citizen", family, "--yes").code == 0
    assert run(nord, family).code == 1
