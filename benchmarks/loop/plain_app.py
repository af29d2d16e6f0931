"""A plain CDK app of the same stacks, with the CDK's defaults.

Its configuration is read from JSON, so that no time is spent on manifests. Run by the CDK's command
line in a folder with `manifests.json`: the resolved manifests and the paths of the bundles. The
functions are folders in `functions`, which the CDK hashes, copies and zips.
"""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
from aws_cdk import App
from aws_cdk.aws_lambda import AssetCode, Code

from catalog_platform.bundle import Bundles
from catalog_platform.infra import function
from catalog_platform.infra.app import FEATURE_FLAGS
from catalog_platform.infra.catalog_stack import CatalogStack
from catalog_platform.model import Manifest

# The feature flags, as in a project's cdk.json; not the switches that save time.
FLAGS = {name: value for name, value in FEATURE_FLAGS.items() if ":disable-" not in name}


def code_of(path: Path) -> AssetCode:
    """Return the code of a function as most apps do, from a folder."""
    return Code.from_asset(f"functions/{path.stem}")


function.code_of = code_of
app = App(context=FLAGS)
for entry in json.loads(Path("manifests.json").read_text()):
    bundles = {name: Path(path) for name, path in entry["bundles"].items()}
    manifest = msgspec.convert(entry["manifest"], Manifest)
    CatalogStack(app, manifest, Bundles(**bundles))
app.synth()
