"""A private name of ministack that the adapter uses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A patch target: a name, its expected parameters (None for data), and its purpose."""

    module: str
    name: str
    parameters: tuple[str, ...] | None
    purpose: str
