"""Reads a function's environment variables and reports every problem at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

T = TypeVar("T")

HIGHEST_PORT = 65535


class SettingsError(Exception):
    """The environment variables do not make valid settings; the message names all problems."""


class Variables:
    """Collects values and problems; `check` raises when there is any problem.

    A faulty variable yields a stand-in value, which never leaves the function that parses the
    settings because `check` is called before they are returned.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._problems: list[str] = []

    def text(self, name: str, *, may_be_empty: bool = False) -> str:
        """A string; an empty one counts as missing unless it may be empty."""
        value = self._values.get(name)
        if value is None or (not value and not may_be_empty):
            self._problems.append(f"{name} is {'missing' if value is None else 'empty'}")
            return ""
        return value

    def port(self, name: str) -> int:
        """A TCP port, 1 to 65535."""
        return self._parsed(name, _port, stand_in=0, expected=f"a port, 1 to {HIGHEST_PORT}")

    def seconds(self, name: str) -> int:
        """A number of seconds, 1 or more."""
        return self._parsed(name, _seconds, stand_in=1, expected="a number of seconds, from 1 on")

    def boolean(self, name: str) -> bool:
        """`true` or `false`."""
        return self.choice(name, ("true", "false")) == "true"

    def choice(self, name: str, valid: Collection[str]) -> str:
        """One of the valid words."""

        def parse(value: str) -> str:
            if value not in valid:
                raise ValueError(value)
            return value

        return self._parsed(name, parse, stand_in="", expected=" or ".join(valid))

    def check(self) -> None:
        """Raise `SettingsError` if any variable was missing or invalid."""
        if self._problems:
            raise SettingsError("environment variables: " + "; ".join(self._problems))

    def _parsed(self, name: str, parse: Callable[[str], T], *, stand_in: T, expected: str) -> T:
        value = self.text(name)
        if not value:
            return stand_in
        try:
            return parse(value)
        except ValueError:
            self._problems.append(f"{name} is {value!r}, expected {expected}")
            return stand_in


def _port(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= HIGHEST_PORT):
        raise ValueError(value)
    return int(value)


def _seconds(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value)):
        raise ValueError(value)
    return int(value)
