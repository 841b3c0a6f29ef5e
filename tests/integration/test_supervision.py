"""/supervision: what a lead sees and takes up, what the mentor hears of it, and that nothing unshared is ever seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage import audit, people, reflections, supervision, supervision_shared
from storage.database import Row, Transaction
from tests.integration.supervision_kit import CANARY, FOCUS, Cast, Talks, second_lead, talks, wishes

SOON = "🤝 Anna vil gerne have supervision snart."


async def read_rows(here: Talks) -> list[str]:
    """What the audit log says was read, without the debriefs' ids."""
    async with here.db.transaction() as tx:
        return [(one.subject or "").partition("/")[2] for one in await audit.entries(tx) if one.action == "read"]


async def open_of(here: Talks, cast: Cast, at: datetime | None = None) -> list[tuple[str, bool, str | None]]:
    """Mentor, soon and focus of what is open in Nord."""
    async with here.db.transaction() as tx:
        found = await supervision.open_wishes(tx, cast.nord.id, at or here.now)
    return [(one.mentor, one.soon, one.focus) for one in found]


async def test_the_bare_wish(tmp_path: Path) -> None:
    """Nothing shared: the lead sees who, soon and when; no focus, no pseudonym, nothing to read, no audit row."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07", focus=CANARY)
        await here.send(cast.lea, "/supervision")
        shown = here.last(cast.lea)
        assert "1 vil gerne have supervision" in shown.text and "Anna – snart · bad om det i dag" in shown.text
        assert "Intet er delt endnu." in shown.text
        await here.press(cast.lea, "❗ Anna")
        assert "Anna har ikke delt noget fra refleksionen." in here.last(cast.lea).text
        assert CANARY not in here.text(cast.lea) and "B07" not in here.text(cast.lea)
        assert await read_rows(here) == []
        assert await open_of(here, cast) == [("Anna", True, None)]


async def test_soon_first_then_the_oldest(tmp_path: Path) -> None:
    """Whoever asked for "soon" stands first, then who asked first."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.bo, "K12", how="Ja, næste gang")
        here.now += timedelta(hours=1)
        await wishes(here, cast.anna, "B07", how="Ja, næste gang")
        here.now += timedelta(hours=1)
        await wishes(here, cast.anna, "Stjerne syv")
        assert await open_of(here, cast) == [("Anna", True, None), ("Bo", False, None), ("Anna", False, None)]
        await here.send(cast.lea, "/supervision")
        labels = here.last(cast.lea).labels
        assert [one.split(" · ")[0] for one in labels[:3]] == ["❗ Anna", "Bo", "Anna"]


async def test_what_is_shared_is_read_word_for_word_and_noted(tmp_path: Path) -> None:
    """The focus stands on the list and in the debrief; each look leaves an audit row, and Anna sees who and when."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07", focus=FOCUS, share=True)
        await here.send(cast.anna, "/supervision")
        assert "Ingen har læst det endnu." in here.last(cast.anna).text
        await here.send(cast.lea, "/supervision")
        assert f"»{FOCUS}«" in here.last(cast.lea).text and "B07" in here.last(cast.lea).text
        assert await read_rows(here) == ["supervision_focus"]
        assert "Mentoren kan se, at du har læst" in here.last(cast.lea).text
        await here.send(cast.anna, "/supervision")
        assert "Lea har læst: dit fokus (i dag)." in here.last(cast.anna).text
        await here.press(cast.lea, "❗ Anna")
        shown = here.last(cast.lea).text
        assert FOCUS in shown and "Ja, snart" in shown and "handler om B07" in shown
        assert sorted(await read_rows(here)) == ["supervision", "supervision_focus", "supervision_focus"]
        await here.send(cast.anna, "/supervision")
        own = here.last(cast.anna).text
        assert "Din leder kan læse: at du ønsker supervision, dit fokus." in own and "Læst af Lea (i dag)." in own


async def test_taken_up_today_with_a_ready_word(tmp_path: Path) -> None:
    """Two taps; nothing is marked before the second. Anna gets one message, and sees it on her page; the list is
    empty."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07")
        await here.send(cast.lea, "/supervision")
        await here.press(cast.lea, "❗ Anna")
        await here.press(cast.lea, "Taget op i dag")
        assert await open_of(here, cast) == [("Anna", True, None)]
        before = here.count(cast.anna)
        await here.press(cast.lea, "Tak, fordi du tog det op")
        assert here.count(cast.anna) == before + 1
        said = here.last(cast.anna).text
        assert said.startswith("🤝 Lea har taget det op med dig i dag: »Tak, fordi du tog det op«")
        assert "Refleksionen om B07, i dag." in said
        assert "✓ Noteret. Anna har fået besked." in here.last(cast.lea).text and await open_of(here, cast) == []
        await here.press(cast.anna, "Det, jeg har delt")
        own = here.last(cast.anna).text
        assert "Taget op med dig" in own and "Lea, i dag: »Tak, fordi du tog det op«" in own
        await here.send(cast.lea, "/supervision")
        assert "Ingen ønsker om supervision lige nu" in here.last(cast.lea).text
        assert "Mentoren kan se" not in here.last(cast.lea).text  # nothing is shared, so nothing was read


