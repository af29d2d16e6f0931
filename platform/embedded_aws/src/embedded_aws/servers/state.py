"""The state file of a running embedded AWS, which other programs read; the README documents it."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from embedded_aws.servers import privacy
from embedded_aws.servers.layout import Layout, write_private
from embedded_aws.servers.processes import Process, alive

# Increase it with every change that a reader must know of, and update the README.
VERSION = 1
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
    session_token: str = field(repr=False)
    parts: tuple[Part, ...]

    @property
    def pids(self) -> dict[str, int]:
        """Process id by part."""
        return {part.name: part.pid for part in self.parts}


def read(layout: Layout) -> Embedded | None:
    """Return the embedded AWS of a folder if all of its parts are running, otherwise None."""
    found = recorded(layout)
    if found is None or not all(
        alive(part.process) for part in found.parts if part.name != SUPERVISOR
    ):
        return None
    return found


def recorded(layout: Layout) -> Embedded | None:
    """Return what was started and not stopped, even if it no longer runs.

    None for a file of another version too: the processes of its run are found by their marker.
    """
    try:
        stored = json.loads(layout.state.read_text(encoding="utf-8"))
        if stored.get("version") != VERSION:
            return None
        parts = tuple(_part(part) for part in stored["parts"])
        return Embedded(
            endpoint_url=stored["endpoint_url"],
            region=stored["region"],
            account=stored["account"],
            postgres_url=stored["postgres_url"],
            cache_url=stored["cache_url"],
            session_token=stored["session_token"],
            parts=parts + read_children(layout.children),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
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
        write_private(path, json.dumps([_stored(part) for part in parts]))


def write(layout: Layout, embedded: Embedded) -> None:
    """Record an embedded AWS atomically, in a private file: it contains passwords."""
    stored = {
        "version": VERSION,
        "endpoint_url": embedded.endpoint_url,
        "region": embedded.region,
        "account": embedded.account,
        "postgres_url": embedded.postgres_url,
        "cache_url": embedded.cache_url,
        "session_token": embedded.session_token,
        "parts": [_stored(part) for part in embedded.parts],
    }
    write_private(layout.state, json.dumps(stored, indent=2) + "\n")


def record_part(layout: Layout, part: Part) -> None:
    """Record a new part, or the new process of a part, in the file that lists the part."""

    def with_part(parts: Iterable[Part]) -> tuple[Part, ...]:
        found = {each.name: each for each in parts}
        return tuple({**found, part.name: part}.values())

    children = {each.name for each in read_children(layout.children)}
    if part.name in children:
        update_children(layout.children, with_part)
        return
    found = recorded(layout)
    if found is not None:
        own = [each for each in found.parts if each.name not in children]
        write(layout, replace(found, parts=with_part(own)))


def remove(layout: Layout) -> None:
    """Remove the record of what ran."""
    layout.children.unlink(missing_ok=True)
    layout.state.unlink(missing_ok=True)


def _stored(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "pid": part.process.pid,
        "started": part.process.started,
        "port": part.port,
        "log": str(part.log),
        "url": part.url,
    }


def _part(stored: dict[str, Any]) -> Part:
    process = Process(stored["pid"], stored["started"])
    return Part(stored["name"], process, stored["port"], Path(stored["log"]), stored["url"])
