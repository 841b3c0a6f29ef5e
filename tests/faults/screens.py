"""Second half of the audit: what people see on the phone, what was said to whom, and what stands in files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.dialogue.state import Status
from bot.practice.messages import Message, Person
from bot.telegram.callbacks import DebriefButton, read_data
from prompts import load_messages
from tests.faults.audit import ASTRAY, DOUBLED, LEAKED, LOST, Report
from tests.faults.crowd import CrowdPhone
from tests.faults.replay import Replay
from tests.faults.stored import Stored
from tests.faults.texts import HELD, MARKER

CALLED = load_messages().texts["lead.tell_now"].split("}}")[1].split(".")[0].strip()
UNSEEN = load_messages().texts["call.again"].split("}}")[1].split(".")[0].strip(" ,")


def check(report: Report, phone: CrowdPhone, found: Stored, replays: Mapping[int, Replay], kills: int) -> None:
    """Everything of it. A crash may repeat one message, so ``kills`` is how many may stand there twice."""
    for mentor in phone.mentors:
        _right_question_next(report, phone, found, mentor, replays[mentor.id])
        _tidied(report, phone, mentor, replays[mentor.id])
    if report.figures["cards twice"] > kills:
        report.add(DOUBLED, f"{report.figures['cards twice']} cards stand in a chat twice after {kills} kills")
    _lead(report, phone, replays[phone.mentors[0].id], kills)
    _taps(report, phone)
    _foreign_words(report, phone)


def cards(phone: CrowdPhone, person: Person) -> Iterator[tuple[Message, DebriefButton]]:
    """The cards of debriefs that stand in the chat, oldest first, each with one of its buttons."""
    for message in phone.world.private(person).messages.values():
        buttons = [read_data(str(one.get("callback_data", ""))) for line in message.rows or [] for one in line]
        own = [one for one in buttons if isinstance(one, DebriefButton)]
        if message.from_bot and not message.deleted and own:
            yield message, own[0]


def _right_question_next(report: Report, phone: CrowdPhone, found: Stored, mentor: Person, replay: Replay) -> None:
    """The newest card of every debrief is drawn as the dialogue stands."""
    shown = list(cards(phone, mentor))
    newest = {button.token: button.visit for _, button in shown}
    report.figures["cards twice"] += len(shown) - len(newest)
    for n, has in enumerate(found.debriefs[mentor.id][: len(replay.debriefs)]):
        state = replay.debriefs[n].state
        visit = newest.get(has.row.token)
        if visit is None and state.status is Status.OPEN:
            report.add(LOST, f"chat {mentor.id}, debrief {n}: it is open and has no card")
        elif visit not in (None, state.visit):
            report.add(ASTRAY, f"chat {mentor.id}, debrief {n}: the card is of visit {visit}, not {state.visit}")


def _tidied(report: Report, phone: CrowdPhone, mentor: Person, replay: Replay) -> None:
    """What was typed in a debrief is gone when it ended, and still there while it is open; commands are gone, and what
    was held back."""
    typed = {number for one in replay.debriefs for number in one.typed}
    gone = {number for one in replay.debriefs for number in one.gone}
    for message in phone.world.private(mentor).messages.values():
        if message.from_bot:
            continue
        if message.id in typed and message.deleted:
            report.add(LOST, f"chat {mentor.id}: message {message.id} was removed too early")
        stays = message.id in gone or message.body.text.startswith("/") or HELD in message.body.text
        if stays and not message.deleted:
            report.add(ASTRAY, f"chat {mentor.id}: message {message.id} should have left the chat")


def _lead(report: Report, phone: CrowdPhone, replay: Replay, kills: int) -> None:
    """The lead was called as often as a mentor asked for it; a crash may repeat one. What else a lead hears is not
    counted: wishes for supervision, what lies untouched, and the same call once more when nobody has seen it."""
    sent = [
        one
        for one in phone.world.journal.entries
        if one.chat_id == phone.lead.id
        and one.method == "sendMessage"
        and CALLED in one.text
        and UNSEEN not in one.text
    ]
    if len(sent) < replay.told_lead:
        report.add(LOST, f"the lead was told {len(sent)} times of {replay.told_lead}")
    if len(sent) > replay.told_lead + kills:
        report.add(DOUBLED, f"the lead was told {len(sent)} times instead of {replay.told_lead}")
    report.figures["lead told"] = replay.told_lead
    report.figures["lead told twice"] = max(0, len(sent) - replay.told_lead)


def _taps(report: Report, phone: CrowdPhone) -> None:
    # After a crash nobody can answer a tap that is too old or was answered half: the dialogue does not depend on it.
    report.figures["taps unanswered"] = sum(not query.answered for query in phone.world.queries.values())


def _foreign_words(report: Report, phone: CrowdPhone) -> None:
    """A mentor's words are in no other chat, no log and no file in the clear; what the guard held back is nowhere."""
    own: dict[int | None, set[str]] = {}
    for told in phone.world.ledger:
        own.setdefault(told.chat_id, set()).update(markers(str(told.update)))
    for entry in phone.world.journal.entries:
        if markers(f"{entry.text} {entry.source}") - own.get(entry.chat_id, set()):
            report.add(LEAKED, f"chat {entry.chat_id} was shown words of another, in {entry.method} {entry.number}")
        if HELD in entry.text or HELD in entry.source:
            report.add(LEAKED, f"what was held back was shown in {entry.method} {entry.number}")
    report.figures["markers"] = sum(map(len, own.values()))
    secrets = {
        "a text": MARKER.pattern.encode(),
        "what was held back": re.escape(HELD).encode(),
        "the token": re.escape(phone.token).encode(),
        "the key": phone.key.hex().encode(),
    }
    for path in [phone.log, *sorted(path for path in phone.data.rglob("*") if path.is_file())]:
        content = path.read_bytes()
        for name, pattern in secrets.items():
            if re.search(pattern, content):
                report.add(LEAKED, f"{path.name} holds {name} in the clear")


def markers(text: str) -> set[str]:
    """The markers that stand in a text."""
    return set(MARKER.findall(text))
