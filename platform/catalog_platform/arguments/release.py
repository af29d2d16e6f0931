"""Arguments of the verbs for deployed catalogs: deploy to warm."""

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
    deploy = add_verb(verbs, "deploy", "deploy an environment from a scanned assembly", _deploy)
    add_environment(deploy)
    deploy.add_argument(
        "--assembly",
        type=Path,
        metavar="DIR",
        help="assembly to deploy (default: synthesise and scan first)",
    )
    verify = add_verb(
        verbs,
        "verify",
        "send updates to a deployed environment, and verify where each arrives",
        _verify,
    )
    add_environment(verify)
    add_feed(verify)
    verify.add_argument("--seed", type=int, default=0, help="seed of the generated updates")
    _add_rehearse(verbs)
    add_feed(
        add_verb(
            verbs, "demo", "validate, synthesise, scan, deploy and verify on this machine", _demo
        )
    )
    _add_replay(verbs)
    warm = add_verb(
        verbs, "warm", "fill the cache of a deployed environment from its database", _warm
    )
    add_environment(warm)


def _add_rehearse(verbs: Verbs[argparse.ArgumentParser]) -> None:
    rehearse = add_verb(
        verbs,
        "rehearse",
        "deploy a change to an embedded AWS under traffic, and test a rollback",
        _rehearse,
    )
    add_environment(rehearse)
    rehearse.add_argument(
        "--base", default="HEAD", metavar="REF", help="Git ref to compare against (default: HEAD)"
    )
    rehearse.add_argument(
        "--updates",
        type=count,
        default=2000,
        metavar="N",
        help="number of updates to send before the change",
    )
    rehearse.add_argument(
        "--out", type=Path, metavar="DIR", help="also write both reports to this folder"
    )
    add_format(rehearse, "markdown", "json")


def _add_replay(verbs: Verbs[argparse.ArgumentParser]) -> None:
    replay = add_verb(
        verbs, "replay", "put dead letters back on the stream once their cause is fixed", _replay
    )
    add_environment(replay)
    for option, meaning in (
        ("since", "only dead letters that arrived at or after"),
        ("until", "only dead letters that arrived before"),
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
        help="only this reason, for example RetryAttemptsExhausted (may be repeated)",
    )
    replay.add_argument(
        "--range",
        dest="span",
        metavar="SHARD:FIRST-LAST",
        help="records of the stream by sequence number, instead of dead letters",
    )
    replay.add_argument(
        "--dry-run", action="store_true", help="show what would be replayed, without replaying it"
    )
    add_format(replay, "text", "json")


def _deploy(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import deploy

    return deploy.run(workspace, name=options.name, assembly=options.assembly)


def _verify(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import verify

    return verify.run(
        workspace,
        name=options.name,
        updates=options.updates,
        malformed=options.malformed,
        seed=options.seed,
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
    )


def _warm(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import warm

    return warm.run(workspace, name=options.name)
