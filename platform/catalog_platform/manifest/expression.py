"""One Jinja expression: parsed, held against an allow-list, compiled, evaluated.

Jinja's sandbox forbids attributes, not work: `'a' * 10**9` or two nested loops pass it. So the
syntax tree is checked first, and only what is listed in `ALLOWED` is ever compiled: no loops, no
calls, no assignment. What is left costs at most the length of the expression times the length of
a value, and both are bounded. Nothing here can see a file, a clock or the process.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, nodes
from jinja2 import Template as Compiled
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from catalog_platform.manifest import filters
from catalog_platform.manifest.node import Path, Tree, Value

MAXIMUM_LENGTH = 1000
MAXIMUM_NESTING = 30
MAXIMUM_OUTPUT = 4096
MAXIMUM_INTEGER = 2**63 - 1

ALLOWED = (
    nodes.Const, nodes.List, nodes.Tuple, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr,
    nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos,
    nodes.Concat, nodes.Filter,
)  # fmt: skip


NOTHING = ("gives nothing: the condition is false", "add `else` and a value")
CONCAT = "~"  # no word, so no manifest can name this filter


class ExpressionError(Exception):
    """What is wrong with an expression, for a person; `hint` is the likely fix."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on numbers, `+` on texts; refuses what multiplies texts or lists."""
        numbers = all(type(operand) in (int, float) for operand in (left, right))
        texts = type(left) is str and type(right) is str
        if not numbers and not (operator == "+" and texts):
            words = f"{_describe(left)} {operator} {_describe(right)}"
            raise ExpressionError(f"cannot calculate {words}", "join texts with ~")
        return super().call_binop(context, operator, left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key of a section; nothing else has attributes here."""
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A key of a section, an element of a list, a character of a text."""
        usable = isinstance(obj, dict) or (
            isinstance(obj, (list, str)) and isinstance(argument, int)
        )
        try:
            if usable:
                return obj[argument]
        except (LookupError, TypeError):
            pass
        raise ExpressionError(f"{_describe(obj)} has no '{argument}'")


def _sandbox() -> _Sandbox:
    environment = _Sandbox(undefined=StrictUndefined, optimized=False, autoescape=False)
    environment.globals = {}
    environment.tests = {}
    environment.filters = {**filters.FILTERS, CONCAT: _concat}
    return environment


def _concat(values: list[Any]) -> str:
    return "".join(_text(value) for value in values)


class _Concatenation(NodeTransformer):
    """`a ~ b` writes values the way YAML does (`true`, not `True`), and refuses null."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - Jinja's name for it
        values = nodes.List([self.visit(each) for each in node.nodes], lineno=node.lineno)
        return nodes.Filter(values, CONCAT, [], [], None, None, lineno=node.lineno)


SANDBOX = _sandbox()


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled leaf: texts and expressions in turn, and the keys that it looks at."""

    parts: tuple[str | Compiled, ...]
    references: tuple[Path, ...]

    def evaluate(self, sections: Mapping[str, Tree]) -> Value:
        """The value of the leaf; one whole expression keeps its type.

        Raises `ExpressionError`, also for a value that is no single, finite, short value.
        """
        values = [part if isinstance(part, str) else _run(part, sections) for part in self.parts]
        if len(values) == 1:
            return _bounded(values[0])
        return _bounded("".join(_text(value) for value in values))


@functools.lru_cache(maxsize=4096)
def compile_leaf(text: str) -> Template:
    """The template of a leaf. Raises `ExpressionError` for all that is not allowed in one."""
    if len(text) > MAXIMUM_LENGTH:
        raise ExpressionError(f"an expression of {len(text)} characters is too long")
    try:
        parts = [
            part if isinstance(part, str) else _checked(part)
            for part in _parts(SANDBOX.parse(text))
        ]
        expressions = [part for part in parts if not isinstance(part, str)]
        references = dict.fromkeys(path for part in expressions for path in _names(part))
        return Template(
            tuple(part if isinstance(part, str) else _compile(part) for part in parts),
            tuple(references),
        )
    except TemplateSyntaxError as error:
        raise ExpressionError(f"not a valid expression: {error.message}") from error
    except (RecursionError, MemoryError, SyntaxError, ValueError) as error:
        raise ExpressionError("the expression is too deeply nested or too large") from error


def _parts(tree: nodes.Template) -> Iterator[str | nodes.Expr]:
    for node in tree.body:
        if not isinstance(node, nodes.Output):
            word = type(node).__name__.lower()
            raise ExpressionError(
                f"the statement {{% {word} %}} is not allowed",
                'only expressions are: "{{ a if condition else b }}"',
            )
        for part in node.nodes:
            yield part.data if isinstance(part, nodes.TemplateData) else part


def _checked(expression: nodes.Expr) -> nodes.Expr:
    _check(expression, MAXIMUM_NESTING)
    checked: nodes.Expr = _Concatenation().visit(expression)
    return checked


def _check(node: nodes.Node, depth: int) -> None:
    if depth == 0:
        raise ExpressionError("the expression is too deeply nested")
    if isinstance(node, nodes.Call):
        raise ExpressionError("calls are not allowed", f"filters are: {', '.join(filters.FILTERS)}")
    if isinstance(node, nodes.Pow):
        raise ExpressionError("** is not allowed in an expression")
    if not isinstance(node, ALLOWED):
        raise ExpressionError(f"'{type(node).__name__.lower()}' is not allowed in an expression")
    if isinstance(node, nodes.Filter) and node.name not in filters.FILTERS:
        known = ", ".join(filters.FILTERS)
        raise ExpressionError(f"there is no filter '{node.name}'", f"filters are: {known}")
    if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
        raise ExpressionError("only a fixed key or number may stand in square brackets")
    for child in node.iter_child_nodes():
        _check(child, depth - 1)


def _names(node: nodes.Node) -> Iterator[Path]:
    path: list[str | int] = []
    inner = node
    while isinstance(inner, (nodes.Getattr, nodes.Getitem)):
        step = inner.attr if isinstance(inner, nodes.Getattr) else inner.arg
        path.append(step.value if isinstance(step, nodes.Const) else step)  # type: ignore[arg-type]
        inner = inner.node
    if isinstance(inner, nodes.Name):
        yield (inner.name, *reversed(path))
    elif inner is not node:
        yield from _names(inner)
    else:
        for child in node.iter_child_nodes():
            yield from _names(child)


def _compile(expression: nodes.Expr) -> Compiled:
    """Like Jinja's `compile_expression`, for a tree that has been checked."""
    body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store"), expression, lineno=1)]
    return SANDBOX.from_string(nodes.Template(body, lineno=1))


def _run(template: Compiled, sections: Mapping[str, Tree]) -> Any:
    context = template.new_context(dict(sections))
    try:
        for _ in template.root_render_func(context):
            pass
    except ExpressionError:
        raise
    except UndefinedError as error:
        raise ExpressionError(*NOTHING) from error
    except SecurityError as error:
        raise ExpressionError(f"not allowed: {error}") from error
    except (ArithmeticError, TypeError, ValueError, LookupError) as error:
        raise ExpressionError(f"cannot be evaluated: {error}") from error
    return context.vars["result"]


def _bounded(value: Any) -> Value:
    if isinstance(value, Undefined):
        raise ExpressionError(*NOTHING)
    if not isinstance(value, (str, int, float, bool, type(None))):
        raise ExpressionError(f"gives {_describe(value)}", "an expression gives a single value")
    if isinstance(value, str) and len(value) > MAXIMUM_OUTPUT:
        raise ExpressionError(f"gives a text of more than {MAXIMUM_OUTPUT} characters")
    if isinstance(value, int) and abs(value) > MAXIMUM_INTEGER:
        raise ExpressionError("gives a number that is too large")
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError("gives a number that is not finite")
    return str(value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    match _bounded(value):
        case None:
            raise ExpressionError("null cannot be part of a text")
        case bool(truth):
            return "true" if truth else "false"
        case other:
            return str(other)


def _describe(value: Any) -> str:
    kinds = {dict: "a section", list: "a list", tuple: "a list", str: "text", bool: "true or false"}
    return kinds.get(type(value), "null" if value is None else "a number")
