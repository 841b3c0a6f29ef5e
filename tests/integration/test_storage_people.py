"""Teams, people, consents, invitations, strangers and citizens."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from storage import audit, citizens, invites, people
from storage.database import Conflict
from storage.invites import Enrolment
from storage.people import Consent, Role, Tidy
from tests.integration.storage_kit import MINUTE, NOW, cast, citizen, opened

HOUR = timedelta(hours=1)


async def test_a_person_is_read_as_written(tmp_path: Path) -> None:
    """By id, by chat and by account it is the same person, with the defaults of somebody new."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        assert await people.person(tx, c.anna.id) == c.anna
        assert await people.person_by_chat(tx, c.anna.chat_id) == c.anna
        assert await people.person_by_telegram(tx, c.anna.telegram_id) == c.anna
        assert await people.person_by_chat(tx, c.anna.telegram_id) is None
        assert [one.name for one in await people.people(tx)] == ["Anna", "Bo", "Lea", "Sif"]


async def test_a_team_is_made_once(tmp_path: Path) -> None:
    """Naming it again gives the same team."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        assert await people.team_named(tx, "Nord", NOW) == c.nord
        assert await people.teams(tx) == [c.nord, c.syd]


async def test_settings_of_a_person_stay(tmp_path: Path) -> None:
    """Language, tidy mode, blocking and leaving are remembered, and can be taken back."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            c = await cast(tx)
            people.set_language(tx, c.anna.id, "en")
            people.set_tidy(tx, c.anna.id, Tidy.AT_ONCE)
            people.set_blocked(tx, c.anna.id, NOW)
            people.mark_left(tx, c.anna.id, NOW + MINUTE)
        async with database.transaction() as tx:
            anna = await people.person(tx, c.anna.id)
            assert anna is not None
            assert (anna.language, anna.tidy, anna.blocked_at, anna.left_at) == ("en", "at_once", NOW, NOW + MINUTE)
            people.set_tidy(tx, c.anna.id, None)
            people.rejoin(tx, c.anna.id, name="Anna B", role=Role.LEAD, team_id=c.syd.id)
            back = await people.person(tx, c.anna.id)
            assert back is not None
            assert (back.name, back.role, back.team_id) == ("Anna B", Role.LEAD, c.syd.id)
            assert (back.tidy, back.blocked_at, back.left_at) == (None, None, None)
            assert await people.person(tx, c.bo.id) == c.bo


async def test_leads_are_those_of_the_team_who_stayed(tmp_path: Path) -> None:
    """Mentors, other teams and leads who left are not among them."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        assert await people.leads_of(tx, c.nord.id) == [c.lea]
        assert await people.leads_of(tx, c.syd.id) == []
        people.mark_left(tx, c.lea.id, NOW)
        assert await people.leads_of(tx, c.nord.id) == []


async def test_an_account_is_enrolled_once(tmp_path: Path) -> None:
    """A second enrolment of the same Telegram account is a conflict."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            await cast(tx)
        with pytest.raises(Conflict):
            async with database.transaction() as tx:
                await cast(tx)


async def test_the_newest_consent_of_a_kind_counts(tmp_path: Path) -> None:
    """Later answers win, each kind by itself and each person by themselves; the earlier ones stay on record."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        assert await people.latest_consents(tx, c.anna.id) == {}
        people.consent(tx, c.anna.id, Consent.USE, True, NOW)
        people.consent(tx, c.anna.id, Consent.CODING, True, NOW)
        people.consent(tx, c.anna.id, Consent.CODING, False, NOW)
        people.consent(tx, c.bo.id, Consent.CODING, True, NOW)
        assert await people.latest_consents(tx, c.anna.id) == {Consent.USE: True, Consent.CODING: False}
        assert await tx.one("SELECT count(*) AS n FROM consents") == {"n": 4}


async def test_an_invitation_opens_until_it_is_used(tmp_path: Path) -> None:
    """It carries what it was made with, is good for one person, and then looks like one that never was."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        code, invite = invites.add_invite(tx, role=Role.MENTOR, name="Ida", team_id=c.nord.id, now=NOW)
        assert await invites.open_invite(tx, code, NOW) == invite
        assert await invites.invite_by_id(tx, invite.id, NOW) == invite
        assert await invites.use_invite(tx, invite.id, c.bo.id, NOW)
        assert not await invites.use_invite(tx, invite.id, c.anna.id, NOW)
        assert await invites.open_invite(tx, code, NOW) is None
        assert await invites.invite_by_id(tx, invite.id, NOW) is None
        assert await tx.one("SELECT used_by FROM invites") == {"used_by": c.bo.id}


