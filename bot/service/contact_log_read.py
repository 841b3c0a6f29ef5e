"""Reading one citizen's contact log from the tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.service import contact_log as log
from bot.service.contact_log import Log, Period, within
from bot.service.contact_log_rows import Told, attempts_logged, attempts_told, events, meeting
from bot.service.contact_log_say import say_of
from bot.service.reading import GuideMissingError
from prompts import LoadedGuide
from storage import attempts, contact, guides, threads
from storage import contact_log as stored
from storage.citizens import Citizen
from storage.contact_log import Debrief
from storage.database import Reader

_HEARING = "hearing"  # the kind of the follow-up, named like its question


@dataclass(frozen=True)
class Reads:
    """How a log is read. ``reader_id``: whose own words are shown; None: everybody's, for lead and operator.
    ``known``: guides that need not be fetched, by hash."""

    language: str
    zone: ZoneInfo
    reader_id: str | None = None
    known: dict[str, LoadedGuide] = field(default_factory=dict)

    async def guide(self, tx: Reader, guide_hash: str) -> LoadedGuide:
        """The guide a debrief was answered under. Raises GuideMissingError."""
        if guide_hash not in self.known:
            try:
                self.known[guide_hash] = LoadedGuide.from_json(await guides.content(tx, guide_hash) or "")
            except ValueError:
                raise GuideMissingError(
                    f"The guide {guide_hash[:12]} that was answered cannot be read from the database; "
                    "restore a backup, or report this mistake."
                ) from None
        return self.known[guide_hash]


async def read_log(tx: Reader, citizen: Citizen, period: Period, reads: Reads) -> Log:
    """What the log holds of a citizen in a period, whoever did it. The caller has checked who asks, and leaves the
    audit row. Raises GuideMissingError."""
    told = await _told(tx, citizen, period, reads)
    running = [(row, await contact.ended(tx, row.id)) for row in await threads.threads_of(tx, citizen.id)]
    tried = [one for debrief in told for one in attempts_told(debrief)]
    for row, _ in running:
        tried += attempts_logged(await attempts.attempts_of(tx, row.id))
    passed = await stored.passed_on(tx, citizen.id)
    return within(
        period,
        [meeting(one) for one in told],
        tried,
        events(running, passed, tried, citizen.mentor_id),
        await stored.transferred(tx, citizen.id),
        hidden=any(one.hides for one in told),
    )


async def _told(tx: Reader, citizen: Citizen, period: Period, reads: Reads) -> list[Told]:
    about = await stored.debriefs(tx, citizen.id)
    moved = await stored.moved_away(tx, citizen.id, citizen.team_id, log.CITIZEN, period.starts_at)
    ids = [one.id for one in about] + [one.debrief.id for one in moved]
    rows = await stored.log_answers(tx, ids)
    gone = {one.debrief.id: one.on for one in moved}
    hearings = await stored.shared_answers(tx, ids, log.HEARING)
    carried = await stored.carried_over(tx, ids)
    recorded = await stored.ticked_off(tx, ids, log.RECORD_ENTRY)
    seen_to = await stored.ticked_off(tx, ids, _HEARING)
    found = []
    for one in [*about, *(move.debrief for move in moved)]:
        guide = await reads.guide(tx, one.guide_hash)
        words = _may_read_words(one, reads)
        found.append(
            Told(
                debrief=one,
                guide=guide.guide,
                say=say_of(guide, reads.language, reads.zone),
                rows=rows.get(one.id, []),
                hearing=hearings.get(one.id),
                carried_over=one.id in carried,
                recorded=recorded.get(one.id),
                hearing_seen_to=seen_to.get(one.id),
                words=words,
                gone_at=gone.get(one.id),
            )
        )
    return found


def _may_read_words(debrief: Debrief, reads: Reads) -> bool:
    return reads.reader_id is None or debrief.mentor_id == reads.reader_id
