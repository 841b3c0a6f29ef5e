"""The environment: read into one object, every mistake named at once, secrets never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import TELEGRAM_API, SettingsError, load_settings

TOKEN = "7700001:invented-token-for-tests_0123456789"
KEY = "00112233445566778899aabbccddeeff" * 2


def problems(**env: str) -> tuple[str, ...]:
    """Give what is wrong with an environment."""
    with pytest.raises(SettingsError) as caught:
        load_settings(env)
    return caught.value.problems


def test_an_empty_environment_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any variable the defaults hold; the key's file is beside the data folder, not in it."""
    monkeypatch.chdir(tmp_path)
    settings = load_settings({"EFTERTANKE_LANGUAGE": "  ", "EFTERTANKE_TOKEN": ""})
    assert settings.data == tmp_path / "data"
    assert settings.database == tmp_path / "data" / "eftertanke.db"
    assert settings.key_file == tmp_path / "data.key"
    assert settings.organisation == tmp_path / "data" / "organisation.yaml"
    assert not settings.organisation_named
    assert (settings.api_url, settings.language, settings.zone) == (TELEGRAM_API, "da", "Europe/Copenhagen")
    assert (settings.token, settings.key, settings.log_level, settings.port) == (None, None, "INFO", 8080)
    assert settings.secrets() == ()


def test_all_variables(tmp_path: Path) -> None:
    """Every variable of the contract is read."""
    settings = load_settings(
        {
            "EFTERTANKE_TOKEN": TOKEN,
            "EFTERTANKE_API_URL": "http://127.0.0.1:8081/bot",
            "EFTERTANKE_DATA": str(tmp_path / "d"),
            "EFTERTANKE_KEY": KEY,
            "EFTERTANKE_DATABASE_URL": "postgresql://me:secretword@db.invalid/x",
            "EFTERTANKE_WEBHOOK_URL": "https://bot.invalid/hook",
            "EFTERTANKE_WEBHOOK_SECRET": "long_random-word",
            "PORT": "9000",
            "EFTERTANKE_HEALTH_PORT": "9001",
            "EFTERTANKE_LANGUAGE": "EN",
            "EFTERTANKE_TIMEZONE": "Atlantic/Faroe",
            "EFTERTANKE_PROMPTS": str(tmp_path),
            "EFTERTANKE_ORGANISATION": str(tmp_path / "o.yaml"),
            "EFTERTANKE_CLOCK_OFFSET_FILE": str(tmp_path / "offset"),
            "EFTERTANKE_LOG_LEVEL": "debug",
        }
    )
    assert settings.need_token().get_secret_value() == TOKEN
    assert settings.api_url == "http://127.0.0.1:8081/bot"
    assert (settings.port, settings.health_port, settings.language) == (9000, 9001, "en")
    assert str(settings.timezone) == "Atlantic/Faroe"
    assert (settings.prompts, settings.organisation) == (tmp_path, tmp_path / "o.yaml")
    assert settings.organisation_named
    assert (settings.clock_offset_file, settings.log_level) == (tmp_path / "offset", "DEBUG")
    assert set(settings.secrets()) >= {TOKEN, KEY, "long_random-word"}


def test_secrets_are_not_shown() -> None:
    """Neither repr nor str of the settings shows a secret."""
    settings = load_settings({"EFTERTANKE_TOKEN": TOKEN, "EFTERTANKE_KEY": KEY})
    assert TOKEN not in repr(settings) + str(settings)
    assert KEY not in repr(settings) + str(settings)


def test_settings_cannot_be_changed() -> None:
    """The object is frozen."""
    with pytest.raises(ValueError, match="frozen"):
        load_settings({}).port = 1


def test_a_token_from_a_file(tmp_path: Path) -> None:
    """A token may stand in a file, with a line end behind it."""
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    assert load_settings({"EFTERTANKE_TOKEN_FILE": str(tmp_path / "token")}).need_token().get_secret_value() == TOKEN


def test_the_key_file_need_not_exist_yet(tmp_path: Path) -> None:
    """Where the key will be is no mistake before setup has made it."""
    assert load_settings({"EFTERTANKE_KEY_FILE": str(tmp_path / "k")}).key_file == tmp_path / "k"


