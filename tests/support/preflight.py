"""An AWS account with stubbed responses, and what checks of a preflight read besides."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from catalog_platform.aws.credentials import CredentialLifetime
from catalog_platform.manifest import Manifests
from catalog_platform.release.preflight.assembly import AssemblyStack, Resources, resources_of
from catalog_platform.release.preflight.calls import CallError, Calls, Cause, iam_action
from catalog_platform.release.preflight.context import Caller, Context
from catalog_platform.release.preflight.deployed import DeployedResource, DeployedStack
from catalog_platform.release.preflight.model import Check, Result, Status
from catalog_platform.release.preflight.properties import PseudoParameters
from support.aws import FakeSession
from support.manifests import EXAMPLES, ROOT

ACCOUNT, REGION, STACK = "333333333333", "eu-west-1", "catalog-production"
PSEUDO = PseudoParameters(ACCOUNT, REGION, STACK)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{REGION}"
PERMANENT = CredentialLifetime("env", None, is_temporary=False, is_renewed=False)
SESSION = boto3.session.Session()


@functools.cache
def a_client(service: str) -> Any:
    """Return a client; the tests of a process share it, because its creation is slow."""
    return SESSION.client(
        service, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test"
    )


class Account(Calls):
    """Calls with stubbed responses, in order per service. It records the IAM actions."""

    def __init__(self) -> None:
        super().__init__(FakeSession())
        self.actions: set[str] = set()
        self._stubs: dict[str, Stubber] = {}
        self._hooks: list[tuple[Any, Any]] = []

    def respond(
        self,
        service: str,
        operation: str,
        response: Mapping[str, Any],
        expected: Mapping[str, Any] | None = None,
    ) -> Account:
        """Add a response; `expected` are the parameters of its call."""
        parameters = None if expected is None else dict(expected)
        self._stub(service).add_response(xform_name(operation), dict(response), parameters)
        return self

    def refuse(self, service: str, operation: str, code: str, message: str = "") -> Account:
        """Add an error response."""
        self._stub(service).add_client_error(xform_name(operation), code, message)
        return self

    def time_out(self, service: str) -> Account:
        """Let calls of a service get no response."""

        def hang(**_: Any) -> None:
            raise ReadTimeoutError(endpoint_url=f"https://{service}")

        client = a_client(service)
        client.meta.events.register("before-call", hang)
        self._hooks.append((client, hang))
        return self

    def close(self) -> None:
        """Remove the stubs; fails for a response that was not requested."""
        for client, hook in self._hooks:
            client.meta.events.unregister("before-call", hook)
        for stub in self._stubs.values():
            stub.deactivate()
        for stub in self._stubs.values():
            stub.assert_no_pending_responses()

    def call(self, service: str, operation: str, **parameters: Any) -> Any:
        self.actions.add(iam_action(service, operation))
        return super().call(service, operation, **parameters)

    def pages(self, service: str, operation: str, member: str, **parameters: Any) -> Iterator[Any]:
        self.actions.add(iam_action(service, operation))
        return super().pages(service, operation, member, **parameters)

    def _client(self, service: str) -> Any:
        client = a_client(service)
        if client not in [hung for hung, _ in self._hooks]:
            self._stub(service)
        return client

    def _stub(self, service: str) -> Stubber:
        if service not in self._stubs:
            self._stubs[service] = Stubber(a_client(service))
            self._stubs[service].activate()
        return self._stubs[service]


class FailingCalls(Calls):
    """Calls that all fail for the same cause."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(FakeSession())
        self._cause = cause

    def call(self, service: str, operation: str, **_: Any) -> Any:
        raise CallError(self._cause, iam_action(service, operation), "no")

    def pages(self, service: str, operation: str, member: str, **_: Any) -> Iterator[Any]:
        raise CallError(self._cause, iam_action(service, operation), "no")
        yield member


@pytest.fixture
def account() -> Iterator[Account]:
    """Return an account without responses; a test adds them."""
    with contextlib.closing(Account()) as found:
        yield found


def a_resource(kind: str, policy: str = "Delete", /, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "DeletionPolicy": policy, "Properties": properties}


def resources(**declared: Mapping[str, Any]) -> Resources:
    """Return the resources of a template."""
    return resources_of({"Resources": declared}, PSEUDO)


def golden() -> Resources:
    """Return the resources of the largest test environment."""
    text = (ROOT / "tests" / "golden" / "production.json").read_text(encoding="utf-8")
    content = json.loads(text.replace("<name>", "production").replace("<account>", ACCOUNT))
    return resources_of(content, PSEUDO)


def a_stack(status: str = "UPDATE_COMPLETE", **physical: str) -> Any:
    """Return a deployed stack; `physical` are `TypeOfResource=physical id` by logical id."""
    found = {}
    for logical_id, text in physical.items():
        kind, _, name = text.partition("=")
        found[logical_id] = DeployedResource(logical_id, kind, name)
    return DeployedStack(status, found)


def a_context(
    calls: Calls,
    template: Resources | None = None,
    *,
    deployed: DeployedStack | CallError | None = None,
    deployed_template: Resources | None = None,
    environment: str = "production",
    caller: Caller | None = None,
    credentials: CredentialLifetime = PERMANENT,
    **assembly: Any,
) -> Context:
    """Return what a check reads; nothing is deployed unless `deployed` is given."""

    def stack() -> DeployedStack | None:
        if isinstance(deployed, CallError):
            raise deployed
        return deployed

    manifest = Manifests(EXAMPLES).load(environment)
    fields: dict[str, Any] = {
        "name": STACK,
        "account": manifest.environment.account,
        "region": manifest.environment.region,
        "bootstrap_version": 6,
        "bootstrap_parameter": "/cdk-bootstrap/hnb659fds/version",
        "execution_role": ROLE,
        "resources": template or {},
    }
    arn = f"arn:aws:iam::{manifest.environment.account}:user/somebody"
    return Context(
        manifest=manifest,
        assembly=AssemblyStack(**{**fields, **assembly}),
        calls=calls,
        caller=caller or Caller(manifest.environment.account, arn, 0.0),
        credentials=lambda: credentials,
        deployed=stack,
        deployed_template=lambda: deployed_template or {},
    )


def run(check: Check, context: Context) -> list[Result]:
    """Return the results of a check, which may make declared calls only."""
    results = list(check.run(context))
    if isinstance(context.calls, Account):
        assert context.calls.actions <= {*check.actions}, "declare the action in `actions`"
    return results


def statuses(results: list[Result]) -> list[Status]:
    return [each.status for each in results]
