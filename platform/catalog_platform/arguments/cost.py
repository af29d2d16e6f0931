"""Arguments of the verbs for cost: cost, prices."""

from __future__ import annotations

import argparse

from catalog_platform.arguments.options import Verbs, add_environment, add_format, add_verb
from catalog_platform.aws.prices.price import PRICE_LISTS
from catalog_platform.workspace import Workspace


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Add the verbs to the parser."""
    cost = add_verb(verbs, "cost", "list what AWS bills for an environment every month", _cost)
    add_environment(cost)
    add_format(cost, "text", "json")
    prices = add_verb(verbs, "prices", "maintain the table of AWS's list prices", None)
    actions = prices.add_subparsers(dest="action", metavar="ACTION", required=True)
    refresh = add_verb(
        actions,
        "refresh",
        "rewrite policies/prices/aws.tsv from AWS's price list files",
        _refresh,
    )
    refresh.add_argument(
        "--from",
        dest="source",
        default=PRICE_LISTS,
        metavar="DIR|URL",
        help=f"folder or address with the paths of the files (default: {PRICE_LISTS})",
    )


def _cost(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import cost

    return cost.run(workspace, name=options.name, format=options.format)


def _refresh(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import prices

    return prices.refresh(workspace, source=options.source)
