"""Cases: each mentor and each citizen with the sources that are about them."""

from __future__ import annotations

from bot.exports.qde_codes import Names
from bot.exports.qde_xml import element
from bot.exports.transcript import Transcript, guid, one_line

_WORDS = {"da": ("Mentor", "Borger"), "en": ("Mentor", "Citizen")}
_LONGEST_NAME = 100


class Cases:
    """The cases an export met, growing: ids only, no texts.

    They carry no variables: one that is used for cases and sources is dropped for one of them.
    """

    def __init__(self, language: str) -> None:
        self._words = _WORDS.get(language, _WORDS["da"])
        self._mentors: dict[str, list[str]] = {}
        self._citizens: dict[tuple[str, str], list[str]] = {}

    def meet(self, transcript: Transcript) -> None:
        """Take note of whom a source is about."""
        reflection = transcript.reflection
        self._mentors.setdefault(one_line(reflection.mentor), []).append(transcript.guid)
        if citizen := one_line(reflection.citizen or ""):
            # A pseudonym is unique within its team only.
            self._citizens.setdefault((citizen, one_line(reflection.team or "")), []).append(transcript.guid)

    def to_xml(self) -> str:
        """``<Cases>``, or nothing."""
        names = Names()
        mentor, citizen = self._words
        told = [
            _case(guid("case", "mentor", who), names.unique(f"{mentor} {who}", _LONGEST_NAME), sources)
            for who, sources in sorted(self._mentors.items())
        ]
        twice = [who for who, _ in self._citizens]
        for (who, team), sources in sorted(self._citizens.items()):
            where = f" ({team})" if team and twice.count(who) > 1 else ""
            name = names.unique(f"{citizen} {who}{where}", _LONGEST_NAME)
            told.append(_case(guid("case", "citizen", who, team), name, sources))
        return f"<Cases>{''.join(told)}</Cases>" if told else ""


def _case(of: str, name: str, sources: list[str]) -> str:
    return element("Case", "".join(f'<SourceRef targetGUID="{one}"/>' for one in sources), guid=of, name=name)
