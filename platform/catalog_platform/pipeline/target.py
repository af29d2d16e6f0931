"""Find the AWS session or function that a command works on."""

from __future__ import annotations

from operator import attrgetter
from typing import Literal

from catalog_platform.aws import stack_outputs
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError
from catalog_platform.local import state
from catalog_platform.model import Manifest
from catalog_platform.workspace import Workspace


def session_of(workspace: Workspace, manifest: Manifest) -> Session:
    """Return a session with the AWS that `release.target` selects.

    Raises `PlatformError` when the target is the embedded AWS and it is not running.
    """
    environment = manifest.environment
    if manifest.release.target == "aws":
        return Session(environment.region)
    running = state.read(workspace)
    if running is None:
        raise PlatformError(
            f"{environment.name}: release.target is embedded, and the embedded AWS is not running",
            hint=f"start it: catalogctl local up --env {environment.name}",
        )
    return Session(environment.region, running.aws_environment())


def function_of(
    workspace: Workspace, manifest: Manifest, part: Literal["reader", "replayer"]
) -> tuple[Session, str]:
    """Return a session for an environment, and the physical name of its optional function.

    Raises `PlatformError` when the manifest or the stack has no such function, or AWS cannot be
    reached.
    """
    name = manifest.environment.name
    if not attrgetter(f"{part}.enabled")(manifest):
        raise PlatformError(
            f"{name} has no {part}: {part}.enabled is false",
            hint=f"enable it in the manifest and deploy it: {part}.enabled: true",
        )
    session = session_of(workspace, manifest)
    outputs = stack_outputs.read(session, name)
    found: str | None = getattr(outputs, f"{part}_function_name")
    if found is None:
        raise PlatformError(
            f"the stack of {name} has no {part} yet", hint=f"deploy it: catalogctl deploy {name}"
        )
    return session, found
