from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.manifest.checks import subscriptions as rules
from support.models import a_manifest, violations


def subscription(endpoint: str, *severities: str, protocol: str = "email") -> dict[str, Any]:
    return {"protocol": protocol, "endpoint": endpoint, "severities": list(severities)}


def test_an_endpoint_of_another_protocol_is_found_with_an_example_of_the_own_partition() -> None:
    wrong = subscription("on-call@example.com", "critical", protocol="sqs")
    manifest = a_manifest(
        environment={"region": "cn-north-1"},
        alarms={"subscriptions": [subscription("on-call@example.com", "critical"), wrong]},
    )
    (problem,) = rules.endpoint_follows_the_protocol(manifest)
    assert problem.path == "alarms.subscriptions[1].endpoint"
    assert "which protocol sqs requires" in problem.message
    assert "arn:aws-cn:sqs:cn-north-1:" in problem.hint


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (("a@example.com", "critical"), ("a@example.com", "critical"), 1),
        (("a@example.com", "critical", "warning"), ("A@example.com", "critical", "warning"), 2),
        (("a@example.com", "critical"), ("a@example.com", "warning"), 0),
        (("a@example.com", "critical"), ("b@example.com", "critical"), 0),
    ],
)
def test_a_receiver_is_subscribed_once_to_a_severity(
    one: tuple[str, ...], other: tuple[str, ...], found: int
) -> None:
    alarms = {"subscriptions": [subscription(*one), subscription(*other)]}
    broken = violations(rules.subscriptions_are_distinct, alarms=alarms)
    assert broken == ["alarms.subscriptions[1].endpoint"] * found
