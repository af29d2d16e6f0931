"""Read the stacks of a cloud assembly, and the construct path of each resource.

https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cloud-assembly-schema/README.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from catalog_platform.aws.stack import stack_name
from catalog_platform.policy.verdicts import ScanProblem

LOGICAL_ID = "aws:cdk:logicalId"
PATH = "aws:cdk:path"
RESYNTH = "synthesise again: catalogctl synth --out DIR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource of a template; `path` is its construct path below the stack, or empty.

    `attributes` are all its attributes in the template except `Properties`. `account` and `region`
    are those of its stack.
    """

    logical_id: str
    type: str
    path: str
    attributes: Mapping[str, Any]
    properties: Mapping[str, Any] = field(default_factory=dict)
    account: str = ""
    region: str = ""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Return the resource's metadata; empty when it is missing or invalid."""
        metadata = self.attributes.get("Metadata")
        return metadata if isinstance(metadata, dict) else {}

    @property
    def subject(self) -> str:
        """Return the name of the resource in findings and waivers."""
        return self.path or f"{self.type}.{self.logical_id}"

    @property
    def section(self) -> str:
        """Return the manifest section of the resource: `dead_letters` for `DeadLetters/Queue`."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.path.partition("/")[0]).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class StackTemplate:
    """The template of one environment, with its account and region from the assembly."""

    environment: str
    template: Path
    account: str
    region: str
    resources: Mapping[str, Resource]


def read(
    folder: Path, environments: Sequence[str]
) -> tuple[list[StackTemplate], dict[str, list[ScanProblem]]]:
    """Read the stacks of the environments; return them and the problems by environment.

    Content that cannot be read becomes a problem, not an exception.
    """
    problems: dict[str, list[ScanProblem]] = {name: [] for name in environments}
    stacks: list[StackTemplate] = []
    for name in environments:
        try:
            stacks.append(_stack(folder, name))
        except _UnreadableError as error:
            problems[name].append(
                ScanProblem(rule="scan-assembly", message=str(error), hint=RESYNTH, file=error.file)
            )
    return stacks, problems


class _UnreadableError(Exception):
    def __init__(self, message: str, file: Path) -> None:
        super().__init__(message)
        self.file = file


def _stack(folder: Path, environment: str) -> StackTemplate:
    name = stack_name(environment)
    manifest = folder / "manifest.json"
    artifacts = _object(_load(manifest).get("artifacts", {}), "artifacts", manifest)
    artifact = artifacts.get(name)
    if not isinstance(artifact, dict) or artifact.get("type") != "aws:cloudformation:stack":
        raise _UnreadableError(f"the assembly has no stack {name}", manifest)
    properties = _object(artifact.get("properties", {}), f"properties of {name}", manifest)
    template = folder / str(properties.get("templateFile", ""))
    declared = _object(_load(template).get("Resources", {}), "Resources", template)
    if not declared:
        raise _UnreadableError("the template has no resources", template)
    account, _, region = str(artifact.get("environment", "")).removeprefix("aws://").partition("/")
    paths = _construct_paths(folder, artifact)
    resources = {
        logical_id: replace(
            _resource(logical_id, _object(body, logical_id, template), paths, name),
            account=account,
            region=region,
        )
        for logical_id, body in declared.items()
    }
    return StackTemplate(
        environment=environment,
        template=template,
        account=account,
        region=region,
        resources=resources,
    )


def _resource(
    logical_id: str, body: dict[str, Any], paths: Mapping[str, str], stack: str
) -> Resource:
    properties = body.get("Properties")
    resource = Resource(
        logical_id=logical_id,
        type=str(body.get("Type", "")),
        path="",
        attributes={key: value for key, value in body.items() if key != "Properties"},
        properties=properties if isinstance(properties, dict) else {},
    )
    path = str(resource.metadata.get(PATH, "")) or paths.get(logical_id, "")
    return replace(resource, path=path.strip("/").removeprefix(f"{stack}/"))


def _construct_paths(folder: Path, artifact: dict[str, Any]) -> dict[str, str]:
    """Return construct paths by logical id, from the artifact's metadata or its file."""
    metadata = artifact.get("metadata", {})
    if "additionalMetadataFile" in artifact:
        metadata = _load(folder / str(artifact["additionalMetadataFile"]))
    return {
        entry["data"]: path
        for path, entries in metadata.items()
        for entry in entries
        if entry.get("type") == LOGICAL_ID and isinstance(entry.get("data"), str)
    }


def _load(file: Path) -> dict[str, Any]:
    try:
        return _object(json.loads(file.read_text(encoding="utf-8")), "content", file)
    except OSError as error:
        raise _UnreadableError(f"cannot be read: {error.strerror or error}", file) from error
    except ValueError as error:
        raise _UnreadableError(f"is not complete JSON: {error}", file) from error


def _object(value: Any, what: str, file: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _UnreadableError(f"{what}: must be a JSON object", file)
    return value
