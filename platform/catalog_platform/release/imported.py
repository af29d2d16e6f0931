"""Which existing resources a deployment imports instead of failing because they exist.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
"""

from __future__ import annotations

# Types whose identifier is a name that the template states.
NAMES = {"AWS::Logs::LogGroup": "LogGroupName", "AWS::Backup::BackupVault": "BackupVaultName"}


def is_retained(policy: str) -> bool:
    """Return whether a deletion of the stack leaves a resource with this DeletionPolicy."""
    return policy.startswith("Retain")


def is_imported(kind: str, policy: str, name: object) -> bool:
    """Return whether a new resource is imported if one with its name exists outside of a stack.

    `name` is the value in the template: CloudFormation does not import by a name that a function
    computes, nor a resource that a deletion of the stack would delete.
    """
    return kind in NAMES and is_retained(policy) and isinstance(name, str)
