"""Every operation that the project uses or patches is validated."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog_platform.workspace import Workspace
from embedded_aws.emulator.request_validation import s3_routes
from embedded_aws.resource_types import TYPES
from support.embedded_python import output
from support.request_fuzzing import model

# The emulator's names of services, where they differ from the first part of a type or of a client.
OF_TYPES = {
    "CloudWatch": "monitoring",
    "SSM": "ssm",
}
OF_CLIENTS = {"cloudwatch": "monitoring"}
OF_MODULES = {"cloudwatch": "monitoring", "cloudwatch_logs": "logs", "lambda_svc": "lambda"}
# Instance metadata has no model.
WITHOUT_MODEL = {"imds"}
CLIENT_FUNCTIONS = {"client", "stack_client", "create_client"}
# An operation of another endpoint, and names that newer operations of the same route have replaced.
NOT_ROUTED = {
    "GetBucketLifecycle",
    "GetBucketNotification",
    "ListDirectoryBuckets",
    "PutBucketLifecycle",
    "PutBucketNotification",
}
PROTOCOLS = {"ec2", "json", "query", "rest-json", "smithy-rpc-v2-cbor"}


@pytest.fixture(scope="module")
def validated(repository: Workspace) -> tuple[set[str], set[str]]:
    """Return the validated services, and the modules of ministack that the adapter patches."""
    code = (
        "import json; from embedded_aws.emulator import patched_names\n"
        "from embedded_aws.emulator.request_validation.guard import SERVICES\n"
        "modules = {found.module for found in patched_names.PATCHED_NAMES}\n"
        "print(json.dumps([SERVICES, sorted(modules)]))"
    )
    services, modules = json.loads(output(repository, code))
    return set(services), set(modules)


def test_the_services_of_all_resource_types_are_validated(
    validated: tuple[set[str], set[str]],
) -> None:
    parts = {name.split("::")[1] for name in TYPES if name.startswith("AWS::")}
    assert {OF_TYPES.get(part, part.lower()) for part in parts} <= validated[0]


def test_the_services_of_all_patches_are_validated(
    validated: tuple[set[str], set[str]],
) -> None:
    prefix = "ministack.services."
    names = {
        module.removeprefix(prefix).partition(".")[0]
        for module in validated[1]
        if module.startswith(prefix)
    }
    assert {OF_MODULES.get(name, name) for name in names} - WITHOUT_MODEL <= validated[0]


def test_the_services_of_all_clients_are_validated(
    repository: Workspace, validated: tuple[set[str], set[str]]
) -> None:
    used = set(_clients(repository.root))
    assert {"kinesis", "secretsmanager", "cloudformation"} <= used
    assert {OF_CLIENTS.get(name, name) for name in used} <= validated[0]


def _clients(root: Path) -> Iterator[str]:
    """Yield the services of all clients that the code creates."""
    for folder in ("platform", "functions"):
        for path in sorted((root / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _called(node.func) in CLIENT_FUNCTIONS:
                    first = node.args[0] if node.args else None
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield first.value


def _called(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def test_the_requests_of_all_validated_services_can_be_read(
    validated: tuple[set[str], set[str]],
) -> None:
    names = {{"monitoring": "cloudwatch"}.get(name, name) for name in validated[0] - {"s3"}}
    assert {model(name).metadata["protocol"] for name in names} <= PROTOCOLS


def test_a_request_of_every_operation_of_s3_finds_the_operation() -> None:
    found = model("s3")
    wrong = set()
    for name in found.operation_names:
        operation = found.operation_model(name)
        path, _mark, literal = operation.http["requestUri"].partition("?")
        query = dict.fromkeys((part.partition("=")[0] for part in literal.split("&") if part), "")
        headers: dict[str, str] = {}
        shape = operation.input_shape
        for required in shape.required_members if shape else ():
            serialization = shape.members[required].serialization
            if serialization.get("location") == "querystring":
                query[serialization["name"]] = ""
            if serialization.get("location") == "header":
                headers[serialization["name"].lower()] = ""
        labels = path.count("{")
        if s3_routes.operation(found, operation.http["method"], labels, query, headers) != name:
            wrong.add(name)
    assert wrong == NOT_ROUTED
