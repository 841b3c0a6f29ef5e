"""From an invitation to a person; and everybody who has none."""

from __future__ import annotations

import pytest

from bot.practice.reading import seen_of
from storage import people
from storage.people import Consent, Person, Role
from tests.acceptance.person import Person as Speaker
from tests.acceptance.stage import Stage
from tests.acceptance.words import lines

PRIVATE = "Kanariefugl-Q7"  # must never be found where nobody enrolled


async def stored(stage: Stage, name: str) -> tuple[Person, dict[Consent, bool]] | None:
    """The stored person and what they said yes to; None when nobody is stored."""
    async with stage.database() as db, db.transaction() as tx:
        found = await people.person_by_telegram(tx, stage.person(name).hand.id)
        return None if found is None else (found, await people.latest_consents(tx, found.id))


async def test_a_stranger_gets_one_polite_line(stage: Stage, stranger: Speaker) -> None:
    """Whoever has no invitation gets one polite line and no more, and nothing they write is kept."""
    await stranger.hand.start()
    await stranger.reads("stranger")
    for text in (PRIVATE, "/debrief"):
        mark = await stranger.mark()
        await silently(stage, stranger, text)
        assert await stranger.calls(mark) == []
    assert len(await stranger.from_bot()) == 1
    assert PRIVATE not in stage.everything_stored()


async def silently(stage: Stage, person: Speaker, text: str) -> None:
    """Sends what will not be answered; a message of somebody else, answered after it, tells that it was handled."""
    patience, stage.phone.patience = stage.phone.patience, 0.0
    await person.hand.send(text)
    stage.phone.patience = patience
    lead = stage.person("Lea")
    await lead.hand.send("/hjaelp")
    await lead.presses("close")


async def test_a_group_is_left(stage: Stage, anna: Speaker) -> None:
    """In a group the bot says one polite line and leaves."""
    await anna.hand.say_in_group("Hej alle")
    await anna.until(lambda calls: any(call.method == "leaveChat" for call in calls), everywhere=True)
    group = seen_of(await stage.phone.get("state", person="group"))
    assert [one.text for one in group if one.from_bot] == [anna.words.said("group")]


async def test_used_expired_and_unknown_codes_get_the_same_answer(stage: Stage, stranger: Speaker) -> None:
    """Somebody who tries codes learns nothing from the answers."""
    used, expired = await stage.invite("Cilla"), await stage.invite("Dan", hours=-1)
    await stranger.enrols(used, "Cilla")
    await leaves(stage, "Fremmed")
    answers = []
    for code in (used, expired, "aldrig-set-foer-0123456789"):
        await stranger.hand.start(code)
        answers.append((await stranger.from_bot())[-1].text)
    assert set(answers) == {stranger.words.said("enrol.bad_code")}


async def belongs(stage: Stage, name: str) -> bool:
    """Whether somebody is enrolled now."""
    found = await stored(stage, name)
    return found is not None and found[0].left_at is None


async def leaves(stage: Stage, name: str) -> None:
    """The operator closes somebody's access."""
    found = await stored(stage, name)
    assert found is not None
    async with stage.database() as db, db.transaction() as tx:
        people.mark_left(tx, found[0].id, await stage.phone.now())


async def test_declining_stores_nothing(stage: Stage, bo: Speaker) -> None:
    """Whoever says no is stored nowhere but in queues that empty themselves, and the invitation still works."""
    code = await stage.invite("Bo")
    await bo.hand.start(code)
    await bo.presses("enrol_no")
    await bo.reads("enrol.declined")
    assert stage.tables_with(bo.hand.id) <= {"inbox", "outbox"}
    await bo.sees(lambda shown: len(shown) == 1)
    await bo.hand.start(code)
    await bo.sees_button(bo.words.button("enrol_yes"))
    await bo.presses("enrol_no")


async def test_the_page_can_be_read_in_english(stage: Stage, bo: Speaker) -> None:
    """One tap shows the same page in English, another one in Danish again."""
    english = stage.person("Bo", "en")
    await bo.hand.start(await stage.invite("Bo"))
    danish_page = (await bo.sees_button(bo.words.button("enrol_yes"))).text
    await bo.presses("settings_language")
    await english.sees_button(english.words.button("enrol_yes"))
    await english.presses("settings_language")
    assert (await bo.sees_button(bo.words.button("enrol_yes"))).text == danish_page
    await bo.presses("enrol_no")


@pytest.mark.parametrize("coding", [False, True])
async def test_bo_reads_and_says_yes(stage: Stage, bo: Speaker, coding: bool) -> None:
    """Bo reads what is stored, who sees what, and that Telegram can read it, before he exists here; coding is asked
    apart, and either answer is fine."""
    await bo.hand.start(await stage.invite("Bo"))
    page = await bo.sees_button(bo.words.button("enrol_yes"))
    said = bo.words.page("enrol", name="Bo", role="mentor", organisation="Øvelse", tidy="at_end")
    assert lines(page.text) == lines(said)
    await bo.has_nothing_left()
    await bo.presses("enrol_yes")
    assert not await belongs(stage, "Bo")
    await bo.presses("coding_yes" if coding else "coding_no")
    await bo.hand.wait_for(lines(bo.words.page("welcome", name="Bo", role="mentor"))[0])
    found = await stored(stage, "Bo")
    assert found is not None
    assert found[0].role is Role.MENTOR
    assert found[1] == {Consent.USE: True, Consent.CODING: coding}
    assert page.id in [one.id for one in await bo.from_bot()]
    await bo.sees_button(bo.words.button("start"))
    await leaves(stage, "Bo")
