"""An error as one plain sentence and an exit code: never a traceback, never a text that somebody wrote."""

from __future__ import annotations

import errno
import os
import sys

import typer

from bot.commands.shared import CommandError
from bot.organisation import OrganisationError
from bot.settings import SettingsError
from prompts import CodebookError, GuideError, LadderError, MessagesError
from storage.database import StorageError

_EXPECTED = (SettingsError, OrganisationError, StorageError, CodebookError, GuideError, LadderError, MessagesError)


def report(error: Exception) -> int:
    """Say on stderr what went wrong and what to do; gives the exit code."""
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has left, as `head` does. Python would complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    sentence, code = explain(error)
    if sentence:  # none when typer has just shown a help page
        typer.echo(sentence, err=True)
    return code


def expected(error: Exception) -> bool:
    """Whether the error is about the surroundings (settings, files, data), not about the program."""
    return isinstance(_first(error), (*_EXPECTED, CommandError, OSError))


def explain(error: Exception) -> tuple[str, int]:
    """The sentence for an error, and its exit code: 2 for a command that was asked wrongly, else 1."""
    error = _first(error)
    match error:
        case CommandError():
            return str(error), error.code
        case _ if isinstance(error, _EXPECTED):
            return str(error), 1
        case OSError():
            return _of_system(error), 1
        case typer.Abort():
            return "Stopped.", 1
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):  # typer's own, wherever its version keeps them
        return _of_usage(error), int(error.exit_code)
    return (
        f"Something unexpected went wrong ({type(error).__name__}); try again, and report this mistake if it stays.",
        1,
    )


def _first(error: Exception) -> Exception:
    """The first error of a group: the others are usually its consequences."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _of_system(error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "The disk is full; make room and try again."
        case errno.EADDRINUSE:
            return "The port is in use by another program; choose another one."
    if error.filename is None:
        return f"The system refused something ({reason}); put that right and try again."
    return f"{os.fsdecode(error.filename)} cannot be used ({reason}); correct the path or its rights."


def _of_usage(error: Exception) -> str:
    said = str(error.format_message()).strip()  # type: ignore[attr-defined] # asked for by the caller
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError" or context is None:
        return said
    said = " ".join(said.split())  # choices come one a line
    said = said.replace("Value error, ", "").replace("Input should be", "it must be")  # how pydantic begins
    return f"{said.rstrip('.')}; see `{context.command_path} --help`."
