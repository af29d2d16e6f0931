"""Arguments of the verb `local` and its actions: up, down, status, logs."""

from __future__ import annotations

import argparse

from catalog_platform.arguments.options import Verbs, add_format, add_verb, age, count
from catalog_platform.workspace import Workspace


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Add the verb to the parser."""
    local = add_verb(verbs, "local", "run the embedded AWS on this machine", None)
    actions = local.add_subparsers(dest="action", metavar="ACTION", required=True)
    up = add_verb(actions, "up", "start the embedded AWS and deploy an environment to it", _up)
    add_format(up, "text", "json")
    up.add_argument(
        "--env", default="local", metavar="ENV", help="environment to deploy (default: local)"
    )
    up.add_argument("--fresh", action="store_true", help="delete the data of earlier runs first")
    down = add_verb(actions, "down", "stop the embedded AWS and keep its data", _down)
    down.add_argument(
        "--discard",
        action="store_true",
        help="delete the data, and stop and delete all rehearsals too",
    )
    status = add_verb(
        actions, "status", "show the state and the addresses of the embedded AWS", _status
    )
    add_format(status, "text", "json")
    logs = add_verb(actions, "logs", "print the logs of the functions and servers", _logs)
    logs.add_argument(
        "part",
        nargs="?",
        metavar="PART",
        help="aws, cache, postgres, functions, or a part of a function's name, such as Processor "
        "(default: all)",
    )
    logs.add_argument(
        "-f", "--follow", action="store_true", help="keep printing new lines until interrupted"
    )
    logs.add_argument(
        "--lines",
        dest="last",
        type=count,
        default=200,
        metavar="N",
        help="print at most the last N lines of each log first (default: 200)",
    )
    logs.add_argument(
        "--since", type=age, metavar="AGE", help="print no lines that are older: 30s, 10m, 2h, 1d"
    )


def _up(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import local

    return local.up(workspace, env=options.env, fresh=options.fresh, format=options.format)


def _down(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import local

    return local.down(workspace, discard=options.discard)


def _status(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import local

    return local.status(workspace, format=options.format)


def _logs(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import local

    return local.logs(
        workspace,
        part=options.part,
        follow=options.follow,
        last=options.last,
        since=options.since,
    )
