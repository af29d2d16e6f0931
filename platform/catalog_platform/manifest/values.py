"""Values of expressions: limits, type names for messages, and the cost of processing."""

from __future__ import annotations

import math
from typing import Any

from catalog_platform.manifest.node import Value

MAXIMUM_TEXT = 4096
MAXIMUM_INTEGER = 2**63 - 1
MAXIMUM_WORK = 100_000
CHARACTERS_PER_UNIT = 64
KINDS = {
    dict: "a section", list: "a list", tuple: "a list", str: "text",
    bool: "true or false", int: "a number", float: "a number", type(None): "null",
}  # fmt: skip


class ExpressionError(Exception):
    """An error in an expression; `hint` is the likely fix.

    `offset` is its position in the leaf's text, in characters; 0 if it is not known yet.
    """

    def __init__(self, message: str, hint: str = "", offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.offset = offset


class TooMuchWorkError(ExpressionError):
    """The expressions of an environment exceed a limit together; reported once."""


class WorkBudget:
    """The budget of work for all expressions of one environment together."""

    def __init__(self, units: int = MAXIMUM_WORK) -> None:
        self._left = units

    def spend(self, units: int) -> None:
        """Charge work. Raises `TooMuchWorkError` if the budget is exceeded."""
        self._left -= units
        if self._left < 0:
            raise TooMuchWorkError(
                f"the expressions of this environment exceed the limit of {MAXIMUM_WORK:,} steps",
                "replace expressions with literal values",
            )


def cost(value: Any) -> int:
    """Return the cost of processing a value with everything in it."""
    if isinstance(value, str):
        return len(value) // CHARACTERS_PER_UNIT
    if isinstance(value, (list, tuple)):
        return sum(1 + cost(item) for item in value)
    if isinstance(value, dict):
        return sum(1 + cost(item) for item in value.values())
    return 0


def check_size(value: Any) -> Any:
    """Return the value. Raises `ExpressionError` if it is too large or of another type."""
    if isinstance(value, str) and len(value) > MAXIMUM_TEXT:
        raise ExpressionError(f"the result is a text of more than {MAXIMUM_TEXT} characters")
    if isinstance(value, int) and abs(value) > MAXIMUM_INTEGER:
        raise ExpressionError("the result is a number that is too large")
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError("the result is a number that is not finite")
    if type(value) not in KINDS:
        raise ExpressionError("the result has an unsupported type")
    return value


def check_scalar(value: Any) -> Value:
    """Return a value that a leaf can have. Raises `ExpressionError` for a list or section."""
    if not isinstance(value, (str, int, float, bool, type(None))):
        raise ExpressionError(
            f"the result is {type_name(value)}", "an expression must have a single value"
        )
    return str(check_size(value)) if isinstance(value, str) else value


def text(value: Any) -> str:
    """Return a value as text, as YAML writes it. Raises `ExpressionError` for null."""
    match check_scalar(value):
        case None:
            raise ExpressionError(
                "null cannot be part of a text", "set the key that it refers to, or add a default"
            )
        case bool(truth):
            return "true" if truth else "false"
        case other:
            return str(other)


def type_name(value: Any) -> str:
    """Return the type of a value in words."""
    return KINDS.get(type(value), "a value of an unsupported type")
