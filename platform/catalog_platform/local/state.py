"""Read the state file of the embedded AWS; `platform/embedded_aws/README.md` documents it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalog_platform.errors import PlatformError
from catalog_platform.local.files import Files
from catalog_platform.local.processes import Process, alive
from catalog_platform.workspace import Workspace

# The version of the file's format that this module reads.
VERSION = 1
# Not verified and never sent: the session token is the secret.
SECRET_ACCESS_KEY = "test"  # noqa: S105 - no secret
# The part that restarts the others.
SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Part:
    """One server process; `url` is set for the PostgreSQL servers of additional DB instances."""

    name: str
    process: Process
    port: int
    log: Path
    url: str = field(default="", repr=False)

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid


@dataclass(frozen=True, slots=True)
class Embedded:
    """A running embedded AWS with its addresses and its parts.

    `session_token` is the secret that the credentials of each request to the endpoint must contain.
    """

    endpoint_url: str
    region: str
    account: str
    postgres_url: str = field(repr=False)
    cache_url: str = field(repr=False)
    session_token: str = field(repr=False)
    parts: tuple[Part, ...]

    @property
    def pids(self) -> dict[str, int]:
        """Process id by part."""
        return {part.name: part.pid for part in self.parts}

    def aws_environment(self) -> dict[str, str]:
        """Return the variables that connect any AWS client; the account is the access key id."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
            "AWS_SESSION_TOKEN": self.session_token,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def read(workspace: Workspace) -> Embedded | None:
    """Return the embedded AWS of a workspace if all of its parts are running, otherwise None.

    Raises `PlatformError` when another version of the embedded AWS has written the state.
    """
    found = recorded(workspace)
    if found is None or not all(
        alive(part.process) for part in found.parts if part.name != SUPERVISOR
    ):
        return None
    return found


def recorded(workspace: Workspace) -> Embedded | None:
    """Return what was started and not stopped, even if it no longer runs.

    Raises `PlatformError` when another version of the embedded AWS has written the state.
    """
    files = Files.of(workspace)
    try:
        stored = json.loads(files.state.read_text(encoding="utf-8"))
        version = stored.get("version", 0)
        parts = stored["parts"]
        if version == VERSION:
            return Embedded(
                endpoint_url=stored["endpoint_url"],
                region=stored["region"],
                account=stored["account"],
                postgres_url=stored["postgres_url"],
                cache_url=stored["cache_url"],
                session_token=stored["session_token"],
                parts=tuple(_part(part) for part in [*parts, *_children(files)]),
            )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    raise PlatformError(
        f"{files.state} has format {version}, and this catalogctl reads format {VERSION}:"
        " another version has started the embedded AWS",
        hint="restart it; its data stays: catalogctl local down, then catalogctl local up",
    )


def _children(files: Files) -> list[Any]:
    """Return the recorded servers that the endpoint has started."""
    try:
        return list(json.loads(files.children.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return []


def _part(stored: dict[str, Any]) -> Part:
    process = Process(stored["pid"], stored["started"])
    return Part(stored["name"], process, stored["port"], Path(stored["log"]), stored["url"])
