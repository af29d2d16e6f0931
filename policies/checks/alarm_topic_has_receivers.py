"""Policy: a topic that alarms notify has at least one subscription."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import can_be_absent, items
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Statement, statements
from catalog_platform.policy.template_check import Resources, TemplateCheck

CLOUDWATCH = "cloudwatch.amazonaws.com"
TOPIC = "AWS::SNS::Topic"
POLICY = "AWS::SNS::TopicPolicy"
SUBSCRIPTION = "AWS::SNS::Subscription"
ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")


class AlarmTopicHasReceivers(TemplateCheck):
    """Fail for a topic of alarms without a subscription."""

    connected = frozenset({POLICY, SUBSCRIPTION})

    def __init__(self) -> None:
        super().__init__(
            name="A topic that alarms notify has a receiver and admits CloudWatch",
            id="CKV_CATALOG_26",
            categories=(CheckCategories.LOGGING,),
            supported_resources=(TOPIC, SUBSCRIPTION),
            guideline="Add a subscription with an endpoint, by TLS, and without a filter policy: "
            "alarms have no attributes that a filter could select.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield what keeps alarms from a subscription, or the missing subscriptions of a topic."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        actions = [alarm.properties.get("AlarmActions") for alarm in stack.of_type(*ALARMS)]
        if resource.type != TOPIC:
            if stack.referenced(actions) & stack.referenced(properties.get("TopicArn")):
                yield from _losses(properties, stack)
            return
        inline = [each for _, each in items(properties.get("Subscription"), "")]
        separate = [
            each.properties
            for each in stack.of_type(SUBSCRIPTION)
            if stack.refers_here(each.properties.get("TopicArn"))
        ]
        receives = any(not any(_losses(each, stack)) for each in [*inline, *separate])
        if not (stack.refers_here(actions) and stack.is_environment):
            return
        if not receives:
            yield "Properties/Subscription"
        if not any(map(_admits_alarms, _policy_statements(stack))):
            yield "TopicPolicy"


def _policy_statements(stack: ScannedStack) -> Iterator[Statement]:
    for policy in stack.of_type(POLICY):
        if stack.refers_here(policy.properties.get("Topics")):
            yield from statements(policy.properties.get("PolicyDocument"), "", stack)


def _admits_alarms(statement: Statement) -> bool:
    """Return whether CloudWatch may publish: a policy replaces the one that AWS gives a topic.

    https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
    """
    admitted = [(each.kind, each.text) for each in statement.principals]
    return statement.allows_action("sns:publish") and ("Service", CLOUDWATCH) in admitted


def _losses(subscription: Mapping[str, Any], stack: ScannedStack) -> Iterator[str]:
    if can_be_absent(subscription.get("Endpoint")) or "" in stack.texts(subscription["Endpoint"]):
        yield "Properties/Endpoint"
    if "FilterPolicy" in subscription:
        yield "Properties/FilterPolicy"
    if "http" in stack.texts(subscription.get("Protocol")):
        yield "Properties/Protocol"


check = AlarmTopicHasReceivers()
