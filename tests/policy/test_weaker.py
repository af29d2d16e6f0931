"""What a change of the folder of policies makes weaker."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from catalog_platform.findings import Severity
from catalog_platform.policy.waivers import EnvironmentFacts
from catalog_platform.policy.weaker import weaker
from support import templates
from support.templates import python_policy

TODAY = datetime.date(2030, 2, 1)
PROD = EnvironmentFacts("prod", "production", "aws")
TABLE = """\
thresholds:
  production: low
  staging: low
  development: medium
policies:
  OUR_1:
    severity: high
    reason: a test
    source: a test
"""
WAIVER = """\
waivers:
  - id: queue
    kind: policy
    scope: {tiers: [production]}
    rules: [OUR_1]
    resources: [Stream/Queue]
    reason: the queue is emptied by hand
    owner: catalog-platform
    created: 2030-01-01
    expires: 2030-03-01
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return templates.policies(
        tmp_path / "base" / "policies",
        waivers=WAIVER,
        severities=TABLE,
        rule_py=python_policy(),
    )


@pytest.fixture
def head(base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(base, tmp_path / "head" / "policies"))


def found(
    base: Path,
    head: Path,
    *,
    ran: tuple[str, ...] = (),
    known: tuple[str, ...] = ("OUR_1",),
    before: EnvironmentFacts = PROD,
    now: EnvironmentFacts = PROD,
) -> list[tuple[str, str]]:
    """Return rule and message of each warning."""
    findings = weaker(base, head, ran=ran, known=known, before=[before], now=[now], today=TODAY)
    assert all(each.severity is Severity.WARNING and each.hint for each in findings)
    return [(each.rule, each.message) for each in findings]


def edit(head: Path, name: str, before: str, after: str) -> None:
    text = (head / name).read_text()
    assert before in text
    (head / name).write_text(text.replace(before, after))


def test_the_same_folder_is_not_weaker(base: Path, head: Path) -> None:
    assert found(base, head, ran=("OUR_1",)) == []


def test_a_stricter_folder_is_not_weaker(base: Path, head: Path) -> None:
    edit(head, "severities.yaml", "high", "critical")
    edit(head, "severities.yaml", "development: medium", "development: info")
    (head / "checks" / "other.py").write_text(python_policy().replace("OUR_1", "OUR_2"))
    (head / "waivers.yaml").unlink()
    assert found(base, head, known=("OUR_1", "OUR_2")) == []


def test_a_policy_that_ran_at_the_base_or_is_listed_there_is_missing(
    base: Path, head: Path
) -> None:
    assert found(base, head, ran=("CKV_AWS_1",), known=("OUR_9",)) == [
        ("policy-removed", "CKV_AWS_1 does not exist any more"),
        ("policy-removed", "OUR_1 does not exist any more"),
    ]


def test_an_edited_policy_is_reported_with_its_file(base: Path, head: Path) -> None:
    edit(head, "checks/rule.py", "FAILED", "PASSED")
    assert found(base, head) == [("policy-changed", "differs from the base")]


def test_a_renamed_policy_is_reported_only_if_its_content_differs(base: Path, head: Path) -> None:
    (head / "checks" / "rule.py").rename(head / "checks" / "other.py")
    assert found(base, head) == []
    edit(head, "checks/other.py", "FAILED", "PASSED")
    assert found(base, head) == [
        (
            "policy-changed",
            "checks/rule.py of the base is removed, or has another name and content",
        )
    ]


def test_a_lowered_severity_is_reported(base: Path, head: Path) -> None:
    edit(head, "severities.yaml", "severity: high", "severity: info")
    assert found(base, head) == [("severity-lowered", "OUR_1: info instead of high")]


def test_a_raised_threshold_is_reported_for_its_tier(base: Path, head: Path) -> None:
    edit(head, "severities.yaml", "production: low", "production: high")
    assert found(base, head) == [
        (
            "threshold-raised",
            "production: failing policies are errors from high on instead of low",
        )
    ]


def test_an_environment_of_a_more_tolerant_tier_is_reported(base: Path, head: Path) -> None:
    lesser = EnvironmentFacts("prod", "development", "aws")
    ((rule, message),) = found(base, head, now=lesser)
    assert rule == "threshold-raised"
    assert message.startswith("the tier is development instead of production")
    assert found(base, head, before=lesser) == []
    assert found(base, head, now=EnvironmentFacts("new", "development", "aws")) == []


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("id: queue", "id: other", "is new"),
        ("2030-03-01", "2030-03-15", "ends on 2030-03-15 instead of 2030-03-01"),
        ("tiers: [production]", "tiers: [production, staging]", "any environment of tier staging"),
        ("[Stream/Queue]", "[Stream/Queue, Stream/Topic]", "also covers OUR_1 for Stream/Topic"),
        ("rules: [OUR_1]", "rules: [OUR_1, OUR_2]", "also covers OUR_2 for Stream/Queue"),
        ("    owner", f"    digest: sha256:{'1' * 64}\n    owner", ""),
        ("2030-03-01", "2030-02-15", ""),
        ("[production]", "[production] # line", ""),
    ],
)
def test_a_waiver_that_covers_more_is_reported(
    before: str, after: str, message: str, base: Path, head: Path
) -> None:
    edit(head, "waivers.yaml", before, after)
    warnings = found(base, head)
    assert [rule for rule, _ in warnings] == ["waiver-added"] * bool(message)
    assert all(
        f"the waiver {'other' if 'other' in after else 'queue'} of catalog-platform" in text
        and message in text
        for _, text in warnings
    )


def test_an_expired_waiver_that_is_prolonged_is_new(base: Path, head: Path) -> None:
    edit(base, "waivers.yaml", "2030-03-01", "2030-01-31")
    assert found(base, head) == [("waiver-added", "the waiver queue of catalog-platform is new")]


def test_a_waiver_for_other_values_is_reported(base: Path, head: Path) -> None:
    for folder, digit in ((base, "1"), (head, "2")):
        digest = f"    digest: sha256:{digit * 64}\n    owner"
        edit(folder, "waivers.yaml", "    owner", digest)
    ((_, message),) = found(base, head)
    assert message.endswith("is for other values")
    edit(head, "waivers.yaml", f"    digest: sha256:{'2' * 64}\n", "")
    ((_, message),) = found(base, head)
    assert message.endswith("is for any values")
