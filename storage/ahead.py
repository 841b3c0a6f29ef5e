"""What one hop has asked ahead for several turns, so that each need not ask for itself: the same in every engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from storage.database import Reader, Row

Asked: TypeAlias = tuple[Any, ...]
"""A query: ``(sql, *params)``."""


class Ahead:
    """Answers that were fetched before they are asked for, each given out once."""

    def __init__(self) -> None:
        self._found: dict[Asked, list[Row]] = {}

    def keep(self, asked: Sequence[Asked], found: Sequence[list[Row]]) -> None:
        """These are the answers to these queries."""
        self._found.update(zip(asked, found, strict=True))

    def take(self, asked: Sequence[Asked]) -> list[list[Row]] | None:
        """The answers to all of these queries; None, and nothing is kept any more, when one of them was not fetched.

        Whoever asks something else may go on to change what others are told. So from then on everybody asks anew.
        """
        if len(set(asked)) == len(asked) and all(one in self._found for one in asked):
            return [self._found.pop(one) for one in asked]
        self._found.clear()
        return None

    def forget(self) -> None:
        """Something else was asked: nothing that was fetched counts any more."""
        self._found.clear()

    @contextmanager
    def standing(self) -> Iterator[None]:
        """What is kept now is kept still at the end of the block; within it everything is asked anew."""
        kept, self._found = self._found, {}
        yield
        self._found = kept


class AsksAhead(Reader):
    """The part of a transaction that asks ahead and aside. The engine's ``several`` takes from ``_ahead`` first, and
    whatever else it asks or runs ends what is kept there."""

    def __init__(self) -> None:
        self._ahead = Ahead()

    async def ahead(self, *asked: Asked) -> None:
        """See ``Transaction.ahead``."""
        self._ahead.forget()  # so that it is asked now, whatever was kept
        self._ahead.keep(asked, await self.several(*asked))

    @property
    def aside(self) -> Aside:
        """See ``Transaction.aside``."""
        return Aside(self, self._ahead)


class Aside:
    """Asks in a transaction without ending what was asked ahead in it."""

    def __init__(self, reader: Reader, ahead: Ahead) -> None:
        self._reader, self._ahead = reader, ahead

    async def all(self, sql: str, *params: Any) -> list[Row]:
        """See ``Reader.all``."""
        with self._ahead.standing():
            return await self._reader.all(sql, *params)

    async def one(self, sql: str, *params: Any) -> Row | None:
        """See ``Reader.one``."""
        with self._ahead.standing():
            return await self._reader.one(sql, *params)

    async def several(self, *asked: Asked) -> list[list[Row]]:
        """See ``Reader.several``."""
        with self._ahead.standing():
            return await self._reader.several(*asked)
