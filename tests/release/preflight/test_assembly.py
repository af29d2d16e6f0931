from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.release.preflight.assembly import read
from support.templates import assembly


def with_artifact(folder: Path, **changes: Any) -> Path:
    """Write an assembly with changed properties of its stack."""
    assembly(folder, dev={"Queue": {"Type": "AWS::SQS::Queue"}})
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["artifacts"]["catalog-dev"]["properties"] |= changes
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_account_region_roles_and_bootstrap_come_from_the_assembly(tmp_path: Path) -> None:
    folder = with_artifact(
        tmp_path / "a",
        requiresBootstrapStackVersion=6,
        bootstrapStackVersionSsmParameter="/bootstrap/version",
        cloudFormationExecutionRoleArn="arn:${AWS::Partition}:iam::111111111111:role/execution",
    )
    stack = read(folder, "dev")
    assert (stack.name, stack.account, stack.region) == (
        "catalog-dev",
        "111111111111",
        "eu-west-1",
    )
    assert (stack.bootstrap_version, stack.bootstrap_parameter) == (6, "/bootstrap/version")
    assert stack.execution_role == "arn:aws:iam::111111111111:role/execution"
    assert [each.logical_id for each in stack.of_type("AWS::SQS::Queue")] == ["Queue"]
    assert stack.of_type("AWS::SNS::Topic") == ()


def test_an_assembly_may_require_no_bootstrap_and_no_role(tmp_path: Path) -> None:
    stack = read(with_artifact(tmp_path / "a"), "dev")
    assert (stack.bootstrap_version, stack.execution_role) == (0, "")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (None, "manifest.json: No such file"),
        ("{", "no stack catalog-dev that can be read"),
        ("[]", "no stack catalog-dev that can be read"),
        ('{"artifacts": {}}', "no stack catalog-dev that can be read: 'catalog-dev'"),
    ],
)
def test_an_assembly_that_cannot_be_read_is_an_expected_failure(
    tmp_path: Path, content: str | None, named: str
) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(PlatformError) as caught:
        read(tmp_path, "dev")
    assert named in caught.value.message
    assert f"catalogctl synth dev --out {tmp_path}" in caught.value.hint
