"""Validate each request of the patched services before the emulator handles it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack import app
from ministack.core import iam_actions, responses
from ministack.services import s3

from embedded_aws.emulator.request_validation import rules, s3_objects, s3_requests
from embedded_aws.emulator.request_validation.constraints import Violations, checker
from embedded_aws.emulator.request_validation.decoding import Call, Request, decode
from embedded_aws.emulator.request_validation.errors import (
    MalformedError,
    Refusal,
    codes,
)

Answer = tuple[int, dict[str, str], Any]
Handler = Callable[[str, str, Mapping[str, str], bytes, Any], Awaitable[Answer]]

# The services of the catalog's resources, of its tools and functions, and of our patches.
SERVICES = (
    *("backup", "cloudformation", "cloudtrail", "ec2", "ecr", "elasticache", "iam", "kinesis"),
    *("kms", "lambda", "logs", "monitoring", "rds", "s3", "secretsmanager", "sns", "sqs", "ssm"),
    "sts",
)


def install() -> None:
    """Wrap the handlers of `SERVICES`; call it last, so that refused calls reach no other patch."""
    for service in SERVICES:
        if service != "s3":
            app.SERVICE_HANDLERS[service] = _validating(service, app.SERVICE_HANDLERS[service])
    # The table's handler of S3 calls this one, as do requests that name a bucket in their host.
    s3.handle_request = _validating("s3", s3.handle_request)


def _validating(service: str, original: Handler) -> Handler:
    async def handle(
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Any,
        **options: Any,
    ) -> Answer:
        request = Request(method, path, headers, body, query)
        try:
            refusal, body = examine(service, request)
        except MalformedError as error:
            refusal = Refusal(codes(service).malformed, str(error))
        if refusal is not None:
            return answer(service, refusal, headers)
        return await original(method, path, headers, body, query, **options)

    return handle


def examine(service: str, request: Request) -> tuple[Refusal | None, bytes]:
    """Return why AWS refuses a request, or None, and the body in the form that models describe.

    Raises `MalformedError` for a request that cannot be read.
    """
    model = responses._service_model(service)
    call = s3_requests.decode(model, request) if service == "s3" else decode(model, request)
    if call is None or call.operation.input_shape is None:
        return None, request.body
    found = Violations()
    parameters = checker(call.operation.input_shape)(call.parameters, "", found)
    if found.messages:
        return _constraint_refusal(service, found), request.body
    refusal = _rule_refusal(service, call, parameters, request)
    return refusal, _body(request, call, parameters)


def _constraint_refusal(service: str, found: Violations) -> Refusal:
    known = codes(service)
    if service == "s3" and (found.missing or any("." in path for path in found.paths)):
        return Refusal(known.malformed, found.text)
    if found.missing and known.missing == "MissingParameter":
        name = found.missing[0].rpartition(".")[2]
        shown = name[:1].upper() + name[1:]
        return Refusal(known.missing, f"The request must contain the parameter {shown}.")
    return Refusal(known.constraint, found.text)


def _rule_refusal(
    service: str, call: Call, parameters: Mapping[str, Any], request: Request
) -> Refusal | None:
    name = call.operation.name
    if service == "s3":
        refused = s3_objects.refusal(name, parameters, request.headers)
        if refused:
            return refused
    return rules.refusal(service, name, parameters, call.operation.input_shape)


def _body(request: Request, call: Call, parameters: Mapping[str, Any]) -> bytes:
    """Return the body without null members, which the emulator does not expect."""
    given = {name: call.parameters.get(name) for name in call.in_body}
    kept = {name: parameters[name] for name in call.in_body if name in parameters}
    return request.body if kept == given else json.dumps(kept).encode()


def answer(service: str, refusal: Refusal, headers: Mapping[str, str]) -> Answer:
    """Return the response in the wire format of a service."""
    _status, shown, body = iam_actions.access_denied_response(
        service,
        "",
        "",
        str(uuid.uuid4()),
        error_code=refusal.code,
        message=refusal.message,
        headers=dict(headers),
    )
    return refusal.status, shown, body
