"""`AWS::Lambda::Function`: adapt environment variables to the local servers.

A template for AWS makes functions require TLS, a cluster and an authentication token. The local
PostgreSQL and cache have no TLS and are single servers; the cache's password is in a secret.
Reserved concurrency, which the emulator's template handler ignores, is applied.
"""

from __future__ import annotations

import contextlib
from typing import Any

from ministack.services.cloudformation import provisioners

from embedded_aws.emulator.handlers import Created, Properties, run_after, stack_client
from embedded_aws.emulator.template_checks import check

# The secret with the password of the local cache, in each account that has functions.
CACHE_SECRET = "embedded-aws/cache"  # noqa: S105 - a name
# Values for the local servers, which have no TLS and no cluster mode.
VARIABLES = {
    "DATABASE_TLS": "disable",
    "CACHE_TLS": "false",
    "CACHE_CLUSTER_MODE": "false",
    "CACHE_SECRET_ARN": CACHE_SECRET,
}
TYPE = "AWS::Lambda::Function"
CONCURRENCY = "ReservedConcurrentExecutions"


def install(cache_password: str) -> None:
    """Wrap the emulator's handler."""
    run_after(TYPE, _reserve, check=_check)
    original = provisioners._RESOURCE_HANDLERS[TYPE]
    original_create, original_update = original["create"], original["update"]

    def create(logical: str, properties: Properties, stack: str) -> Created:
        _create_cache_secret(cache_password)
        created: Created = original_create(logical, with_local_variables(properties), stack)
        return created

    def update(physical: str, old: Properties, new: Properties, *rest: Any) -> Created:
        _create_cache_secret(cache_password)
        updated: Created = original_update(
            physical, with_local_variables(old), with_local_variables(new), *rest
        )
        return updated

    original.update(create=create, update=update)


def with_local_variables(properties: Properties) -> Properties:
    """Return the properties with local values for those of `VARIABLES` that are set."""
    environment = properties.get("Environment") or {}
    variables = environment.get("Variables") or {}
    local = {name: value for name, value in VARIABLES.items() if name in variables}
    if not local:
        return properties
    return {**properties, "Environment": {**environment, "Variables": {**variables, **local}}}


def _create_cache_secret(cache_password: str) -> None:
    """Create the secret with the cache's password in the stack's account, unless it exists."""
    secrets = stack_client("secretsmanager")
    with contextlib.suppress(secrets.exceptions.ResourceExistsException):
        secrets.create_secret(
            Name=CACHE_SECRET,
            Description="Password of the cache of the embedded AWS",
            SecretString=cache_password,
        )


def _check(function: str, _old: Properties | None, new: Properties) -> None:
    """Refuse a reservation before the function changes."""
    if function and new.get(CONCURRENCY) is not None:
        check(
            "lambda",
            "PutFunctionConcurrency",
            {},
            FunctionName=function,
            ReservedConcurrentExecutions=int(new[CONCURRENCY]),
        )


def _reserve(function: str, old: Properties | None, new: Properties) -> None:
    """Apply the reserved concurrency."""
    concurrency = new.get(CONCURRENCY)
    if concurrency is not None:
        stack_client("lambda").put_function_concurrency(
            FunctionName=function, ReservedConcurrentExecutions=int(concurrency)
        )
    elif old is not None and old.get(CONCURRENCY) is not None:
        stack_client("lambda").delete_function_concurrency(FunctionName=function)
