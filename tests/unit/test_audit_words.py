"""Every action that the program notes in the audit has its words, in both languages."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bot.service.audit_words import ACTIONS
from prompts import load_messages

ROOT = Path(__file__).resolve().parents[2]
NOTES = ("note", "note_once")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """One file, in which the actions that it notes are looked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.constants = _constants(self.tree)
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom) and node.module and (ROOT / _file(node.module)).exists():
                theirs = _constants(ast.parse((ROOT / _file(node.module)).read_text(encoding="utf-8")))
                self.constants |= {one.name: theirs[one.name] for one in node.names if one.name in theirs}

    def actions(self) -> set[str]:
        """What is noted here; raises AssertionError for one that cannot be told from the source."""
        found: set[str] = set()
        for function in (node for node in ast.walk(self.tree) if isinstance(node, Function)):
            for call in _calls(function):
                if _noting(call, self.path):
                    found |= self._said(call.args[2], function)
        return found

    def _said(self, node: ast.expr, function: Function) -> set[str]:
        match node:
            case ast.Constant(value=str() as said):
                return {said}
            case ast.IfExp(body=yes, orelse=no):
                return self._said(yes, function) | self._said(no, function)
            case ast.JoinedStr(values=[ast.Constant(value=str() as start), *_]):
                begun = {action for action in ACTIONS if action.startswith(start)}
                assert begun, f"{self.path.name}: no word begins like {start}"
                return begun
            case ast.Name(id=name) if name in self.constants:
                return {str(self.constants[name])}
            case ast.Name(id=name):
                return self._given(name, function)
        raise AssertionError(f"{self.path.name}:{node.lineno}: write the action so that this test can read it")

    def _given(self, name: str, function: Function) -> set[str]:
        """The action is what the function is called with; in this file, since nobody else calls it."""
        names = [one.arg for one in function.args.args]
        assert name in names, f"{self.path.name}: {name} is neither a constant nor an argument"
        if self.path.as_posix().endswith("storage/audit.py"):
            return set()  # the function that everybody calls
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, Function) and node is not function:
                for call in _calls(node):
                    if isinstance(call.func, ast.Name) and call.func.id == function.name:
                        found |= self._said(call.args[names.index(name)], node)
        assert found, f"{self.path.name}: nobody calls {function.name}"
        return found


def _file(module: str) -> str:
    return module.replace(".", "/") + ".py"


def _constants(tree: ast.Module) -> dict[str, object]:
    """The texts with a name in a file."""
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    return {name.id: value.value for node in assigned for name, value in _pairs(node)}


def _pairs(node: ast.Assign) -> list[tuple[ast.Name, ast.Constant]]:
    """NAME = "text", and A, B = "a", "b"."""
    target, value = node.targets[0], node.value
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    values = value.elts if isinstance(value, ast.Tuple) else [value]
    return [
        (name, one)
        for name, one in zip(names, values, strict=False)
        if isinstance(name, ast.Name) and isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]


def _calls(function: Function) -> list[ast.Call]:
    return [node for node in ast.walk(function) if isinstance(node, ast.Call)]


def _noting(call: ast.Call, path: Path) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="audit" | "stored"), attr=name) if name in NOTES:
            return len(call.args) > 2
        case ast.Name(id=name) if name in NOTES:
            return path.as_posix().endswith("storage/audit.py")
    return False


def noted() -> dict[str, set[str]]:
    """The actions that each file notes."""
    found = {}
    for folder in ("bot", "storage"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if actions := Module(path).actions():
                found[path.relative_to(ROOT).as_posix()] = actions
    return found


def test_every_action_that_is_noted_has_words() -> None:
    """An action somewhere in the program that the table lacks would be shown to nobody in plain words."""
    found = noted()
    seen = set().union(*found.values())
    assert len(found) > 12 and {"read", "share", "withdraw", "enrol_failed", "audit_pruned", "week"} <= seen
    for file, actions in found.items():
        assert actions <= ACTIONS, f"{file}: {sorted(actions - ACTIONS)} must be added to bot/service/audit_words.py"


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_table_and_the_wording_are_the_same(language: str) -> None:
    """Each action is worded in both languages, and nothing else is."""
    texts = load_messages(language=language).texts
    worded = {key.removeprefix("audit.action.") for key in texts if key.startswith("audit.action.")}
    assert worded == ACTIONS
