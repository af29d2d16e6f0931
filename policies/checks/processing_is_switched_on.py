"""Policy: nothing is deployed switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck, created
from catalog_platform.policy.template_values import at_least, is_true, reference

STREAM = "AWS::Kinesis::Stream"
Allowed = Callable[[Any], bool]


def _is_enabled(value: Any) -> bool:
    return bool(value == "ENABLED")


def _is_above_zero(value: Any) -> bool:
    return at_least(value, 1)


# The property that switches a resource off, and its other values. Unset means on.
SWITCHES: dict[str, tuple[str, Allowed]] = {
    "AWS::Events::Rule": ("State", _is_enabled),
    "AWS::KMS::Key": ("Enabled", is_true),
    "AWS::Lambda::EventSourceMapping": ("Enabled", is_true),
    # Lambda throttles every invocation of a function whose reserved concurrency is 0.
    "AWS::Lambda::Function": ("ReservedConcurrentExecutions", _is_above_zero),
    "AWS::Scheduler::Schedule": ("State", _is_enabled),
}


class ProcessingIsSwitchedOn(TemplateCheck):
    """Fail when a key, function, mapping or schedule is disabled, or no function reads a stream."""

    def __init__(self) -> None:
        super().__init__(
            name="Keys, functions, mappings and schedules are switched on, and streams are read",
            id="CKV_CATALOG_47",
            categories=(CheckCategories.GENERAL_SECURITY,),
            supported_resources=(*SWITCHES, STREAM),
            guideline="Remove the property that disables the resource; for a function, set "
            "reserved_concurrency to 1 or more. Updates that are not processed expire in "
            "the stream.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the property of the resource's type; a stream needs a function that reads it.

        https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
        """
        if resource.type == STREAM:
            if _functions(resources) and not _is_read(resource, resources):
                yield "EventSourceMapping"
            return
        name, allows = SWITCHES[resource.type]
        if name in resource.properties and not allows(resource.properties[name]):
            yield f"Properties/{name}"


def _functions(resources: Resources) -> list[Resource]:
    return created(resources, "AWS::Lambda::Function")


def _is_read(stream: Resource, resources: Resources) -> bool:
    """Return whether a mapping passes the records of the stream to a function."""
    mappings = created(resources, "AWS::Lambda::EventSourceMapping")
    sources = [reference(each.properties.get("EventSourceArn")) for each in mappings]
    return stream.logical_id in sources


check = ProcessingIsSwitchedOn()
