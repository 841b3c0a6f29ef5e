"""The files of an export: which there are, what each gets of a reflection, and what is written once all is known."""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import partial
from typing import IO

from bot.exports import (
    codings_csv,
    datapackage,
    jsonl,
    qdc,
    qdpx,
    readme,
    tables_codebook,
    tables_files,
    tables_long,
    tables_variables,
    tables_wide,
    taguette,
    transcripts,
    xlsx,
)
from bot.exports.datapackage import Table
from bot.exports.folder import write_private
from bot.exports.jsonl import Coarse
from bot.exports.tables import Csv
from bot.exports.tables_files import Plan, Rows
from bot.exports.tables_wide import Wide
from bot.exports.whole import MADE, Form, Setting, Sink, Told
from bot.exports.whole_beside import Beside


def open_sinks(stack: ExitStack, setting: Setting) -> list[Sink]:
    """What each reflection is given to; ``stack`` closes it all."""
    forms = setting.wish.forms
    sinks: list[Sink] = []
    beside = _beside(stack, setting) if forms & {Form.CSV, Form.XLSX, Form.TRANSCRIPTS} else None
    if beside is not None:
        sinks.append(_rows(setting, beside))
    if Form.JSONL in forms:
        sinks.append(_jsonl(stack, setting))
    if Form.CSV in forms:
        sinks.append(_codings(stack, setting))
    if Form.QDPX in forms:
        sinks.append(_project(stack, setting))
    if beside is not None:
        stack.push(partial(_end, beside))  # closed before the others, so that both sides finish at the same time
    return sinks


def finish(setting: Setting) -> None:
    """Write what stands beside: codebooks, what the tables mean, and README.md."""
    wish, folder = setting.wish, setting.folder
    if Form.QDPX in wish.forms:
        qdc.write_qdc(folder, setting.codebook, wish.language)
    if Form.TRANSCRIPTS in wish.forms:
        taguette.write_taguette(folder, setting.codebook, wish.language)
    if Form.CSV in wish.forms:
        _explain(setting)
    names = sorted(f"{one.name}/" if one.is_dir() else one.name for one in folder.iterdir())
    write_private(folder / readme.FILE, readme.readme(wish, setting.result, names))


def _explain(setting: Setting) -> None:
    """What stands in the tables, for people and for programs."""
    wish, folder = setting.wish, setting.folder
    wide = Wide(setting.guides.values())
    with Csv(folder / tables_variables.FILE, tables_variables.COLUMNS, separator=wish.separator) as variables:
        variables.add(tables_variables.rows(wide.columns, list(setting.guides.values())))
    found = [
        Table(tables_long.FILE, "Svar · answers", tables_long.COLUMNS, ("reflection_id", "question_id", "revision")),
        Table(tables_wide.FILE, "Refleksioner · reflections", wide.columns, ("reflection_id",)),
        Table(tables_variables.FILE, "Variabler · variables", tables_variables.COLUMNS, ("variable",)),
    ]
    if (folder / codings_csv.FILE).exists():
        found.append(Table(codings_csv.FILE, "Kodninger · codings", codings_csv.COLUMNS))
    text = datapackage.datapackage(found, separator=wish.separator, about=readme.about(wish))
    write_private(folder / datapackage.FILE, text)


def _jsonl(stack: ExitStack, setting: Setting) -> Sink:
    wish = setting.wish
    descriptor = os.open(setting.folder / jsonl.FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    stream: IO[str] = stack.enter_context(os.fdopen(descriptor, "w", encoding="utf-8", newline="\n"))

    def add(told: Told) -> None:
        said = {id(passage.answer): passage.said.label for passage in told.transcript.passages}
        coarse = None if wish.exact else Coarse(told.name, wish.fine, wish.zone, told.wording, said)
        stream.write(jsonl.line(told.reflection, revisions=wish.revisions, coarse=coarse) + "\n")

    return add


def _beside(stack: ExitStack, setting: Setting) -> Beside[Rows]:
    """Both CSV files and the workbook, of which a row is made once, and the transcripts."""
    wish = setting.wish
    plan = Plan(
        folder=setting.folder,
        csv=Form.CSV in wish.forms,
        xlsx=Form.XLSX in wish.forms,
        transcripts=Form.TRANSCRIPTS in wish.forms,
        separator=wish.separator,
        language=wish.language,
        wide=Wide(setting.guides.values()).columns,
        codebook=list(tables_codebook.rows(setting.codebook)),
    )
    return stack.enter_context(Beside(tables_files.files, plan))


def _end(beside: Beside[Rows], kind: type[BaseException] | None, *_: object) -> bool:
    if kind is None:
        beside.end()
    return False


def _rows(setting: Setting, beside: Beside[Rows]) -> Sink:
    wish, result = setting.wish, setting.result
    wide = Wide(setting.guides.values())
    tables = bool(wish.forms & {Form.CSV, Form.XLSX})
    written = 1  # the header

    def add(told: Told) -> None:
        nonlocal written
        of, consent = told.transcript, told.reflection.consent
        page = transcripts.page_of(of) if Form.TRANSCRIPTS in wish.forms else None
        if not tables:
            beside.add(([], [], page))
            return
        rows = list(tables_long.rows(of, told.name, consent, told.wording, wish.fine, wish.zone))
        beside.add((rows, wide.row(of, told.name, consent), page))
        written += len(rows)
        if Form.XLSX in wish.forms:
            result.rows_left_out = max(0, written - xlsx.MOST_ROWS)

    return add


def _codings(stack: ExitStack, setting: Setting) -> Sink:
    """``codings.csv``, made when somebody has coded something."""
    file: Csv | None = None

    def add(told: Told) -> None:
        nonlocal file
        if not told.codings:
            return
        if file is None:
            path = setting.folder / codings_csv.FILE
            file = stack.enter_context(Csv(path, codings_csv.COLUMNS, separator=setting.wish.separator))
        file.add(codings_csv.rows(told.transcript, told.name, told.codings))

    return add


def _project(stack: ExitStack, setting: Setting) -> Sink:
    wish, result = setting.wish, setting.result
    order = list(dict.fromkeys(question for one in setting.order.values() for question in one))
    project = stack.enter_context(
        qdpx.open_project(
            setting.folder, setting.codebook, language=wish.language, at=MADE, cases=wish.cases, order=order
        )
    )

    def add(told: Told) -> None:
        project.add(told.transcript, told.codings)
        result.codings, result.codings_left_out = project.written.codings, project.written.left_out

    return add
