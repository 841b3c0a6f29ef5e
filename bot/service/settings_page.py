"""/indstillinger: language, how the chat is tidied, and consent to coding; each changed in one tap."""

from __future__ import annotations

from datetime import datetime

from bot.service.replies import Page, Reply
from bot.service.tools import Tools
from storage import people
from storage.database import Transaction
from storage.people import Consent, Person, Role, Tidy

PAGE = "settings"
TIDY = ("at_once", "at_end", "never")


async def show(tx: Transaction, tools: Tools, person: Person, *, fresh: bool = True) -> list[Reply]:
    """The settings as they are."""
    coding = (await people.latest_consents(tx, person.id)).get(Consent.CODING)
    tidy = tools.tidy_of(person)
    values = {"language": person.language, "tidy": tidy, "coding": coding, "role": person.role.value}
    rows = [
        tuple(
            (f"settings.language_{one}" + (".on" if person.language == one else ".off"), "l", one)
            for one in ("da", "en")
        ),
        *(((f"settings.tidy_{one}" + (".on" if tidy == one else ".off"), "t", one),) for one in TIDY),
    ]
    if person.role is Role.MENTOR:
        rows.append((("settings.coding_off" if coding else "settings.coding_on", "c", "0" if coding else "1"),))
    return [Page(person.chat_id, PAGE, person.language, "settings", values, tuple(rows), fresh=fresh)]


async def change(
    tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime
) -> list[Reply]:
    """One tap: l language, t tidy mode, c consent to coding. """
    match verb:
        case "l" if arg in ("da", "en"):
            people.set_language(tx, person.id, arg)
        case "t" if arg in TIDY:
            people.set_tidy(tx, person.id, Tidy(arg))
        case "c" if person.role is Role.MENTOR and arg in ("0", "1"):
            people.consent(tx, person.id, Consent.CODING, arg == "1", now)
    changed = await people.person(tx, person.id) or person
    return await show(tx, tools, changed, fresh=False)
