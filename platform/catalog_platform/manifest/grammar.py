"""Jinja's parser with an allow list of syntax, and the offset of every node.

A tree that passes has no statements, loops, assignments or tests, and calls only functions and
filters of `CALLABLE`. Only such trees are compiled (see `sandbox`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import Lexer, TokenStream
from jinja2.parser import Parser

from catalog_platform.findings import suggestion
from catalog_platform.manifest.functions import CALLABLE, FUNCTIONS, REPLACED
from catalog_platform.manifest.functions.filters import FILTERS
from catalog_platform.manifest.node import Path
from catalog_platform.manifest.values import ExpressionError, check_size

MAXIMUM_LENGTH = 1000
MAXIMUM_NESTING = 30
POSITION = re.compile(r" at \d+$")

ALLOWED = (
    nodes.Const, nodes.List, nodes.Tuple, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr,
    nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos,
    nodes.Concat, nodes.Filter, nodes.Call, nodes.Keyword,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """A key that an expression refers to, with the offset of each step of its path."""

    path: Path
    offsets: tuple[int, ...]


TemplatePart = str | nodes.Expr


class _Grammar(Environment):
    """Jinja's environment, changed to store a node's offset in its `lineno`."""

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        tokens = self.lexer.wrap(_with_offsets(self.lexer, source), name, filename)
        return TokenStream(tokens, name, filename)


def _with_offsets(lexer: Lexer, source: str) -> Iterator[tuple[int, str, str]]:
    end = 0
    try:
        for _line, kind, text in lexer.tokeniter(source, None):
            # Jinja omits white space next to `{{-`, so search for the token's text.
            start = source.find(text, end)
            yield start, kind, text
            end = start + len(text)
    except TemplateSyntaxError as error:
        error.lineno = end
        raise


GRAMMAR = _Grammar(keep_trailing_newline=True)


def parse(text: str) -> tuple[TemplatePart, ...]:
    """Return the texts and expressions of a leaf; `lineno` of a node is its offset in the leaf.

    Raises `ExpressionError` for invalid or forbidden syntax.
    """
    if len(text) > MAXIMUM_LENGTH:
        raise ExpressionError(
            f"an expression can have at most {MAXIMUM_LENGTH} characters, this has {len(text)}"
        )
    try:
        parts = tuple(_parts(Parser(GRAMMAR, text).parse()))
        for part in parts:
            if isinstance(part, nodes.Expr):
                _check(part, MAXIMUM_NESTING)
    except TemplateSyntaxError as error:
        message = POSITION.sub("", error.message or "")
        raise ExpressionError(
            f"not a valid expression: {message}", offset=min(error.lineno, len(text) - 1)
        ) from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise ExpressionError("the expression is too deeply nested or too large") from error
    return parts


def _parts(tree: nodes.Template) -> Iterator[TemplatePart]:
    for node in tree.body:
        if not isinstance(node, nodes.Output):
            raise ExpressionError(
                f"the statement {{% {type(node).__name__.lower()} %}} is not allowed",
                'write an expression: "{{ a if condition else b }}"',
                node.lineno,
            )
        for part in node.nodes:
            yield part.data if isinstance(part, nodes.TemplateData) else part


def _check(node: nodes.Node, depth: int) -> None:
    if depth == 0:
        raise ExpressionError("the expression is too deeply nested", offset=start(node))
    if isinstance(node, nodes.Pow):
        raise ExpressionError("** is not allowed in an expression", offset=node.lineno)
    if not isinstance(node, ALLOWED):
        word = type(node).__name__.lower()
        raise ExpressionError(f"'{word}' is not allowed in an expression", offset=node.lineno)
    if isinstance(node, nodes.Const):
        _check_constant(node)
    if isinstance(node, (nodes.Filter, nodes.Call)):
        _check_call(node)
    if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
        raise ExpressionError(
            "square brackets can contain only a literal key or number", offset=node.lineno
        )
    for child in _children(node):
        _check(child, depth - 1)


def _check_call(node: nodes.Filter | nodes.Call) -> None:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise ExpressionError("* and ** are not allowed in a call", offset=node.lineno)
    named = [each for each in node.kwargs if isinstance(each, nodes.Keyword)]
    for index, each in enumerate(named):
        if each.key in {other.key for other in named[:index]}:
            raise ExpressionError(f"the argument '{each.key}' occurs twice", offset=each.lineno)
    if isinstance(node, nodes.Call) and not isinstance(node.node, nodes.Name):
        hint = "docs/expressions.md lists all functions and filters"
        raise ExpressionError("only functions can be called, not values", hint, node.lineno)
    name = called(node)
    if isinstance(node, nodes.Call) and name not in FUNCTIONS:
        raise ExpressionError(
            f"unknown function '{name}'", _hint(name, FUNCTIONS), error_offset(node)
        )
    if isinstance(node, nodes.Filter) and name not in CALLABLE:
        jinja = name in GRAMMAR.filters
        what = f"Jinja's filter '{name}' is not allowed" if jinja else f"unknown function '{name}'"
        raise ExpressionError(what, _hint(name, () if jinja else CALLABLE), error_offset(node))


def _check_constant(node: nodes.Const) -> None:
    try:
        check_size(node.value)
    except ExpressionError as error:
        error.offset = node.lineno
        raise


def called(node: nodes.Filter | nodes.Call) -> str:
    """Return the name of the function or filter that a node calls."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        return node.node.name
    return str(getattr(node, "name", ""))


