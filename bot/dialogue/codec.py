"""State and answers as plain JSON data and back. The answers stand in their own rows, not in the state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bot.dialogue.guide import Length
from bot.dialogue.state import HOLDING, Answer, CitizenRef, Draft, Mode, Part, Pick, Stage, State, Status


def answer_to_data(answer: Answer) -> dict[str, Any]:
    """An answer's content; ``skipped`` and ``assumed`` have columns of their own."""
    found: dict[str, Any] = {"value": answer.value}
    if answer.picks:
        found["picks"] = [[p.choice, p.result, _said(p.at)] for p in answer.picks]
    if answer.parts:
        found["parts"] = [[p.message, p.text] for p in answer.parts]
    if answer.at is not None:
        found |= {"at": _said(answer.at), "has_time": answer.has_time}
    return found


def answer_from_data(data: Mapping[str, Any], *, skipped: bool, assumed: bool) -> Answer:
    """The inverse of ``answer_to_data``."""
    return Answer(
        value=data.get("value"),
        picks=tuple(Pick(c, r, _read(at)) for c, r, at in data.get("picks", ())),
        parts=tuple(Part(m, t) for m, t in data.get("parts", ())),
        at=_read(data.get("at")),
        has_time=bool(data.get("has_time", True)),
        skipped=skipped,
        assumed=assumed,
    )


def state_to_data(state: State) -> dict[str, Any]:
    """Everything but the answers."""
    return {
        "length": state.length.value,
        "status": state.status.value,
        "stage": state.stage.value,
        "question": state.question,
        "visit": state.visit,
        "started_at": _said(state.started_at),
        "asked_at": _said(state.asked_at),
        "draft": _draft_to_data(state.draft),
        "happened": state.happened,
        "tough_after": state.tough_after,
        "rested": state.rested,
        "changing": state.changing,
        "owed": sorted(state.owed),
        "resting_status": state.resting_status,
        "paused_stage": state.paused_stage,
        "shared": sorted(state.shared),
        "share_picks": sorted(state.share_picks),
        "zone": state.zone,
    }


def state_from_data(data: Mapping[str, Any], answers: Mapping[str, Answer]) -> State:
    """The inverse of ``state_to_data``, with the answers from their rows."""
    return State(
        length=Length(data["length"]),
        status=Status(data["status"]),
        stage=Stage(data["stage"]),
        question=data["question"],
        visit=data["visit"],
        started_at=_read(data["started_at"]),
        asked_at=_read(data["asked_at"]),
        answers=MappingProxyType(dict(answers)),
        draft=_draft_from_data(data["draft"]),
        happened=data["happened"],
        tough_after=data["tough_after"],
        rested=data["rested"],
        changing=data["changing"],
        owed=frozenset(data["owed"]),
        resting_status=Status(data["resting_status"]) if data["resting_status"] else None,
        paused_stage=Stage(data["paused_stage"]) if data["paused_stage"] else None,
        shared=frozenset(data["shared"]),
        share_picks=frozenset(data["share_picks"]),
        zone=data["zone"],
    )


def _draft_to_data(draft: Draft) -> dict[str, Any]:
    data: dict[str, Any] = {
        "mode": draft.mode.value,
        "picks": [[p.choice, p.result, _said(p.at)] for p in draft.picks],
        "choice": draft.choice,
        "part": [draft.part.message, draft.part.text] if draft.part else None,
        "found": [[c.id, c.pseudonym] for c in draft.found],
    }
    if draft.mode in HOLDING:
        data |= {"held": [[p.message, p.text] for p in draft.held], "kinds": [*draft.kinds], "under": draft.under.value}
    return data


def _draft_from_data(data: Mapping[str, Any]) -> Draft:
    part = data["part"]
    return Draft(
        mode=Mode(data["mode"]),
        picks=tuple(Pick(c, r, _read(at)) for c, r, at in data["picks"]),
        choice=data["choice"],
        part=Part(part[0], part[1]) if part else None,
        found=tuple(CitizenRef(i, p) for i, p in data["found"]),
        held=tuple(Part(m, t) for m, t in data.get("held", ())),
        kinds=tuple(data.get("kinds", ())),
        under=Mode(data.get("under", Mode.PLAIN)),
    )


def _said(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