async def test_another_day_and_own_words_typed(tmp_path: Path) -> None:
    """A day in Danish words, never one to come; words of one's own. A CPR number is refused before it is stored."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07")
        here.now += timedelta(days=2)
        await here.send(cast.lea, "/supervision")
        await here.press(cast.lea, "❗ Anna")
        await here.press(cast.lea, "En anden dag")
        await here.send(cast.lea, "på mandag")
        assert "ikke kommet endnu" in here.last(cast.lea).text
        await here.send(cast.lea, "det ved jeg ikke")
        assert "forstod jeg ikke" in here.last(cast.lea).text
        await here.send(cast.lea, "for en uge siden")
        assert "havde mentoren ikke bedt om det endnu" in here.last(cast.lea).text
        await here.send(cast.lea, "i går")
        assert "Taget op med Anna i går." in here.last(cast.lea).text
        await here.press(cast.lea, "Skriv selv")
        await here.send(cast.lea, "Godt set, ring til mig om 010190-1234.")
        assert "Skriv det gerne igen uden det." in here.last(cast.lea).text
        assert await open_of(here, cast) == [("Anna", True, None)]
        await here.send(cast.lea, "Godt set. Vi øver det sammen.")
        said = here.last(cast.anna).text
        assert "Lea har taget det op med dig i går: »Godt set. Vi øver det sammen.«" in said
        async with here.db.transaction() as tx:
            rows = await tx.all("SELECT day, remark, chip FROM supervision_taken")
        assert [tuple(row.values()) for row in rows] == [("2026-11-26", "Godt set. Vi øver det sammen.", None)]


async def test_a_mistaken_mark_is_undone(tmp_path: Path) -> None:
    """Undone, it stands on the list again, and Anna's message says so instead of the first; then it may be taken up
    anew."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07")
        for label in ("❗ Anna", "Taget op i dag", "Uden ord"):
            if label == "❗ Anna":
                await here.send(cast.lea, "/supervision")
            await here.press(cast.lea, label)
        assert "🤝 Lea har taget det op med dig i dag." in here.text(cast.anna)
        await here.press(cast.lea, "Listen")
        for label in ("Taget op for nylig", "Anna", "Det var en fejl"):
            await here.press(cast.lea, label)
        assert "Det er ikke taget op med dig endnu. Dit ønske står stadig på listen." in here.text(cast.anna)
        assert "har taget det op med dig i dag" not in here.text(cast.anna)
        assert await open_of(here, cast) == [("Anna", True, None)]
        for label in ("❗ Anna", "Taget op i dag", "Uden ord"):
            await here.press(cast.lea, label)
        assert await open_of(here, cast) == [] and "🤝 Lea har taget det op" in here.last(cast.anna).text


async def test_two_leads_mark_it_once(tmp_path: Path) -> None:
    """The second to mark is told so, and Anna gets one message."""
    async with talks(tmp_path) as (here, cast):
        ole = await second_lead(here, cast)
        await wishes(here, cast.anna, "B07")
        for lead in (cast.lea, ole):
            await here.send(lead, "/supervision")
            await here.press(lead, "❗ Anna")
            await here.press(lead, "Taget op i dag")
        before = here.count(cast.anna)
        await here.press(cast.lea, "Uden ord")
        await here.press(ole, "Uden ord")
        assert here.toasts[-1] == "Det er allerede noteret som taget op."
        assert here.count(cast.anna) == before + 1


async def test_no_is_no_wish(tmp_path: Path) -> None:
    """Changed to "no" it is off the list, and a lead who has it open cannot mark it any more."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07")
        await here.send(cast.lea, "/supervision")
        await here.press(cast.lea, "❗ Anna")
        await here.press(cast.anna, "Supervision")
        await here.press(cast.anna, "Nej")
        assert await open_of(here, cast) == []
        await here.press(cast.lea, "Taget op i dag")
        assert here.toasts[-1].startswith("Det er ikke på listen mere.")


async def test_asking_again_after_it_was_taken_up(tmp_path: Path) -> None:
    """Another answer that asks for it is another wish."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07")
        await here.send(cast.lea, "/supervision")
        for label in ("❗ Anna", "Taget op i dag", "Uden ord"):
            await here.press(cast.lea, label)
        await here.press(cast.anna, "Supervision")
        await here.press(cast.anna, "Ja, næste gang")
        assert await open_of(here, cast) == [("Anna", False, None)]


