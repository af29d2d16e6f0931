from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from catalog_platform.findings import Severity, has_errors
from catalog_platform.policy import engines, gate
from catalog_platform.policy.results import Counts
from support import templates
from support.templates import QUEUE, VALID, placed, python_policy, rules, scan


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    return templates.policies(tmp_path / "policies")


def test_a_valid_template_has_no_findings(tmp_path: Path, policies: Path) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"Name": VALID})
    assert scan(assembly, policies).findings == ()


def test_a_finding_names_policy_construct_environment_and_the_line_of_the_section(
    tmp_path: Path,
) -> None:
    queue = placed(QUEUE, "DeadLetters/Queue/Resource")
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": queue})
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    (finding,) = scan(assembly, policies).findings
    assert (finding.rule, finding.severity) == ("OUR_1", Severity.ERROR)
    assert (finding.message, finding.hint) == ("No queue", "use a stream")
    assert (finding.environment, finding.path) == ("dev", "DeadLetters/Queue/Resource")
    assert str(finding.location) == f"environments/dev.yaml:{len('dead_letters')}:1"


def test_a_resource_without_construct_path_is_named_by_type_and_logical_id(tmp_path: Path) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": QUEUE})
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    (finding,) = scan(assembly, policies).findings
    assert finding.path == "AWS::SQS::Queue.Queue"


def test_each_environment_is_counted_by_itself(tmp_path: Path) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"A": QUEUE, "B": QUEUE}, prod={"C": VALID})
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    counts = scan(assembly, policies, "dev", "prod").counts
    assert list(counts) == ["dev", "prod"]
    # CKV_AWS_27 passes for each queue; ours fails.
    assert counts["dev"] == Counts(passed=2, failed=2, waived=0)
    assert counts["prod"].failed == 0


def test_a_violation_of_the_cloudformation_schema_is_an_error(
    tmp_path: Path, policies: Path
) -> None:
    wrong = {"Type": "AWS::SQS::Queue", "Properties": {**QUEUE["Properties"], "Delay": 1}}
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": wrong})
    (finding,) = scan(assembly, policies).findings
    assert (finding.rule, finding.severity) == ("F3002", Severity.ERROR)
    assert "'Delay' was unexpected" in finding.message


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"Resources": {"A": {"Type": "AWS::SQS::Que', "{}", '{"Resources": {}}', "[]",
     '{"Resources": {"A": null}}', '{"Resources": []}'],
)  # fmt: skip
def test_a_template_that_is_empty_or_cut_off_fails(
    text: str, tmp_path: Path, policies: Path
) -> None:
    assembly = templates.assembly(tmp_path / "out", dev=text)
    result = scan(assembly, policies)
    assert rules(result) == {"scan-assembly"}
    assert result.counts["dev"] == Counts(failed=1)


@pytest.mark.parametrize("missing", ["manifest.json", "catalog-dev.template.json"])
def test_a_missing_file_of_the_assembly_fails(missing: str, tmp_path: Path, policies: Path) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"Name": VALID})
    (assembly / missing).unlink()
    (finding,) = scan(assembly, policies).findings
    assert finding.rule == "scan-assembly"
    assert finding.location.file.endswith(missing)


def test_a_missing_assembly_fails(tmp_path: Path, policies: Path) -> None:
    assert rules(scan(tmp_path / "nowhere", policies)) == {"scan-assembly"}


def test_a_scan_of_no_environment_at_all_fails(tmp_path: Path, policies: Path) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"Name": VALID})
    result = gate.scan(assembly, [], policies, templates.locate)
    assert rules(result) == {"scan-incomplete"}


def test_an_environment_without_a_stack_fails_and_the_others_are_scanned(
    tmp_path: Path, policies: Path
) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": QUEUE})
    result = scan(assembly, policies, "dev", "prod")
    (finding,) = result.findings
    assert "no stack catalog-prod" in finding.message
    assert result.counts["dev"].passed == 1
    assert [each.template for each in result.environments] == ["catalog-dev.template.json", ""]


def test_a_resource_that_checkov_leaves_out_fails(tmp_path: Path, policies: Path) -> None:
    text = """{"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}, "Resources": {
        "Name": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}},
        "Queue": {"Type": "AWS::SQS::Queue", "Condition": "Never"}}}"""
    assembly = templates.assembly(tmp_path / "out", dev=text)
    found = [f for f in scan(assembly, policies).findings if f.rule == "scan-incomplete"]
    assert ["Queue" in finding.message for finding in found] == [True]


def test_a_logical_id_that_makes_checkov_skip_the_file_fails(
    tmp_path: Path, policies: Path
) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"A.B": QUEUE})
    assert "scan-incomplete" in rules(scan(assembly, policies))


@pytest.mark.parametrize(("value", "found"), [("x", False), ("abcdWXYZ" * 5, True)])
def test_the_path_of_the_assembly_is_not_taken_for_a_secret(
    value: str, found: bool, tmp_path: Path, policies: Path
) -> None:
    # From the dash on, 40 characters of which a secret access key could consist.
    folder = tmp_path / "-" / ("a" * 31)
    environment = {"Variables": {"MODE": value}}
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Environment": environment}}
    assembly = templates.assembly(folder, dev={"Function": function})
    assert ("CKV_AWS_45" in rules(scan(assembly, policies))) is found


def test_settings_in_the_working_folder_and_environment_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": QUEUE})
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    (tmp_path / ".checkov.yaml").write_text("soft-fail: true\nskip-check: [OUR_1]\n")
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "CKV_SKIP_CHECK": "OUR_1",
        "CKV_SOFT_FAIL": "true",
        "CHECKOV_CHECK_FAIL_LEVEL": "NONE",
        "CHECKOV_GRAPH_FRAMEWORK": "NETWORKX",
        "LOG_LEVEL": "CRITICAL",
    }.items():
        monkeypatch.setenv(name, value)
    assert rules(scan(assembly, policies)) == {"OUR_1"}


