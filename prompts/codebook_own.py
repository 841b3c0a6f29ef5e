"""Writing an organisation's own codes: codebook.yaml in the data folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import yaml

from prompts.codebook_source import CODEBOOK_FILE, OwnCodebookSource, OwnCodeSource, read_own_document

EARLIER = f"{CODEBOOK_FILE}.earlier"
_HEAD = """\
# Jeres egne koder, ved siden af kodebogens. Ret i dem her, eller hent dem ind: eftertanke codebook --import FIL
# Your own codes, beside those of the codebook. Change them here, or: eftertanke codebook --import FILE
#
#   id          theme, or theme.code; the theme may be one of the codebook's. It never changes: codings name it
#   name        one line, at most 60 characters, and no other code's
#   definition, use_when, not_when, example, tension, colour ("#RRGGBB")   as you like
#   guid        where the code came from; leave it
"""


class _Dumper(yaml.SafeDumper):
    """Lists stand under their key a step to the right, and texts of several lines as they are read."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def read_own_codes(path: Path) -> tuple[OwnCodeSource, ...]:
    """The codes as they stand in the file; none when it is not there. For a file that ``load_codebook`` took: raises
    ValueError for another."""
    document = read_own_document(path)
    return () if document is None else tuple(OwnCodebookSource.model_validate(document.data).codes)


def own_codes_text(codes: Sequence[OwnCodeSource]) -> str:
    """The whole file for these codes."""
    said = [code.model_dump(exclude_none=True) for code in codes]
    body = yaml.dump({"codes": said}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return f"{_HEAD}\n{body}"


def write_own_codes(path: Path, codes: Sequence[OwnCodeSource]) -> Path | None:
    """Write the file (0600), whole or not at all. What stood there is kept beside it: comments in it would be lost.

    Gives where the earlier file is kept, None when there was none. Raises OSError.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    fresh, earlier = Path(name), path.with_name(EARLIER)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(own_codes_text(codes))
            stream.flush()
            os.fsync(stream.fileno())
        kept = earlier if path.exists() else None
        if kept is not None:
            kept.unlink(missing_ok=True)
            kept.hardlink_to(path)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return kept
