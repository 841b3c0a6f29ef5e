"""Backup, keys, erasure, audit and doctor, with their options; what they do is loaded from ``bot.commands``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup file.")]


def backup(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A file that is not there yet. Default: a new one in the backup folder."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write an encrypted backup and verify it. The bot may be running, and need not be.

    It is opened with the recovery sheet's words or the key file, and with nothing else.

    Example: eftertanke backup usb/eftertanke-2026-11-23.backup
    """
    from bot.commands import backup as command

    command.backup(file, as_json=as_json)


def restore(
    file: BackupFile,
    drill: Annotated[
        bool, typer.Option("--drill", help="Only try it, into nowhere: nothing of yours is touched.")
    ] = False,
    erasures: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The list of what was erased since. Default: the one beside the backup."),
    ] = None,
    sheet: Annotated[
        bool,
        typer.Option("--sheet", help="Ask for the words of the recovery sheet, not the key file."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Restore a backup into an empty data folder. What was erased since stays erased; nothing is sent twice.

    Example: eftertanke restore eftertanke-2026-11-23.backup --sheet
    """
    from bot.commands import restore as command

    command.restore(file, drill=drill, erasures=erasures, sheet=sheet, as_json=as_json)


def rekey(
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Give the database a new key, with a new recovery sheet. Stop the bot first. If it is interrupted, run it again.

    Example: eftertanke rekey
    """
    from bot.commands import rekey as command

    command.rekey(yes=yes)


def erase(
    mentor: Annotated[str | None, typer.Option(metavar="NAME", help="A person: the name, or the id.")] = None,
    citizen: Annotated[str | None, typer.Option(metavar="PSEUDONYM", help="The pseudonym, or the id.")] = None,
    team: Annotated[str | None, typer.Option(help="The citizen's team, where two teams have the pseudonym.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Erase everything about a mentor or a citizen, for good. First it says what that is, and asks.

    Example: eftertanke erase --citizen B07
    """
    from bot.commands import erase as command

    command.erase(mentor=mentor, citizen=citizen, team=team, yes=yes, as_json=as_json)


def audit(
    verify: Annotated[
        bool, typer.Option("--verify", help="Check that no row was changed or taken away; prints the newest hash.")
    ] = False,
    head: Annotated[
        str | None,
        typer.Option(
            metavar="HASH", help="With --verify: a hash noted earlier, or its first 16 digits, must still be there."
        ),
    ] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day, such as 2026-11-01.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day, included.")] = None,
    person: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this person did.")] = None,
    as_json: Json = False,
) -> None:
    """Show who read, shared, exported, erased or changed what.

    Example: eftertanke audit --verify
    """
    from bot.commands import audit as command

    command.audit(verify=verify, head=head, days=(since, until), person=person, as_json=as_json)


def doctor(as_json: Json = False) -> None:
    """Check everything the bot needs, and say of each what to do. Exit code 0: all well; 1: something is wrong.

    Example: eftertanke doctor --json
    """
    from bot.commands import doctor as command

    raise typer.Exit(command.doctor(as_json=as_json))


def move(
    to: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="postgresql://… of an empty database. Default: EFTERTANKE_DATABASE_URL, so that no password is typed.",
        ),
    ] = None,
) -> None:
    """Move everything from the database file to a PostgreSQL server. Stop the bot first; the file stays as it is.

    Example: eftertanke move --to postgresql://eftertanke@db.example.dk/eftertanke
    """
    from bot.commands import move as command

    command.move(to=to)


def settle(
    copied_at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When the dump was made, such as 2026-11-23T02:00. Default: found in it."),
    ] = None,
    erasures: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The list of what was erased since. Default: the one in the data folder."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """After pg_restore on a PostgreSQL server: what was erased since stays erased; nothing is sent twice.

    Example: eftertanke settle --copied-at 2026-11-23T02:00
    """
    from bot.commands import settle as command

    command.settle(copied_at=copied_at, erasures=erasures, yes=yes)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program's."""
    for command in (backup, restore, rekey, erase, audit, doctor, move, settle):
        app.command()(command)
