"""`eftertanke try`: fresh practice data, a free port, the bot as a child, a clean end."""

from __future__ import annotations

import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bot.practice.start import PracticeError, bot_environment, fresh_folders, try_phone
from tests.integration.practice_support import TINY_BOT

PROGRAM = """
import sys
from pathlib import Path
from bot.practice.start import try_phone

async def prepare(folder, key_file):
    assert (folder / "PRACTICE").is_file() and len(key_file.read_text().strip()) == 64
    return {"Anna": ["kode-1"], "Lea": []}

bot = "import os, sys; sys.argv = ['', os.environ['EFTERTANKE_API_URL'] + os.environ['EFTERTANKE_TOKEN']]\\n" + TINY
raise SystemExit(try_phone(Path(sys.argv[1]), 0, headless=True, prepare=prepare, command=[sys.executable, "-c", bot]))
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_headless_start_and_end(tmp_path: Path, ending: signal.Signals) -> None:
    """It prints the address and nothing else, serves invites and a listening bot, and ends with 0 leaving no bot."""
    program = f"TINY = {TINY_BOT!r}\n{PROGRAM}"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            state = httpx.get(f"{address}api/state?person=Anna").json()
            assert state["chat"]["invites"] == ["kode-1"] and state["bot"]["state"] == "on"
            httpx.post(f"{address}api/send", json={"person": "Anna", "text": "hej"})
            settled = httpx.get(f"{address}api/settled?person=Anna&timeout=5", timeout=10).json()
            assert settled["reacted"] is True
            known = {person["name"]: person["started"] for person in state["people"]}
            assert known == {"Anna": False, "Bo": False, "Lea": True, "Fremmed": False}
            process.send_signal(ending)
            rest, errors = process.communicate(timeout=15)
        finally:
            process.kill()
    assert (process.returncode, rest, errors) == (0, "", "")
    assert not Path(f"/proc/{state['bot']['pid']}").exists()


def test_practice_begins_afresh(tmp_path: Path) -> None:
    """A new start empties the practice folders, makes a new key that only the owner reads, outside the data."""
    first = fresh_folders(tmp_path)
    key = first.key_file.read_text()
    (first.data / "old.db").write_text("x")
    second = fresh_folders(tmp_path)
    assert sorted(path.name for path in second.data.iterdir()) == ["PRACTICE"]
    assert second.key_file.read_text() != key and second.data not in second.key_file.parents
    assert stat.S_IMODE(second.key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(second.data.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["practice", "practice-key"])
def test_other_data_are_never_deleted(tmp_path: Path, name: str) -> None:
    """A folder without the marker, a file or a link in its place is refused and left as it was."""
    (tmp_path / name).mkdir()
    (tmp_path / name / "real.db").write_text("precious")
    with pytest.raises(PracticeError, match="left alone"):
        fresh_folders(tmp_path)
    assert (tmp_path / name / "real.db").read_text() == "precious"
    other = tmp_path / "other"
    other.mkdir()
    (other / name).symlink_to(tmp_path / name)
    with pytest.raises(PracticeError, match="not a folder of the practice phone"):
        fresh_folders(other)


def test_port_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A taken port is one sentence that says what to do, exit 1, and touches no data."""

    async def prepare(_folder: Path, _key: Path) -> dict[str, list[str]]:
        raise AssertionError("must not be asked")

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert try_phone(tmp_path, port, browser=False, prepare=prepare) == 1
    said = capsys.readouterr()
    assert said.out == "" and f"Port {port} is in use" in said.err and "--port" in said.err
    assert list(tmp_path.iterdir()) == []


def test_environment_of_the_bot(tmp_path: Path) -> None:
    """The real program gets everything that makes it a practice bot."""
    folders = fresh_folders(tmp_path)
    found = bot_environment(folders, "1:a", "http://127.0.0.1:1/bot")
    assert found["EFTERTANKE_DATA"] == str(tmp_path / "practice")
    assert found["EFTERTANKE_CLOCK_OFFSET_FILE"] == str(tmp_path / "practice" / "clock_offset")
    assert set(found) == {
        "EFTERTANKE_TOKEN",
        "EFTERTANKE_API_URL",
        "EFTERTANKE_DATA",
        "EFTERTANKE_KEY_FILE",
        "EFTERTANKE_CLOCK_OFFSET_FILE",
    }
