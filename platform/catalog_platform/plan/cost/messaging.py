"""SNS topics and SQS queues, billed by use only, and SSM parameters.

https://aws.amazon.com/sns/pricing/, https://aws.amazon.com/sqs/pricing/ and
https://aws.amazon.com/systems-manager/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog_platform.plan.cost.dimension import Billing, Dimension, Unknown, Usage
from catalog_platform.plan.cost.resource import Resource

DELIVERIES: Mapping[str, str] = {
    "email": "sns.delivery_email",
    "email-json": "sns.delivery_email",
    "http": "sns.delivery_http",
    "https": "sns.delivery_http",
    "sqs": "sns.delivery_sqs",
}


def topic(_resource: Resource) -> Iterator[Dimension]:
    """Yield the messages of a topic."""
    yield Usage(price="sns.requests", what="messages")


def subscription(resource: Resource) -> Iterator[Dimension]:
    """Yield the deliveries of a subscription."""
    protocol = resource.text("Protocol")
    yield Usage(price=DELIVERIES.get(protocol, ""), what=f"deliveries by {protocol}")


def queue(resource: Resource) -> Iterator[Dimension]:
    """Yield the requests of a queue."""
    kind = "fifo" if resource.properties.get("FifoQueue") is True else "standard"
    yield Usage(price=f"sqs.requests_{kind}", what="requests, also those of polling")


def parameter(resource: Resource) -> Iterator[Dimension]:
    """Yield what a parameter costs: nothing in the standard tier."""
    if (tier := resource.text("Tier", "Standard")) != "Standard":
        yield Unknown(what=f"parameter of the tier {tier}: no price is known")


BILLED: Mapping[str, Billing] = {
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic,
    "AWS::SQS::Queue": queue,
    "AWS::SSM::Parameter": parameter,
}
FREE: Mapping[str, str] = {
    "AWS::SNS::TopicPolicy": "https://aws.amazon.com/sns/pricing/",
    "AWS::SQS::QueuePolicy": "https://aws.amazon.com/sqs/pricing/",
}
