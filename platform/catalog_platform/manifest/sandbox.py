"""A stricter version of Jinja's sandbox: no attributes, and a budget for the work of expressions.

Jinja's own sandbox restricts attributes but not work: it evaluates `'a' * 10**9`. It can intercept
arithmetic. `SandboxCodeGenerator` also intercepts comparisons, `~`, names and calls.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from catalog_platform.manifest.code_generator import SandboxCodeGenerator
from catalog_platform.manifest.functions import CALLABLE
from catalog_platform.manifest.node import Tree
from catalog_platform.manifest.values import (
    ExpressionError,
    WorkBudget,
    check_size,
    cost,
    text,
    type_name,
)

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


class EvaluationContext(Context):
    """The context of one evaluation: the values that it can read, and its budget of work."""

    sections: Mapping[str, Tree]
    budget: WorkBudget


class Sandbox(ImmutableSandboxedEnvironment):
    """The Jinja environment that evaluates expressions of manifests."""

    code_generator_class = SandboxCodeGenerator
    context_class = EvaluationContext
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    intercepted_unops = frozenset({"+", "-"})

    def __init__(self) -> None:
        # Jinja's optimizer would evaluate constant parts at compile time, without a budget.
        super().__init__(optimized=False)
        self.globals = {}
        self.tests = {}
        self.filters = {name: _filter(name) for name in CALLABLE}

    def section(self, context: EvaluationContext, name: str) -> Any:
        """Return the section with this name."""
        if name not in context.sections:
            raise ExpressionError(f"{name} is undefined")
        return context.sections[name]

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return a key of a section, or an element of a list or text."""
        if isinstance(obj, dict) and argument in obj:
            return obj[argument]
        if isinstance(obj, (list, tuple, str)) and type(argument) is int and argument < len(obj):
            return obj[argument]
        raise ExpressionError(f"{type_name(obj)} has no '{argument}'")

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a key as `getitem` does; attributes of objects are never read."""
        return self.getitem(obj, attribute)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate with two numbers; `+` also joins two texts."""
        numbers = all(type(operand) in (int, float) for operand in (left, right))
        texts = type(left) is str and type(right) is str and operator == "+"
        if not numbers and not texts:
            words = f"{type_name(left)} {operator} {type_name(right)}"
            raise ExpressionError(f"cannot calculate {words}", "join texts with ~")
        return self._charged(context, super().call_binop(context, operator, left, right))

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:
        """Apply the sign of a number."""
        if type(arg) not in (int, float):
            raise ExpressionError(f"cannot calculate {operator} {type_name(arg)}")
        return self._charged(context, super().call_unop(context, operator, arg))

    def compare(self, context: Context, operation: str, left: Any, right: Any) -> Any:
        """Compare two values."""
        self._charge(context, cost(left) + cost(right))
        try:
            return COMPARE[operation](left, right)
        except TypeError:
            words = f"{type_name(left)} with {type_name(right)}"
            raise ExpressionError(f"cannot compare {words}") from None

    def join(self, context: Context, *parts: Any) -> str:
        """Join values as one text."""
        return str(self._charged(context, "".join(map(text, parts))))

    def call_named(self, context: Context, name: str, /, *arguments: Any, **named: Any) -> Any:
        """Call a function or filter by name."""
        self._charge(context, sum(map(cost, (*arguments, *named.values()))))
        try:
            return self._charged(context, CALLABLE[name](*arguments, **named))
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ExpressionError(f"{name}: {error}") from error

    def missing_else(self) -> Any:
        """Raise the error for a false condition without `else`."""
        raise ExpressionError("has no value: the condition is false", "add `else` and a value")

    def _charged(self, context: Context, value: Any) -> Any:
        self._charge(context, cost(value))
        return check_size(value)

    def _charge(self, context: Context, work: int) -> None:
        assert isinstance(context, EvaluationContext)  # noqa: S101 - `context_class` is
        context.budget.spend(1 + work)


def _filter(name: str) -> Callable[..., Any]:
    @pass_context
    def call(context: Context, /, *arguments: Any, **named: Any) -> Any:
        return SANDBOX.call_named(context, name, *arguments, **named)

    return call


SANDBOX = Sandbox()
