"""Collect what a report of a scan shows beside its result."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from catalog_platform import __version__, folders
from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.plural import plural
from catalog_platform.policy import history
from catalog_platform.policy.controls import MAPPING, TITLES, Control, controls
from catalog_platform.policy.results import ScanResult
from catalog_platform.policy.severities import Severities
from catalog_platform.release.commit import Commit, current_commit
from catalog_platform.report.scan_context import ScanContext
from catalog_platform.workspace import Workspace

# Distributions whose versions decide what a scan finds.
ENGINES = ("checkov", "cloudformation-validate")
SHOWN_LINES = 10


def scan_context(
    workspace: Workspace,
    time: datetime.datetime,
    commit: Commit | None = None,
    judge: Workspace | None = None,
) -> ScanContext:
    """Return the context of a scan at a time, which must have a zone; without a history.

    `commit` is that of the workspace, if it is known already. The policies are those of `judge`, by
    default of the workspace.
    """
    policies = (judge or workspace).policies
    commit = commit or current_commit(workspace.root)
    versions = {name: metadata.version(name) for name in ENGINES}
    mapped, problems = mapped_controls(policies)
    return ScanContext(
        time=time,
        commit=commit.id if commit else "",
        clean=commit is None or commit.clean,
        versions={"catalogctl": __version__, **versions},
        policies_digest=policies_digest(policies),
        listed=Severities(policies).policies,
        controls=mapped,
        problems=problems,
    )


def mapped_controls(policies: Path) -> tuple[tuple[Control, ...], tuple[Finding, ...]]:
    """Return the controls of policies and the errors in their files; none without such files."""
    if not any((policies / name).exists() for name in (MAPPING, TITLES)):
        return (), ()
    try:
        return controls(policies), ()
    except FindingsError as error:
        return (), tuple(error.findings)


def policies_digest(policies: Path) -> str:
    """Return the SHA-256 of all file names and contents of the folder; empty if unreadable."""
    total = hashlib.sha256()
    try:
        for path in folders.files_below(policies):
            if "__pycache__" not in path.parts:
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                total.update(f"{path.relative_to(policies).as_posix()}\0{content}\n".encode())
    except OSError:  # the scan reports it
        return ""
    return total.hexdigest()


def recorded(
    result: ScanResult, context: ScanContext, file: Path, root: Path
) -> tuple[ScanResult, ScanContext]:
    """Append the scan to a file of history. Return it with the damaged lines, and the history.

    Raises `PlatformError` when the file cannot be extended.
    """
    record = history.record_of(result, context.time, context.commit)
    found = history.append(file, record)
    if found.damaged:
        damage = _damage(found.damaged, file, root)
        result = replace(result, problems=(*result.problems, damage))
    return result, replace(context, history=found)


def _damage(lines: tuple[int, ...], file: Path, root: Path) -> Finding:
    path = file.resolve()
    shown = path.relative_to(root.resolve()) if path.is_relative_to(root.resolve()) else path
    numbers = ", ".join(map(str, lines[:SHOWN_LINES])) + ", …" * (len(lines) > SHOWN_LINES)
    return Finding(
        rule="history-damaged",
        message=f"{plural(len(lines), 'line')} of the history can't be read: {numbers}",
        location=Location(str(shown), lines[0]),
        hint="the trend leaves these scans out; remove the lines, or restore the file",
        severity=Severity.WARNING,
    )
