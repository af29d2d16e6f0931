"""Validation of query parameters, with messages that list what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

MOST_SKUS = 100
MOST_LEVELS = 1000
LONGEST_SKU = 64
LONGEST_WAREHOUSE = 32

# Limits of a message: the number of problems, and the length of each value.
MOST_PROBLEMS = 10
LONGEST_QUOTE = 80

_LIMIT = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


class QueryError(Exception):
    """A query is invalid; `status` is the HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Form:
    """The valid values of a parameter: `words` describes them, `admits` checks them."""

    words: str
    admits: Callable[[object], bool]


def _name(least: int, most: int, example: str) -> Form:
    pattern = re.compile(rf"[A-Za-z0-9._-]{{{least},{most}}}", re.ASCII)
    return Form(
        f"{least} to {most} letters, digits or . _ -, such as {example}",
        lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None,
    )


def _is_limit(value: object) -> bool:
    # `type`, because True is an instance of int.
    return type(value) is int and 1 <= value <= MOST_LEVELS


def _is_cursor(value: object) -> bool:
    """Return whether PostgreSQL can store the value as a SKU: no NUL, no lone surrogate."""
    return (
        isinstance(value, str)
        and len(value) <= LONGEST_SKU
        and not re.search("[\x00\ud800-\udfff]", value)
    )


SKU = _name(1, LONGEST_SKU, "CUP-1")
WAREHOUSE = _name(1, LONGEST_WAREHOUSE, "BER")
AFTER = _name(0, LONGEST_SKU, "CUP-1")
LIMIT = Form(f"a whole number from 1 to {MOST_LEVELS}, such as 100", _is_limit)
CURSOR = Form(
    f"text of at most {LONGEST_SKU} characters, empty or from the last answer", _is_cursor
)
FLAG = Form("true", lambda value: value is True)
SKUS = Form(f"a list of 1 to {MOST_SKUS} SKUs", lambda value: isinstance(value, list | tuple))


def number(text: str) -> int | str:
    """Return the number of a text in JSON's notation; return any other text unchanged."""
    return int(text) if _LIMIT.fullmatch(text) else text


def quoted(value: object) -> str:
    """Return a value for a message: printable, and not longer than `LONGEST_QUOTE`."""
    # Long text is cut before it is copied; lists and mappings are not shown.
    if not isinstance(value, str | int | float | None):
        return f"a {type(value).__name__}"
    if isinstance(value, int) and abs(value) >= 10**LONGEST_QUOTE:
        return "a very long number"
    text = ascii(value[:LONGEST_QUOTE] if isinstance(value, str) else value)
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…"


@dataclass(slots=True)
class Problems:
    """The problems of a query; `check` raises if there are any."""

    route: str
    valid: Collection[str]
    found: list[str] = field(default_factory=list)

    def add(self, problem: str) -> None:
        """Add a problem."""
        self.found.append(problem)

    def value(self, name: str, value: object, form: Form) -> None:
        """Add a problem if the value is invalid."""
        if not form.admits(value):
            self.add(f"{name} is {quoted(value)}, expected {form.words}")

    def skus(self, name: str, values: object) -> None:
        """Add a problem for too few, too many or invalid SKUs."""
        if not isinstance(values, list | tuple):
            self.value(name, values, SKUS)
        elif not 1 <= len(values) <= MOST_SKUS:
            self.add(f"{name}: {len(values)} were given, expected 1 to {MOST_SKUS}")
        else:
            for value in values:
                self.value(name, value, SKU)

    def names(self, given: Collection[object]) -> None:
        """Add a problem for each parameter that the route does not have."""
        for name in given:
            if name not in self.valid:
                self.add(f"{quoted(name)} is no parameter")

    def check(self) -> None:
        """Raise `QueryError` if there are problems, with the parameters of the route."""
        if not self.found:
            return
        shown = self.found[:MOST_PROBLEMS]
        if len(self.found) > MOST_PROBLEMS:
            shown.append(f"and {len(self.found) - MOST_PROBLEMS} more problems")
        takes = f"{self.route} takes {', '.join(self.valid) or 'no parameters'}"
        raise QueryError("; ".join([*shown, takes]))
