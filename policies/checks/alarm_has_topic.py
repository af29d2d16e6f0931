"""Policy: an alarm notifies a topic of the stack."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import always, can_be_absent, items
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

TOPIC = "AWS::SNS::Topic"
PATH = "Properties/AlarmActions"


class AlarmHasTopic(TemplateCheck):
    """Fail for an alarm without actions, with other ones, or whose actions are switched off."""

    def __init__(self) -> None:
        super().__init__(
            name="An alarm is sent to a topic of the stack",
            id="CKV_CATALOG_13",
            categories=(CheckCategories.LOGGING,),
            supported_resources=("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"),
            guideline="Add the alarm topic to AlarmActions and leave ActionsEnabled on; an alarm "
            "without an action notifies no one.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the actions that are no topics of the stack, and what keeps the alarm silent."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        if not always(properties.get("ActionsEnabled", True), True):
            yield "Properties/ActionsEnabled"
        if "ActionsSuppressor" in properties:
            yield "Properties/ActionsSuppressor"
        if not all("ALARM(" in rule for rule in stack.texts(properties.get("AlarmRule"))):
            yield "Properties/AlarmRule"
        actions = list(items(properties.get("AlarmActions"), PATH))
        if can_be_absent(properties.get("AlarmActions")) or not actions:
            yield PATH
        for path, action in actions:
            topics = [stack.named(text) for text in stack.texts(action)]
            if not all(topic is not None and topic.type == TOPIC for topic in topics):
                yield path


check = AlarmHasTopic()
