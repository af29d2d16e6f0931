"""The template of a deployment that stops the processor and fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.local import lint
from catalog_platform.rehearsal import fault_injection

BEFORE: dict[str, Any] = {
    "Resources": {
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {}},
        "Old": {"Type": "AWS::SQS::Queue"},
    },
    "Outputs": {"ProcessorFunctionName": {"Value": {"Ref": "Function"}}},
}


def test_the_injected_fault_stops_the_processor_before_the_deployment_fails() -> None:
    resources = fault_injection.with_failing_deployment(BEFORE)["Resources"]
    assert resources["Function"]["Properties"] == {"ReservedConcurrentExecutions": 0}
    failing = resources[fault_injection.BROKEN]
    # Its timeout starts after the function is changed.
    assert failing["DependsOn"] == ["Function"]
    assert int(failing["Properties"]["Timeout"]) == fault_injection.OUTAGE_SECONDS
    assert failing["Properties"]["Handle"] == {"Ref": fault_injection.HANDLE}
    assert "ReservedConcurrentExecutions" not in BEFORE["Resources"]["Function"]["Properties"]


def test_a_template_with_a_fault_passes_cfn_lint(tmp_path: Path) -> None:
    template = tmp_path / "catalog.template.json"
    function = {
        "Code": {"ZipFile": "def handle(event, context): pass"},
        "Handler": "index.handle",
        "Role": "arn:aws:iam::111111111111:role/any",
        "Runtime": "python3.13",
    }
    processor = {"Type": "AWS::Lambda::Function", "Properties": function}
    before = {**BEFORE, "Resources": {**BEFORE["Resources"], "Function": processor}}
    template.write_text(
        json.dumps(fault_injection.with_failing_deployment(before)), encoding="utf-8"
    )
    lint.check(template, "eu-west-1")


def test_a_template_without_a_processor_gets_no_fault() -> None:
    with pytest.raises(PlatformError, match="ProcessorFunctionName names no function"):
        fault_injection.with_failing_deployment({"Resources": {}})
