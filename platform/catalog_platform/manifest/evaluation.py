"""What an expression comes to: one function per kind of node, and a budget for all of them.

This is the whole sandbox: there is nothing to escape into, since nothing is compiled and no
attribute of any object is ever read. Every step is paid for, every value on the way is bounded,
so the worst expression costs what the budget allows, on every machine the same.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import nodes

from catalog_platform.manifest.functions import FUNCTIONS
from catalog_platform.manifest.functions.arguments import MAXIMUM_TEXT
from catalog_platform.manifest.grammar import ExpressionError, TooMuchWorkError, called, start
from catalog_platform.manifest.node import Tree, Value

MAXIMUM_WORK = 100_000
CHARACTERS_PER_UNIT = 64
MAXIMUM_INTEGER = 2**63 - 1


class Budget:
    """The work that all expressions of one environment may do together."""

    def __init__(self, units: int = MAXIMUM_WORK) -> None:
        self._left = units

    def spend(self, units: int) -> None:
        """Pay for work. Raises `ExpressionError` when nothing is left."""
        self._left -= units
        if self._left < 0:
            raise TooMuchWorkError(
                "the expressions of this environment are too much work", "write values instead"
            )


class Evaluation:
    """Expressions of one environment, evaluated against the values known so far."""

    def __init__(self, sections: Mapping[str, Tree], budget: Budget) -> None:
        self._sections = sections
        self._budget = budget

    def value(self, node: Any) -> Any:
        """The value of a node. Raises `ExpressionError` with the place that is to blame."""
        try:
            value = EVALUATE[type(node)](self, node)
            made = len(value) if isinstance(value, str) else 0
            self._budget.spend(1 + made // CHARACTERS_PER_UNIT)
            return _bounded(value)
        except ExpressionError as error:
            error.offset = error.offset or start(node)
            raise
        except (ArithmeticError, TypeError, ValueError, LookupError) as error:
            message = f"cannot be evaluated: {error}"
            raise ExpressionError(message, offset=start(node)) from error

    def _name(self, node: nodes.Name) -> Any:
        return self._sections[node.name]

    def _item(self, node: nodes.Getattr | nodes.Getitem) -> Any:
        inside = self.value(node.node)
        step = node.attr if isinstance(node, nodes.Getattr) else self.value(node.arg)
        if isinstance(inside, dict) and step in inside:
            return inside[step]
        if isinstance(inside, (list, str)) and type(step) is int and step < len(inside):
            return inside[step]
        raise ExpressionError(f"{describe(inside)} has no '{step}'", offset=node.lineno + 1)

    def _list(self, node: nodes.List | nodes.Tuple) -> Any:
        return [self.value(item) for item in node.items]

    def _compare(self, node: nodes.Compare) -> Any:
        left = self.value(node.expr)
        for operand in node.ops:
            right = self.value(operand.expr)
            try:
                if not COMPARE[operand.op](left, right):
                    return False
            except TypeError:
                words = f"{describe(left)} with {describe(right)}"
                message = f"cannot compare {words}"
                raise ExpressionError(message, offset=start(node.expr)) from None
            left = right
        return True

    def _and(self, node: nodes.And) -> Any:
        return self.value(node.left) and self.value(node.right)

    def _or(self, node: nodes.Or) -> Any:
        return self.value(node.left) or self.value(node.right)

    def _not(self, node: nodes.Not) -> Any:
        return not self.value(node.node)

    def _condition(self, node: nodes.CondExpr) -> Any:
        if self.value(node.test):
            return self.value(node.expr1)
        if node.expr2 is None:
            raise ExpressionError("gives nothing: the condition is false", "add `else` and a value")
        return self.value(node.expr2)

    def _arithmetic(self, node: Any) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        numbers = all(type(operand) in (int, float) for operand in (left, right))
        texts = type(left) is str and type(right) is str and node.operator == "+"
        if not numbers and not texts:
            words = f"{describe(left)} {node.operator} {describe(right)}"
            raise ExpressionError(f"cannot calculate {words}", "join texts with ~")
        return ARITHMETIC[node.operator](left, right)

    def _sign(self, node: Any) -> Any:
        value = self.value(node.node)
        if type(value) not in (int, float):
            raise ExpressionError(f"cannot calculate {node.operator} {describe(value)}")
        return -value if node.operator == "-" else value

    def _concat(self, node: nodes.Concat) -> Any:
        return "".join(text(self.value(part)) for part in node.nodes)

    def _call(self, node: nodes.Filter | nodes.Call) -> Any:
        before = [self.value(node.node)] if isinstance(node, nodes.Filter) else []
        arguments = [*before, *(self.value(argument) for argument in node.args)]
        named = {str(each.key): self.value(each.value) for each in node.kwargs}
        name = called(node)
        try:
            return FUNCTIONS[name](*arguments, **named)
        except (ArithmeticError, TypeError, ValueError) as error:
            where = node.node.lineno if isinstance(node, nodes.Call) else node.lineno
            raise ExpressionError(f"{name}: {error}", offset=where) from error


CALCULATED = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod)
EVALUATE: dict[Any, Callable[[Evaluation, Any], Any]] = {
    nodes.Const: lambda _, node: node.value,
    nodes.Name: Evaluation._name,
    nodes.Getattr: Evaluation._item,
    nodes.Getitem: Evaluation._item,
    nodes.List: Evaluation._list,
    nodes.Tuple: Evaluation._list,
    nodes.Compare: Evaluation._compare,
    nodes.And: Evaluation._and,
    nodes.Or: Evaluation._or,
    nodes.Not: Evaluation._not,
    nodes.CondExpr: Evaluation._condition,
    nodes.Concat: Evaluation._concat,
    nodes.Filter: Evaluation._call,
    nodes.Call: Evaluation._call,
    nodes.Neg: Evaluation._sign,
    nodes.Pos: Evaluation._sign,
    **dict.fromkeys(CALCULATED, Evaluation._arithmetic),
}
COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gteq": operator.ge,
    "lt": operator.lt,
    "lteq": operator.le,
    "in": lambda left, right: left in right,
    "notin": lambda left, right: left not in right,
}
ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}


def _bounded(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAXIMUM_TEXT:
        raise ExpressionError(f"gives a text of more than {MAXIMUM_TEXT} characters")
    if isinstance(value, int) and abs(value) > MAXIMUM_INTEGER:
        raise ExpressionError("gives a number that is too large")
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError("gives a number that is not finite")
    return value


def single(value: Any) -> Value:
    """A value that a leaf can have. Raises `ExpressionError` for a list or section."""
    if not isinstance(value, (str, int, float, bool, type(None))):
        raise ExpressionError(f"gives {describe(value)}", "an expression gives a single value")
    return str(_bounded(value)) if isinstance(value, str) else value


def text(value: Any) -> str:
    """A value as part of a text, the way YAML writes it. Raises `ExpressionError` for null."""
    match single(value):
        case None:
            raise ExpressionError("null cannot be part of a text")
        case bool(truth):
            return "true" if truth else "false"
        case other:
            return str(other)


def describe(value: Any) -> str:
    """What kind of value it is, in words."""
    kinds = {dict: "a section", list: "a list", str: "text", bool: "true or false"}
    return kinds.get(type(value), "null" if value is None else "a number")
