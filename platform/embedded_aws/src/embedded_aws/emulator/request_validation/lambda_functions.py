"""Rules of functions that Lambda's service model does not contain.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import lambda_svc

from embedded_aws.emulator import quotas
from embedded_aws.emulator.request_validation.errors import Refusal

Parameters = Mapping[str, Any]

# https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
MINIMUM_UNRESERVED = 100
# New accounts have a limit below 100; of those, 10 stay unreserved.
MINIMUM_OF_SMALL_ACCOUNTS = 10


def reserve(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html"""
    name = parameters["FunctionName"].rpartition(":")[2]
    if name not in lambda_svc._functions:
        # The emulator refuses it.
        return None
    limit = quotas.concurrent_executions()
    kept = MINIMUM_UNRESERVED if limit > MINIMUM_UNRESERVED else MINIMUM_OF_SMALL_ACCOUNTS
    others = quotas.reserved_executions(besides=name)
    wanted = parameters["ReservedConcurrentExecutions"]
    # A function can always be switched off.
    if wanted == 0 or others + wanted <= limit - kept:
        return None
    return Refusal(
        "InvalidParameterValueException",
        "Specified ReservedConcurrentExecutions for function decreases account's"
        f" UnreservedConcurrentExecution below its minimum value of [{kept}].",
    )


RULES = {"PutFunctionConcurrency": reserve}
