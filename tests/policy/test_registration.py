from __future__ import annotations

import os
from pathlib import Path

import pytest

from support import templates
from support.permissions import forbid_listing
from support.templates import QUEUE, VALID, python_policy, rules, scan, yaml_policy

IMPORT_ERROR = "import no_such_module_at_all\n"
OTHER_REGISTRY = """
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
class Rule(BaseResourceCheck):
    def __init__(self):
        super().__init__(name="t", id="OUR_9", categories=[], supported_resources=["aws_sqs_queue"])
    def scan_resource_conf(self, conf): ...
check = Rule()
"""
NESTED_OPERATOR = """
metadata: {id: OUR_2, name: n, category: IAM}
definition:
  and:
    - {cond_type: filter, attribute: resource_type, operator: within, value: [AWS::SQS::Queue]}
    - {cond_type: attribute, resource_types: [AWS::SQS::Queue], attribute: A, operator: like, value: b}
"""  # noqa: E501
FILTER_ALONE = """
metadata: {id: OUR_2, name: n, category: IAM}
definition:
  {cond_type: filter, attribute: resource_type, operator: within, value: AWS::SQS::Queue}
"""
CONNECTION = """
metadata: {id: OUR_2, name: n, category: IAM}
definition:
  cond_type: connection
  resource_types: [AWS::SQS::Queue]
  connected_resource_types: []
  operator: exists
"""


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    return templates.assembly(tmp_path / "out", dev={"Queue": QUEUE})


REFUSED = {
    "cannot be imported": {"rule_py": IMPORT_ERROR},
    "is broken Python": {"rule_py": "def\n"},
    "registers no policy": {"rule_py": "x = 1\n"},
    "registers two policies": {"rule_py": python_policy() + "again = Rule()\n"},
    "registers with another framework": {"rule_py": OTHER_REGISTRY},
    "takes an id of checkov's": {"rule_py": python_policy(id="CKV_AWS_27")},
    "takes an id of checkov's graph policies": {"rule_yaml": yaml_policy(id="CKV2_AWS_69")},
    "takes an id of another file": {"a_py": python_policy(), "rule_yaml": yaml_policy(id="OUR_1")},
    "is broken YAML": {"rule_yaml": "metadata: [\n"},
    "repeats a key": {"rule_yaml": yaml_policy() + "definition: {}\n"},
    "has no definition": {"rule_yaml": "metadata: {id: A, name: b, category: IAM}\n"},
    "has an unknown operator": {"rule_yaml": yaml_policy(operator="resembles")},
    "has an unknown operator further down": {"rule_yaml": NESTED_OPERATOR},
    "is empty": {"rule_yaml": ""},
    "names no resource type": {"rule_yaml": yaml_policy(kind="")},
    "misspells a resource type": {"rule_yaml": yaml_policy(kind="AWS::SQS::Queu")},
    "misspells a resource type in Python": {"rule_py": python_policy(kind="AWS::SQS::queue")},
    "is of a kind that cannot hold a policy": {"rule_json": "{}"},
}


@pytest.mark.parametrize("checks", REFUSED.values(), ids=REFUSED)
def test_a_file_fails_the_scan_that(checks: dict[str, str], assembly: Path, tmp_path: Path) -> None:
    policies = templates.policies(tmp_path / "policies", **checks)
    found = [f for f in scan(assembly, policies).findings if f.rule == "scan-policy"]
    assert [Path(finding.location.file).stem for finding in found] == ["rule"]
    assert found[0].location.file.startswith("policies/checks/")


def test_a_missing_folder_of_checks_fails_the_scan(assembly: Path, tmp_path: Path) -> None:
    assert rules(scan(assembly, tmp_path / "none")) == {"scan-policy", "severity-malformed"}


