"""Start and stop the embedded AWS by its command line, `python -m embedded_aws`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog_platform import process
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.local import state
from catalog_platform.local.state import Embedded
from catalog_platform.workspace import Toolchain, Workspace

# The program has limits of its own, which are shorter.
TIMEOUT_SECONDS = 600.0
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class EmulatedType:
    """The behaviour of a resource type: its fidelity is `real`, `partly` or `recorded`."""

    type: str
    fidelity: str
    note: str


def start(
    workspace: Workspace,
    toolchain: Toolchain,
    *,
    account: str,
    region: str,
    on_progress: Callable[[str], None] = lambda _line: None,
    fresh: bool = False,
    endpoint_port: int | None = None,
    owner: int | None = None,
) -> Embedded:
    """Start PostgreSQL, the cache and the AWS endpoint, and wait until all three are ready.

    An embedded AWS that already runs for the same account and region is returned as it is. Data of
    an earlier start is kept unless `fresh` is set. A start that fails or is interrupted leaves no
    process running. `owner` is a pid: when that process ends, the embedded AWS and its data are
    removed.

    Raises `PlatformError` when a requested port is in use or the disk is full, and `ToolError`,
    with the last lines of its log, when a server does not start.
    """
    options = ["--account", account, "--region", region]
    options += ["--functions-path", f"{toolchain.node.parent}:{ENVIRONMENT['PATH']}"]
    options += ["--fresh"] if fresh else []
    options += [] if endpoint_port is None else ["--port", str(endpoint_port)]
    options += [] if owner is None else ["--owner", str(owner)]
    was_running = _is_running(workspace)
    try:
        _run(toolchain, "start", workspace.state, *options, on_progress=on_progress)
    except PlatformError:
        raise
    except BaseException:
        # The program may have finished just before this process was interrupted.
        if not was_running:
            _run(toolchain, "stop", workspace.state)
        raise
    found = state.recorded(workspace)
    if found is None:
        raise PlatformError("the embedded AWS was stopped by another command while it started")
    return found


def stop(workspace: Workspace) -> bool:
    """End all processes of the workspace's embedded AWS, keep the data, and return whether any
    ran.
    """
    (result,) = _run(Toolchain.installed(), "stop", workspace.state)
    return bool(result["stopped"])


def discard(workspace: Workspace) -> None:
    """Stop the workspace's embedded AWS and remove all of its files."""
    _run(Toolchain.installed(), "discard", workspace.state)


def remove_copies() -> None:
    """Remove copies of PostgreSQL's programs that no process runs."""
    _run(Toolchain.installed(), "remove-copies")


def emulated_types(toolchain: Toolchain) -> dict[str, EmulatedType]:
    """Return how the embedded AWS behaves for each resource type that it lists."""
    found = _run(toolchain, "resource-types")
    return {
        entry["type"]: EmulatedType(entry["type"], entry["fidelity"], entry["note"])
        for entry in found
    }


def _is_running(workspace: Workspace) -> bool:
    try:
        return state.read(workspace) is not None
    except PlatformError:
        # Written by another version, whose processes a start replaces.
        return False


def _run(
    toolchain: Toolchain,
    action: str,
    *arguments: str | Path,
    on_progress: Callable[[str], None] = lambda _line: None,
) -> list[dict[str, Any]]:
    """Run an action and return its results: the JSON objects that are not progress.

    Raises `PlatformError` with the message of the program, or `ToolError` with the end of a log.
    """
    if not toolchain.embedded_python.exists():
        raise PlatformError(
            f"{toolchain.embedded_python.parent.parent}:"
            " the environment of the embedded AWS is missing",
            hint="run `make setup`",
        )
    results: list[dict[str, Any]] = []

    def read(line: str) -> None:
        message = _parsed(line)
        if "progress" in message:
            on_progress(message["progress"])
        elif message:
            results.append(message)

    try:
        process.run(
            [toolchain.embedded_python, "-m", "embedded_aws", action, *arguments],
            timeout=TIMEOUT_SECONDS,
            environment=ENVIRONMENT,
            on_line=read,
            hint="run `make setup` if .venv-embedded is not up to date",
        )
    except ToolError as error:
        failure = next((result for result in results if "error" in result), None)
        if failure is None:
            raise
        if failure["log"]:
            raise ToolError(
                failure["error"], returncode=error.returncode, tail=failure["log"]
            ) from error
        raise PlatformError(failure["error"], hint=failure["hint"]) from error
    return results


def _parsed(line: str) -> dict[str, Any]:
    """Return the JSON object of a line; empty for other output, such as a warning of Python."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
