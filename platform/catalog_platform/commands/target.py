"""How the AWS that an environment is deployed to is reached."""

from __future__ import annotations

from catalog_platform.errors import PlatformError
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
