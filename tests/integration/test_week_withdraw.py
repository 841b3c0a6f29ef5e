"""What a mentor takes back leaves the lead's week and the reports in the lead's chat; so it is when a lead moves."""

from __future__ import annotations

from pathlib import Path

from bot.service import teams
from storage import people, shares
from storage.people import Role
from tests.integration.test_week_lead import FOCUS, MONDAY, W47, a_week
from tests.integration.week_kit import DAY, Team, WeekChats, fake_makers, team

EMPTIED = "er taget tilbage eller hører ikke til dig mere"


async def take_back(here: WeekChats, who: Team) -> None:
    """Anna takes back what she shared."""
    await here.send(who.anna, "/supervision")
    await here.press(who.anna, "Tag det tilbage")


async def test_the_open_page_is_emptied(tmp_path: Path) -> None:
    """The focus stood on the lead's page of the week; taken back, it stands nowhere in the lead's chat."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await a_week(here, who)
        await here.send(who.lea, "/uge")
        await here.press(who.lea, "Supervision (1)")
        assert FOCUS in here.text(who.lea)
        await take_back(here, who)
        assert FOCUS not in here.text(who.lea) and EMPTIED in here.last(who.lea).text
        assert len(here.screen(who.lea)) == 1
        assert "rapport" not in here.text(who.anna)  # there was none


async def test_last_mondays_page_is_emptied_too(tmp_path: Path) -> None:
    """The page of the week before stays in the chat when the next one comes, and is emptied where it stands."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await a_week(here, who)
        await here.look()
        await here.press(who.lea, "Supervision (1)")
        assert FOCUS in here.text(who.lea)
        await here.look(MONDAY + 7 * DAY)
        assert FOCUS in here.text(who.lea)
        await take_back(here, who)
        assert FOCUS not in here.text(who.lea)


async def test_reports_leave_the_chat_and_the_mentor_is_told(tmp_path: Path) -> None:
    """A report that held it is removed, and the mentor hears that it may have been saved; a report made before it was
    shared stays, and says nothing."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await here.send(who.lea, "/uge 46")
        await here.press(who.lea, "Rapporten")
        await here.draw()
        here.now += DAY
        await a_week(here, who)
        await here.send(who.lea, "/uge 47")
        await here.press(who.lea, "Rapporten")
        await here.draw()

        def reports() -> list[str]:
            return [one.text[:6] for one in here.screen(who.lea) if "Åbn filen" in one.text]

        assert reports() == ["Uge 46", "Uge 47"]
        here.now += DAY
        await take_back(here, who)
        assert reports() == ["Uge 46"]
        assert "Det stod også i en rapport, som Lea har fået." in here.text(who.anna)
        assert EMPTIED in here.text(who.lea)


async def test_a_report_that_waits_is_not_sent(tmp_path: Path) -> None:
    """Made, but not sent yet, when the mentor takes it back: the lead does not get it."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await a_week(here, who)
        await here.send(who.lea, "/uge 47")
        await here.press(who.lea, "Rapporten")
        await here.send(who.anna, "/supervision")
        await here.draughtsman.one()
        await here.press(who.anna, "Tag det tilbage")
        assert here.files == [] and "Åbn filen" not in here.text(who.lea)


async def test_taken_back_while_it_is_drawn(tmp_path: Path) -> None:
    """The report that is queued holds what is shared then, not what was shared when drawing began."""
    async with team(tmp_path, MONDAY) as (here, who):
        await a_week(here, who)
        await here.send(who.lea, "/uge 47")
        await here.press(who.lea, "Rapporten")
        real = here.draughtsman._made

        async def made(wish, person, summary):  # type: ignore[no-untyped-def]  # whatever is given goes on
            async with here.db.transaction() as tx:
                for row in await tx.all("SELECT DISTINCT reflection_id FROM shares"):
                    shares.withdraw(tx, row["reflection_id"], ["supervision_focus"], here.now)
            return await real(wish, person, summary)

        here.draughtsman._made = made  # type: ignore[method-assign]  # the moment between reading and queueing
        await here.draw()
        (report,) = here.files
        assert "Hvor langt" not in report.data.decode()


async def test_a_lead_who_moves_takes_nothing_along(tmp_path: Path) -> None:
    """Another team: the old team's week is emptied and its reports are gone; and she is told that she leads."""
    async with team(tmp_path, MONDAY, drawn_by=fake_makers()) as (here, who):
        await a_week(here, who)
        await here.send(who.lea, "/uge 47")
        await here.press(who.lea, "Supervision (1)")
        await here.press(who.lea, "◀ Ugen")
        await here.press(who.lea, "Rapporten")
        await here.draw()
        async with here.db.transaction() as tx:
            syd = await people.team_named(tx, "Syd", here.now)
            vest = await people.team_named(tx, "Vest", here.now)
            done = await teams.change(
                tx, here.tools, who.lea, role=Role.LEAD, team=vest, citizens_to=None, now=here.now
            )
            queue_all(here, tx, done.replies)
            lea = await people.person(tx, who.lea.id)
            assert lea is not None
            again = await teams.change(tx, here.tools, lea, role=Role.LEAD, team=syd, citizens_to=None, now=here.now)
            queue_all(here, tx, again.replies)
        await here.deliver()
        assert not any("Åbn filen" in one.text for one in here.screen(who.lea))
        assert str(W47) not in here.text(who.lea) and EMPTIED in here.text(who.lea)
        assert "teamet Vest. Du er teamets leder.\n" in here.text(who.lea)
        assert "teamet Syd. Du er teamets leder sammen med Sif." in here.text(who.lea)


def queue_all(here, tx, replies) -> None:  # type: ignore[no-untyped-def]  # the program's own queue
    """As the command line does."""
    from bot.telegram.queueing import queue

    queue(tx, here.renderer, replies, here.now)
