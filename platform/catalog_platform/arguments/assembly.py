"""Arguments of the verbs for cloud assemblies: synth, scan."""

from __future__ import annotations

import argparse
from pathlib import Path

from catalog_platform import variables
from catalog_platform.arguments.options import (
    Verbs,
    add_environments,
    add_format,
    add_sarif,
    add_shard,
    add_verb,
)
from catalog_platform.workspace import Workspace

TARGETS = ("aws", "embedded")


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Add the verbs to the parser."""
    _add_synth(verbs)
    _add_scan(verbs)


def _add_synth(verbs: Verbs[argparse.ArgumentParser]) -> None:
    synth = add_verb(
        verbs, "synth", "synthesise a cloud assembly with one stack per environment", _synth
    )
    add_environments(synth)
    synth.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        # The CDK command line passes its output folder to the app in this variable.
        default=variables.get("CDK_OUTDIR"),
        required=variables.get("CDK_OUTDIR") is None,
        help="folder to write the assembly to (default: $CDK_OUTDIR, which the CDK command line "
        "sets)",
    )
    synth.add_argument(
        "--target",
        type=_target,
        metavar="{aws,embedded}",
        default=variables.get("CATALOGCTL_TARGET"),
        help="target of the deployment (default: $CATALOGCTL_TARGET, or release.target of the "
        "manifest if that is not set)",
    )


def _add_scan(verbs: Verbs[argparse.ArgumentParser]) -> None:
    scan = add_verb(
        verbs,
        "scan",
        "check an assembly against the policies; with --assembly or --keep-going, attest it for "
        "catalogctl deploy if it has no errors",
        _scan,
    )
    add_environments(scan)
    scan.add_argument(
        "--assembly",
        type=Path,
        metavar="DIR",
        help="assembly to scan (default: synthesise a new one)",
    )
    _add_comparison(scan)
    add_shard(scan)
    add_format(scan, "text", "json", "sarif", "github", "markdown", "html")
    scan.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="write the report to this file instead of stdout",
    )
    add_sarif(scan)
    scan.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="also write scan.txt, scan.json, scan.sarif, scan.md and scan.html to this folder",
    )
    scan.add_argument(
        "--history",
        type=Path,
        metavar="FILE",
        help="append the counts of this scan to this file; scan.html shows their trend",
    )


def _add_comparison(scan: argparse.ArgumentParser) -> None:
    scan.add_argument(
        "--base",
        metavar="REF",
        help="Git ref to compare with: only results that it doesn't have are errors",
    )
    scan.add_argument(
        "--policies-from-base",
        action="store_true",
        help="use the policies, severities, waivers and prices of --base, for changes by people "
        "who may not change them",
    )
    scan.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        help="folder of the scans of earlier bases, which are reused (default: build/scans)",
    )
    scan.add_argument(
        "--keep-going",
        action="store_true",
        help="attest the environments without errors, and fail only if every environment has one",
    )


def _target(text: str) -> str:
    # A type, because argparse does not check a default against `choices`.
    if text not in TARGETS:
        raise argparse.ArgumentTypeError(f"'{text}' is not one of: {', '.join(TARGETS)}")
    return text


def _synth(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import synth

    return synth.run(workspace, names=options.names, out=options.out, target=options.target)


def _scan(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import scan

    return scan.run(
        workspace,
        names=options.names,
        assembly=options.assembly,
        format=options.format,
        output=options.output,
        sarif=options.sarif,
        out=options.out,
        base=options.base,
        policies_from_base=options.policies_from_base,
        cache=options.cache,
        keep_going=options.keep_going,
        history=options.history,
        shard=options.shard,
    )
