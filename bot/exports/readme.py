"""The README.md beside exported files: whoever finds the folder must know what it is and how to treat it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.service.reading import Purpose

FILE = "README.md"

_WHAT_DA = {
    Purpose.CODING: """\
Formål: kodning. Her er kun refleksioner fra mentorer, der har sagt ja til kodning. De står med et nummer (M01 …) i
stedet for navn. Nummeret er det samme i hvert udtræk, og hvem det er, kan ikke slås op her.""",
    Purpose.RECORD: """\
Formål: jeres eget arkiv. Her er alle refleksioner, også private svar, og mentorerne står med navn. Giv det ikke videre
til nogen.""",
}
_WHAT_EN = {
    Purpose.CODING: """\
Purpose: coding. Only reflections of mentors who said yes to coding. They appear under a number (M01 …) instead of their
name. The number is the same in every export, and who it is cannot be looked up here.""",
    Purpose.RECORD: """\
Purpose: your own record. All reflections, private answers too, and mentors appear by name. Pass it on to nobody.""",
}

_TEXT = """\
# Eftertanke: udtræk · export

## Dansk

Lavet {at}. {count} i `reflections.jsonl`, én på hver linje.

{da}

Borgerne står med deres pseudonym; hvem de er, står her ikke. Men pseudonym er ikke anonym: her står om helbred,
misbrug og svære liv. Hold mappen låst og krypteret, giv kun adgang til dem, der har brug for den, og slet den, når den
er brugt.

## English

Made {at}. {number} in `reflections.jsonl`, one a line.

{en}

Citizens appear under their pseudonym; who they are is not told here. But pseudonymous is not anonymous: this tells of
health, substance use and hard lives. Keep the folder locked and encrypted, give it only to those who need it, and
delete it when it has served.
"""


def readme(purpose: Purpose, reflections: int, at: datetime) -> str:
    """The text; ``at``: when the export was made (aware)."""
    return _TEXT.format(
        at=f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        count="1 refleksion" if reflections == 1 else f"{reflections} refleksioner",
        number="1 reflection" if reflections == 1 else f"{reflections} reflections",
        da=_WHAT_DA[purpose],
        en=_WHAT_EN[purpose],
    )
