"""What becomes of codes that are brought in: compared with the codebook, before anything is written. Pure.

The codebook's own codes are never changed by this: the guide and earlier codings stand on them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.exports.codebook_reading import Incoming, general_of
from bot.exports.qde_codebook import code_guid, folder_guid
from prompts.codebook import Code, Codebook
from prompts.codebook_source import LONGEST_NAME, LONGEST_OWN_TEXT, OwnCodeSource, name_key, theme_of

_FIELDS = ("definition", "use_when", "not_when", "example")
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ð": "d", "þ": "th", "ß": "ss"})
_LONGEST_SLUG = 40
_OWN_GUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")


class Fate(StrEnum):
    """What becomes of one code."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """One code that was brought in. ``id``: which it is here; None when it was refused. ``why``: what differs, what was
    done otherwise than the file says, or why not."""

    fate: Fate
    where: str
    name: str
    id: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """``own``: the organisation's codes as they shall be. ``ids``: number in the incoming list → id of the code; also
    of one of the codebook's that came with other words, and is used with ours."""

    rows: tuple[Row, ...]
    own: tuple[OwnCodeSource, ...]
    ids: dict[int, str]

    @property
    def writes(self) -> bool:
        """Whether there is anything to write."""
        return any(row.fate in (Fate.NEW, Fate.CHANGED) for row in self.rows)

    def count(self, fate: Fate) -> int:
        """How many codes came to this."""
        return sum(row.fate is fate for row in self.rows)


def plan_import(codebook: Codebook, own: Sequence[OwnCodeSource], incoming: Sequence[Incoming]) -> Plan:
    """Compare. ``codebook`` holds the ``own`` codes too. Automatic codes are passed over."""
    planning = _Planning(codebook, {one.id: one for one in own})
    for number, one in enumerate(incoming):
        if not one.automatic:
            planning.take(number, one)
    return Plan(tuple(planning.rows), tuple(planning.own.values()), planning.ids)


class _RefusedError(Exception):
    """Why a code cannot be taken. ``known``: which of the codebook's it is, though it cannot be changed."""

    def __init__(self, why: str, known: str | None = None) -> None:
        super().__init__(why)
        self.known = known