async def test_taken_back_in_one_tap(tmp_path: Path) -> None:
    """From Anna's page: the lead's open page loses the words at once, the list too, and the receipt says so. The wish
    stays."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07", focus=FOCUS, share=True)
        await here.send(cast.lea, "/supervision")
        await here.press(cast.lea, "❗ Anna")
        assert FOCUS in here.text(cast.lea)
        await here.send(cast.anna, "/supervision")
        await here.press(cast.anna, "B07: Tag det tilbage")
        assert here.toasts[-1] == "Taget tilbage. Din leder kan ikke se det mere."
        assert FOCUS not in here.text(cast.lea) and "er taget tilbage eller ændret" in here.text(cast.lea)
        assert "Intet er delt." in here.last(cast.anna).text
        assert "Resten kan din leder ikke læse" in here.text(cast.anna)
        await here.press(cast.lea, "Listen")
        assert "Anna – snart" in here.text(cast.lea) and FOCUS not in here.text(cast.lea)
        assert await open_of(here, cast) == [("Anna", True, None)]


async def test_taken_back_on_the_receipt_or_by_a_change(tmp_path: Path) -> None:
    """The other ways of taking back empty the lead's page as well."""
    for way in (["Tag det tilbage"], ["Til supervision", "Videre"]):
        async with talks(tmp_path / way[0][:3]) as (here, cast):
            await wishes(here, cast.anna, "B07", focus=FOCUS, share=True)
            await here.send(cast.lea, "/supervision")
            assert FOCUS in here.text(cast.lea)
            await here.press(cast.anna, way[0])
            if len(way) > 1:
                await here.send(cast.anna, CANARY)
                await here.press(cast.anna, way[1])
            assert FOCUS not in here.text(cast.lea) and CANARY not in here.text(cast.lea)


async def test_shared_without_a_wish(tmp_path: Path) -> None:
    """What is shared without asking for supervision has a place, too, and says what is unread."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07", focus=FOCUS, share=True)
        await here.press(cast.anna, "Supervision")
        await here.press(cast.anna, "Nej")
        async with here.db.transaction() as tx:
            assert await tx.all("SELECT 1 AS x FROM shares WHERE withdrawn_at IS NULL") == []  # the wish went along
        await here.press(cast.anna, "Se og ret svar")
        await here.send(cast.anna, "/debrief")
        for label in ("Stjerne syv", "Gik, det var utrygt", "Ja", "Trusler", "Færdig", "Min leder", "Færdig",
                      "Nej, jeg tager den", "Det er nok for nu", "Del med min leder", "Se, hvad lederen ser",
                      "Ja, det er i orden"):  # fmt: skip
            await here.press(cast.anna, label)
        await here.send(cast.lea, "/supervision")
        text = here.last(cast.lea).text
        assert "Ingen ønsker om supervision lige nu" in text and "2 svar, du ikke har læst" in text
        await here.press(cast.lea, "👁 Anna")
        assert "Trusler" in here.last(cast.lea).text and "Min leder" in here.last(cast.lea).text
        await here.press(cast.lea, "Listen")
        assert "ikke har læst" not in here.last(cast.lea).text


async def test_no_private_answer_in_any_lead_s_chat(tmp_path: Path) -> None:
    """A canary typed wherever a debrief takes text, with a wish and something else shared: no lead's chat has it, and
    the receipt says what the lead sees of the wish."""
    async with talks(tmp_path) as (here, cast):
        await here.send(cast.anna, "/debrief")
        await here.press(cast.anna, "B07")
        await here.press(cast.anna, "Som aftalt")
        await here.press(cast.anna, "Hele refleksionen")
        for _ in range(60):
            card = here.last(cast.anna)
            if "💾 Gem" in card.labels:
                break
            if "Skriv dit svar" in card.text:
                await here.send(cast.anna, CANARY)
                await here.press(cast.anna, "Videre")
            elif "Ja, snart" in card.labels:
                await here.press(cast.anna, "Ja, snart")
            else:
                await here.press(cast.anna, "Hop over" if "Hop over" in card.labels else "Videre")
        await here.press(cast.anna, "💾 Gem")
        assert "at du gerne vil have supervision" in here.text(cast.anna)
        await here.press(cast.anna, "Del med min leder")
        for label in [one for one in here.last(cast.anna).labels if one.startswith(("☑", "✓ ", "✅"))]:
            if "Supervision" not in label:
                await here.press(cast.anna, label)
        await here.press(cast.anna, "Se, hvad lederen ser")
        await here.press(cast.anna, "Ja, det er i orden")
        async with here.db.transaction() as tx:
            typed = [row for row in await tx.all("SELECT text FROM answers") if row["text"] == CANARY]
            given = {row["question_id"] for row in await tx.all("SELECT question_id FROM shares")}
        assert len(typed) >= 6 and given == {"supervision"}
        await here.tick(minutes=1)
        await here.send(cast.lea, "/supervision")
        await here.press(cast.lea, "❗ Anna")
        for label in ("Taget op i dag", "Uden ord", "Listen", "Taget op for nylig"):
            await here.press(cast.lea, label)
        await here.send(cast.lea, "/uge 48")
        await here.tick(minutes=30)
        assert here.count(cast.lea) > 2
        assert CANARY not in here.text(cast.lea) and CANARY not in here.text(cast.tue)


async def test_soon_is_told_at_once_and_once(tmp_path: Path) -> None:
    """Within the lead's hours at the next tick, with a button to it; changed and asked for again it stays one."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07", focus=CANARY)
        await here.tick(minutes=1)
        assert here.text(cast.lea) == SOON and here.screen(cast.tue) == []
        await here.press(cast.lea, "Se det")
        assert "Anna – snart" in here.last(cast.lea).text
        for how in ("Nej", "Ja, snart"):
            await here.press(cast.anna, "Supervision")
            await here.press(cast.anna, how)
            await here.tick(minutes=20)
        assert here.text(cast.lea).count(SOON) == 1 and CANARY not in here.text(cast.lea)


