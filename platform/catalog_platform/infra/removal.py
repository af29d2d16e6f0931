"""What becomes of a resource that leaves the stack, from the manifest's word for it."""

from __future__ import annotations

from aws_cdk import RemovalPolicy

from catalog_platform.model.section import OnRemoval

_POLICIES: dict[OnRemoval, RemovalPolicy] = {
    "retain": RemovalPolicy.RETAIN,
    "snapshot": RemovalPolicy.SNAPSHOT,
    "destroy": RemovalPolicy.DESTROY,
}


def of_data(on_removal: OnRemoval) -> RemovalPolicy:
    """The policy of the resource that holds the data itself."""
    return _POLICIES[on_removal]


def of_named(on_removal: OnRemoval) -> RemovalPolicy:
    """The policy of data under a fixed name: kept, but not by a creation that fails.

    What a failed creation left behind would be in the way of the next.
    """
    kept = on_removal != "destroy"
    return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if kept else RemovalPolicy.DESTROY


def of_access(on_removal: OnRemoval) -> RemovalPolicy:
    """The policy of what is needed to use data that stays: secrets cannot be snapshotted."""
    return _POLICIES["destroy" if on_removal == "destroy" else "retain"]
