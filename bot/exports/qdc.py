"""``codebook.qdc``: the researchers' codes for any REFI-QDA program, with the GUIDs they have in ``project.qdpx``."""

from __future__ import annotations

from pathlib import Path

from bot.exports.folder import write_private
from bot.exports.qde_codebook import codebook_tree, tension_name
from bot.exports.qde_codes import sets_of_tensions, to_xml
from bot.exports.qde_xml import DECLARATION, PROGRAM, attributes
from prompts import Codebook

FILE = "codebook.qdc"


def codebook_xml(codebook: Codebook, language: str) -> str:
    """The file's text. Raises ValueError for a codebook without codes: the format knows none."""
    tree = codebook_tree(codebook, language)
    codes = to_xml(tree)
    if not codes:
        raise ValueError("A codebook without codes cannot be written; add a code to codebook.yaml.")
    root = attributes(xmlns="urn:QDA-XML:codebook:1.0", origin=PROGRAM)
    sets = sets_of_tensions(tree, lambda tension: tension_name(tension, language), reference="guid")
    return f"{DECLARATION}<CodeBook{root}>{codes}{sets}</CodeBook>\n"


def write_qdc(folder: Path, codebook: Codebook, language: str) -> None:
    """Write the file (0600) into ``folder``. Raises FileExistsError, OSError, ValueError."""
    write_private(folder / FILE, codebook_xml(codebook, language))
