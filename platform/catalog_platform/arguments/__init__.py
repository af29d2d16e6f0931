"""The arguments of `catalogctl`: verbs, options, help texts, and the command of each verb."""

from __future__ import annotations

import argparse
from pathlib import Path

from catalog_platform import __version__
from catalog_platform.arguments import (
    assembly,
    cache,
    cost,
    local,
    manifests,
    plan,
    release,
    waivers,
)
from catalog_platform.arguments.options import add_global_options

EPILOG = """\
first steps:
  catalogctl validate                          validate every manifest
  catalogctl explain prod database.multi_az    show where the value of a key comes from
  catalogctl render prod                       print the resolved manifest of prod
  catalogctl demo                              deploy to this machine, send updates and verify them

exit codes: 0 success · 1 findings or a failure · 2 usage error · 3 bug · 130 interrupted
"""


def parser() -> argparse.ArgumentParser:
    """Build the parser; `parse_args` sets `run` to the command of the chosen verb."""
    top = argparse.ArgumentParser(
        prog="catalogctl",
        description="Deploy and verify product catalogs from environment manifests.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"catalogctl {__version__}")
    add_global_options(top, directory=Path(), switch=False)
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for group in (manifests, assembly, waivers, plan, cost, release, local, cache):
        group.add_to(verbs)
    return top
