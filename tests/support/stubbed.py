"""A session whose clients are botocore's own, with stubbed answers.

botocore checks each answer against the service's API, and the parameters of each call against the
expected ones. Answers are given in the order of the calls to a service.
"""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.stub import Stubber

from support.aws import FakeSession

ACCOUNT, REGION = "333333333333", "eu-west-1"
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/catalog-prod/1"
DAY = datetime(2026, 1, 1, tzinfo=UTC)
CHANGE_SET = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:changeSet/cdk-deploy-change-set/1"


@functools.cache
def _client(service: str) -> Any:
    return boto3.client(
        service, region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b"
    )


class StubbedSession(FakeSession):
    """A session for `with`; at its end, every expected call must have been made."""

    def __init__(self, *services: str) -> None:
        super().__init__(**{service: _client(service) for service in services})
        stubs = {service: Stubber(_client(service)) for service in services}
        object.__setattr__(self, "stubs", stubs)

    stubs: dict[str, Stubber]

    def answer(self, service: str, operation: str, content: Any, **expected: Any) -> None:
        """Expect a call with these parameters, any if there are none, and answer it."""
        self.stubs[service].add_response(operation, content, expected or None)

    def refuse(
        self, service: str, operation: str, code: str, message: str = "", **expected: Any
    ) -> None:
        """Expect a call and answer it with an error."""
        self.stubs[service].add_client_error(
            operation, code, message, expected_params=expected or None
        )

    def __enter__(self) -> StubbedSession:
        for stub in self.stubs.values():
            stub.activate()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for stub in self.stubs.values():
            stub.deactivate()
            if kind is None:
                stub.assert_no_pending_responses()

    def stack(self, status: str, **fields: Any) -> None:
        """Answer DescribeStacks."""
        self.answer("cloudformation", "describe_stacks", {"Stacks": [a_stack(status, **fields)]})

    def no_stack(self) -> None:
        """Answer DescribeStacks for a stack that does not exist."""
        message = "Stack with id catalog-prod does not exist"
        self.refuse("cloudformation", "describe_stacks", "ValidationError", message)

    def events(self, *rows: str) -> None:
        """Answer DescribeStackEvents; each row is `LOGICAL_ID STATUS PHYSICAL_ID TYPE REASON`.

        The oldest event is given first, as people read them. `stack` is the stack itself. Events
        have the same ids in answers that begin with the same rows.
        """
        found = [_event(number, row) for number, row in enumerate(rows)]
        self.answer("cloudformation", "describe_stack_events", {"StackEvents": found[::-1]})

    def resources(self, *rows: str) -> None:
        """Answer ListStackResources; each row is `LOGICAL_ID STATUS PHYSICAL_ID TYPE REASON`."""
        found = []
        for row in rows:
            logical_id, status, physical_id, kind, *reason = row.split(maxsplit=4)
            found.append(
                {
                    "LogicalResourceId": logical_id,
                    "PhysicalResourceId": physical_id,
                    "ResourceType": kind,
                    "ResourceStatus": status,
                    "ResourceStatusReason": "".join(reason),
                    "LastUpdatedTimestamp": DAY,
                }
            )
        answer = {"StackResourceSummaries": found}
        self.answer("cloudformation", "list_stack_resources", answer)

    def template(self, **resources: Any) -> None:
        """Answer GetTemplate."""
        body = json.dumps({"Resources": resources})
        self.answer("cloudformation", "get_template", {"TemplateBody": body})


def a_stack(status: str, **fields: Any) -> dict[str, Any]:
    """Return a stack in the form of DescribeStacks."""
    return {
        "StackName": "catalog-prod",
        "StackId": STACK_ID,
        "StackStatus": status,
        "CreationTime": DAY,
        **fields,
    }


def _event(number: int, row: str) -> dict[str, Any]:
    logical_id, status, *rest = row.split(maxsplit=4)
    physical_id, kind, *reason = rest or [STACK_ID, "AWS::CloudFormation::Stack"]
    if logical_id == "stack":
        logical_id = "catalog-prod"
    return {
        "StackId": STACK_ID,
        "StackName": "catalog-prod",
        "EventId": f"event-{number}",
        "Timestamp": DAY,
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": "" if physical_id == "-" else physical_id,
        "ResourceType": kind,
        "ResourceStatus": status,
        "ResourceStatusReason": "".join(reason),
    }
