"""The codebook as a tree of codes in one language: the researchers' own tool, apart from the automatic codes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.exports.qde_codes import Folder, Leaf, Node, named_once
from bot.exports.transcript import clean, guid, one_line
from prompts import Code, Codebook

_WHOLE = {"da": "{} – i det hele taget", "en": "{} – in general"}
_LABELS = {"da": ("Brug når", "Brug ikke når", "Spænding"), "en": ("Use when", "Don't use when", "Tension")}
_TENSION = {"da": "Spænding: {}", "en": "Tension: {}"}


def code_guid(code: Code) -> str:
    """The GUID of a code, in projects and codebooks alike; an own code keeps the one it came with.

    A theme has the GUID of the leaf that one codes with; its folder has another, ``folder_guid``.
    """
    return code.guid or guid("code", code.id)


def folder_guid(code: Code) -> str:
    """The GUID of the folder that a theme with codes becomes."""
    return guid("folder", code.id)


def codebook_tree(codebook: Codebook, language: str) -> tuple[Node, ...]:
    """Themes as folders with their codes, in the book's order, names unique.

    A folder cannot be coded with, so a leaf in it stands for the theme itself. A theme without codes is a leaf.
    """
    tree: list[Node] = []
    for code in codebook.codes:
        if code.parent is None:
            tree.append(_node(code, codebook.children(code.id), language))
    return named_once(tree)


def said_of(code: Code, language: str) -> str:
    """Definition, when to use it and when not, tension, and the id in brackets, a line each: programs have one place
    for it all. ``codebook_reading.read_description`` reads it back."""
    use, dont, tension = _LABELS.get(language, _LABELS["da"])
    lines = [code.definition[language]] + [
        f"{label}: {words[language]}"
        for label, words in ((use, code.use_when), (dont, code.dont_use_when), (tension, code.tension))
        if words[language].strip()
    ]
    return "\n".join(line for line in (clean(line).strip() for line in [*lines, f"[{code.id}]"]) if line)


def tension_name(tension: str, language: str) -> str:
    """The name of the set of a tension's codes; no variable is called like this."""
    return _TENSION.get(language, _TENSION["da"]).format(tension)


def _node(theme: Code, below: Sequence[Code], language: str) -> Node:
    if not below:
        return _leaf(theme, language)
    itself = _leaf(theme, language, named=_WHOLE.get(language, _WHOLE["da"]))
    return Folder(
        guid=folder_guid(theme),
        name=_name(theme, language),
        leaves=(*(_leaf(code, language) for code in below), itself),
        description=said_of(theme, language),
        colour=theme.colour,
    )


def _name(code: Code, language: str) -> str:
    return one_line(code.name[language]) or code.id


def _leaf(code: Code, language: str, named: str = "{}") -> Leaf:
    return Leaf(
        guid=code_guid(code),
        code=code.id,
        name=named.format(_name(code, language)),
        description=said_of(code, language),
        colour=code.colour,
        tension=one_line(code.tension[language]),
    )
