"""Text in, `model.Manifest` out; whatever is wrong becomes findings with file, line and column.

source ▶ parse ▶ merge ▶ render ▶ schema ▶ build ▶ checks        see `pipeline`
"""

from __future__ import annotations

from collections.abc import Sequence

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding, failed, ordered
from catalog_platform.manifest import pipeline
from catalog_platform.manifest.pipeline import Told
from catalog_platform.manifest.reader import Document, Reader
from catalog_platform.manifest.resolved import Layer, Leaf, Resolved
from catalog_platform.model import Manifest
from catalog_platform.workspace import Workspace

__all__ = ["Layer", "Leaf", "Resolved", "check", "completed", "load", "own", "resolve", "sound"]


def _nobody(_name: str, _findings: tuple[Finding, ...]) -> None:
    pass


def check(
    workspace: Workspace, names: Sequence[str], on_checked: Told = _nobody
) -> tuple[dict[str, Manifest], tuple[Finding, ...]]:
    """The sound manifests among `names` (none named: all), and every finding about them, sorted.

    Includes rules that hold between environments. `on_checked` is told name and findings of each
    environment as soon as they are known, and what lies between them with an empty name. Never
    raises for content; raises `UsageError` for an environment that does not exist.
    """
    return pipeline.run_all(workspace, workspace.select(names), on_checked)


def completed(workspace: Workspace, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings with the lines that they are about and the pages of their rules."""
    reader = Reader(workspace)
    return ordered(reader.completed(finding) for finding in findings)


def own(workspace: Workspace, name: str) -> Document:
    """What an environment's own file says, apart from all that it builds on."""
    return Reader(workspace).document(f"{name}.yaml")


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
    return _resolved(workspace, name, even_if_wrong=True)


def sound(workspace: Workspace, name: str) -> Resolved:
    """Every value of an environment that has no errors of its own, with its origin.

    Raises `FindingsError` for one that has, and `UsageError`.
    """
    return _resolved(workspace, name, even_if_wrong=False)


def _resolved(workspace: Workspace, name: str, *, even_if_wrong: bool) -> Resolved:
    (name,) = workspace.select([name])
    outcome = pipeline.run(Reader(workspace), name)
    is_refused = failed(outcome.findings) and not even_if_wrong
    if outcome.resolved is None or is_refused:
        raise FindingsError(outcome.findings)
    return outcome.resolved
