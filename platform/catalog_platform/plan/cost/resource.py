"""A resource of a template, as its cost is computed from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.aws.refused_updates.update import references
from catalog_platform.aws.refused_updates.values import number
from catalog_platform.plan.stack import Stack


class UnstatedError(Exception):
    """A property that decides the cost is missing, or is not a literal value."""


def is_intrinsic(value: Mapping[str, Any]) -> bool:
    """Return whether a mapping is an intrinsic function, such as `Ref` or `Fn::If`."""
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource and the stack that it is in."""

    stack: Stack
    logical_id: str

    @property
    def type(self) -> str:
        """Return the resource type."""
        return str(self.stack.resources[self.logical_id]["Type"])

    @property
    def properties(self) -> Mapping[str, Any]:
        """Return the properties."""
        found: Mapping[str, Any] = self.stack.resources[self.logical_id].get("Properties", {})
        return found

    def value(self, name: str, default: Any = None) -> Any:
        """Return the property at a path such as `A.B`; `default` when it is unset.

        Raises `UnstatedError` when a part of the path is not literal.
        """
        found: Any = self.properties
        for part in name.split("."):
            if not isinstance(found, Mapping) or is_intrinsic(found):
                raise UnstatedError(f"{name} is not literal")
            if part not in found:
                return default
            found = found[part]
        return found

    def mappings(self, name: str) -> list[Mapping[str, Any]]:
        """Return a list of mappings, empty when it is unset. Raises `UnstatedError`."""
        found = self.value(name, [])
        if not isinstance(found, list):
            raise UnstatedError(f"{name} is no literal list")
        if any(not isinstance(each, Mapping) or is_intrinsic(each) for each in found):
            raise UnstatedError(f"{name} is no list of literal mappings")
        return found

    def number(self, name: str, default: int | None = None) -> int:
        """Return a whole number; `default` when it is unset. Raises `UnstatedError`."""
        value = self.value(name, default)
        found = number(value)
        if found is None or isinstance(value, bool):
            raise UnstatedError(f"{name} is {'unset' if value is None else 'no literal number'}")
        return found

    def text(self, name: str, default: str = "") -> str:
        """Return a text; `default` when it is unset. Raises `UnstatedError`."""
        value = self.value(name, default)
        if not isinstance(value, str) or not value:
            raise UnstatedError(f"{name} is {'no literal text' if value else 'unset'}")
        return value

    def flag(self, name: str) -> bool:
        """Return whether a property is true; false when it is unset. Raises `UnstatedError`."""
        value = self.value(name, False)
        if not isinstance(value, bool):
            raise UnstatedError(f"{name} is neither true nor false")
        return value

    def referred(self, name: str, kind: str) -> Iterator[Resource]:
        """Yield the resources of a type that a property refers to."""
        for target in references(self.properties.get(name)):
            if self.stack.resources.get(target, {}).get("Type") == kind:
                yield Resource(self.stack, target)
