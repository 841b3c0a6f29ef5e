"""The auditor of canaries: one marker for each secret, looked for in every artefact, in every form it might have."""

from __future__ import annotations

import base64
import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LEAKED = "leaked"
VAIN = "was never there"


@dataclass
class Report:
    """``violations``: kind and what it is about; ``looked``: bytes by artefact."""

    violations: list[tuple[str, str]] = field(default_factory=list)
    looked: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        counted = Counter(kind for kind, _ in self.violations)
        told = ", ".join(f"{kind} {count}" for kind, count in counted.items()) or "0 violations"
        looked = ", ".join(f"{name} {size / 1000:.0f} kB" for name, size in sorted(self.looked.items()))
        return f"{told} · looked at: {looked}" + "".join(f"\n  {kind}: {what}" for kind, what in self.violations[:20])


class Auditor:
    """``secrets``: each secret's name and value; ``may``: artefact → names of what may stand in it. In an artefact that
    is not named there nothing may."""

    def __init__(self, secrets: Mapping[str, str | bytes], may: Mapping[str, frozenset[str]]) -> None:
        self._forms = {name: tuple(_forms(value)) for name, value in secrets.items()}
        self._may = may
        self.found: set[tuple[str, str]] = set()
        self.report = Report()

    def look(self, artefact: str, content: str | bytes, where: str = "") -> None:
        """Look for every secret in these bytes; what is packed is unpacked."""
        raw = content.encode() if isinstance(content, str) else content
        self.report.looked[artefact] += len(raw)
        for part in _unpacked(raw):
            small = part.lower()
            for name, forms in self._forms.items():
                if any(form in small or form in part for form in forms):
                    self.found.add((artefact, name))
                    if name not in self._may.get(artefact, frozenset()):
                        self.report.violations.append((LEAKED, f"{name} stands in {artefact}{where and f' ({where})'}"))

    def look_in(self, artefact: str, folder: Path, *, besides: tuple[str, ...] = ()) -> int:
        """Look at every file under a folder, names too; how many there are."""
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in besides]
        for path in files:
            self.look(artefact, path.read_bytes(), path.name)
            self.look(artefact, str(path.relative_to(folder)), "a name")
        return len(files)

    def must(self, wanted: Mapping[str, frozenset[str]]) -> None:
        """What was looked for in vain everywhere proves nothing: here it must have been."""
        for artefact, names in wanted.items():
            for name in sorted(names):
                if (artefact, name) not in self.found:
                    self.report.violations.append((VAIN, f"{name} in {artefact}"))


def _forms(value: str | bytes) -> Iterator[bytes]:
    """As it is, as UTF-16, in hexadecimal, and in Base64 wherever it begins in a longer text."""
    raw = value.encode() if isinstance(value, str) else value
    yield raw
    yield raw.hex().encode()
    if isinstance(value, str):
        yield value.lower().encode()
        yield value.encode("utf-16-le")
    for before in range(3):
        # The first letter and the last two depend on what stands around it.
        coded = base64.b64encode(bytes(before) + raw)
        yield coded[4 if before else 0 : -4]


def _unpacked(raw: bytes) -> Iterator[bytes]:
    yield raw
    if raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                yield archive.read(name)
