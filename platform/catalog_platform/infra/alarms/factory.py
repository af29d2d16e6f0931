"""The construct that creates alarms and the SNS topics that they notify."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import get_args

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra.alarms.missing_data import MissingData


@dataclass(frozen=True)
class ActiveAlarm:
    """A created alarm: its name in the manifest, its severity, and the resource."""

    name: str
    severity: model.Severity
    alarm: cloudwatch.Alarm


class AlarmFactory(Construct):
    """Alarms with one encrypted SNS topic per severity.

    Only CloudWatch alarms of this account may publish to the topics. Each severity has its own
    topic because subscription filters don't work: alarm messages have no attributes, and
    CloudWatch may change their body. Separate topics also allow separate subscription permissions.
    """

    topics: dict[model.Severity, sns.Topic]
    active_alarms: list[ActiveAlarm]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Alarms,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self.active_alarms = []
        self.topics = {
            "critical": self._build_topic("Topic", "Product catalog: critical", key),
            "warning": self._build_topic("WarningTopic", "Product catalog: warnings", key),
        }
        for subscription in spec.subscriptions:
            for severity in get_args(model.Severity):
                if severity in subscription.severities:
                    self._subscribe(severity, subscription)

    def add_alarm(
        self,
        id: str,  # noqa: A002
        name: str,
        metric: cloudwatch.IMetric,
        *,
        summary: str,
        periods: int,
        missing_data: MissingData,
        scale: float = 1,
    ) -> None:
        """Create alarm `name` unless the manifest disables it.

        It fires when `metric` crosses the threshold for `periods` consecutive periods, and sends
        an OK notification when the metric recovers. `scale` converts the manifest's unit to the
        metric's.
        """
        rule = self._spec.thresholds[name]
        severity = self._spec.severity_of(rule)
        if severity is None:
            return
        alarm = cloudwatch.Alarm(
            self,
            id,
            alarm_description=self.describe(name, severity, f"{summary}. {missing_data.sentence}"),
            metric=metric,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
            if rule.fires_below
            else cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            threshold=rule.threshold * scale,
            evaluation_periods=periods,
            datapoints_to_alarm=periods,
            treat_missing_data=missing_data.treatment,
        )
        action = actions.SnsAction(self.topics[severity])
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)
        self.active_alarms.append(ActiveAlarm(name, severity, alarm))

    def is_off(self, name: str) -> bool:
        """Return whether the manifest disables the alarm `name`."""
        return self._spec.severity_of(self._spec.thresholds[name]) is None

    def threshold_of(self, name: str) -> int:
        """Return the threshold of the alarm `name`, in the manifest's unit."""
        return self._spec.thresholds[name].threshold

    def describe(self, name: str, severity: model.Severity, text: str) -> str:
        """Return an alarm description with severity, text and the link to the runbook."""
        return f"[{severity}] {text} Runbook: {self._spec.runbook_base_url}/{name}.md"

    def _build_topic(self, id: str, display_name: str, key: kms.IKey) -> sns.Topic:  # noqa: A002
        topic = sns.Topic(self, id, display_name=display_name, master_key=key, enforce_ssl=True)
        # A custom policy replaces the default one, which lets the whole account publish.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsPublish",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )
        return topic

    def _subscribe(self, severity: model.Severity, subscription: model.Subscription) -> None:
        # The id depends on the content, not on the position in the list. Otherwise removing one
        # subscriber would replace all later ones, and they would have to confirm again.
        text = f"{severity}:{subscription.protocol}:{subscription.endpoint}"
        name = hashlib.sha256(text.encode()).hexdigest()[:8]
        sns.CfnSubscription(
            self,
            f"Subscription{name}",
            topic_arn=self.topics[severity].topic_arn,
            protocol=subscription.protocol,
            endpoint=subscription.endpoint,
        )
