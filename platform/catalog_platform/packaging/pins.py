"""Parse the pinned requirements of a function, which `uv pip compile` writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_PIN = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)")
_COMMENT = re.compile(r"\s+#\s+(?:via(?:\s+|$))?(?P<origins>\S.*)?$")


@dataclass(frozen=True, slots=True)
class Pin:
    """A package at a version.

    `direct` is true if the function requires it; `required_by` names the packages that do.
    """

    name: str
    version: str
    direct: bool = False
    required_by: frozenset[str] = frozenset()


def read(text: str) -> tuple[Pin, ...]:
    """Return the pins of a requirements file, sorted by name; ignore all other lines."""
    pins: list[Pin] = []
    for line in text.splitlines():
        pin, comment = _PIN.match(line), _COMMENT.match(line)
        if pin is not None:
            pins.append(Pin(normalise_name(pin["name"]), pin["version"]))
        elif comment is not None and comment["origins"] and pins:
            pins[-1] = _with_origins(pins[-1], comment["origins"])
    return tuple(sorted(pins, key=lambda each: each.name))


def normalise_name(name: str) -> str:
    """Return the normalised name of a package.

    https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def _with_origins(pin: Pin, origins: str) -> Pin:
    files, packages = _partition(each.strip() for each in origins.split(","))
    return replace(
        pin,
        direct=pin.direct or any(file.startswith("-r ") for file in files),
        required_by=pin.required_by | {normalise_name(name) for name in packages},
    )


def _partition(names: Iterator[str]) -> tuple[list[str], list[str]]:
    """Split origins into requirements files, which start with an option, and packages."""
    files: list[str] = []
    packages: list[str] = []
    for name in names:
        (files if name.startswith("-") else packages).append(name)
    return files, packages
