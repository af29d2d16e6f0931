"""The Jinja filters that expressions can use. They are pure, and their results are bounded.

Excluded are filters that create a text of any size (`center`, `indent`, `format`, `batch`), read
attributes or call other filters by name (`attr`, `map`, `select`, `groupby`), return markup
(`escape`, `safe`, `tojson`) or random results (`random`).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from catalog_platform.manifest.values import MAXIMUM_TEXT, type_name

JINJA = ImmutableSandboxedEnvironment()
# Parameters that Jinja passes itself, that read attributes, or that hide conversion errors.
HIDDEN = {"environment", "eval_ctx", "attribute", "default", "base"}
MAXIMUM_PRECISION = 15

TEXT = frozenset({"text"})
NUMBER = frozenset({"a number"})
PLAIN = TEXT | NUMBER
SINGLE = PLAIN | {"true or false", "null"}
LIST = frozenset({"a list"})
SIZED = TEXT | LIST | {"a section"}
ANY = SINGLE | SIZED


@dataclass(frozen=True, slots=True)
class JinjaFilter:
    """A Jinja filter: the types of its input, the types of items of a list, and an example."""

    name: str
    takes: frozenset[str]
    example: tuple[str, str]
    items: frozenset[str] = ANY

    @property
    def parameters(self) -> inspect.Signature:
        """Return the parameters that expressions can pass."""
        return _parameters(self.name)

    @property
    def usage(self) -> str:
        """Return how the filter is written: `value | replace(old, new, count=None)`."""
        inside = ", ".join(str(each) for each in self.parameters.parameters.values())
        return f"value | {self.name}" + (f"({inside})" if inside else "")

    def __call__(self, value: Any, /, *arguments: Any, **named: Any) -> Any:
        """Apply the filter. Raises `ValueError` for invalid input or arguments."""
        try:
            bound = dict(self.parameters.bind(*arguments, **named).arguments)
        except TypeError:
            raise ValueError(f"wrong arguments; write {self.usage}") from None
        self._check(value)
        PREPARE.get(self.name, _nothing)(value, bound)
        if isinstance(value, bool) and self.name == "string":
            return "true" if value else "false"  # as YAML writes it; Jinja writes True
        try:
            result = JINJA.call_filter(self.name, value, kwargs=bound)
        except TemplateError as error:
            raise ValueError(str(error)) from error
        if self.name in ("int", "float") and result is None:
            raise ValueError(f"{value[:40]!r} is not a number")
        is_plain = isinstance(result, (str, int, float, dict, list, type(None)))
        return result if is_plain else list(result)

    def _check(self, value: Any) -> None:
        if type_name(value) not in self.takes:
            raise ValueError(f"takes {' or '.join(sorted(self.takes))}, not {type_name(value)}")
        for item in value if isinstance(value, list) else ():
            if type_name(item) not in self.items:
                words = " or ".join(sorted(self.items))
                raise ValueError(f"takes only {words} in its list, not {type_name(item)}")


@functools.cache
def _parameters(name: str) -> inspect.Signature:
    declared = inspect.signature(JINJA.filters[name]).parameters.values()
    (_, *shown) = (each for each in declared if each.name not in HIDDEN)
    return inspect.Signature([each.replace(annotation=inspect.Parameter.empty) for each in shown])


def _nothing(_value: Any, _arguments: dict[str, Any]) -> None:
    """Do nothing; most filters need no preparation."""


def _not_empty(value: Any, _arguments: dict[str, Any]) -> None:
    if not value:
        raise ValueError("takes a list that is not empty")


def _no_default(_value: Any, arguments: dict[str, Any]) -> None:
    arguments["default"] = None  # Jinja's default is 0, which would make 'abc' a number


def _short_join(value: Any, arguments: dict[str, Any]) -> None:
    _texts(arguments, "d")
    separator = len(arguments.get("d", ""))
    _short(sum(len(str(item)) + separator for item in value))


def _short_replace(value: Any, arguments: dict[str, Any]) -> None:
    _texts(arguments, "old", "new")
    if not arguments["old"]:
        raise ValueError("takes a text to replace that is not empty")
    _short(len(value) + value.count(arguments["old"]) * len(arguments["new"]))


def _texts(arguments: dict[str, Any], *names: str) -> None:
    for name in names:
        if not isinstance(arguments.get(name, ""), str):
            raise ValueError(f"takes text as {name}, not {type_name(arguments[name])}")


def _short(size: int) -> None:
    if size > MAXIMUM_TEXT:
        raise ValueError(f"would create a text of more than {MAXIMUM_TEXT} characters")


def _precision(_value: Any, arguments: dict[str, Any]) -> None:
    digits = arguments.get("precision", 0)
    if type(digits) is not int or not 0 <= digits <= MAXIMUM_PRECISION:
        raise ValueError(f"takes 0 to {MAXIMUM_PRECISION} digits")


PREPARE: Mapping[str, Callable[[Any, dict[str, Any]], None]] = {
    "first": _not_empty,
    "last": _not_empty,
    "min": _not_empty,
    "max": _not_empty,
    "int": _no_default,
    "float": _no_default,
    "join": _short_join,
    "replace": _short_replace,
    "round": _precision,
    "trim": lambda _, arguments: _texts(arguments, "chars"),
}
FILTERS: Mapping[str, JinjaFilter] = {
    each.name: each
    for each in (
        JinjaFilter("abs", NUMBER, ("-3 | abs", "3")),
        JinjaFilter("capitalize", TEXT, ("'north' | capitalize", "'North'")),
        JinjaFilter("count", SIZED, ("['a', 'b'] | count", "2")),
        JinjaFilter("d", ANY, ("none | d(30, true)", "30")),
        JinjaFilter("default", ANY, ("none | default(30, true)", "30")),
        JinjaFilter("first", LIST, ("['a', 'b'] | first", "'a'")),
        JinjaFilter("float", PLAIN, ("'2.5' | float", "2.5")),
        JinjaFilter("int", PLAIN, ("7.9 | int", "7")),
        JinjaFilter("join", LIST, ("['kms', 'logs'] | join(', ')", "'kms, logs'"), PLAIN),
        JinjaFilter("last", LIST, ("['a', 'b'] | last", "'b'")),
        JinjaFilter("length", SIZED, ("'eu' | length", "2")),
        JinjaFilter("list", SIZED, ("('eu' | list)[0]", "'e'")),
        JinjaFilter("lower", TEXT, ("'EU' | lower", "'eu'")),
        JinjaFilter("max", LIST, ("[3, 1, 2] | max", "3"), PLAIN),
        JinjaFilter("min", LIST, ("[3, 1, 2] | min", "1"), PLAIN),
        JinjaFilter("replace", TEXT, ("'eu-west-1' | replace('-', '')", "'euwest1'")),
        JinjaFilter("reverse", TEXT | LIST, ("['a', 'b'] | reverse | first", "'b'")),
        JinjaFilter("round", NUMBER, ("3.5 | round(0, 'ceil') | int", "4")),
        JinjaFilter("sort", LIST, ("['b', 'a'] | sort | join", "'ab'"), PLAIN),
        JinjaFilter("string", PLAIN | {"true or false"}, ("5432 | string", "'5432'")),
        JinjaFilter("sum", LIST, ("[3, 1, 2] | sum", "6"), NUMBER),
        JinjaFilter("title", TEXT, ("'north shop' | title", "'North Shop'")),
        JinjaFilter("trim", TEXT, ("' eu ' | trim", "'eu'")),
        JinjaFilter("unique", LIST, ("['a', 'a'] | unique | length", "1"), SINGLE),
        JinjaFilter("upper", TEXT, ("'eu' | upper", "'EU'")),
        JinjaFilter("urlencode", TEXT, ("'a b' | urlencode", "'a%20b'")),
        JinjaFilter("wordcount", TEXT, ("'two words' | wordcount", "2")),
    )
}
