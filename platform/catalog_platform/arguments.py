"""The command line of `catalogctl`: verbs, options, and how they are explained."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from catalog_platform import __version__

TARGETS = ("aws", "embedded")
MOST_UPDATES = 1_000_000  # a feed is made in memory, and a million of them take a gigabyte

EPILOG = """\
first steps:
  catalogctl validate                          are the manifests sound?
  catalogctl explain prod database.multi_az    why does this key have this value?
  catalogctl render prod                       everything that prod.yaml leads to
  catalogctl demo                              deploy, feed and reconcile on this machine

exit codes: 0 clean · 1 findings or a failure · 2 usage · 3 a bug · 130 interrupted
"""


def parser() -> argparse.ArgumentParser:
    """The command line. Every option's name is the name of the command's keyword argument."""
    top = argparse.ArgumentParser(
        prog="catalogctl",
        description="Environment manifests in, deployed and verified product catalogs out.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"catalogctl {__version__}")
    _add_everywhere(top, directory=Path(), quiet=False)
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    _add_manifest_verbs(verbs)
    _add_assembly_verbs(verbs)
    _add_release_verbs(verbs)
    _add_repair_verbs(verbs)
    _add_local(verbs)
    return top


Verbs = argparse._SubParsersAction  # the name argparse gives it; there is no public one


def _verb(verbs: Verbs[argparse.ArgumentParser], name: str, does: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=does, description=does, allow_abbrev=False)
    # Without defaults of their own, they leave alone what was said before the verb.
    _add_everywhere(verb, directory=argparse.SUPPRESS, quiet=argparse.SUPPRESS)
    return verb


def _add_everywhere(
    where: argparse.ArgumentParser, *, directory: Path | str, quiet: bool | str
) -> None:
    where.add_argument(
        "-C",
        dest="directory",
        metavar="DIR",
        type=Path,
        default=directory,
        help="the repository to work on (default: found upward from the working folder); "
        "before or after the verb, and the last one counts",
    )
    where.add_argument("-q", "--quiet", action="store_true", default=quiet, help="show no progress")


def _format(verb: argparse.ArgumentParser, *choices: str) -> None:
    verb.add_argument("--format", choices=choices, default=choices[0], help="of what is printed")


def _sarif(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--sarif", type=Path, metavar="FILE", help="write the findings there, too, as SARIF"
    )


def _names(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("names", metavar="ENV", nargs="*", help="environments (default: all)")


def _name(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("name", metavar="ENV", help="environment: a file in environments/")


def _add_manifest_verbs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    validate = _verb(verbs, "validate", "check manifests; print every finding with its line")
    _names(validate)
    _format(validate, "text", "json", "sarif", "github")
    _sarif(validate)
    render = _verb(verbs, "render", "print the resolved manifest of an environment")
    _name(render)
    _format(render, "yaml", "json")
    render.add_argument("--origins", action="store_true", help="add file:line to every value")
    explain = _verb(verbs, "explain", "tell how a key came by its value, and what it means")
    _name(explain)
    explain.add_argument("key", metavar="KEY", help="for example database.multi_az")
    compare = _verb(verbs, "compare", "tell how two environments differ, by section")
    compare.add_argument("left", metavar="ENV", help="environment: a file in environments/")
    compare.add_argument("right", metavar="ENV", help="the other one")
    _format(compare, "text", "json")
    compare.add_argument(
        "--strict", action="store_true", help="fail on a difference that is not declared"
    )
    new = _verb(verbs, "new", "write the manifest of a new environment")
    new.add_argument("name", metavar="ENV", help="how it will be called")
    new.add_argument(
        "--from", dest="source", metavar="ENV", required=True, help="the one that it starts from"
    )
    new.add_argument("--account", metavar="DIGITS", help="AWS account (default: the same)")
    _verb(verbs, "docs", "write the reference pages in docs/ that are made from the code")
    _verb(verbs, "schema", "print the JSON Schema that editors use for manifests")


def _add_assembly_verbs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    synth = _verb(verbs, "synth", "write a cloud assembly with one stack per environment")
    _names(synth)
    synth.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to")
    synth.add_argument(
        "--target",
        type=_target,
        metavar="{aws,embedded}",
        default=os.environ.get("CATALOGCTL_TARGET") or None,
        help="deploy target (default: $CATALOGCTL_TARGET, else what the manifest says)",
    )
    scan = _verb(verbs, "scan", "hold the assembly against the policies")
    _names(scan)
    scan.add_argument(
        "--assembly", type=Path, metavar="DIR", help="scan this one (default: synthesise first)"
    )
    _format(scan, "text", "json", "sarif")
    scan.add_argument(
        "--output", type=Path, metavar="FILE", help="write to a file instead of stdout"
    )
    _sarif(scan)


def _add_release_verbs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    deploy = _verb(verbs, "deploy", "deploy the assembly of an environment")
    _name(deploy)
    deploy.add_argument(
        "--assembly", type=Path, metavar="DIR", help="deploy this one (default: synthesise first)"
    )
    verify = _verb(verbs, "verify", "send updates through a deployed environment and reconcile")
    _name(verify)
    _add_feed(verify)
    verify.add_argument("--seed", type=int, default=0, help="of the generated updates")
    rehearse = _verb(verbs, "rehearse", "try a change out on an embedded AWS, with a rollback")
    _name(rehearse)
    rehearse.add_argument(
        "--base", default="HEAD", metavar="REF", help="what the change is made to (default: HEAD)"
    )
    rehearse.add_argument(
        "--updates", type=_count, default=2000, metavar="N", help="put before the change"
    )
    rehearse.add_argument("--out", type=Path, metavar="DIR", help="write both reports there, too")
    _format(rehearse, "markdown", "json")
    demo = _verb(verbs, "demo", "validate, synth, scan, deploy, feed, reconcile: on this machine")
    _add_feed(demo)


def _add_repair_verbs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    replay = _verb(verbs, "replay", "put dead letters on the stream again, once they can succeed")
    _name(replay)
    for option, does in (("since", "arrived at or after"), ("until", "arrived before")):
        replay.add_argument(
            f"--{option}", metavar="TIME", help=f"{does}: an age (90m, 36h, 7d), or RFC 3339"
        )
    replay.add_argument(
        "--reason",
        dest="reasons",
        metavar="REASON",
        action="append",
        default=[],
        help="only these: unknown-version, RetryAttemptsExhausted, … (may be repeated)",
    )
    replay.add_argument(
        "--range",
        dest="span",
        metavar="SHARD:FIRST-LAST",
        help="records of the stream itself, by sequence numbers, instead of the dead letters",
    )
    replay.add_argument("--dry-run", action="store_true", help="only tell what would be done")
    _format(replay, "text", "json")
    _name(_verb(verbs, "warm", "fill the cache of a deployed environment from its database"))


def _add_feed(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--updates", type=_count, default=5000, metavar="N", help="how many")
    verb.add_argument("--malformed", type=_count, default=25, metavar="N", help="of them broken")


def _target(text: str) -> str:
    # As a type, not as choices: argparse holds only types against a default that is text.
    if text not in TARGETS:
        raise argparse.ArgumentTypeError(f"'{text}' is not one of: {', '.join(TARGETS)}")
    return text


def _count(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1
    if not 0 <= number <= MOST_UPDATES:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0 to {MOST_UPDATES}")
    return number


def _add_local(verbs: Verbs[argparse.ArgumentParser]) -> None:
    local = _verb(verbs, "local", "run the embedded AWS on this machine")
    actions = local.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, does in (
        ("up", "start the embedded AWS and deploy an environment to it"),
        ("down", "stop it"),
        ("status", "tell whether it runs, and where"),
        ("logs", "print what it has logged"),
    ):
        action = _verb(actions, name, does)
        if name in ("up", "status"):
            _format(action, "text", "json")
        if name == "up":
            action.add_argument("--env", default="local", metavar="ENV", help="default: local")
            action.add_argument("--fresh", action="store_true", help="forget the earlier state")
        if name == "down":
            action.add_argument("--discard", action="store_true", help="and remove its data")
        if name == "logs":
            action.add_argument("-f", "--follow", action="store_true", help="keep printing")
