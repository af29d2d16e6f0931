"""https://docs.aws.amazon.com/controltower/latest/controlreference/proactive-controls.html"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.control_tower import TOOL, Guard, evaluate
from support.scanners import ScannerFinding

pytestmark = pytest.mark.synth


def template(assembly: Path) -> Path:
    return assembly / "catalog-planted.template.json"


def test_all_rules_of_the_package_are_there(guard: Guard) -> None:
    assert len(guard.rules) == 237


def test_it_finds_the_bucket_without_access_logs_and_only_that(guard: Guard, planted: Path) -> None:
    found = set(evaluate(guard, planted, ["planted"]).findings)
    assert ScannerFinding(TOOL, "CT.S3.PR.2", "planted", "Bare") in found
    assert ScannerFinding(TOOL, "CT.S3.PR.2", "planted", "Logged") not in found


def test_rules_that_do_not_name_a_type_of_the_template_have_no_result(
    guard: Guard, planted: Path
) -> None:
    chosen = guard.applicable({"AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::Lambda::Function"})
    others = [rule for rule in guard.rules if rule not in chosen]
    (report,) = guard.run(others, [template(planted)])
    assert chosen
    assert (report["compliant"], report["not_compliant"]) == ([], [])


def test_a_rule_that_the_engine_cannot_read_is_an_error(
    guard: Guard, planted: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.guard"
    broken.write_text("rule broken when {\n")
    with pytest.raises(RuntimeError, match="cfn-guard"):
        guard.run([guard.rules[0], broken], [template(planted)])


def test_a_missing_template_is_an_error(guard: Guard, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="cfn-guard"):
        guard.run(guard.rules[:1], [template(tmp_path)])


def test_a_rule_with_the_template_on_its_right_side_still_names_the_resource(
    guard: Guard, tmp_path: Path
) -> None:
    (rule,) = (rule for rule in guard.rules if rule.stem == "ct-rds-pr-14")
    properties = {"Engine": "postgres", "EnableCloudwatchLogsExports": ["postgresql"]}
    database = {"Type": "AWS::RDS::DBInstance", "Properties": properties}
    (tmp_path / "catalog-small.template.json").write_text(
        json.dumps({"Resources": {"Data": database}})
    )
    (tmp_path / "catalog-small.metadata.json").write_text("{}")
    rule_results = evaluate(Guard(guard.binary, (rule,)), tmp_path, ["small"])
    assert rule_results.findings == (ScannerFinding(TOOL, "CT.RDS.PR.14", "small", "Data"),)
