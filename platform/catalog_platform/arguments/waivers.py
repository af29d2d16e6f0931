"""Arguments of the verbs for waivers: waive, waivers."""

from __future__ import annotations

import argparse

from catalog_platform.arguments.options import Verbs, add_format, add_verb
from catalog_platform.workspace import Workspace

TIERS = ("development", "staging", "production")
MAXIMUM_DUE = 9999


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Add the verbs to the parser."""
    _add_waive(verbs)
    waivers = add_verb(verbs, "waivers", "list the waivers: what ends when, and for whom", _waivers)
    waivers.add_argument(
        "--due",
        type=due,
        metavar="DAYS",
        help="only those that end within so many days, and those that have ended",
    )
    waivers.add_argument("--owner", metavar="NAME", help="only those of this owner")
    waivers.add_argument("--by", choices=("owner",), help="a table for each owner")
    add_format(waivers, "text", "json")


def _add_waive(verbs: Verbs[argparse.ArgumentParser]) -> None:
    waive = add_verb(
        verbs,
        "waive",
        "waive results of the last scan: print an entry of policies/waivers.yaml for each",
        _waive,
    )
    waive.add_argument(
        "selections",
        metavar="POLICY[@RESOURCE]",
        nargs="+",
        help="policy, and optionally the construct path of a resource, in which * matches text "
        "within a component; 'ID[PROPERTY]' is one of the results of a policy on a resource",
    )
    waive.add_argument("--reason", required=True, metavar="TEXT", help="why this is acceptable")
    waive.add_argument(
        "--owner", required=True, metavar="NAME", help="who is responsible for the waiver"
    )
    waive.add_argument("--ticket", metavar="T", help="URL, or an id such as OPS-123")
    end = waive.add_mutually_exclusive_group()
    end.add_argument(
        "--days",
        metavar="N",
        help="days until the waiver ends (default: 90, or what the severity allows)",
    )
    end.add_argument("--expires", metavar="DATE", help="last day, for example 2030-12-31")
    scope = waive.add_mutually_exclusive_group()
    scope.add_argument(
        "--environment",
        metavar="ENV",
        help="only results of this environment (default: every scanned one that has the result)",
    )
    scope.add_argument("--tier", choices=TIERS, help="all environments of a tier")
    scope.add_argument(
        "--all", action="store_true", dest="everywhere", help="all environments, also new ones"
    )
    waive.add_argument(
        "--write", action="store_true", help="append the entries to policies/waivers.yaml"
    )


def due(text: str) -> int:
    """Return a number of days. Raises `ArgumentTypeError` outside of 0 to `MAXIMUM_DUE`."""
    if not text.isascii() or not text.isdigit() or int(text[:6]) > MAXIMUM_DUE:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0 to {MAXIMUM_DUE}")
    return int(text)


def _waive(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import waive

    return waive.run(
        workspace,
        selections=options.selections,
        reason=options.reason,
        owner=options.owner,
        days=options.days,
        expires=options.expires,
        ticket=options.ticket,
        environment=options.environment,
        tier=options.tier,
        everywhere=options.everywhere,
        write=options.write,
    )


def _waivers(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import waivers

    return waivers.run(
        workspace, due=options.due, owner=options.owner, by=options.by, format=options.format
    )
