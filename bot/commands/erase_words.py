"""What ``eftertanke erase`` says: what goes, what stays and why, and what is beyond its reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.service.erasing import Subject
from storage.erasing_counts import Counts
from storage.people import Person

_CHATS = (
    "Messages of the bot in Telegram: the cards are removed, or emptied where they are older than 48 hours; "
    "single messages can only be deleted by who has the chat."
)


def lines_before(subject: Subject, backups_until: date) -> list[str]:
    """What is said before anything happens. ``backups_until``: when the last backup that may hold it is replaced."""
    about, counts = subject.about, subject.counts
    goes, stays = _of_person(counts) if isinstance(about, Person) else (_of_citizen(counts), [])
    found = [f"Erase {subject.name} for good?", "", "This goes:", *_listed(goes or ["the name"])]
    if stays:
        found += [
            "",
            "This stays, without a name: the workplace must keep its record of contact and absence "
            "(GDPR art. 17(3)(b)).",
            *_listed(stays),
        ]
    if subject.active:
        found += ["", *_without(subject)]
    beyond = [
        f"Backups the bot makes by itself: gone by {backups_until.isoformat()}. A restored one does not bring it back. "
        "Copies you keep elsewhere are yours to delete.",
        _CHATS,
        "The audit log keeps the id, without a name.",
    ]
    if isinstance(about, Person):
        beyond.append("The number of the chat: kept for two days at most, until its messages are removed.")
    if counts.mentions:
        texts = "1 text of others has" if counts.mentions == 1 else f"{counts.mentions} texts of others have"
        beyond.append(f"{texts} the word {subject.name} in it; only who wrote it knows whether it is meant.")
    return [*found, "", "This is not reached at once:", *_listed(beyond), ""]


def lines_after(subject: Subject, *, log_empty: bool, copies: int) -> list[str]:
    """What is said when it is done."""
    found = [f"{subject.name} is erased."]
    if subject.leaderless:
        found.append(
            f"{subject.leaderless} has no lead now: nobody there gets a mentor's call, and nobody reads its week."
        )
        found.append("  Make somebody its lead:  eftertanke people role NAME lead")
    if copies:
        found.append("The copy of the database from before an update is removed: it held the same.")
    if not log_empty:
        found.append(
            "Something reads the database just now, so the write-ahead log still holds old pages, encrypted; "
            "the running bot empties it within the hour."
        )
    return found


def _of_citizen(counts: Counts) -> list[str]:
    return _said(
        (counts.debriefs, "debrief", "debriefs"),
        (counts.answers, "answer", "answers"),
        (counts.threads, "contact thread", "contact threads"),
        (counts.attempts, "contact attempt", "contact attempts"),
        (counts.followups, "thing to do, also done ones", "things to do, also done ones"),
        (counts.reminders, "reminder", "reminders"),
        (counts.notes, "note for next time", "notes for next time"),
        (counts.shares, "answer shared with the lead, with what the lead wrote", "answers shared with the lead, with "
         "what the lead wrote"),
        (counts.codings, "coding", "codings"),
        (counts.calls, "call for the lead", "calls for the lead"),
    )  # fmt: skip


def _of_person(counts: Counts) -> tuple[list[str], list[str]]:
    goes = [
        "name, Telegram account, settings, working hours, consents",
        *_said(
            (counts.debriefs - counts.log_debriefs, "whole debrief", "whole debriefs"),
            (counts.answers, "answer that is not for the contact and absence log", "answers that are not for the "
             "contact and absence log"),
            (counts.followups, "thing to do, also done ones", "things to do, also done ones"),
            (counts.reminders, "reminder", "reminders"),
            (counts.notes, "note for next time", "notes for next time"),
            (counts.shares, "shared answer, with what a lead wrote about it", "shared answers, with what leads wrote "
             "about them"),
            (counts.codings, "coding", "codings"),
            (counts.calls, "call for the lead", "calls for the lead"),
        ),
    ]  # fmt: skip
    stays = _said(
        (counts.log_debriefs, "debrief about a citizen", "debriefs about citizens"),
        (counts.log_answers, "answer for the log", "answers for the log"),
        (counts.threads, "contact thread", "contact threads"),
        (counts.attempts, "contact attempt", "contact attempts"),
        (counts.citizens, "citizen", "citizens"),
    )
    return goes, stays


def _without(subject: Subject) -> list[str]:
    many = len(subject.active)
    have = "1 active citizen has" if many == 1 else f"{many} active citizens have"
    return [
        f"{have} no other mentor ({', '.join(subject.active)}), and will be archived.",
        f"  To hand over first:  eftertanke people leave {subject.id} --citizens-to NAME",
    ]


def _said(*counted: tuple[int, str, str]) -> list[str]:
    return [f"{count} {one if count == 1 else more}" for count, one, more in counted if count]


def _listed(lines: Sequence[str]) -> list[str]:
    return [f"  – {line}" for line in lines]
