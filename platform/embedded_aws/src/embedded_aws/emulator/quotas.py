"""Service Quotas: the limits of an account, which a test or a user can set.

The emulator enforces that of Lambda; the others are what AWS shows for a new account. Requested
values apply at once and until the endpoint ends.
https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/Welcome.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack import app
from ministack.core.responses import (
    error_response_json,
    get_account_id,
    get_region,
    json_response,
)
from ministack.services import lambda_svc

SERVICE = "servicequotas"
TARGET = "ServiceQuotasV20190624"
Answer = tuple[int, dict[str, str], Any]


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota and its value in a new account."""

    service: str
    code: str
    name: str
    default: float


CONCURRENT_EXECUTIONS = Quota("lambda", "L-B99A9384", "Concurrent executions", 1000.0)
# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
QUOTAS = (
    CONCURRENT_EXECUTIONS,
    Quota("vpc", "L-F678F1CE", "VPCs per Region", 5.0),
    Quota("vpc", "L-FE5A380F", "NAT gateways per Availability Zone", 5.0),
    Quota("vpc", "L-A4707A72", "Internet gateways per Region", 5.0),
    Quota("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", 5.0),
)
# Requested values by account, region and code.
_requested: dict[tuple[str, str, str], float] = {}


def install() -> None:
    """Serve the API, and let GetAccountSettings show the account's limit."""
    original_detect, original_settings = app.detect_service, lambda_svc._get_account_settings

    def detect(method: str, path: str, headers: Mapping[str, str], query_params: Any) -> str:
        if headers.get("x-amz-target", "").startswith(f"{TARGET}."):
            return SERVICE
        return str(original_detect(method, path, headers, query_params))

    def settings() -> Answer:
        status, headers, body = original_settings()
        shown = json.loads(body)
        limit, reserved = concurrent_executions(), reserved_executions()
        shown["AccountLimit"]["ConcurrentExecutions"] = limit
        shown["AccountLimit"]["UnreservedConcurrentExecutions"] = max(limit - reserved, 0)
        return status, headers, json.dumps(shown).encode()

    app.detect_service = detect
    app.SERVICE_HANDLERS[SERVICE] = _handle
    lambda_svc._get_account_settings = settings


def value(quota: Quota) -> float:
    """Return the value of a quota in the account and region of the request."""
    return _requested.get((get_account_id(), get_region(), quota.code), quota.default)


def concurrent_executions() -> int:
    """Return the account's limit of concurrent executions."""
    return int(value(CONCURRENT_EXECUTIONS))


def reserved_executions(besides: str = "") -> int:
    """Return the reserved concurrency of all functions but one."""
    return sum(
        int(function.get("concurrency") or 0)
        for name, function in lambda_svc._functions.items()
        if name != besides
    )


async def _handle(
    _method: str, _path: str, headers: Mapping[str, str], body: bytes, _query: Any
) -> Answer:
    operation = headers["x-amz-target"].rpartition(".")[2]
    parameters = json.loads(body or b"{}")
    if operation == "ListServiceQuotas":
        return _listed(parameters.get("ServiceCode", ""))
    if operation not in ("GetServiceQuota", "RequestServiceQuotaIncrease"):
        return _error("InvalidAction", f"The embedded AWS does not serve {operation}.")
    found = _find(parameters.get("ServiceCode"), parameters.get("QuotaCode"))
    if found is None:
        return _error("NoSuchResourceException", "The specified quota does not exist.")
    if operation == "GetServiceQuota":
        return _answer({"Quota": _shown(found)})
    return _request(found, float(parameters.get("DesiredValue", -1.0)))


def _listed(service: str) -> Answer:
    shown = [_shown(quota) for quota in QUOTAS if quota.service == service]
    if not shown:
        return _error("NoSuchResourceException", f"The embedded AWS has no quotas of {service}.")
    return _answer({"Quotas": shown})


def _find(service: Any, code: Any) -> Quota | None:
    return next((each for each in QUOTAS if (each.service, each.code) == (service, code)), None)


def _request(quota: Quota, desired: float) -> Answer:
    """Apply a value; lower ones are accepted too, so that a test can make a small account."""
    if desired < 0:
        return _error("IllegalArgumentException", "DesiredValue must not be negative.")
    _requested[get_account_id(), get_region(), quota.code] = desired
    return _answer(
        {
            "RequestedQuota": {
                "Id": uuid.uuid4().hex,
                "ServiceCode": quota.service,
                "QuotaCode": quota.code,
                "QuotaName": quota.name,
                "DesiredValue": desired,
                "Status": "APPROVED",
            }
        }
    )


def _shown(quota: Quota) -> dict[str, Any]:
    return {
        "ServiceCode": quota.service,
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": value(quota),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }


def _answer(content: dict[str, Any]) -> Answer:
    status, headers, body = json_response(content)
    return status, headers, body


def _error(code: str, message: str) -> Answer:
    status, headers, body = error_response_json(code, message, 400)
    return status, headers, body
