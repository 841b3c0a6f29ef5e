"""What a released version promised: questions and choices stay, because stored answers are coded by them."""

from __future__ import annotations

from pathlib import Path

import yaml

from prompts.checks.draft import DraftGuide, DraftQuestion, read_draft
from prompts.checks.guide import GuideFiles, read_document
from prompts.checks.shape import check_shape
from prompts.files import Folders
from prompts.mistakes import Mistake
from prompts.schema import ReleasedQuestion, ReleasedVersion
from prompts.yamlfile import Document, Place

RELEASED_FILE = "released.yaml"
HEADER = (
    "# Versions of the guide that people have answered. Written by 'eftertanke guide check --release'; do not edit.\n"
)


PUT_BACK = "put it back; 'ask: offer' without an 'offer' keeps it from being asked"
PUT_BACK_CHOICE = "put it back: choices may be added, never removed"
Finding = tuple[Place, str, str]


def check_release(folders: Folders, files: GuideFiles, guide_hash: str | None) -> list[Mistake]:
    """Whether the guide keeps what its released versions promised.

    ``guide_hash``: that of the guide as it is now, None when it has other mistakes and cannot be built.
    """
    document = read_released(folders, files.id)
    if document is None:
        return []
    versions, mistakes = _versions(document)
    if not versions:
        return mistakes
    last = max(versions)
    mistakes += _kept(files.guide, read_draft(files.guide), versions[last], last)
    version = files.guide.data.get("version") if isinstance(files.guide.data, dict) else None
    if not isinstance(version, int):
        return mistakes
    if version < last:
        problem = f"version {last} is released already, and versions only go up"
        mistakes.append(files.guide.mistake(("version",), problem, f"write {last + 1}"))
    elif version in versions and guide_hash not in (None, versions[version].hash):
        problem = f"the guide or its words changed since version {version} was released"
        mistakes.append(files.guide.mistake(("version",), problem, f"raise it to {version + 1}"))
    return mistakes


def read_released(folders: Folders, guide_id: str) -> Document | None:
    """released.yaml of a guide; None when nothing is released yet."""
    name = f"guides/{guide_id}/{RELEASED_FILE}"
    return read_document(folders, name) if folders.find(name) is not None else None


def _versions(document: Document) -> tuple[dict[int, ReleasedVersion], list[Mistake]]:
    mistakes = list(document.mistakes)
    found: dict[int, ReleasedVersion] = {}
    for key, value in document.data.items() if isinstance(document.data, dict) else ():
        # Each version is a document of its own, so that one that is damaged does not hide the others.
        lines = {place[1:]: line for place, line in document.lines.items() if place[:1] == (key,)}
        part = Document(document.file, value, lines)
        wrong = check_shape(part, ReleasedVersion)
        if not key.isdigit():
            wrong.append(document.mistake((key,), f"'{key}' is no version", "restore the file as the program wrote it"))
        mistakes += wrong
        if not wrong:
            found[int(key)] = ReleasedVersion.model_validate(value)
    return found, mistakes


def _kept(document: Document, draft: DraftGuide, released: ReleasedVersion, version: int) -> list[Mistake]:
    mistakes: list[Mistake] = []
    now = {question.id: question for question in draft.questions}
    for name, before in released.questions.items():
        question = now.get(name)
        if question is None:
            problem = f"the question '{name}' of version {version} is gone"
            mistakes.append(document.mistake(("questions",), problem, PUT_BACK))
            continue
        mistakes += [document.mistake(*finding) for finding in _changes(question, before, version)]
    return mistakes


def _changes(question: DraftQuestion, before: ReleasedQuestion, version: int) -> list[Finding]:
    found: list[Finding] = []
    if "kind" not in question.broken and question.source.kind != before.kind:
        problem = f"the kind of '{question.id}' was {before.kind} in version {version}"
        found.append(((*question.place, "kind"), problem, "keep the kind, or ask it under a new id"))
    for part, kept in (("choices", before.choices), ("results", before.results)):
        if part in question.broken:
            continue
        ids = {option.id for _, option in question.options(part)}
        found += [
            ((*question.place, part), f"'{gone}' of version {version} is gone", PUT_BACK_CHOICE)
            for gone in kept
            if gone not in ids
        ]
    return found


def write_release(folders: Folders, files: GuideFiles, guide_hash: str) -> Path:
    """Note the guide's present version as released, in released.yaml beside its guide.yaml. Returns the file's path.

    The guide must be without mistakes. Raises OSError when the folder cannot be written to.
    """
    document = read_released(folders, files.id)
    versions = dict(document.data) if document is not None and document.data else {}
    questions = {question.id: _promise(question) for question in read_draft(files.guide).questions}
    versions[str(files.guide.data["version"])] = {"hash": guide_hash, "questions": questions}
    beside = folders.find(f"guides/{files.id}/guide.yaml")
    if beside is None:
        raise FileNotFoundError(f"guides/{files.id}/guide.yaml")
    path = beside.with_name(RELEASED_FILE)
    body = yaml.safe_dump({int(key): value for key, value in versions.items()}, allow_unicode=True, sort_keys=False)
    path.write_text(HEADER + body, encoding="utf-8")
    return path


def _promise(question: DraftQuestion) -> dict[str, object]:
    promise: dict[str, object] = {"kind": question.source.kind.value}
    for part in ("choices", "results"):
        ids = [option.id for _, option in question.options(part)]
        if ids:
            promise[part] = ids
    return promise
