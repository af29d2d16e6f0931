from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import FindingsError
from catalog_platform.policy.own_policies import OwnPolicy, own_policies
from catalog_platform.policy.severity import PolicySeverity
from support import templates
from support.templates import python_policy, yaml_policy


def test_a_policy_has_its_requirement_severity_and_file(tmp_path: Path) -> None:
    folder = templates.policies(tmp_path, rule_py=python_policy(), more_yaml=yaml_policy())
    assert own_policies(folder) == [
        OwnPolicy(
            id="OUR_2",
            requirement="Queues are large",
            severity=PolicySeverity.HIGH,
            keys=(),
            file="checks/more.yaml",
        ),
        OwnPolicy(
            id="OUR_1",
            requirement="No queue",
            severity=PolicySeverity.HIGH,
            keys=(),
            file="checks/rule.py",
        ),
    ]


def test_the_manifest_keys_come_from_the_table_of_severities(tmp_path: Path) -> None:
    row = "OUR_1: {severity: low, reason: x, source: x, key: [a.b, c.d]}"
    table = f"thresholds: {{production: low, staging: low, development: low}}\npolicies:\n  {row}"
    (found,) = own_policies(templates.policies(tmp_path, severities=table, rule_py=python_policy()))
    assert found.keys == ("a.b", "c.d")


@pytest.mark.parametrize(
    ("checks", "severities", "rule"),
    [
        ({"rule_py": "import nothing_like_that"}, None, "scan-policy"),
        ({"rule_py": python_policy()}, "[]", "severity-malformed"),
        ({"rule_py": python_policy()}, templates.severities(), "severity-unlisted"),
    ],
)
def test_an_invalid_policy_or_table_is_a_finding(
    checks: dict[str, str], severities: str | None, rule: str, tmp_path: Path
) -> None:
    folder = templates.policies(tmp_path, severities=severities, **checks)
    with pytest.raises(FindingsError) as raised:
        own_policies(folder)
    assert rule in {each.rule for each in raised.value.findings}
