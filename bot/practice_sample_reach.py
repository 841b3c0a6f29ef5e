"""The citizens of the story who cannot be reached: one nobody finds for weeks, with everything tried; one where no
visit has been tried; one who is out of reach for longer still; and one who is reached again."""

from __future__ import annotations

from bot.dialogue.threads import Channel, Result
from bot.practice_sample_deeds import Mark, Noted, Try
from bot.practice_sample_story import A_CALL, AT_THE_DOOR, Stage

GONE, NO_VISIT, LONG_GONE, BACK = "Lygte", "Måge", "Fyrtårn", "Kastanje"
STORY = {1: GONE, 2: NO_VISIT, 0: LONG_GONE, 3: BACK}
"""Whose citizens they are."""
_MISSED = {"absence_decision": ("wait", "d3"), "absence_reason": ("nothing_yet",), "next_contact": ("tomorrow",)}


def out_of_reach(stage: Stage) -> None:
    """All four of them."""
    for number, citizen in STORY.items():
        stage.claim(number, citizen, stage.days.all_weeks())
    _gone(stage)
    _no_visit(stage)
    _long_gone(stage)
    _back(stage)


def _met_until(stage: Stage, number: int, citizen: str, last: int, day: int) -> None:
    """Met every week, the last time in week ``last``."""
    for week in range(last, -stage.days.weeks, -1):
        stage.visit((week, day, "15.00"), number, citizen, "as_agreed", full=week == last)


def _try(stage: Stage, where: tuple[int, int, str], number: int, citizen: str, how: Channel, came: Result) -> None:
    stage.deeds.append(Try(stage.at(*where), stage.mentor(number), citizen, how, came))


def _note(stage: Stage, where: tuple[int, int, str], number: int, citizen: str, mark: Mark, text: str = "") -> None:
    stage.deeds.append(Noted(stage.at(*where), stage.mentor(number), citizen, mark, text))


def _gone(stage: Stage) -> None:
    """Sixteen days without contact by the newest week's Sunday: calls, texts and visits."""
    _met_until(stage, 1, GONE, -2, 4)
    stage.visit((-1, 1, "09.30"), 1, GONE, "did_not_open", _MISSED | {"reach_tried": A_CALL}, leaves=["decide"])
    _try(stage, (-1, 2, "12.10"), 1, GONE, Channel.CALL, Result.NO_ANSWER)
    _try(stage, (-1, 4, "10.15"), 1, GONE, Channel.VISIT, Result.NO_ANSWER)
    _try(stage, (0, 0, "09.05"), 1, GONE, Channel.CALL, Result.SENT)
    _note(stage, (0, 0, "09.20"), 1, GONE, Mark.MENDED)
    _note(stage, (0, 1, "08.30"), 1, GONE, Mark.LEAD_TOLD)
    _try(stage, (0, 2, "15.30"), 1, GONE, Channel.VISIT, Result.MESSAGE_LEFT)
    _try(stage, (0, 4, "11.45"), 1, GONE, Channel.THROUGH_OTHER, Result.SPOKE_WITH_OTHER)


def _no_visit(stage: Stage) -> None:
    """More than a fortnight, and nobody has been at the door."""
    _met_until(stage, 2, NO_VISIT, -2, 3)
    stage.visit((-1, 0, "14.00"), 2, NO_VISIT, "did_not_come", _MISSED | {"reach_tried": A_CALL})
    _try(stage, (-1, 2, "09.10"), 2, NO_VISIT, Channel.CALL, Result.NOT_WORKING)
    _try(stage, (0, 0, "10.10"), 2, NO_VISIT, Channel.TEXT, Result.SENT)


def _long_gone(stage: Stage) -> None:
    """More than a month: the lead and the caseworker know, and it is agreed to let some days pass."""
    _met_until(stage, 0, LONG_GONE, -5, 1)
    stage.visit((-4, 1, "10.00"), 0, LONG_GONE, "did_not_open", _MISSED | {"reach_tried": AT_THE_DOOR}, full=False)
    _try(stage, (-4, 3, "12.00"), 0, LONG_GONE, Channel.TEXT, Result.SENT)
    _try(stage, (-3, 1, "09.00"), 0, LONG_GONE, Channel.VISIT, Result.MESSAGE_LEFT)
    _note(stage, (-3, 1, "15.00"), 0, LONG_GONE, Mark.LEAD_TOLD)
    _try(stage, (-2, 0, "09.30"), 0, LONG_GONE, Channel.LETTER, Result.SENT)
    _note(stage, (-2, 2, "13.00"), 0, LONG_GONE, Mark.CASEWORKER_TOLD)
    _try(stage, (-1, 1, "14.45"), 0, LONG_GONE, Channel.CALL, Result.NO_ANSWER)
    _note(stage, (0, 0, "15.00"), 0, LONG_GONE, Mark.PAUSED)


def _back(stage: Stage) -> None:
    """Two weeks of trying, and then the door is opened."""
    _met_until(stage, 3, BACK, -3, 2)
    stage.visit((-2, 2, "13.00"), 3, BACK, "did_not_come", _MISSED | {"reach_tried": A_CALL}, full=False)
    _try(stage, (-2, 4, "10.30"), 3, BACK, Channel.CALL, Result.NO_ANSWER)
    _try(stage, (-1, 2, "15.15"), 3, BACK, Channel.TEXT, Result.SENT)
    _try(stage, (0, 2, "10.00"), 3, BACK, Channel.VISIT, Result.REACHED)
    _note(stage, (0, 2, "10.20"), 3, BACK, Mark.NOTED, stage.texts.of("next_time").text)
    stage.visit((0, 4, "12.30"), 3, BACK, "as_agreed")