@pytest.mark.parametrize("below", ["", "shared"])
def test_policies_that_cannot_be_listed_fail_the_scan(
    assembly: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    folder = policies / "checks" / below
    folder.mkdir(exist_ok=True)
    forbid_listing(monkeypatch, folder)
    (finding,) = (f for f in scan(assembly, policies).findings if f.rule == "scan-policy")
    assert finding.location.file == f"policies/checks/{below}".strip("/")
    assert "cannot be listed: Permission denied" in finding.message


def test_a_folder_without_init_loses_no_policy(assembly: Path, tmp_path: Path) -> None:
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    (policies / "checks" / "__init__.py").unlink()
    assert rules(scan(assembly, policies)) == {"OUR_1"}


def test_policies_of_an_earlier_scan_are_forgotten(assembly: Path, tmp_path: Path) -> None:
    first = templates.policies(tmp_path / "a", rule_py=python_policy(), more_yaml=yaml_policy())
    second = templates.policies(tmp_path / "b", rule_py=python_policy(id="OUR_3"))
    assert rules(scan(assembly, first)) == {"OUR_1", "OUR_2"}
    assert rules(scan(assembly, second)) == {"OUR_3"}


WITHOUT_VERDICT = {
    "raises": {"rule_py": python_policy(body="return 1 / 0")},
    "returns nothing": {"rule_py": python_policy(body="pass")},
    "does not know": {"rule_py": python_policy(body="return CheckResult.UNKNOWN")},
    "raises within a thread": {"rule_yaml": yaml_policy(operator="within")},
}


@pytest.mark.parametrize("checks", WITHOUT_VERDICT.values(), ids=WITHOUT_VERDICT)
def test_the_scan_fails_when_a_policy(checks: dict[str, str], tmp_path: Path) -> None:
    queue = {**QUEUE, "Properties": {**QUEUE["Properties"], "DelaySeconds": 1}}
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": queue})
    policies = templates.policies(tmp_path / "policies", **checks)
    found = [f for f in scan(assembly, policies).findings if f.rule == "scan-policy"]
    assert [finding.path for finding in found] == ["AWS::SQS::Queue.Queue"]


def test_a_policy_that_ends_without_a_result_fails_the_scan(assembly: Path, tmp_path: Path) -> None:
    policies = templates.policies(tmp_path / "policies", rule_yaml=FILTER_ALONE)
    messages = {finding.message for finding in scan(assembly, policies).findings}
    assert "the policy OUR_2 returned no result" in messages


def test_a_policy_is_reported_once_for_a_resource(assembly: Path, tmp_path: Path) -> None:
    policies = templates.policies(tmp_path / "policies", rule_yaml=CONNECTION)
    assert [finding.rule for finding in scan(assembly, policies).findings] == ["OUR_2"]


def test_a_policy_that_concerns_no_resource_of_the_template_is_fine(tmp_path: Path) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"Name": VALID})
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    assert scan(assembly, policies).findings == ()


def test_a_policy_in_python_sees_the_attributes_of_the_resource(tmp_path: Path) -> None:
    body = "return CheckResult.PASSED if 'DeletionPolicy' in conf else CheckResult.FAILED"
    kept = {**QUEUE, "DeletionPolicy": "Retain"}
    assembly = templates.assembly(tmp_path / "out", dev={"Kept": kept, "Lost": QUEUE})
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy(body=body))
    found = scan(assembly, policies).findings
    assert [f.path for f in found if f.rule == "OUR_1"] == ["AWS::SQS::Queue.Lost"]


def test_a_policy_is_as_its_file_is_even_right_after_an_edit(
    assembly: Path, tmp_path: Path
) -> None:
    folder = templates.policies(tmp_path / "policies", a_py=python_policy())
    file = folder / "checks" / "a.py"
    before = file.stat()
    assert "OUR_1" in rules(scan(assembly, folder))
    file.write_text(file.read_text().replace("FAILED", "PASSED"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "OUR_1" not in rules(scan(assembly, folder))
    assert not (folder / "checks" / "__pycache__").exists()
