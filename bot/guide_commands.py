"""`eftertanke guide check|show|graph`: the guide's author at the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from prompts.check import check as find_mistakes
from prompts.check import release as write_releases
from prompts.codebook_source import CODEBOOK_FILE
from prompts.files import GUIDE_ID, LANGUAGES
from prompts.graph import draw, embed, embedded
from prompts.loading import GuideError, LoadedGuide, load_guide
from prompts.show import show_guide

guide_app = typer.Typer(
    help="Check, read and draw the guide.\n\nExample: eftertanke guide show --lang en", no_args_is_help=True
)

Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        envvar="EFTERTANKE_PROMPTS",
        exists=True,
        file_okay=False,
        help="Your own prompts folder; its files stand in for the shipped ones.",
    ),
]
GuideId = Annotated[str, typer.Option("--guide", help="Which guide.")]
Lang = Annotated[str, typer.Option("--lang", help="da or en.")]


@guide_app.command()
def check(
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the mistakes as JSON.")] = False,
    data: Annotated[
        Path, typer.Option("--data", envvar="EFTERTANKE_DATA", help="Your data folder: its codebook.yaml is read too.")
    ] = Path("data"),
    release: Annotated[
        bool, typer.Option("--release", help="If there are none, note the version as released: its choices then stay.")
    ] = False,
) -> None:
    """Find every mistake in guides, codebook and wording, with file, line and remedy.

    Example: eftertanke guide check --folder my-prompts
    """
    mistakes = find_mistakes(folder, data / CODEBOOK_FILE)
    if as_json:
        typer.echo(
            json.dumps({"ok": not mistakes, "mistakes": [one.to_json() for one in mistakes]}, ensure_ascii=False)
        )
    else:
        for one in mistakes:
            typer.echo(str(one))
    if mistakes:
        number = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        _fail(f"The guide has {number}; correct what is listed and check again.")
    if release:
        _release(folder, quiet=as_json)
    elif not as_json:
        typer.echo("The guide and its wording are in order.")


def _release(folder: Path | None, *, quiet: bool) -> None:
    try:
        written = write_releases(folder)
    except OSError as error:
        _fail(
            f"The release could not be written ({error.strerror or error}); make the folder writable, or use --folder."
        )
    if not quiet:
        typer.echo(f"In order, and noted as released in {', '.join(str(path) for path in written)}.")


@guide_app.command()
def show(folder: Folder = None, guide: GuideId = GUIDE_ID, lang: Lang = LANGUAGES[0]) -> None:
    """Print the guide for reading: each question, when it is asked, who sees the answer, and its codes.

    Example: eftertanke guide show --lang en
    """
    loaded = _load(folder, guide, lang)
    Console(highlight=False).print(show_guide(loaded, lang))


@guide_app.command()
def graph(
    file: Annotated[Path | None, typer.Argument(help="Where to write the diagram; else it is printed.")] = None,
    folder: Folder = None,
    guide: GuideId = GUIDE_ID,
    lang: Lang = "en",
    check_in: Annotated[
        Path | None, typer.Option("--check", help="Say whether the diagram in this document is up to date.")
    ] = None,
    write_in: Annotated[Path | None, typer.Option("--write", help="Put the diagram into this document.")] = None,
) -> None:
    """Draw the guide as a Mermaid flowchart.

    Example: eftertanke guide graph --write ARCHITECTURE.md
    """
    if sum(one is not None for one in (file, check_in, write_in)) > 1:
        _fail("Give only one of FILE, --check and --write.", code=2)
    diagram = draw(_load(folder, guide, lang), lang)
    try:
        if check_in is not None:
            _check_fresh(check_in, diagram)
        elif write_in is not None:
            write_in.write_text(_embedded_in(write_in, diagram), encoding="utf-8")
        elif file is not None:
            file.write_text(diagram, encoding="utf-8")
        else:
            typer.echo(diagram, nl=False)
    except OSError as error:
        name = error.filename or "The file"
        _fail(f"{name} could not be read or written ({error.strerror}); check its name and rights.")


def _check_fresh(document: Path, diagram: str) -> None:
    shown = embedded(document.read_text(encoding="utf-8"))
    if shown is None:
        _fail(f"{document} has no diagram between markers; see 'eftertanke guide graph --write'.")
    if shown != diagram:
        _fail(f"The diagram in {document} is out of date; run 'eftertanke guide graph --write {document}'.")


def _embedded_in(document: Path, diagram: str) -> str:
    try:
        return embed(document.read_text(encoding="utf-8"), diagram)
    except ValueError as error:
        _fail(f"The diagram has no place in {document}: {error}; add them where it shall stand.")


def _load(folder: Path | None, guide_id: str, language: str) -> LoadedGuide:
    if language not in LANGUAGES:
        _fail(f"There is no language '{language}'; write {' or '.join(LANGUAGES)}.", code=2)
    try:
        return load_guide(folder, guide_id)
    except GuideError as error:
        _fail(str(error))


def _fail(sentence: str, code: int = 1) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)
