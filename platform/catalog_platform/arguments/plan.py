"""Arguments of the verbs for plans: plan, affected, acknowledge."""

from __future__ import annotations

import argparse
from pathlib import Path

from catalog_platform.arguments.options import (
    Verbs,
    add_environment,
    add_environments,
    add_format,
    add_shard,
    add_verb,
)
from catalog_platform.workspace import Workspace

DAYS = 30
MAXIMUM_DAYS = 400
# See docs/fleets.md.
LARGEST_SHARD = 50


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Add the verbs to the parser."""
    plan = add_verb(verbs, "plan", "show what a merge does to the deployed stacks", _plan)
    add_environments(plan)
    _add_base(plan)
    _add_against(plan)
    _add_cache(plan)
    add_shard(plan)
    add_format(plan, "text", "markdown", "json", "html", "github")
    plan.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="also write plan.json, plan.md, plan.html and rehearsals.json to this folder; with "
        "--scan also scan.txt, scan.json, scan.sarif, scan.md, scan.html and alerts.sarif; with "
        "--shard only shard.json",
    )
    plan.add_argument(
        "--scan",
        action="store_true",
        help="also scan what differs from the base with the policies; only new findings fail",
    )
    plan.add_argument(
        "--policies-from-base",
        action="store_true",
        help="use the policies, severities, waivers, acknowledgements and prices of the base, for "
        "changes by people who may not change them",
    )
    _add_shards(verbs)
    watch = add_verb(
        verbs, "watch", "validate, plan and scan after every save of a manifest or policy", _watch
    )
    add_environments(watch)
    _add_base(watch)
    affected = add_verb(
        verbs, "affected", "list the environments whose deployment differs from a base", _affected
    )
    _add_base(affected)
    _add_cache(affected)
    add_format(affected, "text", "json")
    _add_acknowledge(verbs)


def _add_shards(verbs: Verbs[argparse.ArgumentParser]) -> None:
    shards = add_verb(verbs, "shards", "divide a plan into jobs: print its shards as JSON", _shards)
    _add_base(shards)
    shards.add_argument(
        "--largest",
        type=positive,
        default=LARGEST_SHARD,
        metavar="N",
        help=f"environments of a shard that may differ (default: {LARGEST_SHARD}); for at most as "
        "many, the list is empty",
    )
    join = add_verb(verbs, "join", "report what all shards of a plan or scan have found", _join)
    join.add_argument(
        "folders",
        type=Path,
        metavar="DIR",
        nargs="+",
        help="folder that --shard and --out have written; one for each shard",
    )
    add_format(join, "text", "markdown", "github")
    join.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="also write the files that --out of plan and scan writes to this folder",
    )


def _add_acknowledge(verbs: Verbs[argparse.ArgumentParser]) -> None:
    acknowledge = add_verb(
        verbs,
        "acknowledge",
        "acknowledge changes that block a plan: print an entry of policies/waivers.yaml for each",
        _acknowledge,
    )
    add_environment(acknowledge)
    _add_base(acknowledge)
    _add_against(acknowledge)
    acknowledge.add_argument(
        "--resource",
        action="append",
        default=[],
        dest="resources",
        metavar="PATH",
        help="construct path of a change to acknowledge, for example Stream/Stream/Resource; "
        "repeatable (default: all that block)",
    )
    acknowledge.add_argument(
        "--reason", required=True, metavar="TEXT", help="why the changes are acceptable"
    )
    acknowledge.add_argument(
        "--owner", required=True, metavar="NAME", help="who is responsible for the acknowledgement"
    )
    acknowledge.add_argument(
        "--days",
        type=days,
        default=DAYS,
        metavar="N",
        help=f"days until the acknowledgement expires, at most {MAXIMUM_DAYS} (default: {DAYS})",
    )
    acknowledge.add_argument(
        "--write", action="store_true", help="append the entries to policies/waivers.yaml"
    )


def _add_base(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--base",
        metavar="REF",
        help="Git ref to compare against (default: the merge base with the main branch; in a "
        "shallow clone of a merge commit, its first parent)",
    )


def _add_cache(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        help="folder of the stacks of earlier bases, which are reused (default: build/stacks)",
    )


def _add_against(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--against",
        choices=["aws"],
        help="also ask the account of the named environments: change set, drift, databases",
    )


def days(text: str) -> int:
    """Return a number of days. Raises `ArgumentTypeError` outside of 1 to `MAXIMUM_DAYS`."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= MAXIMUM_DAYS:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1 to {MAXIMUM_DAYS}")
    return int(text)


def positive(text: str) -> int:
    """Return a number from 1 to 9999. Raises `ArgumentTypeError` for other texts."""
    if not text.isascii() or not text.isdigit() or len(text) > 4 or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text[:20]}' is not a number from 1 to 9999")
    return int(text)


def _plan(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import plan

    return plan.run(
        workspace,
        names=options.names,
        base=options.base,
        against=options.against,
        cache=options.cache,
        out=options.out,
        format=options.format,
        scan=options.scan,
        policies_from_base=options.policies_from_base,
        shard=options.shard,
    )


def _join(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import join

    return join.run(workspace, folders=options.folders, format=options.format, out=options.out)


def _shards(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import shards

    return shards.run(workspace, base=options.base, largest=options.largest)


def _watch(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import watch

    return watch.run(workspace, names=options.names, base=options.base)


def _affected(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import affected

    return affected.run(workspace, base=options.base, cache=options.cache, format=options.format)


def _acknowledge(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import acknowledge

    return acknowledge.run(
        workspace,
        name=options.name,
        base=options.base,
        against=options.against,
        resources=options.resources,
        reason=options.reason,
        owner=options.owner,
        days=options.days,
        write=options.write,
    )