def test_the_key_file_of_an_odd_data_folder_is_never_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for "." and a path with a slash at its end the key lies beside the folder."""
    (tmp_path / "d").mkdir()
    monkeypatch.chdir(tmp_path / "d")
    assert load_settings({"EFTERTANKE_DATA": "."}).key_file == tmp_path / "d.key"
    assert load_settings({"EFTERTANKE_DATA": f"{tmp_path}/d/"}).key_file == tmp_path / "d.key"


def test_no_token_says_what_to_do() -> None:
    """A command that needs the token says which variable to set and where a token comes from."""
    with pytest.raises(SettingsError, match=r"EFTERTANKE_TOKEN_FILE.*@BotFather"):
        load_settings({}).need_token()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("EFTERTANKE_TOKEN", "hello", "bot token"),
        ("EFTERTANKE_TOKEN", f"{TOKEN} x", "bot token"),
        ("EFTERTANKE_TOKEN_FILE", "/nowhere/at/all", "cannot be read"),
        ("EFTERTANKE_API_URL", "localhost:8081", "address of a Bot API server"),
        ("EFTERTANKE_DATABASE_URL", "mysql://x", "postgresql://"),
        ("EFTERTANKE_WEBHOOK_SECRET", "two words that are long", "as Telegram asks"),
        ("EFTERTANKE_WEBHOOK_SECRET", "short", "16 to 256"),
        ("PORT", "0", "1 to 65535"),
        ("PORT", "²", "1 to 65535"),
        ("EFTERTANKE_HEALTH_PORT", "http", "1 to 65535"),
        ("EFTERTANKE_HOST", "bot.invalid", "0.0.0.0 for everywhere"),
        ("EFTERTANKE_LOG_FORMAT", "xml", "json"),
        ("EFTERTANKE_LANGUAGE", "dk", "da (Danish)"),
        ("EFTERTANKE_TIMEZONE", "Copenhagen", "Europe/Copenhagen"),
        ("EFTERTANKE_TIMEZONE", "../etc/passwd", "Europe/Copenhagen"),
        ("EFTERTANKE_PROMPTS", "/nowhere/at/all", "folder that exists"),
        ("EFTERTANKE_LOG_LEVEL", "LOUD", "DEBUG, INFO"),
    ],
)
def test_mistakes_are_named(name: str, value: str, words: str) -> None:
    """Each mistake gives one sentence that names the variable and what to do."""
    (problem,) = problems(**{name: value})
    assert problem.startswith(name)
    assert words in problem
    assert problem.endswith(".")


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    """Several mistakes are listed together, and none shows a secret."""
    (tmp_path / "token").write_bytes(b"\xff\xfe")
    found = problems(
        PORT="x",
        EFTERTANKE_LANGUAGE="x",
        EFTERTANKE_TOKEN_FILE=str(tmp_path / "token"),
        EFTERTANKE_KEY=KEY,
        EFTERTANKE_KEY_FILE="k",
        EFTERTANKE_WEBHOOK_URL="http://bot.invalid",
    )
    assert [one.split()[0] for one in sorted(found)] == [
        "EFTERTANKE_KEY", "EFTERTANKE_LANGUAGE", "EFTERTANKE_TOKEN_FILE", "EFTERTANKE_WEBHOOK_URL", "PORT",
    ]  # fmt: skip
    assert KEY not in " ".join(found)


def test_a_secret_given_twice_is_refused() -> None:
    """A token both as value and as file is refused: nobody could know which one counts."""
    (problem,) = problems(EFTERTANKE_TOKEN=TOKEN, EFTERTANKE_TOKEN_FILE="x")
    assert "both set" in problem
    assert TOKEN not in problem


def test_a_webhook_needs_its_secret() -> None:
    """Without a secret anybody could send updates."""
    (problem,) = problems(EFTERTANKE_WEBHOOK_URL="https://bot.invalid/hook")
    assert problem.startswith("EFTERTANKE_WEBHOOK_SECRET is not set")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://bot.invalid/hook", "https://"),
        ("https:///hook", "https://"),
        ("https://somebody:word@bot.invalid/hook", "https://"),
        ("https://bot.invalid:8080/hook", "443, 80, 88 or 8443"),
        ("https://bot.invalid:x/hook", "443, 80, 88 or 8443"),
        ("https://bot.invalid/healthz", "not /healthz"),
        ("https://bot.invalid/{hook}", "a path of letters"),
        ("https://bot.invalid/hook?a=b", "no ? or #"),
    ],
)
def test_a_webhook_that_telegram_would_not_call(url: str, words: str) -> None:
    """Each mistake is said here, where Telegram would say nothing or be silent."""
    (problem,) = problems(EFTERTANKE_WEBHOOK_URL=url, EFTERTANKE_WEBHOOK_SECRET="long_random-word")
    assert problem.startswith("EFTERTANKE_WEBHOOK_URL must") and words in problem


@pytest.mark.parametrize("url", ["https://bot.invalid", "https://bot.invalid:8443/a/b-c_d~e.f/"])
def test_a_webhook_that_telegram_calls(url: str) -> None:
    """Any path of its own will do."""
    assert (
        load_settings({"EFTERTANKE_WEBHOOK_URL": url, "EFTERTANKE_WEBHOOK_SECRET": "long_random-word"}).webhook_url
        == url
    )


def test_two_things_on_one_port_are_refused() -> None:
    """The webhook's port is the world's, the health port is not; without a webhook PORT is nobody's."""
    ports = {"PORT": "9000", "EFTERTANKE_HEALTH_PORT": "9000"}
    (problem,) = problems(
        EFTERTANKE_WEBHOOK_URL="https://bot.invalid/hook", EFTERTANKE_WEBHOOK_SECRET="long_random-word", **ports
    )
    assert problem.startswith("EFTERTANKE_HEALTH_PORT") and "another port" in problem
    assert load_settings(ports).health_port == 9000


@pytest.mark.parametrize(
    ("given", "host"), [("", None), ("10.0.0.1", "10.0.0.1"), ("localhost", "127.0.0.1"), ("::1", "::1")]
)
def test_where_to_listen(given: str, host: str | None) -> None:
    """An address, or nothing: then each port has its own default."""
    assert load_settings({"EFTERTANKE_HOST": given}).host == host


def test_the_webhook_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    """As the token may: a container is given secrets as files."""
    file = tmp_path / "secret"
    file.write_text("long_random-word\n", encoding="ascii")
    given = {"EFTERTANKE_WEBHOOK_URL": "https://bot.invalid/hook", "EFTERTANKE_WEBHOOK_SECRET_FILE": str(file)}
    secret = load_settings(given).webhook_secret
    assert secret is not None and secret.get_secret_value() == "long_random-word"
