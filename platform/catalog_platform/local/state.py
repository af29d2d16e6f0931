"""The state file of a running embedded AWS."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from catalog_platform.local import privacy
from catalog_platform.local.layout import Layout, write_private
from catalog_platform.local.processes import Process, alive
from catalog_platform.workspace import Workspace

# Not verified and never sent: the session token is the secret.
SECRET_ACCESS_KEY = "test"  # noqa: S105 - no secret
# The part that restarts the others.
SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Part:
    """One server process."""

    name: str
    process: Process
    port: int
    log: Path

    @property
    def kind(self) -> str:
        """The program; several parts can run the same one, as in `postgres-…`."""
        return self.name.partition("-")[0]

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
    parts: tuple[Part, ...]
    session_token: str = field(default="", repr=False)

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
    """Return the embedded AWS of a workspace if all of its parts are running, otherwise None."""
    found = recorded(workspace)
    if found is None or not all(
        alive(part.process) for part in found.parts if part.name != SUPERVISOR
    ):
        return None
    return found


def recorded(workspace: Workspace) -> Embedded | None:
    """Return what was started and not stopped, even if it no longer runs."""
    layout = Layout.of(workspace)
    try:
        stored = json.loads(layout.state.read_text(encoding="utf-8"))
        parts = tuple(_part(part) for part in stored.pop("parts"))
        return Embedded(**stored, parts=parts + read_children(layout.children))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_children(path: Path) -> tuple[Part, ...]:
    """Return the servers that the emulator has started."""
    try:
        return tuple(_part(part) for part in json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def update_children(path: Path, change: Callable[[tuple[Part, ...]], Iterable[Part]]) -> None:
    """Replace the recorded servers with the result of `change`, under a lock.

    The emulator and the supervisor call this concurrently.
    """
    with privacy.append(path.with_suffix(".lock")) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        parts = change(read_children(path))
        write_private(path, json.dumps([asdict(part) for part in parts], default=str))


def write(workspace: Workspace, embedded: Embedded) -> None:
    """Record an embedded AWS atomically, in a private file: it contains passwords."""
    text = json.dumps(asdict(embedded), default=str, indent=2)
    write_private(Layout.of(workspace).state, text + "\n")


def record_part(workspace: Workspace, part: Part) -> None:
    """Record a new part, or the new process of a part, in the file that lists the part."""
    layout = Layout.of(workspace)

    def with_part(parts: Iterable[Part]) -> tuple[Part, ...]:
        found = {each.name: each for each in parts}
        return tuple({**found, part.name: part}.values())

    children = {each.name for each in read_children(layout.children)}
    if part.name in children:
        update_children(layout.children, with_part)
        return
    found = recorded(workspace)
    if found is not None:
        own = [each for each in found.parts if each.name not in children]
        write(workspace, replace(found, parts=with_part(own)))


def remove(workspace: Workspace) -> None:
    """Remove the record of what ran."""
    Layout.of(workspace).children.unlink(missing_ok=True)
    Layout.of(workspace).state.unlink(missing_ok=True)


def _part(stored: dict[str, Any]) -> Part:
    return Part(stored["name"], Process(**stored["process"]), stored["port"], Path(stored["log"]))
