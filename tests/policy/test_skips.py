from __future__ import annotations

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
