"""Put the bundles into an assembly, so that it can be deployed on another machine.

The CDK leaves them where they are, and its asset files name their folders.
https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cloud-assembly-schema/README.md
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path


def add(assembly: Path) -> None:
    """Add each bundle that an asset file names as `asset.<hash>`, and name that folder instead.

    Files are hard links where possible: a bundle never changes. Raises `OSError`.
    """
    for file in sorted(assembly.glob("*.assets.json")):
        text = file.read_text(encoding="utf-8")
        for digest, asset in json.loads(text)["files"].items():
            source = asset["source"]["path"]
            if not Path(source).is_absolute():
                continue
            added = assembly / f"asset.{digest}"
            if not added.exists():
                shutil.copytree(source, added, copy_function=_link)
            text = text.replace(json.dumps(source), json.dumps(added.name))
        file.write_text(text, encoding="utf-8")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without hard links
        shutil.copy2(source, target)
