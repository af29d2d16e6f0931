"""Map the manifest's `on_removal` to CloudFormation removal policies."""

from __future__ import annotations

from aws_cdk import RemovalPolicy

from catalog_platform.model.section import OnRemoval

# `retain` is RetainExceptOnCreate: a creation that fails deletes what it has created, which is
# empty and would otherwise stay in the account, and block the next creation where it has a name.
# CloudFormation knows that value for DeletionPolicy only, so UpdateReplacePolicy is Retain.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
_POLICIES: dict[OnRemoval, RemovalPolicy] = {
    "retain": RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    "snapshot": RemovalPolicy.SNAPSHOT,
    "destroy": RemovalPolicy.DESTROY,
}


def data_policy(on_removal: OnRemoval) -> RemovalPolicy:
    """Return the policy of a resource that holds data."""
    return _POLICIES[on_removal]


def data_access_policy(on_removal: OnRemoval) -> RemovalPolicy:
    """Return the policy of a resource that is needed to use retained data, such as a secret.

    Such resources have no snapshots, so `snapshot` retains them.
    """
    return _POLICIES["destroy" if on_removal == "destroy" else "retain"]
