"""Arguments of the verb for caches."""

from __future__ import annotations

import argparse

from catalog_platform.arguments.options import Verbs, add_format, add_verb
from catalog_platform.workspace import Workspace


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Add the verb to the parser."""
    cache = add_verb(verbs, "cache", "show and empty the caches of repository and user", None)
    actions = cache.add_subparsers(dest="action", metavar="ACTION", required=True)
    status = add_verb(
        actions, "status", "list the caches: entries, bytes, damaged entries, times of use", _status
    )
    add_format(status, "text", "json")
    clear = add_verb(
        actions, "clear", "remove the stacks, scans and verdicts of earlier runs", _clear
    )
    clear.add_argument(
        "--all",
        dest="everything",
        action="store_true",
        help="also remove the functions' bundles, those for all repositories of this user among "
        "them, and the packages of earlier bases, which are downloaded again; not while another "
        "command runs",
    )


def _status(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import cache

    return cache.status(workspace, format=options.format)


def _clear(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import cache

    return cache.clear(workspace, everything=options.everything)
