"""Policy: a queue keeps messages as long as SQS allows."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck, created
from catalog_platform.policy.template_values import at, at_least, number, reference

# The maximum of SQS: 14 days.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
SECONDS = 14 * 24 * 3600
# The largest message of a queue whose size is not limited is at least this long.
BYTES = 256 * 1024
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
ATTEMPTS = 6


class QueueKeepsDeadLetters(TemplateCheck):
    """Fail for a queue with less than 14 days, or one whose consumer can lose messages."""

    def __init__(self) -> None:
        super().__init__(
            name="A queue keeps messages for 14 days, and those that fail in another queue",
            id="CKV_CATALOG_46",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::SQS::Queue",),
            guideline="Set dead_letters.queue_retention_days to 14; SQS's default is 4. A queue "
            "that invokes a function also needs a RedrivePolicy, and a VisibilityTimeout of "
            f"{ATTEMPTS} times the function's timeout.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the retention, and what a queue that invokes functions needs."""
        properties = resource.properties
        if not at_least(properties.get("MessageRetentionPeriod"), SECONDS):
            yield "Properties/MessageRetentionPeriod"
        if not at_least(properties.get("MaximumMessageSize", BYTES), BYTES):
            yield "Properties/MaximumMessageSize"
        timeouts = [*_timeouts(resource.logical_id, resources)]
        if not timeouts:
            return
        if not at(properties, "RedrivePolicy/deadLetterTargetArn"):
            yield "Properties/RedrivePolicy"
        visible = properties.get("VisibilityTimeout", 30)
        if not at_least(visible, ATTEMPTS * max(timeouts)):
            yield "Properties/VisibilityTimeout"


def _timeouts(queue: str, resources: Resources) -> Iterator[int]:
    """Yield the timeout of each function that the queue invokes, in seconds; 3 by default."""
    for mapping in created(resources, "AWS::Lambda::EventSourceMapping"):
        if reference(mapping.properties.get("EventSourceArn")) == queue:
            name = reference(mapping.properties.get("FunctionName"))
            function = resources.get(name)
            yield (number(function.properties.get("Timeout")) if function else None) or 3


check = QueueKeepsDeadLetters()
