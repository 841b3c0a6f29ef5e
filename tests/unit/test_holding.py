"""What was held back is remembered for an hour, in memory, and shown to nobody."""

from __future__ import annotations

from bot.holding import KEEP_SECONDS, LONGEST, Holding, Waiting

SECRET = "20 30 40 50"


class Clock:
    """Seconds that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def waiting(number: int, text: str = SECRET) -> Waiting:
    """A message that was held back."""
    return Waiting(number, text, "{}")


def test_it_is_remembered_by_chat_and_message_for_an_hour() -> None:
    """Just before the hour has passed it is there, then it is not; another chat never sees it."""
    clock = Clock()
    holding = Holding(clock)
    holding.put(1, waiting(7))
    assert holding.get(1, 7) == waiting(7)
    assert (holding.get(2, 7), holding.get(1, 8)) == (None, None)
    clock.now += KEEP_SECONDS - 1
    assert holding.get(1, 7) is not None
    clock.now += 1
    assert (holding.get(1, 7), len(holding)) == (None, 0)


def test_a_newer_one_replaces_the_older() -> None:
    """The same message edited again counts as it is now, and for an hour from now."""
    clock = Clock()
    holding = Holding(clock)
    holding.put(1, waiting(7, "før"))
    clock.now += KEEP_SECONDS - 1
    holding.put(1, waiting(7, "nu"))
    clock.now += 2
    kept = holding.get(1, 7)
    assert kept is not None
    assert (kept.text, len(holding)) == ("nu", 1)


def test_it_is_taken_once() -> None:
    """A second tap gets nothing; the same tap again does, because its turn may have been rolled back; and once that
    was given up, another tap does."""
    holding = Holding()
    holding.put(1, waiting(7))
    assert holding.take(1, 7, by=100)
    assert holding.take(1, 7, by=100)
    assert not holding.take(1, 7, by=101)
    holding.give_back(100)
    assert holding.take(1, 7, by=101)
    assert holding.is_used(1, 7)
    holding.drop(1, (7, 8))
    assert (holding.take(1, 7, by=101), holding.get(1, 7), holding.is_used(1, 7)) == (False, None, True)
    assert not holding.is_used(1, 8)


def test_its_room_is_bounded() -> None:
    """The oldest goes when there are too many, and what no phone could have sent is not remembered."""
    holding = Holding(most=3)
    for number in range(5):
        holding.put(1, waiting(number))
    assert [number for number in range(5) if holding.get(1, number)] == [2, 3, 4]
    holding.put(2, waiting(9, "x" * (LONGEST + 1)))
    assert holding.get(2, 9) is None
    long = Holding()
    for number in range(1000):
        long.put(number, waiting(1, "x" * LONGEST))
    assert 200 < len(long) < 300


def test_nothing_of_it_is_shown() -> None:
    """Printed, logged or in a traceback it says only how much there is."""
    holding = Holding()
    holding.put(1, waiting(7))
    for said in (repr(holding), str(holding), f"{waiting(7)!r}", repr([waiting(7)])):
        assert SECRET not in said
    assert repr(holding) == "<Holding of 1>"
