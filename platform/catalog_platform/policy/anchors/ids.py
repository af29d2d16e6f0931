"""The ids that an expression of the code can have, as regular expressions."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalog_platform.policy.anchors.source_code import Function, SourceCode, is_self

ANYTHING = ".+"


@dataclass(frozen=True, slots=True)
class Id:
    """A pattern of ids, and the expression, in a file, that the ids come from."""

    pattern: str
    node: ast.expr
    file: str

    @property
    def literal(self) -> int:
        """Return the number of characters that are certain."""
        return len(self.pattern.replace(ANYTHING, "").replace("\\", ""))


def ids_of(
    node: ast.expr, function: Function, code: SourceCode, seen: frozenset[ast.AST] = frozenset()
) -> list[Id]:
    """Return the ids of an expression inside `function`, each where its text is written.

    A name is followed to its assignment, to the values of its loop, and to the calls that pass it.
    """
    if node in seen:
        return []
    seen |= {node}
    if isinstance(node, ast.Name):
        return _of_name(node, function, code, seen) or [Id(ANYTHING, node, function.file)]
    if isinstance(node, ast.Attribute) and is_self(node.value):
        texts = code.constants(function.owner, node.attr)
        return [Id(re.escape(text), node, function.file) for text in texts]
    parts = [_patterns(part, function, code, seen) for part in _parts(node)]
    joined = ("".join(each) for each in itertools.product(*parts))
    return [Id(each.replace(ANYTHING * 2, ANYTHING), node, function.file) for each in joined]


def _parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.JoinedStr):
        return [
            each.value if isinstance(each, ast.FormattedValue) else each for each in node.values
        ]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_parts(node.left), *_parts(node.right)]
    return [node]


def _patterns(
    node: ast.expr, function: Function, code: SourceCode, seen: frozenset[ast.AST]
) -> list[str]:
    if isinstance(node, ast.Constant):
        return [re.escape(str(node.value))]
    if isinstance(node, ast.Name):
        return list(dict.fromkeys(each.pattern for each in ids_of(node, function, code, seen)))
    if isinstance(node, ast.IfExp):
        branches = [_patterns(each, function, code, seen) for each in (node.body, node.orelse)]
        return [*branches[0], *branches[1]]
    return [ANYTHING]


def _of_name(
    name: ast.Name, function: Function, code: SourceCode, seen: frozenset[ast.AST]
) -> list[Id]:
    if name.id in function.parameters:
        return [
            found
            for call, caller in code.calls_of(function)
            if (argument := function.argument(call, name.id)) is not None
            for found in ids_of(argument, caller, code, seen)
        ]
    return [
        found
        for value in _values(name.id, function)
        for found in ids_of(value, function, code, seen)
    ]


def _values(name: str, function: Function) -> Iterator[ast.expr]:
    """Yield what is assigned to a local name, also by unpacking and by a loop over a literal."""
    for node in function.nodes:
        if isinstance(node, ast.Assign):
            yield from _unpacked(node.targets[0], node.value, name)
        elif isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple | ast.List):
            for element in node.iter.elts:
                yield from _unpacked(node.target, element, name)


def _unpacked(target: ast.expr, value: ast.expr, name: str) -> Iterator[ast.expr]:
    if isinstance(target, ast.Name) and target.id == name:
        yield value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for inner, part in zip(target.elts, value.elts, strict=False):
            yield from _unpacked(inner, part, name)
