"""The guard over free text: what points to one person is found and masked before anything is stored.

A detector finds one kind of thing; a Guard is several of them. What detectors know is in ``guard_cpr``,
``guard_phone``, ``guard_email``, ``guard_address`` and ``guard_names``; all look at the text as ``guard_plain`` spells
it. They err on the safe side: what might be one is masked, and the mentor is asked to rephrase.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.guard_address import ADDRESS, find_address
from bot.guard_cpr import CPR, find_cpr
from bot.guard_email import EMAIL, find_email
from bot.guard_names import NAME, find_username
from bot.guard_phone import PHONE, find_phone
from bot.guard_plain import Detector, Finding

__all__ = [
    "ADDRESS",
    "CPR",
    "EMAIL",
    "GUARD",
    "NAME",
    "PHONE",
    "PLACEHOLDERS",
    "Detector",
    "Finding",
    "Guard",
    "find",
    "mask",
]

PLACEHOLDERS: Mapping[str, Mapping[str, str]] = {
    CPR: {"da": "[cpr-nummer]", "en": "[CPR number]"},
    PHONE: {"da": "[telefon]", "en": "[phone]"},
    EMAIL: {"da": "[e-mail]", "en": "[e-mail]"},
    ADDRESS: {"da": "[adresse]", "en": "[address]"},
    NAME: {"da": "[navn]", "en": "[name]"},
}

# A masked piece can take the rest out of its disguise (a fifth pair of digits that hid a phone number): look again.
_MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Guard:
    """Several detectors as one."""

    detectors: tuple[Detector, ...]

    def find(self, text: str) -> list[Finding]:
        """Give what was found, in order, none overlapping another: findings that overlap are made one, a CPR number if
        one of them is, else of the longest one's kind."""
        found = self._once(text)
        fresh: Sequence[Finding] = found
        for _ in range(_MOST_ROUNDS):
            if not fresh:
                break
            fresh = self._once(_covered(text, found))
            found = _merged([*found, *fresh])
        return found

    def _once(self, text: str) -> list[Finding]:
        return _merged([one for detector in self.detectors for one in detector(text)])


def _merged(findings: Sequence[Finding]) -> list[Finding]:
    """Make one of those that overlap."""
    groups: list[list[Finding]] = []
    end = 0
    for finding in sorted(findings):
        if groups and finding.start < end:
            groups[-1].append(finding)
        else:
            groups.append([finding])
        end = max(end, finding.end) if len(groups[-1]) > 1 else finding.end
    return [Finding(group[0].start, max(one.end for one in group), max(group, key=_weight).kind) for group in groups]


def _weight(finding: Finding) -> tuple[bool, int]:
    return finding.kind == CPR, finding.end - finding.start


def _covered(text: str, findings: Sequence[Finding]) -> str:
    """Cover each finding with as many characters, which are to the detectors what a placeholder is."""
    parts: list[str] = []
    at = 0
    for finding in findings:
        length = finding.end - finding.start
        parts += (text[at : finding.start], f"[{'x' * (length - 2)}]"[-length:])
        at = finding.end
    return "".join((*parts, text[at:]))


def mask(text: str, findings: Sequence[Finding], language: str) -> str:
    """Put a word for its kind in place of each finding (as ``Guard.find`` gave them); without findings the text is
    unchanged. ``language`` is "da" or "en"; any other counts as Danish."""
    parts: list[str] = []
    at = 0
    for finding in findings:
        words = PLACEHOLDERS[finding.kind]
        parts += (text[at : finding.start], words.get(language, words["da"]))
        at = finding.end
    return "".join((*parts, text[at:]))


GUARD = Guard((find_cpr, find_phone, find_email, find_address, find_username))
"""The shipped guard: all kinds but listed names (``guard_names.detector``); of names only user names."""


def find(text: str) -> list[Finding]:
    """Find what the shipped guard finds."""
    return GUARD.find(text)
