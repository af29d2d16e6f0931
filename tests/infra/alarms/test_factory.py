"""SNS topics, subscriptions and alarm notifications."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.alarms import alarms_of
from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth

TOPICS = {"critical": "Alarms/Topic", "warning": "Alarms/WarningTopic"}
FIRST = {"protocol": "email", "endpoint": "first@example.com", "severities": ["critical"]}
SECOND = {"protocol": "https", "endpoint": "https://example.com/hook", "severities": ["warning"]}


@pytest.mark.parametrize("topic", TOPICS.values())
def test_only_cloudwatch_of_this_account_publishes_over_tls(template: Template, topic: str) -> None:
    deny, allow = template.statements(f"{topic}/Policy")
    assert (deny["Effect"], deny["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )
    assert allow["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allow["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_subscriptions_follow_the_manifest(template: Template, minimal: Template) -> None:
    subscriptions = template.all_of("AWS::SNS::Subscription").values()
    assert {found["Endpoint"] for found in subscriptions} == {"on-call@example.com"}
    topics = [found["TopicArn"] for found in subscriptions]
    assert sorted(map(str, topics)) == sorted(str(template.ref(path)) for path in TOPICS.values())
    assert minimal.all_of("AWS::SNS::Subscription") == {}


def test_warning_subscribers_get_no_critical_alarms(tmp_path: Path) -> None:
    (found,) = templates_of(tmp_path, a_manifest(alarms={"subscriptions": [SECOND]}))
    (subscription,) = found.all_of("AWS::SNS::Subscription").values()
    assert subscription["TopicArn"] == found.ref("Alarms/WarningTopic")


def test_removing_a_subscriber_keeps_the_others(tmp_path: Path) -> None:
    both, one = templates_of(
        tmp_path,
        a_manifest(environment={"name": "both"}, alarms={"subscriptions": [FIRST, SECOND]}),
        a_manifest(environment={"name": "one"}, alarms={"subscriptions": [SECOND]}),
    )
    (remaining,) = one.all_of("AWS::SNS::Subscription")
    assert both.all_of("AWS::SNS::Subscription")[remaining]["Endpoint"] == SECOND["endpoint"]


def test_every_alarm_notifies_its_topic_on_alarm_and_ok(maximal: Template) -> None:
    alarms = alarms_of(maximal)
    assert {alarm.severity for alarm in alarms} == set(TOPICS)
    for alarm in alarms:
        topic = [maximal.ref(TOPICS[alarm.severity])]
        assert alarm.properties["AlarmActions"] == topic, alarm.id
        assert alarm.properties["OKActions"] == topic, alarm.id
        assert "AlarmName" not in alarm.properties, alarm.id


def test_every_description_explains_missing_data(maximal: Template) -> None:
    sentences = {
        "breaching": "Missing data also fires this alarm: ",
        "notBreaching": "Missing data doesn't fire this alarm: ",
    }
    for alarm in alarms_of(maximal):
        sentence = sentences[alarm.properties["TreatMissingData"]]
        assert sentence in alarm.properties["AlarmDescription"], alarm.id
