"""``codebook_taguette.csv``: the researchers' codes as tags for Taguette."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from bot.exports.folder import write_private
from bot.exports.qde_codebook import codebook_tree
from bot.exports.qde_codes import Folder, Leaf, Names
from bot.exports.tables import guarded
from prompts import Codebook

FILE = "codebook_taguette.csv"
_BOM = "\ufeff"  # without it Taguette's users on Windows see "Ã¦" for "æ"
_LONGEST_PATH = 200  # Taguette's own limit


def codebook_csv(codebook: Codebook, language: str) -> str:
    """The file's text, byte order mark included: ``path,description``. A dot in a path goes down a level, so a name's
    own dots are left out. What a spreadsheet would calculate gets a ``'`` in front, as in the other CSV files."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(["path", "description"])
    names = Names()
    for node in codebook_tree(codebook, language):
        for path, leaf in _paths(node):
            writer.writerow([guarded(names.unique(path, _LONGEST_PATH)), guarded(leaf.description)])
    return _BOM + stream.getvalue()


def write_taguette(folder: Path, codebook: Codebook, language: str) -> None:
    """Write the file (0600) into ``folder``. Raises FileExistsError, OSError."""
    file = folder / FILE
    write_private(file, codebook_csv(codebook, language))


def _paths(node: Folder | Leaf) -> list[tuple[str, Leaf]]:
    if isinstance(node, Leaf):
        return [(_undotted(node.name), node)]
    return [(f"{_undotted(node.name)}.{_undotted(leaf.name)}", leaf) for leaf in node.leaves]


def _undotted(name: str) -> str:
    return " ".join(name.replace(".", " ").split()) or "-"
