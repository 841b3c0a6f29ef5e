"""Can a condition ever be true? Tries the answers that make a difference, one question after the other."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.dialogue.conditions import Condition, Value
from bot.dialogue.guide import Kind
from prompts.schema import QuestionSource

MOST_TRIES = 200_000  # beyond that we say "possible": a checker must not cry wolf


@dataclass(frozen=True, slots=True)
class Spot:
    """A question with those of its conditions that could be read."""

    source: QuestionSource
    when: Condition | None
    offer: Condition | None
    assume: Condition | None


class Reach:
    """A small solver over the questions a condition depends on, directly or through what opens those."""

    def __init__(self, spots: Mapping[str, Spot], tough: Condition | None) -> None:
        self._spots = spots
        self._tough = tough
        self._groups: dict[str, frozenset[str]] = {}
        for spot in spots.values():
            for choice in spot.source.choices:
                if choice.group:
                    self._groups[choice.group] = self._groups.get(choice.group, frozenset()) | {choice.id}

    def possible(self, condition: Condition, owner: str, full_only: bool = False) -> bool:
        """Whether some course of a debrief makes ``condition`` true. ``owner``: the question it belongs to;
        ``full_only``: it counts in the full length alone."""
        needed = self._needed(condition) - {owner}
        order = [name for name in self._spots if name in needed]
        domains = {name: self._domain(name, condition) for name in order}
        lengths = (True,) if full_only else (False, True)
        self._tries = 0
        return any(
            self._search(condition, order, domains, {"full": full, "short": not full, "happened": happened})
            for full in lengths
            for happened in (False, True)
        )

    def _needed(self, condition: Condition) -> set[str]:
        found: set[str] = set()
        waiting = [condition]
        while waiting:
            names = waiting.pop().names
            if "tough" in names and self._tough is not None:
                names = names | self._tough.names
            for name in (names & self._spots.keys()) - found:
                found.add(name)
                spot = self._spots[name]
                waiting += [part for part in (spot.when, spot.offer, spot.assume) if part is not None]
        return found

    def _search(
        self,
        condition: Condition,
        order: list[str],
        domains: Mapping[str, list[Value]],
        flags: Mapping[str, Value],
    ) -> bool:
        def go_on(index: int, values: dict[str, Value]) -> bool:
            self._tries += 1
            if self._tries > MOST_TRIES:
                return True
            seen = self._with_tough(values)
            if index == len(order):
                return condition(seen)
            name = order[index]
            open_now = self._open(self._spots[name], seen)
            answers = domains[name] if open_now else [None]
            return any(go_on(index + 1, {**values, name: answer}) for answer in answers)

        return go_on(0, {**self._groups, **flags})

    def _with_tough(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        if self._tough is None:
            return {**values, "tough": True}
        return {**values, "tough": self._tough(values)}

    def _open(self, spot: Spot, values: Mapping[str, Value]) -> bool:
        if spot.when is None:  # could not be read, which is told elsewhere
            return True
        return any(part(values) for part in (spot.when, spot.offer, spot.assume) if part is not None)

    def _domain(self, name: str, condition: Condition) -> list[Value]:
        source = self._spots[name].source
        ids = [choice.id for choice in source.choices]
        match source.kind:
            case Kind.ONE:
                return [None, *self._one_of_each(name, condition)]
            case Kind.WHEN:
                return [None, *ids, "another day"]
            case Kind.MANY:
                return [None, (), *((each,) for each in ids), tuple(ids)]
            case Kind.SCALE:
                return [None, 1, 2, 3, 4, 5]
            case Kind.MINUTES:
                return [None, *sorted(self._numbers(condition) | {0})]
            case _:
                return [None, "any"]

    def _one_of_each(self, name: str, condition: Condition) -> Iterator[str]:
        # Choices that no condition tells apart need to be tried once only.
        texts = {text for each in self._all(condition) for other, text in each.comparisons if other == name}
        seen: set[object] = set()
        for choice in self._spots[name].source.choices:
            mark = choice.id if choice.id in texts else (choice.group,)
            if mark not in seen:
                seen.add(mark)
                yield choice.id

    def _numbers(self, condition: Condition) -> set[int]:
        nodes = [node for each in self._all(condition) for node in ast.walk(each.tree)]
        constants = [node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is int]
        return {number + step for number in constants for step in (-1, 0, 1)}

    def _all(self, condition: Condition) -> list[Condition]:
        found = [condition] + ([self._tough] if self._tough is not None else [])
        for spot in self._spots.values():
            found += [part for part in (spot.when, spot.offer, spot.assume) if part is not None]
        return found
