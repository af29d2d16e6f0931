"""Sessions whose AWS answers are checked against botocore's descriptions of the services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
from botocore.stub import Stubber

from catalog_platform.aws.session import Session

REGION = "eu-west-1"
ACCOUNT = "333333333333"
STACK = "catalog-prod"
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/11111111"
DENIED = "AccessDenied"
# Shared, because each session parses the descriptions of its services anew.
SESSION = boto3.session.Session(
    aws_access_key_id="a", aws_secret_access_key="b", region_name=REGION
)


class StubbedSession(Session):
    """A session that answers with the queued responses of each service, in order."""

    def __init__(self) -> None:
        super().__init__(REGION)
        object.__setattr__(self, "_stubs", {})

    def client(self, service: str) -> Any:
        return self.stub(service).client

    def stub(self, service: str) -> Stubber:
        """Return the queue of a service's answers."""
        stubs: dict[str, Stubber] = self._stubs  # type: ignore[attr-defined]
        if service not in stubs:
            stubs[service] = Stubber(SESSION.client(service))
            stubs[service].activate()
        return stubs[service]

    def answer(
        self, service: str, call: str, answer: dict[str, Any], sent: dict[str, Any] | None = None
    ) -> None:
        """Queue an answer; with `sent`, the request must be that."""
        self.stub(service).add_response(call, answer, sent)

    def refuse(self, service: str, call: str, code: str = DENIED, message: str = "no") -> None:
        """Queue an error."""
        self.stub(service).add_client_error(call, code, message)

    def require_all_asked(self) -> None:
        """Raise `AssertionError` when an answer was not asked for."""
        stubs: dict[str, Stubber] = self._stubs  # type: ignore[attr-defined]
        for each in stubs.values():
            each.assert_no_pending_responses()


def asked_completely() -> Iterator[StubbedSession]:
    """Yield a session; at the end, everything must have been asked: the body of a fixture."""
    made = StubbedSession()
    yield made
    made.require_all_asked()
