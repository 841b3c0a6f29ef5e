"""The practice phone's people: Anna and Lea are enrolled, Bo has an invitation waiting; everything is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from bot.now import real_now
from bot.organisation import default_organisation_text
from bot.practice.messages import cast
from storage import citizens, invites, people
from storage.ids import new_id
from storage.keys import read_key
from storage.people import Consent, Role
from storage.sqlite import open_sqlite

TEAM = "Øvelsesteamet"
CITIZENS = ("Stjerne", "B12", "B03", "B07")  # the last one stands first on the card


async def prepare(folder: Path, key_file: Path) -> Mapping[str, Sequence[str]]:
    """Fill an empty practice folder; gives the invitation codes that stand in each person's chat.

    Raises StorageError when the database cannot be made.
    """
    (folder / "organisation.yaml").write_text(default_organisation_text("Øvelse"), encoding="utf-8")
    now = real_now()
    db = await open_sqlite(folder / "eftertanke.db", read_key(None, key_file), create=True)
    try:
        async with db.transaction() as tx:
            team = await people.team_named(tx, TEAM, now)
            numbers = {one.name: one.id for one in cast()}
            for name, role in (("Anna", Role.MENTOR), ("Lea", Role.LEAD)):
                number = numbers[name]
                person = people.add_person(
                    tx, telegram_id=number, chat_id=number, name=name, role=role, team_id=team.id, language="da",
                    zone="Europe/Copenhagen", now=now,
                )  # fmt: skip
                people.consent(tx, person.id, Consent.USE, True, now)
                if role is Role.MENTOR:
                    people.consent(tx, person.id, Consent.CODING, True, now)
                    for age, pseudonym in enumerate(CITIZENS):
                        seen = now - timedelta(days=len(CITIZENS) - age)
                        citizens.add(
                            tx, id=new_id(now), team_id=team.id, mentor_id=person.id, pseudonym=pseudonym, now=seen
                        )
            code, _ = invites.add_invite(tx, role=Role.MENTOR, name="Bo", team_id=team.id, now=now)
    finally:
        await db.close()
    return {"Anna": [], "Lea": [], "Bo": [code]}  # no code: enrolled already
