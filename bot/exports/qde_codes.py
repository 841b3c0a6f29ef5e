"""The tree of codes as REFI-QDA programs take it: folders that cannot be coded with, and leaves that can.

Two levels, names unique over the whole tree and at most 60 characters: where two codes share a name anywhere, one of
them is silently lost in some programs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bot.exports.qde_xml import described, element
from bot.exports.transcript import guid, one_line

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Leaf:
    """A code to code with. ``code``: its id; ``tension``: what it is drawn between, or empty."""

    guid: str
    code: str
    name: str
    description: str = ""
    colour: str | None = None
    tension: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """Codes that belong together; it is not coded with."""

    guid: str
    name: str
    leaves: tuple[Leaf, ...]
    description: str = ""
    colour: str | None = None


Node = Folder | Leaf


def leaves(tree: Iterable[Node]) -> list[Leaf]:
    """Every code that can be coded with."""
    return [leaf for node in tree for leaf in (node.leaves if isinstance(node, Folder) else (node,))]


def to_xml(tree: Iterable[Node]) -> str:
    """``<Codes>`` with the tree, or nothing for an empty one: an empty container is invalid."""
    codes = "".join(_xml(node) for node in tree)
    return f"<Codes>{codes}</Codes>" if codes else ""


def _xml(node: Node) -> str:
    inner = "".join(_xml(leaf) for leaf in node.leaves) if isinstance(node, Folder) else ""
    return element(
        "Code",
        described(node.description) + inner,
        guid=node.guid,
        name=node.name,
        isCodable="true" if isinstance(node, Leaf) else "false",
        color=node.colour,
    )


def sets_of_tensions(tree: Iterable[Node], name: Callable[[str], str], *, reference: str = "targetGUID") -> str:
    """``<Sets>`` with the codes of each tension, or nothing. ``name`` makes a set's name of a tension: not that of a
    variable, since some programs make variables of sets. ``reference``: "guid" in a codebook, which has it so."""
    found: dict[str, list[str]] = {}
    for leaf in leaves(tree):
        if leaf.tension:
            found.setdefault(leaf.tension, []).append(leaf.guid)
    names = Names()
    sets = "".join(
        element(
            "Set",
            "".join(element("MemberCode", **{reference: member}) for member in members),
            guid=guid("set", "tension", tension),
            name=names.unique(name(tension)),
        )
        for tension, members in found.items()
    )
    return f"<Sets>{sets}</Sets>" if sets else ""


class Names:
    """Names that are told apart by every program: also by those that look at neither case nor composed letters."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, wanted: str, longest: int = LONGEST_NAME) -> str:
        """The name, cut to ``longest`` characters, with a number behind it if it is taken."""
        whole = one_line(wanted) or "-"
        name = _cut(whole, longest)
        number = 1
        while _key(name) in self._taken:
            number += 1
            name = f"{_cut(whole, longest - len(f' ({number})'))} ({number})"
        self._taken.add(_key(name))
        return name


def named_once(tree: Iterable[Node], names: Names | None = None) -> tuple[Node, ...]:
    """The tree with names that are unique over all of it, and over what ``names`` was asked for before. Folders keep
    theirs before leaves, and what comes first before the rest."""
    names = names or Names()
    whole = list(tree)
    folders = {node.guid: names.unique(node.name) for node in whole if isinstance(node, Folder)}
    done: list[Node] = []
    for node in whole:
        if isinstance(node, Folder):
            inner = tuple(replace(leaf, name=names.unique(leaf.name)) for leaf in node.leaves)
            done.append(replace(node, name=folders[node.guid], leaves=inner))
        else:
            done.append(replace(node, name=names.unique(node.name)))
    return tuple(done)


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _cut(name: str, longest: int) -> str:
    if len(name) <= longest:
        return name
    cut = name[: longest - 1]
    # Not inside a letter with its accents, nor inside an emoji that several characters make up.
    while cut and (unicodedata.combining(name[len(cut)]) or name[len(cut)] in "\u200d\ufe0f" or cut[-1] == "\u200d"):
        cut = cut[:-1]
    return f"{cut.rstrip()}…" if cut else "…"
