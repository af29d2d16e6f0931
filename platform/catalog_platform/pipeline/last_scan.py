"""The last scan in `build/scan.json`, which other commands read, with the files that it was of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
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


class _Kept(msgspec.Struct):
    """The digests of the files that a scan was of, and its JSON."""

    inputs: dict[str, str]
    scan: msgspec.Raw


def inputs(workspace: Workspace) -> dict[str, str]:
    """Return the SHA-256 of policies and manifests by path; waivers don't change what fails.

    Raises `PlatformError` if one can't be read.
    """
    found: dict[str, str] = {}
    try:
        for folder in (workspace.policies, workspace.environments):
            for each in folders.files_below(folder) if folder.is_dir() else ():
                if each.suffix in SUFFIXES and each != workspace.policies / WAIVERS:
                    name = each.relative_to(workspace.root).as_posix()
                    found[name] = hashlib.sha256(each.read_bytes()).hexdigest()
    except OSError as error:
        raise PlatformError(f"{error.filename}: cannot be read: {error.strerror}") from error
    return found


def keep(workspace: Workspace, before: Mapping[str, str], text: str) -> None:
    """Replace the file by the JSON of a scan, and the `inputs` from before it.

    Raises `PlatformError` if it can't be written.
    """
    kept = _Kept(dict(before), msgspec.Raw(text))
    file.write(path_of(workspace), msgspec.json.encode(kept).decode())


def load(workspace: Workspace) -> scan_model.Scan:
    """Return the last scan.

    Raises `PlatformError` if it is missing, if it can't be read, or if a policy or a manifest
    differs from what was scanned.
    """
    path = path_of(workspace)
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
        scan = scan_model.decode(bytes(kept.scan))
    except FileNotFoundError as error:
        raise PlatformError("nothing has been scanned yet", hint=SCAN_AGAIN) from error
    except OSError as error:
        reason = f"{path}: cannot be read: {error.strerror}"
        raise PlatformError(reason, hint=SCAN_AGAIN) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = f"{path}: is not the result of a scan of this version: {error}"
        raise PlatformError(reason, hint=SCAN_AGAIN) from error
    now, then = inputs(workspace), kept.inputs
    changed = sorted(name for name in {*now, *then} if now.get(name) != then.get(name))
    gone = {each.environment for each in scan.environments} - {*workspace.environment_names()}
    if gone:
        message = f"the last scan has environments that are gone: {', '.join(sorted(gone))}"
        raise PlatformError(message, hint=SCAN_AGAIN)
    if changed:
        more = f" (and {len(changed) - 1} more)" if changed[1:] else ""
        message = f"{changed[0]}{more} is not what was scanned last"
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
