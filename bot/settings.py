"""The environment, read once into one frozen object; every mistake is reported at once.

Empty variables count as unset. A secret may stand in the variable itself or in a file that ``…_FILE`` names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, SecretStr

TELEGRAM_API = "https://api.telegram.org/bot"
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["text", "json"]
Language = Literal["da", "en"]
T = TypeVar("T")

_LEVELS: Mapping[str, LogLevel] = {"DEBUG": "DEBUG", "INFO": "INFO", "WARNING": "WARNING", "ERROR": "ERROR"}
_FORMATS: Mapping[str, LogFormat] = {"text": "text", "json": "json"}
_LANGUAGES: Mapping[str, Language] = {"da": "da", "en": "en"}
# Telegram's own form of a token, and of a webhook secret (https://core.telegram.org/bots/api#setwebhook).
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+\Z", re.ASCII)
_LOCAL_TOKEN = re.compile(r"[A-Za-z0-9:_.~-]+\Z", re.ASCII)
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}\Z", re.ASCII)
_WEBHOOK_PORTS = (443, 80, 88, 8443)
_PATH = re.compile(r"(/[A-Za-z0-9_.~-]*)*\Z", re.ASCII)
_OURS = ("/healthz",)  # paths beside the webhook


class SettingsError(Exception):
    """What is wrong with the environment; ``problems`` has one sentence for each mistake, ``str()`` one a line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Settings(BaseModel):
    """All that the environment decides. Secrets are hidden in ``repr``; paths are absolute."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: SecretStr | None
    api_url: str
    data: Path
    key: SecretStr | None
    key_file: Path
    database_url: SecretStr | None
    webhook_url: str | None
    webhook_secret: SecretStr | None
    host: str | None
    """The address to listen on; None: everywhere for the webhook, this machine only for the health port."""
    port: int
    health_port: int | None
    language: Language
    zone: str
    prompts: Path | None
    backups: Path
    """Where backups are kept: a folder beside the data folder, unless the variable names another, such as a disk of its
    own."""
    organisation: Path
    organisation_named: bool
    """True when the variable names the file: then it is an error, not a default, when the file is not there."""
    clock_offset_file: Path | None
    log_level: LogLevel
    log_format: LogFormat

    @property
    def database(self) -> Path:
        """The database file in the data folder."""
        return self.data / "eftertanke.db"

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which local days and hours are counted."""
        return ZoneInfo(self.zone)

    def need_token(self) -> SecretStr:
        """Give the token; raises SettingsError when there is none."""
        if self.token is None:
            raise SettingsError(
                ["EFTERTANKE_TOKEN is not set: give it, or EFTERTANKE_TOKEN_FILE, the token that @BotFather made."]
            )
        return self.token

    def secrets(self) -> tuple[str, ...]:
        """Give the secret values, for the log's redaction only."""
        given = (self.token, self.key, self.webhook_secret, self.database_url)
        return tuple(one.get_secret_value() for one in given if one is not None)


def load_settings(env: Mapping[str, str]) -> Settings:
    """Read ``env`` (usually ``os.environ``). Raises SettingsError that lists every problem."""
    read = _Reader(env)
    data = read.path("EFTERTANKE_DATA") or _absolute("data")
    api_url = read.checked("EFTERTANKE_API_URL", _api_url)
    organisation = read.path("EFTERTANKE_ORGANISATION")
    webhook_url = read.checked("EFTERTANKE_WEBHOOK_URL", _webhook_url)
    webhook_secret = read.secret("EFTERTANKE_WEBHOOK_SECRET", _webhook_secret)
    if webhook_url and not any(map(read.text, ("EFTERTANKE_WEBHOOK_SECRET", "EFTERTANKE_WEBHOOK_SECRET_FILE"))):
        read.problems.append(
            "EFTERTANKE_WEBHOOK_SECRET is not set: with EFTERTANKE_WEBHOOK_URL it must be a long random word, "
            "so that nobody else can send updates."
        )
    port, health_port = read.checked("PORT", _port) or 8080, read.checked("EFTERTANKE_HEALTH_PORT", _port)
    if webhook_url and port == health_port:
        read.problems.append("EFTERTANKE_HEALTH_PORT must be another port than PORT, which is the webhook's.")
    token = read.secret("EFTERTANKE_TOKEN", _local_token if api_url else _token)
    key_value, key_file = read.key(data)
    settings = {
        "token": token,
        "api_url": api_url or TELEGRAM_API,
        "data": data,
        "key": key_value,
        "key_file": key_file,
        "database_url": read.checked("EFTERTANKE_DATABASE_URL", _database_url),
        "webhook_url": webhook_url,
        "webhook_secret": webhook_secret,
        "host": read.checked("EFTERTANKE_HOST", _host),
        "port": port,
        "health_port": health_port,
        "language": read.checked("EFTERTANKE_LANGUAGE", _language) or "da",
        "zone": read.checked("EFTERTANKE_TIMEZONE", _zone) or "Europe/Copenhagen",
        "backups": read.path("EFTERTANKE_BACKUPS") or data.with_name(data.name + "-backups"),
        "prompts": read.checked("EFTERTANKE_PROMPTS", _folder),
        "organisation": organisation or data / "organisation.yaml",
        "organisation_named": organisation is not None,
        "clock_offset_file": read.path("EFTERTANKE_CLOCK_OFFSET_FILE"),
        "log_level": read.checked("EFTERTANKE_LOG_LEVEL", _level) or "INFO",
        "log_format": read.checked("EFTERTANKE_LOG_FORMAT", _format) or "text",
    }
    if read.problems:
        raise SettingsError(read.problems)
    return Settings.model_validate(settings)


