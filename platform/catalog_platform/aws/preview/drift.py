"""Ask CloudFormation which resources of a stack differ from its template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalog_platform.aws.api_errors import calling
from catalog_platform.aws.preview.waiting import wait_for
from catalog_platform.aws.session import Session

WAIT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Difference:
    """A property that was changed outside of CloudFormation.

    `path` is such as `/Environment/Variables/LEVEL`; the values are text or JSON text; `kind` is
    `ADD`, `REMOVE` or `NOT_EQUAL`.
    """

    path: str
    expected: str
    actual: str
    kind: str


@dataclass(frozen=True, slots=True)
class ResourceDrift:
    """The state of one resource: `status` is `IN_SYNC`, `MODIFIED`, `DELETED`, or not known."""

    logical_id: str
    type: str
    status: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """The checked resources of a stack; `failure` is why CloudFormation has not checked all."""

    resources: tuple[ResourceDrift, ...]
    failure: str


def detect_drift(session: Session, stack: str, seconds: float = WAIT_SECONDS) -> Drift:
    """Detect the drift of a stack, wait for the result at most `seconds`, and return it.

    CloudFormation reads each resource with the permissions of the caller. Raises `PlatformError`.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
    """
    client = session.client("cloudformation")
    with calling("cloudformation:DetectStackDrift", f"stack {stack}"):
        detection = client.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]

    def read() -> dict[str, Any]:
        with calling("cloudformation:DescribeStackDriftDetectionStatus", f"stack {stack}"):
            found: dict[str, Any] = client.describe_stack_drift_detection_status(
                StackDriftDetectionId=detection
            )
        return found

    answer = wait_for(
        session,
        read,
        lambda found: found["DetectionStatus"] != "DETECTION_IN_PROGRESS",
        seconds=seconds,
        subject=f"the drift detection of stack {stack}",
    )
    failed = answer["DetectionStatus"] == "DETECTION_FAILED"
    reason = answer.get("DetectionStatusReason") or "drift detection has failed without a reason"
    return Drift(_resources(client, stack), reason if failed else "")


def _resources(client: Any, stack: str) -> tuple[ResourceDrift, ...]:
    """Return all pages; the API has no paginator in botocore."""
    found: list[ResourceDrift] = []
    page: dict[str, str] = {}
    while True:
        with calling("cloudformation:DescribeStackResourceDrifts", f"stack {stack}"):
            answer = client.describe_stack_resource_drifts(StackName=stack, **page)
        found += map(_resource, answer["StackResourceDrifts"])
        if not answer.get("NextToken"):
            return tuple(found)
        page = {"NextToken": answer["NextToken"]}


def _resource(answer: dict[str, Any]) -> ResourceDrift:
    return ResourceDrift(
        answer["LogicalResourceId"],
        answer.get("ResourceType", ""),
        answer["StackResourceDriftStatus"],
        tuple(
            Difference(
                each["PropertyPath"],
                each.get("ExpectedValue", ""),
                each.get("ActualValue", ""),
                each["DifferenceType"],
            )
            for each in answer.get("PropertyDifferences", ())
        ),
    )
