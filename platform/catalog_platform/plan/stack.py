"""One stack of an assembly, as the plan compares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A template with what an assembly says about its stack.

    `paths` maps logical ids to construct paths below the stack, such as `Database/Instance`.
    """

    template: Mapping[str, Any]
    account: str
    region: str
    is_protected: bool
    paths: Mapping[str, str]

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the resources of the template by logical id."""
        resources: Mapping[str, Mapping[str, Any]] = self.template["Resources"]
        return resources

    def path(self, logical_id: str) -> str:
        """Return the construct path of a resource; its logical id when it has none."""
        return self.paths.get(logical_id, logical_id)
