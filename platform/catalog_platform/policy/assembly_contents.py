"""Find what an assembly would deploy besides the templates that are scanned.

https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cloud-assembly-schema/README.md
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from catalog_platform.aws.stack import stack_name
from catalog_platform.policy.assembly import RESYNTH
from catalog_platform.policy.verdicts import ScanProblem

STACK = "aws:cloudformation:stack"
ASSETS = "cdk:asset-manifest"


def unscanned(assembly: Path) -> Iterator[ScanProblem]:
    """Yield a problem for each content of the assembly that no scan of an environment covers.

    Stacks of environments that are not selected are no problem: the attestation doesn't name them,
    so they cannot be deployed. Content that cannot be read is a problem of the environment that
    needs it, see `assembly.read`.
    """
    artifacts = _mapping(_read(assembly / "manifest.json").get("artifacts"))
    files = list(_assets(assembly, artifacts, "files"))
    for artifact_id, artifact in artifacts.items():
        kind = _mapping(artifact).get("type")
        if kind == "cdk:cloud-assembly" or (
            kind == STACK and not artifact_id.startswith(stack_name(""))
        ):
            what = "a nested assembly" if kind != STACK else "a stack of no environment"
            yield _problem(f"has {artifact_id}, {what}, which is not scanned", assembly)
        if kind == STACK:
            yield from _published(artifact_id, _mapping(artifact), files, assembly)
    root = assembly.resolve()
    for source in (_mapping(each.get("source")) for each in files):
        path = str(source.get("path", ""))
        if "executable" in source:
            yield _problem("builds an asset with a program when it is deployed", assembly)
        elif not (assembly / path).resolve().is_relative_to(root):
            yield _problem(f"deploys {path}, which is outside of it", assembly)
    # The stack has none, and a build can run any program and read any file.
    for _ in _assets(assembly, artifacts, "dockerImages"):
        yield _problem("builds a container image when it is deployed", assembly)


def _published(
    name: str, artifact: Mapping[str, Any], files: list[Mapping[str, Any]], assembly: Path
) -> Iterator[ScanProblem]:
    """Yield a problem if CloudFormation gets another template than the one that is scanned."""
    properties = _mapping(artifact.get("properties"))
    template = str(properties.get("templateFile", ""))
    if not (assembly / template).resolve().is_relative_to(assembly.resolve()):
        yield _problem(f"has the template of {name} outside of it: {template}", assembly)
    if properties.get("parameters"):
        yield _problem(f"sets parameters of {name}, which the scan does not see", assembly)
    url = str(properties.get("stackTemplateAssetObjectUrl", ""))
    if not url:  # the CDK then uploads the template file itself
        return
    key = url.rpartition("/")[2]
    sources = [
        _mapping(each.get("source")).get("path")
        for each in files
        for destination in _mapping(each.get("destinations")).values()
        if _mapping(destination).get("objectKey") == key
    ]
    if set(sources) != {template}:
        shown = ", ".join(map(str, sources)) or "nothing"
        yield _problem(f"uploads {shown} as the template of {name}, not {template}", assembly)


def _assets(assembly: Path, artifacts: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    for artifact in map(_mapping, artifacts.values()):
        if artifact.get("type") == ASSETS:
            manifest = str(_mapping(artifact.get("properties")).get("file", ""))
            yield from map(_mapping, _mapping(_read(assembly / manifest).get(kind)).values())


def _problem(message: str, assembly: Path) -> ScanProblem:
    return ScanProblem(
        rule="scan-assembly",
        message=f"the assembly {message}",
        hint=RESYNTH,
        file=assembly / "manifest.json",
    )


def _read(file: Path) -> Mapping[str, Any]:
    try:
        return _mapping(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, RecursionError, ValueError):
        return {}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
