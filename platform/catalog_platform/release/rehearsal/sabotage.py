"""A deployment that must fail, and that has already stopped the service when it does.

The processor may no longer run at all, as if someone had set its concurrency to zero by mistake;
then a mapping to a stream that does not exist is refused. Only a rollback brings the service back.
"""

from __future__ import annotations

import copy
from typing import Any

from catalog_platform.errors import PlatformError

BROKEN = "RehearsalFailure"
OUTPUT = "ProcessorFunctionName"
STREAM = "there-is-no-such-stream"


def sabotaged(template: dict[str, Any], account: str, region: str) -> dict[str, Any]:
    """A copy of a catalog's template that stops the processor and then fails.

    Raises `PlatformError` when the template does not say which function its processor is.
    """
    function = (template.get("Outputs", {}).get(OUTPUT) or {}).get("Value", {}).get("Ref")
    if function not in template["Resources"]:
        raise PlatformError(f"the template's output {OUTPUT} names no function; is it a catalog?")
    broken = copy.deepcopy(template)
    resources = broken["Resources"]
    resources[function]["Properties"]["ReservedConcurrentExecutions"] = 0
    resources[BROKEN] = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "DependsOn": [function],
        "Properties": {
            "EventSourceArn": f"arn:aws:kinesis:{region}:{account}:stream/{STREAM}",
            "FunctionName": {"Ref": function},
            "StartingPosition": "LATEST",
        },
    }
    return broken
