"""The page of /minedata on a phone: short when it is opened, in words, and what is others' only by its kind."""

from __future__ import annotations

import re
from pathlib import Path

from bot.exports.my_data_html import html_text
from bot.service.my_copy import Copy, Item, Items, Section
from bot.service.my_copy_words import Field
from storage import audit
from storage.people import Person
from tests.integration.test_my_data import NOW, _gets, _written
from tests.integration.week_kit import WeekChats

MACHINE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|debrief:|page:|\{\"|\d{4}-\d\d-\d\d|…[0-9a-f]{8}|Europe/")


def _words(page: str) -> str:
    """What a person reads, without the style."""
    return re.sub(r"<[^>]*>", " ", page.split("<body>")[1])


async def _lead_looks(here: WeekChats, lea: Person) -> None:
    async with here.db.transaction() as tx:
        tx.write(
            "INSERT INTO shares SELECT 's', reflection_id, question_id, answered_at, NULL FROM answers"
            " WHERE question_id = 'supervision_focus' LIMIT 1"
        )
        tx.write("INSERT INTO supervision_reads SELECT ?, id, shared_at, shared_at FROM shares", lea.id)
        rows = await tx.all("SELECT reflection_id FROM shares")
        citizen = await tx.one("SELECT id FROM citizens WHERE pseudonym = 'Havblik'")
        assert citizen is not None
        audit.note(tx, lea.id, "read", f"{rows[0]['reflection_id']}/supervision_focus", NOW)
        audit.note(tx, lea.id, "log_read", citizen["id"], NOW)
        audit.note(tx, lea.id, "week", f"week/{lea.team_id}/2026-W47", NOW)
        audit.note(tx, lea.id, "read", "01aaaaaa-0000-7000-8000-000000000000/supervision", NOW)


async def test_one_line_for_each_debrief_until_it_is_opened(tmp_path: Path) -> None:
    """A debrief is folded under date, pseudonym and outcome; who can see it is said once a group; print opens it."""
    async with _written(tmp_path) as (here, all_):
        page, _ = await _gets(here, all_.anna)
    (summary,) = re.findall(r'<details class="one"><summary dir="auto">([^<]*)</summary>', page)
    assert re.fullmatch(r"25/11 2026 kl\. 13\.10 · Stjerne · ✅ Som aftalt", summary)
    assert "<details open" not in page
    said = re.findall(r"<h3><span>Hvem kan se det:</span> ([^<]*)</h3>", page)
    assert len(said) == len(set(said)) > 1
    assert "<dt>Hvem kan se det</dt>" not in page
    printed = page.split("@media print")[1].split("</style>")[0]
    assert "details::details-content { content-visibility: visible" in printed


async def test_what_is_empty_is_one_sentence(tmp_path: Path) -> None:
    """Sections without anything have no heading; they are named together at the end."""
    async with _written(tmp_path) as (here, all_):
        page, _ = await _gets(here, all_.anna)
    assert page.count("Der er ikke gemt noget") == 1
    (empty,) = re.findall(r"Der er ikke gemt noget om: ([^<]*)</p>", page.replace("\n", " "))
    assert "dage, du er væk; " in " ".join(empty.split()) and empty.strip().endswith(".")
    assert "<h2>Dage, du er væk</h2>" not in page and "<h2>Dine refleksioner</h2>" in page


async def test_no_words_of_the_machine(tmp_path: Path) -> None:
    """No ids, no data, no dates of programs: not to a mentor, a lead, an administrator or a coder."""
    async with _written(tmp_path) as (here, all_):
        await _lead_looks(here, all_.lea)
        async with here.db.transaction() as tx:
            tx.write("INSERT INTO away (id, person_id, from_day, until_day, created_at) VALUES ('a', ?, '2026-11-23',"
                     " '2026-11-27', '2026-11-20T10:00:00.000000Z')", all_.anna.id)  # fmt: skip
            tx.write("INSERT INTO asked VALUES (?, 'todo', 'e01aaaaaa', '2026-11-25T12:00:00.000000Z')", all_.anna.id)
            tx.write("INSERT INTO weekly_sent VALUES (?, '2026-W47', '2026-11-23T07:00:00.000000Z', 0)", all_.lea.id)
        for who in (all_.anna, all_.lea, all_.adam, all_.kaja):
            page, _ = await _gets(here, who)
            found = MACHINE.search(_words(page))
            assert found is None, (who.name, found)
            if who is all_.anna:
                assert "23/11 2026" in page and "Det, du skal huske" in page
            if who is all_.lea:
                assert "uge 47, 2026" in page


async def test_a_lead_reads_what_it_was_about(tmp_path: Path) -> None:
    """What a lead read is said by its day and question, and what else is others' by its kind; no name, no pseudonym."""
    async with _written(tmp_path) as (here, all_):
        await _lead_looks(here, all_.lea)
        page, _ = await _gets(here, all_.lea)
    said = _words(page)
    assert "en refleksion fra 25. nov. 2026 · til supervision" in said
    assert "en borger" in said and "noget, der er slettet siden" in said
    assert "uge 47, 2026" in said and "W47" not in said
    assert re.search(r"Hvad\s+Til supervision\s+Refleksion fra\s+25/11 2026", said)
    assert "Havblik" not in said and "Anna" not in said


def test_a_long_section_is_folded_as_well() -> None:
    """More than five things are behind one line; five are not; the words of people are no markup in a summary."""
    item = Item("", (Field("what", "Hvad", "Noget", "x"),))
    titled = Item("<b>kaffe</b>", (Field("what", "Hvad", "Noget", "x"),))

    def drawn(key: str, one: Item, many: int) -> str:
        rows = Items([{} for _ in range(many)], lambda _row: one)
        return html_text(
            Copy("da", "Alt", (), NOW, (Section(key, "Noget", rows),), "Intet om:", "Hvem", "Vis det hele")
        )

    assert "<summary>Vis det hele (6)</summary>" in drawn("audit", item, 6)
    assert "<summary>" not in drawn("audit", item, 5)
    page = drawn("debriefs", titled, 64)
    assert page.count("<summary") == 64 and "&lt;b&gt;kaffe&lt;/b&gt;</summary>" in page
