"""Reading answers back: choices are decoded once for everybody, what somebody typed is kept nowhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.codec import answer_from_data, answer_to_data
from bot.dialogue.state import Answer, Part, Pick
from bot.service import loaded
from storage.answers import Standing
from storage.times import stamp

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ANSWERS = st.builds(
    Answer,
    value=st.none() | st.integers(1, 5) | st.text(max_size=40),
    picks=st.lists(st.builds(Pick, st.text(max_size=8), st.none() | st.text(max_size=8))).map(tuple),
    parts=st.lists(st.builds(Part, st.integers(1, 9), st.text(max_size=5)), max_size=2).map(tuple),
    at=st.none() | st.just(AT),
    skipped=st.booleans(),
    assumed=st.booleans(),
)


def standing(answer: Answer) -> Standing:
    """The answer as it lies in its row."""
    content = json.dumps(answer_to_data(answer), ensure_ascii=False)
    return Standing("a1", "outcome", 1, content, answer.skipped, answer.assumed, stamp(AT))


@given(ANSWERS)
def test_an_answer_comes_back_as_it_was_given(answer: Answer) -> None:
    """Whether it is remembered or read anew, also when the same content comes a second time."""
    row = standing(answer)
    anew = answer_from_data(json.loads(row.content), skipped=row.skipped, assumed=row.assumed)
    assert loaded._answer(row) == loaded._answer(row) == anew
    assert row.answered_at == AT


def test_what_was_typed_is_not_kept_in_memory() -> None:
    """A choice is remembered; a word of one letter, however short its row, and a citizen's id are not."""
    loaded._chosen.cache_clear()
    for answer in (Answer(parts=(Part(7, "a"),)), Answer(value="0193c5a2-0000-7000-8000-000000000001")):
        loaded._answer(standing(answer))
    assert loaded._chosen.cache_info().currsize == 0
    loaded._answer(standing(Answer(value="as_agreed")))
    loaded._answer(standing(Answer(value="as_agreed")))
    assert (loaded._chosen.cache_info().currsize, loaded._chosen.cache_info().hits) == (1, 1)
