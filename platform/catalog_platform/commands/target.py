"""What a command is about: the AWS that an environment is deployed to, a given assembly."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.local import state
from catalog_platform.model import Manifest
from catalog_platform.release.session import Session
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


def expect_assembly(folder: Path) -> None:
    """Raises `UsageError` unless `folder`, the value of `--assembly`, is a folder."""
    if not folder.is_dir():
        raise UsageError(f"--assembly {folder}: no such folder", hint="catalogctl synth --out DIR")
