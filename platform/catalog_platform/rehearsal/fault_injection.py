"""Fault injection: a deployment that stops the processor, and then fails.

It sets the processor's reserved concurrency to zero, then waits for a signal that is not sent,
and fails when the timeout ends. Only a rollback restores the service.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html
"""

from __future__ import annotations

import copy
from typing import Any

from catalog_platform.errors import PlatformError

BROKEN = "RehearsalFailure"
HANDLE = "RehearsalSignal"
OUTPUT = "ProcessorFunctionName"
# The minimum outage of the processor: some of its calls must be throttled in this time.
OUTAGE_SECONDS = 5


def with_failing_deployment(template: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of the template whose deployment stops the processor and then fails.

    Raises `PlatformError` when the template's output does not name the processor.
    """
    function = (template.get("Outputs", {}).get(OUTPUT) or {}).get("Value", {}).get("Ref")
    if function not in template["Resources"]:
        raise PlatformError(
            f"the template's output {OUTPUT} names no function; it is not the template of a catalog"
        )
    broken = copy.deepcopy(template)
    resources = broken["Resources"]
    resources[function]["Properties"]["ReservedConcurrentExecutions"] = 0
    resources[HANDLE] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    resources[BROKEN] = {
        "Type": "AWS::CloudFormation::WaitCondition",
        "DependsOn": [function],
        "Properties": {"Handle": {"Ref": HANDLE}, "Timeout": str(OUTAGE_SECONDS), "Count": 1},
    }
    return broken
