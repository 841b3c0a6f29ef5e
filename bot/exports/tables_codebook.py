"""The codebook as a table: the third sheet of the workbook."""

from __future__ import annotations

from collections.abc import Iterator

from bot.exports.tables import Cell, Column, Type
from bot.exports.transcript import clean
from prompts import Codebook

COLUMNS = (
    Column("code", "Kodens id", "Id of the code"),
    Column("theme", "Tema", "Theme"),
    Column("own", "Lagt til af organisationen", "Added by the organisation", Type.YES_NO),
    *(
        Column(f"{name}_{language}", da, en, free=True)
        for language in ("da", "en")
        for name, da, en in (
            ("name", "Navn", "Name"),
            ("definition", "Definition", "Definition"),
            ("use_when", "Brug når", "Use when"),
            ("dont_use_when", "Brug ikke når", "Don't use when"),
            ("tension", "Spænding", "Tension"),
        )
    ),
    Column("colour", "Farve", "Colour"),
)


def rows(codebook: Codebook) -> Iterator[list[Cell]]:
    """A row a code, in the order of the book."""
    for code in codebook.codes:
        words = (code.name, code.definition, code.use_when, code.dont_use_when, code.tension)
        told = [clean(texts.get(language, "")) or None for language in ("da", "en") for texts in words]
        yield [code.id, code.parent, code.own, *told, code.colour]
