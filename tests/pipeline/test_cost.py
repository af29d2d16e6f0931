"""The limit of the monthly cost."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding, Severity
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import cost
from catalog_platform.pipeline.cost import limit_findings
from catalog_platform.plan.stack import Stack
from support import templates
from support.costs import stack_of
from support.manifests import ROOT, VALID, a_repository

# Ten shards cost 124.10 USD in eu-west-1.
STREAM = {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 10}}


def findings(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    release: str,
    resources: dict[str, Any] | None = None,
) -> tuple[Finding, ...]:
    """Return the findings of an environment with a stream, or with other resources."""
    workspace = a_repository(root, sample=f"{VALID}release: {release}\n")
    shutil.copytree(ROOT / "policies" / "prices", workspace.policies / "prices")
    stack = stack_of(resources or {"S": STREAM})

    def read(_assembly: Path, names: tuple[str, ...]) -> tuple[dict[str, Stack], dict[str, str]]:
        return dict.fromkeys(names, stack), {}

    monkeypatch.setattr(cost, "read_stacks", read)
    return limit_findings(workspace, Manifests(workspace), ["sample"], root / "assembly")


def test_a_cost_above_the_limit_is_an_error_with_both_figures_and_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = findings(tmp_path, monkeypatch, "{monthly_limit_usd: 124}")
    assert found.severity is Severity.ERROR
    assert found.message == ("the fixed cost is 124.10 USD a month, more than the limit of 124 USD")
    assert (found.rule, found.path) == ("monthly-limit-exceeded", "release.monthly_limit_usd")
    assert found.location.file == "environments/sample.yaml"
    assert found.location.line == VALID.count("\n") + 1
    assert "catalogctl cost sample" in found.hint


@pytest.mark.parametrize(
    "release", ["{monthly_limit_usd: 125}", "{monthly_limit_usd: null}", "{target: aws}"]
)
def test_a_cost_within_the_limit_and_no_limit_are_no_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, release: str
) -> None:
    assert findings(tmp_path, monkeypatch, release) == ()


def test_an_environment_that_aws_does_not_bill_has_no_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = "{monthly_limit_usd: 1, target: embedded}"
    assert findings(tmp_path, monkeypatch, release) == ()


@pytest.mark.parametrize(
    ("limit", "severity", "rule"),
    [
        (1, Severity.ERROR, "monthly-limit-exceeded"),
        (1000, Severity.WARNING, "monthly-limit-unknown"),
    ],
)
def test_unknown_parts_are_said_above_and_below_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, severity: Severity, rule: str
) -> None:
    resources = {"S": STREAM, "T": {"Type": "AWS::DynamoDB::Table"}}
    (found,) = findings(tmp_path, monkeypatch, f"{{monthly_limit_usd: {limit}}}", resources)
    assert (found.severity, found.rule) == (severity, rule)
    assert found.message.endswith(
        "not counted, because it is unknown: T: nothing is known about AWS::DynamoDB::Table"
    )


def test_prices_are_needed_only_for_a_limit(tmp_path: Path) -> None:
    without = a_repository(tmp_path / "a", sample=VALID)
    assert limit_findings(without, Manifests(without), ["sample"], tmp_path) == ()
    limited = a_repository(tmp_path / "b", sample=f"{VALID}release: {{monthly_limit_usd: 1}}\n")
    with pytest.raises(FindingsError):
        limit_findings(limited, Manifests(limited), ["sample"], tmp_path)


def test_a_stack_that_cannot_be_read_is_an_error_of_its_environment(tmp_path: Path) -> None:
    workspace = a_repository(tmp_path, sample=f"{VALID}release: {{monthly_limit_usd: 1}}\n")
    shutil.copytree(ROOT / "policies" / "prices", workspace.policies / "prices")
    assembly = templates.assembly(tmp_path / "assembly", sample={"Name": templates.VALID})
    (file,) = assembly.glob("*.template.json")
    file.write_text(file.read_text()[:-1])
    (found,) = limit_findings(workspace, Manifests(workspace), ["sample"], assembly)
    assert (found.rule, found.severity) == ("monthly-limit-unknown", Severity.ERROR)
    assert "can't be read" in found.message
