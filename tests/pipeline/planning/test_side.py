"""The stacks of an assembly; content that can't be compared is an error that names the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.pipeline.planning.side import read_stacks

NAME = "shop"
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}


def assembly(folder: Path, template: str, artifact: dict[str, Any] | None = None) -> Path:
    """Write an assembly with one stack, whose template has this text."""
    (folder / "t.json").write_text(template)
    made = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111111111111/eu-west-1",
        "properties": {"templateFile": "t.json", "terminationProtection": True},
        **(artifact or {}),
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {f"catalog-{NAME}": made}}))
    return folder


def test_a_stack_has_its_template_and_what_is_outside_of_it(tmp_path: Path) -> None:
    stacks, digests = read_stacks(
        assembly(tmp_path, json.dumps({"Resources": {"Q": QUEUE}})), (NAME,)
    )
    stack = stacks[NAME]
    assert (stack.account, stack.region, stack.is_protected) == ("111111111111", "eu-west-1", True)
    assert stack.resources == {"Q": QUEUE}
    assert len(digests[NAME]) == 64


@pytest.mark.parametrize(
    "template",
    [
        "",
        "\0\1\2",
        "{",
        "[]",
        "null",
        "{}",
        '{"Resources": []}',
        '{"Resources": {}}',
        '{"Resources": {"Q": 1}}',
        '{"Resources": {"Q": {}}}',
        '{"Resources": {"Q": {"Type": 1}}}',
        '{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": []}}}',
    ],
)
def test_a_template_that_is_garbage_is_never_compared(tmp_path: Path, template: str) -> None:
    with pytest.raises(ValueError, match=r"t\.json: "):
        read_stacks(assembly(tmp_path, template), (NAME,))


@pytest.mark.parametrize("artifact", [{"type": "other"}, {"properties": []}])
def test_an_artifact_that_is_garbage_is_never_compared(
    tmp_path: Path, artifact: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"manifest\.json: "):
        read_stacks(assembly(tmp_path, "{}", artifact), (NAME,))


def test_an_assembly_that_is_missing_is_never_compared(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"manifest\.json: "):
        read_stacks(tmp_path, (NAME,))
