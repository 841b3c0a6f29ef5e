"""The organisation's own guide: the shipped one under the next version, with choices put before those there were."""

from __future__ import annotations

from pathlib import Path

from prompts import files as prompts_files
from prompts import load_guide

GUIDE = Path("guides") / "efter_moedet"
_LOGIC = (
    ("    choices: # the most common first\n", "      - {id: bench, group: held}\n"),
    ("    assume: {value: 15, when: outcome in missed}\n    choices:\n", "      - {id: m5, value: 5}\n"),
)
_WORDS = {
    "da": (("  outcome:\n", "      bench: På en bænk\n"), ("  minutes_used:\n", "      m5: 5 min\n")),
    "en": (("  outcome:\n", "      bench: On a bench\n"), ("  minutes_used:\n", "      m5: 5 min\n")),
}


def write_next(folder: Path) -> int:
    """Write it into an overriding folder, and give its version: what stood first stands second now."""
    shipped = Path(prompts_files.__file__).parent / GUIDE
    version = load_guide().guide.version
    (folder / GUIDE).mkdir(parents=True)
    logic = (shipped / "guide.yaml").read_text(encoding="utf-8")
    logic = _with(logic, f"version: {version}\n", "", f"version: {version + 1}\n")
    for before, line in _LOGIC:
        logic = _with(logic, before, before, line)
    (folder / GUIDE / "guide.yaml").write_text(logic, encoding="utf-8")
    for language, added in _WORDS.items():
        words = (shipped / f"{language}.yaml").read_text(encoding="utf-8")
        for question, line in added:
            at = words.index("    choices:\n", words.index(question)) + len("    choices:\n")
            words = words[:at] + line + words[at:]
        (folder / GUIDE / f"{language}.yaml").write_text(words, encoding="utf-8")
    return load_guide(folder).guide.version


def _with(text: str, there: str, kept: str, line: str) -> str:
    assert text.count(there) == 1, f"{there!r} stands {text.count(there)} times in the shipped guide"
    return text.replace(there, kept + line)