async def test_unknown_used_and_expired_look_alike(tmp_path: Path) -> None:
    """Whoever guesses a code learns nothing from the answer."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        used, invite = invites.add_invite(tx, role=Role.MENTOR, name="Ida", team_id=None, now=NOW)
        old, expired = invites.add_invite(tx, role=Role.ADMIN, name="Kim", team_id=None, now=NOW - 72 * HOUR)
        assert await invites.use_invite(tx, invite.id, c.bo.id, NOW)
        for code in (used, old, used[:-1], "", "x" * 64, "\ud83d", "' OR 1=1 --"):
            assert await invites.open_invite(tx, code, NOW) is None
        assert not await invites.use_invite(tx, expired.id, c.anna.id, NOW)


async def test_an_invitation_lives_72_hours(tmp_path: Path) -> None:
    """To the last microsecond before, and not at the hour itself."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        code, invite = invites.add_invite(tx, role=Role.MENTOR, name="Ida", team_id=None, now=NOW)
        assert await invites.open_invite(tx, code, NOW + 72 * HOUR - timedelta(microseconds=1)) == invite
        assert await invites.open_invite(tx, code, NOW + 72 * HOUR) is None


async def test_a_code_fits_a_deep_link_and_is_not_stored(tmp_path: Path) -> None:
    """At least 22 characters of Telegram's start alphabet, at most 64; the table knows only its hash."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        codes = [invites.add_invite(tx, role=Role.CODER, name="Ida", team_id=None, now=NOW)[0] for _ in range(50)]
        assert len(set(codes)) == 50
        assert all(22 <= len(code) <= 64 and code.replace("-", "a").replace("_", "a").isalnum() for code in codes)
        stored = str(await tx.all("SELECT * FROM invites"))
        assert not any(code in stored for code in codes)


async def test_an_enrolment_moves_on_and_ends(tmp_path: Path) -> None:
    """There is one a chat; it is changed in place and forgotten at the end."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        _, invite = invites.add_invite(tx, role=Role.MENTOR, name="Ida", team_id=None, now=NOW)
        first = Enrolment(7, 8, invite.id, "use", "da")
        second = Enrolment(7, 8, invite.id, "coding", "en")
        assert await invites.enrolment(tx, 7) is None
        invites.set_enrolment(tx, first, NOW)
        assert await invites.enrolment(tx, 7) == first
        invites.set_enrolment(tx, second, NOW)
        assert await invites.enrolment(tx, 7) == second
        invites.drop_enrolment(tx, 7)
        assert await invites.enrolment(tx, 7) is None


