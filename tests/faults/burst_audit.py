"""What must hold of a burst, beside what must hold of every storm: the pace, the order of sending, and the memory."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from datetime import timedelta

from bot.practice.journal import Entry
from tests.faults.audit import DOUBLED, KINDS, LOST, REORDERED
from tests.faults.burst_phone import MARK, BurstPhone, told_of
from tests.faults.named import TOO_BIG, TOO_FAST, Named

A_SECOND = 30
UNDER_WAY = 8
"""Calls that may be on their way side by side. What a busy machine holds up there arrives together with what is sent
in the next second: by so many may a second seem fuller than it was when it was sent."""
MEGABYTES = 300
SHOWING = ("sendMessage", "editMessageText")
SILENT = ("answerCallbackQuery", "sendChatAction")


def audit(phone: BurstPhone, mark: int, texts: Sequence[str], megabytes: int) -> Named:
    """Everything that was accepted after entry ``mark`` of the journal. ``texts``: of the reminders."""
    report = Named((*KINDS, TOO_FAST, TOO_BIG))
    entries = phone.world.journal.after(mark)
    _pace(report, entries)
    _order(report, phone, entries)
    _reminders(report, phone, entries, frozenset(texts))
    if megabytes > MEGABYTES:
        report.add(TOO_BIG, f"the program held {megabytes} MB")
    report.figures["MB at most"] = megabytes
    return report


def _pace(report: Named, entries: Sequence[Entry]) -> None:
    """In no second, wherever it begins, more than Telegram takes; deletions count, too, answers to taps do not."""
    window: deque[Entry] = deque()
    most = shown = 0
    for entry in entries:
        if entry.method in SILENT:
            continue
        window.append(entry)
        while entry.at - window[0].at >= timedelta(seconds=1):
            window.popleft()
        if len(window) > A_SECOND + UNDER_WAY >= most:
            report.add(TOO_FAST, f"{len(window)} calls within a second, up to entry {entry.number}")
        most = max(most, len(window))
        shown = max(shown, sum(one.method in SHOWING for one in window))
    report.figures["calls a second at most"] = most
    report.figures["of these messages at most"] = shown


def _order(report: Named, phone: BurstPhone, entries: Sequence[Entry]) -> None:
    """What was sent in each chat comes in the order of the updates it answers: each sticker and each command is taken
    out of the chat in its turn."""
    own = {one.id for person in phone.writers for one in phone.world.private(person).messages.values() if one.sender}
    latest: Counter[int] = Counter()
    for entry in entries:
        if entry.method not in ("deleteMessage", "deleteMessages") or entry.message_id not in own:
            continue
        assert entry.chat_id is not None and entry.message_id is not None
        if entry.message_id < latest[entry.chat_id]:
            report.add(REORDERED, f"chat {entry.chat_id}: {entry.message_id} was dealt with after a later one")
        latest[entry.chat_id] = entry.message_id
        report.figures["taken away in turn"] += 1


def _reminders(report: Named, phone: BurstPhone, entries: Sequence[Entry], texts: frozenset[str]) -> None:
    """Each was told once, in a line of its own or among those a message says are on the list."""
    lines = Counter(one for entry in entries if entry.method == "sendMessage" for one in MARK.findall(entry.text))
    for text, times in lines.items():
        if times > 1 or text not in texts:
            report.add(DOUBLED, f"the reminder {text} was told {times} times")
    told, wanted = told_of(entries), len(texts) // len(phone.readers)
    for reader in phone.readers:
        if told[reader.id] != wanted:
            kind = LOST if told[reader.id] < wanted else DOUBLED
            report.add(kind, f"chat {reader.id} was told {told[reader.id]} reminders of {wanted}")
    report.figures["reminders told"] = told.total()
