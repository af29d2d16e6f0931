"""Rules about the subscriptions to alarms."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.aws import data
from catalog_platform.manifest.checks import endpoint
from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.manifest.schema_errors import format_value
from catalog_platform.model import Manifest


def endpoint_follows_the_protocol(manifest: Manifest) -> Iterator[RuleViolation]:
    """The endpoint of a subscription has the form that its protocol requires.

    An email address, an https URL, a telephone number in E.164 form, or the ARN of a standard queue
    or a function in the environment's partition.

    https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
    """
    environment = manifest.environment
    for index, each in enumerate(manifest.alarms.subscriptions):
        if fault := endpoint.fault(each.protocol, each.endpoint, environment.region):
            example = endpoint.EXAMPLES[each.protocol].format(
                partition=data.partitions().get(environment.region, "aws"),
                region=environment.region,
                account=environment.account,
            )
            yield RuleViolation(
                f"alarms.subscriptions[{index}].endpoint",
                f"{format_value(each.endpoint)} {fault}, which protocol {each.protocol} requires"
                if fault.startswith("is not")
                else f"{format_value(each.endpoint)} {fault}",
                f"write it like {example}, or change the protocol",
            )


def subscriptions_are_distinct(manifest: Manifest) -> Iterator[RuleViolation]:
    """No receiver is subscribed twice to the same severity.

    Each pair of receiver and severity becomes one subscription of a topic, which SNS creates once.
    Email addresses are compared without case.
    """
    seen: dict[tuple[str, str, str], int] = {}
    for index, each in enumerate(manifest.alarms.subscriptions):
        receiver = (each.protocol, endpoint.normalised(each.protocol, each.endpoint))
        for severity in dict.fromkeys(each.severities):
            first = seen.setdefault((*receiver, severity), index)
            if first != index:
                yield RuleViolation(
                    f"alarms.subscriptions[{index}].endpoint",
                    f"{format_value(each.endpoint)} already receives {severity} alarms by "
                    f"{each.protocol}: alarms.subscriptions[{first}]",
                    "remove one of the two, or the severity from one of them",
                    (f"alarms.subscriptions[{first}].endpoint",),
                )


RULES: tuple[Rule, ...] = (endpoint_follows_the_protocol, subscriptions_are_distinct)
