"""What a command is about: the AWS that an environment is deployed to, a given assembly."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path
from typing import Literal

from catalog_platform.aws import stack_outputs
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.local import state
from catalog_platform.manifest import Manifests
from catalog_platform.model import Manifest
from catalog_platform.workspace import Workspace


def session_of(workspace: Workspace, manifest: Manifest) -> Session:
    """The embedded AWS when the manifest says so, otherwise the AWS of the process environment.

    Raises `PlatformError` when the embedded AWS is wanted and not running.
    """
    environment = manifest.environment
    if manifest.release.target == "aws":
        return Session(environment.region)
    running = state.read(workspace)
    if running is None:
        raise PlatformError(
            f"{environment.name} is deployed to the embedded AWS, which is not running",
            hint="catalogctl local up",
        )
    return Session(environment.region, running.aws_environment())


def function_of(
    workspace: Workspace, name: str, part: Literal["reader", "replayer"]
) -> tuple[Session, str]:
    """The AWS of an environment, and what a function is called there that not all of them have.

    Raises `PlatformError` when the manifest or the stack has none, or AWS cannot be asked.
    """
    manifest = Manifests(workspace).load(name)
    if not attrgetter(f"{part}.enabled")(manifest):
        raise PlatformError(
            f"{name} has no {part}: {part}.enabled is false",
            hint=f"catalogctl explain {name} {part}.enabled",
        )
    session = session_of(workspace, manifest)
    outputs = stack_outputs.read(session, name)
    found: str | None = getattr(outputs, f"{part}_function_name")
    if found is None:
        raise PlatformError(
            f"the stack of {name} has no {part} yet", hint=f"catalogctl deploy {name}"
        )
    return session, found


def expect_assembly(folder: Path) -> None:
    """Raises `UsageError` unless `folder`, the value of `--assembly`, is a folder."""
    if not folder.is_dir():
        raise UsageError(f"--assembly {folder}: no such folder", hint="catalogctl synth --out DIR")
