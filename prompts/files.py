"""Where the files of ``prompts/`` come from: the installed package, overridden file by file by a folder."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

LANGUAGES = ("da", "en")
GUIDE_ID = "efter_moedet"


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file as read. ``shown`` is the name for people, ``path`` where it lies."""

    shown: str
    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Folders:
    """``override`` is the organisation's folder (``EFTERTANKE_PROMPTS``), or None for the shipped files alone."""

    override: Path | None = None

    def find(self, name: str) -> Path | None:
        """The path of ``name`` (relative, with ``/``), the organisation's own before the shipped one; None if neither
        has it."""
        if self.override is not None and (self.override / name).is_file():
            return self.override / name
        shipped = shipped_folder() / name
        return shipped if shipped.is_file() else None

    def read(self, name: str) -> TextFile | None:
        """The file, or None when there is none. Raises OSError when it cannot be read, UnicodeDecodeError when it is
        not UTF-8."""
        path = self.find(name)
        if path is None:
            return None
        # æ, ø and å have two spellings in Unicode; without one of them a hash or a search would differ by editor.
        text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
        return TextFile(self.shown(name, path), path, text)

    def shown(self, name: str, path: Path) -> str:
        """How ``path`` is named to people: the organisation's by its path, a shipped one by ``prompts/…``."""
        own = self.override is not None and path.is_relative_to(self.override)
        return str(path) if own else f"prompts/{name}"

    def names(self, folder: str, ending: str) -> tuple[str, ...]:
        """Names (relative) of the files in ``folder`` that end with ``ending``, from both places, sorted."""
        roots = [shipped_folder()] + ([self.override] if self.override is not None else [])
        found = {path.name for root in roots for path in (root / folder).glob(f"*{ending}") if path.is_file()}
        return tuple(f"{folder}/{name}" for name in sorted(found))

    def guides(self) -> tuple[str, ...]:
        """Ids of the guides there are, sorted."""
        roots = [shipped_folder()] + ([self.override] if self.override is not None else [])
        return tuple(sorted({path.parent.name for root in roots for path in (root / "guides").glob("*/guide.yaml")}))


def shipped_folder() -> Path:
    """The folder of the installed package."""
    with resources.as_file(resources.files("prompts")) as folder:
        return folder
