"""Small conditions in a guide file, such as ``outcome in held and full`` or ``toughness >= 4``.

The text is parsed by Python's own parser, then only a closed set of nodes is accepted; nothing is ever executed.
Whatever is unanswered or skipped makes every comparison false, also ``!=``: a question never opens on a silence.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Value: TypeAlias = str | int | bool | tuple[str, ...] | frozenset[str] | None
Reading: TypeAlias = Callable[[Mapping[str, Value]], Value]
MAX_LENGTH = 400


class ConditionError(ValueError):
    """The condition cannot be read; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition. ``names`` are the identifiers it reads; ``comparisons`` pairs a name with the
    literal texts it is held against, so that a checker can say whether such an answer exists."""

    source: str
    tree: ast.expr
    names: frozenset[str]
    comparisons: frozenset[tuple[str, str]]
    reading: Reading = field(repr=False, compare=False)

    def __call__(self, values: Mapping[str, Value]) -> bool:
        """True when it holds for ``values`` (name → value; a missing name counts as unanswered)."""
        return bool(self.reading(values))


def read_condition(source: str) -> Condition:
    """Parse ``source`` (at most 400 characters).

    Raises ConditionError, in words for the author of the guide, when it is not such an expression.
    """
    if len(source) > MAX_LENGTH:
        raise ConditionError(f"the condition is longer than {MAX_LENGTH} characters; split the question instead")
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ConditionError("the condition cannot be read; write for example: outcome in held and full") from None
    names: set[str] = set()
    comparisons: set[tuple[str, str]] = set()
    _check(tree, names, comparisons)
    return Condition(source.strip(), tree, frozenset(names), frozenset(comparisons), _reading(tree))


def _check(node: ast.expr, names: set[str], comparisons: set[tuple[str, str]]) -> None:
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                _check(value, names, comparisons)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _check(operand, names, comparisons)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATORS:
            _check(left, names, comparisons)
            _check(right, names, comparisons)
            _note_texts(left, right, comparisons)
        case ast.Name(id=name):
            names.add(name)
        case ast.Constant(value=str() | int()):
            pass
        case ast.List(elts=items) | ast.Tuple(elts=items) if all(_is_text(item) for item in items):
            pass
        case _:
            raise ConditionError(
                f"'{ast.unparse(node)}' is not allowed in a condition; use names, 'texts', numbers, "
                "and, or, not, in, ==, !=, <, <=, >, >="
            )


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _note_texts(left: ast.expr, right: ast.expr, comparisons: set[tuple[str, str]]) -> None:
    for named, other in ((left, right), (right, left)):
        if not isinstance(named, ast.Name):
            continue
        items = other.elts if isinstance(other, ast.List | ast.Tuple) else [other]
        comparisons.update(
            (named.id, item.value) for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)
        )


def _reading(node: ast.expr) -> Reading:
    """The node as a function of the values, made once: a turn asks the guide's conditions some hundred times."""
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            return _all(tuple(_reading(part) for part in parts))
        case ast.BoolOp(values=parts):
            return _any(tuple(_reading(part) for part in parts))
        case ast.UnaryOp(operand=operand):
            inner = _reading(operand)
            return lambda values: not inner(values)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _comparison(_OPERATORS[type(op)], _reading(left), _reading(right))
        case ast.Name(id=name):
            return lambda values: values.get(name)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            texts = frozenset(str(item.value) for item in items if isinstance(item, ast.Constant))
            return lambda _values: texts
        case ast.Constant(value=bool() | int() | str() as value):
            return lambda _values: value
        case _:  # _check let nothing else through
            raise AssertionError(ast.dump(node))


def _all(parts: tuple[Reading, ...]) -> Reading:
    return lambda values: all(part(values) for part in parts)


def _any(parts: tuple[Reading, ...]) -> Reading:
    return lambda values: any(part(values) for part in parts)


def _comparison(operator: Callable[[Any, Any], bool], left: Reading, right: Reading) -> Reading:
    def holds(values: Mapping[str, Value]) -> Value:
        a, b = left(values), right(values)
        if a is None or b is None:
            return False
        try:
            return operator(a, b)
        except TypeError:
            return False

    return holds


def _is_in(left: Any, right: Any) -> bool:
    # `outcome in held`: one answer in a set; `safety in [...]` for several answers: any of them.
    if isinstance(left, tuple | frozenset):
        return any(item in right for item in left)
    return left in right


_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: bool(a == b),
    ast.NotEq: lambda a, b: bool(a != b),
    ast.Lt: lambda a, b: bool(a < b),
    ast.LtE: lambda a, b: bool(a <= b),
    ast.Gt: lambda a, b: bool(a > b),
    ast.GtE: lambda a, b: bool(a >= b),
    ast.In: _is_in,
    ast.NotIn: lambda a, b: not _is_in(a, b),
}

ALWAYS = read_condition("True")
NEVER = read_condition("False")
