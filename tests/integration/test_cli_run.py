"""Starting the bot, and every way in which it cannot: one sentence, an exit code, no traceback."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys

import pytest
import typer

from bot.cli import app
from bot.commands import people as people_command
from bot.practice.client import HttpPhone
from bot.practice.local import LocalPhone
from storage.instance import single_instance
from storage.keys import Key, write_key_file
from tests.integration.cli_kit import Desk, desk

__all__ = ["desk"]
TOKEN = "770001:INVENTED-token-for-tests"
COMMANDS = (
    "try", "setup", "run", "invite", "people", "week", "export", "log", "codebook", "backup", "restore", "rekey",
    "settle", "erase", "audit", "doctor", "move",
)  # fmt: skip


def test_run_without_a_key_makes_none(desk: Desk) -> None:
    """`run` says that there is no key and how to make one, and leaves everything as it was."""
    desk.env(EFTERTANKE_TOKEN=TOKEN)
    desk.run("run").refused("no key file", "eftertanke setup")
    assert list(desk.folder.iterdir()) == []


def test_run_without_a_token(desk: Desk) -> None:
    """The sentence says where the token comes from and where to put it."""
    desk.set_up()
    desk.run("run").refused("EFTERTANKE_TOKEN", "@BotFather")


def test_run_with_a_wrong_key(desk: Desk) -> None:
    """A key that is not this database's is told apart from damage, and changes no file."""
    desk.set_up()
    desk.key_file.unlink()
    write_key_file(desk.key_file, Key.new())
    before = (desk.data / "eftertanke.db").read_bytes()
    desk.env(EFTERTANKE_TOKEN=TOKEN)
    desk.run("run").refused("belongs to another key")
    assert (desk.data / "eftertanke.db").read_bytes() == before


@pytest.mark.parametrize(
    ("content", "word"), [("hello", "24 words"), ("", "24 words"), ("abandon " * 24, "recovery sheet")]
)
def test_run_with_a_key_that_is_none(desk: Desk, content: str, word: str) -> None:
    """Something else in the key file is one sentence that does not repeat it."""
    desk.set_up()
    desk.key_file.write_text(content, encoding="utf-8")
    desk.env(EFTERTANKE_TOKEN=TOKEN)
    said = desk.run("run")
    said.refused(word)
    assert not content or content.strip() not in said.err


def test_run_with_a_key_that_others_can_read(desk: Desk) -> None:
    """The sentence has the command that puts it right."""
    desk.set_up()
    desk.key_file.chmod(0o644)
    desk.env(EFTERTANKE_TOKEN=TOKEN)
    said = desk.run("run")
    assert said.code == 1 and f"chmod 600 {desk.key_file}" in said.err


def test_run_without_a_data_folder(desk: Desk) -> None:
    """A key alone is not enough: the sentence says what makes the rest."""
    desk.env(EFTERTANKE_TOKEN=TOKEN, EFTERTANKE_KEY="ab" * 32)
    desk.run("run").refused("no data folder", "eftertanke setup")
    assert not desk.data.exists()


def test_run_on_a_data_folder_without_a_database(desk: Desk) -> None:
    """No empty database takes the place of one that is missing."""
    desk.set_up()
    (desk.data / "eftertanke.db").unlink()
    desk.env(EFTERTANKE_TOKEN=TOKEN)
    desk.run("run").refused("was here and is gone", "backup")
    assert not (desk.data / "eftertanke.db").exists()


def test_a_file_in_place_of_the_data_folder(desk: Desk) -> None:
    """Also for commands that only look in."""
    desk.data.write_text("x", encoding="utf-8")
    desk.env(EFTERTANKE_KEY="ab" * 32, EFTERTANKE_TOKEN=TOKEN)
    desk.run("run").refused("no data folder")
    desk.run("people").refused(str(desk.data))


def test_every_wrong_setting_is_told_at_once(desk: Desk) -> None:
    """Two mistakes in the environment are two lines, each a sentence, and secrets are not repeated."""
    desk.env(PORT="abc", EFTERTANKE_TOKEN="not-a-token", EFTERTANKE_LANGUAGE="xx")
    said = desk.run("run")
    lines = said.err.splitlines()
    assert (said.code, said.out, len(lines)) == (1, "", 3)
    assert all(line.endswith(".") for line in lines)
    assert "not-a-token" not in said.err and "Traceback" not in said.err


def test_a_mistake_in_the_organisation(desk: Desk) -> None:
    """The sentence names file and line."""
    desk.set_up()
    (desk.data / "organisation.yaml").write_text("name: Nord\ntell_lead_minutes: mange\n", encoding="utf-8")
    desk.env(EFTERTANKE_TOKEN=TOKEN)
    desk.run("run").refused("organisation.yaml, line 2")


def test_a_second_bot_leaves(desk: Desk) -> None:
    """Two bots on one database would answer everything twice: the second one says so and goes."""
    desk.set_up()
    desk.env(EFTERTANKE_TOKEN=TOKEN)
    with single_instance(desk.data / "eftertanke.db"):
        desk.run("run").refused("Another bot already works", "stop it")


