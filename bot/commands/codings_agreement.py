"""``eftertanke codings agreement``: how far coders agree."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from bot.commands.codebook import own_codes_file
from bot.commands.codings import many
from bot.commands.shared import CommandError, console, opened, settings_of_environment
from bot.exports.agreement import Figure, Why
from bot.exports.codings_agreement import Agreement, Coefficients, agreement_of
from bot.now import real_now
from bot.service.reading import GuideMissingError
from bot.settings import Settings
from prompts import Codebook, load_codebook
from storage import audit

_NO = {
    Why.NO_OVERLAP: "no answer was coded by two coders",
    Why.NO_VARIATION: "everybody said the same everywhere, so chance cannot be told apart",
}


def agreement(*, coders: list[str], texts: bool, as_json: bool) -> None:
    """Print how far coders agree. Raises SettingsError, StorageError, CodebookError, CommandError."""
    settings = settings_of_environment()
    book = load_codebook(settings.prompts, own_codes_file(settings))
    try:
        found = asyncio.run(_agreement(settings, coders, texts, real_now()))
    except GuideMissingError as error:
        raise CommandError(str(error)) from error
    if as_json:
        console().print(json.dumps(_told_agreement(found, texts), ensure_ascii=False, indent=2))
    elif len(found.coders) < 2:
        who = f"Only {found.coders[0]} has coded" if found.coders else "Nobody has coded anything"
        console().print(f"{who}; bring in what two people coded: eftertanke codings import FILE")
    else:
        _print_agreement(found, book, settings.language, texts)


async def _agreement(settings: Settings, coders: list[str], texts: bool, now: datetime) -> Agreement:
    async with opened(settings) as db:
        async with db.snapshot() as snapshot:
            found = await agreement_of(snapshot, coders=coders)
        unknown = [coder for coder in coders if coder not in found.coders]
        if unknown:
            raise CommandError(
                f"There are no codings by {', '.join(unknown)} to compare; leave --coder out to see who."
            )
        if texts:
            async with db.transaction() as tx:
                audit.note(tx, audit.OPERATOR, "codings_agreement", None, now)
    return found


def _told_agreement(found: Agreement, texts: bool) -> dict[str, Any]:
    return {
        "coders": list(found.coders),
        "answers": found.answers,
        "earlier_words": found.earlier,
        "overall": _told_pair(found.overall),
        "codes": {code: _told_pair(pair) for code, pair in found.codes.items()},
        "pairs": [{"coders": list(pair), "kappa": _told_figure(figure)} for pair, figure in found.pairs.items()],
        "disagreements": [
            {
                "reflection": one.reflection,
                "question_id": one.question_id,
                "code": one.code,
                "coded": list(one.coded),
                "not_coded": list(one.not_coded),
            }
            | ({"text": one.text} if texts else {})
            for one in found.disagreements
        ],
    }


def _told_pair(pair: Coefficients) -> dict[str, Any]:
    return {
        "alpha": _told_figure(pair.alpha),
        "kappa": None if pair.kappa is None else _told_figure(pair.kappa),
    }


def _told_figure(figure: Figure) -> dict[str, Any]:
    return {
        "value": figure.value,
        "why": None if figure.why is None else figure.why.value,
        "observed": figure.observed,
        "units": figure.units,
    }


def _print_agreement(found: Agreement, book: Codebook, language: str, texts: bool) -> None:
    out = console()
    out.print(f"Coders: {', '.join(found.coders)}. {many(found.answers, 'answer')} looked at by two or more.")
    two = len(found.coders) == 2
    columns = ["Code", "Units", "Same", "Alpha"] + (["Kappa"] if two else []) + [""]
    table = Table(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for code, pair in [*found.codes.items(), ("", found.overall)]:
        known = book.get(code)
        name = (known.name[language] if known is not None else code) if code else "All codes"
        table.add_row(*(Text(cell) for cell in (name, *_cells(pair, two))))
    out.print(table, soft_wrap=False)
    if not two:
        for (one, other), figure in found.pairs.items():
            out.print(f"{one} and {other}: kappa {_number(figure)}{_why(figure)}")
    for case in found.disagreements:
        words = f": {' '.join(case.text.split())}" if texts else ""
        coded, not_coded = ", ".join(case.coded), ", ".join(case.not_coded)
        out.print(f"{case.reflection} {case.question_id}: {case.code} given by {coded}, not by {not_coded}{words}")
    if found.earlier:
        out.print(f"{many(found.earlier, 'coding')} of words that were changed since do not count.")
    out.print("A coder counts as having looked at every answer of a reflection in which they coded anything.")


def _cells(pair: Coefficients, two: bool) -> list[str]:
    alpha = pair.alpha
    same = "–" if alpha.observed is None else f"{int(alpha.observed * 1000) / 10:g} %"
    cells = [str(alpha.units), same, _number(alpha)]
    cells += [_number(pair.kappa)] if two and pair.kappa is not None else ["–"] if two else []
    return [*cells, _why(alpha)]


def _number(figure: Figure) -> str:
    return "–" if figure.value is None else f"{figure.value:.3f}"


def _why(figure: Figure) -> str:
    return "" if figure.why is None else _NO[figure.why]
