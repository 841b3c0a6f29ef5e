"""What the week asks of the lead: the first sentences, one for each thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from bot.dialogue.summary import BANDS, WeeklySummary, WithoutContact
from bot.service.replies import Worded
from bot.service.week_words_base import counted, day, listed, number, unfinished

HEARING = "hearing"
SOON = timedelta(days=7)
VISIT = "visit"
_CHANNELS = (VISIT, "call", "text", "letter", "through_other")
"""What is named first when it was not tried: what the ladder asks for first after a week."""


def now(summary: WeeklySummary, language: str) -> tuple[Worded, ...]:
    """What asks for something to be done, what is most urgent first; that there is nothing, when there is nothing."""
    found = [*_supervision(summary), *_waiting(summary, language), *_not_reached(summary), *_safety(summary)]
    if summary.is_empty:
        found.append(Worded("week.now.empty", {"week": summary.week.number}))
    elif not found:
        found.append(Worded("week.now.calm"))
    if unfinished(summary):
        found.append(Worded("week.now.unfinished"))
    return tuple(found)


def _supervision(summary: WeeklySummary) -> Iterator[Worded]:
    if mentors := once(wish.mentor for wish in summary.supervision if wish.soon):
        yield counted("week.now.soon", len(mentors), names=listed(mentors))


def _waiting(summary: WeeklySummary, language: str) -> Iterator[Worded]:
    waiting = summary.absence.waiting
    if overdue := [one for one in waiting if one.overdue]:
        hearings = sum(one.kind == HEARING for one in overdue)
        yield counted("week.now.overdue", len(overdue), hearings=hearings, those=number(hearings))
    ahead = sorted(
        one.by
        for one in waiting
        if one.kind == HEARING and not one.overdue and one.by is not None and one.by <= summary.at + SOON
    )
    if ahead:
        yield counted("week.now.hearing", len(ahead), day=day(ahead[0], summary, language))


def _not_reached(summary: WeeklySummary) -> Iterator[Worded]:
    """Those of two weeks and more; where there are none, those of one."""
    week, fortnight, month = BANDS
    long = [one for one in summary.without_contact if one.band >= fortnight]
    if not (ones := long or summary.without_contact):
        return
    longest = sum(one.band >= month for one in ones)
    all_longest = longest == len(ones)
    days = (month if all_longest else fortnight) if long else week
    values = {"days": days, "longest": 0 if all_longest else longest, "longest_number": number(longest)}
    yield counted("week.now.not_reached", len(ones), **values, **_untried(ones, VISIT))


def untried_values(ones: Iterable[WithoutContact]) -> dict[str, object]:
    """``untried``: for how many of them the first channel was not tried; ``way``: that channel, a visit or what was
    agreed with them; ``agreed``: it was agreed with each of these."""
    found = list(ones)
    agreed = [one for one in found if one.agreed]
    each = (_untried(found if channel == VISIT else agreed, channel) for channel in _CHANNELS)
    return next((values for values in each if values["untried"]), _untried((), VISIT))


def _untried(ones: Iterable[WithoutContact], channel: str) -> dict[str, object]:
    without = [one for one in ones if channel in one.untried and not one.paused]
    return {
        "untried": len(without),
        "untried_number": number(len(without)),
        "way": Worded(f"week.untried.{channel}"),
        "agreed": all(one.agreed for one in without),
    }


def _safety(summary: WeeklySummary) -> Iterator[Worded]:
    if events := summary.safety.events[-1]:
        alone = summary.safety.alone
        yield counted("week.now.safety", events, alone=alone, those=number(alone))
    yield from _unspoken(summary)


def _unspoken(summary: WeeklySummary) -> Iterator[Worded]:
    """Those who let the lead know of a tough event, where nobody has noted that they talked about it."""
    if mentors := once(event.mentor for event in summary.safety.known if not event.spoken):
        yield counted("week.now.talk", len(mentors), names=listed(mentors))


def once(names: Iterable[str]) -> list[str]:
    """Each name once, in the order they came."""
    return list(dict.fromkeys(names))
