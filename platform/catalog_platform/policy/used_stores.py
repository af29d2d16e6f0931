"""Find the stores that the functions of a stack work with."""

from __future__ import annotations

from collections.abc import Mapping

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_values import references

# The properties that tell a function its stores.
_USERS = {
    "AWS::Lambda::EventSourceMapping": "EventSourceArn",
    "AWS::Lambda::Function": "Environment",
}


def holds_data(store: Resource, resources: Mapping[str, Resource]) -> bool:
    """Return whether a store has data that could be lost: in an environment, each one has."""
    return not store.is_sample or is_used(store, resources)


def is_used(store: Resource, resources: Mapping[str, Resource]) -> bool:
    """Return whether a function refers to the store, or is invoked with its records.

    A store without a function has no data that could be lost.
    """
    return any(
        store.logical_id in references(each.properties.get(_USERS[each.type]))
        for each in resources.values()
        if each.type in _USERS
    )
