"""Text in, `model.Manifest` out; whatever is wrong becomes findings with file, line and column.

source ▶ parse ▶ merge ▶ render ▶ schema ▶ build ▶ checks        see `pipeline`
"""

from __future__ import annotations

from collections.abc import Sequence

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding, failed
from catalog_platform.manifest import pipeline
from catalog_platform.manifest.layers import Reader
from catalog_platform.manifest.resolved import Layer, Leaf, Resolved
from catalog_platform.model import Manifest
from catalog_platform.workspace import Workspace

__all__ = ["Layer", "Leaf", "Resolved", "check", "load", "resolve"]


def check(
    workspace: Workspace, names: Sequence[str]
) -> tuple[dict[str, Manifest], tuple[Finding, ...]]:
    """The sound manifests among `names` (none named: all), and every finding about them, sorted.

    Includes rules that hold between environments. Never raises for content; raises `UsageError`
    for an environment that does not exist.
    """
    return pipeline.run_all(workspace, workspace.select(names))


def load(workspace: Workspace, name: str) -> Manifest:
    """One sound manifest. Raises `FindingsError` with all its findings, or `UsageError`."""
    manifests, findings = check(workspace, [name])
    if failed(findings) or name not in manifests:
        raise FindingsError(findings)
    return manifests[name]


def resolve(workspace: Workspace, name: str) -> Resolved:
    """Every value of an environment with its origin, findings or not.

    Raises `FindingsError` only when a file cannot be understood at all, and `UsageError`.
    """
    (name,) = workspace.select([name])
    outcome = pipeline.run(Reader(workspace), name)
    if outcome.resolved is None:
        raise FindingsError(outcome.findings)
    return outcome.resolved
