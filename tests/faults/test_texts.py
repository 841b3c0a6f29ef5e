"""Whatever a phone can type comes through unaltered: stored, shown and exported byte for byte, and never as markup.

``EFTERTANKE_TEST_TEXTS``: how many are typed to the program in one process; ``EFTERTANKE_TEST_TEXTS_SENT``: how many
to the running bot over HTTP.
"""

from __future__ import annotations

import os
import random
import sys
import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from bot.practice.limits import TEXT_UNITS, units
from tests.faults.audit import ALTERED
from tests.faults.conftest import Note, Size
from tests.faults.named import CANNOT_PARSE
from tests.faults.typed_audit import written
from tests.faults.typed_crowd import typed_to_it
from tests.faults.typed_texts import Typist

TEXTS = int(os.environ.get("EFTERTANKE_TEST_TEXTS", "600"))
TWIN = 40
SENT = int(os.environ.get("EFTERTANKE_TEST_TEXTS_SENT", "150"))


def test_the_typist_leaves_nothing_out(size: Size) -> None:
    """Among what is typed are texts of exactly the greatest length and just below, some that would be other bytes if
    normalised or trimmed, writing from right to left, joined emoji, and every sign that HTML knows."""
    typist = Typist(random.Random(size.seed), trimmed=False)
    texts = [typist.text() for _ in range(1500)]
    assert {units(text) for text in texts} > {TEXT_UNITS - 2, TEXT_UNITS - 1, TEXT_UNITS}
    assert max(map(units, texts)) == TEXT_UNITS
    forms: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")
    for form in forms:
        assert sum(unicodedata.normalize(form, text) != text for text in texts) > 100
    assert sum(text != text.strip() for text in texts) > 50
    for sign in "<>&\"'\u200d\u202e\u200b\ufeff\n":
        assert sum(sign in text for text in texts) > 20, ascii(sign)


@pytest.mark.timeout(300 + TEXTS // 5)
async def test_texts_come_through_unaltered(tmp_path: Path, size: Size, note: Note) -> None:
    """Typed, or changed afterwards, each stands in the database, on the card and in the export as it was typed."""
    typist = Typist(random.Random(size.seed), trimmed=False)
    report = await written(tmp_path, TEXTS, typist, mentors=min(60, max(4, TEXTS // 20)))
    note(17, len(typist.given), "texts in one process", report.counts)
    assert not report.violations, f"seed {size.seed}: {report}"
    assert report.figures["shown"] == report.figures["stored"] == report.figures["exported"] == len(typist.given)


@pytest.mark.timeout(300 + SENT)
async def test_texts_typed_to_the_running_bot(tmp_path: Path, size: Size, note: Note) -> None:
    """Over HTTP, too: nothing altered, lost or doubled, and no message that the Bot API could not parse."""
    report = await typed_to_it(tmp_path, SENT, size.seed)
    note(17, SENT, "texts over HTTP", report.counts)
    assert not report.violations, f"seed {size.seed}: {report}"
    assert report.figures["texts"] > SENT // 2


async def test_the_twin_that_tidies_and_trusts(tmp_path: Path, size: Size, note: Note) -> None:
    """The same program, but it trims and normalises what comes in, and puts it into messages as it is: the auditor
    names both."""
    report = await typed_to_it(tmp_path, TWIN, size.seed, (sys.executable, "-m", "tests.faults.twin_typed"))
    note(17, TWIN, "texts over HTTP", report.counts, twin=True)
    assert report.count(ALTERED) and report.count(CANNOT_PARSE), report
