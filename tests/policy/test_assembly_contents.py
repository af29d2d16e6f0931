from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.policy.assembly_contents import unscanned
from support import templates
from support.templates import QUEUE, rules, scan

TEMPLATE = "catalog-dev.template.json"


def published(folder: Path) -> Path:
    """Write an assembly that uploads its template as the CDK does."""
    templates.assembly(folder, dev={"Queue": QUEUE})
    assets = {
        "files": {
            "abc": {
                "source": {"path": TEMPLATE, "packaging": "file"},
                "destinations": {"here": {"bucketName": "b", "objectKey": "abc.json"}},
            }
        }
    }
    (folder / "dev.assets.json").write_text(json.dumps(assets))
    manifest = json.loads((folder / "manifest.json").read_text())
    properties = manifest["artifacts"]["catalog-dev"]["properties"]
    properties["stackTemplateAssetObjectUrl"] = "s3://b/abc.json"
    manifest["artifacts"]["dev.assets"] = {
        "type": "cdk:asset-manifest",
        "properties": {"file": "dev.assets.json"},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def edit(file: Path, change: Callable[[Any], object]) -> None:
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


def test_an_assembly_of_the_cdk_has_no_problem(tmp_path: Path) -> None:
    assert list(unscanned(published(tmp_path))) == []
    assert list(unscanned(templates.assembly(tmp_path / "b", dev={"A": QUEUE}, prod={}))) == []


def source(**values: str) -> Callable[[Any], object]:
    return lambda content: content["files"]["abc"]["source"].update(values)


def image(**values: object) -> Callable[[Any], object]:
    return lambda content: content.update({"dockerImages": {"abc": {"source": values}}})


def artifact(name: str, kind: str) -> Callable[[Any], object]:
    return lambda content: content["artifacts"].update({name: {"type": kind}})


def properties(**values: object) -> Callable[[Any], object]:
    return lambda content: content["artifacts"]["catalog-dev"]["properties"].update(values)


CHANGES: dict[str, tuple[str, Callable[[Any], object], str]] = {
    "a stack of no environment": (
        "manifest.json", artifact("extra", "aws:cloudformation:stack"), "has extra, a stack of no",
    ),
    "a nested assembly": (
        "manifest.json", artifact("assembly-x", "cdk:cloud-assembly"), "a nested assembly",
    ),
    "another template for CloudFormation": (
        "dev.assets.json", source(path="other.json"), "uploads other.json as the template of",
    ),
    "a template from elsewhere": (
        "manifest.json", properties(stackTemplateAssetObjectUrl="s3://b/x.json"), "uploads nothing",
    ),
    "a template outside": (
        "manifest.json", properties(templateFile="../dev.json"), "outside of it: ../dev.json",
    ),
    "parameters of the stack": (
        "manifest.json", properties(parameters={"Size": "1"}), "sets parameters of catalog-dev",
    ),
    "an asset outside": ("dev.assets.json", source(path="../../etc"), "deploys ../../etc, which"),
    "a container image": (
        "dev.assets.json",
        image(directory="image", dockerFile="Dockerfile"),
        "builds a container image",
    ),
    "a container image of a program": (
        "dev.assets.json", image(executable=["sh", "-c", "id"]), "builds a container image",
    ),
    "a container image outside": (
        "dev.assets.json", image(directory="../../etc"), "builds a container image",
    ),
    "an asset of a program": ("dev.assets.json", source(executable="sh"), "builds an asset with"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "change", "message"), CHANGES.values(), ids=CHANGES)
def test_the_scan_refuses_an_assembly_with(
    file: str, change: Callable[[Any], object], message: str, tmp_path: Path
) -> None:
    assembly = published(tmp_path)
    edit(assembly / file, change)
    found = [each.message for each in unscanned(assembly)]
    assert any(message in each for each in found), found


def test_content_that_is_no_assembly_is_left_to_the_scan_of_the_environment(tmp_path: Path) -> None:
    for text in ("", "[" * 100_000, "[]", '{"artifacts": []}', '{"artifacts": {"a": 1}}'):
        (tmp_path / "manifest.json").write_text(text)
        assert list(unscanned(tmp_path)) == []


def test_a_scan_reports_unscanned_content_as_an_error(tmp_path: Path) -> None:
    assembly = published(tmp_path / "out")
    edit(assembly / "manifest.json", artifact("extra", "aws:cloudformation:stack"))
    assert rules(scan(assembly, templates.policies(tmp_path / "policies"))) == {"scan-assembly"}
