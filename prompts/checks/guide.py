"""Everything that can be wrong in one guide and its words."""

from __future__ import annotations

from dataclasses import dataclass

from prompts.checks.conditions import check_conditions
from prompts.checks.draft import DraftGuide, read_draft
from prompts.checks.kinds import check_kinds
from prompts.checks.shape import check_shape
from prompts.checks.words import check_words
from prompts.files import LANGUAGES, Folders
from prompts.mistakes import Mistake
from prompts.schema import GuideSource, WordsSource
from prompts.yamlfile import Document, read_yaml


@dataclass(frozen=True, slots=True)
class GuideFiles:
    """A guide's files as read: guide.yaml and one file of words a language."""

    id: str
    guide: Document
    words: dict[str, Document]


def read_guide_files(folders: Folders, guide_id: str) -> GuideFiles:
    """Read them; a missing or unreadable one is a mistake inside its document."""
    folder = f"guides/{guide_id}"
    words = {language: read_document(folders, f"{folder}/{language}.yaml") for language in LANGUAGES}
    return GuideFiles(guide_id, read_document(folders, f"{folder}/guide.yaml"), words)


def read_document(folders: Folders, name: str) -> Document:
    """A YAML file by its name in ``prompts/``; what keeps it from being read is a mistake inside."""
    path = folders.find(name)
    shown = folders.shown(name, path) if path is not None else f"prompts/{name}"
    try:
        file = folders.read(name)
    except (OSError, UnicodeDecodeError) as error:
        problem = f"it cannot be read ({error})"
        return Document(shown, mistakes=[Mistake(shown, 1, "file", problem, "save it as readable UTF-8 text")])
    if file is None:
        return Document(shown, mistakes=[Mistake(shown, 1, "file", "the file is missing", "write it")])
    return read_yaml(file)


def check_guide(files: GuideFiles) -> list[Mistake]:
    """All mistakes in the guide's logic and words, in the order of the files."""
    mistakes = [*files.guide.mistakes, *check_shape(files.guide, GuideSource)]
    draft = read_draft(files.guide)
    mistakes += _check_ids(files, draft)
    mistakes += check_kinds(draft)
    mistakes += check_conditions(draft)
    found = sorted(set(mistakes), key=lambda mistake: mistake.line)
    for document in files.words.values():
        mistakes = [*document.mistakes, *check_shape(document, WordsSource)]
        if isinstance(document.data, dict) and draft.questions:
            mistakes += check_words(draft, document)
        found += sorted(set(mistakes), key=lambda mistake: mistake.line)
    return found


def _check_ids(files: GuideFiles, draft: DraftGuide) -> list[Mistake]:
    document = draft.document
    mistakes: list[Mistake] = []
    named = document.data.get("id") if isinstance(document.data, dict) else None
    if isinstance(named, str) and named != files.id:
        problem = f"the guide calls itself '{named}', but its folder is '{files.id}'"
        mistakes.append(document.mistake(("id",), problem, f"write '{files.id}'"))
    for index, question in enumerate(draft.questions):
        if question.id in draft.ids[:index]:
            mistakes.append(
                document.mistake((*question.place, "id"), f"the question '{question.id}' is there twice", "rename one")
            )
    for index, name in enumerate(draft.tough.questions):
        place = ("tough", "questions", index)
        if name not in draft.ids:
            mistakes.append(document.mistake(place, f"there is no question '{name}'", "write the id of a question"))
        elif name in draft.tough.questions[:index]:
            mistakes.append(document.mistake(place, f"'{name}' is there twice", "keep one of the two"))
    return mistakes
