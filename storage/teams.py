"""Who belongs to which team, in which role. What was written before stays where it was written."""

from __future__ import annotations

from datetime import datetime

from storage.database import Reader, Transaction
from storage.people import Person, Role, person_of
from storage.times import stamp

# Of these nobody but who wrote them knows: their own words, and what concerns the visit they had.
_STAYS = ("own", "move_appointment", "safety_lead")


async def named(tx: Reader, name: str) -> list[Person]:
    """People who have not left and are called so, whatever the case of the letters; or the one with this id."""
    rows = await tx.all("SELECT * FROM people WHERE left_at IS NULL ORDER BY name, id")
    wanted = name.casefold()
    return [one for one in map(person_of, rows) if one.name.casefold() == wanted or one.id == name]


def place(tx: Transaction, person_id: str, *, role: Role, team_id: str | None) -> None:
    """This person has this role in this team from now on (queued)."""
    tx.write("UPDATE people SET role = ?, team_id = ? WHERE id = ?", role.value, team_id, person_id)


async def hand_followups(tx: Transaction, citizen_id: str, mentor_id: str, to: str, now: datetime) -> list[str]:
    """What is to be done about a citizen goes to whoever goes on with them: ids of the open follow-ups that do.

    Their unfinished reminders lapse: make those of the new mentor afterwards. A mentor's own words to themselves stay.
    """
    marks = ", ".join("?" * len(_STAYS))
    rows = await tx.all(
        "UPDATE followups SET mentor_id = ? WHERE citizen_id = ? AND mentor_id = ? AND status = 'open'"  # noqa: S608 - question marks only
        f" AND kind NOT IN ({marks}) RETURNING id",
        to,
        citizen_id,
        mentor_id,
        *_STAYS,
    )
    for row in rows:
        tx.write(
            "UPDATE reminders SET status = 'lapsed', closed_at = ?, claimed_at = NULL, snoozed_until = NULL"
            " WHERE followup_id = ? AND status IN ('pending', 'claimed', 'sent')",
            stamp(now),
            row["id"],
        )
    return [row["id"] for row in rows]


def forget_as_lead(tx: Transaction, person_id: str, now: datetime) -> None:
    """Somebody leads this team no more (queued): what their mentors left untouched is no longer told to them."""
    tx.write(
        "UPDATE reminders SET status = 'lapsed', closed_at = ?, claimed_at = NULL"
        " WHERE person_id = ? AND kind = 'overdue' AND status IN ('pending', 'claimed', 'sent')",
        stamp(now),
        person_id,
    )
