"""Dead letters."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_payload_retention_exceeds_queue_retention(template: Template) -> None:
    (rule,) = template.properties("DeadLetters/Bucket")["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 90
    queue = template.properties("DeadLetters/Queue")
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert "QueueName" not in queue


def test_the_queue_requires_tls(template: Template) -> None:
    (statement,) = template.statements("DeadLetters/Queue/Policy")
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
