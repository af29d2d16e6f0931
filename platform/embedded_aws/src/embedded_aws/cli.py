"""Parse the command line and run one action; the README documents both.

stdout has one JSON object per line: progress, a result, or the error that ended the action.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from embedded_aws import resource_types
from embedded_aws.errors import EmbeddedAwsError, ProgramError
from embedded_aws.servers import launcher, packages, postgres, privacy, processes, supervisor
from embedded_aws.servers.layout import Layout
from embedded_aws.servers.processes import Process
from embedded_aws.servers.startup import Restarter


def main(arguments: Sequence[str]) -> int:
    """Run an action. Return 0, or 1 after an expected failure; 130 when it was interrupted."""
    options = _parser().parse_args(arguments)
    os.umask(privacy.UMASK)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        options.run(options)
    except EmbeddedAwsError as error:
        log = error.log if isinstance(error, ProgramError) else ""
        _print(error=error.message, hint=error.hint, log=log)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m embedded_aws",
        description="Run AWS on this machine: an endpoint, PostgreSQL and Valkey.",
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    home = argparse.ArgumentParser(add_help=False)
    home.add_argument("home", type=_absolute, metavar="FOLDER", help="folder of its data and state")
    functions = argparse.ArgumentParser(add_help=False)
    functions.add_argument(
        "--functions-path", default="/usr/local/bin:/usr/bin:/bin", help="PATH of functions"
    )
    functions.add_argument(
        "--owner", type=int, metavar="PID", help="stop and discard it when this process ends"
    )

    start = actions.add_parser("start", parents=[home, functions], help="start it, with its data")
    start.add_argument("--account", required=True, help="account id, 12 digits")
    start.add_argument("--region", required=True)
    start.add_argument("--fresh", action="store_true", help="delete the data of earlier runs first")
    start.add_argument(
        "--port", type=int, help="port of the endpoint (default: that of the last run)"
    )
    start.set_defaults(run=_start)

    stop = actions.add_parser("stop", parents=[home], help="stop it and keep its data")
    stop.set_defaults(run=_stop)
    discard = actions.add_parser("discard", parents=[home], help="stop it and delete its files")
    discard.set_defaults(run=_discard)
    copies = actions.add_parser(
        "remove-copies", help="delete unused copies of PostgreSQL's programs"
    )
    copies.set_defaults(run=_remove_copies)
    types = actions.add_parser("resource-types", help="list how resource types behave")
    types.set_defaults(run=_resource_types)

    supervise = actions.add_parser(
        "supervise", parents=[home, functions], help="used by start: restart servers that end"
    )
    supervise.add_argument("--owner-started", default="", help="start time of the owner")
    supervise.set_defaults(run=_supervise)
    return parser


def _start(options: argparse.Namespace) -> None:
    launcher.start(
        Layout(options.home),
        account=options.account,
        region=options.region,
        programs=options.functions_path,
        on_progress=lambda line: _print(progress=line),
        fresh=options.fresh,
        endpoint_port=options.port,
        owner=None if options.owner is None else processes.with_pid(options.owner),
    )


def _stop(options: argparse.Namespace) -> None:
    _print(stopped=launcher.stop(Layout(options.home)))


def _discard(options: argparse.Namespace) -> None:
    launcher.discard(Layout(options.home))


def _remove_copies(_options: argparse.Namespace) -> None:
    postgres.remove_copy(packages.FOLDER)


def _resource_types(_options: argparse.Namespace) -> None:
    for name, found in resource_types.TYPES.items():
        _print(type=name, fidelity=found.fidelity, note=found.note)


def _supervise(options: argparse.Namespace) -> None:
    layout = Layout(options.home)
    owner = None if options.owner is None else Process(options.owner, options.owner_started)
    supervisor.Supervisor(layout, Restarter(layout, options.functions_path), owner).run()


def _absolute(text: str) -> Path:
    return Path(text).absolute()


def _print(**values: Any) -> None:
    print(json.dumps(values), flush=True)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
