"""Read the stacks of a cloud assembly, and the construct path of each resource.

https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cloud-assembly-schema/README.md
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
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
    are those of its stack. `is_sample` is whether its template has single resources, so that others
    which it needs in an environment may be missing.
    """

    logical_id: str
    type: str
    path: str
    attributes: Mapping[str, Any]
    properties: Mapping[str, Any] = field(default_factory=dict)
    account: str = ""
    region: str = ""
    is_sample: bool = False

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
    """The template of one environment, with its account and region from the assembly.

    `sections` are the sections of the template except `Resources`. A sample has single resources.
    """

    environment: str
    template: Path
    account: str
    region: str
    resources: Mapping[str, Resource]
    sections: Mapping[str, Any] = field(default_factory=dict)
    is_sample: bool = False


def read(
    folder: Path, environments: Sequence[str], *, samples: Collection[str] = ()
) -> tuple[list[StackTemplate], dict[str, list[ScanProblem]]]:
    """Read the stacks of the environments; return them and the problems by environment.

    `samples` are those whose template has single resources, such as the templates of tests. Only
    the caller can say so: a template must not choose to be judged less strictly. Content that
    cannot be read becomes a problem, not an exception.
    """
    problems: dict[str, list[ScanProblem]] = {name: [] for name in environments}
    stacks: list[StackTemplate] = []
    for name in environments:
        try:
            stacks.append(_stack(folder, name, name in samples))
        except _UnreadableError as error:
            problems[name].append(
                ScanProblem(rule="scan-assembly", message=str(error), hint=RESYNTH, file=error.file)
            )
    return stacks, problems


class _UnreadableError(Exception):
    def __init__(self, message: str, file: Path) -> None:
        super().__init__(message)
        self.file = file


def _stack(folder: Path, environment: str, is_sample: bool) -> StackTemplate:
    name = stack_name(environment)
    manifest = folder / "manifest.json"
    artifacts = _object(_load(manifest).get("artifacts", {}), "artifacts", manifest)
    artifact = artifacts.get(name)
    if not isinstance(artifact, dict) or artifact.get("type") != "aws:cloudformation:stack":
        raise _UnreadableError(f"the assembly has no stack {name}", manifest)
    properties = _object(artifact.get("properties", {}), f"properties of {name}", manifest)
    template = folder / str(properties.get("templateFile", ""))
    sections = _load(template)
    declared = _object(sections.pop("Resources", {}), "Resources", template)
    if not declared:
        raise _UnreadableError("the template has no resources", template)
    account, _, region = str(artifact.get("environment", "")).removeprefix("aws://").partition("/")
    paths = _construct_paths(folder, artifact)
    resources = {
        logical_id: replace(
            _resource(logical_id, _object(body, logical_id, template), paths, name),
            account=account,
            region=region,
            is_sample=is_sample,
        )
        for logical_id, body in declared.items()
    }
    counted = Counter(each.path for each in resources.values() if each.path)
    if repeated := sorted(path for path, count in counted.items() if count > 1):
        shown = ", ".join(repeated)
        raise _UnreadableError(f"several resources have the construct path {shown}", template)
    return StackTemplate(
        environment=environment,
        template=template,
        account=account,
        region=region,
        resources=resources,
        sections=sections,
        is_sample=is_sample,
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
    # The assembly's own record comes first: waivers cover paths, and anyone can write metadata.
    path = paths.get(logical_id, "") or str(resource.metadata.get(PATH, ""))
    return replace(resource, path=path.strip("/").removeprefix(f"{stack}/"))


def _construct_paths(folder: Path, artifact: dict[str, Any]) -> dict[str, str]:
    """Return construct paths by logical id, from the artifact's metadata or its file."""
    metadata = artifact.get("metadata")
    if "additionalMetadataFile" in artifact:
        metadata = _load(folder / str(artifact["additionalMetadataFile"]))
    return {
        entry["data"]: path
        for path, entries in _object(metadata or {}, "metadata", folder / "manifest.json").items()
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
        and entry.get("type") == LOGICAL_ID
        and isinstance(entry.get("data"), str)
    }


def _load(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        return _object(json.loads(text, object_pairs_hook=_without_repetition), "content", file)
    except OSError as error:
        raise _UnreadableError(f"cannot be read: {error.strerror or error}", file) from error
    except (RecursionError, ValueError) as error:
        raise _UnreadableError(f"is not complete JSON: {error}", file) from error


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object. Raises `ValueError` for a key twice: each reader takes another value."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {repeated!r} is written twice")
    return found


def _object(value: Any, what: str, file: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _UnreadableError(f"{what}: must be a JSON object", file)
    return value
