"""A quota of an account: its limit, what is used, and what the stack adds."""

from __future__ import annotations

from dataclasses import dataclass

from catalog_platform.release.preflight.calls import CallError, Calls
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Result, failed, passed


@dataclass(frozen=True, slots=True)
class Usage:
    """What is used of a quota, and its limit."""

    used: int
    limit: int


def compared(what: str, added: int, usage: Usage, *, hint: str, key: str) -> Result:
    """Return whether `added` more fit into a quota; `what` is the plural of what it counts."""
    message = f"{what}: {usage.used} of {usage.limit} are used, and the stack adds {added}"
    if usage.used + added > usage.limit:
        return failed(message, hint=hint, key=key)
    return passed(message)


def added(context: Context, *types: str) -> int:
    """Return the number of resources of these types that are not deployed yet."""
    return sum(context.physical_id(each) is None for each in context.assembly.of_type(*types))


def limit(calls: Calls, service: str, code: str) -> int:
    """Return a quota of Service Quotas: the account's, or AWS's default. Raises `CallError`.

    https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
    """
    parameters = {"ServiceCode": service, "QuotaCode": code}
    try:
        response = calls.call("service-quotas", "GetServiceQuota", **parameters)
    except CallError as error:
        if error.code != "NoSuchResourceException":
            raise
        response = calls.call("service-quotas", "GetAWSDefaultServiceQuota", **parameters)
    return int(response["Quota"]["Value"])


def increase(service: str, code: str, value: int) -> str:
    """Return the command that requests a quota."""
    return (
        "request a higher quota: aws service-quotas request-service-quota-increase --service-code"
        f" {service} --quota-code {code} --desired-value {value}"
    )
