"""``eftertanke codebook``: the codebook for reading, and codes brought into it."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.commands.shared import CommandError, console, settings_of_environment
from bot.exports.codebook_plan import Fate, Plan, plan_import
from bot.exports.codebook_reading import (
    LARGEST_XML,
    Incoming,
    UnreadableError,
    codes_below,
    read_csv,
    read_qdc,
    read_xml,
)
from bot.exports.codings_zip import open_qdpx
from bot.settings import Settings
from prompts import Code, Codebook, load_codebook
from prompts.codebook_own import read_own_codes, write_own_codes
from prompts.codebook_source import CODEBOOK_FILE

_LABELS = {
    "da": ("Brug den, når", "Brug den ikke, når", "Opdigtet eksempel", "Spænding", "egen"),
    "en": ("Use when", "Don't use when", "Invented example", "Tension", "own"),
}
_STYLES = {Fate.NEW: "green", Fate.CHANGED: "yellow", Fate.SAME: "dim", Fate.REFUSED: "red"}


def own_codes_file(settings: Settings) -> Path:
    """Where the organisation's own codes stand, or would."""
    return settings.data / CODEBOOK_FILE


def codebook(pattern: str, *, language: str | None, as_json: bool) -> None:
    """Print codes: all, one by its id, or those of a theme (``relation.*``).

    Raises SettingsError, CodebookError, CommandError.
    """
    settings = settings_of_environment()
    book = load_codebook(settings.prompts, own_codes_file(settings))
    chosen = book.select(pattern)
    if not chosen:
        raise CommandError(f"There is no code {pattern}; run `eftertanke codebook` to see them all.", 2)
    tongue = language or settings.language
    if as_json:
        console().print(json.dumps([_told(code, tongue) for code in chosen], ensure_ascii=False, indent=2))
    else:
        console().print(Group(*(_shown(code, tongue) for code in chosen)), soft_wrap=False)


def _told(code: Code, language: str) -> dict[str, str | bool | None]:
    words = {"name": code.name, "definition": code.definition, "use_when": code.use_when}
    words |= {"dont_use_when": code.dont_use_when, "example": code.example, "tension": code.tension}
    told: dict[str, str | bool | None] = {"id": code.id, "theme": code.parent, "own": code.own, "colour": code.colour}
    return told | {key: said[language] or None for key, said in words.items()}


def _shown(code: Code, language: str) -> RenderableType:
    use, dont, example, tension, own = _LABELS[language]
    head = Text.assemble(("■ ", code.colour), (code.name[language], "bold"), f"  {code.id}")
    head.append(f"  ({own})" if code.own else "", "dim")
    parts: list[RenderableType] = [head]
    if code.definition[language]:
        parts.append(Padding(Text(code.definition[language]), (0, 0, 0, 2)))
    facts = Table.grid(padding=(0, 2))
    labelled = ((use, code.use_when), (dont, code.dont_use_when), (example, code.example), (tension, code.tension))
    for label, words in labelled:
        if words[language]:
            facts.add_row(Text(label, style="dim"), Text(words[language]))
    parts += [Padding(facts, (0, 0, 0, 2)), Text()]
    return Padding(Group(*parts), (0, 0, 0, 0 if code.parent is None else 4))


def import_codes(file: Path, *, yes: bool, as_json: bool) -> int:
    """Show what a file would do to the organisation's own codes, and with ``yes`` do it. The exit code: 1 when a code
    was refused. Raises SettingsError, CodebookError, CommandError, OSError."""
    settings = settings_of_environment()
    own = own_codes_file(settings)
    book = load_codebook(settings.prompts, own)
    plan = plan_import(book, read_own_codes(own), _read(file))
    written = write_codes(settings, plan) if yes and plan.writes else None
    if as_json:
        rows = [{"fate": r.fate.value, "id": r.id, "name": r.name, "where": r.where, "why": r.why} for r in plan.rows]
        console().print(json.dumps({"written": written is not None, "codes": rows}, ensure_ascii=False, indent=2))
    else:
        print_plan(plan)
        console().print(_outcome(plan, written, own))
    return 1 if plan.count(Fate.REFUSED) else 0


def write_codes(settings: Settings, plan: Plan) -> Codebook:
    """Write the organisation's own codes, and give the codebook as it then is. Raises OSError, CodebookError."""
    own = own_codes_file(settings)
    if not own.parent.is_dir():
        raise CommandError(f"There is no folder {own.parent}; run `eftertanke setup` first, or set EFTERTANKE_DATA.")
    write_own_codes(own, plan.own)
    return load_codebook(settings.prompts, own)


def print_plan(plan: Plan) -> None:
    """One table of what is new, changed and refused; what stays the same is only counted."""
    shown = [row for row in plan.rows if row.fate is not Fate.SAME]
    if shown:
        table = Table("", "Code", "Name", "Where", "", box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for row in shown:
            cells = (row.id or "–", row.name, row.where, row.why)
            table.add_row(Text(row.fate.value, style=_STYLES[row.fate]), *(Text(cell) for cell in cells))
        console().print(table, soft_wrap=False)


def _outcome(plan: Plan, written: Codebook | None, own: Path) -> str:
    counts = [f"{plan.count(fate)} {fate.value}" for fate in Fate if plan.count(fate)]
    said = f"{', '.join(counts) or 'No codes'}."
    if written is not None:
        return f"{said} Written to {own}."
    return (
        f"{said} Nothing is written yet: give the same command with --yes." if plan.writes else f"{said} No difference."
    )


def _read(file: Path) -> list[Incoming]:
    try:
        if file.suffix.casefold() == ".qdpx":
            with open_qdpx(file) as project:
                return codes_below(read_xml(project.project()))
        if file.stat().st_size > LARGEST_XML:
            raise UnreadableError("The file is larger than any codebook can be; check that it is the right file.")
        content = file.read_bytes()
        markup = file.suffix.casefold() == ".qdc" or content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
        return read_qdc(content) if markup else read_csv(content)
    except UnreadableError as error:
        raise CommandError(str(error)) from error
