"""Policy: nothing is deployed switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at_least, is_true

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
    """Fail when a key, function, mapping or schedule is disabled."""

    def __init__(self) -> None:
        super().__init__(
            name="Keys, functions, mappings and schedules are switched on",
            id="CKV_CATALOG_47",
            categories=(CheckCategories.GENERAL_SECURITY,),
            supported_resources=tuple(SWITCHES),
            guideline="Remove the property that disables the resource; for a function, set "
            "reserved_concurrency to 1 or more. Updates that nobody processes expire in the "
            "stream.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the property of the resource's type.

        https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
        """
        name, allows = SWITCHES[resource.type]
        if name in resource.properties and not allows(resource.properties[name]):
            yield f"Properties/{name}"


check = ProcessingIsSwitchedOn()
