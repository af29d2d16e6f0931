"""Values of expressions: their bounds, their names in messages and the work they cost."""

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
    """What is wrong with an expression, for a person; `hint` is the likely fix.

    `offset` is where in the leaf's text, in characters from its start; 0 when it is not known yet.
    """

    def __init__(self, message: str, hint: str = "", offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.offset = offset


class TooMuchWorkError(ExpressionError):
    """All expressions of an environment together are too much; it is reported once."""


class Budget:
    """The work that all expressions of one environment may do together."""

    def __init__(self, units: int = MAXIMUM_WORK) -> None:
        self._left = units

    def spend(self, units: int) -> None:
        """Pay for work. Raises `TooMuchWorkError` when nothing is left."""
        self._left -= units
        if self._left < 0:
            raise TooMuchWorkError(
                "the expressions of this environment are too much work", "write values instead"
            )


def weight(value: Any) -> int:
    """The work of looking at a value with everything in it."""
    if isinstance(value, str):
        return len(value) // CHARACTERS_PER_UNIT
    if isinstance(value, (list, tuple)):
        return sum(1 + weight(item) for item in value)
    if isinstance(value, dict):
        return sum(1 + weight(item) for item in value.values())
    return 0


def bounded(value: Any) -> Any:
    """The value, which no step of an expression may make larger. Raises `ExpressionError`."""
    if isinstance(value, str) and len(value) > MAXIMUM_TEXT:
        raise ExpressionError(f"gives a text of more than {MAXIMUM_TEXT} characters")
    if isinstance(value, int) and abs(value) > MAXIMUM_INTEGER:
        raise ExpressionError("gives a number that is too large")
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError("gives a number that is not finite")
    if type(value) not in KINDS:
        raise ExpressionError("gives nothing that a manifest can hold")
    return value


def single(value: Any) -> Value:
    """A value that a leaf can have. Raises `ExpressionError` for a list or section."""
    if not isinstance(value, (str, int, float, bool, type(None))):
        raise ExpressionError(f"gives {describe(value)}", "an expression gives a single value")
    return str(bounded(value)) if isinstance(value, str) else value


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
    return KINDS.get(type(value), "nothing that a manifest can hold")
