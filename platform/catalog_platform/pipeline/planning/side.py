"""One side of a plan: the stacks of a version, or why an environment has none."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalog_platform.aws.stack import stack_name
from catalog_platform.findings import Finding
from catalog_platform.manifest import Manifests
from catalog_platform.plan.stack import Stack
from catalog_platform.policy import assembly as assemblies
from catalog_platform.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A version of the repository.

    `names` are its environments. One of them is in `stacks` or, with at least one finding, in
    `findings`. `digests` has the SHA-256 over what the assembly has for each stack. `assemblies`
    has the assembly of each stack that was just synthesised.
    """

    workspace: Workspace
    manifests: Manifests
    names: tuple[str, ...]
    stacks: Mapping[str, Stack]
    digests: Mapping[str, str]
    findings: Mapping[str, tuple[Finding, ...]]
    assemblies: Mapping[str, Path] = field(default_factory=dict)


def read_stacks(assembly: Path, names: tuple[str, ...]) -> tuple[dict[str, Stack], dict[str, str]]:
    """Return the stacks of an assembly by environment, and their digests.

    Raises `OSError`, or `ValueError` with the file and what is wrong with it, for an assembly that
    the CDK didn't write.
    """
    found, problems = assemblies.read(assembly, names)
    for problem in itertools.chain.from_iterable(problems.values()):
        raise ValueError(f"{problem.file}: {problem.message}")
    manifest = json.loads((assembly / "manifest.json").read_text())
    stacks: dict[str, Stack] = {}
    digests: dict[str, str] = {}
    for each in found:
        artifact: dict[str, Any] = manifest["artifacts"][stack_name(each.environment)]
        protected = artifact["properties"].get("terminationProtection") is True
        content = each.template.read_bytes()
        template = json.loads(content)
        if wrong := _wrong_resource(template["Resources"]):
            what = "has no type, or properties that are no JSON object"
            raise ValueError(f"{each.template}: {wrong}: {what}")
        stacks[each.environment] = Stack(
            template=template,
            account=each.account,
            region=each.region,
            is_protected=protected,
            paths={name: resource.path for name, resource in each.resources.items()},
            tags=artifact["properties"].get("tags", {}),
        )
        facts = f"{each.account}/{each.region}/{protected}\0".encode()
        digests[each.environment] = hashlib.sha256(facts + content).hexdigest()
    return stacks, digests


def _wrong_resource(resources: Mapping[str, Any]) -> str | None:
    """Return the logical id of a resource that can't be compared."""
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        if not isinstance(resource.get("Type"), str) or not isinstance(properties, dict):
            return name
    return None
