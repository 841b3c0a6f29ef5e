"""`eftertanke invite` and `eftertanke people`: how people come in, and who is there."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta

import pytest

from bot.now import real_now
from bot.practice.local import LocalPhone
from bot.practice.world import BOT_USERNAME
from storage import audit, invites, people
from storage.database import Transaction
from storage.instance import single_instance
from storage.people import Role
from storage.times import moment
from tests.integration.cli_kit import Desk, desk, enrol

__all__ = ["desk"]
INVITE = ("invite", "--role", "mentor", "--name", "Anna")
CLOSED = "http://127.0.0.1:9/bot"  # the discard port: nobody listens


def test_the_code_opens_one_invitation_for_72_hours(desk: Desk) -> None:
    """What `--json` prints is what a program needs, and the code is good for who was invited until it expires."""
    desk.set_up()
    told = desk.run(*INVITE, "--team", "Nord", "--json").json
    assert set(told) == {"code", "link", "role", "name", "team", "expires_at"}
    assert (told["role"], told["name"], told["team"], told["link"]) == ("mentor", "Anna", "Nord", None)
    expires = moment(told["expires_at"])
    assert timedelta(hours=71, minutes=58) < expires - real_now() <= timedelta(hours=72)
    found = desk.stored(lambda tx: invites.open_invite(tx, told["code"], expires - timedelta(seconds=1)))
    assert found is not None and (found.role, found.name) == (Role.MENTOR, "Anna")
    assert desk.stored(lambda tx: invites.open_invite(tx, told["code"], expires)) is None


def test_the_code_is_kept_as_a_hash_only(desk: Desk) -> None:
    """Who reads the database cannot join with what stands there."""
    desk.set_up()
    code = desk.run(*INVITE, "--json").json["code"]
    rows = desk.stored(lambda tx: tx.all("SELECT * FROM invites WHERE name = 'Anna'"))
    audited = desk.stored(lambda tx: tx.all("SELECT * FROM audit"))
    assert code not in json.dumps([dict(row) for row in [*rows, *audited]])
    assert rows[0]["code_hash"] == hashlib.sha256(code.encode()).hexdigest()


def test_an_invitation_is_audited(desk: Desk) -> None:
    """It can be seen later that the operator let somebody in."""
    desk.set_up()
    code = desk.run(*INVITE, "--json").json["code"]
    found = desk.stored(lambda tx: invites.open_invite(tx, code, real_now()))
    last = desk.stored(audit.entries)[-1]
    assert found is not None and (last.actor, last.action, last.subject) == ("operator", "invite", found.id)


def test_invite_prints_what_to_type(desk: Desk) -> None:
    """Without a token the code is printed with the command, a QR code of it, and why there is no link."""
    desk.set_up()
    said = desk.run(*INVITE)
    assert (said.code, said.err) == (0, "")
    assert "Invitation for Anna (mentor, team Nordbyens mentorer)." in said.out
    assert re.search(r"^ +/start [\w-]{22,}$", said.out, re.MULTILINE)
    assert "EFTERTANKE_TOKEN is not set" in said.out and "t.me" not in said.out
    assert "█▄▄▄█" in said.out


def test_the_link_has_the_bot_s_own_name(desk: Desk) -> None:
    """With a token Telegram is asked for the name, and the deep link is complete."""
    desk.set_up()
    (desk.folder / "phone").mkdir()
    with LocalPhone(desk.folder / "phone") as phone:
        desk.env(EFTERTANKE_TOKEN=phone.token, EFTERTANKE_API_URL=phone.api_url)
        told = desk.run(*INVITE, "--json").json
        assert told["link"] == f"https://t.me/{BOT_USERNAME}?start={told['code']}"
        assert f"https://t.me/{BOT_USERNAME}?start=" in desk.run(*INVITE).out
        desk.env(EFTERTANKE_TOKEN="770001:another-token")
        said = desk.run(*INVITE)
    assert said.code == 0 and "does not know the token" in said.out and "another-token" not in said.out + said.err


def test_no_net_is_no_hindrance(desk: Desk) -> None:
    """When Telegram cannot be reached the code is printed all the same."""
    desk.set_up()
    desk.env(EFTERTANKE_TOKEN="770001:invented", EFTERTANKE_API_URL=CLOSED)
    said = desk.run(*INVITE)
    assert (said.code, said.err) == (0, "")
    assert "could not be reached" in said.out and "/start " in said.out


def test_the_first_team_is_called_like_the_organisation(desk: Desk) -> None:
    """A small organisation need not think of teams: the first mentor makes one, the next ones are in it."""
    desk.set_up()
    first, second = desk.run(*INVITE), desk.run("invite", "--role", "lead", "--name", "Lea", "--json")
    assert "The team Nordbyens mentorer is new." in first.out
    assert second.json["team"] == "Nordbyens mentorer"
    assert [team.name for team in desk.stored(people.teams)] == ["Nordbyens mentorer"]


def test_the_first_team_of_an_organisation_without_a_name(desk: Desk) -> None:
    """The program's own name is no name for a team."""
    assert desk.run("setup", "--yes").code == 0
    assert desk.run(*INVITE, "--json").json["team"] == "Team"


