"""The commands and their options; what they do is in ``bot.commands``, loaded when it is asked for.

``--help`` must answer at once: nothing heavy is imported here.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.codings_commands import codings_app
from bot.export_command import export
from bot.guide_commands import guide_app
from bot.hardening import harden
from bot.people_commands import people_app
from bot.safe_commands import add_to
from storage.people import Role

PROGRAM = "eftertanke"
_OWN_OPTIONS = frozenset({"--help", "--version"})

app = typer.Typer(
    name=PROGRAM,
    help="A debrief of a few minutes after each visit, for outreach mentors, in Telegram. "
    "Without a command the practice phone opens, as with `eftertanke try`."
    "\n\nExample: eftertanke setup, then eftertanke doctor, then eftertanke run",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(guide_app, name="guide")
app.add_typer(people_app, name="people")
app.command()(export)
app.add_typer(codings_app, name="codings")
add_to(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command (of ``sys.argv`` when none is given). Gives the exit code: 0 done, 1 not done, 2 asked wrongly.

    Whatever goes wrong is one plain sentence on stderr.
    """
    harden()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows no æ must not stop a command
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in _OWN_OPTIONS):
        given.insert(0, "try")
    try:
        code = app(given, prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
    except Exception as error:
        from bot.commands.failing import report

        return report(error)
    return code if isinstance(code, int) else 0


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"{PROGRAM} {version(PROGRAM)}")
        except PackageNotFoundError:
            typer.echo(f"{PROGRAM} (run from a folder, not installed)")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options that stand before a command."""


_options.__doc__ = None  # the help of ``app`` is the one to show

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@app.command("try")
def try_(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this computer; 0 takes a free one.")] = 8765,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the browser.")] = False,
    headless: Annotated[bool, typer.Option("--headless", help="Print the address only, and stay silent.")] = False,
    sample: Annotated[
        bool, typer.Option("--sample", help="Begin with eight invented weeks of a team of four, on the morning after.")
    ] = False,
) -> None:
    """Open the practice phone: the real bot with invented people; nothing is sent to Telegram.

    Example: eftertanke try --sample --no-browser
    """
    from bot.commands import try_ as command

    command.try_phone(port=port, browser=not no_browser, headless=headless, sample=sample)


@app.command()
def setup(
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    name: Annotated[
        str | None, typer.Option(metavar="ORG", help="Your organisation's name, as mentors see it.")
    ] = None,
) -> None:
    """Make what the bot needs: key with recovery sheet, database, organisation.yaml, the first admin's invitation.

    What exists already is kept as it is.

    Example: eftertanke setup --name "Nordbyens mentorer"
    """
    from bot.commands import setup as command

    command.setup(yes=yes, name=name)


@app.command()
def run(
    webhook: Annotated[
        bool, typer.Option("--webhook", help="Refuse to start unless EFTERTANKE_WEBHOOK_URL is set.")
    ] = False,
) -> None:
    """Run the bot until Ctrl-C or SIGTERM. It needs a token and what setup made; it never makes a key.

    With EFTERTANKE_WEBHOOK_URL Telegram posts updates to PORT; without, the bot asks for them and needs no open port.

    Example: EFTERTANKE_TOKEN_FILE=token.txt eftertanke run
    """
    from bot.commands import run as command

    raise typer.Exit(command.run(webhook=webhook))


@app.command()
def invite(
    role: Annotated[Role, typer.Option(help="What the person will be.")],
    name: Annotated[str, typer.Option(help="The name that colleagues know them by.")],
    team: Annotated[
        str | None, typer.Option(help="A mentor's or lead's team; made if it is new. Default: the only team.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make an invitation: a link that works once, within 72 hours. The bot may be running meanwhile.

    Example: eftertanke invite --role mentor --name "Anna Andersen" --team Nord
    """
    from bot.commands import invite as command

    command.invite(role=role, name=name, team=team, as_json=as_json)


@app.command()
def week(
    which: Annotated[
        str | None,
        typer.Argument(metavar="[WEEK]", help="As 2026-W47, or 47 for the latest week 47. Default: the last week."),
    ] = None,
    team: Annotated[str | None, typer.Option(help="Whose week. Default: the only team.")] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report to this file, to open in a browser.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a team's weekly summary, as its lead sees it. The bot may be running; the audit log notes it.

    Example: eftertanke week 2026-W47 --team Nord --html week-47.html
    """
    from bot.commands import week as command

    command.week(which, team=team, html=html, as_json=as_json)


@app.command()
def log(
    citizen: Annotated[
        str | None, typer.Argument(metavar="[CITIZEN]", help="A citizen's pseudonym, such as B07.")
    ] = None,
    hours: Annotated[bool, typer.Option("--hours", help="Hours per citizen and week as CSV, for the invoice.")] = False,
    team: Annotated[str | None, typer.Option(help="Only this team.")] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day, such as 2026-11-01.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day, included.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="A table for a spreadsheet.")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="A page to read or print.")] = False,
    semicolon: Annotated[bool, typer.Option("--semicolon", help="CSV as a Danish Excel wants it.")] = False,
    language: Annotated[Literal["da", "en"] | None, typer.Option(help="Default: EFTERTANKE_LANGUAGE.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a new file; .csv or .html say the form.")
    ] = None,
) -> None:
    """A citizen's contact and absence log, for a hearing or the inspection; or hours for the invoice.

    Without days: everything. Private answers never appear. Each reading is noted in the audit log.

    Example: eftertanke log B07 --from 2026-11-01 --to 2026-11-30 --out b07.html
    """
    from bot.commands import log as command

    command.log(
        citizen,
        hours=hours,
        asked=command.Asked(team, since, until, out, language, semicolon, as_csv, as_html),
    )


@app.command()
def codebook(
    codes: Annotated[str, typer.Argument(metavar="[CODES]", help="One code by its id, or a theme's: relation.*")] = "*",
    language: Annotated[Literal["da", "en"] | None, typer.Option(help="Default: EFTERTANKE_LANGUAGE.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--import", metavar="FILE", dir_okay=False, exists=True, help="A .qdc, .qdpx or CSV with codes."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write what --import shows.")] = False,
    as_json: Json = False,
) -> None:
    """Print the codebook, or bring codes from another program into your own: shown first, written with --yes.

    Your own codes stand in codebook.yaml in the data folder. The shipped ones are never changed.

    Example: eftertanke codebook --import codes.qdc --yes
    """
    from bot.commands import codebook as command

    if file is not None:
        raise typer.Exit(command.import_codes(file, yes=yes, as_json=as_json))
    command.codebook(codes, language=language, as_json=as_json)
