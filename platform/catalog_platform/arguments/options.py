"""Helpers that declare verbs and the options that several verbs share."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

from catalog_platform.pipeline import shard
from catalog_platform.pipeline.shard import Shard
from catalog_platform.workspace import Workspace

MAXIMUM_UPDATES = 1_000_000  # feeds are generated in memory, a gigabyte for a million updates

Verbs = argparse._SubParsersAction  # argparse has no public name for it
Run = Callable[[Workspace, argparse.Namespace], int]


def add_verb(
    verbs: Verbs[argparse.ArgumentParser], name: str, help_text: str, run: Run | None
) -> argparse.ArgumentParser:
    """Add a verb. `run` gets the workspace and the parsed options, and returns the exit code.

    `run` imports its command when it is called, so a verb does not load the others. A verb that
    consists of actions has no `run`.
    """
    verb = verbs.add_parser(name, help=help_text, description=help_text, allow_abbrev=False)
    # A default here would override an option that is given before the verb.
    add_global_options(verb, directory=argparse.SUPPRESS, switch=argparse.SUPPRESS)
    if run is not None:
        verb.set_defaults(run=run)
    return verb


def add_global_options(
    parser: argparse.ArgumentParser, *, directory: Path | str, switch: bool | str
) -> None:
    """Add `-C`, `-q` and `--profile`, which are allowed before and after the verb.

    `directory` and `switch` are their defaults.
    """
    parser.add_argument(
        "-C",
        dest="directory",
        metavar="DIR",
        type=Path,
        default=directory,
        help="folder of the repository to work on (default: the repository of the current folder); "
        "before or after the verb, the last one applies",
    )
    parser.add_argument("-q", "--quiet", action="store_true", default=switch, help="hide progress")
    parser.add_argument(
        "--profile",
        action="store_true",
        default=switch,
        help="print at the end, on stderr, where the time went",
    )


def add_format(verb: argparse.ArgumentParser, *choices: str) -> None:
    """Add `--format`; the first choice is the default."""
    verb.add_argument(
        "--format",
        choices=choices,
        default=choices[0],
        help=f"output format (default: {choices[0]})",
    )


def add_sarif(verb: argparse.ArgumentParser) -> None:
    """Add `--sarif FILE`."""
    verb.add_argument(
        "--sarif", type=Path, metavar="FILE", help="also write the findings to this file as SARIF"
    )


def add_environments(verb: argparse.ArgumentParser) -> None:
    """Add an argument for any number of environments."""
    verb.add_argument(
        "names",
        metavar="ENV",
        nargs="*",
        help="names of environments in environments/ (default: all)",
    )


def add_environment(verb: argparse.ArgumentParser) -> None:
    """Add an argument for one environment."""
    verb.add_argument("name", metavar="ENV", help="name of an environment in environments/")


def add_shard(verb: argparse.ArgumentParser) -> None:
    """Add `--shard NUMBER/COUNT`."""
    verb.add_argument(
        "--shard",
        type=_shard,
        metavar="NUMBER/COUNT",
        help="only this part of the environments, such as 2/3; with --out, write shard.json, which "
        "catalogctl join reads",
    )


def _shard(text: str) -> Shard:
    try:
        return shard.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_feed(verb: argparse.ArgumentParser) -> None:
    """Add `--updates` and `--malformed`."""
    verb.add_argument(
        "--updates",
        type=count,
        default=5000,
        metavar="N",
        help="number of updates to send (default: 5000)",
    )
    verb.add_argument(
        "--malformed",
        type=count,
        metavar="N",
        help="number of these updates that are malformed (default: 25, at most a tenth)",
    )


def age(text: str) -> float:
    """Parse an age such as `10m` to seconds. Raises `argparse.ArgumentTypeError`."""
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text, re.ASCII)
    if found is None:
        raise argparse.ArgumentTypeError(f"'{text}' is not an age such as 30s, 10m, 2h or 1d")
    return int(found[1]) * {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}[found[2]]


def count(text: str) -> int:
    """Parse a number of updates. Raises `argparse.ArgumentTypeError` for any other text."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1
    if not 0 <= number <= MAXIMUM_UPDATES:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0 to {MAXIMUM_UPDATES}")
    return number
