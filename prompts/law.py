"""Law references: dated data, because the acts around benefits and sanctions are changing (2025–2027)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.dates import format_date

from prompts.checks.guide import read_document
from prompts.checks.shape import check_shape
from prompts.files import Folders
from prompts.mistakes import Mistake
from prompts.schema import LawSource

LAW_FILE = "law.yaml"
_LOCALES = {"da": "da_DK", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Reference:
    """One law reference in one language. ``checked_on``: when somebody last looked whether it still says so."""

    id: str
    reference: str
    meaning: str
    checked_on: dt.date
    source: str
    language: str

    @property
    def checked(self) -> str:
        """``checked_on`` as people write it: 2. oktober 2024."""
        return format_date(self.checked_on, format="long", locale=_LOCALES[self.language])


@dataclass(frozen=True, slots=True)
class Law:
    """All law references in one language, and a ``note`` to show beside them."""

    note: str
    references: Mapping[str, Reference]

    def __getitem__(self, reference_id: str) -> Reference:
        return self.references[reference_id]


def check_law(folders: Folders) -> list[Mistake]:
    """What is wrong in law.yaml."""
    document = read_document(folders, LAW_FILE)
    mistakes = [*document.mistakes, *check_shape(document, LawSource)]
    if mistakes:
        return mistakes
    for key, item in LawSource.model_validate(document.data).references.items():
        for part in ("reference", "meaning"):
            for language in sorted({"da", "en"} - getattr(item, part).keys()):
                place = ("references", key, part)
                mistakes.append(
                    document.mistake(place, f"the wording in '{language}' is missing", f"add '{language}:'")
                )
    return mistakes


def load_law(language: str, folder: Path | None = None) -> Law:
    """The law references in ``language`` (da, en). Raises ValueError when the file is wrong."""
    folders = Folders(folder)
    mistakes = check_law(folders)
    if mistakes:
        raise ValueError(f"The law references cannot be used: {mistakes[0]}. Run 'eftertanke guide check'.")
    read = LawSource.model_validate(read_document(folders, LAW_FILE).data)
    texts = {
        key: Reference(key, item.reference[language], item.meaning[language], item.checked_on, item.source, language)  # type: ignore[index]  # any str is tried, a wrong one is a KeyError
        for key, item in read.references.items()
    }
    return Law(read.note[language], texts)  # type: ignore[index]  # as above
