"""The parameters of a question: what each of them may be, in code and in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

MOST_SKUS = 100
MOST_LEVELS = 1000
LONGEST_SKU = 64
LONGEST_WAREHOUSE = 32

# A message names so many problems, and so much of each value.
MOST_PROBLEMS = 10
LONGEST_QUOTE = 80

_LIMIT = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


class QueryError(Exception):
    """The question cannot be answered as it is put; `status` is that of HTTP."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Form:
    """What a value may be: `words` for people, `admits` for code."""

    words: str
    admits: Callable[[object], bool]


def _name(least: int, most: int) -> Form:
    pattern = re.compile(rf"[A-Za-z0-9._-]{{{least},{most}}}", re.ASCII)
    return Form(
        f"{least} to {most} of A-Z a-z 0-9 . _ -",
        lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None,
    )


def _is_limit(value: object) -> bool:
    # `type`, because True is an instance of int.
    return type(value) is int and 1 <= value <= MOST_LEVELS


def _is_cursor(value: object) -> bool:
    """Whatever the database may hold as a SKU; it cannot hold NUL or half a character."""
    return (
        isinstance(value, str)
        and len(value) <= LONGEST_SKU
        and not re.search("[\x00\ud800-\udfff]", value)
    )


SKU = _name(1, LONGEST_SKU)
WAREHOUSE = _name(1, LONGEST_WAREHOUSE)
AFTER = _name(0, LONGEST_SKU)
LIMIT = Form(f"a whole number from 1 to {MOST_LEVELS}", _is_limit)
CURSOR = Form(
    f"text of at most {LONGEST_SKU} characters, empty or from the last answer", _is_cursor
)
SKUS = Form(f"a list of 1 to {MOST_SKUS} SKUs", lambda value: isinstance(value, list | tuple))


def number(text: str) -> int | str:
    """The number that the text is, written as JSON writes it; any other text stays as it is."""
    return int(text) if _LIMIT.fullmatch(text) else text


def quoted(value: object) -> str:
    """A value for a message: printable, and not longer than `LONGEST_QUOTE`."""
    # Without the cut, a long text would be copied whole; a list or mapping is not shown at all.
    if not isinstance(value, str | int | float | None):
        return f"a {type(value).__name__}"
    if isinstance(value, int) and abs(value) >= 10**LONGEST_QUOTE:
        return "a very long number"
    text = ascii(value[:LONGEST_QUOTE] if isinstance(value, str) else value)
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…"


@dataclass(slots=True)
class Problems:
    """Collects what is wrong with a question; `check` raises when anything is."""

    route: str
    valid: Collection[str]
    found: list[str] = field(default_factory=list)

    def add(self, problem: str) -> None:
        """Note a problem."""
        self.found.append(problem)

    def value(self, name: str, value: object, form: Form) -> None:
        """Note a value that does not have its form."""
        if not form.admits(value):
            self.add(f"{name} is {quoted(value)}, expected {form.words}")

    def skus(self, name: str, values: object) -> None:
        """Note too few or too many SKUs, or values among them that are none."""
        if not isinstance(values, list | tuple):
            self.value(name, values, SKUS)
        elif not 1 <= len(values) <= MOST_SKUS:
            self.add(f"{name}: {len(values)} were given, expected 1 to {MOST_SKUS}")
        else:
            for value in values:
                self.value(name, value, SKU)

    def names(self, given: Collection[object]) -> None:
        """Note parameters that the route does not take."""
        for name in given:
            if name not in self.valid:
                self.add(f"{quoted(name)} is no parameter")

    def check(self) -> None:
        """Raise `QueryError` with all problems and the route's parameters, if there are any."""
        if not self.found:
            return
        shown = self.found[:MOST_PROBLEMS]
        if len(self.found) > MOST_PROBLEMS:
            shown.append(f"and {len(self.found) - MOST_PROBLEMS} more problems")
        takes = f"{self.route} takes {', '.join(self.valid) or 'no parameters'}"
        raise QueryError("; ".join([*shown, takes]))
