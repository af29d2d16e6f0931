from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog_platform.policy.assembly import Resource, read
from support import templates
from support.templates import QUEUE, placed


@pytest.mark.parametrize(
    ("path", "section"),
    [("Database/Instance/Resource", "database"), ("DeadLetters/Bucket", "dead_letters"), ("", "")],
)
def test_the_section_is_the_first_component_of_the_construct_path(path: str, section: str) -> None:
    found = Resource(logical_id="A", type="AWS::SQS::Queue", path=path, attributes={})
    assert found.section == section


def with_metadata(folder: Path, *, in_a_file: bool) -> Path:
    assembly = templates.assembly(folder, dev={"Queue": QUEUE})
    manifest = json.loads((assembly / "manifest.json").read_text())
    metadata = {
        "/catalog-dev/Stream/Queue": [
            {"type": "aws:cdk:warning", "data": "old"},
            {"type": "aws:cdk:logicalId", "data": "Queue"},
        ]
    }
    artifact = manifest["artifacts"]["catalog-dev"]
    if in_a_file:
        artifact["additionalMetadataFile"] = "catalog-dev.metadata.json"
        (assembly / "catalog-dev.metadata.json").write_text(json.dumps(metadata))
    else:
        artifact["metadata"] = metadata
    (assembly / "manifest.json").write_text(json.dumps(manifest))
    return assembly


@pytest.mark.parametrize("in_a_file", [True, False])
def test_construct_paths_come_from_the_metadata_of_the_stack(
    in_a_file: bool, tmp_path: Path
) -> None:
    (stack,), _ = read(with_metadata(tmp_path, in_a_file=in_a_file), ["dev"])
    assert stack.resources["Queue"].subject == "Stream/Queue"


@pytest.mark.parametrize("metadata", [None, {"/a": None}, {"/a": [None]}, {"/a": [{"type": 1}]}])
def test_metadata_without_construct_paths_is_no_problem(metadata: object, tmp_path: Path) -> None:
    assembly = with_metadata(tmp_path, in_a_file=False)
    manifest = json.loads((assembly / "manifest.json").read_text())
    manifest["artifacts"]["catalog-dev"]["metadata"] = metadata
    (assembly / "manifest.json").write_text(json.dumps(manifest))
    (stack,), problems = read(assembly, ["dev"])
    assert problems == {"dev": []}
    assert all(each.path == "" for each in stack.resources.values())


def test_metadata_that_is_no_object_is_a_problem(tmp_path: Path) -> None:
    assembly = with_metadata(tmp_path, in_a_file=False)
    manifest = json.loads((assembly / "manifest.json").read_text())
    manifest["artifacts"]["catalog-dev"]["metadata"] = [1]
    (assembly / "manifest.json").write_text(json.dumps(manifest))
    _, problems = read(assembly, ["dev"])
    assert [each.message for each in problems["dev"]] == ["metadata: must be a JSON object"]


def test_a_metadata_file_that_is_cut_off_is_a_problem(tmp_path: Path) -> None:
    assembly = with_metadata(tmp_path, in_a_file=True)
    (assembly / "catalog-dev.metadata.json").write_text('{"/catalog-dev')
    stacks, problems = read(assembly, ["dev"])
    assert stacks == []
    assert [problem.rule for problem in problems["dev"]] == ["scan-assembly"]


def test_account_and_region_come_from_the_assembly(tmp_path: Path) -> None:
    (stack,), _ = read(templates.assembly(tmp_path, dev={"Queue": QUEUE}), ["dev"])
    assert (stack.account, stack.region) == ("111111111111", "eu-west-1")


def test_metadata_of_a_resource_cannot_claim_the_path_of_another_one(tmp_path: Path) -> None:
    assembly = with_metadata(tmp_path, in_a_file=False)
    template = {"Resources": {"Queue": placed(QUEUE, "Audit/Bucket")}}
    (assembly / "catalog-dev.template.json").write_text(json.dumps(template))
    ((stack,), _) = read(assembly, ["dev"])
    assert stack.resources["Queue"].subject == "Stream/Queue"


def test_two_resources_with_one_path_are_a_problem(tmp_path: Path) -> None:
    queue = placed(QUEUE, "Audit/Queue")
    stacks, problems = read(templates.assembly(tmp_path, dev={"A": queue, "B": queue}), ["dev"])
    assert stacks == []
    (problem,) = problems["dev"]
    assert problem.message == "several resources have the construct path Audit/Queue"


def test_a_template_that_is_nested_too_deeply_is_a_problem(tmp_path: Path) -> None:
    deep = '{"Resources": ' + '{"A": ' * 100_000 + "1" + "}" * 100_001
    stacks, problems = read(templates.assembly(tmp_path, dev=deep), ["dev"])
    assert stacks == []
    assert [each.rule for each in problems["dev"]] == ["scan-assembly"]
