from __future__ import annotations

from pathlib import Path

from catalog_platform.policy import assembly as assemblies
from catalog_platform.policy import engines
from support import templates
from support.templates import QUEUE, VALID, python_policy


def test_each_stack_is_scanned_by_both_engines(tmp_path: Path) -> None:
    wrong = {"Type": "AWS::SQS::Queue", "Properties": {**QUEUE["Properties"], "Delay": 1}}
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": wrong}, prod={"Name": VALID})
    checks = templates.policies(tmp_path / "policies", a_py=python_policy()) / "checks"
    stacks, _ = assemblies.read(assembly, ["dev", "prod"])
    found = engines.run(assembly, stacks, checks)
    failed = {
        name: {verdict.policy for scan in scans for verdict in scan.verdicts}
        for name, scans in found.scans.items()
    }
    assert {"OUR_1", "CKV_AWS_27", "F3002"} <= failed["dev"]
    assert not failed["prod"] & {"OUR_1", "F3002"}
    assert found.problems == []


def test_a_policy_for_an_unknown_type_is_a_problem(tmp_path: Path) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"Name": VALID})
    typo = python_policy(kind="AWS::SQS::Queu")
    checks = templates.policies(tmp_path / "policies", a_py=typo) / "checks"
    (problem,) = engines.run(assembly, assemblies.read(assembly, ["dev"])[0], checks).problems
    assert problem.message == "CloudFormation has no resource type AWS::SQS::Queu"
