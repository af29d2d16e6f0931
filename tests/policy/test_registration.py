from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog_platform.policy.isolation import isolated
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
    "ends the program": {"rule_py": "raise SystemExit(0)\n"},
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
    "ends the program": {"rule_py": python_policy(body="raise SystemExit(0)")},
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


REMOVES_OTHERS = """
from checkov.cloudformation.checks.resource.registry import cfn_registry
cfn_registry.checks.pop("AWS::SQS::Queue")
"""
REPLACES_CODE = """
from checkov.cloudformation.runner import Runner
original = Runner.check_definitions
Runner.check_definitions = lambda *arguments: original(*arguments)
"""
CHANGES_A_POLICY = """
from checkov.cloudformation.checks.resource.registry import cfn_registry
check = cfn_registry.get_checks("AWS::SQS::Queue")[0]
check.scan_resource_conf = lambda conf: CheckResult.PASSED
"""


@pytest.fixture
def restored() -> Iterator[None]:
    """Undo what the policies of the test change."""
    with isolated():
        from checkov.cloudformation.checks.resource.registry import cfn_registry
        from checkov.cloudformation.runner import Runner

    original = Runner.check_definitions
    yield
    Runner.check_definitions = original
    for _, check in cfn_registry.all_checks():
        vars(check).pop("scan_resource_conf", None)


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize(
    ("code", "message"),
    [
        (REMOVES_OTHERS, "a policy replaces or removes the policy CKV_AWS_27"),
        (REPLACES_CODE, "replaces or removes checkov.cloudformation.runner.Runner.check_"),
        (CHANGES_A_POLICY, "replaces or removes scan_resource_conf of the policy CKV_AWS_27"),
    ],
    ids=["removes another", "replaces a method", "changes another"],
)
def test_a_policy_that_changes_other_code_fails_the_scan(
    code: str, message: str, assembly: Path, tmp_path: Path
) -> None:
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy() + code)
    found = [each.message for each in scan(assembly, policies).findings]
    assert any(message in each for each in found), found


def test_a_policy_in_init_is_not_lost_without_an_error(assembly: Path, tmp_path: Path) -> None:
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    init = policies / "checks" / "__init__.py"
    init.write_text('"""Our policies."""\n# one in a file\n')
    assert rules(scan(assembly, policies)) == {"OUR_1"}
    init.write_text(python_policy(id="OUR_3"))
    (finding,) = (f for f in scan(assembly, policies).findings if f.rule == "scan-policy")
    assert (finding.location.file, finding.message) == (
        "policies/checks/__init__.py",
        "is not loaded",
    )


def test_a_link_in_the_folder_of_policies_fails_the_scan(assembly: Path, tmp_path: Path) -> None:
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    elsewhere = templates.policies(tmp_path / "more", rule_py=python_policy(id="OUR_3"))
    (policies / "checks" / "more").symlink_to(elsewhere / "checks")
    (policies / "checks" / "gone.py").symlink_to(tmp_path / "nothing.py")
    found = [f for f in scan(assembly, policies).findings if f.rule == "scan-policy"]
    assert [f.location.file for f in found] == ["policies/checks/gone.py", "policies/checks/more"]


@pytest.mark.parametrize("content", ["", "# CKV_CATALOG_1 was here", python_policy(id="OUR_9")])
def test_a_listed_policy_that_is_gone_fails_the_scan(
    content: str, assembly: Path, tmp_path: Path
) -> None:
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    (policies / "checks" / "rule.py").write_text(content)
    found = [f.message for f in scan(assembly, policies).findings]
    assert "OUR_1: is not a policy" in found
    (policies / "checks" / "rule.py").unlink()
    found = [f.message for f in scan(assembly, policies).findings]
    assert "OUR_1: is not a policy" in found


def test_a_policy_for_another_framework_runs(assembly: Path, tmp_path: Path) -> None:
    other = yaml_policy().replace("category: IAM", "category: IAM, frameworks: [Terraform]")
    policies = templates.policies(tmp_path / "policies", rule_yaml=other)
    assert rules(scan(assembly, policies)) == {"OUR_2"}


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
