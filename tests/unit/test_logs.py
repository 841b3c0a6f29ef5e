"""The log gives neither texts nor secrets away, at any level."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import httpx
import pytest
from telegram.error import InvalidToken

from bot.logs import log_uncaught, set_up_logging

TOKEN = "7712345678:AAinvented_token-0123456789abcdefgh"
KEY = "00112233445566778899aabbccddeeff" * 2
CANARY = "kanariefugl-i-teksten"
Lines = Callable[[], str]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Log at DEBUG into memory, and put everything back afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    set_up_logging("DEBUG", [TOKEN, KEY], stream)
    yield stream.getvalue
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(False)
    for handler in root.handlers[:]:
        root.removeHandler(handler)
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize(
    "text",
    [
        f"POST https://api.telegram.org/bot{TOKEN}/getUpdates",
        f"token={TOKEN.lower()}",
        "https://x/bot7712345678%3AAAinvented_token-0123456789abcdefgh/getMe",
        "another token 998877665:ZZotherinventedtoken_0123456789",
        f"PRAGMA key = \"x'{KEY.upper()}'\"",
        f"key {KEY}",
    ],
)
def test_secrets_are_blotted_out(lines: Lines, text: str) -> None:
    """A token or key does not reach the log: not in an address, not encoded, not in another case, not as a value."""
    logging.getLogger("bot.test").warning(text)
    logging.getLogger("bot.test").warning("said %s", text)
    said = lines().lower()
    assert said.count("•••") >= 2
    for secret in (TOKEN, KEY, "invented_token", "zzother"):
        assert secret.lower() not in said


def test_a_database_address_loses_its_password(lines: Lines) -> None:
    """Of an address with a password only the address stays."""
    logging.getLogger("bot.test").warning("postgresql://mentor:hunter2@db.invalid/x")
    assert "hunter2" not in lines()
    assert "@db.invalid/x" in lines()


def test_exceptions_are_told_without_their_messages(lines: Lines) -> None:
    """A logged exception shows its class, its causes and places, and none of their messages."""
    try:
        try:
            raise InvalidToken(f"{TOKEN} {CANARY}")
        except InvalidToken as error:
            raise ExceptionGroup(CANARY, [ValueError(CANARY)]) from error
    except ExceptionGroup:
        logging.getLogger("bot.test").exception("It failed")
    said = lines()
    assert CANARY not in said
    assert "It failed" in said
    assert "telegram.error.InvalidToken" in said
    assert "builtins.ValueError" in said
    assert f"tests/unit/test_logs.py:{_line_of('raise InvalidToken')}" in said


def test_a_traceback_cached_by_another_handler_is_not_used(lines: Lines) -> None:
    """The full traceback that another handler wrote into the record is not shown."""
    try:
        raise ValueError(CANARY)
    except ValueError:
        record = logging.LogRecord("bot.test", logging.ERROR, __file__, 1, "x", None, sys.exc_info())
    logging.Formatter().format(record)
    logging.getLogger("bot.test").handle(record)
    assert "builtins.ValueError" in lines()
    assert CANARY not in lines()


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "telegram.Bot", "apscheduler.x", "aiosqlite"])
def test_libraries_are_quiet_and_their_values_left_out(lines: Lines, name: str) -> None:
    """Even at DEBUG, libraries log only warnings and worse, and without the values they put in."""
    logging.getLogger(name).debug(CANARY)
    logging.getLogger(name).info("got %s", CANARY)
    logging.getLogger(name).error('Can not load invalid JSON data: "%s"', CANARY)
    assert CANARY not in lines()
    assert "Can not load invalid JSON data" in lines()


async def test_a_real_request_logs_no_address(lines: Lines) -> None:
    """httpx, asked at DEBUG, does not write the address with the token."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get(f"https://example.invalid/bot{TOKEN}/getMe")
    assert "getMe" not in lines()


