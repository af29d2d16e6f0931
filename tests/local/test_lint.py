"""Templates that are invalid on AWS are refused before a local deployment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.local import lint
from support import harmful_variables


@pytest.fixture(autouse=True)
def _harmful_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let cfn-lint find a configuration in the home folder that ignores every error."""
    home = harmful_variables.write_home(tmp_path / "home", "192.0.2.1:1")
    for name, value in harmful_variables.variables(home, "192.0.2.1:1").items():
        monkeypatch.setenv(name, value)


def write(folder: Path, **resources: dict[str, Any]) -> Path:
    path = folder / "catalog.template.json"
    path.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    return path


def test_every_error_is_reported_with_its_resource(tmp_path: Path) -> None:
    template = write(
        tmp_path,
        DeadLetters={"Type": "AWS::SQS::Queue", "Properties": {"QueueNameTypo": "x"}},
        Other={"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Missing"}}},
        Proxy={"Type": "AWS::Nowhere::Thing"},
    )
    with pytest.raises(PlatformError) as caught, lint.checking(template, "us-east-1"):
        pass
    message = caught.value.message
    assert message.startswith("catalog.template.json is invalid on AWS:")
    assert "E3002 DeadLetters.Properties.QueueNameTypo" in message
    assert "E1020 Other.Properties.QueueName.Ref: 'Missing'" in message
    assert "'AWS::Nowhere::Thing' does not exist" in message


def test_warnings_are_ignored(tmp_path: Path) -> None:
    function = {
        "Type": "AWS::EC2::Subnet",
        "Properties": {
            "VpcId": "vpc-12345678",
            "CidrBlock": "10.0.0.0/24",
            "AvailabilityZone": "us-east-1a",
        },
    }
    lint.check(write(tmp_path, Subnet=function), "us-east-1")
