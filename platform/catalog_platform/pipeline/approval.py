"""Check and confirm what a command does on AWS before anything changes there."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from catalog_platform import variables
from catalog_platform.aws.account import require_account
from catalog_platform.aws.deployed_version import version_of
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_status import StackStatus
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.model import Manifest
from catalog_platform.release.commit import SHOWN_DIGITS, Commit, contains, is_on_main
from catalog_platform.release.outcome import require_deployable


@dataclass(frozen=True, slots=True)
class Consent:
    """What the command line allows: `--yes`, `--allow-unmerged` and `--allow-older`."""

    confirmed: bool = False
    unmerged: bool = False
    older: bool = False


def approve(
    root: Path, manifest: Manifest, session: Session, commit: Commit | None, consent: Consent
) -> StackStatus | None:
    """Print what is deployed where, and ask for the environment's name on a terminal.

    `commit` is what the assembly is made from, None if unknown. Returns the state of the stack that
    the commit was compared with, None if it does not exist. In CI nothing is asked, and the
    branch is not checked, because the workflow's rules decide who deploys what. Raises
    `UsageError` when a confirmation is needed and stdin is not a terminal, `PlatformError` when the
    commit is not allowed, the stack cannot be deployed, the answer is another one, or AWS cannot be
    reached.
    """
    name = manifest.environment.name
    must_ask = not consent.confirmed and not variables.in_ci()
    if must_ask:
        _require_terminal(name, "deploy")
    if not variables.in_ci() and not consent.unmerged:
        _check_merged(root, name, commit)
    stack = require_deployable(session, name)
    deployed = _compared_with_deployed(root, name, stack, commit, consent)
    for line in (
        f"deploy {name} to account {manifest.environment.account}, region {session.region}",
        f"  commit    {_shown(commit)}",
        f"  deployed  {deployed}",
    ):
        print(f"catalogctl: {line}", file=sys.stderr)
    if must_ask:
        _ask(name, "deploy")
    return stack


def is_on_aws(manifest: Manifest, session: Session) -> bool:
    """Return whether a command changes something outside of this machine."""
    return manifest.release.target == "aws" and not session.on_this_machine


def approve_write(
    manifest: Manifest, session: Session, verb: str, effect: str, *, confirmed: bool
) -> None:
    """Print what a command writes where, and ask for the environment's name on a terminal.

    `verb` is the command, with its options, and `effect` says what it does. Nothing is asked on
    this machine. Raises `UsageError` when a confirmation is needed and stdin is not a terminal,
    `PlatformError` for credentials of another account, and for any other answer.
    """
    if not is_on_aws(manifest, session):
        return
    name, account = manifest.environment.name, manifest.environment.account
    require_account(session, name, account)
    place = f"account {account}, region {session.region}"
    print(f"catalogctl: {effect} in {name}: {place}", file=sys.stderr)
    confirm(name, verb, confirmed=confirmed)


def confirm(name: str, verb: str, *, confirmed: bool) -> None:
    """Ask for the environment's name on a terminal, unless `confirmed`; in CI too.

    Raises `UsageError` when stdin is not a terminal, `PlatformError` for any other answer.
    """
    if not confirmed:
        _require_terminal(name, verb)
        _ask(name, verb.partition(" ")[0])


def _check_merged(root: Path, name: str, commit: Commit | None) -> None:
    if commit is None:
        reason = "it is unknown from which commit the assembly is made"
    elif not commit.clean:
        reason = (
            f"the working tree has changes that are not in commit {commit.short}, or the assembly "
            "was scanned in another one"
        )
    else:
        is_merged = is_on_main(root, commit.id)
        if is_merged:
            return
        reason = f"commit {commit.short} is not on the main branch"
        if is_merged is None:
            reason = f"it is unknown whether commit {commit.short} is on the main branch"
    raise PlatformError(
        f"{name}: {reason}",
        hint="deploy a clean checkout of the main branch, or allow it with --allow-unmerged",
    )


def _compared_with_deployed(
    root: Path, name: str, stack: StackStatus | None, commit: Commit | None, consent: Consent
) -> str:
    """Return a description of the deployed commit; raise if this deployment would revert it."""
    if stack is None:
        return "nothing: the stack does not exist yet"
    found = version_of(stack)
    if not found.commit:
        return f"unknown commit (stack status {found.status}); it may be a newer one"
    shown = found.commit[:SHOWN_DIGITS]
    included = contains(root, commit.id, found.commit) if commit else None
    if included is None:
        return f"{shown}; it is unknown whether it is a newer one"
    if included:
        return shown
    if not consent.older:
        raise PlatformError(
            f"{name}: commit {_shown(commit)} does not include the deployed commit {shown}; this "
            "deployment would revert changes",
            hint="deploy a newer commit; to go back on purpose, allow it with --allow-older",
        )
    return f"{shown}, which this deployment reverts"


def _shown(commit: Commit | None) -> str:
    if commit is None:
        return "unknown"
    return commit.short + ("" if commit.clean else " with other changes")


def _require_terminal(name: str, verb: str) -> None:
    if not (sys.stdin and sys.stdin.isatty()):
        raise UsageError(
            f"{name} is on AWS, and stdin is not a terminal on which to confirm the command",
            hint=f"confirm it with: catalogctl {verb} {name} --yes",
        )


def _ask(name: str, verb: str) -> None:
    print(f"Type the environment's name to {verb} it ({name}): ", end="", file=sys.stderr)
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    if answer != name:
        raise PlatformError(f"{verb}: nothing is changed, the answer was '{answer}', not '{name}'")
