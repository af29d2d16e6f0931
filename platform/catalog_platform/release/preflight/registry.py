"""The checks, in the order in which they are documented and reported."""

from __future__ import annotations

from catalog_platform.release.preflight import (
    bootstrap,
    cache_node_type,
    cache_operations,
    cache_version,
    clock,
    database_class,
    database_operations,
    database_version,
    identity,
    lambda_concurrency,
    names,
    network_quotas,
    receivers,
    service_linked_roles,
    session_length,
    stack_status,
    store_quotas,
    subscriptions,
    zones,
)
from catalog_platform.release.preflight.model import Check

# If it fails, the others would look at the wrong account.
FIRST = identity.CHECK
CHECKS: tuple[Check, ...] = (
    FIRST,
    clock.CHECK,
    session_length.CHECK,
    stack_status.CHECK,
    bootstrap.CHECK,
    lambda_concurrency.CHECK,
    network_quotas.CHECK,
    store_quotas.CHECK,
    service_linked_roles.CHECK,
    zones.CHECK,
    names.CHECK,
    database_version.CHECK,
    database_class.CHECK,
    database_operations.CHECK,
    cache_version.CHECK,
    cache_node_type.CHECK,
    cache_operations.CHECK,
    receivers.CHECK,
    subscriptions.CHECK,
)