class _Reader:
    """Reads variables one by one and gathers what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.problems: list[str] = []

    def text(self, name: str) -> str | None:
        return self._env.get(name, "").strip() or None

    def path(self, name: str) -> Path | None:
        text = self.text(name)
        return _absolute(text) if text else None

    def checked(self, name: str, check: Callable[[str], T]) -> T | None:
        """Give what ``check`` makes of the variable; its ValueError says what to do."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return check(text)
        except ValueError as error:
            self.problems.append(f"{name} {error}")
            return None

    def secret(self, name: str, check: Callable[[str], SecretStr]) -> SecretStr | None:
        """Give a secret from ``name`` or from the file that ``name``_FILE names."""
        file = self.path(f"{name}_FILE")
        if file is None:
            return self.checked(name, check)
        if self.text(name) is not None:
            self.problems.append(f"{name} and {name}_FILE are both set: keep only one of them.")
            return None
        try:
            return check(file.read_text(encoding="utf-8").strip())
        except UnicodeDecodeError:
            self.problems.append(f"{name}_FILE names {file}, which is not a text file: put only the secret in it.")
        except OSError:
            self.problems.append(f"{name}_FILE names {file}, which cannot be read: correct the path or its rights.")
        except ValueError as error:
            self.problems.append(f"{name}_FILE names a file whose content {error}")
        return None

    def key(self, data: Path) -> tuple[SecretStr | None, Path]:
        """Give the key's value, if set, and where its file is, or would be."""
        value, file = self.text("EFTERTANKE_KEY"), self.path("EFTERTANKE_KEY_FILE")
        if value is not None and file is not None:
            self.problems.append("EFTERTANKE_KEY and EFTERTANKE_KEY_FILE are both set: keep only one of them.")
        # Beside the data folder, never in it: who copies the folder must not get the key along.
        beside = data.with_name(data.name + ".key")
        return (SecretStr(value) if value else None), file or beside


def _absolute(text: str) -> Path:
    return Path(os.path.abspath(Path(text).expanduser()))  # noqa: PTH100 - resolve() would follow links, this must not


def _token(text: str) -> SecretStr:
    if not _TOKEN.match(text):
        raise ValueError("does not look like a bot token: copy it whole from @BotFather (digits, a colon, letters).")
    return SecretStr(text)


def _local_token(text: str) -> SecretStr:
    if not _LOCAL_TOKEN.match(text):
        raise ValueError("holds characters that no token has: use letters, digits, colon, dash and underscore.")
    return SecretStr(text)


def _api_url(text: str) -> str:
    if urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname:
        raise ValueError(f"must be the address of a Bot API server without the token, such as {TELEGRAM_API}.")
    return text


def _webhook_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise ValueError("must begin with https:// and a host, because Telegram calls no other address.")
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port not in (None, *_WEBHOOK_PORTS):
        raise ValueError("must have port 443, 80, 88 or 8443 or none, because Telegram calls no other.")
    if not _PATH.match(parts.path) or parts.query or parts.fragment or parts.path in _OURS:
        raise ValueError("must have a path of letters, digits, / . _ ~ and - such as /hook, not /healthz, no ? or #.")
    return text


def _webhook_secret(text: str) -> SecretStr:
    if not _WEBHOOK_SECRET.match(text):
        raise ValueError(
            "must be 16 to 256 letters, digits, dashes or underscores, as Telegram asks: make it at random."
        )
    return SecretStr(text)


def _database_url(text: str) -> SecretStr:
    if urlsplit(text).scheme not in ("postgresql", "postgres"):
        raise ValueError("must begin with postgresql://; leave it out to keep the data in the data folder.")
    return SecretStr(text)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ValueError("must be a port number from 1 to 65535.")
    return int(text)


def _host(text: str) -> str:
    if text == "localhost":
        return "127.0.0.1"
    try:
        return str(ip_address(text))
    except ValueError as error:
        raise ValueError("must be an address to listen on: 0.0.0.0 for everywhere, 127.0.0.1 for here only.") from error


def _format(text: str) -> LogFormat:
    if text.lower() not in _FORMATS:
        raise ValueError("must be text, or json for one JSON object a line.")
    return _FORMATS[text.lower()]


def _language(text: str) -> Language:
    if text.lower() not in _LANGUAGES:
        raise ValueError("must be da (Danish) or en (English).")
    return _LANGUAGES[text.lower()]


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:  # unknown names are a KeyError, odd ones ("../x") a ValueError
        raise ValueError("must be a time zone's name, such as Europe/Copenhagen.") from error
    return text


def _folder(text: str) -> Path:
    folder = _absolute(text)
    if not folder.is_dir():
        raise ValueError("must name a folder that exists: correct the path, or leave it out to use the shipped guides.")
    return folder


def _level(text: str) -> LogLevel:
    if text.upper() not in _LEVELS:
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR.")
    return _LEVELS[text.upper()]
