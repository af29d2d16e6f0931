"""The last scan's JSON in `build/scan.json`, which other commands read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from catalog_platform import folders
from catalog_platform.errors import PlatformError
from catalog_platform.policy import scan_model
from catalog_platform.policy.waiver_format import FILE as WAIVERS
from catalog_platform.policy.waivers import EnvironmentFacts, Violation
from catalog_platform.report import file
from catalog_platform.workspace import Workspace

SCAN_AGAIN = "catalogctl scan"
SUFFIXES = (".py", ".yaml", ".yml")


def path_of(workspace: Workspace) -> Path:
    """Return the path of the file."""
    return workspace.build / "scan.json"


def keep(workspace: Workspace, text: str) -> None:
    """Replace the file by the JSON of a scan. Raises `PlatformError` if it can't be written."""
    file.write(path_of(workspace), text)


def load(workspace: Workspace) -> scan_model.Scan:
    """Return the last scan.

    Raises `PlatformError` if there is none, if it can't be read, or if a policy or a manifest has
    changed since.
    """
    path = path_of(workspace)
    try:
        text, written = path.read_bytes(), path.stat().st_mtime_ns
        scan = scan_model.decode(text)
    except FileNotFoundError as error:
        raise PlatformError("nothing has been scanned yet", hint=SCAN_AGAIN) from error
    except OSError as error:
        reason = f"{path}: cannot be read: {error.strerror}"
        raise PlatformError(reason, hint=SCAN_AGAIN) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = f"{path}: is not the result of a scan of this version: {error}"
        raise PlatformError(reason, hint=SCAN_AGAIN) from error
    changed = [each for each in _inputs(workspace) if each.stat().st_mtime_ns > written]
    if changed:
        shown = changed[0].relative_to(workspace.root)
        more = f" and {len(changed) - 1} more" if changed[1:] else ""
        message = f"the last scan is older than {shown}{more}"
        raise PlatformError(message, hint=SCAN_AGAIN)
    gone = {each.environment for each in scan.environments} - {*workspace.environment_names()}
    if gone:
        message = f"the last scan has environments that are gone: {', '.join(sorted(gone))}"
        raise PlatformError(message, hint=SCAN_AGAIN)
    return scan


def violations(scan: scan_model.Scan) -> Iterator[Violation]:
    """Yield the results as violations that a waiver can cover."""
    facts = {
        each.environment: EnvironmentFacts(each.environment, each.tier, each.target)
        for each in scan.environments
    }
    for result in scan.results:
        yield Violation(
            kind="policy",
            rule=result.policy,
            environment=facts.get(result.environment, EnvironmentFacts(result.environment)),
            resource=result.resource,
            digest=result.digest,
            detail=result.detail,
        )


def _inputs(workspace: Workspace) -> Iterator[Path]:
    """Yield the policies and the manifests; the waivers don't change what fails."""
    for folder in (workspace.policies, workspace.environments):
        if not folder.is_dir():
            continue
        for each in folders.files_below(folder):
            if each.suffix in SUFFIXES and each != workspace.policies / WAIVERS:
                yield each
