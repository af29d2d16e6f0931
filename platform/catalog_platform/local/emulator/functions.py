"""`AWS::Lambda::Function`: functions are told how the servers of this machine really are.

A template made for AWS has them insist on TLS, on a cluster and on a token of its own. The
PostgreSQL and the cache here have no TLS and are single servers, and the cache has one password,
which is in a secret. What functions are told instead is in their configuration.
Reserved concurrency, which the emulator's template handler leaves out, is applied.
"""

from __future__ import annotations

import contextlib
from typing import Any

from ministack.services.cloudformation import provisioners

from catalog_platform.local.emulator.handlers import Created, Properties, after, here
from catalog_platform.local.overlay import CACHE_SECRET, VARIABLES

TYPE = "AWS::Lambda::Function"
CONCURRENCY = "ReservedConcurrentExecutions"


def install(cache_password: str) -> None:
    """Wrap the emulator's handler."""
    after(TYPE, _reserve)
    stock = provisioners._RESOURCE_HANDLERS[TYPE]
    stock_create, stock_update = stock["create"], stock["update"]

    def create(logical: str, properties: Properties, stack: str) -> Created:
        _provide(cache_password)
        created: Created = stock_create(logical, told(properties), stack)
        return created

    def update(physical: str, old: Properties, new: Properties, *rest: Any) -> Created:
        _provide(cache_password)
        updated: Created = stock_update(physical, told(old), told(new), *rest)
        return updated

    stock.update(create=create, update=update)


def told(properties: Properties) -> Properties:
    """The properties with those of our variables replaced that the template sets."""
    environment = properties.get("Environment") or {}
    variables = environment.get("Variables") or {}
    true = {name: value for name, (value, _why) in VARIABLES.items() if name in variables}
    if not true:
        return properties
    return {**properties, "Environment": {**environment, "Variables": {**variables, **true}}}


def _provide(cache_password: str) -> None:
    """Make the secret with the cache's password in the account of the stack, once."""
    secrets = here("secretsmanager")
    with contextlib.suppress(secrets.exceptions.ResourceExistsException):
        secrets.create_secret(
            Name=CACHE_SECRET,
            Description="Password of the cache of the embedded AWS",
            SecretString=cache_password,
        )


def _reserve(function: str, old: Properties | None, new: Properties) -> None:
    """Apply the reserved concurrency, which the emulator's handler leaves out."""
    wanted = new.get(CONCURRENCY)
    if wanted is not None:
        here("lambda").put_function_concurrency(
            FunctionName=function, ReservedConcurrentExecutions=int(wanted)
        )
    elif old is not None and old.get(CONCURRENCY) is not None:
        here("lambda").delete_function_concurrency(FunctionName=function)