@pytest.mark.parametrize(("ending", "key_by"), [(signal.SIGTERM, "file"), (signal.SIGINT, "value")])
def test_run_ends_in_peace(desk: Desk, ending: signal.Signals, key_by: str) -> None:
    """The bot polls, and ends with 0 and without a traceback when it is told to; commands work meanwhile. The key may
    stand in its file or in the variable."""
    desk.set_up()
    if key_by == "value":
        desk.env(EFTERTANKE_KEY=desk.key_file.read_text(encoding="utf-8").strip())
        desk.key_file.unlink()
    (desk.folder / "phone").mkdir()
    with LocalPhone(desk.folder / "phone") as phone:
        desk.env(EFTERTANKE_TOKEN=phone.token, EFTERTANKE_API_URL=phone.api_url)
        with subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                asyncio.run(_polled(phone))
                assert desk.run("invite", "--role", "mentor", "--name", "Anna").code == 0
                process.send_signal(ending)
                out, err = process.communicate(timeout=20)
            finally:
                process.kill()
    assert (process.returncode, out) == (0, ""), err
    assert "Traceback" not in err and phone.token not in err


async def _polled(phone: LocalPhone) -> None:
    await phone.client.wait_until_listening()
    await phone.client.close()


def test_no_command_opens_the_practice_phone(desk: Desk) -> None:
    """`eftertanke` alone is `eftertanke try`, with its options: a taken port is one sentence, and no data are made."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        for arguments in (["--port", port, "--no-browser"], ["try", "--port", port, "--headless"]):
            desk.run(*arguments).refused(f"Port {port} is in use", "--port")
    assert list(desk.folder.iterdir()) == []


def test_the_practice_phone_meets_nothing_real(desk: Desk) -> None:
    """`try --headless` prints the address only; its bot runs on data of its own whatever the environment holds."""
    desk.env(
        EFTERTANKE_KEY="ab" * 32,
        EFTERTANKE_TOKEN="not-a-token",
        EFTERTANKE_TOKEN_FILE="/nowhere",
        EFTERTANKE_DATABASE_URL="postgresql://nowhere/real",
        EFTERTANKE_WEBHOOK_URL="https://nowhere.example/hook",
        EFTERTANKE_WEBHOOK_SECRET="real",
        PORT="abc",
    )
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "try", "--headless", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            asyncio.run(_listening(address))
            process.send_signal(signal.SIGTERM)
            rest, errors = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, rest, errors) == (0, "", "")
    assert {path.name for path in desk.data.iterdir()} == {"practice", "practice-key"}


async def _listening(address: str) -> None:
    phone = HttpPhone(f"{address}api/")
    await phone.wait_until_listening()
    await phone.close()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(desk: Desk, command: str) -> None:
    """Each command's help shows how it is written."""
    said = desk.run(command, "--help")
    assert said.code == 0
    assert f"eftertanke {command}" in said.out.split("Example:")[1]


def test_every_command_is_known_to_the_tests() -> None:
    """A new command must get into the tests of help and errors."""
    names = {info.name or getattr(info.callback, "__name__", "") for info in app.registered_commands}
    assert names | {"people"} == set(COMMANDS)
    assert {group.name for group in app.registered_groups} == {"guide", "people", "codings"}


def test_help_loads_nothing_heavy() -> None:
    """`--help` answers at once: neither PTB, nor the database, nor the web server are loaded for it."""
    heavy = ("telegram", "aiosqlite", "sqlcipher3", "apscheduler", "uvicorn", "starlette", "holidays", "segno")
    program = f"import sys, bot.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["exprt"], "exprt"),
        (["invite"], "--role"),
        (["invite", "--role", "boss", "--name", "A"], "boss"),
        (["export"], "DIR"),
        (["export", "x", "--dates", "hour"], "hour"),
        (["export", "x", "--purpose", "fun"], "fun"),
        (["people", "--yaml"], "--yaml"),
        (["try", "--port", "99999"], "65535"),
    ],
)
def test_a_command_that_is_written_wrongly(desk: Desk, arguments: list[str], word: str) -> None:
    """One sentence that names what is wrong and where the help is, exit code 2."""
    desk.run(*arguments).refused(word, "--help", code=2)


def test_an_unexpected_error_tells_no_text(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of the program shows its class and what to do, never its message: that may quote anything."""

    def broken(**_: object) -> None:
        raise KeyError("canary-9f2 what a mentor wrote")

    monkeypatch.setattr(people_command, "people", broken)
    said = desk.run("people")
    said.refused("KeyError", "report")
    assert "canary" not in said.err


def test_the_exit_code_of_a_sub_command(desk: Desk) -> None:
    """`guide` keeps its exit codes and sentences under the common roof."""
    assert desk.run("guide", "check").code == 0
    desk.run("guide", "show", "--lang", "xx").refused("xx", code=2)


def test_a_reader_that_leaves_early_is_no_error(desk: Desk) -> None:
    """`eftertanke people | head -0` ends without a complaint."""
    desk.set_up()
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bot", "people"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(writer)
    assert done.stderr == ""


def test_a_terminal_without_letters_of_ours(desk: Desk) -> None:
    """An ASCII terminal gets every line, with escapes for what it cannot show."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "setup", "--yes"], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Invitation for Administrator" in done.stdout


def test_version(desk: Desk) -> None:
    """`--version` prints name and number."""
    said = desk.run("--version")
    assert said.code == 0 and said.out.startswith("eftertanke ")


def test_ctrl_c_at_a_question(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends a command without a traceback."""

    def interrupted(**_: object) -> None:
        raise typer.Abort

    monkeypatch.setattr(people_command, "people", interrupted)
    desk.run("people").refused("Stopped")