async def test_soon_waits_for_the_lead_s_hours(tmp_path: Path) -> None:
    """On a Friday evening it waits until Monday morning, also over a restart; "next time" is told to nobody; taken up
    before that it is not told at all."""
    async with talks(tmp_path, datetime(2026, 11, 27, 17, tzinfo=UTC)) as (here, cast):
        await wishes(here, cast.anna, "B07")
        await wishes(here, cast.bo, "K12", how="Ja, næste gang")
        await here.walk(datetime(2026, 11, 30, 6, 45, tzinfo=UTC), minutes=120)
        assert here.screen(cast.lea) == []
        await here.tick(at=datetime(2026, 11, 30, 7, 5, tzinfo=UTC))
        assert SOON in here.text(cast.lea) and "Bo" not in here.text(cast.lea).replace(SOON, "")
        ole = await second_lead(here, cast)
        await here.tick(minutes=1)
        assert here.text(ole) == SOON  # a new lead hears of what is still open
        await here.send(cast.lea, "/supervision")
        for label in ("❗ Anna", "Taget op i dag", "Uden ord"):
            await here.press(cast.lea, label)
        late = await second_lead(here, cast, "Per", 31)
        await here.tick(minutes=1)
        assert here.screen(late) == []


async def test_a_lead_who_is_out_of_reach_hears_it_later(tmp_path: Path) -> None:
    """Nothing is marked as told while the lead blocks the bot."""
    async with talks(tmp_path) as (here, cast):
        async with here.db.transaction() as tx:
            people.set_blocked(tx, cast.lea.id, here.now)
        await wishes(here, cast.anna, "B07")
        await here.tick(minutes=1)
        await here.unblock(cast.lea)
        await here.tick(minutes=1)
        assert here.text(cast.lea) == SOON