@dataclass
class _Planning:
    codebook: Codebook
    own: dict[str, OwnCodeSource]
    rows: list[Row] = field(default_factory=list)
    ids: dict[int, str] = field(default_factory=dict)
    _by_path: dict[tuple[str, ...], str] = field(default_factory=dict)
    _seen: dict[str, set[bool]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names: dict[str, str] = {}
        self._guids: dict[str, str] = {}
        for code in self.codebook.codes:
            self._names.update({name_key(name): code.id for name in code.name.values()})
            self._guids |= {code_guid(code): code.id, folder_guid(code): code.id}

    def take(self, number: int, one: Incoming) -> None:
        one = _composed(one)
        try:
            row = self._row(one)
        except _RefusedError as error:
            self.rows.append(Row(Fate.REFUSED, one.where, one.name, None, str(error)))
            if error.known is not None:
                self.ids[number] = error.known
            return
        if row.id is not None:
            self.ids[number] = row.id
            self._by_path[_keys(one.path)] = row.id
        if row.fate is not Fate.SAME or all(row.id != other.id for other in self.rows):
            self.rows.append(row)

    def _row(self, one: Incoming) -> Row:
        if not one.name:
            raise _RefusedError("it has no name; give it one")
        known = self._known(one)
        if known is None:
            return self._new(one)
        # A theme comes as a folder and as the code "… – in general" in it: those are one.
        if one.folder in self._seen.get(known, ()):
            raise _RefusedError(f"'{known}' was in the file already; keep one of the two")
        self._seen.setdefault(known, set()).add(one.folder)
        code = self.codebook.get(known)
        if code is not None and not code.own:
            return self._shipped(one, code)
        return self._changed(one, known)

    def _known(self, one: Incoming) -> str | None:
        if one.guid in self._guids:
            return self._guids[one.guid]
        if one.words.id is not None and (one.words.id in self.own or self.codebook.get(one.words.id) is not None):
            return one.words.id
        return self._names.get(name_key(general_of(one.name) or one.name))

    def _shipped(self, one: Incoming, code: Code) -> Row:
        given = {key: words for key in _FIELDS[:3] if (words := getattr(one.words, key)) is not None}
        for language, name in code.name.items():
            said = (code.definition, code.use_when, code.dont_use_when)
            here = {key: words[language] for key, words in zip(_FIELDS, said, strict=False)}
            if _general((one.name,)) == _general((name,)) and all(here[key] == words for key, words in given.items()):
                return Row(Fate.SAME, one.where, one.name, code.id)
        if name_key(general_of(one.name) or one.name) in map(name_key, code.name.values()) and not given:
            return Row(Fate.SAME, one.where, one.name, code.id)
        why = f"'{code.id}' is a code of the codebook itself and stays as it is; give yours another name"
        raise _RefusedError(why, known=code.id)

    def _changed(self, one: Incoming, known: str) -> Row:
        before = self.own[known]
        given = self._given(one, known)
        if general_of(one.name) is None:
            given["name"] = self._name(one.name, known)
        after = before.model_copy(update=given)
        differs = [key for key in type(after).model_fields if getattr(before, key) != getattr(after, key)]
        if not differs:
            return Row(Fate.SAME, one.where, one.name, known)
        self._put(after)
        return Row(Fate.CHANGED, one.where, one.name, known, ", ".join(differs))

    def _new(self, one: Incoming) -> Row:
        name = self._name(one.name, None)
        theme, why = self._theme(one)
        self._name(name, None)  # the theme may just have been made, of this very name
        of = one.guid if one.guid and _OWN_GUID.fullmatch(one.guid) else None
        code_id = self._id(one, name, theme)
        made = OwnCodeSource(id=code_id, name=name, guid=of).model_copy(update=self._given(one, code_id))
        self._put(made)
        self._seen[code_id] = {one.folder}
        return Row(Fate.NEW, one.where, name, code_id, why)

    def _put(self, code: OwnCodeSource) -> None:
        before = self.own.get(code.id)
        if before is not None:
            self._names.pop(name_key(before.name), None)
        self.own[code.id] = code
        self._names[name_key(code.name)] = code.id
        self._guids |= {code.guid: code.id} if code.guid else {}

    def _name(self, name: str, code_id: str | None) -> str:
        if len(name) > LONGEST_NAME:
            raise _RefusedError(f"the name has {len(name)} characters; use at most {LONGEST_NAME}")
        if not name.isprintable():
            raise _RefusedError("the name has characters that cannot be seen; type it anew")
        other = self._names.get(name_key(name))
        if other not in (None, code_id):
            raise _RefusedError(f"'{other}' has this name already; give it another one")
        return name

    def _theme(self, one: Incoming) -> tuple[str | None, str]:
        """The theme it goes under, and what is said about that."""
        if one.words.id is not None:
            return theme_of(one.words.id), ""
        if len(one.path) == 1:
            return None, ""
        top = one.path[:1]
        above = self._by_path.get(_keys(top)) or self._names.get(name_key(top[0]))
        above = above or (top[0] if top[0] in self.own or self.codebook.get(top[0]) is not None else None)
        if above is None:
            added = Incoming(one.where, top, type(one.words)(), folder=True)
            row = self._new(added)
            self.rows.append(Row(row.fate, row.where, row.name, row.id, "the theme of a code in the file"))
            above = str(row.id)
            self._by_path[_keys(top)] = above
        theme = theme_of(above) or above
        flat = len(one.path) > 2 or theme != above
        return theme, f"moved up to the theme '{theme}': there are two levels here" if flat else ""

    def _id(self, one: Incoming, name: str, theme: str | None) -> str:
        if one.words.id is not None and (theme is None or theme in self.own or self.codebook.get(theme) is not None):
            return one.words.id
        stem = f"{theme}." if theme else ""
        wanted = f"{stem}{_slug(name)}"
        number, found = 1, wanted
        while found in self.own or self.codebook.get(found) is not None:
            number += 1
            found = f"{wanted}_{number}"
        return found

    def _given(self, one: Incoming, code_id: str) -> dict[str, Any]:
        given: dict[str, Any] = {key: words for key in _FIELDS if (words := getattr(one.words, key)) is not None}
        if any(len(words) > LONGEST_OWN_TEXT for words in given.values()):
            raise _RefusedError(f"a text of it has more than {LONGEST_OWN_TEXT} characters; shorten it")
        code = self.codebook.get(code_id)
        if one.words.tension is not None:
            tension = self._tension(one.words.tension)
            given |= {"tension": tension} if code is None or code.tension_id != tension else {}
        if one.colour is not None and (code is None or code.colour != one.colour):
            given["colour"] = one.colour
        return given

    def _tension(self, said: str) -> str:
        for code in self.codebook.codes:
            if code.tension_id is not None and said in (code.tension_id, *code.tension.values()):
                return code.tension_id
        raise _RefusedError(f"there is no tension '{said[:40]}'; write one that the codebook has, or none")


def _composed(one: Incoming) -> Incoming:
    """The same in one spelling of æ, ø and å: files are read so, and a difference of spelling is none."""
    said = {
        key: None if (text := getattr(one.words, key)) is None else unicodedata.normalize("NFC", text)
        for key in type(one.words).__slots__
    }
    path = tuple(unicodedata.normalize("NFC", name) for name in one.path)
    return Incoming(one.where, path, type(one.words)(**said), one.colour, one.guid, one.folder, one.automatic)


def _keys(path: Iterable[str]) -> tuple[str, ...]:
    return tuple(name_key(name) for name in path)


def _general(path: tuple[str, ...]) -> str:
    return name_key(general_of(path[-1]) or path[-1])


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS)).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST_SLUG].strip("_")
    return slug if slug[:1].isalpha() else f"code_{slug}".rstrip("_")
