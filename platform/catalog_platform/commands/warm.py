"""`catalogctl warm`: fill the cache from the database."""

from __future__ import annotations

from catalog_platform import manifest as manifests
from catalog_platform.commands.target import session_of
from catalog_platform.errors import PlatformError
from catalog_platform.release import outputs as stack_outputs
from catalog_platform.release.warm import warm
from catalog_platform.report.progress import Progress
from catalog_platform.workspace import Workspace


def run(workspace: Workspace, *, name: str) -> int:
    """Load every article; print how many.

    Raises `PlatformError` when the environment has no reader, or a store is away.
    """
    manifest = manifests.load(workspace, name)
    if not manifest.reader.enabled:
        raise PlatformError(
            f"{name} has no reader: reader.enabled is false",
            hint=f"catalogctl explain {name} reader.enabled",
        )
    session = session_of(workspace, manifest)
    function = stack_outputs.read(session, name).reader_function_name
    if function is None:
        raise PlatformError(
            f"the stack of {name} has no reader yet", hint=f"catalogctl deploy {name}"
        )
    with Progress().step(f"warm the cache of {name}") as tell:
        done = warm(session, function, on_progress=lambda at: tell(f"{at.articles:,} articles"))
    print(f"{done.articles:,} articles; the cache did not have {done.written:,} of their values")
    return 0
