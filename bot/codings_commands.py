"""`eftertanke codings import|agreement`: what coders bring back. What they do is loaded when it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

codings_app = typer.Typer(
    help="Bring coded files back, and see how far coders agree."
    "\n\nExample: eftertanke codings import coded.qdpx --dry-run",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@codings_app.command("import")
def codings_import(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", dir_okay=False, exists=True, help="A coded .qdpx, or a CSV with codes.")
    ],
    coder: Annotated[str | None, typer.Option(help="Who coded, where the file does not say.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    partly: Annotated[bool, typer.Option("--partly", help="Take the rest when something is refused.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="The file is all that its coders coded: what it lacks counts no longer.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Bring in what was coded in QualCoder, NVivo or another program, or in answers_long.csv (column `coded`).

    A text that was edited, or a passage that was shifted, is refused with its place. New codes become your own.

    Example: eftertanke codings import coded.qdpx
    """
    from bot.commands import codings as command

    asked = command.Asked(coder, dry_run, partly, replace, as_json)
    raise typer.Exit(command.import_codings(file, asked))


@codings_app.command("agreement")
def codings_agreement(
    coder: Annotated[list[str] | None, typer.Option(help="Only these coders; give it several times.")] = None,
    texts: Annotated[bool, typer.Option("--texts", help="Also the words that coders disagree about.")] = False,
    as_json: Json = False,
) -> None:
    """Cohen's kappa and Krippendorff's alpha, for each code and over all, with the disagreements.

    Example: eftertanke codings agreement --coder Kim --coder Lars
    """
    from bot.commands import codings_agreement as command

    command.agreement(coders=coder or [], texts=texts, as_json=as_json)
