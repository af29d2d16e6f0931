"""Map the manifest's `on_removal` to CloudFormation removal policies."""

from __future__ import annotations

from aws_cdk import RemovalPolicy

from catalog_platform.model.section import OnRemoval

_POLICIES: dict[OnRemoval, RemovalPolicy] = {
    "retain": RemovalPolicy.RETAIN,
    "snapshot": RemovalPolicy.SNAPSHOT,
    "destroy": RemovalPolicy.DESTROY,
}


def data_policy(on_removal: OnRemoval) -> RemovalPolicy:
    """Return the policy of a resource that holds data."""
    return _POLICIES[on_removal]


def named_resource_policy(on_removal: OnRemoval) -> RemovalPolicy:
    """Return the policy of a resource with a fixed name; a failed creation deletes the resource.

    Otherwise the resource would block the next attempt to create it.
    """
    retain = on_removal != "destroy"
    return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if retain else RemovalPolicy.DESTROY


def data_access_policy(on_removal: OnRemoval) -> RemovalPolicy:
    """Return the policy of a resource that is needed to use retained data, such as a secret.

    Such resources have no snapshots, so `snapshot` retains them.
    """
    return _POLICIES["destroy" if on_removal == "destroy" else "retain"]
