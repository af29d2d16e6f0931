"""Jinja's grammar, an allow list on top of it, and the column of every part.

A tree that passes here has no statements, no loops, no assignment and no tests, and calls only
what is in `CALLABLE`; only such trees are compiled (`sandbox`).
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
from catalog_platform.manifest.values import ExpressionError, bounded

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
    """A key that an expression looks at, and where each step of it is written."""

    path: Path
    offsets: tuple[int, ...]


Part = str | nodes.Expr


class _Grammar(Environment):
    """Jinja keeps the line of every node. A leaf has one line, so the offset is kept instead."""

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        tokens = self.lexer.wrap(_with_offsets(self.lexer, source), name, filename)
        return TokenStream(tokens, name, filename)


def _with_offsets(lexer: Lexer, source: str) -> Iterator[tuple[int, str, str]]:
    end = 0
    try:
        for _line, kind, text in lexer.tokeniter(source, None):
            # White space beside `{{-` is not handed out, so the text is looked for.
            start = source.find(text, end)
            yield start, kind, text
            end = start + len(text)
    except TemplateSyntaxError as error:
        error.lineno = end
        raise


GRAMMAR = _Grammar(keep_trailing_newline=True)


def parse(text: str) -> tuple[Part, ...]:
    """Texts and expressions of a leaf in turn; `lineno` of a node is its offset in the leaf.

    Raises `ExpressionError` for all that is not allowed in a leaf.
    """
    if len(text) > MAXIMUM_LENGTH:
        raise ExpressionError(f"an expression of {len(text)} characters is too long")
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


def _parts(tree: nodes.Template) -> Iterator[Part]:
    for node in tree.body:
        if not isinstance(node, nodes.Output):
            raise ExpressionError(
                f"the statement {{% {type(node).__name__.lower()} %}} is not allowed",
                'only expressions are: "{{ a if condition else b }}"',
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
            "only a fixed key or number may stand in square brackets", offset=node.lineno
        )
    for child in _children(node):
        _check(child, depth - 1)


def _check_call(node: nodes.Filter | nodes.Call) -> None:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise ExpressionError("* and ** are not allowed in a call", offset=node.lineno)
    named = [each for each in node.kwargs if isinstance(each, nodes.Keyword)]
    for index, each in enumerate(named):
        if each.key in {other.key for other in named[:index]}:
            raise ExpressionError(f"the argument '{each.key}' is repeated", offset=each.lineno)
    if isinstance(node, nodes.Call) and not isinstance(node.node, nodes.Name):
        hint = "docs/expressions.md lists what can be called"
        raise ExpressionError("only functions can be called, not values", hint, node.lineno)
    name = called(node)
    if isinstance(node, nodes.Call) and name not in FUNCTIONS:
        raise ExpressionError(f"there is no function '{name}'", _hint(name, FUNCTIONS), place(node))
    if isinstance(node, nodes.Filter) and name not in CALLABLE:
        jinja = name in GRAMMAR.filters
        what = (
            f"Jinja's filter '{name}' is not allowed" if jinja else f"there is no function '{name}'"
        )
        raise ExpressionError(what, _hint(name, () if jinja else CALLABLE), place(node))


def _check_constant(node: nodes.Const) -> None:
    try:
        bounded(node.value)
    except ExpressionError as error:
        error.offset = node.lineno
        raise


def called(node: nodes.Filter | nodes.Call) -> str:
    """The name of the function that a filter or call means."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        return node.node.name
    return str(getattr(node, "name", ""))


def start(node: nodes.Node) -> int:
    """The offset at which a node begins: Jinja gives some the place of their operator."""
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


def place(node: nodes.Node) -> int:
    """The offset that is to blame when a node cannot be evaluated."""
    match node:
        case nodes.Call():
            return node.node.lineno
        case nodes.Filter():
            return node.lineno
        case nodes.Getattr() | nodes.Getitem():
            return node.lineno + 1  # behind the dot or bracket
        case nodes.Compare():
            return start(node.expr)
        case _:
            return start(node)


def _hint(name: str, known: Collection[str]) -> str:
    if name in REPLACED:
        return f"write {REPLACED[name]}"
    if name in FILTERS:
        return f"it is a filter; write {FILTERS[name].usage}"
    return suggestion(name, known) or "docs/expressions.md lists what can be called"


def _children(node: nodes.Node) -> Iterator[nodes.Node]:
    """Of a call, only what it is called with: its name is no reference."""
    skipped = node.node if isinstance(node, nodes.Call) else None
    return (child for child in node.iter_child_nodes() if child is not skipped)


def references(node: nodes.Node) -> Iterator[Reference]:
    """Every key that an expression looks at, also in branches that will not be taken."""
    steps: list[tuple[str | int, int]] = []
    inner = node
    while isinstance(inner, (nodes.Getattr, nodes.Getitem)):
        step = inner.attr if isinstance(inner, nodes.Getattr) else inner.arg
        step = step.value if isinstance(step, nodes.Const) else step
        steps.append((step, place(inner)))  # type: ignore[arg-type]
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
