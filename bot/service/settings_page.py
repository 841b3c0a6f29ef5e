"""/indstillinger: language, how the chat is tidied, and consent to coding; each changed in one tap."""

from __future__ import annotations

from datetime import datetime

from bot.service.replies import Menu, Page, PageButton, Reply
from bot.service.tools import Tools
from storage import people
from storage.database import Transaction
from storage.people import Consent, Person, Role, Tidy

PAGE = "settings"
TIDY = ("at_once", "at_end", "never")


async def show(tx: Transaction, tools: Tools, person: Person, *, fresh: bool = True) -> list[Reply]:
    """The settings as they are."""
    coding = (await people.latest_consents(tx, person.id)).get(Consent.CODING, False)
    asked = person.role is Role.MENTOR
    tidy = tools.tidy_of(person)
    other = "en" if person.language == "da" else "da"
    rows: list[tuple[PageButton, ...]] = [(PageButton("button.settings_language", "l", other),)]
    rows += [(PageButton(f"button.tidy_{one}{'_on' if one == tidy else ''}", "t", one),) for one in TIDY]
    if asked:
        rows.append(
            (PageButton("button.coding_take" if coding else "button.coding_give", "c", "0" if coding else "1"),)
        )
    rows.append((PageButton("button.close", "x"),))
    values = {"tidy": tidy, "coding": coding if asked else None}
    return [Page(person.chat_id, PAGE, person.language, "settings", values, tuple(rows), fresh=fresh)]


async def change(tx: Transaction, tools: Tools, person: Person, verb: str, arg: str, now: datetime) -> list[Reply]:
    """One tap: l language, t tidy mode, c consent to coding."""
    match verb:
        case "l" if arg in ("da", "en"):
            people.set_language(tx, person.id, arg)
        case "t" if arg in TIDY:
            people.set_tidy(tx, person.id, Tidy(arg))
        case "c" if person.role is Role.MENTOR and arg in ("0", "1"):
            people.consent(tx, person.id, Consent.CODING, arg == "1", now)
    changed = await people.person(tx, person.id) or person
    return [*await show(tx, tools, changed, fresh=False), Menu(changed.chat_id, changed.role, changed.language)]