async def test_a_stranger_gets_one_line_a_day(tmp_path: Path) -> None:
    """However often they write, also at the very same moment; after 24 hours it may be said once more."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        assert not await invites.stranger_told(tx, 9, NOW)
        assert await invites.stranger_told(tx, 9, NOW)
        assert await invites.stranger_told(tx, 9, NOW + 24 * HOUR - MINUTE)
        assert not await invites.stranger_told(tx, 10, NOW)
        assert not await invites.stranger_told(tx, 9, NOW + 24 * HOUR)
        assert await invites.stranger_told(tx, 9, NOW + 25 * HOUR)
        invites.forget_strangers(tx, NOW + 26 * HOUR)
        assert await tx.all("SELECT chat_id FROM strangers") == [{"chat_id": 9}]


@pytest.mark.parametrize("again", ["Stjerne", "stjerne ", "  STJERNE", "Stjerne\u200a", "ｓｔｊｅｒｎｅ"])
async def test_a_pseudonym_is_unique_in_its_team(tmp_path: Path, again: str) -> None:
    """However it is typed; another team may have the same."""
    async with opened(tmp_path) as database:
        async with database.transaction() as tx:
            c = await cast(tx)
            citizen(tx, c.anna, "Stjerne")
            citizen(tx, c.sif, again)
        with pytest.raises(Conflict):
            async with database.transaction() as tx:
                citizen(tx, c.bo, again)


def test_letters_typed_in_two_parts_are_the_same() -> None:
    """å as one character and as a with a ring is one letter; a is another."""
    assert citizens.pseudonym_key("Bla\u030a  Fugl") == citizens.pseudonym_key("blå fugl")
    assert citizens.pseudonym_key("bla fugl") != citizens.pseudonym_key("blå fugl")


async def test_finding_is_exact_in_the_team_and_partly_among_ones_own(tmp_path: Path) -> None:
    """A colleague's citizen is never shown; that the name is taken is."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        star = citizen(tx, c.anna, "Stjerne")
        starling = citizen(tx, c.anna, "Stjernekaster", NOW + MINUTE)
        citizen(tx, c.bo, "Måne")
        citizen(tx, c.sif, "Sol")
        assert c.anna.team_id is not None
        nord = c.anna.team_id

        found = await citizens.find(tx, c.anna.id, nord, " STJERNE", 10)
        assert (found.exact, found.matches, found.taken) == (star, (starling, star), False)
        assert (await citizens.find(tx, c.anna.id, nord, "jern", 1)).matches == (starling,)
        assert await citizens.find(tx, c.anna.id, nord, "måne", 10) == citizens.Found(None, (), True)
        assert await citizens.find(tx, c.anna.id, nord, "sol", 10) == citizens.Found(None, (), False)
        assert await citizens.find(tx, c.anna.id, nord, "mån", 10) == citizens.Found(None, (), False)


@pytest.mark.parametrize("text", ["%", "_", "!", "!%", "' OR 1=1 --", "\\"])
async def test_signs_of_the_search_language_mean_themselves(tmp_path: Path, text: str) -> None:
    """They find the citizen who has them in the name and nobody else."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        citizen(tx, c.anna, "Stjerne")
        odd = citizen(tx, c.anna, f"a{text}b")
        assert c.anna.team_id is not None
        assert (await citizens.find(tx, c.anna.id, c.anna.team_id, text, 10)).matches == (odd,)


async def test_recent_citizens_come_first_and_archived_ones_not_at_all(tmp_path: Path) -> None:
    """Choosing one moves it up; an archived one is only found by its very name, and can be taken back."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        made = [citizen(tx, c.anna, f"Fugl {number}", NOW + number * MINUTE) for number in range(5)]
        citizen(tx, c.bo, "Måne")
        assert [one.id for one in await citizens.recent(tx, c.anna.id, 3)] == [made[n].id for n in (4, 3, 2)]
        citizens.touch(tx, made[0].id, NOW + 9 * MINUTE)
        citizens.archive(tx, made[4].id, NOW)
        assert [one.id for one in await citizens.recent(tx, c.anna.id, 9)] == [made[n].id for n in (0, 3, 2, 1)]
        assert await citizens.count(tx, c.anna.id) == 4
        assert c.anna.team_id is not None
        found = await citizens.find(tx, c.anna.id, c.anna.team_id, "fugl 4", 10)
        assert found.matches == ()
        assert found.exact is not None
        assert found.exact.archived_at == NOW
        citizens.archive(tx, made[4].id, None)
        assert await citizens.count(tx, c.anna.id) == 5


async def test_names_are_looked_up_in_bulk(tmp_path: Path) -> None:
    """More than one statement's worth, doubled and unknown ids included."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        c = await cast(tx)
        made = [citizen(tx, c.anna, f"Fugl {number}") for number in range(600)]
        names = await citizens.names_by_id(tx, [one.id for one in made] * 2 + ["nobody"])
        assert names == {one.id: one.pseudonym for one in made}
        assert await citizens.names_by_id(tx, []) == {}
        assert await citizens.get(tx, made[7].id) == made[7]


async def test_the_audit_keeps_the_order(tmp_path: Path) -> None:
    """Rows of one moment come out as they were noted."""
    async with opened(tmp_path) as database, database.transaction() as tx:
        for number in range(20):
            audit.note(tx, audit.OPERATOR, f"export {number}", None, NOW)
        assert [entry.action for entry in await audit.entries(tx)] == [f"export {number}" for number in range(20)]
