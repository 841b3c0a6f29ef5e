"""Logging that cannot give a text or a secret away.

One handler on stderr. Messages of our own hold ids, lengths and class names; but libraries log what they like (httpx
every address with the token in it, PTB whole answers), and an exception's message may quote anything. So: values that
libraries put into their messages are left out, exceptions are shown by class and place without their messages, and
what looks like a secret is blotted out wherever it stands.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import PurePath
from types import TracebackType
from typing import TextIO, TypeAlias
from urllib.parse import quote

_ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

BLOT = "•••"

_SECRETS = (
    re.compile(r"(?<=bot)\d+:[\w~.-]+"),
    re.compile(r"(?<![\w:])\d{6,}:[\w-]{20,}"),
    re.compile(r"(?<=bot)\d+%3[Aa][\w~.-]+"),
    re.compile(r"(?<=x')[0-9A-Fa-f]{64}(?=')"),
    re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"),
)
# What ends a line or moves a terminal's cursor: a logged value must not forge a line of its own.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "asyncio": logging.WARNING,
    "matplotlib": logging.WARNING,  # at DEBUG each font of the machine, with its path
    # Its warnings say that a tick still runs when the next would be due, which is how ticks are meant to be.
    "apscheduler": logging.ERROR,
}
_TALKATIVE = frozenset(_QUIET)
_LONGEST_CHAIN = 8


class _Redact(logging.Filter):
    """Makes each record safe before it is written, whoever made it."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        known = {form for secret in secrets if len(secret) >= 6 for form in _forms(secret)}
        longest_first = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if longest_first else None

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self.clean(_wording(record))
        record.args = None
        record.exc_text = None  # another handler may have cached the full traceback here
        return True

    def clean(self, text: str) -> str:
        """Blot out secrets and show control characters by their codes."""
        if self._known is not None:
            text = self._known.sub(BLOT, text)
        for pattern in _SECRETS:
            text = pattern.sub(BLOT, text)
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


class _Format(logging.Formatter):
    """One line a record; an exception as its class and the places it came through."""

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the name logging gave it
        return "\n".join(f"  {line}" for line in _told(ei[1]))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - the name logging gave it
        return "  (stack left out)"


class _JsonFormat(logging.Formatter):
    """One JSON object a record, on one line; the time in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, object] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            told["exception"] = [line.strip() for line in _told(record.exc_info[1])]
        return json.dumps(told, ensure_ascii=False)


def set_up_logging(
    level: str, secrets: Iterable[str] = (), stream: TextIO | None = None, *, form: str = "text"
) -> None:
    """Send the log to stderr (or ``stream``) from ``level`` on, safely; handlers set before are removed.

    ``secrets`` are values to blot out wherever they occur, in any case and also percent-encoded. ``form``: text, or
    json for one object a line with time, level, logger, message and, by class and place, exception.
    """
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    text = _Format("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(_JsonFormat() if form == "json" else text)
    handler.addFilter(_Redact(secrets))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    logging.captureWarnings(True)


def log_uncaught() -> None:
    """Let exceptions that nobody caught, in any thread, be logged by class and place; Python would print their
    messages. KeyboardInterrupt stays as it is."""
    log = logging.getLogger("bot")

    def uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt) or error is None:
            return
        log.critical("The program failed with %s.", kind.__name__, exc_info=(kind, error, trace))

    sys.excepthook = uncaught
    threading.excepthook = lambda args: uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")


def _wording(record: logging.LogRecord) -> str:
    """Give what the record says; of talkative libraries without the values, whose texts are not ours to vouch for."""
    origin = record.name.partition(".")[0]
    if origin in _TALKATIVE or origin == "py":
        # asyncio's report of a lost exception quotes it from the second line on, and a warning its source line.
        lines = str(record.msg if origin != "py" else record.getMessage()).splitlines()
        return lines[0] if lines else ""
    try:
        return record.getMessage()
    except Exception:
        return f"(a message from line {record.lineno} that could not be put together)"


def _told(error: BaseException | None) -> Iterator[str]:
    """Tell an exception and what caused it, the newest first, without any of their messages."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen and len(seen) < _LONGEST_CHAIN:
        seen.add(id(error))
        yield f"{'from ' if len(seen) > 1 else ''}{type(error).__module__}.{type(error).__qualname__}"
        yield from _places(error.__traceback__)
        if isinstance(error, BaseExceptionGroup):
            for one in error.exceptions[:_LONGEST_CHAIN]:
                yield from (f"| {line}" for line in _told(one))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _places(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        code = trace.tb_frame.f_code
        yield f"  {'/'.join(PurePath(code.co_filename).parts[-3:])}:{trace.tb_lineno} in {code.co_name}"
        trace = trace.tb_next
