"""A deployment that must fail, and that has already stopped the service when it does.

The processor may no longer run at all, as if someone had set its concurrency to zero by mistake;
then the deployment waits for a signal that nobody sends, and fails when the time is over. Only a
rollback brings the service back.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html
"""

from __future__ import annotations

import copy
from typing import Any

from catalog_platform.errors import PlatformError

BROKEN = "RehearsalFailure"
HANDLE = "RehearsalSignal"
OUTPUT = "ProcessorFunctionName"
# How long the processor stands still at least: updates have to arrive and be refused meanwhile.
STANDSTILL_SECONDS = 5


def with_failing_deployment(template: dict[str, Any]) -> dict[str, Any]:
    """A copy of a catalog's template that stops the processor, holds on and then fails.

    Raises `PlatformError` when the template does not say which function its processor is.
    """
    function = (template.get("Outputs", {}).get(OUTPUT) or {}).get("Value", {}).get("Ref")
    if function not in template["Resources"]:
        raise PlatformError(f"the template's output {OUTPUT} names no function; is it a catalog?")
    broken = copy.deepcopy(template)
    resources = broken["Resources"]
    resources[function]["Properties"]["ReservedConcurrentExecutions"] = 0
    resources[HANDLE] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    resources[BROKEN] = {
        "Type": "AWS::CloudFormation::WaitCondition",
        "DependsOn": [function],
        "Properties": {"Handle": {"Ref": HANDLE}, "Timeout": str(STANDSTILL_SECONDS), "Count": 1},
    }
    return broken
