"""Bringing codings back: what is new, what changed, what is the same, and what a coder took away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from storage import audit, codings
from storage.codings import Coding, Mark
from storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Changes:
    """What bringing marks in does. ``changed``: the stored one and what it becomes; ``missing``: stored codings, of the
    coders and debriefs in the file, which the file does not have."""

    new: tuple[Mark, ...]
    changed: tuple[tuple[Coding, Mark], ...]
    same: int
    missing: tuple[Coding, ...]


async def compare(reader: Reader, marks: Iterable[Mark], reflection_ids: Iterable[str]) -> Changes:
    """Hold marks against what is stored. ``reflection_ids``: the debriefs whose texts are in the file, coded or not.

    A condensation or theme that the file leaves empty is no change: many programs do not carry them.
    """
    given = _once(marks)
    coders = {mark.coder for mark in given.values()}
    stored: dict[object, Coding] = {}
    for reflection_id in sorted({*reflection_ids, *(mark.reflection_id for mark in given.values())}):
        stored |= {one.mark.key: one for one in await codings.current_of(reader, reflection_id)}
    new, changed, same = [], [], 0
    for key, mark in given.items():
        before = stored.get(key)
        after = None if before is None else _over(before.mark, mark)
        if before is None or after is None:
            new.append(mark)
        elif after == before.mark:
            same += 1
        else:
            changed.append((before, after))
    missing = [one for key, one in stored.items() if key not in given and one.mark.coder in coders]
    return Changes(tuple(new), tuple(changed), same, tuple(missing))


def _once(marks: Iterable[Mark]) -> Mapping[object, Mark]:
    """The same passage, code and coder once; words that only one of them has are kept."""
    found: dict[object, Mark] = {}
    for mark in marks:
        before = found.get(mark.key)
        found[mark.key] = mark if before is None else _over(before, mark)
    return found


def _over(before: Mark, after: Mark) -> Mark:
    return replace(before, condensation=after.condensation or before.condensation, theme=after.theme or before.theme)


def apply(tx: Transaction, changes: Changes, *, file_hash: str, kind: str, remove: bool, now: datetime) -> str | None:
    """Write the changes (queued) and leave a row in the audit log; the import's id, None when nothing changes.

    ``remove``: also mark what the file does not have as taken away.
    """
    gone: Sequence[Coding] = changes.missing if remove else ()
    if not (changes.new or changes.changed or gone):
        return None
    made = codings.add_import(tx, file_hash, kind, now)
    for mark in changes.new:
        codings.add(tx, mark, made, now)
    for before, after in changes.changed:
        codings.add(tx, after, made, now, instead_of=before.id)
    for one in gone:
        codings.supersede(tx, one.id, now)
    audit.note(tx, audit.OPERATOR, "codings_import", made, now)
    return made
