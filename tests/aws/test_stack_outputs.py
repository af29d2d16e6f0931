from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from catalog_platform.aws.stack_outputs import read
from catalog_platform.errors import PlatformError
from support.aws import FakeSession

REQUIRED = {
    "StreamName": "s",
    "DatabaseEndpoint": "db",
    "DatabasePort": "5432",
    "DatabaseName": "catalog",
    "DatabaseSecretArn": "arn",
    "CacheEndpoint": "cache",
    "CachePort": "6379",
    "ArchiveBucketName": "archive",
    "DeadLetterBucketName": "dead",
}


class CloudFormation:
    """One stack with the given outputs, or a failure."""

    def __init__(self, found: dict[str, str] | Exception | None) -> None:
        self.found = found

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        assert StackName == "catalog-prod"
        if isinstance(self.found, Exception):
            raise self.found
        if self.found is None:
            return {"Stacks": [{}]}
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self.found.items()]
        return {"Stacks": [{"Outputs": outputs}]}


def session(found: dict[str, str] | Exception | None) -> FakeSession:
    return FakeSession(cloudformation=CloudFormation(found))


def test_ports_are_numbers_and_disabled_functions_are_none() -> None:
    found = read(session({**REQUIRED, "ReaderFunctionName": "reader", "Unknown": "x"}), "prod")
    assert (found.database_port, found.cache_port) == (5432, 6379)
    assert (found.reader_function_name, found.replayer_function_name) == ("reader", None)


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_stack_without_an_output_is_named_with_it(missing: str) -> None:
    others = {key: value for key, value in REQUIRED.items() if key != missing}
    with pytest.raises(PlatformError, match=f"catalog-prod has no output '{missing}'"):
        read(session(others), "prod")


@pytest.mark.parametrize(
    ("found", "message", "hint"),
    [
        (
            ClientError({"Error": {"Code": "ValidationError", "Message": "does not exist"}}, "x"),
            "stack catalog-prod: does not exist",
            "deploy it first: catalogctl deploy prod",
        ),
        (EndpointConnectionError(endpoint_url="x"), "stack catalog-prod: Could not connect", ""),
        (None, "stack catalog-prod has no output", "check that it is a catalog stack"),
    ],
    ids=["missing", "unreachable", "without outputs"],
)
def test_a_stack_that_cannot_be_read_is_an_expected_failure(
    found: Exception | None, message: str, hint: str
) -> None:
    with pytest.raises(PlatformError, match=message) as caught:
        read(session(found), "prod")
    assert caught.value.hint.startswith(hint)
