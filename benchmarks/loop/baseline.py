"""What a user types without this platform: `cdk synth`, then checkov on its output."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.synth import package, with_target
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace
from loop import measure
from loop.repository import ROOT, Repository
from support.bundles import unpacked

HERE = Path(__file__).resolve().parent
CDK = ROOT / "node_modules" / ".bin" / "cdk"
CHECKOV = Path(sys.prefix) / "bin" / "checkov"
# checkov ends with 1 because the template has violations, which our waivers accept.
CODES = (0, 1)


def prepare(repository: Repository, names: Sequence[str], folder: Path) -> None:
    """Write the configuration of the app, and the folders of its functions, into `folder`."""
    workspace = Workspace(repository.root)
    manifests, entries = Manifests(workspace), []
    folder.mkdir()
    for name in names:
        manifest, target = with_target(manifests.load(name), None)
        bundles = dataclasses.asdict(package(workspace, target, Progress(quiet=True)))
        for path in bundles.values():
            if not (folder / "functions" / path.stem).exists():
                unpacked(path, folder / "functions" / path.stem)
        entries.append(
            {
                "manifest": msgspec.to_builtins(manifest),
                "bundles": {key: str(path) for key, path in bundles.items()},
            }
        )
    (folder / "manifests.json").write_text(json.dumps(entries))


def run(folder: Path, *, all_frameworks: bool) -> measure.Run:
    """Synthesise and scan, with checkov's CloudFormation framework or all of its frameworks."""
    shutil.rmtree(folder / "cdk.out", ignore_errors=True)
    app = f"{sys.executable} {HERE / 'plain_app.py'}"
    synth: list[str | Path] = [
        CDK,
        "synth",
        "--quiet",
        "--app",
        app,
        "--output",
        "cdk.out",
        "--no-notices",
    ]
    frameworks = [] if all_frameworks else ["--framework", "cloudformation"]
    scan: list[str | Path] = [CHECKOV, "-d", "cdk.out", "--compact", "--quiet", *frameworks]
    return measure.together(measure.run(synth, folder), measure.run(scan, folder, CODES))
