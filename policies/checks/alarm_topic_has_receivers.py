"""Policy: a topic that alarms notify has at least one subscription."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import can_be_absent, items
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")


class AlarmTopicHasReceivers(TemplateCheck):
    """Fail for a topic of alarms to which nobody subscribes."""

    def __init__(self) -> None:
        super().__init__(
            name="A topic that alarms notify has a receiver",
            id="CKV_CATALOG_26",
            categories=(CheckCategories.LOGGING,),
            supported_resources=("AWS::SNS::Topic",),
            guideline="Add a subscription with an endpoint and without a filter policy: alarms "
            "have no attributes that a filter could select.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the list of subscriptions if there is none, inline or as a resource."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        actions = [alarm.properties.get("AlarmActions") for alarm in stack.of_type(*ALARMS)]
        notified = stack.refers_here(actions)
        inline = [each for _, each in items(properties.get("Subscription"), "")]
        separate = [
            each.properties
            for each in stack.of_type("AWS::SNS::Subscription")
            if stack.refers_here(each.properties.get("TopicArn"))
        ]
        if notified and not any(_receives(each, stack) for each in [*inline, *separate]):
            yield "Properties/Subscription"


def _receives(subscription: Mapping[str, Any], stack: ScannedStack) -> bool:
    endpoint = subscription.get("Endpoint")
    return (
        not can_be_absent(endpoint)
        and all(stack.texts(endpoint))
        and "FilterPolicy" not in subscription
    )


check = AlarmTopicHasReceivers()
