"""Everything that is wrong in ``prompts/``, in one go."""

from __future__ import annotations

from pathlib import Path

from prompts.checks.draft import read_draft
from prompts.checks.guide import GuideFiles, check_guide, read_guide_files
from prompts.checks.release import check_release, write_release
from prompts.checks.texts import check_texts, text_keys
from prompts.codebook import check_codebook
from prompts.files import Folders
from prompts.ladder import check_ladder
from prompts.law import check_law
from prompts.loading import from_files
from prompts.mistakes import Mistake


def check(folder: Path | None = None, own_codes: Path | None = None) -> list[Mistake]:
    """All mistakes in guides, wording, law references and templates: the shipped files, with those in ``folder``
    (``EFTERTANKE_PROMPTS``) in place of the ones they override; and in the organisation's ``own_codes``, a file that
    need not be there. An empty list means that all is well."""
    folders = Folders(folder)
    mistakes: list[Mistake] = []
    for guide_id in folders.guides():
        files = read_guide_files(folders, guide_id)
        found = check_guide(files)
        guide_hash = None if found else from_files(files).guide.hash
        # A guide that cannot even be read would seem to have lost every question.
        kept = check_release(folders, files, guide_hash) if read_draft(files.guide).questions else []
        mistakes += [*found, *kept, *_followups(folders, files)]
    others = [*check_texts(folders), *check_law(folders), *check_ladder(folders)]
    return [*mistakes, *others, *check_codebook(folders, own_codes)]


def release(folder: Path | None = None) -> list[Path]:
    """Note every guide's present version as released; returns the files written.

    Only for guides that ``check`` finds nothing wrong with. Raises OSError when a file cannot be written.
    """
    folders = Folders(folder)
    written = []
    for guide_id in folders.guides():
        files = read_guide_files(folders, guide_id)
        written.append(write_release(folders, files, from_files(files).guide.hash))
    return written


def _followups(folders: Folders, files: GuideFiles) -> list[Mistake]:
    """A follow-up that nobody has worded could not be shown on the receipt."""
    known = text_keys(folders)
    mistakes = []
    for question in read_draft(files.guide).questions:
        kinds = [((*question.place, "follow_up"), question.source.follow_up)]
        kinds += [((*place, "follow_up"), choice.follow_up) for place, choice in question.options("choices")]
        for place, kind in kinds:
            if kind is not None and f"followup.kind.{kind}" not in known:
                problem = f"the follow-up '{kind}' has no wording"
                mistakes.append(
                    files.guide.mistake(place, problem, f"add 'followup.kind.{kind}' to messages.yaml, or correct it")
                )
    return mistakes