def start(node: nodes.Node) -> int:
    """Return the offset at which a node begins; Jinja locates some nodes at their operator."""
    offset, inner = node.lineno, _leftmost(node)
    while inner is not None:
        offset, inner = min(offset, inner.lineno), _leftmost(inner)
    return offset


def _leftmost(node: nodes.Node) -> nodes.Node | None:
    match node:
        case nodes.BinExpr():
            return node.left
        case nodes.Compare():
            return node.expr
        case nodes.CondExpr():
            return node.expr1
        case nodes.Getattr() | nodes.Getitem() | nodes.Filter() | nodes.Call():
            return node.node
        case nodes.Concat():
            return node.nodes[0]
        case nodes.Tuple():
            return node.items[0] if node.items else None
    return None


def error_offset(node: nodes.Node) -> int:
    """Return the offset to report when the evaluation of a node fails."""
    match node:
        case nodes.Call():
            return node.node.lineno
        case nodes.Filter():
            return node.lineno
        case nodes.Getattr() | nodes.Getitem():
            return node.lineno + 1  # after the dot or bracket
        case nodes.Compare():
            return start(node.expr)
        case _:
            return start(node)


def _hint(name: str, known: Collection[str]) -> str:
    if name in REPLACED:
        return f"write {REPLACED[name]}"
    if name in FILTERS:
        return f"it is a filter; write {FILTERS[name].usage}"
    return suggestion(name, known) or "docs/expressions.md lists all functions and filters"


def _children(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield child nodes; of a call only its arguments, because its name is not a reference."""
    skipped = node.node if isinstance(node, nodes.Call) else None
    return (child for child in node.iter_child_nodes() if child is not skipped)


def references(node: nodes.Node) -> Iterator[Reference]:
    """Yield every key that an expression refers to, including all branches of conditions."""
    steps: list[tuple[str | int, int]] = []
    inner = node
    while isinstance(inner, (nodes.Getattr, nodes.Getitem)):
        step = inner.attr if isinstance(inner, nodes.Getattr) else inner.arg
        step = step.value if isinstance(step, nodes.Const) else step
        steps.append((step, error_offset(inner)))  # type: ignore[arg-type]
        inner = inner.node
    if isinstance(inner, nodes.Name):
        steps.append((inner.name, inner.lineno))
        path, offsets = zip(*reversed(steps), strict=True)
        yield Reference(path, offsets)
    elif inner is not node:
        yield from references(inner)
    else:
        for child in _children(node):
            yield from references(child)