async def test_a_lost_exception_of_a_task_is_not_quoted(lines: Lines) -> None:
    """asyncio's report on a task whose exception nobody fetched does not quote the exception."""
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": "Task exception was never retrieved", "exception": ValueError(CANARY)})
    logging.getLogger("asyncio").error("first line\nfuture: <Task exception=ValueError('%s')>", CANARY)
    assert "Task exception was never retrieved" in lines()
    assert CANARY not in lines()


def test_uncaught_exceptions_are_not_quoted(lines: Lines, capsys: pytest.CaptureFixture[str]) -> None:
    """An exception that nobody caught, in the main or another thread, is logged without its message."""
    log_uncaught()

    def fail() -> None:
        raise RuntimeError(CANARY)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    error = ValueError(CANARY)
    sys.excepthook(ValueError, error, None)
    assert "RuntimeError" in lines()
    assert "ValueError" in lines()
    assert CANARY not in lines() + capsys.readouterr().err


def test_a_value_cannot_forge_a_line(lines: Lines) -> None:
    """A line end or an escape sequence in a value is shown by its code."""
    logging.getLogger("bot.test").warning("id %s", "7\n2026-01-01 CRITICAL fake\x1b[2J\u2028")
    assert lines().count("\n") == 1
    assert "\x1b" not in lines()


def test_warnings_come_through_the_log(lines: Lines) -> None:
    """A library's warning is a log line too, with its secrets blotted out."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"do not use {TOKEN}", UserWarning, stacklevel=1)
    assert "UserWarning" in lines()
    assert TOKEN not in lines()


def test_a_badly_made_message_does_not_quote_its_values(lines: Lines, capsys: pytest.CaptureFixture[str]) -> None:
    """A record whose values do not fit its wording is logged without them, and nothing is printed besides."""
    logging.getLogger("bot.test").warning("%d of it", CANARY)
    assert "could not be put together" in lines()
    assert CANARY not in lines() + capsys.readouterr().err


def test_the_level_is_obeyed(lines: Lines) -> None:
    """Below the level nothing is written; setting it up again replaces the handler instead of adding one."""
    stream = io.StringIO()
    set_up_logging("WARNING", [], stream)
    logging.getLogger("bot.test").info("quiet")
    logging.getLogger("bot.test").warning("loud")
    assert (stream.getvalue().count("loud"), "quiet" in stream.getvalue(), lines()) == (1, False, "")


def test_one_json_object_a_line(lines: Lines) -> None:
    """For who collects logs: time in UTC, level, logger, message, and an exception by class and place; the same things
    are blotted out and left out as in the text, and no value breaks the line."""
    stream = io.StringIO()
    set_up_logging("INFO", [TOKEN, KEY], stream, form="json")
    log = logging.getLogger("bot.test")
    log.info('said "%s" about æ\n\u2028%s', KEY, TOKEN)
    try:
        raise InvalidToken(f"{TOKEN} {CANARY}") from ValueError(CANARY)
    except InvalidToken:
        log.exception("It failed", stack_info=True)
    logging.getLogger("httpx").error("got %s", CANARY)
    first, second, third = (json.loads(line) for line in stream.getvalue().splitlines())
    assert first.keys() == {"time", "level", "logger", "message"}
    assert datetime.fromisoformat(first["time"]).utcoffset() == timedelta() and first["time"].endswith("Z")
    assert (first["level"], first["logger"]) == ("INFO", "bot.test")
    assert first["message"] == 'said "•••" about æ\\x0a\\x2028•••'
    assert second["message"] == "It failed" and second["exception"][0] == "telegram.error.InvalidToken"
    assert any("test_logs.py" in place for place in second["exception"])
    assert "from builtins.ValueError" in second["exception"]
    assert third["message"] == "got %s"
    assert CANARY not in stream.getvalue() and lines() == ""


def _line_of(text: str) -> int:
    with open(__file__, encoding="utf-8") as file:  # noqa: PTH123 - shorter than a Path for one look at ourselves
        return next(number for number, line in enumerate(file, 1) if text in line)


def test_fonts_are_not_listed(lines: Lines) -> None:
    """Drawing looks through every font of the machine: at DEBUG that would be a list of paths."""
    logging.getLogger("matplotlib.font_manager").debug("findfont: a path")
    assert lines() == ""
