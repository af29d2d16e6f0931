"""The topic and its subscribers."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth

FIRST = {"protocol": "email", "endpoint": "first@example.com"}
SECOND = {"protocol": "https", "endpoint": "https://example.com/hook"}


def test_cloudwatch_of_this_account_publishes_and_over_tls_only(template: Template) -> None:
    deny, allow = template.statements("Alarms/Topic/Policy")
    assert (deny["Effect"], deny["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )
    assert allow["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allow["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_subscribers_are_those_of_the_manifest(template: Template, minimal: Template) -> None:
    (subscription,) = template.all_of("AWS::SNS::Subscription").values()
    assert subscription["Protocol"] == "email"
    assert subscription["Endpoint"] == "on-call@example.com"
    assert subscription["TopicArn"] == template.ref("Alarms/Topic")
    assert minimal.all_of("AWS::SNS::Subscription") == {}


def test_taking_one_subscriber_off_the_list_leaves_the_others_alone(tmp_path: Path) -> None:
    both, one = templates_of(
        tmp_path,
        a_manifest(environment={"name": "both"}, alarms={"subscriptions": [FIRST, SECOND]}),
        a_manifest(environment={"name": "one"}, alarms={"subscriptions": [SECOND]}),
    )
    (remaining,) = one.all_of("AWS::SNS::Subscription")
    assert both.all_of("AWS::SNS::Subscription")[remaining]["Endpoint"] == SECOND["endpoint"]


def test_every_alarm_explains_itself_and_rings_on_both_edges(template: Template) -> None:
    bell = [template.ref("Alarms/Topic")]
    for logical_id, alarm in template.all_of("AWS::CloudWatch::Alarm").items():
        assert alarm["AlarmDescription"], logical_id
        assert alarm["AlarmActions"] == alarm["OKActions"] == bell, logical_id
        assert alarm["TreatMissingData"] in {"breaching", "notBreaching"}, logical_id
        assert "AlarmName" not in alarm, logical_id
