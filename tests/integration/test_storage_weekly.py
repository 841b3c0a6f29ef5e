"""The rows behind the week by itself: each week once for each lead, each file once, only whom it concerns."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from storage import outbox, people, weekly, weekly_own
from storage.people import Role
from storage.weekly import Drawn
from tests.integration.storage_kit import MINUTE, NOW, cast, citizen, debrief, opened


async def test_a_week_is_claimed_once_and_never_after_a_newer_one(tmp_path: Path) -> None:
    """The first claim wins; a later one of the same or an older week does not; others claim for themselves."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        assert await weekly.claim(tx, who.lea.id, "2026-W47", NOW, late=False)
        assert not await weekly.claim(tx, who.lea.id, "2026-W47", NOW, late=True)
        assert not await weekly.claim(tx, who.lea.id, "2026-W09", NOW, late=True)
        assert await weekly.claim(tx, who.anna.id, "2026-W47", NOW, late=False)
        assert await weekly.claim(tx, who.lea.id, "2027-W01", NOW + MINUTE, late=True)
        assert await weekly.told(tx, who.lea.id) == [("2026-W47", NOW, False), ("2027-W01", NOW + MINUTE, True)]


async def test_who_listens(tmp_path: Path) -> None:
    """Leads of teams with a mentor; not who left, blocks the bot, said no, or leads a team that nobody is in."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)

        async def names() -> list[str]:
            return sorted(one.person.name for one in await weekly.listeners(tx))

        empty = await people.team_named(tx, "Tom", NOW)
        for number, (name, team) in enumerate((("Ida", who.nord), ("Eva", empty), ("Ib", who.syd))):
            people.add_person(
                tx, telegram_id=number, chat_id=number, name=name, role=Role.LEAD, team_id=team.id, language="da",
                zone="Europe/Copenhagen", now=NOW,
            )  # fmt: skip
        assert await names() == ["Ib", "Ida", "Lea"]
        weekly.set_wanted(tx, who.lea.id, False, NOW)
        people.set_blocked(tx, (await weekly.listeners(tx))[0].person.id, NOW)
        people.mark_left(tx, who.sif.id, NOW)
        assert await names() == []
        assert not await weekly.wants(tx, who.lea.id)
        weekly.set_wanted(tx, who.lea.id, True, NOW + MINUTE)
        (lea,) = await weekly.listeners(tx)
        assert (lea.person, lea.since, lea.told) == (who.lea, NOW + MINUTE, "")


async def test_a_file_is_asked_for_once_and_made_once(tmp_path: Path) -> None:
    """Two taps are one wish; the first who made it queues it; a failed one waits behind others."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        for _ in range(2):
            weekly.ask(tx, who.lea.id, "2026-W47", Drawn.PICTURE, NOW)
        weekly.ask(tx, who.lea.id, "2026-W47", Drawn.REPORT, NOW)
        first = await weekly.next_wish(tx, NOW)
        assert first is not None and (first.kind, first.attempts) == (Drawn.PICTURE, 0)
        weekly.failed(tx, first.id, NOW + MINUTE)
        second = await weekly.next_wish(tx, NOW)
        assert second is not None and second.kind is Drawn.REPORT
        assert await weekly.made(tx, second.id)
        assert not await weekly.made(tx, second.id)
        assert await weekly.next_wish(tx, NOW) is None
        again = await weekly.next_wish(tx, NOW + MINUTE)
        assert again is not None and (again.id, again.attempts) == (first.id, 1)


async def test_a_mentors_week_is_their_own(tmp_path: Path) -> None:
    """Only their own finished debriefs of that time, from its beginning until before its end."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        who = await cast(tx)
        day = timedelta(days=1)
        for mentor, at in ((who.anna, NOW), (who.anna, NOW + day), (who.anna, NOW + 2 * day), (who.bo, NOW)):
            made = debrief(tx, mentor, status="saved", started=at)
            tx.write("UPDATE reflections SET finished_at = touched_at WHERE id = ?", made.id)
        debrief(tx, who.anna, started=NOW + MINUTE)
        citizen(tx, who.anna, "B07")
        found = await weekly_own.debriefs(tx, who.anna.id, NOW, NOW + 2 * day)
        assert [one.met_at for one in found] == [NOW, NOW + day]
        assert await weekly_own.typed_in(tx, [one.id for one in found]) == frozenset()
        assert await weekly_own.given(tx, [one.id for one in found], ["outcome"]) == {}


async def test_cards_are_found_by_how_long_they_stand(tmp_path: Path) -> None:
    """Of the cards of one name those that were sent before a time, in every chat."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        for chat, name, at in ((1, "c", NOW), (2, "c", NOW + 2 * MINUTE), (3, "d", NOW)):
            outbox.set_card(tx, chat, name, 10 + chat, at)
        assert await weekly.shown_before(tx, "c", NOW + MINUTE) == [(1, 11)]
        assert await weekly.shown_before(tx, "c", NOW + 3 * MINUTE, 2) == [(2, 12)]
