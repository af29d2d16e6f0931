from __future__ import annotations

import datetime
from typing import Any

import pytest

from catalog_platform.aws.api_errors import NoPermissionError
from catalog_platform.aws.preview.drift import Difference, detect_drift
from catalog_platform.errors import PlatformError
from support.stubbed import STACK_ID, StubbedSession

CLOUD = "cloudformation"
STACK = "catalog-prod"
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def detected(session: StubbedSession, status: str, **values: Any) -> None:
    answer = {"StackId": STACK_ID, "StackDriftDetectionId": "d", "DetectionStatus": status}
    session.answer(
        CLOUD,
        "describe_stack_drift_detection_status",
        {**answer, "Timestamp": NOW, **values},
        **{"StackDriftDetectionId": "d"},
    )


def resource(name: str, status: str, **values: Any) -> dict[str, Any]:
    return {
        "StackId": STACK_ID,
        "LogicalResourceId": name,
        "ResourceType": "AWS::SNS::Topic",
        "StackResourceDriftStatus": status,
        "Timestamp": NOW,
        **values,
    }


def test_it_waits_and_reads_all_pages(session: StubbedSession) -> None:
    session.answer(
        CLOUD, "detect_stack_drift", {"StackDriftDetectionId": "d"}, **{"StackName": STACK}
    )
    detected(session, "DETECTION_IN_PROGRESS")
    detected(session, "DETECTION_COMPLETE")
    difference = {
        "PropertyPath": "/DisplayName",
        "ExpectedValue": "a",
        "ActualValue": "b",
        "DifferenceType": "NOT_EQUAL",
    }
    modified = resource("Topic", "MODIFIED", PropertyDifferences=[difference])
    session.answer(
        CLOUD,
        "describe_stack_resource_drifts",
        {"StackResourceDrifts": [modified], "NextToken": "more"},
        **{"StackName": STACK},
    )
    session.answer(
        CLOUD,
        "describe_stack_resource_drifts",
        {"StackResourceDrifts": [resource("Queue", "IN_SYNC")]},
        **{"StackName": STACK, "NextToken": "more"},
    )
    found = detect_drift(session, STACK)
    assert found.failure == ""
    topic, queue = found.resources
    assert topic.differences == (Difference("/DisplayName", "a", "b", "NOT_EQUAL"),)
    assert (queue.logical_id, queue.status, queue.differences) == ("Queue", "IN_SYNC", ())


def test_a_failed_detection_has_its_reason_beside_what_was_checked(session: StubbedSession) -> None:
    session.answer(CLOUD, "detect_stack_drift", {"StackDriftDetectionId": "d"})
    detected(session, "DETECTION_FAILED", DetectionStatusReason="not authorized for sns")
    session.answer(
        CLOUD,
        "describe_stack_resource_drifts",
        {"StackResourceDrifts": [resource("Topic", "DELETED")]},
    )
    found = detect_drift(session, STACK)
    assert found.failure == "not authorized for sns"
    assert [each.status for each in found.resources] == ["DELETED"]


def test_the_wait_is_limited(session: StubbedSession) -> None:
    session.answer(CLOUD, "detect_stack_drift", {"StackDriftDetectionId": "d"})
    detected(session, "DETECTION_IN_PROGRESS")
    with pytest.raises(PlatformError, match="drift detection of stack catalog-prod: not finished"):
        detect_drift(session, STACK, seconds=0)


def test_a_missing_permission_is_named(session: StubbedSession) -> None:
    session.refuse(CLOUD, "detect_stack_drift", "AccessDenied")
    with pytest.raises(NoPermissionError, match="cloudformation:DetectStackDrift"):
        detect_drift(session, STACK)
