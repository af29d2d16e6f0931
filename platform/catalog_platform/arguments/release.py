"""Arguments of the verbs for deployed catalogs: preflight, deploy, recover, verify, and others."""

from __future__ import annotations

import argparse
from pathlib import Path

from catalog_platform.arguments.options import (
    Verbs,
    add_environment,
    add_feed,
    add_format,
    add_verb,
    count,
)
from catalog_platform.workspace import Workspace


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Add the verbs to the parser."""
    _add_preflight(verbs)
    _add_deploy(verbs)
    _add_recover(verbs)
    verify = add_verb(
        verbs,
        "verify",
        "send updates to a deployed environment and verify that each one arrives",
        _verify,
    )
    add_environment(verify)
    add_feed(verify)
    verify.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="seed of the generated updates (default: 0)",
    )
    _add_yes(verify, "write to AWS")
    verify.add_argument(
        "--allow-production",
        action="store_true",
        help="write synthetic updates into a production environment on AWS",
    )
    _add_rehearse(verbs)
    add_feed(
        add_verb(
            verbs, "demo", "validate, synthesise, scan, deploy and verify on this machine", _demo
        )
    )
    _add_replay(verbs)
    _add_warm(verbs)


def _add_preflight(verbs: Verbs[argparse.ArgumentParser]) -> None:
    preflight = add_verb(
        verbs, "preflight", "check an AWS account before a deployment, read-only", _preflight
    )
    add_environment(preflight)
    preflight.add_argument(
        "--assembly",
        type=Path,
        metavar="DIR",
        help="assembly to be deployed (default: synthesise a new one)",
    )
    add_format(preflight, "text", "json")


def _add_deploy(verbs: Verbs[argparse.ArgumentParser]) -> None:
    deploy = add_verb(verbs, "deploy", "deploy an environment from a scanned assembly", _deploy)
    add_environment(deploy)
    deploy.add_argument(
        "--assembly",
        type=Path,
        metavar="DIR",
        help="scanned assembly to deploy (default: synthesise and scan a new one)",
    )
    _add_yes(deploy, "deploy to AWS")
    deploy.add_argument(
        "--allow-unmerged",
        action="store_true",
        help="deploy uncommitted changes, or a commit that is not on the main branch",
    )
    deploy.add_argument(
        "--allow-older",
        action="store_true",
        help="deploy a commit that does not include the deployed one",
    )


def _add_recover(verbs: Verbs[argparse.ArgumentParser]) -> None:
    recover = add_verb(
        verbs, "recover", "make a stack deployable again after an operation has failed", _recover
    )
    add_environment(recover)
    recover.add_argument(
        "--dry-run", action="store_true", help="print what would be done without doing it"
    )
    _add_yes(recover, "recover")
    for option, meaning in (
        ("retain", "leave this resource in the account when a failed deletion is completed"),
        ("skip", "leave this resource as it is when a failed rollback is continued"),
    ):
        recover.add_argument(
            f"--{option}",
            metavar="LOGICAL_ID",
            action="append",
            default=[],
            help=f"{meaning} (may be repeated)",
        )


def _add_rehearse(verbs: Verbs[argparse.ArgumentParser]) -> None:
    rehearse = add_verb(
        verbs,
        "rehearse",
        "deploy a change to an embedded AWS under traffic and test a rollback",
        _rehearse,
    )
    add_environment(rehearse)
    rehearse.add_argument(
        "--base",
        metavar="REF",
        help="Git ref to deploy first; the change is its difference from the working tree "
        "(default: the merge base of HEAD and the main branch)",
    )
    rehearse.add_argument(
        "--updates",
        type=count,
        default=2000,
        metavar="N",
        help="number of updates to send before the change (default: 2000)",
    )
    rehearse.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="also write rehearsal.md and rehearsal.json to this folder",
    )
    add_format(rehearse, "markdown", "json")


def _add_replay(verbs: Verbs[argparse.ArgumentParser]) -> None:
    replay = add_verb(
        verbs, "replay", "put dead letters on the stream again after their cause is fixed", _replay
    )
    add_environment(replay)
    for option, meaning in (
        ("since", "replay only dead letters that arrived at or after"),
        ("until", "replay only dead letters that arrived before"),
    ):
        replay.add_argument(
            f"--{option}", metavar="TIME", help=f"{meaning} TIME: an age (90m, 36h, 7d) or RFC 3339"
        )
    replay.add_argument(
        "--reason",
        dest="reasons",
        metavar="REASON",
        action="append",
        default=[],
        help="replay only dead letters with this reason, for example RetryAttemptsExhausted "
        "(may be repeated)",
    )
    replay.add_argument(
        "--range",
        dest="span",
        metavar="SHARD:FIRST-LAST",
        help="replay records of the stream by sequence number instead of dead letters",
    )
    replay.add_argument(
        "--dry-run", action="store_true", help="count the dead letters without replaying them"
    )
    _add_yes(replay, "replay on AWS")
    add_format(replay, "text", "json")


def _add_warm(verbs: Verbs[argparse.ArgumentParser]) -> None:
    warm = add_verb(
        verbs, "warm", "fill the cache of a deployed environment from its database", _warm
    )
    add_environment(warm)
    warm.add_argument(
        "--flush",
        dest="empty_first",
        action="store_true",
        help="empty the cache first, as after a restore of the database",
    )
    _add_yes(warm, "empty the cache on AWS")


def _add_yes(verb: argparse.ArgumentParser, action: str) -> None:
    help_text = f"{action} without asking for the environment's name"
    verb.add_argument("--yes", action="store_true", help=help_text)


def _preflight(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import preflight

    return preflight.run(
        workspace, name=options.name, assembly=options.assembly, format=options.format
    )


def _deploy(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import deploy

    return deploy.run(
        workspace,
        name=options.name,
        assembly=options.assembly,
        yes=options.yes,
        allow_unmerged=options.allow_unmerged,
        allow_older=options.allow_older,
    )


def _recover(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import recover

    return recover.run(
        workspace,
        name=options.name,
        retain=options.retain,
        skip=options.skip,
        dry_run=options.dry_run,
        yes=options.yes,
    )


def _verify(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import verify

    return verify.run(
        workspace,
        name=options.name,
        updates=options.updates,
        malformed=options.malformed,
        seed=options.seed,
        yes=options.yes,
        allow_production=options.allow_production,
    )


def _rehearse(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import rehearse

    return rehearse.run(
        workspace,
        name=options.name,
        base=options.base,
        updates=options.updates,
        out=options.out,
        format=options.format,
    )


def _demo(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import demo

    return demo.run(workspace, updates=options.updates, malformed=options.malformed)


def _replay(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import replay

    return replay.run(
        workspace,
        name=options.name,
        since=options.since,
        until=options.until,
        reasons=options.reasons,
        span=options.span,
        dry_run=options.dry_run,
        format=options.format,
        yes=options.yes,
    )


def _warm(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import warm

    return warm.run(workspace, name=options.name, empty_first=options.empty_first, yes=options.yes)
