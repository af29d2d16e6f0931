"""Look at the account before a deployment, and report what was found."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError
from catalog_platform.findings import Location
from catalog_platform.manifest import Manifests
from catalog_platform.model import Manifest
from catalog_platform.plural import plural
from catalog_platform.release.preflight import runner
from catalog_platform.release.preflight.model import CheckResult, Preflight, Status
from catalog_platform.terminal.console import printable
from catalog_platform.terminal.progress import Progress

SCHEMA_VERSION = 1


def look(session: Session, manifest: Manifest, assembly: Path, progress: Progress) -> Preflight:
    """Run the checks with the assembly that is to be deployed. Raises `PlatformError`."""
    with progress.step(f"preflight of {manifest.environment.name}"):
        return runner.run(session, manifest, assembly)


def require(
    session: Session,
    manifests: Manifests,
    manifest: Manifest,
    assembly: Path,
    progress: Progress,
) -> None:
    """Raise `PlatformError` when a check has failed; print its results and warnings to stderr.

    On AWS, what was not checked is printed as well. The embedded AWS can't answer most checks.
    """
    found = look(session, manifest, assembly, progress)
    shown = [Status.FAILED, Status.WARNING]
    if not session.on_this_machine:
        shown.append(Status.NOT_CHECKED)
    for status in shown:
        for each in found.of(status):
            print(*_lines(each, manifests, found.environment), sep="\n", file=sys.stderr)
    if found.has_failed:
        count = len({each.check for each in found.of(Status.FAILED)})
        raise PlatformError(
            f"{found.environment}: not deployed: {plural(count, 'check')} of the account failed",
            hint="fix what is reported above, then look again: catalogctl preflight"
            f" {found.environment}",
        )


def as_text(found: Preflight, manifests: Manifests) -> str:
    """Return the results for people: the worst first, each with its fix, then their counts."""
    lines = [f"account {found.account}, region {found.region}"]
    for status in Status:
        for each in found.of(status):
            lines += _lines(each, manifests, found.environment)
    counts = (f"{len(found.of(status))} {status.value}" for status in Status if found.of(status))
    return "\n".join([*lines, ", ".join(counts)]) + "\n"


def as_json(found: Preflight, manifests: Manifests) -> str:
    """Return the results for programs."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "environment": found.environment,
        "account": found.account,
        "region": found.region,
        "failed": found.has_failed,
        "results": [_as_object(each, manifests, found.environment) for each in found.results],
    }
    return json.dumps(content, indent=2) + "\n"


def _lines(each: CheckResult, manifests: Manifests, environment: str) -> Iterator[str]:
    """Yield `status: check: file:line:column: key: message`, and the fix below it."""
    result = each.result
    place = f"{_locate(result.key, manifests, environment)}: {result.key}: " if result.key else ""
    yield f"{result.status.value}: {each.check}: {place}{printable(result.message)}"
    if result.hint:
        yield f"    fix: {printable(result.hint)}"


def _as_object(each: CheckResult, manifests: Manifests, environment: str) -> dict[str, str | int]:
    result = each.result
    found: dict[str, str | int] = {
        "check": each.check,
        "status": result.status.value,
        "message": result.message,
    }
    if result.hint:
        found["hint"] = result.hint
    if result.key:
        at = _locate(result.key, manifests, environment)
        found |= {"key": result.key, "file": at.file, "line": at.line, "column": at.column}
    return found


def _locate(key: str, manifests: Manifests, environment: str) -> Location:
    return manifests.resolve(environment).locate(key)
