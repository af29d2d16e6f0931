from __future__ import annotations

import json
from pathlib import Path

import pytest

from support import templates
from support.templates import QUEUE, placed, python_policy, rules, scan

WAIVERS = """
waivers:
  - id: queue
    kind: policy
    scope: {environments: [dev]}
    rules: [OUR_1]
    resources: [Stream/Queue]
    reason: the queue is emptied by hand
    owner: catalog-platform
    created: 2030-05-01
    expires: 2030-10-01
"""


def skipping(tmp_path: Path, metadata: dict[str, object], **properties: object) -> Path:
    queue = {**QUEUE, "Properties": {**QUEUE["Properties"], **properties}}
    return templates.assembly(tmp_path / "out", dev={"Q": placed(queue, "Stream/Queue", metadata)})


SKIPS: dict[str, dict[str, object]] = {
    "of a policy that fails": {"checkov": {"skip": [{"id": "OUR_1", "comment": "no"}]}},
    "of a policy that would pass": {"checkov": {"skip": [{"id": "CKV_AWS_27"}]}},
    "of a policy for other resources": {"checkov": {"skip": [{"id": "CKV_AWS_18"}]}},
    "of a policy that does not exist": {"checkov": {"skip": [{"id": "CKV_AWS_99999"}]}},
    "in the old spelling": {"bridgecrew": {"skip": [{"id": "OUR_1"}]}},
    "without an id": {"checkov": {"skip": [{}]}},
    "that is empty": {"checkov": {}},
}


@pytest.mark.parametrize("metadata", SKIPS.values(), ids=SKIPS)
def test_the_scan_refuses_a_skip(metadata: dict[str, object], tmp_path: Path) -> None:
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    found = scan(skipping(tmp_path, metadata), policies)
    skips = [finding for finding in found.findings if finding.rule == "scan-skip"]
    assert [finding.path for finding in skips] == ["Stream/Queue"]


def test_the_scan_refuses_a_skip_hidden_in_a_text_of_the_template(tmp_path: Path) -> None:
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    assembly = skipping(tmp_path, {}, Tags=[{"Key": "note", "Value": "checkov:skip=OUR_1:no"}])
    assert rules(scan(assembly, policies)) == {"scan-skip"}


def test_a_skip_with_a_waiver_is_counted_as_waived(tmp_path: Path) -> None:
    policies = templates.policies(tmp_path / "policies", waivers=WAIVERS, rule_py=python_policy())
    result = scan(skipping(tmp_path, SKIPS["of a policy that fails"]), policies)
    assert result.findings == ()
    assert result.counts["dev"].waived == 1


@pytest.mark.parametrize("scanner", ["checkov", "bridgecrew", "cortex"])
@pytest.mark.parametrize("policy", ["CKV_AWS_27", "CKV_AWS_18", "CKV_AWS_99999", "BC_AWS_1"])
def test_the_scan_refuses_a_skip_in_a_text_of_any_policy(
    scanner: str, policy: str, tmp_path: Path
) -> None:
    policies = templates.policies(tmp_path / "policies")
    note = [{"Key": "note", "Value": f"see {scanner}:skip= {policy}:no"}]
    assert rules(scan(skipping(tmp_path, {}, Tags=note), policies)) == {"scan-skip"}


def test_the_scan_refuses_a_skip_in_a_section_without_resources(tmp_path: Path) -> None:
    text = json.dumps({"Description": "checkov:skip=OUR_1", "Resources": {"Queue": QUEUE}})
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    found = scan(templates.assembly(tmp_path / "out", dev=text), policies)
    assert "scan-skip" in rules(found)