async def test_another_team_s_lead_has_nothing_of_it(tmp_path: Path) -> None:
    """Tue's list is empty, and none of Lea's buttons does anything in his hands, or in a mentor's or admin's."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07", focus=FOCUS, share=True)
        await here.send(cast.lea, "/supervision")
        await here.press(cast.lea, "❗ Anna")
        await here.press(cast.lea, "Taget op i dag")
        token = here.labelled(cast.lea, "Uden ord")[1].split(":")[2].split(".")[0]
        await here.send(cast.tue, "/supervision")
        assert "Ingen ønsker" in here.text(cast.tue)
        rest = f"{token}.20261125"
        reads = await read_rows(here)
        for who in (cast.tue, cast.bo, cast.ada, cast.kim):
            for data in (f"i:{token}", f"t:{token}", f"a:{token}", f"w:{rest}", f"r:{rest}.none", f"v:{token}"):
                await here.tap(who, 1, f"!supervision:{data}")
                assert here.toasts[-1] == "Den knap hører ikke til dig.", data
            assert FOCUS not in here.text(who) and "B07" not in here.text(who)
        assert await read_rows(here) == reads and await open_of(here, cast) == [("Anna", True, FOCUS)]


async def test_as_of_an_earlier_day(tmp_path: Path) -> None:
    """For a week that is over: what was open then is listed, what was asked later is not; who has left is not."""
    async with talks(tmp_path) as (here, cast):
        first = here.now
        await wishes(here, cast.anna, "B07")
        here.now += timedelta(days=7)
        await wishes(here, cast.bo, "K12")
        await here.send(cast.lea, "/supervision")
        for label in ("❗ Anna", "Taget op i dag", "Uden ord"):
            await here.press(cast.lea, label)
        assert await open_of(here, cast) == [("Bo", True, None)]
        assert await open_of(here, cast, first + timedelta(days=3)) == [("Anna", True, None)]
        assert await open_of(here, cast, first - timedelta(days=3)) == []
        async with here.db.transaction() as tx:
            people.mark_left(tx, cast.bo.id, here.now)
        assert await open_of(here, cast, here.now + timedelta(days=1)) == []


@pytest.mark.sqlite_only
async def test_the_list_costs_what_is_asked_for(tmp_path: Path) -> None:
    """Lists start from the few wishes, marks and shares, so that their cost does not grow with the debriefs stored."""
    async with talks(tmp_path) as (here, cast), here.db.transaction() as tx:
        explained = Explained(tx)
        await supervision.open_wishes(explained, cast.nord.id, here.now)
        await supervision.untold(explained, here.now, here.now)
        assert [plan[0].split(" (")[0] for plan in explained.plans] == ["SEARCH w USING INDEX answers_wishes"] * 2
        explained.plans.clear()
        await supervision.taken_in_team(explained, cast.nord.id, here.now, 5)
        await supervision_shared.shared_in_team(explained, cast.nord.id, cast.lea.id, here.now)
        first = [plan[0].split(" (")[0] for plan in explained.plans]
        assert first == ["SEARCH t USING INDEX taken_lately", "SEARCH s USING INDEX shares_standing"]


class Explained:
    """A reader that notes how each query is carried out."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.plans: list[list[str]] = []

    async def all(self, sql: str, *params: Any) -> list[Row]:
        """Note the plan, and ask."""
        plan = await self._tx.all("EXPLAIN QUERY PLAN " + sql, *params)
        self.plans.append([str(row["detail"]) for row in plan])
        return await self._tx.all(sql, *params)

    async def one(self, sql: str, *params: Any) -> Row | None:
        """The first row."""
        return next(iter(await self.all(sql, *params)), None)

    async def several(self, *asked: tuple[Any, ...]) -> list[list[Row]]:
        """Every row of several queries."""
        return [await self.all(*one) for one in asked]


async def test_a_lead_may_not_take_up_their_own(tmp_path: Path) -> None:
    """Who became lead after asking does not find themselves on the list; but takes back what they shared."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07", focus=FOCUS, share=True)
        await made_lead(here, cast)
        await here.send(cast.anna, "/supervision")
        assert "Ingen ønsker" in here.last(cast.anna).text
        await here.press(cast.anna, "Det, jeg har delt")
        await here.press(cast.anna, "B07: Tag det tilbage")
        async with here.db.transaction() as tx:
            assert await tx.all("SELECT 1 AS x FROM shares WHERE withdrawn_at IS NULL") == []


async def made_lead(here: Talks, cast: Cast) -> None:
    """Anna is a lead of her team from now on."""

    async def change(tx: Transaction) -> None:
        tx.write("UPDATE people SET role = 'lead' WHERE id = ?", cast.anna.id)

    async with here.db.transaction() as tx:
        await change(tx)


async def test_taking_back_while_the_debrief_is_open_again(tmp_path: Path) -> None:
    """A debrief taken up again is open; what is shared of it is taken back all the same, and it goes on."""
    async with talks(tmp_path) as (here, cast):
        await wishes(here, cast.anna, "B07", focus=FOCUS, share=True)
        await here.press(
            cast.anna, "Hele refleksionen" if "Hele refleksionen" in here.last(cast.anna).labels else "▶ Fortsæt"
        )
        async with here.db.transaction() as tx:
            assert await reflections.open_of(tx, cast.anna.id) is not None
        await here.send(cast.anna, "/supervision")
        await here.press(cast.anna, "B07: Tag det tilbage")
        async with here.db.transaction() as tx:
            assert await tx.all("SELECT 1 AS x FROM shares WHERE withdrawn_at IS NULL") == []
            assert await reflections.open_of(tx, cast.anna.id) is not None
