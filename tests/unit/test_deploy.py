"""The files to deploy with: linted where a linter is there, and read for what must never be in them."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
UNIT = DEPLOY / "eftertanke.service"
EXPOSED = 20  # tenths, of at most 100; one without any hardening has 96
SECRETS = re.compile(r"(TOKEN|KEY|SECRET|PASSWORD|DATABASE_URL)$")
FETCHING = re.compile(r"\b(curl|wget|apt|apt-get|apk|dnf|yum)\b|https?://|git\+")
systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def settings(text: str) -> dict[str, list[str]]:
    """The settings of a unit, each with all its values."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is there: otherwise the linter only says that it is not."""
    text, changed = re.subn(r"(?m)^ExecStart=.*$", "ExecStart=/bin/true", UNIT.read_text(encoding="utf-8"))
    assert changed == 1
    copy = tmp_path / "eftertanke.service"
    copy.write_text(text, encoding="utf-8")
    return copy


def _analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60, check=False)


@systemd
def test_the_unit_is_right(unit: Path) -> None:
    """systemd knows every setting and value in it."""
    said = _analyze("verify", str(unit))
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    unit.write_text(unit.read_text(encoding="utf-8").replace("PrivateTmp=yes", "PrivateTemp=yes"), encoding="utf-8")
    assert "PrivateTemp" in _analyze("verify", str(unit)).stderr, "the linter must see a wrong name"


@systemd
def test_the_unit_has_few_rights(unit: Path) -> None:
    """By systemd's own measure; the same unit without its hardening is far over the limit."""
    judged = ("security", "--offline=yes", f"--threshold={EXPOSED}", "--no-pager")
    assert _analyze(*judged, str(unit)).returncode == 0
    bare = "[Service]\nExecStart=/bin/true\n"
    unit.write_text(bare, encoding="utf-8")
    assert _analyze(*judged, str(unit)).returncode != 0


def test_the_unit_keeps_its_promises() -> None:
    """What the threat model counts on stands in it, also where no linter is installed."""
    found = settings(UNIT.read_text(encoding="utf-8"))
    for name, value in {
        "User": "eftertanke",
        "UMask": "0077",
        "LimitCORE": "0",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "CapabilityBoundingSet": "",
        "StateDirectoryMode": "0700",
        "SocketBindDeny": "any",
    }.items():
        assert found[name] == [value], name
    assert found["LoadCredential"] == ["token:/etc/eftertanke/token"]
    variables = [value.partition("=")[0] for value in found["Environment"]]
    assert not [name for name in variables if SECRETS.search(name)], "a secret in the unit can be read by everybody"


def test_what_the_unit_may_write_to_is_not_where_the_key_lies() -> None:
    """A bot that was taken over must not be able to replace the key."""
    found = settings(UNIT.read_text(encoding="utf-8"))
    values = dict(value.split("=", 1) for value in found["Environment"])
    key = Path(values["EFTERTANKE_KEY_FILE"])
    writable = [path.lstrip("-") for path in found["ReadWritePaths"]] + ["/var/lib/eftertanke", "/var/cache/eftertanke"]
    assert not any(key.is_relative_to(path) for path in writable)
    assert values["EFTERTANKE_BACKUPS"] in writable


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """The instructions of a Containerfile with their arguments, continued lines joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        name, _, rest = line.strip().partition(" ")
        yield name.upper(), rest.strip()


def faults(text: str) -> list[str]:
    """What must not be in a Containerfile, or is missing in its last stage."""
    found: list[str] = []
    last: list[tuple[str, str]] = []
    for name, rest in instructions(text):
        last = [(name, rest)] if name == "FROM" else [*last, (name, rest)]
        if name == "ADD":
            found.append("ADD can fetch and unpack: use COPY")
        if name in ("RUN", "COPY") and FETCHING.search(rest):
            found.append(f"fetches something: {rest}")
        if name in ("ENV", "ARG") and any(SECRETS.search(part.partition("=")[0]) for part in rest.split()):
            found.append(f"a secret in {name}")
        if name == "COPY" and rest.split()[0] in (".", "./"):
            found.append("copies the whole folder")
    users = [rest for name, rest in last if name == "USER"]
    if not users or not users[-1].isdigit() or int(users[-1]) == 0:
        found.append("does not end as a numbered user other than root")
    if any(name == "EXPOSE" for name, _ in last):
        found.append("opens a port")
    if [rest for name, rest in last if name in ("ENTRYPOINT", "CMD") and not rest.startswith("[")]:
        found.append("starts through a shell, which would get the signals")
    return found


def test_the_containerfile_is_safe() -> None:
    """Not root, nothing fetched but the packages, no secret, no port."""
    assert faults((DEPLOY / "Containerfile").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("USER root", "numbered user"),
        ("USER 0", "numbered user"),
        ("ADD https://example.org/x.tar.gz /x", "ADD"),
        ("RUN apt-get install -y vim", "fetches"),
        ("ENV EFTERTANKE_TOKEN=1:invented", "secret"),
        ("ENV A=b \\\n    EFTERTANKE_KEY=invented", "secret"),
        ("COPY . /source", "whole folder"),
        ("EXPOSE 8080", "port"),
        ("CMD eftertanke run", "shell"),
    ],
)
def test_a_containerfile_that_is_not(line: str, word: str) -> None:
    """Each fault is seen when it is put in."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8") + f"{line}\n"
    assert any(word in fault for fault in faults(text))


def test_the_containerfile_has_all_of_the_program() -> None:
    """Every package that is installed is copied, and everything copied is there; data, backups and key are volumes."""
    found = list(instructions((DEPLOY / "Containerfile").read_text(encoding="utf-8")))
    copied = [one for name, rest in found if name == "COPY" and "--from" not in rest for one in rest.split()[:-1]]
    assert all((ROOT / one).exists() for one in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {one.rstrip("*") for one in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert packages <= set(copied)
    assert {project["project"]["readme"], *project["project"]["license-files"]} <= set(copied)
    values = dict(part.split("=", 1) for name, rest in found if name == "ENV" for part in rest.split())
    volumes = next(rest for name, rest in found if name == "VOLUME")
    for variable in ("EFTERTANKE_DATA", "EFTERTANKE_BACKUPS"):
        assert f'"{values[variable]}"' in volumes
    assert f'"{Path(values["EFTERTANKE_KEY_FILE"]).parent}"' in volumes


def test_the_page_says_how_to_run_with_few_rights() -> None:
    """The lines to copy have the rights taken away in them, and the paths of the unit."""
    page = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for words in ("--read-only", "--cap-drop=ALL", "no-new-privileges", "pip-audit", "eftertanke doctor"):
        assert words in page
    for value in settings(UNIT.read_text(encoding="utf-8"))["Environment"]:
        name, _, path = value.partition("=")
        if name.startswith("EFTERTANKE_") and "%" not in path:
            assert f"{name}={path}" in page, "the operator's commands must work on the same files"
