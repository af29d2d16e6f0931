"""Compare the reserved concurrency of the stack with what the account has left.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.release.preflight import deployed
from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, failed, passed, warning

FUNCTION = "AWS::Lambda::Function"
KEY = "processor.reserved_concurrency"
# What must stay unreserved, by AWS's documentation.
UNRESERVED = 100
# AWS's error messages name smaller numbers for accounts with a quota below 100, such as 10 and 50.
# No page documents them.
# https://github.com/awslabs/fhir-works-on-aws-deployment/issues/691
# https://github.com/aws-samples/s3-to-lambda-patterns/issues/36
SMALLEST_UNRESERVED = 10


def _run(context: Context) -> Iterator[Result]:
    wanted = {
        each.logical_id: each.properties.number("ReservedConcurrentExecutions") or 0
        for each in context.assembly.of_type(FUNCTION)
    }
    total = sum(wanted.values())
    if not total:
        yield passed("no function reserves concurrency")
        return
    limits = context.calls.call("lambda", "GetAccountSettings")["AccountLimit"]
    quota, unreserved = limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]
    own = _reserved_by_stack(context, wanted)
    left = unreserved + own - total
    needed = min(UNRESERVED, quota)
    message = (
        f"the stack reserves {total} concurrent executions; of the account's {quota},"
        f" {unreserved + own} are not reserved by others, and {left} would be left"
    )
    hint = (
        "request a higher quota: aws service-quotas request-service-quota-increase --service-code"
        f" lambda --quota-code L-B99A9384 --desired-value {_sufficient(quota + needed - left)}"
        f"; or reserve less: {KEY}"
    )
    if left >= needed:
        yield passed(message)
    elif quota < UNRESERVED and left >= SMALLEST_UNRESERVED:
        yield warning(
            f"{message}; with a quota below {UNRESERVED}, AWS may require that up to {needed} are"
            " left",
            hint=hint,
            key=KEY,
        )
    else:
        yield failed(f"{message}; {needed} must be left", hint=hint, key=KEY)


def _sufficient(quota: int) -> int:
    """Return a quota that suffices; AWS's default is 1,000, and it grants no less."""
    return max(1000, quota)


def _reserved_by_stack(context: Context, wanted: dict[str, int]) -> int:
    """Return the concurrency that functions of the deployed stack, which stay in it, reserve."""
    stack = context.deployed()
    functions = stack.of_type(FUNCTION) if stack else ()
    return sum(
        _reserved(context, each.physical_id) for each in functions if each.logical_id in wanted
    )


def _reserved(context: Context, function: str) -> int:
    try:
        found = context.calls.call("lambda", "GetFunctionConcurrency", FunctionName=function)
    except CallError as error:
        # Somebody has deleted it.
        if error.code != "ResourceNotFoundException":
            raise
        return 0
    return int(found.get("ReservedConcurrentExecutions", 0))


CHECK = Check(
    name="lambda-concurrency",
    looks_at="Whether the account has enough unreserved concurrency for what the stack's functions"
    f" reserve; {UNRESERVED} must stay unreserved. What the stack has reserved already counts as"
    " its own.",
    blind_to="AWS's minimum in accounts with a quota below 100, which is not documented; what"
    " other deployments reserve at the same time.",
    actions=("lambda:GetAccountSettings", "lambda:GetFunctionConcurrency", *deployed.ACTIONS),
    run=_run,
)
