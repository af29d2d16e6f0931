"""Reads and replaces the template of one environment within a cloud assembly.

The CDK uploads a template under the hash of its content, which two files of the assembly name:
a changed template needs another one, or the version that was uploaded before would be deployed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from catalog_platform.aws.stack import stack_name
from catalog_platform.errors import PlatformError

NAMING = ("manifest.json", "{stack}.assets.json")


def read(assembly: Path, environment: str) -> dict[str, Any]:
    """The template of an environment's stack. Raises `PlatformError` when there is none."""
    path = _path(assembly, environment)
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise PlatformError(f"{assembly}: has no stack {stack_name(environment)}") from error


def replaced(assembly: Path, environment: str, template: dict[str, Any], out: Path) -> Path:
    """A copy of the assembly in `out` whose stack has another template; returns `out`."""
    shutil.copytree(assembly, out, dirs_exist_ok=True)
    path = _path(out, environment)
    before = _asset(out, environment)
    text = json.dumps(template, indent=1)
    path.write_text(text, encoding="utf-8")
    after = hashlib.sha256(text.encode()).hexdigest()
    for name in NAMING:
        naming = out / name.format(stack=stack_name(environment))
        naming.write_text(naming.read_text("utf-8").replace(before, after), encoding="utf-8")
    return out


def changes(base: dict[str, Any], head: dict[str, Any]) -> tuple[str, ...]:
    """The resources that differ, as `changed Stream (AWS::Kinesis::Stream)`, by name."""
    before, now = base["Resources"], head["Resources"]
    found = []
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            how = "changed" if name in before and name in now else "added"
            resource = now.get(name) or before[name]
            found.append(f"{'removed' if name not in now else how} {name} ({resource['Type']})")
    return tuple(found)


def destination(assembly: Path, environment: str) -> str:
    """Account and region of an environment's stack, as `aws://ACCOUNT/REGION`."""
    artifacts = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    return str(artifacts[stack_name(environment)]["environment"])


def _asset(assembly: Path, environment: str) -> str:
    """The hash under which the template is uploaded."""
    name = _path(assembly, environment).name
    assets = json.loads(
        (assembly / f"{stack_name(environment)}.assets.json").read_text(encoding="utf-8")
    )
    return str(next(k for k, file in assets["files"].items() if file["source"]["path"] == name))


def _path(assembly: Path, environment: str) -> Path:
    return assembly / f"{stack_name(environment)}.template.json"