def test_the_process_is_left_as_it_was(
    tmp_path: Path, policies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": QUEUE})
    root = logging.getLogger()
    before = (dict(os.environ), sys.stdout, sys.stderr, root.handlers[:], root.level)
    scan(assembly, policies)
    assert (dict(os.environ), sys.stdout, sys.stderr, root.handlers[:], root.level) == before
    assert capsys.readouterr() == ("", "")


NO_NETWORK = """
import sys
from pathlib import Path
reached = []
sys.addaudithook(
    lambda event, args: reached.append(f"{event} {args[-1]}")
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen"}
    else None
)
from support import templates
result = templates.scan(Path(sys.argv[1]), Path(sys.argv[2]))
print(sorted(templates.rules(result)), reached)
"""


def test_a_scan_uses_no_network_and_starts_no_program(tmp_path: Path) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": QUEUE})
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    done = subprocess.run(
        [sys.executable, "-c", NO_NETWORK, assembly, policies],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout == "['OUR_1'] []\n"


def test_importing_the_gate_does_not_load_checkov() -> None:
    code = "import sys, catalog_platform.policy.gate; print('checkov' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize("place", ["work", "out", "policies", "policies/checks/shared"])
def test_a_configuration_of_checkov_changes_nothing(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": QUEUE})
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    folder = tmp_path / place
    folder.mkdir(parents=True, exist_ok=True)
    settings = (
        "soft-fail: true\nskip-check: [OUR_1]\nskip-path: ['.*']\nbaseline: .checkov.baseline\n"
    )
    baseline = {"file": "/catalog-dev.template.json", "findings": [
        {"resource": "AWS::SQS::Queue.Queue", "check_ids": ["OUR_1"]}
    ]}  # fmt: skip
    for name in (".checkov.yaml", ".checkov.yml", ".bridgecrew.yaml"):
        (folder / name).write_text(settings)
    (folder / ".checkov.baseline").write_text(json.dumps({"failed_checks": [baseline]}))
    (tmp_path / "work").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("HOME", str(folder))
    found = rules(scan(assembly, policies))
    # A file that is no policy is an error in the folder of policies, and ignored elsewhere.
    expected = {"OUR_1", "scan-policy", "scan-log"} if "checks" in place else {"OUR_1"}
    assert found == expected


def test_a_template_on_which_no_policy_runs_fails(tmp_path: Path, policies: Path) -> None:
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    found = scan(templates.assembly(tmp_path / "out", dev={"Handle": handle}), policies).findings
    assert [each.message for each in found] == ["no policy applies to any resource of the template"]


@pytest.mark.parametrize("name", ["__file__", "__startline__", "__endline__", "Fn::ForEach::X"])
def test_a_logical_id_that_an_engine_removes_fails(
    name: str, tmp_path: Path, policies: Path
) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={name: QUEUE, "Name": VALID})
    assert has_errors(scan(assembly, policies).findings)


REPEATED = [
    '{"Resources": {"A": %s, "A": %s}}',
    '{"Resources": {"A": %s}, "Resources": {"B": %s}}',
]


@pytest.mark.parametrize("text", REPEATED)
def test_a_key_that_is_written_twice_fails(text: str, tmp_path: Path, policies: Path) -> None:
    text %= (json.dumps(QUEUE), json.dumps(VALID))
    assembly = templates.assembly(tmp_path / "out", dev=text)
    assert "scan-assembly" in rules(scan(assembly, policies))


SUPPRESSIONS = {
    "cfn-lint": {"config": {"ignore_checks": ["W", "E", "F"]}},
    "guard": {"SuppressedRules": ["F3002", "E3002"]},
    "cfn_nag": {"rules_to_suppress": [{"id": "F3002"}]},
    "aws:cdk:acknowledge": ["F3002"],
}


def test_metadata_of_other_tools_suppresses_nothing(tmp_path: Path, policies: Path) -> None:
    wrong = {
        "Type": "AWS::SQS::Queue",
        "Properties": {**QUEUE["Properties"], "Delay": 1},
        "Metadata": SUPPRESSIONS,
    }
    text = json.dumps({"Metadata": SUPPRESSIONS, "Resources": {"Queue": wrong}})
    assert rules(scan(templates.assembly(tmp_path / "out", dev=text), policies)) == {"F3002"}


def test_a_null_and_properties_that_are_no_object_fail(tmp_path: Path, policies: Path) -> None:
    for wrong in ({**QUEUE, "Properties": {"KmsMasterKeyId": None}}, {**QUEUE, "Properties": "x"}):
        assembly = templates.assembly(tmp_path / "out", dev={"Queue": wrong, "Name": VALID})
        assert has_errors(scan(assembly, policies).findings)


def test_a_template_above_the_size_limit_of_checkov_fails(tmp_path: Path, policies: Path) -> None:
    text = json.dumps({"Description": " " * 50_000_001, "Resources": {"Queue": QUEUE}})
    assembly = templates.assembly(tmp_path / "out", dev=text)
    assert "scan-incomplete" in rules(scan(assembly, policies))


def test_a_stack_that_the_engines_did_not_scan_is_incomplete(
    tmp_path: Path, policies: Path
) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"Name": VALID}, prod={"Name": VALID})
    first = lambda out, stacks, checks: engines.run(out, stacks[:1], checks)  # noqa: E731
    (finding,) = scan(assembly, policies, "dev", "prod", run=first).findings
    assert (finding.rule, finding.environment) == ("scan-incomplete", "prod")
