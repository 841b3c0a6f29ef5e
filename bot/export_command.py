"""``eftertanke export`` and its options; what it does is in ``bot.commands.export``, loaded when it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

Folder: TypeAlias = Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet, or is empty.")]
Formats: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="all|jsonl|csv|xlsx|qdpx|transcripts",
        help="What to write; may be given several times. (default: all)",
    ),
]
Purpose: TypeAlias = Annotated[
    Literal["coding", "record"],
    typer.Option(help="coding: what mentors consented to, without their names; record: everything, for yourself."),
]
First: TypeAlias = Annotated[
    str | None, typer.Option("--from", metavar="DAY", help="Debriefs begun on this day or later: 2026-11-01.")
]
Last: TypeAlias = Annotated[
    str | None, typer.Option("--to", metavar="DAY", help="Debriefs begun on this day or before.")
]
Team: TypeAlias = Annotated[str | None, typer.Option(help="Only this team.")]
Guide: TypeAlias = Annotated[str | None, typer.Option(help="Only this guide, by its id.")]
Language: TypeAlias = Annotated[
    Literal["da", "en"] | None, typer.Option(help="Of questions and labels. (default: EFTERTANKE_LANGUAGE)")
]
Dates: TypeAlias = Annotated[
    Literal["day", "week", "none"] | None,
    typer.Option(help="How finely times are told. (default: day; with --purpose record also exact ones in the JSON)"),
]
Cases: TypeAlias = Annotated[
    bool, typer.Option("--cases/--no-cases", help="Mentors and citizens as cases in project.qdpx.")
]
Revisions: TypeAlias = Annotated[bool, typer.Option("--revisions", help="Also answers that were changed later.")]
Separator: TypeAlias = Annotated[
    Literal["comma", "semicolon"], typer.Option(help="In the CSV files; semicolon is for Danish Excel.")
]


def export(
    folder: Folder,
    form: Formats = None,
    purpose: Purpose = "coding",
    first: First = None,
    last: Last = None,
    team: Team = None,
    guide: Guide = None,
    language: Language = None,
    dates: Dates = None,
    cases: Cases = True,
    revisions: Revisions = False,
    separator: Separator = "comma",
) -> None:
    """Write the reflections to a folder, as files for NVivo, QualCoder, Taguette, R, Excel and others.

    Each export is noted in the audit log.

    Example: eftertanke export coding-2026-11 --from 2026-10-01 --to 2026-10-31 --dates week
    """
    from bot.commands import export as command

    command.export(
        folder,
        forms=form or [],
        purpose=purpose,
        dates=dates,
        language=language,
        period=(first, last),
        team=team,
        guide=guide,
        cases=cases,
        revisions=revisions,
        separator=separator,
    )
