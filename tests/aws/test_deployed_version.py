from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from catalog_platform.aws.deployed_version import change_set_name, deployed_version
from catalog_platform.errors import PlatformError
from support.aws import FakeSession

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ARN = "arn:aws:cloudformation:eu-west-1:333333333333:changeSet"


class Cloud:
    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self._answer = answer

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        if isinstance(self._answer, Exception):
            raise self._answer
        return {"Stacks": [self._answer]}


def session(answer: dict[str, Any] | Exception) -> FakeSession:
    return FakeSession(cloudformation=Cloud(answer))


@pytest.mark.parametrize("commit", [COMMIT, COMMIT + COMMIT[:24]])
@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE"])
def test_the_commit_is_in_the_name_of_the_recorded_change_set(commit: str, status: str) -> None:
    arn = f"{ARN}/{change_set_name(commit)}/11111111-2222"
    found = deployed_version(session({"StackStatus": status, "ChangeSetId": arn}), "prod")
    assert found is not None
    assert (found.commit, found.status) == (commit, status)


@pytest.mark.parametrize(
    "stack",
    [
        {"StackStatus": "CREATE_COMPLETE"},
        {"StackStatus": "CREATE_COMPLETE", "ChangeSetId": f"{ARN}/cdk-deploy-change-set/1"},
        {"StackStatus": "UPDATE_ROLLBACK_COMPLETE", "ChangeSetId": f"{ARN}/catalog-{COMMIT}/1"},
    ],
)
def test_without_a_recorded_commit_or_after_a_rollback_it_is_unknown(stack: dict[str, str]) -> None:
    found = deployed_version(session(stack), "prod")
    assert found is not None
    assert found.commit == ""


def refused(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")


def test_a_stack_that_does_not_exist_has_no_version() -> None:
    error = refused("ValidationError", "Stack with id catalog-prod does not exist")
    assert deployed_version(session(error), "prod") is None


@pytest.mark.parametrize(
    "error",
    [
        refused("AccessDenied", "not authorized to perform cloudformation:DescribeStacks"),
        EndpointConnectionError(endpoint_url="https://example.com"),
    ],
)
def test_an_aws_that_cannot_be_asked_is_an_error(error: Exception) -> None:
    with pytest.raises(PlatformError, match="stack catalog-prod: "):
        deployed_version(session(error), "prod")