def test_with_several_teams_one_must_be_chosen(desk: Desk) -> None:
    """The sentence names the teams; nothing is made. A team's name is found in any case."""
    desk.set_up()
    for team in ("Nord", "Syd"):
        desk.run(*INVITE, "--team", team)
    before = desk.stored(lambda tx: tx.all("SELECT id FROM invites"))
    desk.run(*INVITE).refused("Nord, Syd", "--team", code=2)
    assert desk.stored(lambda tx: tx.all("SELECT id FROM invites")) == before
    assert desk.run(*INVITE, "--team", " nord ", "--json").json["team"] == "Nord"


@pytest.mark.parametrize("role", ["admin", "coder"])
def test_admins_and_coders_belong_to_no_team(desk: Desk, role: str) -> None:
    """They get none, and wishing one is said to be a mistake."""
    desk.set_up()
    assert desk.run("invite", "--role", role, "--name", "Ada", "--json").json["team"] is None
    desk.run("invite", "--role", role, "--name", "Ada", "--team", "Nord").refused("no team", code=2)
    assert desk.stored(people.teams) == []


@pytest.mark.parametrize("name", ["", "   ", "a" * 101, "An\x1b[31mna", "An\u202ena"])
def test_names_that_cannot_be_read(desk: Desk, name: str) -> None:
    """Empty, overlong and unprintable names are refused in one sentence, which does not repeat them."""
    desk.set_up()
    said = desk.run("invite", "--role", "mentor", "--name", name)
    said.refused("readable characters", code=2)
    assert "\x1b" not in said.err


def test_names_are_never_markup(desk: Desk) -> None:
    """Brackets, HTML and braces are printed as they are."""
    desk.set_up()
    name = "[red]Anna[/red] <b>{{7*7}}</b> :smile:"
    assert f"Invitation for {name} (mentor" in desk.run("invite", "--role", "mentor", "--name", name).out
    desk.stored(lambda tx: enrol(tx, name, 500))
    assert name in desk.run("people").out


def test_invite_while_the_bot_works(desk: Desk) -> None:
    """A running bot, with its lock and its open database, is not in the way."""
    desk.set_up()
    with single_instance(desk.data / "eftertanke.db"):
        assert desk.run(*INVITE, "--json").code == 0


def test_people_shows_who_joined_and_who_left(desk: Desk) -> None:
    """A table for people: name, role, team, day of joining, blocked or left."""
    desk.set_up()
    assert "Nobody has joined yet" in desk.run("people").out
    at = moment("2026-11-25T23:30:00Z")  # already the 26th in Copenhagen
    anna = desk.stored(lambda tx: enrol(tx, "Anna", 500, now=at))
    bo = desk.stored(lambda tx: enrol(tx, "Bo", 600))
    desk.stored(lambda tx: enrol(tx, "Ada", 700, role=Role.ADMIN, team=None))

    async def change(tx: Transaction) -> None:
        people.set_blocked(tx, anna.id, at)
        people.mark_left(tx, bo.id, at)

    desk.stored(change)
    lines = [re.split(r"\s{2,}", line.strip()) for line in desk.run("people").out.splitlines()]
    assert lines == [
        ["Name", "Role", "Team", "Joined", "Now"],
        ["Ada", "admin", "–", "2026-11-25"],
        ["Anna", "mentor", "Nord", "2026-11-26", "blocks the bot since 2026-11-26"],
        ["Bo", "mentor", "Nord", "2026-11-25", "left 2026-11-26"],
    ]


def test_people_for_programs_and_without_telegram_s_ids(desk: Desk) -> None:
    """`--json` has a fixed shape, empty or not, and never an id of Telegram."""
    desk.set_up()
    assert desk.run("people", "--json").json == []
    anna = desk.stored(lambda tx: enrol(tx, "Anna", 987_654_321))
    said = desk.run("people", "--json")
    assert said.json == [
        {
            "id": anna.id,
            "name": "Anna",
            "role": "mentor",
            "team": "Nord",
            "joined_at": "2026-11-25T12:10:00.000000Z",
            "blocked_at": None,
            "left_at": None,
        }
    ]
    assert "98765432" not in said.out + desk.run("people").out
