"""A plain CDK app of the same stacks, with the CDK's defaults.

Its configuration is read from JSON, so that no time is spent on manifests. Run by the CDK's command
line in a folder with `manifests.json`: the resolved manifests and the folders of the bundles.
"""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
from aws_cdk import App

from catalog_platform.infra.app import FEATURE_FLAGS
from catalog_platform.infra.catalog_stack import CatalogStack
from catalog_platform.infra.function_assets import Bundles
from catalog_platform.model import Manifest

# The feature flags, as in a project's cdk.json; not the switches that save time.
FLAGS = {name: value for name, value in FEATURE_FLAGS.items() if ":disable-" not in name}

app = App(context=FLAGS)
for entry in json.loads(Path("manifests.json").read_text()):
    bundles = {name: Path(folder) for name, folder in entry["bundles"].items()}
    manifest = msgspec.convert(entry["manifest"], Manifest)
    CatalogStack(app, manifest, Bundles(**bundles))
app.synth()
