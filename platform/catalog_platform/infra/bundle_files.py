"""Put the bundles into an assembly, so that it can be deployed on another machine.

The CDK leaves them where they are, and its asset files have their absolute paths.
https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cloud-assembly-schema/README.md
"""

from __future__ import annotations

import json
from pathlib import Path

from catalog_platform import bundle


def add(assembly: Path) -> None:
    """Add each bundle that an asset file names as `asset.<hash>.zip`, and name that one instead.

    Raises `OSError`.
    """
    for file in sorted(assembly.glob("*.assets.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        for digest, asset in content["files"].items():
            source = Path(asset["source"]["path"])
            if source.is_absolute():
                added = assembly / f"asset.{digest}{source.suffix}"
                asset["source"]["path"] = added.name
                if not added.exists():
                    bundle.place(source, added)
        file.write_text(json.dumps(content, indent=1), encoding="utf-8")
