"""In-memory AWS clients for code that uses a `Session`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog_platform.aws.session import Session


class FakeSession(Session):
    """A session whose clients are the given objects."""

    def __init__(self, **clients: object) -> None:
        super().__init__("eu-west-1")
        object.__setattr__(self, "clients", clients)

    clients: Mapping[str, object]

    def client(self, service: str) -> Any:
        return self.clients[service]

    def client_factory(self, **_: Any) -> Any:
        return self

    def credentials(self) -> None:
        """The given objects need none."""
