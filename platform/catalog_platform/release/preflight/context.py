"""What checks read: the manifest, the assembly, the caller, and what is deployed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from catalog_platform.aws.credentials import CredentialLifetime
from catalog_platform.model import Manifest
from catalog_platform.release.preflight.assembly import AssemblyStack, Resource, Resources
from catalog_platform.release.preflight.calls import CallError, Calls
from catalog_platform.release.preflight.deployed import DeployedStack

T = TypeVar("T")


class Once(Generic[T]):
    """Calls a function once, for all threads; a `CallError` is raised to each of them."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._lock = threading.Lock()
        self._outcome: tuple[T] | CallError | None = None

    def __call__(self) -> T:
        """Return the function's value, or raise its `CallError`."""
        with self._lock:
            if self._outcome is None:
                try:
                    self._outcome = (self._function(),)
                except CallError as error:
                    self._outcome = error
        if isinstance(self._outcome, CallError):
            raise self._outcome
        return self._outcome[0]


@dataclass(frozen=True, slots=True)
class Caller:
    """The identity of the caller, and by how many seconds this machine's clock is ahead of AWS's.

    `clock_seconds` is None when AWS's response had no time.
    """

    account: str
    arn: str
    clock_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What checks read. `deployed` and `deployed_template` raise `CallError`."""

    manifest: Manifest
    assembly: AssemblyStack
    calls: Calls
    caller: Caller
    credentials: Callable[[], CredentialLifetime]
    deployed: Callable[[], DeployedStack | None]
    deployed_template: Callable[[], Resources]

    @property
    def environment(self) -> str:
        """Return the name of the environment."""
        return self.manifest.environment.name

    def physical_id(self, resource: Resource) -> str | None:
        """Return the physical id of a resource of the template, None when it isn't deployed."""
        stack = self.deployed()
        found = stack.resources.get(resource.logical_id) if stack else None
        return found.physical_id if found and found.type == resource.type else None
