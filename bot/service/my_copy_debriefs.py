"""A person's own debriefs in their copy: what was asked, what was answered, who may see it and who has; and the whole
copy, put together. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.guide import Kind
from bot.dialogue.summary_counts import OUTCOME
from bot.service.my_copy import FIRST, LATER, Copy, Item, Items, Section, audited, plain
from bot.service.my_copy_words import Field, Source
from bot.service.reading_answers import read_answer
from prompts import LoadedGuide
from storage.answers import AnswerRow, answer_of
from storage.database import Row


def copy_of(source: Source) -> Copy:
    """Everything about the person."""
    name = source.rows["person"][0]["name"]
    at = source.say.at(source.now)
    return Copy(
        language=source.messages.language,
        title=source.text("title", name=name),
        intro=(source.text("made", on=at), source.text("whose"), source.text("keep")),
        made_at=source.now,
        sections=(*plain(source, FIRST), _Debriefs(source).section(), *plain(source, LATER), audited(source)),
        empty=source.text("nothing"),
        seen=source.text("field.seen_by"),
        shown=source.text("shown"),
    )


def _by(rows: Sequence[Row], column: str = "reflection_id") -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found


def _outcome(parts: Sequence[Item]) -> str:
    """How the meeting went, as it was answered last."""
    said = {
        part.fields[0].raw: one.said
        for part in parts
        for one in part.fields
        if one.key == "answer" and part.fields[0].key == "question"
    }
    return said.get(OUTCOME, "")


@dataclass
class _Debriefs:
    """Every debrief with what hangs on it, each looked up once."""

    source: Source

    def __post_init__(self) -> None:
        rows = self.source.rows
        self._names = {row["id"]: row["pseudonym"] for row in rows["names"]}
        self._guides = {row["hash"]: LoadedGuide.from_json(row["content"]) for row in rows["guides"]}
        self._hanging = {
            name: _by(rows[name]) for name in ("answers", "shares", "taken", "spoken", "notices", "codings")
        }
        self._reads = _by(rows["reads"], "share_id")

    def section(self) -> Section:
        """All of them, the first one first."""
        items = Items(self.source.rows["debriefs"], self._item)
        return Section("debriefs", self.source.text("section.debriefs"), items)

    def _item(self, row: Row) -> Item:
        say, field = self.source, self.source.field
        started = say.time(row["started_at"])
        fields = (
            field("pseudonym", row["pseudonym"]),
            field("when", row["started_at"], started),
            field("met", row["met_at"], say.time(row["met_at"]) if row["met_at"] else None),
            field("closed", row["finished_at"], say.time(row["finished_at"]) if row["finished_at"] else None),
            field("status", row["status"], say.word(row["status"])),
            field("length", row["length"], say.word(row["length"])),
            field("team", row["team"]),
            field("draft", self._draft(row)),
        )
        parts = tuple(self._parts(row["id"]))
        title = " · ".join(part for part in (started, row["pseudonym"], _outcome(parts)) if part)
        return Item(title, tuple(one for one in fields if one is not None), parts)

    def _draft(self, row: Row) -> str | None:
        """What is begun and not answered yet: only a text that waits says anything."""
        draft = json.loads(row["state"]).get("draft") or {}
        part = draft.get("part")
        waiting = [*(draft.get("held") or []), *([part] if part else [])]
        return "\n".join(str(one[1]) for one in waiting) or None

    def _parts(self, reflection_id: str) -> Iterator[Item]:
        shares = self._hanging["shares"].get(reflection_id, [])
        standing = frozenset(row["question_id"] for row in shares if row["withdrawn_at"] is None)
        asked: dict[str, str] = {}
        for row in self._hanging["answers"].get(reflection_id, []):
            answer = answer_of(row)
            if answer.guide_hash in self._guides:
                asked[answer.question_id] = self._short(answer)
                yield self._answer(answer, standing)
        for row in shares:
            yield self._share(row, asked.get(str(row["question_id"]), str(row["question_id"])))
        for row in self._hanging["codings"].get(reflection_id, []):
            yield self._coding(row, asked.get(str(row["question_id"]), str(row["question_id"])))
        for name in ("taken", "spoken", "notices"):
            for row in self._hanging[name].get(reflection_id, []):
                yield self._lead(name, row)

    def _short(self, answer: AnswerRow) -> str:
        try:
            return (
                self._guides[answer.guide_hash]
                .wording[self.source.messages.language]
                .question(answer.question_id)
                .short
            )
        except KeyError:
            return answer.question_id

    def _answer(self, row: AnswerRow, shared: frozenset[str]) -> Item:
        say, guide = self.source, self._guides[row.guide_hash]
        read = read_answer(guide, row, shared, self._names, say.zone.key)
        words = guide.wording[say.messages.language]
        said = say.text("skipped") if row.skipped else self._when(row) or read.label
        fields: tuple[Field | None, ...] = (
            say.field("question", row.question_id, words.question(row.question_id).ask),
            say.field("answer", row.value if said else None, said),
            say.field("text", row.text),
            say.field("when", row.answered_at.isoformat(), say.say.at(row.answered_at)),
            say.field("seen_by", row.visibility, say.text("shared_now" if read.shared else f"sees.{row.visibility}")),
            say.field("assumed", True, say.text("yes")) if row.assumed else None,
            say.field("superseded", row.superseded_at.isoformat(), say.say.at(row.superseded_at))
            if row.superseded_at
            else None,
        )
        seen = next(one.said for one in fields if one is not None and one.key == "seen_by")
        return Item(self._short(row), tuple(one for one in fields if one is not None), group=seen)

    def _when(self, row: AnswerRow) -> str | None:
        """A time with its date: "today" would say nothing to who reads it a year later."""
        value = row.value or {}
        if row.kind != Kind.WHEN or not value.get("at"):
            return None
        return self.source.say.at(datetime.fromisoformat(value["at"]), bool(value.get("has_time", True)))

    def _share(self, row: Row, asked: str) -> Item:
        say = self.source
        readers = "; ".join(f"{one['name']} ({say.time(one['first_at'])})" for one in self._reads.get(row["id"], []))
        withdrawn = row["withdrawn_at"]
        fields = (
            say.field("what", row["question_id"], asked),
            say.field("shared", row["shared_at"], say.time(row["shared_at"])),
            say.field("withdrawn", withdrawn, say.time(withdrawn) if withdrawn else None),
            say.field("read_by", readers),
        )
        return Item(say.text("section.shares"), tuple(one for one in fields if one is not None))

    def _coding(self, row: Row, asked: str) -> Item:
        say = self.source
        fields = (
            say.field("what", row["question_id"], asked),
            say.field("code", row["code"]),
            say.field("condensation", row["condensation"]),
            say.field("theme", row["theme"]),
            say.field("when", row["coded_at"], say.time(row["coded_at"])),
        )
        return Item(say.text("section.codings"), tuple(one for one in fields if one is not None))

    def _lead(self, name: str, row: Row) -> Item:
        """What a lead noted about the debrief, or was told of it."""
        say = self.source
        at = row["told_at"] if name == "notices" else row["marked_at"]
        chip = row.get("chip")
        remark = say.messages.plain(f"supervision.chip_{chip}") if chip else row.get("remark")
        fields = (say.field("who", row["name"]), say.field("when", at, say.time(at)), say.field("remark", remark))
        return Item(say.text(f"section.{name}"), tuple(one for one in fields if one is not None))
