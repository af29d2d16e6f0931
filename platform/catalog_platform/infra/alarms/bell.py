"""The topic that alarms ring, and how an alarm is hung up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from catalog_platform import model

ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


class Bell(Construct):
    """An encrypted topic, as `topic`, that only CloudWatch alarms of this account publish to."""

    topic: sns.Topic

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        subscriptions: Sequence[model.Subscription],
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        self.topic = sns.Topic(
            self,
            "Topic",
            display_name="Product catalog alarms",
            master_key=key,
            enforce_ssl=True,
        )
        # A topic with a policy of its own has lost the default that lets its account publish.
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsPublish",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )
        for subscription in subscriptions:
            self._subscribe(subscription)

    def ring_when(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        comparison: cloudwatch.ComparisonOperator,
        threshold: float,
        *,
        description: str,
        periods: int,
        missing: cloudwatch.TreatMissingData,
    ) -> None:
        """Tell the subscribers when `metric` passes `threshold` for `periods` periods on end.

        `missing` says what silence means: a metric that is only there when something happens is
        at rest, one that is always there has lost its source.
        """
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_description=description,
            metric=metric,
            comparison_operator=comparison,
            threshold=threshold,
            evaluation_periods=periods,
            datapoints_to_alarm=periods,
            treat_missing_data=missing,
        )
        action = actions.SnsAction(self.topic)
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)

    def _subscribe(self, subscription: model.Subscription) -> None:
        # Named after what it is, not where it stands in the list: who is taken off the list must
        # not make everybody after them confirm again.
        text = f"{subscription.protocol}:{subscription.endpoint}"
        name = hashlib.sha256(text.encode()).hexdigest()[:8]
        sns.CfnSubscription(
            self,
            f"Subscription{name}",
            topic_arn=self.topic.topic_arn,
            protocol=subscription.protocol,
            endpoint=subscription.endpoint,
        )
