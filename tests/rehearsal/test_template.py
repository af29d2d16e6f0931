"""Templates that are replaced in an assembly."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.rehearsal import template

BEFORE: dict[str, Any] = {
    "Resources": {
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {}},
        "Old": {"Type": "AWS::SQS::Queue"},
    },
    "Outputs": {"ProcessorFunctionName": {"Value": {"Ref": "Function"}}},
}


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    folder = tmp_path / "assembly"
    folder.mkdir()
    text = json.dumps(BEFORE)
    digest = hashlib.sha256(text.encode()).hexdigest()
    (folder / "catalog-prod.template.json").write_text(text, encoding="utf-8")
    files = {
        "code": {"source": {"path": "asset.code"}},
        digest: {"source": {"path": "catalog-prod.template.json"}, "key": f"{digest}.json"},
    }
    (folder / "catalog-prod.assets.json").write_text(json.dumps({"files": files}), "utf-8")
    stack = {"environment": "aws://1/eu-west-1", "url": f"s3://bucket/{digest}.json"}
    manifest = {"artifacts": {"catalog-prod": stack}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_a_replaced_template_is_uploaded_under_its_own_hash(assembly: Path, tmp_path: Path) -> None:
    changed: dict[str, object] = {"Resources": {}}
    out = template.replaced(assembly, "prod", changed, tmp_path / "out")
    assert template.read(out, "prod") == changed
    digest = hashlib.sha256((out / "catalog-prod.template.json").read_bytes()).hexdigest()
    files = json.loads((out / "catalog-prod.assets.json").read_text("utf-8"))["files"]
    assert files[digest]["key"] == f"{digest}.json"
    assert f"s3://bucket/{digest}.json" in (out / "manifest.json").read_text("utf-8")
    assert template.read(assembly, "prod") == BEFORE
    assert template.destination(out, "prod") == "aws://1/eu-west-1"


def test_an_assembly_without_the_stack_is_an_expected_failure(assembly: Path) -> None:
    with pytest.raises(PlatformError, match="no stack catalog-dev"):
        template.read(assembly, "dev")


def test_differing_resources_are_named_with_the_kind_of_change() -> None:
    after = {
        "Resources": {
            "Function": {"Type": "AWS::Lambda::Function", "Properties": {"MemorySize": 1}},
            "New": {"Type": "AWS::SNS::Topic"},
        }
    }
    assert template.changes(BEFORE, after) == (
        "changed Function (AWS::Lambda::Function)",
        "added New (AWS::SNS::Topic)",
        "removed Old (AWS::SQS::Queue)",
    )
