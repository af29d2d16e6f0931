"""Parsing of environment variables; all problems are reported at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

T = TypeVar("T")

HIGHEST_PORT = 65535


class SettingsError(Exception):
    """Environment variables are missing or invalid; the message names all of them."""


class Variables:
    """Environment variables and the problems found in them; `check` raises if there are any.

    An invalid variable yields a placeholder. Callers call `check` before they return settings, so
    that placeholders are never used.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._problems: list[str] = []

    def text(self, name: str, *, may_be_empty: bool = False) -> str:
        """Return a string; an empty one counts as missing unless `may_be_empty`."""
        value = self._values.get(name)
        if value is None or (not value and not may_be_empty):
            self._problems.append(f"{name} is {'missing' if value is None else 'empty'}")
            return ""
        return value

    def port(self, name: str) -> int:
        """Return a TCP port, 1 to 65535."""
        return self._parsed(name, _port, stand_in=0, expected=f"a port, 1 to {HIGHEST_PORT}")

    def seconds(self, name: str) -> int:
        """Return a number of seconds, 1 or more."""
        return self._parsed(name, _seconds, stand_in=1, expected="a number of seconds, from 1 on")

    def boolean(self, name: str) -> bool:
        """Return whether the variable is `true` rather than `false`."""
        return self.choice(name, ("true", "false")) == "true"

    def choice(self, name: str, valid: Collection[str]) -> str:
        """Return one of the valid words."""

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
