"""Small conditions in a guide file, such as ``outcome in held and full`` or ``toughness >= 4``.

The text is parsed by Python's own parser, then only a closed set of nodes is accepted; nothing is ever executed.
Whatever is unanswered or skipped makes every comparison false, also ``!=``: a question never opens on a silence.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = str | int | bool | tuple[str, ...] | frozenset[str] | None
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

    def __call__(self, values: Mapping[str, Value]) -> bool:
        """True when it holds for ``values`` (name → value; a missing name counts as unanswered)."""
        return bool(_evaluate(self.tree, values))


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
    return Condition(source.strip(), tree, frozenset(names), frozenset(comparisons))


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


def _evaluate(node: ast.expr, values: Mapping[str, Value]) -> Value:
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_evaluate(part, values) for part in parts)
        case ast.BoolOp(values=parts):
            return any(_evaluate(part, values) for part in parts)
        case ast.UnaryOp(operand=operand):
            return not _evaluate(operand, values)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compare(op, _evaluate(left, values), _evaluate(right, values))
        case ast.Name(id=name):
            return values.get(name)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return frozenset(str(_evaluate(item, values)) for item in items)
        case ast.Constant(value=bool() | int() | str() as value):
            return value
        case _:  # _check let nothing else through
            raise AssertionError(ast.dump(node))


def _compare(op: ast.cmpop, left: Value, right: Value) -> bool:
    if left is None or right is None:
        return False
    try:
        return _OPERATORS[type(op)](left, right)
    except TypeError:
        return False


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
