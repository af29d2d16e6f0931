"""Read and replace the template of one environment in a cloud assembly.

The CDK uploads a template under the hash of its content, and two files of the assembly contain
that hash. A changed template needs a new hash: with the old one, the CDK would deploy the template
that it uploaded before.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from catalog_platform.aws.stack import stack_name
from catalog_platform.errors import PlatformError

FILES_WITH_HASH = ("manifest.json", "{stack}.assets.json")


def read(assembly: Path, environment: str) -> dict[str, Any]:
    """Return the template of an environment. Raises `PlatformError` when it is missing."""
    path = _path(assembly, environment)
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise PlatformError(f"{assembly}: no stack {stack_name(environment)}") from error


def replaced(assembly: Path, environment: str, template: dict[str, Any], out: Path) -> Path:
    """Copy the assembly to `out`, replace the stack's template there, and return `out`."""
    shutil.copytree(assembly, out, dirs_exist_ok=True)
    path = _path(out, environment)
    before = _asset(out, environment)
    text = json.dumps(template, indent=1)
    path.write_text(text, encoding="utf-8")
    after = hashlib.sha256(text.encode()).hexdigest()
    for name in FILES_WITH_HASH:
        file = out / name.format(stack=stack_name(environment))
        file.write_text(file.read_text("utf-8").replace(before, after), encoding="utf-8")
    return out


def changes(base: dict[str, Any], head: dict[str, Any]) -> tuple[str, ...]:
    """Return the differing resources by name, as `changed Stream (AWS::Kinesis::Stream)`."""
    before, now = base["Resources"], head["Resources"]
    found = []
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            how = "changed" if name in before and name in now else "added"
            resource = now.get(name) or before[name]
            found.append(f"{'removed' if name not in now else how} {name} ({resource['Type']})")
    return tuple(found)


def destination(assembly: Path, environment: str) -> str:
    """Return account and region of an environment's stack, as `aws://ACCOUNT/REGION`."""
    artifacts = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    return str(artifacts[stack_name(environment)]["environment"])


def stack(assembly: Path, environment: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the template of an environment, and its stack's properties in the assembly."""
    artifacts = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    return read(assembly, environment), artifacts[stack_name(environment)].get("properties", {})


def _asset(assembly: Path, environment: str) -> str:
    """Return the hash under which the template is uploaded."""
    name = _path(assembly, environment).name
    assets = json.loads(
        (assembly / f"{stack_name(environment)}.assets.json").read_text(encoding="utf-8")
    )
    return str(next(k for k, file in assets["files"].items() if file["source"]["path"] == name))


def _path(assembly: Path, environment: str) -> Path:
    return assembly / f"{stack_name(environment)}.template.json"
