"""Texts typed and changed by mentors, and where each must be found again, byte for byte."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from bot.dialogue.guide import Kind, Question
from bot.exports import jsonl
from bot.practice.markup import typed
from bot.practice.messages import Message, Person
from bot.service.reading import Purpose, read
from bot.telegram.callbacks import CHOOSE, CITIZEN, DebriefButton, read_data
from tests.faults.audit import ALTERED, LOST
from tests.faults.named import CANNOT_PARSE, Named
from tests.faults.storm import GUIDE
from tests.faults.typed_inside import Inside, inside
from tests.faults.typed_texts import Typist

CHANGES = 14  # of one message, before the mentor goes on to the next question
SHOWN = 300  # characters that a card shows of a text at least: it is no page
_ASKS = {GUIDE.wording["da"].question(one.id).ask: one for one in GUIDE.guide}


class Writer:
    """One mentor, who answers every question in words many times: typed once, and then changed again and again."""

    def __init__(self, phone: Inside, person: Person, typist: Typist) -> None:
        self._phone, self._person, self._typist = phone, person, typist
        self._message: Message | None = None
        self._changes = 0
        self._full = False
        self.last: str | None = None
        """What was written in the last act, if it was a text."""

    def act(self) -> None:
        """Do the next thing."""
        self.last = None
        if self._message is not None and self._changes < CHANGES:
            self._change(self._message)
            return
        question, verbs = self._asked()
        if question is None:
            self._over(verbs)
        elif question.kind is not Kind.TEXT:
            self._tap(question, verbs)
        elif self._message is None:
            self._type()
        else:
            self._message = None
            self._press(verbs["k"])

    def _asked(self) -> tuple[Question | None, dict[str, str]]:
        """The question on the card, and one button's data of every verb."""
        try:
            card = self._phone.card(self._person)
        except StopIteration:
            return None, {}
        asked = [ask for ask in _ASKS if ask in card.body.text]
        every = [str(one.get("callback_data", "")) for row in card.rows or [] for one in row]
        found = {button.verb: data for data in reversed(every) if isinstance(button := read_data(data), DebriefButton)}
        return (_ASKS[max(asked, key=len)] if asked else None), found

    def _over(self, verbs: dict[str, str]) -> None:
        """Nothing is asked: save, and begin the next debrief."""
        self._full = False
        if "v" in verbs:
            self._press(verbs["v"])
        else:
            self._phone.hands.send(self._person, "/debrief")

    def _tap(self, question: Question, verbs: dict[str, str]) -> None:
        if not self._full and "f" in verbs:
            self._full = True
            self._press(verbs["f"])
        elif question.kind is Kind.CITIZEN:
            self._press(verbs[CITIZEN])
        else:
            self._press(verbs["d"] if "-" in verbs else verbs[CHOOSE])

    def _press(self, data: str) -> None:
        self._phone.hands.press_data(self._person, self._phone.card(self._person).id, data)

    def _type(self) -> None:
        world, self.last, self._changes = self._phone.world, self._typist.text(), 0
        self._message = world.put(world.private(self._person), self._person, typed(self.last))
        world.tell_bot({"message": world.api(self._message)})

    def _change(self, message: Message) -> None:
        world, self.last = self._phone.world, self._typist.text()
        self._changes += 1
        message.body, message.edited = typed(self.last), world.now()
        world.tell_bot({"edited_message": world.api(message)})


async def written(folder: Path, wanted: int, typist: Typist, mentors: int) -> Named:
    """Let so many texts be typed, and say what became of them."""
    report = Named((ALTERED, LOST, CANNOT_PARSE))
    async with inside(folder, mentors) as phone:
        writers = [(one, Writer(phone, one, typist)) for one in phone.mentors]
        while len(typist.given) < wanted:
            for _, writer in writers:
                writer.act()
            await phone.still()
            for person, writer in writers:
                if writer.last is not None:
                    _shown(report, phone, person, writer.last)
        await _stored(report, phone, typist)
        await _exported(report, phone, typist)
    for refused in phone.refused:
        if "can't parse" in refused:
            report.add(CANNOT_PARSE, refused)
    return report


def _shown(report: Named, phone: Inside, person: Person, text: str) -> None:
    """The card shows it, or how it begins."""
    if text[:SHOWN] in phone.card(person).body.text:
        report.figures["shown"] += 1
    else:
        report.add(ALTERED, f"{person.name}'s card does not show {text[:40]!a} as it was typed")


async def _stored(report: Named, phone: Inside, typist: Typist) -> None:
    """The database holds each once."""
    async with phone.db.snapshot() as tx:
        rows = await tx.all("SELECT text, value FROM answers WHERE kind = 'text' AND text IS NOT NULL")
    parts = [part[1] for row in rows for part in json.loads(row["value"])["parts"]]
    _compare(report, "stored", typist, [row["text"] for row in rows])
    _compare(report, "stored in parts", typist, parts)


async def _exported(report: Named, phone: Inside, typist: Typist) -> None:
    """So does the export, one line a debrief."""
    texts: list[str] = []
    async with phone.db.snapshot() as snapshot:
        async for reflection in read(snapshot, Purpose.RECORD, revisions=True):
            line = jsonl.line(reflection, revisions=True)
            if len(line.splitlines()) != 1:
                report.add(ALTERED, "a line of the export is torn")
            every = json.loads(line.encode("utf-8"))["answers"]
            texts += [one["text"] for one in every if one["kind"] == "text" and one["text"] is not None]
    _compare(report, "exported", typist, texts)


def _compare(report: Named, where: str, typist: Typist, there: list[str]) -> None:
    """Byte for byte: what was typed, and nothing else."""
    missing = Counter(text.encode("utf-8") for text in typist.given)
    found = Counter(text.encode("utf-8") for text in there)
    report.figures[where] = (missing & found).total()
    strange = (found - missing).total()
    for number, text in enumerate((missing - found).elements()):
        report.add(ALTERED if number < strange else LOST, f"{where}: {text.decode()[:40]!a} is not there as typed")
