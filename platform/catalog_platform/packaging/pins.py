"""Reads the pinned requirements of a function as `uv pip compile` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_PIN = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)")
_NOTE = re.compile(r"\s+#\s+(?:via(?:\s+|$))?(?P<whom>\S.*)?$")


@dataclass(frozen=True, slots=True)
class Pin:
    """A package at a version; `direct`: the function asks for it, `wanted_by`: packages do."""

    name: str
    version: str
    direct: bool = False
    wanted_by: frozenset[str] = frozenset()


def read(text: str) -> tuple[Pin, ...]:
    """The pins of a requirements file, by name. What is no pin and no note is passed over."""
    pins: list[Pin] = []
    for line in text.splitlines():
        pin, note = _PIN.match(line), _NOTE.match(line)
        if pin is not None:
            pins.append(Pin(normal(pin["name"]), pin["version"]))
        elif note is not None and note["whom"] and pins:
            pins[-1] = _wanted(pins[-1], note["whom"])
    return tuple(sorted(pins, key=lambda each: each.name))


def normal(name: str) -> str:
    """A package's one name.

    https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def _wanted(pin: Pin, whom: str) -> Pin:
    files, packages = _parted(each.strip() for each in whom.split(","))
    return replace(
        pin,
        direct=pin.direct or any(file.startswith("-r ") for file in files),
        wanted_by=pin.wanted_by | {normal(name) for name in packages},
    )


def _parted(names: Iterator[str]) -> tuple[list[str], list[str]]:
    """Files, which are written as options, and packages."""
    files: list[str] = []
    packages: list[str] = []
    for name in names:
        (files if name.startswith("-") else packages).append(name)
    return files, packages
